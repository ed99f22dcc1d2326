//! `conciliar`: the back office of a merchant that sells through Mercado Pago.
//!
//! Reads arguments, calls the engine, prints. It decides nothing about the business.

mod answer;
mod app;
mod args;
mod commands;
mod db;
mod exit;
mod gather;
mod idle;
mod logs;
mod moment;
mod new_file;
mod progress;
mod provider;
mod signals;
mod watched;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use tokio::time::timeout;

use crate::app::App;
use crate::args::{Args, Command};
use crate::exit::Exit;

/// A store is closed within this time after a failure: what hangs then may be what has failed.
const FAREWELL: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    logs::hide_messages_of_panics();
    // Databases and brokers speak TLS through the one provider of the process.
    let installed = rustls::crypto::ring::default_provider().install_default();
    installed.expect("nothing ran before main that could install another");
    let args = Args::parse();
    let run = || -> anyhow::Result<Exit> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let ended = runtime.block_on(run(args));
        // A thread that still waits for standard input or for the name of a host does not hold the end up.
        runtime.shutdown_background();
        ended
    };
    match run() {
        Ok(exit) => exit.into(),
        Err(error) => {
            // Sources are printed once, here.
            exit::complain(&error);
            exit::of(&error).into()
        }
    }
}

async fn run(args: Args) -> anyhow::Result<Exit> {
    if let Command::Completions { shell } = args.command {
        return commands::completions::run(shell);
    }
    logs::start(filter(&args.command))?;
    let app = App::new(&args.global)?;
    let ended = dispatch(&app, args.command).await;
    if ended.is_err() {
        // What went wrong first is what is told.
        if !matches!(timeout(FAREWELL, app.close()).await, Ok(Ok(()))) {
            tracing::warn!("the store could not be closed");
        }
    } else {
        app.close().await?;
    }
    ended
}

/// What is logged where nobody says it: nothing by verbs that a person waits for.
fn filter(command: &Command) -> Option<&'static str> {
    match command {
        // What became of each order is printed.
        Command::Relay(relay) if relay.once => Some("warn,engine::dispatch::step=error"),
        Command::Fetch(_) | Command::Poll(_) | Command::Relay(_) | Command::Serve(_) | Command::Work(_) => {
            Some("info")
        }
        _ => None,
    }
}

async fn dispatch(app: &App, command: Command) -> anyhow::Result<Exit> {
    match command {
        Command::Close(close) => commands::close::run(app, &close).await,
        Command::Ingest(ingest) => commands::ingest::run(app, &ingest).await,
        Command::Serve(serve) => commands::serve::run(app, &serve).await,
        Command::Fetch(fetch) => commands::fetch::run(app, &fetch).await,
        Command::Work(work) => commands::work::run(app, &work).await,
        Command::Poll(poll) => commands::poll::run(app, &poll).await,
        Command::Auth { verb } => commands::auth::run(app, &verb).await,
        Command::Intent { verb } => commands::intent::run(app, &verb).await,
        Command::Device { verb } => commands::device::run(app, &verb).await,
        Command::Integrator { verb } => commands::integrator::run(app, &verb).await,
        Command::Payment { verb } => commands::payment::run(app, &verb).await,
        Command::Refund(refund) => commands::refund::run(app, &refund).await,
        Command::Approve(approve) => commands::approve::approve(app, &approve).await,
        Command::Decline(decline) => commands::approve::decline(app, &decline).await,
        Command::Plan { verb } => commands::plan::run(app, &verb).await,
        Command::Subscription { verb } => commands::subscription::run(app, &verb).await,
        Command::TestUser { verb } => commands::test_user::run(app, &verb).await,
        Command::Simulate(simulate) => commands::simulate::run(app, &simulate).await,
        Command::Sweep(sweep) => commands::sweep::run(app, &sweep).await,
        Command::Relay(relay) => commands::relay::run(app, &relay).await,
        Command::Reconcile(reconcile) => commands::reconcile::run(app, &reconcile).await,
        Command::Report(report) => commands::report::run(app, &report).await,
        Command::Replay(replay) => commands::replay::run(app, &replay).await,
        Command::Inbox { verb } => commands::inbox::run(app, &verb).await,
        Command::Migrate => commands::migrate::run(app).await,
        Command::Doctor => commands::doctor::run(app).await,
        Command::Completions { .. } => unreachable!("completions returned before the store was opened"),
    }
}
