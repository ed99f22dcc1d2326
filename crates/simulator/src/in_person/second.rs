//! The second generation: payment intents of `/point/integration-api`. Amounts are hundredths in a whole number.
//!
//! Source: the reference of the integrations API. Reading tells less than was sent in Argentina, and another form of
//! the terminal's id everywhere: both are the provider's, as its documentation shows them.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::api;
use crate::api::caller::Caller;
use crate::in_person::{By, End, Intent, Phase, Sum, integrator, limits, listing, road};
use crate::refusal::Refusal;
use crate::site::Site;
use crate::world::{Shared, World};

mod events;
pub(super) mod refunds;

/// What only this generation asks for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    payment: Option<Wanted>,
    print_on_terminal: Option<bool>,
    pub(super) ticket_number: Option<String>,
}

/// How it is to be paid. Source: the reference for Brazil.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Wanted {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    installments: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    installments_cost: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    voucher_type: Option<String>,
}

/// The smallest instalment, in hundredths: terminals charge at once what would be less.
const LEAST_INSTALMENT: i64 = 500;
/// How long an intent can be read.
const READABLE: TimeDelta = TimeDelta::days(90);

pub(super) fn routes() -> Router<Shared> {
    let root = "/point/integration-api";
    Router::new()
        .route(&format!("{root}/devices/{{device}}/payment-intents"), post(create))
        .route(&format!("{root}/devices/{{device}}/payment-intents/{{id}}"), axum::routing::delete(cancel))
        .route(&format!("{root}/payment-intents/{{id}}"), get(read))
        .merge(events::routes())
        .merge(refunds::routes())
        .merge(listing::routes())
        .merge(integrator::routes())
}

impl Asked {
    /// In how many instalments it is charged.
    pub(super) fn installments(&self, amount_minor: i64) -> u16 {
        let asked = self.payment.as_ref().and_then(|payment| payment.installments).unwrap_or(1);
        if amount_minor / i64::from(asked.max(1)) < LEAST_INSTALMENT { 1 } else { asked }
    }
}

#[derive(Deserialize)]
struct Create {
    amount: Box<RawValue>,
    description: Option<String>,
    payment: Option<Wanted>,
    additional_info: Option<Additional>,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct Additional {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) external_reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) print_on_terminal: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ticket_number: Option<String>,
}

/// An intent as it is answered: reading adds its state.
#[derive(Serialize)]
struct Answer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
    id: &'a str,
    device_id: String,
    amount: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<Wanted>,
    additional_info: Additional,
}

async fn create(
    State(shared): State<Shared>,
    caller: Caller,
    Path(device): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let asked: Create = api::read_json(&body)?;
    let mut world = shared.lock();
    let minor = amount(world.seller(caller.seller).site, asked.amount.get())?;
    if let Some(wanted) = &asked.payment {
        check(wanted)?;
    }
    free_device(&mut world, caller.seller, &device)?;
    let (id, now) = (world.draw.uuid(), world.now());
    let info = asked.additional_info.unwrap_or_default();
    let answer = Answer {
        state: None,
        id: &id,
        device_id: device.clone(),
        amount: &asked.amount,
        description: asked.description.as_deref(),
        payment: asked.payment.clone(),
        additional_info: info.clone(),
    };
    let answer = api::json(StatusCode::OK, &answer);
    let wanted = Asked {
        payment: asked.payment,
        print_on_terminal: info.print_on_terminal,
        ticket_number: info.ticket_number,
    };
    let sum = Sum { minor, raw: asked.amount.get().to_owned() };
    let intent = Intent {
        reference: info.external_reference,
        description: asked.description,
        ..Intent::new(caller.seller, id, device, super::Asked::Second(wanted), sum, now)
    };
    road::open(&mut world, intent);
    Ok(answer)
}

/// Minor units of an amount, which is a whole number of hundredths whatever the currency's decimals.
fn amount(site: Site, raw: &str) -> Result<i64, Refusal> {
    let hundredths: i64 = raw.parse().map_err(|_| bad("amount must be an integer"))?;
    if !limits::allow(limits::of_integrations(site), hundredths) {
        return Err(bad("amount is outside the limits of the device"));
    }
    let unit = 10_i64.pow(2 - site.decimals().min(2));
    if hundredths % unit != 0 {
        return Err(bad("amount has more decimals than the currency"));
    }
    Ok(hundredths / unit)
}

fn check(wanted: &Wanted) -> Result<(), Refusal> {
    let is_credit = wanted.kind.as_deref() == Some("credit_card");
    match wanted.kind.as_deref() {
        None | Some("credit_card" | "debit_card" | "voucher_card") => {}
        Some(_) => return Err(bad("payment.type is not known")),
    }
    if wanted.installments.is_some_and(|count| !is_credit || !(1..=72).contains(&count)) {
        return Err(bad("payment.installments must be between 1 and 72 and needs a credit card"));
    }
    let cost = wanted.installments_cost.as_deref();
    if cost.is_some_and(|cost| !is_credit || !matches!(cost, "seller" | "buyer")) {
        return Err(bad("payment.installments_cost must be seller or buyer and needs a credit card"));
    }
    let is_voucher = wanted.kind.as_deref() == Some("voucher_card");
    if wanted.voucher_type.as_deref().is_some_and(|kind| !is_voucher || !matches!(kind, "sodexo" | "alelo")) {
        return Err(bad("payment.voucher_type must be sodexo or alelo and needs a voucher card"));
    }
    Ok(())
}

/// Refuses unless the seller has the terminal and it holds nothing.
pub(super) fn free_device(world: &mut World, seller: u64, device: &str) -> Result<(), Refusal> {
    let found = world.in_person.device(seller, device).ok_or_else(|| bad("the device is not known"))?;
    if found.holds.is_some() {
        let message = "there is already a queued intent for the device";
        return Err(Refusal::new(StatusCode::CONFLICT, "conflict", message));
    }
    Ok(())
}

async fn read(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let world = shared.lock();
    let (intent, asked) = payment_intent(&world, caller.seller, &id)?;
    let is_brief = world.seller(caller.seller).site == Site::Mla;
    let device = world.in_person.devices.get(&intent.device);
    let amount = RawValue::from_string(intent.raw.clone()).map_err(|_| no_intent())?;
    let charged = intent.payment().map(|payment| payment.id.to_string());
    let bare =
        Wanted { id: None, kind: None, installments: None, installments_cost: None, voucher_type: None };
    let wanted = asked.payment.clone().filter(|_| !is_brief).or(charged.is_some().then_some(bare));
    let info = Additional {
        external_reference: intent.reference.clone(),
        print_on_terminal: asked.print_on_terminal,
        ticket_number: asked.ticket_number.clone(),
    };
    let brief = Additional { ticket_number: info.ticket_number.clone(), ..Additional::default() };
    let answer = Answer {
        state: Some(word(&intent.phase)),
        id: &intent.id,
        device_id: device.map_or_else(|| intent.device.clone(), |device| device.echoed(is_brief)),
        amount: &amount,
        description: intent.description.as_deref(),
        payment: wanted.map(|wanted| Wanted { id: charged, ..wanted }),
        // Once it has ended, Argentina keeps only the number of the ticket.
        additional_info: if is_brief && intent.is_final() { brief } else { info },
    };
    Ok(api::json(StatusCode::OK, &answer))
}

#[derive(Serialize)]
pub(super) struct Gone<'a> {
    pub(super) id: &'a str,
}

async fn cancel(
    State(shared): State<Shared>,
    caller: Caller,
    Path((device, id)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let mut world = shared.lock();
    let (intent, _) = payment_intent(&world, caller.seller, &id)?;
    if intent.device != device {
        return Err(no_intent());
    }
    if intent.phase != Phase::Open {
        let message = "the intent is on the terminal or has ended, and cannot be canceled here";
        return Err(Refusal::new(StatusCode::CONFLICT, "conflict", message));
    }
    road::enter(&mut world, &id, Phase::Ended(End::Canceled(By::Api)));
    Ok(api::json(StatusCode::OK, &Gone { id: &id }))
}

/// The provider's word for a phase.
pub(super) fn word(phase: &Phase) -> &'static str {
    match phase {
        Phase::Open => "OPEN",
        Phase::AtTerminal => "ON_TERMINAL",
        Phase::Processing(_) => "PROCESSING",
        Phase::Processed => "PROCESSED",
        Phase::Ended(End::Charged(_) | End::Reversed(_) | End::GivenBack) => "FINISHED",
        Phase::Ended(End::Canceled(_)) => "CANCELED",
        Phase::Ended(End::Expired) => "ABANDONED",
        Phase::Ended(End::Failed) => "ERROR",
        Phase::Ended(End::Unconfirmed(_)) => "CONFIRMATION_REQUIRED",
    }
}

fn payment_intent<'w>(world: &'w World, seller: u64, id: &str) -> Result<(&'w Intent, &'w Asked), Refusal> {
    let intent = world.in_person.intents.get(id).filter(|intent| intent.seller == seller);
    let intent = intent.filter(|intent| world.now() - intent.created_at <= READABLE).ok_or_else(no_intent)?;
    match &intent.asked {
        super::Asked::Second(asked) => Ok((intent, asked)),
        _ => Err(no_intent()),
    }
}

fn bad(message: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "bad_request", message)
}

fn no_intent() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "not_found", "there is no such payment intent")
}
