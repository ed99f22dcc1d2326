//! Report files of settlements and releases: asking for one, finding and downloading it. `report::config` says what
//! they hold and when they are made by themselves.
//! Reference: <https://www.mercadopago.com.ar/developers/en/docs/checkout-pro/additional-content/reports/account-money/api>.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use mercadopago::request::report::ReportRequest;
use serde::Deserialize;

use super::id::Id;
use super::page::{Page, Wanted};
use super::rules;
use crate::call::{Call, Method, json, segment};
use crate::invalid::{Field, Invalid, Problem};
use crate::reply::Answer;

pub mod config;

const PAGE: &str = "https://www.mercadopago.com.ar/developers/en/docs/checkout-pro/additional-content/reports/account-money/api";

/// Most files of a page.
const MOST: u32 = 500;

/// Which report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Every approved movement of the account's money.
    Settlement,
    /// The statement of the available balance.
    Release,
}

/// A template of each kind.
macro_rules! template {
    ($kind:expr, $rest:literal) => {
        match $kind {
            Kind::Settlement => concat!("/v1/account/settlement_report", $rest),
            Kind::Release => concat!("/v1/account/release_report", $rest),
        }
    };
}
use template;

/// A file that is being made, or was.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Task {
    /// Its id.
    pub id: Id,
    /// `pending`, `processed` and others; a file is there when it has a name.
    pub status: Option<String>,
    /// What it is downloaded by.
    pub file_name: Option<String>,
}

/// What became of asking for a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// It is being made.
    Accepted(Task),
    /// 203: it is not; ask again with other dates.
    Declined,
}

impl Answer for Asked {
    fn read(status: u16, body: &[u8]) -> Result<Self, serde_json::Error> {
        if status == 203 { Ok(Self::Declined) } else { serde_json::from_slice(body).map(Self::Accepted) }
    }
}

/// Asks for a file of a period: at least a day and at most 60.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Create {
    /// Of which report.
    pub kind: Kind,
    /// From when.
    pub begin: DateTime<Utc>,
    /// Until when.
    pub end: DateTime<Utc>,
}

impl Call for Create {
    type Answer = Asked;

    fn method(&self) -> Method {
        Method::POST
    }

    fn template(&self) -> &'static str {
        template!(self.kind, "")
    }

    fn body(&self) -> Option<Vec<u8>> {
        // Whole seconds: that is how the page writes them.
        let text = |at: DateTime<Utc>| at.trunc_subsecs(0).format("%Y-%m-%dT%H:%M:%SZ").to_string();
        Some(json(&ReportRequest { begin_date: text(self.begin), end_date: text(self.end) }))
    }

    fn check(&self) -> Result<(), Invalid> {
        let field = Field::new("end_date", PAGE);
        rules::after(field, self.begin, self.end)?;
        let length = self.end - self.begin;
        // One second less than a day is the usual way to write one.
        if length + TimeDelta::seconds(1) >= TimeDelta::days(1) && length <= TimeDelta::days(60) {
            return Ok(());
        }
        let (least, most) = (self.begin + TimeDelta::days(1), self.begin + TimeDelta::days(60));
        let [least, most, actual] = [least, most, self.end].map(rules::moment);
        Err(field.is(Problem::Outside { least, most, actual }))
    }
}

/// Reads how far a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetTask {
    /// Of which report.
    pub kind: Kind,
    /// Which.
    pub id: String,
}

impl Call for GetTask {
    type Answer = Task;

    fn method(&self) -> Method {
        Method::GET
    }

    fn template(&self) -> &'static str {
        template!(self.kind, "/task/{id}")
    }

    fn path(&self) -> String {
        format!("{}/task/{}", template!(self.kind, ""), segment(&self.id))
    }

    fn check(&self) -> Result<(), Invalid> {
        Field::new("id", PAGE).filled(&self.id)
    }
}

/// Lists the files that were made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Of which report.
    pub kind: Kind,
}

impl Call for List {
    type Answer = Vec<Task>;

    fn method(&self) -> Method {
        Method::GET
    }

    fn template(&self) -> &'static str {
        template!(self.kind, "/list")
    }

    fn check(&self) -> Result<(), Invalid> {
        Ok(())
    }
}

/// Finds files, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// Of which report.
    pub kind: Kind,
    /// The exact name, its case too.
    pub file_name: Option<String>,
    /// `manual` or `schedule`.
    pub created_from: Option<String>,
    /// When they were made.
    pub created: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// Which page.
    pub page: Wanted,
}

impl Call for Search {
    type Answer = Page;

    fn method(&self) -> Method {
        Method::GET
    }

    fn template(&self) -> &'static str {
        template!(self.kind, "/search")
    }

    fn query(&self) -> Vec<(&'static str, String)> {
        let filters = [("file_name", self.file_name.clone()), ("created_from", self.created_from.clone())];
        let mut query: Vec<_> =
            filters.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        if let Some((begin, end)) = self.created {
            query.push(("range", "date_created".to_owned()));
            query.push(("range_begin_date", rules::moment(begin)));
            query.push(("range_end_date", rules::moment(end)));
        }
        query.extend(self.page.query());
        query
    }

    fn check(&self) -> Result<(), Invalid> {
        if let Some(from) = &self.created_from {
            rules::word(Field::new("created_from", PAGE), &["manual", "schedule"], "manual, schedule", from)?;
        }
        if let Some((begin, end)) = self.created {
            rules::after(Field::new("range_end_date", PAGE), begin, end)?;
        }
        self.page.check(MOST)
    }
}

/// Downloads a file; its bytes are the reply's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// Of which report.
    pub kind: Kind,
    /// By which name.
    pub file_name: String,
}

/// An answer that is the body itself, which no JSON is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InBody;

impl Answer for InBody {
    fn read(_status: u16, _body: &[u8]) -> Result<Self, serde_json::Error> {
        Ok(Self)
    }
}

impl Call for Download {
    type Answer = InBody;

    fn method(&self) -> Method {
        Method::GET
    }

    fn template(&self) -> &'static str {
        template!(self.kind, "/{file_name}")
    }

    fn path(&self) -> String {
        format!("{}/{}", template!(self.kind, ""), segment(&self.file_name))
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        vec![("Accept", "*/*".to_owned())]
    }

    fn is_file(&self) -> bool {
        true
    }

    fn check(&self) -> Result<(), Invalid> {
        Field::new("file_name", PAGE).filled(&self.file_name)
    }
}

#[cfg(test)]
mod tests;
