//! The bodies of `/preapproval/{id}` and `/authorized_payments/{id}`.

use serde::Serialize;

use super::notice::APPLICATION;
use crate::month::money::Pesos;
use crate::month::sale::{SELLER, Sale};
use crate::month::subscriber::Subscriber;
use crate::month::time::{DAY, MINUTE, Time};

/// A subscription as the API returns it.
#[derive(Serialize)]
pub struct Preapproval<'a> {
    id: &'a str,
    version: u64,
    payer_id: u64,
    payer_email: &'static str,
    back_url: &'static str,
    collector_id: u64,
    application_id: u64,
    status: &'static str,
    reason: &'static str,
    external_reference: String,
    date_created: Time,
    last_modified: Time,
    init_point: String,
    auto_recurring: Recurring,
    summarized: Summary,
    next_payment_date: Time,
    payment_method_id: &'static str,
    card_id: &'static str,
    first_invoice_offset: Option<u64>,
}

#[derive(Serialize)]
struct Recurring {
    frequency: u64,
    frequency_type: &'static str,
    transaction_amount: Pesos,
    currency_id: &'static str,
    start_date: Time,
    free_trial: Option<u64>,
}

#[derive(Serialize)]
struct Summary {
    quotas: Option<u64>,
    charged_quantity: Option<i64>,
    pending_charge_quantity: Option<u64>,
    charged_amount: Option<Pesos>,
    pending_charge_amount: Option<Pesos>,
    semaphore: Option<&'static str>,
    last_charged_date: Option<Time>,
    last_charged_amount: Option<Pesos>,
}

/// The price of a week, minor units.
const PRICE_MINOR: i64 = 899_900;

impl<'a> Preapproval<'a> {
    /// The subscription after so many charges, as modified at an instant.
    pub fn new(subscriber: &'a Subscriber, charged: u64, version: u64, modified: Time) -> Self {
        let count = i64::try_from(charged).expect("a month has few charges");
        let some = charged > 0;
        Self {
            id: &subscriber.preapproval,
            version,
            payer_id: 300_000_000 + subscriber.number,
            payer_email: "",
            back_url: "https://tienda.example.com/abonos",
            collector_id: SELLER,
            application_id: APPLICATION,
            status: "authorized",
            reason: "Abono semanal",
            external_reference: format!("abono-{:05}", subscriber.number + 1),
            date_created: subscriber.started,
            last_modified: modified,
            init_point: format!(
                "https://www.mercadopago.com.ar/subscriptions/checkout?preapproval_id={}",
                subscriber.preapproval
            ),
            auto_recurring: Recurring {
                frequency: 7,
                frequency_type: "days",
                transaction_amount: Pesos(PRICE_MINOR),
                currency_id: "ARS",
                start_date: subscriber.started,
                free_trial: None,
            },
            summarized: Summary {
                quotas: None,
                charged_quantity: some.then_some(count),
                pending_charge_quantity: None,
                charged_amount: some.then_some(Pesos(PRICE_MINOR * count)),
                pending_charge_amount: None,
                semaphore: some.then_some("green"),
                last_charged_date: some.then(|| subscriber.due(charged - 1)),
                last_charged_amount: some.then_some(Pesos(PRICE_MINOR)),
            },
            next_payment_date: subscriber.due(charged),
            payment_method_id: "master",
            card_id: "9201234567",
            first_invoice_offset: None,
        }
    }
}

/// An invoice of a subscription as the API returns it.
#[derive(Serialize)]
pub struct Invoice<'a> {
    id: u64,
    #[serde(rename = "type")]
    kind: &'static str,
    date_created: Time,
    last_modified: Time,
    preapproval_id: &'a str,
    reason: &'static str,
    external_reference: String,
    currency_id: &'static str,
    transaction_amount: Pesos,
    payment_method_id: &'static str,
    debit_date: Time,
    next_retry_date: Option<Time>,
    retry_attempt: u64,
    status: &'static str,
    summarized: &'static str,
    rejection_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<InvoicePayment>,
}

#[derive(Serialize)]
struct InvoicePayment {
    id: u64,
    status: &'static str,
    status_detail: &'static str,
}

impl<'a> Invoice<'a> {
    /// A week's invoice before any attempt.
    pub fn scheduled(subscriber: &'a Subscriber, week: u64) -> Self {
        let due = subscriber.due(week);
        Self {
            id: subscriber.invoice(week),
            kind: "recurring",
            date_created: due.plus(MINUTE),
            last_modified: due.plus(MINUTE),
            preapproval_id: &subscriber.preapproval,
            reason: "Abono semanal",
            external_reference: format!("abono-{:05}", subscriber.number + 1),
            currency_id: "ARS",
            transaction_amount: Pesos(PRICE_MINOR),
            payment_method_id: "card",
            debit_date: due,
            next_retry_date: None,
            retry_attempt: 0,
            status: "scheduled",
            summarized: "pending",
            rejection_code: None,
            payment: None,
        }
    }

    /// A week's invoice after an attempt that made a payment, in the payment's words.
    pub fn attempted(
        subscriber: &'a Subscriber,
        attempt: u64,
        payment: &Sale,
        status: &'static str,
        status_detail: &'static str,
    ) -> Self {
        let approved = status == "approved";
        Self {
            last_modified: payment.created.plus(5 * MINUTE),
            next_retry_date: (!approved).then(|| payment.created.plus(2 * DAY)),
            retry_attempt: 1 + u64::from(Subscriber::is_retry(attempt)),
            status: if approved { "processed" } else { "recycling" },
            summarized: if approved { "done" } else { "pending" },
            rejection_code: (!approved).then_some(status_detail),
            payment: Some(InvoicePayment { id: payment.id, status, status_detail }),
            ..Self::scheduled(subscriber, Subscriber::week(attempt))
        }
    }
}
