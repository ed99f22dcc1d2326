//! What a rejection means: class, action and whether a retry makes sense, from a versioned table.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::text::Text;

mod file;

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

impl RejectionClass {
    /// The name of the class, as the table and reports print it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DataEntry => "data_entry",
            Self::Issuer => "issuer",
            Self::Fraud => "fraud",
            Self::Technical => "technical",
            Self::Limit => "limit",
            Self::Regulatory => "regulatory",
            Self::Authentication => "authentication",
            Self::Unknown => "unknown",
        }
    }
}

/// The table: every known (status, detail) pair.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RejectionTable {
    version: u32,
    /// Status, then detail; pairs that are no rejections have no verdict. Nested, so that a lookup borrows.
    pairs: BTreeMap<Text, BTreeMap<Text, Option<Verdict>>>,
    messages: BTreeMap<Text, Messages>,
    unknown: Verdict,
}

/// What one row says of a rejection.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Verdict {
    class: RejectionClass,
    action: Text,
    retry: Retry,
}

/// One action in the three languages of the provider's sites.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Messages {
    es: Text,
    pt: Text,
    en: Text,
}

/// A table that cannot be used. Lines are counted from 1.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TableError {
    /// Not TOML, or a key or word that the table does not have.
    #[error("line {line} of the rejection table cannot be read")]
    Unreadable {
        /// Where.
        line: usize,
        /// What the parser says.
        source: toml::de::Error,
    },
    /// One pair has two rows.
    #[error("line {line} of the rejection table repeats `{status}`, `{detail}`")]
    Repeated {
        /// Of the second row.
        line: usize,
        /// Status of the pair.
        status: Text,
        /// Detail of the pair.
        detail: Text,
    },
    /// A row has some of class, action and retry, but not all.
    #[error("line {line} of the rejection table needs class, action and retry together, or none of them")]
    Incomplete {
        /// Of the row.
        line: usize,
    },
    /// Hours without `later`, or `later` without hours.
    #[error("line {line} of the rejection table needs hours with retry `later`, and only there")]
    Hours {
        /// Of the row.
        line: usize,
    },
    /// An action has no sentence to show.
    #[error("line {line} of the rejection table names the action `{action}`, which has no messages")]
    NoMessage {
        /// Of the row.
        line: usize,
        /// The action.
        action: Text,
    },
    /// Pairs without a row need a sentence too.
    #[error("the rejection table has no messages for `{REVIEW}`, the action of unknown pairs")]
    NoReview,
}

/// Stands for any detail of a status.
const ANY: &str = "*";

/// The action of a payer who must choose another number of instalments.
pub const CHOOSE_INSTALLMENTS: &str = "choose_installments";

/// The action of a pair that the table does not hold.
const REVIEW: &str = "review";

impl RejectionTable {
    /// The table that is compiled in (`config/rejections.toml`).
    #[must_use]
    pub fn builtin() -> Self {
        static BUILTIN: LazyLock<RejectionTable> = LazyLock::new(|| {
            let text = include_str!("../../../config/rejections.toml");
            RejectionTable::parse(text).expect("the compiled-in table is parsed by a test")
        });
        BUILTIN.clone()
    }

    /// Reads a table that takes the place of the built-in one.
    ///
    /// # Errors
    /// When the text is no such table; the error names the line.
    pub fn parse(text: &str) -> Result<Self, TableError> {
        file::parse(text)
    }

    /// The version that its rejections will name.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Classifies a rejection; a pair that the table does not hold, or holds as no rejection, is class
    /// `unknown` and never retried.
    #[must_use]
    pub fn classify(&self, status: &str, detail: &str) -> Rejection {
        let verdict = self.row(status, detail).and_then(Option::as_ref).unwrap_or(&self.unknown);
        Rejection {
            class: verdict.class,
            action: verdict.action.clone(),
            retry: verdict.retry,
            table: self.version,
        }
    }

    /// Whether the pair is one the provider is known to send, rejection or not.
    #[must_use]
    pub fn knows(&self, status: &str, detail: &str) -> bool {
        self.row(status, detail).is_some()
    }

    /// The detail of this status that a text quotes as a word of its own, as the messages of some errors do.
    #[must_use]
    pub fn quoted(&self, status: &str, text: &str) -> Option<Text> {
        let details = self.pairs.get(status)?;
        let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        // Words of one piece, such as the status itself, are in every sentence.
        let mut words = words.filter(|word| word.contains('_'));
        words.find_map(|word| details.get_key_value(word).map(|(detail, _)| detail.clone()))
    }

    /// The sentence of an action in `es`, `pt` or `en`.
    #[must_use]
    pub fn message(&self, action: &str, lang: &str) -> Option<&str> {
        let messages = self.messages.get(action)?;
        match lang {
            "es" => Some(&messages.es),
            "pt" => Some(&messages.pt),
            "en" => Some(&messages.en),
            _ => None,
        }
    }

    fn row(&self, status: &str, detail: &str) -> Option<&Option<Verdict>> {
        let details = self.pairs.get(status)?;
        details.get(detail).or_else(|| details.get(ANY))
    }
}

#[cfg(test)]
mod tests;
