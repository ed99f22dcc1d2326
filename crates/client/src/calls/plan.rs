//! Subscription plans: making, reading, changing and finding them.
//! Reference: <https://www.mercadopago.com.ar/developers/en/reference/subscriptions/_preapproval_plan/post>.

use domain::ids::PlanId;
use mercadopago::request::plan::{FreeTrial, PlanRecurring, PlanRecurringUpdate, PlanRequest, PlanUpdate};
use serde::Deserialize;

use super::page::{Page, Wanted};
use super::rules;
use crate::call::{Call, Method, json, segment};
use crate::invalid::{Field, Invalid, Problem};

const CREATE: &str =
    "https://www.mercadopago.com.ar/developers/en/reference/subscriptions/_preapproval_plan/post";
const UPDATE: &str =
    "https://www.mercadopago.com.ar/developers/en/reference/subscriptions/_preapproval_plan_id/put";
const READ: &str =
    "https://www.mercadopago.com.ar/developers/en/reference/subscriptions/_preapproval_plan_id/get";

/// Most plans of a page.
const MOST: u32 = 50;

/// What a plan's answer says at first sight; the whole is read by `mercadopago`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Plan {
    /// Its id.
    pub id: String,
    /// `active`, `inactive` or `cancelled`.
    pub status: String,
    /// Where payers subscribe.
    pub init_point: Option<String>,
}

/// Makes a plan. Not repeatable: a second one would be a second plan.
#[derive(Debug, Clone)]
pub struct Create {
    /// What is sent.
    pub request: PlanRequest,
}

impl Call for Create {
    type Answer = Plan;

    fn method(&self) -> Method {
        Method::POST
    }

    fn template(&self) -> &'static str {
        "/preapproval_plan"
    }

    fn body(&self) -> Option<Vec<u8>> {
        Some(json(&self.request))
    }

    fn check(&self) -> Result<(), Invalid> {
        let field = |name| Field::new(name, CREATE);
        field("reason").filled(&self.request.reason)?;
        rules::address(field("back_url"), &self.request.back_url)?;
        recurring(&self.request.auto_recurring)
    }
}

fn recurring(terms: &PlanRecurring) -> Result<(), Invalid> {
    let field = |name| Field::new(name, CREATE);
    rules::every(FREQUENCY, FREQUENCY_TYPE, terms.frequency, &terms.frequency_type)?;
    if let Some(count) = terms.repetitions {
        field("auto_recurring.repetitions").within(1, u32::MAX, count)?;
    }
    let currency = rules::currency(field("auto_recurring.currency_id"), &terms.currency_id)?;
    if let Some(amount) = &terms.transaction_amount {
        field("auto_recurring.transaction_amount").positive(amount, currency)?;
    }
    if let Some(trial) = &terms.free_trial {
        free_trial(trial)?;
    }
    match terms.billing_day {
        Some(_) if terms.frequency_type != "months" => Err(BILLING_DAY.is(Problem::Without("months"))),
        Some(day) => BILLING_DAY.within(1, 28, day),
        None if terms.billing_day_proportional == Some(true) => {
            let field = field("auto_recurring.billing_day_proportional");
            Err(field.is(Problem::Without("auto_recurring.billing_day")))
        }
        None => Ok(()),
    }
}

const FREQUENCY: Field = Field::new("auto_recurring.frequency", CREATE);
const FREQUENCY_TYPE: Field = Field::new("auto_recurring.frequency_type", CREATE);
const BILLING_DAY: Field = Field::new("auto_recurring.billing_day", CREATE);

fn free_trial(trial: &FreeTrial) -> Result<(), Invalid> {
    let frequency = Field::new("auto_recurring.free_trial.frequency", CREATE);
    let kind = Field::new("auto_recurring.free_trial.frequency_type", CREATE);
    rules::every(frequency, kind, trial.frequency, &trial.frequency_type)
}

/// Reads a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Get {
    /// Which.
    pub id: PlanId,
}

impl Call for Get {
    type Answer = Plan;

    fn method(&self) -> Method {
        Method::GET
    }

    fn template(&self) -> &'static str {
        "/preapproval_plan/{id}"
    }

    fn path(&self) -> String {
        path(&self.id)
    }

    fn check(&self) -> Result<(), Invalid> {
        Field::new("id", READ).filled(self.id.as_str())
    }
}

/// Changes a plan, and with it the title and amount of its subscriptions. What was taken is told by reading it again.
#[derive(Debug, Clone)]
pub struct Update {
    /// Which.
    pub id: PlanId,
    /// What changes.
    pub change: PlanUpdate,
}

impl Update {
    /// Offers a time without charges to those who subscribe from now on.
    #[must_use]
    pub fn free_trial(id: PlanId, trial: FreeTrial) -> Self {
        let terms = PlanRecurringUpdate { free_trial: Some(trial), ..PlanRecurringUpdate::default() };
        Self { id, change: PlanUpdate { auto_recurring: Some(terms), ..PlanUpdate::default() } }
    }
}

impl Call for Update {
    type Answer = Plan;

    fn method(&self) -> Method {
        Method::PUT
    }

    fn template(&self) -> &'static str {
        "/preapproval_plan/{id}"
    }

    fn path(&self) -> String {
        path(&self.id)
    }

    fn body(&self) -> Option<Vec<u8>> {
        Some(json(&self.change))
    }

    fn check(&self) -> Result<(), Invalid> {
        let field = |name| Field::new(name, UPDATE);
        field("id").filled(self.id.as_str())?;
        if let Some(reason) = &self.change.reason {
            field("reason").filled(reason)?;
        }
        if let Some(url) = &self.change.back_url {
            rules::address(field("back_url"), url)?;
        }
        if let Some(status) = &self.change.status {
            let words = ["active", "inactive", "cancelled"];
            rules::word(field("status"), &words, "active, inactive, cancelled", status)?;
        }
        match &self.change.auto_recurring {
            Some(terms) => changed(terms),
            None => Ok(()),
        }
    }
}

fn changed(terms: &PlanRecurringUpdate) -> Result<(), Invalid> {
    if let Some(trial) = &terms.free_trial {
        free_trial(trial)?;
    }
    if let Some(day) = terms.billing_day {
        BILLING_DAY.within(1, 28, day)?;
    }
    match (terms.frequency, &terms.frequency_type) {
        (Some(count), Some(unit)) => rules::every(FREQUENCY, FREQUENCY_TYPE, count, unit)?,
        (None, None) => {}
        (Some(_), None) => return Err(FREQUENCY.is(Problem::Without("auto_recurring.frequency_type"))),
        (None, Some(_)) => return Err(FREQUENCY_TYPE.is(Problem::Without("auto_recurring.frequency"))),
    }
    rules::priced(UPDATE, terms.transaction_amount.as_ref(), terms.currency_id.as_deref())
}

/// Finds plans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// Where they stand.
    pub status: Option<String>,
    /// Words of the title.
    pub words: Option<String>,
    /// Which page.
    pub page: Wanted,
}

impl Call for Search {
    type Answer = Page;

    fn method(&self) -> Method {
        Method::GET
    }

    fn template(&self) -> &'static str {
        "/preapproval_plan/search"
    }

    fn query(&self) -> Vec<(&'static str, String)> {
        let filters = [("status", self.status.clone()), ("q", self.words.clone())];
        let filters = filters.into_iter().filter_map(|(name, value)| Some((name, value?)));
        filters.chain(self.page.query()).collect()
    }

    fn check(&self) -> Result<(), Invalid> {
        self.page.check(MOST)
    }
}

fn path(id: &PlanId) -> String {
    format!("/preapproval_plan/{}", segment(id.as_str()))
}

#[cfg(test)]
mod tests;
