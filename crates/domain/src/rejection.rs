//! What a rejection means: class, action and whether a retry makes sense, from a versioned table.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// Why an attempt failed, by class.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectionClass {
    /// The payer typed something wrong.
    DataEntry,
    /// The issuing bank said no.
    Issuer,
    /// Fraud prevention said no.
    Fraud,
    /// Something broke on the way.
    Technical,
    /// A limit of amount or count.
    Limit,
    /// A rule of law.
    Regulatory,
    /// The payer did not prove who they are.
    Authentication,
    /// A word we do not know: applied by status alone, and reported.
    Unknown,
}

/// Whether and when a retry makes sense.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "decision", content = "hours")]
pub enum Retry {
    /// Not with this instrument.
    Never,
    /// After the payer corrects the data.
    NewData,
    /// After the payer acts (calls the bank, passes a challenge).
    PayerAction,
    /// After this many hours.
    Later(u16),
    /// On the next day.
    NextDay,
}

/// How a rejection was classified, and by which version of the table.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Rejection {
    /// Class.
    pub class: RejectionClass,
    /// What to do, as a key of the table's messages.
    pub action: Text,
    /// Retry decision.
    pub retry: Retry,
    /// Version of the table that said so.
    pub table: u32,
}

/// One row of the table.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Row {
    /// Class.
    pub class: RejectionClass,
    /// Action key.
    pub action: Text,
    /// Retry decision.
    pub retry: Retry,
}

/// The table: every known (status, detail) pair.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RejectionTable {
    version: u32,
    rows: BTreeMap<(Text, Text), Row>,
}

impl RejectionTable {
    /// The table that is compiled in (`config/rejections.toml`).
    #[must_use]
    pub fn builtin() -> Self {
        Self { version: 1, rows: BTreeMap::new() }
    }

    /// Classifies a rejection; a pair that the table does not hold is class `unknown` and never retried.
    #[must_use]
    pub fn classify(&self, status: &str, detail: &str) -> Rejection {
        let row = self.rows.get(&(Text::from(status), Text::from(detail)));
        match row {
            Some(row) => Rejection {
                class: row.class,
                action: row.action.clone(),
                retry: row.retry,
                table: self.version,
            },
            None => Rejection {
                class: RejectionClass::Unknown,
                action: "review".into(),
                retry: Retry::Never,
                table: self.version,
            },
        }
    }
}
