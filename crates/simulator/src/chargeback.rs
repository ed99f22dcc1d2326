//! Disputes of payers: chargebacks of cards and mediations, how they hold money and how they end.
//!
//! Shape of a case: the API reference of chargebacks. The seller has ten days to send documents.

use chrono::{Days, TimeDelta};
use serde::Serialize;

use crate::agenda::What;
use crate::money::Amount;
use crate::payment::{Dispute, Lost, Pot, State};
use crate::refusal::Refusal;
use crate::time::{Api, Instant};
use crate::world::World;

/// Days to send documents.
const DOCUMENT_DAYS: u64 = 10;

/// A chargeback.
#[derive(Clone, Debug)]
pub(crate) struct Chargeback {
    pub(crate) id: u64,
    pub(crate) seller: u64,
    pub(crate) payment: u64,
    amount: Amount,
    currency: &'static str,
    pub(crate) opened: Instant,
    updated: Instant,
    /// Whether it ended, and if so for the seller.
    covered: Option<bool>,
}

/// A chargeback as the API returns it.
#[derive(Serialize)]
pub(crate) struct Body {
    amount: Amount,
    coverage_applied: Option<bool>,
    coverage_elegible: bool,
    currency: &'static str,
    date_created: Api,
    date_documentation_deadline: Api,
    date_last_updated: Api,
    documentation: [u8; 0],
    documentation_required: bool,
    documentation_status: &'static str,
    id: String,
    live_mode: bool,
    payments: [u64; 1],
    reason: &'static str,
}

impl Chargeback {
    /// Its body.
    pub(crate) fn body(&self) -> Body {
        Body {
            amount: self.amount,
            coverage_applied: self.covered,
            coverage_elegible: true,
            currency: self.currency,
            date_created: Api(self.opened),
            date_documentation_deadline: Api(self.opened + Days::new(DOCUMENT_DAYS)),
            date_last_updated: Api(self.updated),
            documentation: [],
            documentation_required: true,
            documentation_status: match self.covered {
                None => "pending",
                Some(true) => "valid",
                Some(false) => "not_supplied",
            },
            id: self.id.to_string(),
            live_mode: true,
            payments: [self.payment],
            reason: "general",
        }
    }
}

impl World {
    /// A payer disputes an approved payment. What was released is held, what is pending stays so.
    ///
    /// # Errors
    /// When the payment is not approved.
    pub(crate) fn dispute(&mut self, id: u64, chargeback: bool) -> Result<(), Refusal> {
        let Some(payment) = self.payments.get(&id).filter(|p| p.is_credited() && p.state == State::Approved)
        else {
            let text = "The action requested is not valid for the current payment state";
            return Err(Refusal::bad_request(2018, text));
        };
        let (seller, money, held) = (payment.seller, payment.rest(), payment.pot == Pot::Available);
        let amount = Amount { minor: payment.remaining_minor(), decimals: payment.site.decimals() };
        let currency = payment.site.currency();
        let state = if chargeback { State::ChargedBack("in_process") } else { State::InMediation };
        let at = self.change(id, state);
        if let Some(payment) = self.payments.get_mut(&id) {
            payment.dispute = Some(Dispute { money, held });
        }
        let account = &mut self.seller_mut(seller).account;
        if chargeback {
            account.open_chargeback(at, id, money);
        }
        if held {
            account.hold(at, id, -money.net());
        }
        if chargeback {
            // Ids of chargebacks exceed what a float holds, as the provider's do.
            let case = 217_000_000_000_000_000 + id * 1_000;
            let (opened, updated, covered) = (at, at, None);
            let new =
                Chargeback { id: case, seller, payment: id, amount, currency, opened, updated, covered };
            self.chargebacks.insert(case, new);
            self.tell_chargeback(case, true);
        }
        self.tell_payment(id, false);
        Ok(())
    }

    /// A dispute of a drawn sale; what is not possible by then does not happen.
    pub(crate) fn dispute_drawn(&mut self, id: u64, chargeback: bool, days: i64, won: bool) {
        if self.dispute(id, chargeback).is_ok() {
            let end = self.now() + TimeDelta::days(days);
            self.agenda.note(end, What::EndDispute { payment: id, won });
        }
    }

    /// An open dispute ends; a mediation always for the seller.
    pub(crate) fn end_dispute(&mut self, id: u64, won: bool) {
        let Some(payment) = self.payments.get_mut(&id) else { return };
        let Some(Dispute { money, held }) = payment.dispute.take() else { return };
        let (seller, chargeback) = (payment.seller, payment.state != State::InMediation);
        let won = won || !chargeback;
        let state = match (chargeback, won) {
            (true, true) => State::ChargedBack("reimbursed"),
            (true, false) => State::ChargedBack("settled"),
            (false, _) => State::Approved,
        };
        let at = self.change(id, state);
        let account = &mut self.seller_mut(seller).account;
        if held {
            account.free(at, id, -money.net());
        }
        if !won {
            account.lose(at, id, money, held);
        } else if chargeback {
            account.cancel_chargeback(at, id, money);
        }
        let mut due = None;
        if let Some(payment) = self.payments.get_mut(&id) {
            payment.lost = (!won).then_some(Lost { money, at });
            due = payment.release.filter(|_| payment.pot == Pot::Pending);
        }
        if due.is_some_and(|release| release <= at) {
            self.release(id);
        }
        self.end_case(id, at, won);
        self.tell_payment(id, false);
    }

    fn end_case(&mut self, payment: u64, at: Instant, won: bool) {
        let case = self.chargebacks.values_mut().find(|case| case.payment == payment);
        let Some(case) = case.filter(|case| case.covered.is_none()) else { return };
        case.covered = Some(won);
        case.updated = at;
        let id = case.id;
        self.tell_chargeback(id, false);
    }
}
