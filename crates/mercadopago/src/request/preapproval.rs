//! Bodies that make a subscription in its three modes, and change one.

use serde::{Deserialize, Serialize};

use super::plan::FreeTrial;
use crate::number::Number;

/// A subscription to make. Reference: `/developers/en/reference/subscriptions/_preapproval/post`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PreapprovalRequest {
    /// The plan, when it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preapproval_plan_id: Option<String>,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The merchant's own reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_reference: Option<String>,
    /// Must be the address of the account that pays, where the payer chooses the method.
    pub payer_email: String,
    /// The card, tokenised by the payer's browser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card_token_id: Option<String>,
    /// How often, how long and how much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_recurring: Option<Recurring>,
    /// Where the payer returns to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub back_url: Option<String>,
    /// `pending` or `authorized`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// How often, how long and how much. Reference: as [`PreapprovalRequest`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Recurring {
    /// Every so many days or months.
    pub frequency: u32,
    /// `days` or `months`.
    pub frequency_type: String,
    /// From when, RFC 3339 with milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_date: Option<String>,
    /// Until when, RFC 3339 with milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_date: Option<String>,
    /// A time without charges at the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub free_trial: Option<FreeTrial>,
    /// Each charge, in major units.
    pub transaction_amount: Number,
    /// The site's currency.
    pub currency_id: String,
}

/// A change of a subscription: what is absent stays.
/// Reference: `/developers/en/reference/subscriptions/_preapproval_id/put`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PreapprovalUpdate {
    /// A new title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Another reference of the merchant's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_reference: Option<String>,
    /// Another place where the payer returns to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub back_url: Option<String>,
    /// `authorized`, `paused` or `cancelled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Another main card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card_token_id: Option<String>,
    /// Another second card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card_token_id_secondary: Option<String>,
    /// The second method's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_method_id_secondary: Option<String>,
    /// Other terms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_recurring: Option<RecurringUpdate>,
}

/// Other terms: what is absent stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct RecurringUpdate {
    /// Each charge, in major units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_amount: Option<Number>,
    /// The site's currency; goes with the amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency_id: Option<String>,
    /// Until when, RFC 3339 with milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_date: Option<String>,
    /// Day of the month, 1 to 28; monthly subscriptions only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing_day: Option<u32>,
    /// Whether the first charge is for the days until the billing day only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing_day_proportional: Option<bool>,
}
