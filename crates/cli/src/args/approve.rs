//! `conciliar approve` and `conciliar decline`: what the second person says.

use super::ordering::{Placing, actor, key, reason};
use super::provider::Account;

#[derive(Debug, clap::Args)]
pub struct Approve {
    #[command(flatten)]
    pub placing: Placing,
    /// The payment's id.
    pub payment: String,
    /// The name of the order; needed only when several of the payment wait.
    #[arg(long, value_name = "NAME", value_parser = key)]
    pub order: Option<String>,
    /// Approve it although the books show too little available balance; the provider decides then.
    #[arg(long)]
    pub despite_balance: bool,
}

#[derive(Debug, clap::Args)]
pub struct Decline {
    #[command(flatten)]
    pub account: Account,
    /// The payment's id.
    pub payment: String,
    /// The name of the order; needed only when several of the payment wait.
    #[arg(long, value_name = "NAME", value_parser = key)]
    pub order: Option<String>,
    /// Who declines it; the history keeps the name.
    #[arg(long, value_name = "NAME", value_parser = actor)]
    pub actor: String,
    /// Why; the history keeps it.
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    pub reason: String,
}
