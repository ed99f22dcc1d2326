//! Why a delivery cannot be read: the reasons kept with an `undecodable` verdict.
//!
//! Decides nothing about retrying; the words of [`Unreadable::reason`] are stable and may be stored.

use domain::money::MoneyError;

/// Why a delivery cannot be read. Never holds more of a body than the one word or number that stood in the way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The bytes are not text.
    #[error("byte {offset} is not UTF-8")]
    NotUtf8 {
        /// Where the first wrong byte is, counted from 0.
        offset: usize,
    },
    /// The text is not JSON.
    #[error("not JSON at line {line} column {column}: {problem}")]
    NotJson {
        /// Line of the first wrong character, counted from 1.
        line: usize,
        /// Column of it, counted from 1.
        column: usize,
        /// What the parser expected.
        problem: String,
    },
    /// JSON, but a field that we read holds something of another type.
    #[error("wrong type at line {line} column {column}: {problem}")]
    WrongTypeAt {
        /// Line of the field, counted from 1.
        line: usize,
        /// Column of it, counted from 1.
        column: usize,
        /// What was found and what was expected.
        problem: String,
    },
    /// A field that we need is absent or null.
    #[error("`{path}` is missing")]
    Missing {
        /// Dotted path of the field.
        path: &'static str,
    },
    /// A field holds something of another kind.
    #[error("`{path}` is not {expected}")]
    WrongType {
        /// Dotted path of the field.
        path: &'static str,
        /// What it should be, with its article.
        expected: &'static str,
    },
    /// A field is no amount of its currency.
    #[error("`{path}` is not an amount")]
    BadAmount {
        /// Dotted path of the field.
        path: &'static str,
        /// Why not.
        source: MoneyError,
    },
    /// A field is no time.
    #[error("`{path}` is not a time: `{text}`")]
    BadTime {
        /// Dotted path of the field.
        path: &'static str,
        /// What it says, cut to 40 characters.
        text: String,
    },
    /// A currency outside ISO 4217.
    #[error("`{path}` is not an ISO 4217 currency: `{code}`")]
    UnknownCurrency {
        /// Dotted path of the field.
        path: &'static str,
        /// What it says.
        code: String,
    },
    /// A resource of a topic that we do not know.
    #[error("no resource is called `{topic}`")]
    UnknownTopic {
        /// The topic as given.
        topic: String,
    },
    /// A status outside a list that is closed.
    #[error("`{path}` holds the unknown word `{word}`")]
    UnknownStatus {
        /// Dotted path of the field.
        path: &'static str,
        /// What it says.
        word: String,
    },
    /// The delivery is longer than we read.
    #[error("{length} bytes is longer than any delivery")]
    TooLarge {
        /// Its length in bytes.
        length: usize,
    },
    /// The JSON looks like nothing that the provider sends.
    #[error("the shape is of no known resource")]
    UnknownShape,
}

impl Unreadable {
    /// A stable word for the verdict.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NotUtf8 { .. } => "not_utf8",
            Self::NotJson { .. } => "not_json",
            Self::WrongTypeAt { .. } | Self::WrongType { .. } => "wrong_type",
            Self::Missing { .. } => "missing",
            Self::BadAmount { .. } => "bad_amount",
            Self::BadTime { .. } => "bad_time",
            Self::UnknownCurrency { .. } => "unknown_currency",
            Self::UnknownTopic { .. } => "unknown_topic",
            Self::UnknownStatus { .. } => "unknown_status",
            Self::TooLarge { .. } => "too_large",
            Self::UnknownShape => "unknown_shape",
        }
    }
}
