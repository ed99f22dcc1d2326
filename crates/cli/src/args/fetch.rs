//! `conciliar fetch`: from where notifications are taken.

#[derive(Debug, clap::Args)]
pub struct Fetch {
    /// Fetch once for the notifications that lie open in the inbox, straight into the store; needs no broker.
    #[arg(long, conflicts_with_all = ["listen", "until_idle"])]
    pub open: bool,
    /// Answers /healthz, /readyz and /metrics here; port 0 takes a free one and tells it.
    #[arg(long, value_name = "HOST:PORT")]
    pub listen: Option<String>,
    /// Stop once the queue of notifications is empty and everything is acknowledged.
    #[arg(long)]
    pub until_idle: bool,
}
