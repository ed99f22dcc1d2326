//! Payments come into being and move by themselves: charged, approved, rejected, captured, cancelled, released.
//!
//! Refunds and disputes are elsewhere. Lives of unpaid payments: 30 days, as the provider documents.

use chrono::{Days, TimeDelta};
use serde_json::value::RawValue;

use crate::agenda::What;
use crate::contract::{costs, pending_for};
use crate::payment::{Channel, Method, Operation, Payment, Pot, State};
use crate::refusal::Refusal;
use crate::time::Instant;
use crate::world::World;

/// Days until a payment that nobody pays lapses.
const LIFE_DAYS: u64 = 30;
/// The action is not valid in the state of the payment.
const NOT_NOW: (u32, &str) = (2018, "The action requested is not valid for the current payment state");

/// What to charge.
#[derive(Clone, Debug)]
pub(crate) struct Charge {
    pub(crate) seller: u64,
    pub(crate) amount_minor: i64,
    pub(crate) method: Method,
    pub(crate) installments: u16,
    pub(crate) reference: Option<String>,
    pub(crate) description: String,
    pub(crate) operation: Operation,
    pub(crate) outcome: Outcome,
    pub(crate) channel: Channel,
}

/// What is said of a charge beside its money.
#[derive(Clone, Debug, Default)]
pub(crate) struct Extra {
    pub(crate) metadata: Option<Box<RawValue>>,
    pub(crate) payer_email: Option<String>,
    pub(crate) binary_mode: bool,
    /// When it lapses unpaid, if not after the usual life.
    pub(crate) expires: Option<Instant>,
}

/// How a charge ends at once; words are the provider's details.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Outcome {
    Approved,
    /// Reserved, to be captured.
    Authorized,
    Pending(&'static str),
    InReview(&'static str),
    Rejected(&'static str),
}

/// What a charge became.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Charged {
    pub(crate) id: u64,
    pub(crate) status: &'static str,
    pub(crate) detail: &'static str,
}

impl Outcome {
    /// What the holder's name of a test card asks for, by the provider's table of test cards.
    pub(crate) fn of_holder(name: &str) -> Option<Self> {
        let word = name.split_whitespace().next()?.to_ascii_uppercase();
        Some(match word.as_str() {
            "APRO" => Self::Approved,
            "OTHE" => Self::Rejected("cc_rejected_other_reason"),
            "CONT" => Self::InReview("pending_contingency"),
            "CALL" => Self::Rejected("cc_rejected_call_for_authorize"),
            "FUND" => Self::Rejected("cc_rejected_insufficient_amount"),
            "SECU" => Self::Rejected("cc_rejected_bad_filled_security_code"),
            "EXPI" => Self::Rejected("cc_rejected_bad_filled_date"),
            "FORM" => Self::Rejected("cc_rejected_bad_filled_other"),
            _ => return None,
        })
    }
}

impl World {
    /// Charges, and tells of it.
    pub(crate) fn charge(&mut self, charge: Charge) -> Charged {
        self.charge_with(charge, Extra::default())
    }

    /// The same, with what else is known of it.
    pub(crate) fn charge_with(&mut self, charge: Charge, extra: Extra) -> Charged {
        let at = self.moment();
        let id = self.payment_id();
        let outcome = match charge.outcome {
            // Without states in between, what would wait is refused.
            Outcome::InReview(_) | Outcome::Pending(_) if extra.binary_mode => {
                Outcome::Rejected("cc_rejected_high_risk")
            }
            outcome => outcome,
        };
        let (state, expires) = match outcome {
            Outcome::Approved => (State::Approved, None),
            Outcome::Authorized => (State::Authorized, None),
            Outcome::Rejected(detail) => (State::Rejected(detail), None),
            Outcome::InReview(detail) => (State::InProcess(detail), None),
            Outcome::Pending(detail) => {
                (State::Pending(detail), Some(extra.expires.unwrap_or(at + Days::new(LIFE_DAYS))))
            }
        };
        let site = self.seller(charge.seller).site;
        let payment = Payment {
            id,
            seller: charge.seller,
            site,
            gross_minor: charge.amount_minor,
            method: charge.method,
            installments: charge.installments,
            reference: charge.reference,
            description: charge.description,
            operation: charge.operation,
            channel: charge.channel,
            metadata: extra.metadata,
            payer_email: extra.payer_email,
            binary_mode: extra.binary_mode,
            captured: state != State::Authorized,
            state,
            created: at,
            updated: at,
            approved: None,
            expires,
            release: None,
            pot: Pot::Nowhere,
            costs: Vec::new(),
            refunds: Vec::new(),
            dispute: None,
            lost: None,
        };
        let charged = Charged { id, status: payment.status(), detail: payment.detail() };
        self.payments.insert(id, payment);
        match outcome {
            Outcome::Approved => self.credit(id, at),
            Outcome::Authorized => {
                self.agenda.note(at + Days::new(site.reservation_days()), What::Lapse(id));
            }
            Outcome::Pending(_) | Outcome::InReview(_) => {
                self.agenda.note(expires.unwrap_or(at + Days::new(LIFE_DAYS)), What::Lapse(id));
            }
            Outcome::Rejected(_) => {}
        }
        self.tell_payment(id, true);
        charged
    }

    /// A payment that waits is approved.
    pub(crate) fn approve(&mut self, id: u64) {
        if !matches!(self.state(id), Some(State::Pending(_) | State::InProcess(_))) {
            return;
        }
        let at = self.change(id, State::Approved);
        self.credit(id, at);
        self.tell_payment(id, false);
    }

    /// A payment that waits is rejected.
    pub(crate) fn reject(&mut self, id: u64, detail: &'static str) {
        if matches!(self.state(id), Some(State::Pending(_) | State::InProcess(_))) {
            self.change(id, State::Rejected(detail));
            self.tell_payment(id, false);
        }
    }

    /// A payment that nobody paid, or a reservation that nobody captured, ends.
    pub(crate) fn lapse(&mut self, id: u64) {
        if matches!(self.state(id), Some(State::Pending(_) | State::InProcess(_) | State::Authorized)) {
            self.change(id, State::Cancelled("expired"));
            self.tell_payment(id, false);
        }
    }

    /// The seller cancels.
    ///
    /// # Errors
    /// When it is not waiting, under review or reserved.
    pub(crate) fn cancel(&mut self, id: u64) -> Result<(), Refusal> {
        if !matches!(self.state(id), Some(State::Pending(_) | State::InProcess(_) | State::Authorized)) {
            return Err(Refusal::bad_request(NOT_NOW.0, NOT_NOW.1));
        }
        self.change(id, State::Cancelled("by_collector"));
        self.tell_payment(id, false);
        Ok(())
    }

    /// The seller captures a reservation, or a part of it.
    ///
    /// # Errors
    /// When nothing is reserved, or more is asked for than is.
    pub(crate) fn capture(&mut self, id: u64, amount_minor: Option<i64>) -> Result<(), Refusal> {
        let Some(payment) = self.payments.get_mut(&id).filter(|p| p.state == State::Authorized) else {
            return Err(Refusal::bad_request(NOT_NOW.0, NOT_NOW.1));
        };
        let amount_minor = amount_minor.unwrap_or(payment.gross_minor);
        if amount_minor <= 0 || amount_minor > payment.gross_minor {
            return Err(Refusal::bad_request(2072, "Invalid value for transaction_amount"));
        }
        payment.gross_minor = amount_minor;
        payment.captured = true;
        let at = self.change(id, State::Approved);
        self.credit(id, at);
        self.tell_payment(id, false);
        Ok(())
    }

    /// The money of a payment becomes available, or what is left of it; not while it is disputed.
    pub(crate) fn release(&mut self, id: u64) {
        let now = self.moment();
        let Some(payment) = self.payments.get_mut(&id) else { return };
        if payment.pot != Pot::Pending || payment.dispute.is_some() {
            return;
        }
        payment.pot = Pot::Available;
        let (seller, left) = (payment.seller, payment.sold().plus(payment.taken()));
        self.seller_mut(seller).account.release(now, id, left);
    }

    /// Changes the state of a payment; gives when.
    pub(crate) fn change(&mut self, id: u64, state: State) -> Instant {
        let at = self.moment();
        if let Some(payment) = self.payments.get_mut(&id) {
            payment.state = state;
            payment.updated = at;
        }
        at
    }

    pub(crate) fn state(&self, id: u64) -> Option<State> {
        self.payments.get(&id).map(|payment| payment.state)
    }

    /// Credits an approved payment: its costs are taken and its money is pending. Card checks move nothing.
    fn credit(&mut self, id: u64, at: Instant) {
        let Some(payment) = self.payments.get_mut(&id) else { return };
        payment.approved = Some(at);
        if payment.operation == Operation::CardValidation || payment.gross_minor == 0 {
            return;
        }
        let Method { kind, .. } = &payment.method;
        payment.costs =
            costs(payment.site, kind, &payment.channel, payment.installments, payment.gross_minor);
        let wait = pending_for(kind, payment.operation);
        payment.pot = Pot::Pending;
        payment.release = Some(at + wait);
        let (seller, sold) = (payment.seller, payment.sold());
        self.seller_mut(seller).account.sell(at, id, sold);
        if wait == TimeDelta::zero() {
            self.release(id);
        } else {
            self.agenda.note(at + wait, What::Release(id));
        }
    }

    fn payment_id(&mut self) -> u64 {
        let last = self.payments.last_key_value().map_or(128_999_999_959, |(id, _)| *id);
        last + 1 + self.draw.below(82)
    }
}
