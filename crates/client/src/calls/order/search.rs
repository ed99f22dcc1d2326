//! Searches orders by the day they were made.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::call::{Call, Method};
use crate::calls::id::Id;
use crate::calls::rules::moment;
use crate::invalid::{Field, Invalid, Problem};

const PAGE: &str = "https://www.mercadopago.com.br/developers/pt/reference/orders/online-payments/search/get";

/// Lists orders that were made in a time of at most 30 days.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Search {
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub to: DateTime<Utc>,
    /// Only those with this reference of the merchant's.
    pub external_reference: Option<String>,
    /// Only those of this type: `point`, `qr` or `online`.
    pub kind: Option<String>,
    /// How many.
    pub limit: Option<u32>,
    /// After how many.
    pub offset: Option<u32>,
}

impl Call for Search {
    type Answer = Found;

    fn method(&self) -> Method {
        Method::GET
    }

    fn template(&self) -> &'static str {
        "/v1/orders"
    }

    fn query(&self) -> Vec<(&'static str, String)> {
        let mut query = vec![("begin_date", moment(self.from)), ("end_date", moment(self.to))];
        query.extend(self.external_reference.clone().map(|reference| ("external_reference", reference)));
        query.extend(self.kind.clone().map(|kind| ("type", kind)));
        query.extend(self.limit.map(|limit| ("limit", limit.to_string())));
        query.extend(self.offset.map(|offset| ("offset", offset.to_string())));
        query
    }

    fn check(&self) -> Result<(), Invalid> {
        let most = TimeDelta::days(30);
        if (TimeDelta::zero()..=most).contains(&(self.to - self.from)) {
            return Ok(());
        }
        let outside = Problem::Outside {
            least: moment(self.from),
            most: moment(self.from.checked_add_signed(most).unwrap_or(self.from)),
            actual: moment(self.to),
        };
        Err(Field::new("end_date", PAGE).is(outside))
    }
}

/// A page of orders.
#[derive(Debug, Deserialize)]
pub struct Found {
    /// Each order, exactly as it came.
    pub data: Vec<Box<RawValue>>,
    /// Which part of the list it is.
    pub paging: Paging,
}

/// Which part of a list an answer holds. Orders count in texts or in numbers.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Paging {
    /// How many there are.
    pub total: Id,
    /// How many pages they fill.
    #[serde(default)]
    pub total_pages: Option<Id>,
    /// After how many it begins.
    pub offset: Id,
    /// How many an answer holds at most.
    pub limit: Id,
}
