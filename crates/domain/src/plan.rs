//! Plan: the template that subscriptions are made from: what is charged, how often, and by which methods.
//!
//! The newest statement of the provider (by its time, then rank, then content) is the state; older ones write
//! nothing. A plan has no payer, names no subscription and moves no money. What people order is a fact beside it. This
//! module holds the nouns; [`machine`] decides and evolves.

use serde::{Deserialize, Serialize};

use crate::changes::{Answer, Settlement};
use crate::currency::Currency;
use crate::event::events;
use crate::machine::Instant;
use crate::text::Text;

pub mod machine;

/// Where a plan stands. The order is the rank that decides between statements of the same time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Subscriptions can be made from it.
    Active,
    /// Switched off; no source calls it final.
    Inactive,
    /// Ended for good.
    Cancelled,
}

impl Standing {
    /// All standings, by rank.
    pub const ALL: [Self; 3] = [Self::Active, Self::Inactive, Self::Cancelled];

    /// Standings the provider can go to in one step. The provider's reference lists `active` and `cancelled`, its
    /// libraries `active` and `inactive`; all three are accepted.
    #[must_use]
    pub fn next(self) -> &'static [Self] {
        match self {
            Self::Active => &[Self::Inactive, Self::Cancelled],
            Self::Inactive => &[Self::Active, Self::Cancelled],
            Self::Cancelled => &[],
        }
    }

    /// The name of the standing, as reports and errors print it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What a period is counted in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodUnit {
    /// Calendar days.
    Days,
    /// Calendar months.
    Months,
}

/// A length of time in days or months, such as every 2 months.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Period {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: PeriodUnit,
}

/// What is charged and when: of a plan, and of a subscription.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Terms {
    /// Currency of every amount.
    pub currency: Currency,
    /// Charged each time, minor units; `None` when the provider names no amount.
    pub amount_minor: Option<i64>,
    /// How often.
    pub every: Period,
    /// Number of charges; `None` runs until cancelled.
    pub repetitions: Option<u32>,
    /// Day of the month of every charge, 1 to 28 by the provider's rule; monthly periods only.
    pub billing_day: Option<u8>,
    /// The first charge is only for the days up to the billing day.
    pub proportional: bool,
    /// That first amount, minor units, when the provider tells it.
    pub first_amount_minor: Option<i64>,
    /// Time that is free before the first charge.
    pub free_trial: Option<Period>,
    /// Days until the first charge, when the provider tells them (it counts a month as 30).
    pub first_charge_after_days: Option<u32>,
}

impl Terms {
    /// The first amount that is negative, with its name: no provider charges less than nothing.
    #[must_use]
    pub fn negative_amount(&self) -> Option<(&'static str, i64)> {
        [("the amount", self.amount_minor), ("the first amount", self.first_amount_minor)]
            .into_iter()
            .find_map(|(what, amount)| amount.filter(|minor| *minor < 0).map(|minor| (what, minor)))
    }
}

/// What describes a plan beside its status and terms.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Profile {
    /// What is sold.
    pub title: Option<Text>,
    /// The merchant's own reference.
    pub reference: Option<Text>,
    /// Families of payment methods that may pay (`credit_card`), sorted; empty for all.
    pub method_types: Vec<Text>,
    /// Payment methods that may pay (`visa`), sorted; empty for all.
    pub methods: Vec<Text>,
    /// When it was created.
    pub created_at: Option<Instant>,
}

/// One statement of the provider about a plan. The order of the fields is the order of statements.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Description {
    /// The provider's time of the statement, when given.
    pub modified_at: Option<Instant>,
    /// Where it stands.
    pub standing: Standing,
    /// What is charged and when.
    pub terms: Terms,
    /// Everything else.
    pub profile: Profile,
}

/// What can be told about a plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Observation {
    /// A full statement of the provider.
    Described(Box<Description>),
}

/// What can be ordered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Time that is free before the first charge of those who subscribe from now on.
    FreeTrial {
        /// How long.
        period: Period,
    },
}

impl Change {
    /// The name of the order, as reports and errors print it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::FreeTrial { .. } => "free_trial",
        }
    }

    /// Whether a statement shows the change.
    #[must_use]
    pub fn is_shown(&self, told: &Description) -> bool {
        match self {
            Self::FreeTrial { period } => told.terms.free_trial == Some(*period),
        }
    }
}

/// What a plan can be told: an observation, or an order of a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// The provider said something.
    Observe(Observation),
    /// A person wants a change.
    Ask {
        /// The name of the order: the same name again is the same order.
        request: Text,
        /// Who asks.
        actor: Text,
        /// What.
        change: Change,
    },
    /// The provider answered an order, or did not.
    Settle {
        /// The name of the order.
        request: Text,
        /// What it answered.
        answer: Answer,
    },
}

/// Its terms and profile, at first sight or from now on.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Stated {
    /// When, by the best provider time known.
    pub at: Instant,
    /// The provider's time of the statement, when given.
    pub modified_at: Option<Instant>,
    /// What is charged and when.
    pub terms: Terms,
    /// Everything else.
    pub profile: Profile,
}

/// The plan changed its standing; where to is the event's name.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Stood {
    /// When, by the best provider time known.
    pub at: Instant,
    /// The provider's time of the statement, when given.
    pub modified_at: Option<Instant>,
    /// The provider went a way that its own rules do not list.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub outside_rule: bool,
}

/// The provider confirmed what we knew, at a later time of its own.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Reaffirmed {
    /// When, by the best provider time known.
    pub at: Instant,
    /// The provider's time of the statement, when given.
    pub modified_at: Option<Instant>,
}

/// Somebody ordered a change.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ChangeAsked {
    /// When.
    pub at: Instant,
    /// The provider's time of the newest statement at that time, when given.
    pub modified_at: Option<Instant>,
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

events! {
    /// What happened to a plan.
    pub enum Event {
        /// First description. Until another fact follows, it is active.
        Opened(Stated) = "plan.opened",
        /// Its terms or profile are other ones from now on.
        Restated(Stated) = "plan.restated",
        /// It was switched on again.
        Activated(Stood) = "plan.activated",
        /// It was switched off.
        Deactivated(Stood) = "plan.deactivated",
        /// It ended for good.
        Cancelled(Stood) = "plan.cancelled",
        /// The provider confirmed what we knew.
        Reaffirmed(Reaffirmed) = "plan.reaffirmed",
        /// A person ordered a change.
        ChangeAsked(ChangeAsked) = "plan.change_asked",
        /// It is known what became of an order, or that nobody knows.
        ChangeSettled(ChangeSettled) = "plan.change_settled",
    }
}

#[cfg(test)]
mod tests;
