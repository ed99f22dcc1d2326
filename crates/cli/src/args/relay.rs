//! `conciliar relay`: who gets the messages, and whether orders are carried out.

use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").args(["to", "provider"]).required(true).multiple(true))]
pub struct Relay {
    /// Where messages for payers go: a file that lines are added to, or an https address (http only on
    /// this machine).
    #[arg(long, value_name = "FILE|URL")]
    pub to: Option<String>,
    /// Carry out at the provider what people ordered: refunds, captures, cancellations.
    #[arg(long)]
    pub provider: bool,
    /// Only orders of these sellers (default: of all).
    #[arg(long = "seller", value_delimiter = ',', value_name = "ID,…", requires = "provider")]
    pub sellers: Vec<String>,
    /// Do what waits, and end.
    #[arg(long)]
    pub once: bool,
    /// File with the token of the receiver at --to (`Authorization: Bearer`); without --to, with that of
    /// the one seller's account (default: CONCILIAR_TOKEN, else what `auth login` keeps).
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Pass over the message that waits first, which must have this key, and end.
    #[arg(long, value_name = "KEY", requires = "to", conflicts_with_all = ["once", "listen", "provider"])]
    pub skip: Option<String>,
    /// Answers /healthz, /readyz and /metrics here; port 0 takes a free one and tells it.
    #[arg(long, value_name = "HOST:PORT", conflicts_with = "once")]
    pub listen: Option<String>,
}
