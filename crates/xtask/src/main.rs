//! `cargo xtask`: the tasks of this repository that are programs: its tests and its sample months.

use anyhow::Result;
use clap::{Parser, Subcommand};

mod month;
mod suite;

#[derive(Parser)]
#[command(about = "Tasks of this repository")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Make a month of an invented store: deliveries, reports, README.
    Month(month::Month),
    /// Check formatting and lints, build, and run every test.
    Test(suite::Suite),
}

fn main() -> Result<()> {
    match Arguments::parse().task {
        Task::Month(month) => month::make(&month),
        Task::Test(suite) => suite::run(&suite),
    }
}
