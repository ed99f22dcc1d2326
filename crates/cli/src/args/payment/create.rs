//! Options of `conciliar payment create`.

use std::path::PathBuf;

use crate::args::ordering::{self, Ordering};

#[derive(Debug, clap::Args)]
pub struct Create {
    #[command(flatten)]
    pub ordering: Ordering,
    /// What the payer's browser posted, as JSON; `-` reads standard input.
    pub file: PathBuf,
    /// Why, such as what a payer did who had to act; the history keeps it.
    #[arg(long, value_name = "TEXT", value_parser = ordering::reason)]
    pub reason: Option<String>,
    /// The merchant's own reference, which names one thing that is owed.
    #[arg(long, value_name = "TEXT")]
    pub reference: Option<String>,
    /// The payer's device, as the provider's script names it (default: device_id of the file).
    #[arg(long, value_name = "ID")]
    pub device_id: Option<String>,
    /// When the card was tokenised (default: tokenised_at or date_created of the file, else when it was first seen here).
    #[arg(long, value_name = "T")]
    pub token_at: Option<String>,
    /// The site, which tells the currency (default: the seller's).
    #[arg(long, value_name = "SITE")]
    pub site: Option<String>,
    /// Do it without asking; needed where nobody can be asked.
    #[arg(long)]
    pub yes: bool,
}
