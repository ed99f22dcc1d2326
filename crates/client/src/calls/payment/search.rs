//! Finding payments, in windows of time. Data is kept for 12 months, and refunds that are hidden are not shown.

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::SellerId;

use super::super::page::{Page, Wanted};
use super::super::rules;
use crate::call::{Call, Method};
use crate::invalid::{Field, Invalid, Problem};

const PAGE: &str = "https://www.mercadopago.com.ar/developers/en/reference/payments/_payments_search/get";

/// Most payments of a page.
const MOST: u32 = 50;

/// Which date a window or an order is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// When it was made.
    Created,
    /// When it last changed: what a crawl goes by.
    LastUpdated,
    /// When it was approved.
    Approved,
    /// When its money is released.
    MoneyReleased,
}

impl Moment {
    fn word(self) -> &'static str {
        match self {
            Self::Created => "date_created",
            Self::LastUpdated => "date_last_updated",
            Self::Approved => "date_approved",
            Self::MoneyReleased => "money_release_date",
        }
    }
}

/// A window of time, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Of which date.
    pub of: Moment,
    /// From when.
    pub begin: DateTime<Utc>,
    /// Until when.
    pub end: DateTime<Utc>,
}

/// In which order payments are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// By which date.
    pub by: Moment,
    /// Newest first.
    pub is_descending: bool,
}

/// Finds payments. Without a collector, payments that the account itself made are found too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// When; `None` is the last three months.
    pub window: Option<Window>,
    /// In which order.
    pub order: Option<Order>,
    /// Who sold.
    pub collector: Option<SellerId>,
    /// The merchant's own reference.
    pub external_reference: Option<String>,
    /// Where they stand.
    pub status: Option<String>,
    /// Which page.
    pub page: Wanted,
}

impl Search {
    /// Everything of the last three months, first page.
    #[must_use]
    pub fn all() -> Self {
        Self {
            window: None,
            order: None,
            collector: None,
            external_reference: None,
            status: None,
            page: Wanted::first(MOST),
        }
    }
}

impl Call for Search {
    type Answer = Page;

    fn method(&self) -> Method {
        Method::GET
    }

    fn template(&self) -> &'static str {
        "/v1/payments/search"
    }

    fn query(&self) -> Vec<(&'static str, String)> {
        let mut query = Vec::new();
        if let Some(order) = self.order {
            query.push(("sort", order.by.word().to_owned()));
            query.push(("criteria", if order.is_descending { "desc" } else { "asc" }.to_owned()));
        }
        if let Some(window) = self.window {
            query.push(("range", window.of.word().to_owned()));
            query.push(("begin_date", rules::moment(window.begin)));
            query.push(("end_date", rules::moment(window.end)));
        }
        let collector = self.collector.as_ref().map(|seller| seller.as_str().to_owned());
        let filters = [
            ("collector.id", collector),
            ("external_reference", self.external_reference.clone()),
            ("status", self.status.clone()),
        ];
        query.extend(filters.into_iter().filter_map(|(name, value)| Some((name, value?))));
        query.extend(self.page.query());
        query
    }

    fn check(&self) -> Result<(), Invalid> {
        if let Some(window) = self.window {
            let field = Field::new("end_date", PAGE);
            rules::after(field, window.begin, window.end)?;
            if window.end - window.begin >= TimeDelta::days(365) {
                let (least, most) = (rules::moment(window.begin), "less than 365 days later".to_owned());
                return Err(field.is(Problem::Outside { least, most, actual: rules::moment(window.end) }));
            }
        }
        self.page.check(MOST)
    }
}
