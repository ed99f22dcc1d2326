//! `conciliar inbox`: every delivery with each verdict it was given.

use clap::{Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub enum Inbox {
    /// Lists deliveries in the order of arrival.
    #[command(after_help = "Example: conciliar inbox list --verdict undecodable --format json")]
    List {
        /// Only this verdict.
        #[arg(long, value_enum)]
        verdict: Option<VerdictName>,
        /// Only deliveries with words outside the known list.
        #[arg(long)]
        unclassified: bool,
        /// At most this many.
        #[arg(long, default_value_t = 100)]
        limit: u64,
        /// Only deliveries that arrived after this one (the arrival number).
        #[arg(long, default_value_t = 0)]
        after: u64,
    },
    /// Shows one delivery with all its verdicts and its body.
    #[command(after_help = "Example: conciliar inbox show fetch-ea8108ae")]
    Show {
        /// Its key.
        key: String,
    },
    /// Tries a delivery again from its stored bytes.
    #[command(after_help = "Example: conciliar inbox retry fetch-ea8108ae")]
    Retry {
        /// Its key.
        key: String,
    },
}

/// A verdict's word.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum VerdictName {
    /// Wrote facts.
    Applied,
    /// Told what was known.
    Unchanged,
    /// Waits for a resource.
    NeedsFetch,
    /// Refused.
    Refused,
    /// Unreadable.
    Undecodable,
}
