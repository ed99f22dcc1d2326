//! A payment as the provider keeps it: its terms, where it stands, what it costs and what came back of it.
//!
//! Holds and answers; what makes it move is [`crate::charge`], [`crate::refund`] and [`crate::chargeback`].
//! Statuses and details: the API reference of payments.

use serde_json::value::RawValue;

use crate::account::Money;
use crate::contract::Cost;
use crate::money::share;
use crate::site::Site;
use crate::time::Instant;

pub(crate) mod body;
mod costs;

/// A payment.
#[derive(Clone, Debug)]
pub(crate) struct Payment {
    pub(crate) id: u64,
    pub(crate) seller: u64,
    pub(crate) site: Site,
    /// What is charged; after a capture what was captured. Minor units.
    pub(crate) gross_minor: i64,
    pub(crate) method: Method,
    pub(crate) installments: u16,
    pub(crate) reference: Option<String>,
    pub(crate) description: String,
    pub(crate) operation: Operation,
    pub(crate) channel: Channel,
    /// Echoed as it was sent.
    pub(crate) metadata: Option<Box<RawValue>>,
    pub(crate) payer_email: Option<String>,
    pub(crate) binary_mode: bool,
    pub(crate) captured: bool,
    pub(crate) state: State,
    pub(crate) created: Instant,
    pub(crate) updated: Instant,
    pub(crate) approved: Option<Instant>,
    /// When it lapses unpaid.
    pub(crate) expires: Option<Instant>,
    /// When its money is to become available.
    pub(crate) release: Option<Instant>,
    pub(crate) pot: Pot,
    pub(crate) costs: Vec<Cost>,
    pub(crate) refunds: Vec<Refund>,
    /// The dispute that is open.
    pub(crate) dispute: Option<Dispute>,
    /// What a lost dispute took.
    pub(crate) lost: Option<Lost>,
}

/// A method and its family, in the provider's words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Method {
    pub(crate) id: String,
    pub(crate) kind: String,
}

/// The kind of an operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Operation {
    /// An online or QR sale.
    Regular,
    /// A sale on a terminal.
    PointOfSale,
    /// A charge of a subscription.
    Recurring,
    /// A check of a card: never money.
    CardValidation,
}

/// Where a payment was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Channel {
    /// In a web shop.
    Online,
    /// By QR code.
    Qr { store: String, pos: String },
    /// On a terminal.
    Point { serial: String, store: Option<String>, pos: Option<String> },
    /// By a subscription.
    Subscription {
        preapproval: String,
        plan: Option<String>,
        invoice: String,
        number: u32,
        first: bool,
        billing_date: Instant,
    },
}

/// Where a payment stands; words are the provider's details.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum State {
    Pending(&'static str),
    InProcess(&'static str),
    Authorized,
    Approved,
    InMediation,
    Rejected(&'static str),
    Cancelled(&'static str),
    Refunded(&'static str),
    ChargedBack(&'static str),
}

/// Where the money of a payment is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Pot {
    /// With the payer, or it never was any.
    Nowhere,
    /// Credited, not yet available.
    Pending,
    /// On the available balance, or gone from there.
    Available,
}

/// A refund.
#[derive(Clone, Debug)]
pub(crate) struct Refund {
    pub(crate) id: u64,
    pub(crate) amount_minor: i64,
    /// Fee given back to the seller.
    pub(crate) fee_minor: i64,
    /// Withholding given back to the seller.
    pub(crate) withholding_minor: i64,
    pub(crate) at: Instant,
    /// Echoed as it was sent.
    pub(crate) metadata: Option<Box<RawValue>>,
}

/// An open dispute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Dispute {
    /// What it is about, as negative money.
    pub(crate) money: Money,
    /// Whether that was taken from the available balance; else it is still pending and stays so.
    pub(crate) held: bool,
}

/// What a lost dispute took, and when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Lost {
    pub(crate) money: Money,
    pub(crate) at: Instant,
}

impl Payment {
    pub(crate) fn status(&self) -> &'static str {
        match self.state {
            State::Pending(_) => "pending",
            State::InProcess(_) => "in_process",
            State::Authorized => "authorized",
            State::Approved => "approved",
            State::InMediation => "in_mediation",
            State::Rejected(_) => "rejected",
            State::Cancelled(_) => "cancelled",
            State::Refunded(_) => "refunded",
            State::ChargedBack(_) => "charged_back",
        }
    }

    pub(crate) fn detail(&self) -> &'static str {
        match self.state {
            State::Authorized => "pending_capture",
            State::Approved if self.refunded_minor() > 0 => "partially_refunded",
            State::Approved => "accredited",
            State::InMediation => "pending",
            State::Pending(detail)
            | State::InProcess(detail)
            | State::Rejected(detail)
            | State::Cancelled(detail)
            | State::Refunded(detail)
            | State::ChargedBack(detail) => detail,
        }
    }

    /// Whether its money was credited.
    pub(crate) fn is_credited(&self) -> bool {
        self.pot != Pot::Nowhere
    }

    /// Given back to the payer so far.
    pub(crate) fn refunded_minor(&self) -> i64 {
        self.refunds.iter().map(|refund| refund.amount_minor).sum()
    }

    /// What can still be given back.
    pub(crate) fn remaining_minor(&self) -> i64 {
        self.gross_minor - self.refunded_minor()
    }

    /// What the sale brought: gross less everything that it costs.
    pub(crate) fn sold(&self) -> Money {
        let mut money = Money { gross: self.gross_minor, ..Money::default() };
        for cost in &self.costs {
            money.add_cost(cost.kind, -cost.amount_minor);
        }
        money
    }

    /// What refunds and a lost dispute took back so far, as negative money.
    pub(crate) fn taken(&self) -> Money {
        let refunds = self.refunds.iter().map(Refund::money);
        refunds.chain(self.lost.map(|lost| lost.money)).fold(Money::default(), Money::plus)
    }

    /// What would be taken if everything that remains were given back: financing and bank tax stay spent.
    pub(crate) fn rest(&self) -> Money {
        let left = self.sold().plus(self.taken());
        Money { gross: -left.gross, fee: -left.fee, withholding: -left.withholding, ..Money::default() }
    }

    /// A refund of so much: costs come back in proportion, and the last refund leaves no remainder.
    pub(crate) fn priced_refund(&self, id: u64, amount_minor: i64, at: Instant) -> Refund {
        let sold = self.sold();
        let taken = self.taken();
        let back = self.refunded_minor() + amount_minor;
        let part = |cost: i64| share(-cost, back, self.gross_minor);
        Refund {
            id,
            amount_minor,
            fee_minor: part(sold.fee) - taken.fee,
            withholding_minor: part(sold.withholding) - taken.withholding,
            at,
            metadata: None,
        }
    }
}

impl Refund {
    /// What it takes from the seller, as negative money.
    pub(crate) fn money(&self) -> Money {
        let Self { amount_minor, fee_minor, withholding_minor, .. } = *self;
        Money { gross: -amount_minor, fee: fee_minor, withholding: withholding_minor, ..Money::default() }
    }
}

impl Operation {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Regular => "regular_payment",
            Self::PointOfSale => "pos_payment",
            Self::Recurring => "recurring_payment",
            Self::CardValidation => "card_validation",
        }
    }
}
