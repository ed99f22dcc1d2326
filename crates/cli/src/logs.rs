//! Logs on standard error: structured lines, chosen by `CONCILIAR_LOG`.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::{self, IsTerminal, Write};
use std::panic::Location;

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

/// Tells of a panic where it was, and what it said only where the program alone said it: a message that was put
/// together may quote a delivery or an address.
pub fn hide_messages_of_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let mut err = io::stderr().lock();
        // Nothing can be told about an error stream that does not take it.
        let _told = writeln!(err, "{}", told(panic.payload(), panic.location()));
        let backtrace = Backtrace::capture();
        if backtrace.status() == BacktraceStatus::Captured {
            let _told = writeln!(err, "{backtrace}");
        }
    }));
}

fn told(said: &(dyn Any + Send), place: Option<&Location<'_>>) -> String {
    let place = place.map_or_else(|| "a place that is not known".to_owned(), Location::to_string);
    let said = said.downcast_ref::<&'static str>().copied().unwrap_or("what it said may quote a delivery");
    format!("the program failed at {place}: {said}")
}

fn is_safe(line: &Metadata<'_>) -> bool {
    *line.level() <= Level::WARN || !TALKATIVE.iter().any(|package| line.target().starts_with(package))
}

#[cfg(test)]
mod tests;
