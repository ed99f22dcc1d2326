//! Changes of a subscription that people order, and which the provider's rules allow where.
//!
//! From the standing of the row, the order of the column: `x` is allowed, `-` is refused:
//!
//! ```text
//!            pause  resume cancel amount card   secondary_method billing_day proportional
//! pending    -      -      x      x      x      x                x           x
//! authorized x      -      x      x      x      x                x           x
//! paused     -      x      x      -      -      -                -           -
//! cancelled  -      -      -      -      -      -                -           -
//! ```

use chrono::SubsecRound;
use serde::{Deserialize, Serialize};

use super::refusal::Refusal;
use super::{Description, Said, Standing};
use crate::changes::Settlement;
use crate::machine::Instant;
use crate::plan::PeriodUnit;
use crate::text::Text;

/// What can be ordered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Charge nothing until it is resumed; what is missed is lost.
    Pause,
    /// Charge again.
    Resume {
        /// Until then; `None` leaves the end as it was.
        until: Option<Instant>,
    },
    /// End it for good.
    Cancel,
    /// Another amount from the next charge on.
    Amount {
        /// Minor units.
        amount_minor: i64,
    },
    /// Another main card. Which one is told by a token that is never kept.
    Card,
    /// A method that is tried when the main one fails.
    SecondaryMethod {
        /// The method in the provider's words.
        method: Text,
        /// Whether it is a card, told by a token that is never kept.
        by_card: bool,
    },
    /// Another day of the month.
    BillingDay {
        /// 1 to 28.
        day: u8,
    },
    /// Whether the first charge is only for the days up to the billing day.
    Proportional {
        /// Whether.
        on: bool,
    },
}

/// Somebody ordered a change.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ChangeAsked {
    /// When.
    pub at: Instant,
    /// The newest statement of the provider at that time.
    pub said: Said,
    /// The name of the order.
    pub request: Text,
    /// Who ordered it.
    pub actor: Text,
    /// What.
    pub change: Change,
}

/// It is known what became of an order, or that nobody knows.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ChangeSettled {
    /// When.
    pub at: Instant,
    /// The name of the order.
    pub request: Text,
    /// What became of it.
    pub outcome: Settlement,
}

impl Change {
    /// The name of the order, as reports and errors print it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume { .. } => "resume",
            Self::Cancel => "cancel",
            Self::Amount { .. } => "amount",
            Self::Card => "card",
            Self::SecondaryMethod { .. } => "secondary_method",
            Self::BillingDay { .. } => "billing_day",
            Self::Proportional { .. } => "proportional",
        }
    }

    /// Whether a statement shows the change. `before`: the newest one when it was ordered.
    #[must_use]
    pub fn is_shown(&self, before: Said, told: &Description) -> bool {
        let recurring = &told.terms.recurring;
        match self {
            Self::Pause => told.standing == Standing::Paused,
            Self::Resume { until } => {
                // The provider writes milliseconds.
                let written = |at: Option<Instant>| at.map(|at| at.trunc_subsecs(3));
                let ends_then = until.is_none() || written(told.terms.ends_at) == written(*until);
                told.standing == Standing::Authorized && ends_then
            }
            Self::Cancel => told.standing == Standing::Cancelled,
            Self::Amount { amount_minor } => recurring.amount_minor == Some(*amount_minor),
            // A token of the card that is stored already may keep its id: a newer statement is all there is to see.
            Self::Card => told.methods.main_card.is_some() && told.said > before,
            Self::SecondaryMethod { method, by_card: false } => {
                told.methods.secondary.as_ref() == Some(method)
            }
            Self::SecondaryMethod { method, by_card: true } => {
                told.methods.secondary.as_ref() == Some(method) && told.said > before
            }
            Self::BillingDay { day } => recurring.billing_day == Some(*day),
            Self::Proportional { on } => recurring.proportional == *on,
        }
    }

    /// Whether the provider's rules allow it now.
    ///
    /// # Errors
    /// When they do not.
    pub fn check(&self, told: &Description, now: Instant) -> Result<(), Refusal> {
        self.check_standing(told.standing)?;
        match self {
            Self::Resume { until: Some(until) } if *until <= now => {
                return Err(Refusal::EndsInThePast { until: *until });
            }
            Self::Amount { amount_minor } if *amount_minor <= 0 => {
                return Err(Refusal::NotPositive { what: "the amount", value: *amount_minor });
            }
            Self::BillingDay { day } if !(1..=28).contains(day) => {
                return Err(Refusal::NoBillingDay { day: *day });
            }
            Self::BillingDay { .. } | Self::Proportional { .. }
                if told.terms.recurring.every.unit != PeriodUnit::Months =>
            {
                return Err(Refusal::NotMonthly { change: self.name() });
            }
            Self::Pause
            | Self::Resume { .. }
            | Self::Cancel
            | Self::Amount { .. }
            | Self::Card
            | Self::SecondaryMethod { .. }
            | Self::BillingDay { .. }
            | Self::Proportional { .. } => {}
        }
        if self.is_shown(told.said, told) { Err(Refusal::AlreadySo { change: self.name() }) } else { Ok(()) }
    }

    fn check_standing(&self, standing: Standing) -> Result<(), Refusal> {
        match (standing, self) {
            (Standing::Cancelled, _) => Err(Refusal::Ended),
            (Standing::Paused, Self::Resume { .. } | Self::Cancel) => Ok(()),
            (Standing::Paused, _) => Err(Refusal::Paused),
            // The payer authorises it, or a card does.
            (Standing::Pending, Self::Pause | Self::Resume { .. })
            | (Standing::Authorized, Self::Resume { .. }) => {
                Err(Refusal::NotAllowed { change: self.name(), standing })
            }
            (Standing::Pending | Standing::Authorized, _) => Ok(()),
        }
    }
}
