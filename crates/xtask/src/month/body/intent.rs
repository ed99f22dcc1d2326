//! Requests to charge in person: which of the three generations a sale uses, and the bodies of the second and the
//! third. Orders are in their own file.

use serde::Serialize;

use super::notice::APPLICATION;
use crate::month::draw::Draw;
use crate::month::money::Pesos;
use crate::month::sale::{SELLER, Sale, Way};
use crate::month::time::MINUTE;

/// The terminal of the shop.
const DEVICE: &str = "INGENICO_MOVE2500__ING-ARG-14886780";

/// Which API a charge was requested through.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Generation {
    /// `point/integration-api`.
    Terminal,
    /// `instore-api/integrations/v1`.
    Instore,
    /// `v1/orders`.
    Order,
}

impl Generation {
    /// The generation of an in-person sale; none for sales made elsewhere, and for codes printed on paper.
    pub fn of(sale: &Sale) -> Option<Self> {
        match (sale.way, sale.id % 3) {
            (Way::Point, 0) => Some(Self::Terminal),
            (Way::Point, 1) => Some(Self::Instore),
            (Way::Point, _) | (Way::Qr, 0) => Some(Self::Order),
            _ => None,
        }
    }

    /// Topic of its notification.
    pub fn notice(self) -> &'static str {
        match self {
            Self::Terminal => "point_integration_wh",
            Self::Instore => "topic_instore_integration_wh",
            Self::Order => "order",
        }
    }

    /// Topic of its resource.
    pub fn resource(self) -> &'static str {
        match self {
            Self::Terminal => "payment_intent",
            Self::Instore => "instore_intent",
            Self::Order => "order",
        }
    }
}

/// A terminal's intent: as created, as read, and as notified (the same flat shape with more or fewer fields).
#[derive(Serialize)]
pub struct Terminal<'a> {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_id: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<String>,
    amount: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<TerminalPayment>,
    additional_info: Additional<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caller_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<u64>,
}

#[derive(Serialize)]
struct TerminalPayment {
    id: u64,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
}

#[derive(Serialize)]
struct Additional<'a> {
    external_reference: &'a str,
    ticket_number: String,
}

impl<'a> Terminal<'a> {
    /// The answer to creating it: no state yet.
    pub fn created(sale: &'a Sale) -> Self {
        Self {
            id: ids(sale).uuid(),
            state: None,
            device_id: Some(DEVICE),
            created_at: None,
            amount: sale.gross_minor,
            payment: None,
            additional_info: Additional {
                external_reference: &sale.reference,
                ticket_number: format!("T{:08}", sale.id % 100_000_000),
            },
            caller_id: None,
            client_id: None,
        }
    }

    /// The answer to reading it when it is done.
    pub fn read(sale: &'a Sale) -> Self {
        let payment = Some(TerminalPayment { id: sale.id, kind: None, state: None });
        Self { state: Some("FINISHED"), payment, ..Self::created(sale) }
    }

    /// Its notification.
    pub fn notified(sale: &'a Sale, payment_status: &'static str) -> Self {
        let created = sale.created.plus(-MINUTE).utc().to_string();
        let payment =
            TerminalPayment { id: sale.id, kind: Some(sale.method_type), state: Some(payment_status) };
        Self {
            state: Some("FINISHED"),
            device_id: None,
            created_at: Some(created[..19].replace('T', " ")),
            payment: Some(payment),
            caller_id: Some(SELLER),
            client_id: Some(APPLICATION),
            ..Self::created(sale)
        }
    }
}

/// An intent of the third generation.
#[derive(Serialize)]
pub struct Instore<'a> {
    id: String,
    description: &'static str,
    external_reference: &'a str,
    status: &'static str,
    operations: [InstoreOperation; 1],
    enabler_configuration: Enabler,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct InstoreOperation {
    #[serde(rename = "type")]
    kind: &'static str,
    amount: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    results: Vec<InstoreResult>,
}

#[derive(Serialize)]
struct InstoreResult {
    id: u64,
    source: &'static str,
}

#[derive(Serialize)]
struct Enabler {
    ticket_number: String,
    device_payment_mode: &'static str,
    print_on_terminal: [&'static str; 1],
}

/// The envelope of the third generation's notification.
#[derive(Serialize)]
pub struct InstoreNotice<'a> {
    id: String,
    action: &'static str,
    api_version: &'static str,
    data: Instore<'a>,
    date_created: String,
    live_mode: bool,
    #[serde(rename = "type")]
    topic: &'static str,
    user_id: u64,
}

impl<'a> Instore<'a> {
    /// The answer to creating it.
    pub fn created(sale: &'a Sale) -> Self {
        Self {
            id: ids(sale).uuid(),
            description: "Venta en el local",
            external_reference: &sale.reference,
            status: "OPENED",
            operations: [InstoreOperation {
                kind: "PURCHASE",
                amount: Pesos(sale.gross_minor).to_string(),
                results: Vec::new(),
            }],
            enabler_configuration: Enabler {
                ticket_number: format!("T{:08}", sale.id % 100_000_000),
                device_payment_mode: "CARD",
                print_on_terminal: ["SELLER_TICKET"],
            },
            url: None,
        }
    }

    /// The answer to reading it when it is done.
    pub fn read(sale: &'a Sale) -> Self {
        let mut intent = Self { status: "CLOSED", ..Self::created(sale) };
        intent.operations[0].results.push(InstoreResult { id: sale.id, source: "PAYMENT" });
        intent
    }
}

impl<'a> InstoreNotice<'a> {
    /// Its notification: the intent without results.
    pub fn new(sale: &'a Sale) -> Self {
        let mut data = Instore { status: "CLOSED", ..Instore::created(sale) };
        data.url = Some(format!(
            "https://api.mercadopago.com/instore-api/integrations/v1/intents/{}/point",
            data.id
        ));
        // `2023-07-27 20:24:21.776642198-0400`: a space, nine decimals, no colon in the offset.
        let at = sale.approved.api().to_string();
        Self {
            id: data.id.clone(),
            action: "topic_instore_integration_wh.application.authorized",
            api_version: "v1",
            data,
            date_created: format!("{}000000-0400", at[..23].replace('T', " ")),
            live_mode: true,
            topic: "topic_instore_integration_wh",
            user_id: SELLER,
        }
    }
}

/// The numbers that the ids of a sale's intent are drawn from; the same for each of its bodies.
pub fn ids(sale: &Sale) -> Draw {
    Draw::new(sale.id, 5, 0)
}
