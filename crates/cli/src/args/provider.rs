//! What every verb takes that asks the provider.

use std::path::PathBuf;

/// Whose account is asked for, and with which token.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Account {
    /// The seller's account; the configured one when there is only one.
    #[arg(long, value_name = "ID")]
    pub seller: Option<String>,
    /// File that holds a token of the account (default: CONCILIAR_TOKEN, else what `auth login` keeps).
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
}
