//! `/v1/payments` and `/v1/card_tokens`: made, read, cancelled, captured. Reference: payments.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;
use mercadopago::request::payment::{PaymentRequest, PaymentUpdate};
use serde::{Deserialize, Serialize};

use crate::api::caller::Caller;
use crate::api::{json, keyed, read_json, search};
use crate::charge::{Charge, Extra, Outcome};
use crate::idempotency::Answer;
use crate::payment::body::{Body, View};
use crate::payment::{Channel, Method, Operation, Payment};
use crate::refusal::Refusal;
use crate::time::parse;
use crate::world::{Shared, World};

/// Longest address of a receiver that a payment may name.
const ADDRESS_LIMIT: usize = 248;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/payments", post(create))
        .route("/v1/payments/search", get(search::search))
        .route("/v1/payments/{id}", get(read).put(update))
        .route("/v1/card_tokens", post(card))
}

async fn create(
    State(shared): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let mut world = shared.lock();
    // The provider answers a repetition with the payment itself.
    let again = |answer: Answer| Answer { status: StatusCode::OK, ..answer };
    keyed(&mut world, caller.seller, "/v1/payments", &headers, &body, again, |world| {
        let request: PaymentRequest = read_json(&body)?;
        world.refuse_twin(caller.seller, &body)?;
        let (charge, extra) = world.wished(caller.seller, request)?;
        let charged = world.charge_with(charge, extra);
        world.note_charge(caller.seller, &body);
        let payment = world.mine(caller.seller, charged.id)?;
        Ok(Answer::json(StatusCode::CREATED, &Body::of(payment, View::of(world))))
    })
}

async fn read(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let world = shared.lock();
    let payment = world.mine(caller.seller, number(&id)?)?;
    Ok(json(StatusCode::OK, &Body::of(world.as_seen(payment), View::of(&world))))
}

async fn update(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let update: PaymentUpdate = read_json(&body)?;
    let mut world = shared.lock();
    let id = number(&id)?;
    let before = world.mine(caller.seller, id)?.clone();
    match (update.status.as_deref(), update.capture) {
        // Other services of the provider spell it with one l, and one of its own examples does here.
        (Some("cancelled" | "canceled"), None) => world.cancel(id)?,
        (None, Some(true)) => {
            let amount = update.transaction_amount.as_ref();
            let amount_minor = amount.map(|amount| world.minor(caller.seller, amount)).transpose()?;
            world.capture(id, amount_minor)?;
        }
        (Some(_), None) => return Err(Refusal::bad_request(8, "Invalid status for the update")),
        _ => return Err(Refusal::bad_request(1004, "There is nothing to update")),
    }
    world.keep_before(before);
    let payment = world.mine(caller.seller, id)?;
    Ok(json(StatusCode::OK, &Body::of(payment, View::of(&world))))
}

#[derive(Deserialize)]
struct CardRequest {
    cardholder: Holder,
}

#[derive(Deserialize)]
struct Holder {
    name: String,
}

#[derive(Serialize)]
struct CardToken {
    id: String,
    live_mode: bool,
    status: &'static str,
}

/// Stands a token for a card: only its holder's name is kept.
async fn card(State(shared): State<Shared>, body: Bytes) -> Result<Response, Refusal> {
    let request: CardRequest = read_json(&body)?;
    let mut world = shared.lock();
    let id = world.draw.hex32();
    let now = world.now();
    world.cards.put(id.clone(), request.cardholder.name, now);
    Ok(json(StatusCode::CREATED, &CardToken { id, live_mode: true, status: "active" }))
}

/// An id of a payment in an address.
///
/// # Errors
/// When it is no number: then there is no such payment.
pub(super) fn number(id: &str) -> Result<u64, Refusal> {
    id.parse().map_err(|_| Refusal::not_found(2000, "Payment not found"))
}

impl World {
    /// A payment of a seller; another's is not found, as with the provider.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn mine(&self, seller: u64, id: u64) -> Result<&Payment, Refusal> {
        let payment = self.payment(id).filter(|payment| payment.seller == seller);
        payment.ok_or_else(|| Refusal::not_found(2000, "Payment not found"))
    }

    /// What a request asks to charge.
    fn wished(&mut self, seller: u64, request: PaymentRequest) -> Result<(Charge, Extra), Refusal> {
        let amount_minor = self.minor(seller, &request.transaction_amount)?;
        if amount_minor <= 0 {
            return Err(Refusal::bad_request(2072, "Invalid value for transaction_amount"));
        }
        if request.notification_url.as_ref().is_some_and(|url| url.len() > ADDRESS_LIMIT) {
            return Err(Refusal::bad_request(4021, "notification_url is too long"));
        }
        let kind = kind(&request.payment_method_id)
            .ok_or_else(|| Refusal::bad_request(2131, "Cannot infer Payment Method"))?;
        let expires = request.date_of_expiration.as_deref().map(|text| {
            let date = parse(text, self.now()).filter(|at| *at > self.now());
            date.ok_or_else(|| Refusal::bad_request(23, "The following parameters must be valid date and format (yyyy-MM-dd'T'HH:mm:ssz): date_of_expiration"))
        });
        let expires = expires.transpose()?;
        let outcome = match kind {
            "ticket" => Outcome::Pending("pending_waiting_payment"),
            "bank_transfer" => Outcome::Pending("pending_waiting_transfer"),
            "account_money" => Outcome::Approved,
            _ => {
                let token = request.token.as_deref().unwrap_or_default();
                if token.is_empty() {
                    return Err(Refusal::bad_request(2006, "Card Token not found"));
                }
                let holder = self.spend_card(token)?;
                let named = Outcome::of_holder(&holder);
                let payer = request.payer.first_name.as_deref();
                named.or_else(|| Outcome::of_holder(payer?)).unwrap_or(Outcome::Approved)
            }
        };
        let outcome = match (outcome, request.capture) {
            (Outcome::Approved, Some(false)) if kind == "credit_card" => Outcome::Authorized,
            (_, Some(false)) if kind != "credit_card" => {
                return Err(Refusal::bad_request(2077, "Deferred capture not supported"));
            }
            (outcome, _) => outcome,
        };
        let charge = Charge {
            seller,
            amount_minor,
            method: Method { id: request.payment_method_id, kind: kind.to_owned() },
            installments: request.installments.and_then(|count| u16::try_from(count).ok()).unwrap_or(1),
            reference: request.external_reference,
            description: request.description.unwrap_or_default(),
            operation: Operation::Regular,
            outcome,
            channel: Channel::Online,
        };
        let extra = Extra {
            metadata: request.metadata,
            payer_email: request.payer.email,
            binary_mode: request.binary_mode.unwrap_or(false),
            expires,
        };
        Ok((charge, extra))
    }
}

/// The family of a method, by the provider's list of methods.
fn kind(method: &str) -> Option<&'static str> {
    Some(match method {
        "visa" | "master" | "amex" | "elo" | "hipercard" | "naranja" | "cabal" | "diners" | "tarshop" => {
            "credit_card"
        }
        "debvisa" | "debmaster" | "debelo" | "debcabal" | "maestro" => "debit_card",
        "rapipago" | "pagofacil" | "bolbradesco" | "pec" | "oxxo" | "efecty" | "abitab" | "redpagos" => {
            "ticket"
        }
        "pix" | "pse" | "clabe" => "bank_transfer",
        "account_money" => "account_money",
        _ => return None,
    })
}
