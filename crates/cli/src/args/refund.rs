//! `conciliar refund`: money back, of one payment or by a file.

use std::path::PathBuf;

use super::ordering::{Placing, key, reason};

#[derive(Debug, clap::Args)]
pub struct Refund {
    #[command(flatten)]
    pub placing: Placing,
    /// The payment's id.
    #[arg(required_unless_present = "batch", conflicts_with = "batch")]
    pub payment: Option<String>,
    /// How much, in major units such as 12.50 (default: all that remains).
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true, conflicts_with = "batch")]
    pub amount: Option<String>,
    /// The currency that is meant, such as ARS; another one than the payment's is refused.
    #[arg(long, value_name = "CODE", requires = "amount")]
    pub currency: Option<String>,
    /// Why; the history keeps it. With --batch that of lines that say none.
    #[arg(long, value_name = "TEXT", value_parser = reason, required_unless_present = "batch")]
    pub reason: Option<String>,
    /// The name of the order: the same one again is the same order and is not carried out twice (default: a new one).
    #[arg(long, value_name = "TEXT", value_parser = key, conflicts_with = "batch")]
    pub key: Option<String>,
    /// Order it although the books show too little available balance; the provider decides then.
    #[arg(long)]
    pub despite_balance: bool,
    /// A CSV file with a refund on each line, `-` for standard input.
    #[arg(long, value_name = "FILE")]
    pub batch: Option<PathBuf>,
}
