//! Orders: what people want done with a payment, and what became of it.
//!
//! An order has a name and is a fact before it is sent. Its end follows from facts too: what the provider answered, a
//! refund that names the order, a standing that shows it. What may be ordered is decided in [`super::orders`], and
//! facts are applied in `evolve`.

use std::collections::BTreeMap;

use super::Standing;
use crate::ids::RefundId;
use crate::machine::Instant;
use crate::text::Text;

mod evolve;

/// What a person wants done with a payment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wish {
    /// Money is given back to the payer.
    Refund {
        /// Minor units.
        amount_minor: i64,
        /// It is all that was paid, and nothing of it was returned before: sent without an amount.
        is_whole: bool,
    },
    /// Reserved money is taken.
    Capture {
        /// Minor units.
        amount_minor: i64,
        /// It is all that is reserved: sent without an amount.
        is_whole: bool,
    },
    /// It is cancelled before it is decided, or its reservation is released.
    Cancel,
}

/// How far an order is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stage {
    /// It waits for a second person, and is not sent.
    Held,
    /// It is to be sent, or was, and nobody knows its end.
    Open,
    /// The provider did it.
    Done {
        /// The refund it became; captures and cancellations have none.
        refund: Option<RefundId>,
    },
    /// The provider refused it.
    Refused {
        /// The provider's code.
        code: Text,
    },
    /// The second person said no.
    Declined {
        /// Who.
        actor: Text,
        /// Why.
        reason: Text,
    },
}

/// An order, and what became of it so far.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Order {
    /// What is wanted.
    pub wish: Wish,
    /// When it was asked for.
    pub at: Instant,
    /// Who asked.
    pub actor: Text,
    /// Why.
    pub reason: Text,
    /// The second person, when one was needed and agreed.
    pub approved_by: Option<Text>,
    /// How far it is.
    pub stage: Stage,
}

/// What the ledger says is available to the seller in the currency of a payment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Funds {
    /// Nobody looked: the provider decides.
    Unchecked,
    /// So much.
    Available {
        /// Minor units; negative when more was taken than there was.
        minor: i64,
    },
}

/// What people and the clock asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Asked {
    /// Every order ever given, by its name.
    pub orders: BTreeMap<Text, Order>,
    /// Whether the clock presumed the payment expired.
    pub expired: bool,
}

/// Longest name of an order, characters.
pub(super) const MOST_NAME: usize = 200;

/// Whether an order can have this name: one line without blanks around it, so that people tell it from others, and the
/// provider gives it back as it was given.
#[must_use]
pub fn is_order_name(name: &str) -> bool {
    let is_line = !name.is_empty() && name.trim() == name && !name.chars().any(char::is_control);
    is_line && name.chars().count() <= MOST_NAME
}

impl Wish {
    /// The name of the wish, as reports and errors print it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Refund { .. } => "refund",
            Self::Capture { .. } => "capture",
            Self::Cancel => "cancel",
        }
    }

    /// Whether a payment that stands so can still have it done.
    #[must_use]
    pub fn is_possible(self, standing: Standing) -> bool {
        match self {
            Self::Refund { .. } => standing == Standing::Approved,
            Self::Capture { .. } => standing == Standing::Authorized,
            Self::Cancel => {
                matches!(standing, Standing::AwaitingPayer | Standing::InReview | Standing::Authorized)
            }
        }
    }

    /// The amount, minor units; a cancellation has none of its own.
    #[must_use]
    pub fn amount_minor(self) -> Option<i64> {
        match self {
            Self::Refund { amount_minor, .. } | Self::Capture { amount_minor, .. } => Some(amount_minor),
            Self::Cancel => None,
        }
    }
}

impl Stage {
    /// The name of the stage, as reports and errors print it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Open => "open",
            Self::Done { .. } => "done",
            Self::Refused { .. } => "refused",
            Self::Declined { .. } => "declined",
        }
    }

    /// Whether something can still become of it: it waits for a person or for the provider.
    #[must_use]
    pub fn is_unfinished(&self) -> bool {
        match self {
            Self::Held | Self::Open => true,
            Self::Done { .. } | Self::Refused { .. } | Self::Declined { .. } => false,
        }
    }
}

impl Order {
    /// The amount of a refund, minor units; of anything else none.
    #[must_use]
    pub fn refund_minor(&self) -> Option<i64> {
        match self.wish {
            Wish::Refund { amount_minor, .. } => Some(amount_minor),
            Wish::Capture { .. } | Wish::Cancel => None,
        }
    }

    /// What it moves on the word of one person alone, minor units. What was not carried out moved nothing.
    fn alone_minor(&self) -> i64 {
        match (&self.stage, &self.approved_by) {
            (Stage::Open | Stage::Done { .. }, None) => self.wish.amount_minor().unwrap_or_default(),
            (Stage::Held | Stage::Refused { .. } | Stage::Declined { .. }, _) | (_, Some(_)) => 0,
        }
    }
}

impl Asked {
    /// Orders that are to be sent, or whose end nobody knows, by name.
    pub fn open(&self) -> impl Iterator<Item = (&Text, &Order)> {
        self.orders.iter().filter(|(_, order)| order.stage == Stage::Open)
    }

    /// Orders that wait for a second person, by name.
    pub fn waiting(&self) -> impl Iterator<Item = (&Text, &Order)> {
        self.orders.iter().filter(|(_, order)| order.stage == Stage::Held)
    }

    /// Sum of the refunds that wait for a person or for the provider, minor units.
    #[must_use]
    pub fn refunds_minor(&self) -> i64 {
        let unfinished = self.orders.values().filter(|order| order.stage.is_unfinished());
        sum(unfinished.filter_map(Order::refund_minor))
    }

    /// Sum of the refunds that were answered with a refund which `is_named` does not know, minor units.
    pub(super) fn answered_minor(&self, is_named: impl Fn(&RefundId) -> bool) -> i64 {
        let is_unnamed = |order: &&Order| match &order.stage {
            Stage::Done { refund: Some(refund) } => !is_named(refund),
            Stage::Done { refund: None }
            | Stage::Held
            | Stage::Open
            | Stage::Refused { .. }
            | Stage::Declined { .. } => false,
        };
        sum(self.orders.values().filter(is_unnamed).filter_map(Order::refund_minor))
    }

    /// Sum of what is moved on the word of one person alone, minor units.
    pub(super) fn alone_minor(&self) -> i64 {
        sum(self.orders.values().map(Order::alone_minor))
    }

    /// The name of the order that became a refund.
    #[must_use]
    pub fn order_of(&self, refund: &RefundId) -> Option<&Text> {
        let became = |stage: &Stage| matches!(stage, Stage::Done { refund: Some(known) } if known == refund);
        self.orders.iter().find(|(_, order)| became(&order.stage)).map(|(request, _)| request)
    }

    /// The unfinished capture or cancellation: one excludes the other.
    pub(super) fn deciding(&self) -> Option<(&Text, &Order)> {
        let decides = |order: &Order| matches!(order.wish, Wish::Capture { .. } | Wish::Cancel);
        self.orders.iter().find(|(_, order)| decides(order) && order.stage.is_unfinished())
    }
}

/// A sum that stops at the largest number: the provider's word can make more of orders than was ever paid.
fn sum(amounts: impl Iterator<Item = i64>) -> i64 {
    amounts.fold(0, i64::saturating_add)
}
