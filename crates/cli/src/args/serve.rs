//! Options of `conciliar serve`.

#[derive(Debug, clap::Args)]
pub struct Serve {
    /// Where webhooks, /healthz, /readyz and /metrics are answered; port 0 takes a free one and tells it.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "HOST:PORT")]
    pub listen: String,
    /// Receive, fetch and apply in this one process, straight into the store, without a broker.
    #[arg(long)]
    pub embedded: bool,
}
