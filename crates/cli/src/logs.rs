//! Logs on standard error: structured lines, chosen by `CONCILIAR_LOG`.

use std::io::{self, IsTerminal};

use tracing::{Level, Metadata};
use tracing_subscriber::filter::{EnvFilter, FilterExt, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::exit::Usage;

/// Names the filter, such as `info` or `engine=debug`.
const VARIABLE: &str = "CONCILIAR_LOG";

/// Packages that write addresses with passwords, bodies or statements below warnings.
const TALKATIVE: [&str; 3] = ["lapin", "amq_protocol", "sqlx"];

/// Writes logs from now on: as the variable says, else by the given filter, else none.
pub fn start(default: Option<&str>) -> anyhow::Result<()> {
    let chosen = std::env::var(VARIABLE).ok().filter(|filter| !filter.is_empty());
    let Some(filter) = chosen.as_deref().or(default) else { return Ok(()) };
    let filter = EnvFilter::try_new(filter)
        .map_err(|error| Usage(format!("{VARIABLE} `{filter}` is no filter such as info: {error}")))?;
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_filter(filter.and(filter_fn(is_safe)));
    tracing_subscriber::registry().with(lines).init();
    Ok(())
}

fn is_safe(line: &Metadata<'_>) -> bool {
    *line.level() <= Level::WARN || !TALKATIVE.iter().any(|package| line.target().starts_with(package))
}
