//! Refunds: what can still be given back, what it takes, and how one is shown.
//!
//! Rules and codes: the API reference of refunds. Window: 180 days after the approval.

use chrono::Days;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::habits::Notes;
use crate::money::{Amount, rate};
use crate::payment::body::Nothing;
use crate::payment::{Payment, Pot, Refund, State};
use crate::refusal::Refusal;
use crate::time::Api;
use crate::world::World;

/// How long money can be given back.
const WINDOW_DAYS: u64 = 180;

/// A refund as the API returns it, alone or inside its payment.
#[derive(Serialize)]
pub(crate) struct Body {
    additional_data: (),
    adjustment_amount: Amount,
    alternative_refund_mode: (),
    amount: Amount,
    amount_refunded_to_payer: Option<Amount>,
    date_created: Api,
    e2e_id: (),
    expiration_date: (),
    funder: (),
    id: u64,
    labels: [u8; 0],
    metadata: Metadata,
    partition_details: [u8; 0],
    payment_id: u64,
    reason: (),
    refund_mode: &'static str,
    source: Source,
    status: &'static str,
    unique_sequence_number: (),
}

#[derive(Serialize)]
#[serde(untagged)]
enum Metadata {
    Echoed(Box<RawValue>),
    Listed(Vec<Box<RawValue>>),
    Empty(Nothing),
}

impl Metadata {
    fn of(refund: &Refund, notes: Notes) -> Self {
        match (notes, refund.metadata.clone()) {
            (Notes::Listed, sent) => Self::Listed(sent.into_iter().collect()),
            (Notes::Echoed, Some(sent)) => Self::Echoed(sent),
            (Notes::Echoed, None) | (Notes::Withheld, _) => Self::Empty(Nothing {}),
        }
    }
}

#[derive(Serialize)]
struct Source {
    id: String,
    name: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
}

impl Body {
    /// A refund of a payment, with its notes as they are shown.
    pub(crate) fn of(payment: &Payment, refund: &Refund, notes: Notes) -> Self {
        let amount = |minor| Amount { minor, decimals: payment.site.decimals() };
        Self {
            additional_data: (),
            adjustment_amount: amount(0),
            alternative_refund_mode: (),
            amount: amount(refund.amount_minor),
            amount_refunded_to_payer: None,
            date_created: Api(refund.at),
            e2e_id: (),
            expiration_date: (),
            funder: (),
            id: refund.id,
            labels: [],
            metadata: Metadata::of(refund, notes),
            partition_details: [],
            payment_id: payment.id,
            reason: (),
            refund_mode: "standard",
            source: Source { id: payment.seller.to_string(), name: "Tienda", kind: "collector" },
            status: "approved",
            unique_sequence_number: (),
        }
    }
}

impl World {
    /// Gives money back: so much, or all that remains. Tells of it, and gives the refund's id.
    ///
    /// # Errors
    /// When the payment is another seller's, is not approved, is too old, or has not that much left; and when the
    /// seller has not the money.
    pub(crate) fn refund(&mut self, seller: u64, id: u64, amount_minor: Option<i64>) -> Result<u64, Refusal> {
        self.refund_noted(seller, id, amount_minor, None)
    }

    /// The same, with the seller's own notes.
    ///
    /// # Errors
    /// As [`Self::refund`].
    pub(crate) fn refund_noted(
        &mut self,
        seller: u64,
        id: u64,
        amount_minor: Option<i64>,
        metadata: Option<Box<RawValue>>,
    ) -> Result<u64, Refusal> {
        let payment = self.payments.get(&id).filter(|payment| payment.seller == seller);
        let payment = payment.ok_or_else(|| Refusal::not_found(2000, "Payment not found"))?;
        let amount_minor = self.refundable(payment, amount_minor)?;
        let released = payment.pot == Pot::Available;
        let number = id * 10 + payment.refunds.len() as u64;
        let priced = payment.priced_refund(number, amount_minor, self.now());
        if released && self.seller(seller).account.available_minor + priced.money().net() < 0 {
            return Err(Refusal::bad_request(2031, "Collector doesn't have available money to refund"));
        }
        let at = self.moment();
        let refund = Refund { at, metadata, ..priced };
        let (number, money) = (refund.id, refund.money());
        if let Some(payment) = self.payments.get_mut(&id) {
            payment.refunds.push(refund);
            payment.updated = at;
            if payment.remaining_minor() == 0 {
                payment.state = State::Refunded("refunded");
            }
        }
        self.seller_mut(seller).account.refund(at, id, number, money, released);
        self.tell_payment(id, false);
        Ok(number)
    }

    /// A refund that a drawn sale is to have; what is not possible by then does not happen.
    pub(crate) fn refund_drawn(&mut self, id: u64, share_bps: i64) {
        let Some(payment) = self.payments.get(&id) else { return };
        let wanted = rate(payment.gross_minor, share_bps).min(payment.remaining_minor());
        let seller = payment.seller;
        if let Err(refusal) = self.refund(seller, id, Some(wanted)) {
            tracing::debug!(payment = id, code = refusal.code(), "a drawn refund was not possible");
        }
    }

    fn refundable(&self, payment: &Payment, amount_minor: Option<i64>) -> Result<i64, Refusal> {
        let (State::Approved, Some(approved), true) =
            (payment.state, payment.approved, payment.is_credited())
        else {
            let text = "Payment in its current state does not support refund";
            return Err(Refusal::bad_request(2063, text));
        };
        if self.now() > approved + Days::new(WINDOW_DAYS) {
            return Err(Refusal::bad_request(2024, "Payment too old to be refunded"));
        }
        if self.habits.refunds_at_most.is_some_and(|most| payment.refunds.len() >= most) {
            return Err(Refusal::bad_request(2022, "The payment admits no further refund"));
        }
        let amount_minor = amount_minor.unwrap_or(payment.remaining_minor());
        if amount_minor <= 0 {
            let text = "Amount must be a positive number";
            return Err(Refusal::bad_request(4040, text));
        }
        if amount_minor > payment.remaining_minor() {
            return Err(Refusal::bad_request(2017, "Amount to refund is greater than the remaining amount"));
        }
        Ok(amount_minor)
    }
}
