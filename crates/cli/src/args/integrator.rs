//! `conciliar integrator`: what is set up once to charge in person.

use std::path::PathBuf;

use clap::Subcommand;

use super::provider::Account;

#[derive(Debug, Subcommand)]
pub enum Integrator {
    /// Switches an account to integrated charges on phones.
    #[command(after_help = "Example: conciliar integrator enable --seller 1384573578")]
    Enable {
        #[command(flatten)]
        account: Account,
        /// The account (default: the seller).
        #[arg(long, value_name = "ID")]
        user: Option<String>,
    },
    /// Shows where intents are announced; the key of the challenge is never printed.
    #[command(
        after_help = "Example: conciliar integrator show\n         conciliar integrator show --key-out challenge.key"
    )]
    Show {
        #[command(flatten)]
        account: Account,
        /// Writes the key of the challenge into this new file.
        #[arg(long, value_name = "FILE")]
        key_out: Option<PathBuf>,
    },
    /// Registers where intents are announced.
    #[command(after_help = "Example: conciliar integrator webhook https://shop.example/hooks/1384573578")]
    Webhook {
        #[command(flatten)]
        account: Account,
        /// Address of the receiver (`conciliar serve`), which answers the challenge.
        address: String,
    },
    /// Has the provider challenge the registered address.
    #[command(after_help = "Example: conciliar integrator check")]
    Check {
        #[command(flatten)]
        account: Account,
    },
}
