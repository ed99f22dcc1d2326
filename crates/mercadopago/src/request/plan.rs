//! Bodies that make a plan and change one.

use serde::{Deserialize, Serialize};

use crate::number::Number;

/// A plan to make. Reference: `/developers/en/reference/subscriptions/_preapproval_plan/post`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlanRequest {
    /// Its title.
    pub reason: String,
    /// How often, how long and how much.
    pub auto_recurring: PlanRecurring,
    /// Where the payer returns to.
    pub back_url: String,
    /// The merchant's own reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_reference: Option<String>,
    /// Which methods a payer may choose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_methods_allowed: Option<MethodsAllowed>,
}

/// How often, how long and how much. Reference: as [`PlanRequest`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlanRecurring {
    /// Every so many days or months.
    pub frequency: u32,
    /// `days` or `months`.
    pub frequency_type: String,
    /// How many charges; absent until cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repetitions: Option<u32>,
    /// Day of the month, 1 to 28; monthly plans only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing_day: Option<u32>,
    /// Whether the first charge is for the days until the billing day only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing_day_proportional: Option<bool>,
    /// A time without charges at the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub free_trial: Option<FreeTrial>,
    /// Each charge, in major units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_amount: Option<Number>,
    /// The site's currency.
    pub currency_id: String,
}

/// A time without charges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreeTrial {
    /// So many days or months.
    pub frequency: u32,
    /// `days` or `months`.
    pub frequency_type: String,
}

/// Which methods a payer may choose. An entry without an id allows every one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MethodsAllowed {
    /// `credit_card`, `debit_card`, …
    #[serde(default)]
    pub payment_types: Vec<Named>,
    /// `visa`, `bolbradesco`, …
    #[serde(default)]
    pub payment_methods: Vec<Named>,
}

/// A method or a type of methods.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// A change of a plan: what is absent stays.
/// Reference: `/developers/en/reference/subscriptions/_preapproval_plan_id/put`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PlanUpdate {
    /// A new title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Another place where the payer returns to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub back_url: Option<String>,
    /// `active`, `inactive` or `cancelled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Other terms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_recurring: Option<PlanRecurringUpdate>,
}

/// Other terms: what is absent stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PlanRecurringUpdate {
    /// Every so many days or months. A change of it loses a free trial that is not sent again (measured).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency: Option<u32>,
    /// `days` or `months`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency_type: Option<String>,
    /// How many charges.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repetitions: Option<u32>,
    /// Day of the month, 1 to 28.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing_day: Option<u32>,
    /// Whether the first charge is for the days until the billing day only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing_day_proportional: Option<bool>,
    /// A time without charges at the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub free_trial: Option<FreeTrial>,
    /// Each charge, in major units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_amount: Option<Number>,
    /// The site's currency; goes with the amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency_id: Option<String>,
}
