//! Managing a subscription: one change at a time, because several at once can be taken in part (measured).
//!
//! Some are answered with 200 and not made (measured for the billing day and the end): read the subscription again.

use chrono::{DateTime, Utc};
use domain::ids::PreapprovalId;
use domain::money::Money;
use mercadopago::number::Number;
use mercadopago::request::preapproval::{PreapprovalUpdate, RecurringUpdate};

use super::{Preapproval, path};
use crate::call::{Call, Method, json};
use crate::calls::rules;
use crate::invalid::{Field, Invalid};

const UPDATE: &str =
    "https://www.mercadopago.com.ar/developers/en/docs/subscriptions/subscription-management";

/// What changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The amount, from the next charge on; nobody is notified (measured).
    Amount(Money),
    /// The main card.
    Card {
        /// The card, tokenised by the payer's browser.
        token: String,
    },
    /// The second method, a card.
    SecondCard {
        /// The card, tokenised by the payer's browser.
        token: String,
        /// `visa`, `master`, …
        method: String,
    },
    /// The second method, not a card.
    SecondMethod {
        /// `account_money`, …
        method: String,
    },
    /// It ends, for good.
    Cancel,
    /// It rests: charges that fall due meanwhile are not made up for.
    Pause,
    /// It goes on.
    Reactivate {
        /// And then ends.
        until: Option<DateTime<Utc>>,
    },
    /// The day of the month, 1 to 28; monthly subscriptions only.
    BillingDay(u32),
    /// Whether the first charge is for the days until the billing day only.
    Proportional(bool),
    /// Its title.
    Reason(String),
    /// The merchant's own reference.
    ExternalReference(String),
    /// Where the payer returns to.
    BackUrl(String),
}

/// Changes a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// Which.
    pub id: PreapprovalId,
    /// What.
    pub change: Change,
}

impl Call for Update {
    type Answer = Preapproval;

    fn method(&self) -> Method {
        Method::PUT
    }

    fn template(&self) -> &'static str {
        "/preapproval/{id}"
    }

    fn path(&self) -> String {
        path(&self.id)
    }

    fn body(&self) -> Option<Vec<u8>> {
        Some(json(&self.change.body()))
    }

    fn check(&self) -> Result<(), Invalid> {
        let field = |name| Field::new(name, UPDATE);
        field("id").filled(self.id.as_str())?;
        match &self.change {
            Change::Amount(amount) => rules::positive(field("auto_recurring.transaction_amount"), *amount),
            Change::Card { token } => field("card_token_id").filled(token),
            Change::SecondCard { token, method } => {
                field("card_token_id_secondary").filled(token)?;
                field("payment_method_id_secondary").filled(method)
            }
            Change::SecondMethod { method } => field("payment_method_id_secondary").filled(method),
            Change::BillingDay(day) => field("auto_recurring.billing_day").within(1, 28, *day),
            Change::Reason(text) => field("reason").filled(text),
            Change::ExternalReference(text) => field("external_reference").filled(text),
            Change::BackUrl(url) => rules::address(field("back_url"), url),
            Change::Cancel | Change::Pause | Change::Reactivate { .. } | Change::Proportional(_) => Ok(()),
        }
    }
}

impl Change {
    fn body(&self) -> PreapprovalUpdate {
        let nothing = PreapprovalUpdate::default;
        let status = |word: &str| PreapprovalUpdate { status: Some(word.to_owned()), ..nothing() };
        let terms = |terms| PreapprovalUpdate { auto_recurring: Some(terms), ..nothing() };
        match self.clone() {
            Self::Amount(amount) => terms(RecurringUpdate {
                transaction_amount: Some(Number::from(amount)),
                currency_id: Some(amount.currency.to_string()),
                ..RecurringUpdate::default()
            }),
            Self::Card { token } => PreapprovalUpdate { card_token_id: Some(token), ..nothing() },
            Self::SecondCard { token, method } => PreapprovalUpdate {
                card_token_id_secondary: Some(token),
                payment_method_id_secondary: Some(method),
                ..nothing()
            },
            Self::SecondMethod { method } => {
                PreapprovalUpdate { payment_method_id_secondary: Some(method), ..nothing() }
            }
            Self::Cancel => status("cancelled"),
            Self::Pause => status("paused"),
            Self::Reactivate { until } => PreapprovalUpdate {
                auto_recurring: until.map(|at| RecurringUpdate {
                    end_date: Some(rules::moment(at)),
                    ..RecurringUpdate::default()
                }),
                ..status("authorized")
            },
            Self::BillingDay(day) => {
                terms(RecurringUpdate { billing_day: Some(day), ..RecurringUpdate::default() })
            }
            Self::Proportional(flag) => {
                terms(RecurringUpdate { billing_day_proportional: Some(flag), ..RecurringUpdate::default() })
            }
            Self::Reason(text) => PreapprovalUpdate { reason: Some(text), ..nothing() },
            Self::ExternalReference(text) => {
                PreapprovalUpdate { external_reference: Some(text), ..nothing() }
            }
            Self::BackUrl(url) => PreapprovalUpdate { back_url: Some(url), ..nothing() },
        }
    }
}
