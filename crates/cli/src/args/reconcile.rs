//! Options of `conciliar reconcile`.

use std::path::PathBuf;

use clap::ValueEnum;

#[derive(Debug, clap::Args)]
pub struct Reconcile {
    /// What is compared.
    #[arg(value_enum)]
    pub kind: ReconcileKind,
    /// Report files (settlement and release).
    #[arg(value_name = "FILE", required_if_eq_any([("kind", "settlement"), ("kind", "release")]))]
    pub files: Vec<PathBuf>,
    /// Instant or date of the comparison (default: now; of subscriptions the end of a period that is over).
    #[arg(long, value_name = "T")]
    pub as_of: Option<String>,
    /// Only charges that are due on this day or later (subscriptions).
    #[arg(long, value_name = "DATE")]
    pub from: Option<chrono::NaiveDate>,
    /// Only charges that are due on this day or earlier (subscriptions).
    #[arg(long, value_name = "DATE")]
    pub to: Option<chrono::NaiveDate>,
}

/// What is compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum ReconcileKind {
    /// The books with report files of every approved movement, by approval date.
    Settlement,
    /// The books with statements of the available balance, by release date.
    Release,
    /// What subscriptions were to pay with invoices, payments and the ledger.
    Subscriptions,
}
