//! What became of intents of the second generation: the way back to an intent whose id was lost, and the only
//! answer with a time.

use chrono::NaiveDate;
use serde::Deserialize;

use crate::call::{Call, Class, Method};
use crate::calls::by_id::by_id;
use crate::invalid::{Field, Invalid, Problem};

const PAGE: &str =
    "https://github.com/mercadopago/devsite-docs/blob/master/reference/api-json/integrations_api.json";

/// Most days that one list covers.
const DAYS: i64 = 30;

/// Lists what became of the intents of some days, both ends included. In which zone a day begins is not documented.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct List {
    /// The first day.
    pub from: NaiveDate,
    /// The last day, at most 30 days later.
    pub to: NaiveDate,
}

impl Call for List {
    type Answer = Events;

    fn method(&self) -> Method {
        Method::GET
    }

    fn template(&self) -> &'static str {
        "/point/integration-api/payment-intents/events"
    }

    fn query(&self) -> Vec<(&'static str, String)> {
        vec![("startDate", self.from.to_string()), ("endDate", self.to.to_string())]
    }

    fn class(&self) -> Class {
        Class::InPersonRead
    }

    fn check(&self) -> Result<(), Invalid> {
        let days = (self.to - self.from).num_days();
        if (0..=DAYS).contains(&days) {
            return Ok(());
        }
        let (least, actual) = (self.from.to_string(), self.to.to_string());
        let most = self.from.checked_add_days(chrono::Days::new(DAYS.unsigned_abs()));
        let most = most.map_or_else(|| least.clone(), |most| most.to_string());
        Err(Field::new("endDate", PAGE).is(Problem::Outside { least, most, actual }))
    }
}

by_id! {
    /// Reads what became of one intent last.
    Last: GET "/point/integration-api/payment-intents/{id}/events" -> LastEvent, PAGE, {
        fn class(&self) -> Class {
            Class::InPersonRead
        }
    }
}

/// What became of the intents of some days.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Events {
    /// One row an intent.
    pub events: Vec<Event>,
}

/// What became of one intent of a list.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Event {
    /// Its id.
    pub payment_intent_id: String,
    /// Its state.
    pub status: String,
    /// When it was made, as the provider writes it.
    pub created_on: String,
}

/// What became of an intent last.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct LastEvent {
    /// Its state.
    pub status: String,
    /// When it was made, as the provider writes it.
    #[serde(default)]
    pub created_on: Option<String>,
}
