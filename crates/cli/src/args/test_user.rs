//! `conciliar test-user`: accounts to try things with.

use std::path::PathBuf;

use clap::Subcommand;

use super::provider::Account;

#[derive(Debug, Subcommand)]
pub enum TestUser {
    /// Makes a test account. Its password is told once: it goes into a file that only you can read.
    #[command(
        after_help = "Example: conciliar test-user create --site MLA --description \"till tests\"\n\nAn account has at most ten test accounts; one that is not used for 60 days ends."
    )]
    Create {
        #[command(flatten)]
        account: Account,
        /// Site of the account.
        #[arg(long, value_name = "SITE")]
        site: String,
        /// What it is for.
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
        /// The new file that gets the answer (default: test-user-ID.json).
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}
