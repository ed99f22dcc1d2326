//! `cargo xtask services`: a database and a broker for the one who develops, as long as the command runs.

use std::io::Write;

use anyhow::Result;
use xtask::services::shared::Services;

const EXAMPLE: &str = "Example:
  cargo xtask services
  # in another terminal, paste the line that it printed:
  export CONCILIAR_DB=postgres://… CONCILIAR_BROKER=amqp://…
  cargo run -- migrate && cargo run -- work";

/// What to offer.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLE)]
pub struct Offer {
    /// Start them even when they answer on this machine already.
    #[arg(long)]
    pub private: bool,
}

/// Offers them until the command is ended.
///
/// # Errors
/// When something is missing and cannot be started.
pub fn run(offer: &Offer) -> Result<()> {
    let services = if offer.private { Services::start()? } else { Services::find_or_start()? };
    let (database, broker) = (services.database(), services.broker());
    writeln!(std::io::stdout(), "export CONCILIAR_DB={database} CONCILIAR_BROKER={broker}")?;
    if !services.has_private() {
        writeln!(std::io::stderr(), "both answer on this machine already; nothing was started")?;
        return Ok(());
    }
    writeln!(std::io::stderr(), "Ctrl-C ends what was started for you and removes its data")?;
    // The end of this program, whatever brings it about, ends the servers.
    loop {
        std::thread::park();
    }
}
