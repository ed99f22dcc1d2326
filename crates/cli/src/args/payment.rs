//! `conciliar payment`: what the provider says of payments, and what is ordered about them.

use clap::{Subcommand, ValueEnum};

use super::ordering::{Placing, Reasoned};
use super::provider::Account;

pub mod create;

#[derive(Debug, Subcommand)]
pub enum Payment {
    /// Charges what a payer's browser posted, once: the same again finds the payment that was made.
    #[command(
        after_help = "Example: conciliar payment create form.json --actor ana --reference till-4-0017 --site MLA --yes\n         conciliar payment create - --actor shop --yes < form.json\n         conciliar payment create form.json --actor ana --reference till-4-0017 --site MLA --dry-run\n\nNothing is charged twice for one reference and amount, nor against the provider's advice after a\nrejection. What was refunded, cancelled, charged back for good or lapsed unpaid may be paid again:\nwith other data, or the same under another --key. Waits are counted by the clock; with --at by that.\n\n--format json prints the payment as the provider tells it; of what is not allowed {\"attempt\",\n\"blocked\": {\"why\", \"until\", \"payment\", \"other\", \"detail\"}}, where all but why may be left out; of a\nrejection that made no payment {\"attempt\", \"status\", \"status_detail\"}.\nExit codes: 0 approved, reserved or pending; 1 not allowed, refused, or nobody knows; 3 rejected,\nor over."
    )]
    Create(Box<create::Create>),
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
    /// Cancels a payment that nobody decided yet, or lets a reservation go.
    #[command(
        after_help = "Example: conciliar payment cancel 57837458321 --actor ana --reason \"ordered twice\" --yes\n         conciliar payment cancel 57837458321 --actor ana --reason \"ordered twice\" --dry-run\n\nOnly what is pending, in process or authorised can be cancelled; what is paid is refunded.\n`conciliar relay --provider` sends the order, or --send does at once."
    )]
    Cancel {
        #[command(flatten)]
        placing: Placing,
        #[command(flatten)]
        reasoned: Reasoned,
        /// Its id.
        id: String,
    },
    /// Takes reserved money, or part of it; the rest of the reservation is let go.
    #[command(
        after_help = "Example: conciliar payment capture 57837458321 --actor ana --reason shipped --yes\n         conciliar payment capture 57837458321 --amount 80.00 --actor ana --reason part --yes --send\n\n`conciliar relay --provider` sends the order, or --send does at once."
    )]
    Capture(Capture),
}

#[derive(Debug, clap::Args)]
pub struct Capture {
    #[command(flatten)]
    pub placing: Placing,
    #[command(flatten)]
    pub reasoned: Reasoned,
    /// Its id.
    pub id: String,
    /// How much, in major units such as 12.50 (default: all that is reserved).
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    pub amount: Option<String>,
    /// The currency that is meant, such as ARS; another one than the payment's is refused.
    #[arg(long, value_name = "CODE", requires = "amount")]
    pub currency: Option<String>,
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
