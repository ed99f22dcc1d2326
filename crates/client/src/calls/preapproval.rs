//! Subscriptions: making them in their three modes, reading, finding and managing them.
//! Reference: <https://www.mercadopago.com.ar/developers/en/reference/subscriptions/_preapproval/post>.

use domain::ids::{PlanId, PreapprovalId};
use mercadopago::request::preapproval::{PreapprovalRequest, Recurring};
use serde::Deserialize;

use super::page::{Page, Wanted};
use super::rules;
use crate::call::{Call, Method, json, segment};
use crate::invalid::{Field, Invalid, Problem};

pub use change::{Change, Update};

mod change;

const CREATE: &str = "https://www.mercadopago.com.ar/developers/en/reference/subscriptions/_preapproval/post";
const READ: &str = "https://www.mercadopago.com.ar/developers/en/reference/subscriptions/_preapproval_id/get";

/// Most subscriptions of a page.
const MOST: u32 = 50;

/// What a subscription's answer says at first sight; the whole is read by `mercadopago`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Preapproval {
    /// Its id.
    pub id: String,
    /// `pending`, `authorized`, `paused` or `cancelled`.
    pub status: String,
    /// Where the payer chooses a method.
    pub init_point: Option<String>,
}

/// Makes a subscription: with a plan and a card, without a plan and with a card, or pending.
///
/// The provider ignores keys here (measured), so it is sent once: a second would charge the payer twice.
#[derive(Debug, Clone)]
pub struct Create {
    /// What is sent.
    pub request: PreapprovalRequest,
}

impl Call for Create {
    type Answer = Preapproval;

    fn method(&self) -> Method {
        Method::POST
    }

    fn template(&self) -> &'static str {
        "/preapproval"
    }

    fn body(&self) -> Option<Vec<u8>> {
        Some(json(&self.request))
    }

    fn check(&self) -> Result<(), Invalid> {
        let request = &self.request;
        rules::email(Field::new("payer_email", CREATE), &request.payer_email)?;
        self.mode()?;
        if let Some(url) = &request.back_url {
            rules::address(Field::new("back_url", CREATE), url)?;
        }
        match &request.auto_recurring {
            Some(terms) => recurring(terms),
            None => Ok(()),
        }
    }
}

impl Create {
    /// A plan wants a card and `authorized`; without one everything must be said, and only a card authorises.
    fn mode(&self) -> Result<(), Invalid> {
        let field = |name| Field::new(name, CREATE);
        let request = &self.request;
        let status = request.status.as_deref().unwrap_or_default();
        let card = request.card_token_id.as_deref().filter(|token| !token.is_empty());
        if request.preapproval_plan_id.is_some() {
            rules::word(field("status"), &["authorized"], "authorized, with a plan", status)?;
            return card.map(drop).ok_or_else(|| field("card_token_id").is(Problem::Missing));
        }
        for (name, text) in [
            ("reason", &request.reason),
            ("external_reference", &request.external_reference),
            ("back_url", &request.back_url),
        ] {
            field(name).filled(text.as_deref().unwrap_or_default())?;
        }
        if request.auto_recurring.is_none() {
            return Err(field("auto_recurring").is(Problem::Missing));
        }
        rules::word(field("status"), &["pending", "authorized"], "pending, authorized", status)?;
        match (status, card) {
            ("authorized", None) => Err(field("card_token_id").is(Problem::Missing)),
            ("pending", Some(_)) => Err(field("card_token_id").is(Problem::Beside("status pending"))),
            _ => Ok(()),
        }
    }
}

fn recurring(terms: &Recurring) -> Result<(), Invalid> {
    let field = |name| Field::new(name, CREATE);
    let (frequency, kind) = (field("auto_recurring.frequency"), field("auto_recurring.frequency_type"));
    rules::every(frequency, kind, terms.frequency, &terms.frequency_type)?;
    rules::priced(CREATE, Some(&terms.transaction_amount), Some(&terms.currency_id))?;
    if let Some(trial) = &terms.free_trial {
        let frequency = field("auto_recurring.free_trial.frequency");
        let kind = field("auto_recurring.free_trial.frequency_type");
        rules::every(frequency, kind, trial.frequency, &trial.frequency_type)?;
    }
    let instant =
        |field, text: &Option<String>| text.as_ref().map(|text| rules::instant(field, text)).transpose();
    let begin = instant(field("auto_recurring.start_date"), &terms.start_date)?;
    let end = instant(field("auto_recurring.end_date"), &terms.end_date)?;
    match (begin, end) {
        (Some(begin), Some(end)) => rules::after(field("auto_recurring.end_date"), begin, end),
        _ => Ok(()),
    }
}

/// Reads a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Get {
    /// Which.
    pub id: PreapprovalId,
}

impl Call for Get {
    type Answer = Preapproval;

    fn method(&self) -> Method {
        Method::GET
    }

    fn template(&self) -> &'static str {
        "/preapproval/{id}"
    }

    fn path(&self) -> String {
        path(&self.id)
    }

    fn check(&self) -> Result<(), Invalid> {
        Field::new("id", READ).filled(self.id.as_str())
    }
}

/// Finds subscriptions. It does not find by the merchant's reference, misses some, and its rows lack the next charge
/// (measured): read each by its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// Of which plan.
    pub plan: Option<PlanId>,
    /// Who pays.
    pub payer_email: Option<String>,
    /// Where they stand; several with commas.
    pub status: Option<String>,
    /// Which page.
    pub page: Wanted,
}

impl Call for Search {
    type Answer = Page;

    fn method(&self) -> Method {
        Method::GET
    }

    fn template(&self) -> &'static str {
        "/preapproval/search"
    }

    fn query(&self) -> Vec<(&'static str, String)> {
        let filters = [
            ("preapproval_plan_id", self.plan.as_ref().map(|plan| plan.as_str().to_owned())),
            ("payer_email", self.payer_email.clone()),
            ("status", self.status.clone()),
        ];
        let filters = filters.into_iter().filter_map(|(name, value)| Some((name, value?)));
        filters.chain(self.page.query()).collect()
    }

    fn check(&self) -> Result<(), Invalid> {
        self.page.check(MOST)
    }
}

fn path(id: &PreapprovalId) -> String {
    format!("/preapproval/{}", segment(id.as_str()))
}

#[cfg(test)]
mod tests;
