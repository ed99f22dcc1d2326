//! `conciliar relay`: who gets the messages.

use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Relay {
    /// Where messages go: a file that lines are added to, or an https address (http only on this machine).
    #[arg(long, value_name = "FILE|URL")]
    pub to: String,
    /// Hand over what waits, and end.
    #[arg(long)]
    pub once: bool,
    /// File with a token that the receiver wants to see (`Authorization: Bearer`).
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Pass over the message that waits first, which must have this key, and end.
    #[arg(long, value_name = "KEY", conflicts_with_all = ["once", "listen"])]
    pub skip: Option<String>,
    /// Answers /healthz, /readyz and /metrics here; port 0 takes a free one and tells it.
    #[arg(long, value_name = "HOST:PORT", conflicts_with = "once")]
    pub listen: Option<String>,
}
