//! `cargo xtask`: the tasks of this repository that are programs: its tests, its servers and its sample months.

use anyhow::Result;
use clap::{Parser, Subcommand};

mod month;
mod offer;
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
    /// Start PostgreSQL and RabbitMQ for a developer, or name those that answer here already.
    Services(offer::Offer),
    /// Check formatting and lints, build, and run every test.
    Test(suite::Suite),
}

fn main() -> Result<()> {
    match Arguments::parse().task {
        Task::Month(month) => month::make(&month),
        Task::Services(offer) => offer::run(&offer),
        Task::Test(suite) => suite::run(&suite),
    }
}
