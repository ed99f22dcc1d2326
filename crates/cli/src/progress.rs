//! Progress on a terminal: long work shows where it is, scripts see nothing.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A counter without a known end.
pub fn counter(quiet: bool, what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {msg} {human_pos} ({per_sec})");
    start(quiet, ProgressBar::new_spinner(), style, what)
}

/// A bar with a known end.
pub fn bar(quiet: bool, what: &'static str, total: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {eta}");
    start(quiet, ProgressBar::new(total), style, what)
}

fn start(
    quiet: bool,
    bar: ProgressBar,
    style: Result<ProgressStyle, indicatif::style::TemplateError>,
    what: &'static str,
) -> ProgressBar {
    // `indicatif` draws nothing where standard error is no terminal.
    if quiet {
        return ProgressBar::hidden();
    }
    bar.set_style(style.expect("the template is a constant that is shown in every run"));
    bar.set_message(what);
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}
