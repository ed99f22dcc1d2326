//! `conciliar simulate`: a Mercado Pago on loopback, until it is stopped. It uses no store and no broker.
//!
//! With `--at` its clock stands at that instant until it is moved; else it runs with the machine's.

use std::io::Write;
use std::net::SocketAddr;

use anyhow::Context;
use engine::clock::Clock;
use secrecy::SecretString;
use serde::Serialize;
use simulator::{Credentials, Faults, Options, Running, SellerOptions, Simulator, Webhook};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::args::Format;
use crate::args::simulate::{Seller, Simulate};
use crate::exit::{Exit, Usage};
use crate::signals;

/// What a program needs to sign in.
#[derive(Serialize)]
struct Told {
    base: String,
    seed: u64,
    sellers: Vec<Credentials>,
}

pub async fn run(app: &App, args: &Simulate) -> anyhow::Result<Exit> {
    let options = options(app, args)?;
    let (stop, hurry) = (CancellationToken::new(), CancellationToken::new());
    signals::listen(stop.clone(), hurry.clone())?;
    let mut running = Simulator::start(options).await.context("the simulator cannot start")?;
    tell(app, args, &running)?;
    tokio::select! {
        () = stop.cancelled() => {}
        () = running.ended() => anyhow::bail!("the simulator no longer serves"),
    }
    tokio::select! {
        () = running.stop() => {}
        () = hurry.cancelled() => {}
    }
    Ok(Exit::Done)
}

fn options(app: &App, args: &Simulate) -> anyhow::Result<Options> {
    let listen: SocketAddr = args
        .listen
        .parse()
        .map_err(|_| Usage(format!("--listen `{}` is no address such as 127.0.0.1:8090", args.listen)))?;
    if !listen.ip().is_loopback() {
        return Err(
            Usage(format!("--listen `{listen}` is not loopback, and the simulator guards nothing")).into()
        );
    }
    let secret = secret_of("--secret-env", args.secret_env.as_ref())?;
    let report_password = secret_of("--report-password-env", args.report_password_env.as_ref())?;
    let usual = [Seller { id: 1_122_334_455, site: simulator::Site::Mla }];
    let sellers = if args.seller.is_empty() { &usual[..] } else { &args.seller };
    let webhook = |id: u64| {
        let (url, secret) = (args.webhook.as_ref()?, secret.clone()?);
        let url = url.replace("{seller}", &id.to_string());
        Some(Webhook { url, secret, report_password: report_password.clone() })
    };
    let sellers = sellers.iter().map(|&Seller { id, site }| SellerOptions { id, site, webhook: webhook(id) });
    Ok(Options {
        listen,
        clock: match app.clock {
            Clock::System => simulator::Clock::Running,
            Clock::Fixed(start) => simulator::Clock::Held { start },
        },
        sellers: sellers.collect(),
        faults: Faults {
            lost_percent: args.lost,
            duplicated_percent: args.duplicated,
            reordered_percent: args.reordered,
            ..Faults::default()
        },
        // A receiver compares the time of a signature with its own clock, also when this one was moved.
        signs_in_real_time: true,
        ..Options::new(args.seed)
    })
}

/// What the variable holds that an option names.
fn secret_of(option: &str, name: Option<&String>) -> Result<Option<SecretString>, Usage> {
    let Some(name) = name else { return Ok(None) };
    let secret = std::env::var(name).ok().filter(|secret| !secret.is_empty());
    let secret = secret.ok_or_else(|| Usage(format!("{option}: `{name}` is not set")))?;
    Ok(Some(SecretString::from(secret)))
}

/// Tells where it is and how to sign in: on standard output, because scripts read it.
fn tell(app: &App, args: &Simulate, running: &Running) -> anyhow::Result<()> {
    let told = Told { base: running.base(), seed: args.seed, sellers: running.sellers() };
    let mut out = std::io::stdout().lock();
    match app.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string(&told)?)?,
        Format::Text => {
            writeln!(out, "serving on {}", told.base)?;
            for Credentials { seller, site, token, client_id, client_secret, .. } in &told.sellers {
                writeln!(out, "\nseller {seller} ({site}):")?;
                writeln!(out, "  export CONCILIAR__CLIENT__BASE={}", told.base)?;
                writeln!(out, "  export CONCILIAR_TOKEN={token}")?;
                writeln!(out, "  application {client_id} with the secret {client_secret}")?;
            }
            writeln!(
                out,
                "\nsell something: curl -X POST {}/admin/sell -d '{{\"count\":10,\"days\":1}}'",
                told.base
            )?;
        }
        Format::Csv | Format::Html | Format::Hledger => {
            return app.no_such_format("simulate", "text and json");
        }
    }
    out.flush()?;
    Ok(())
}
