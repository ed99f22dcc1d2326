//! `conciliar payment`: what the provider says of payments.

use clap::{Subcommand, ValueEnum};

use super::provider::Account;

#[derive(Debug, Subcommand)]
pub enum Payment {
    /// Reads a payment.
    #[command(after_help = "Example: conciliar payment get 57837458321 --format json > payment.json")]
    Get {
        #[command(flatten)]
        account: Account,
        /// Its id.
        id: String,
    },
    /// Finds payments of the last twelve months.
    #[command(
        after_help = "Example: conciliar payment search --reference till-4-0017\n         conciliar payment search --by last-updated --from 2026-10-01 --to 2026-10-31 --status approved"
    )]
    Search(Search),
}

#[derive(Debug, clap::Args)]
pub struct Search {
    #[command(flatten)]
    pub account: Account,
    /// Only those with this reference of the merchant's.
    #[arg(long, value_name = "TEXT")]
    pub reference: Option<String>,
    /// Only those in this status, in the provider's word.
    #[arg(long, value_name = "WORD")]
    pub status: Option<String>,
    /// Which date --from and --to are of, and the order.
    #[arg(long, value_enum, default_value_t = MomentName::Created)]
    pub by: MomentName,
    /// From this instant, or the beginning of this date.
    #[arg(long, value_name = "T", requires = "to")]
    pub from: Option<String>,
    /// Until this instant, or the end of this date.
    #[arg(long, value_name = "T", requires = "from")]
    pub to: Option<String>,
    /// At most this many.
    #[arg(long, default_value_t = 30)]
    pub limit: u32,
    /// After this many.
    #[arg(long, default_value_t = 0)]
    pub offset: u32,
}

/// A date of a payment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum MomentName {
    /// When it was made.
    Created,
    /// When it last changed.
    LastUpdated,
    /// When it was approved.
    Approved,
    /// When its money is released.
    Released,
}
