//! `conciliar work`: deliveries from the queues into the store, until it is told to stop.

use std::sync::Arc;

use anyhow::{Context, bail};
use engine::work::{Shards, Worked, Worker, meters};
use server::metrics::Metrics;
use server::ops::{self, Health, Limits};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::args;
use crate::commands::ingest;
use crate::exit::{Exit, Usage};

mod idle;
pub mod signals;

pub async fn run(app: &App, args: &args::Work) -> anyhow::Result<Exit> {
    // Wrong options are told before anything is opened.
    let addresses = app.broker("work")?;
    check_shards(&args.shards, app.config.broker.shards)?;
    let (stop, hurry) = (CancellationToken::new(), CancellationToken::new());
    signals::listen(stop.clone(), hurry.clone())?;
    let listener = match &args.listen {
        Some(at) => Some(listen(app, at).await?),
        None => None,
    };
    let store = tokio::select! {
        opened = app.open() => opened?,
        () = stop.cancelled() => {
            app.remark("stopped before the store was open; nothing was begun");
            return Ok(Exit::Done);
        }
    };
    let shards = args.shards.clone();
    let worker = Worker::new(store, app.config.clone(), app.clock, addresses.clone(), shards);
    let watched = CancellationToken::new();
    let serving = listener.map(|(listener, metrics)| {
        let health = health(&worker, metrics, stop.clone());
        tokio::spawn(ops::serve(listener, health, Limits::default(), watched.clone()))
    });
    let idle = async {
        if args.until_idle {
            idle::wait(&addresses, &app.config.broker.topology(), &args.shards).await?;
            tracing::info!("the queues are empty");
            stop.cancel();
        }
        std::future::pending::<anyhow::Result<Worked>>().await
    };
    let failed = || format!("the work has stopped; see `conciliar doctor --broker {addresses}`");
    let ended = tokio::select! {
        worked = worker.run(stop.clone()) => worked.with_context(failed),
        failed = idle => failed,
        () = hurry.cancelled() => bail!("stopped at once; what was begun is delivered again"),
    };
    watched.cancel();
    if let Some(serving) = serving {
        serving.await.context("answering over HTTP was stopped")??;
    }
    let Worked { tally, is_drained } = ended?;
    app.remark(&ingest::sentence(&tally));
    if !is_drained {
        let seconds = app.config.work.drain_seconds;
        bail!("what was begun was not finished in {seconds} s (work.drain_seconds); it is delivered again");
    }
    tokio::select! {
        closed = app.close() => closed?,
        () = hurry.cancelled() => bail!("stopped before the store was closed; what was begun is committed"),
    }
    Ok(Exit::Done)
}

fn check_shards(shards: &Shards, count: u16) -> Result<(), Usage> {
    match shards.numbers(count).into_iter().find(|shard| *shard >= count) {
        Some(shard) => {
            Err(Usage(format!("there is no shard {shard}: broker.shards = {count}, counted from 0")))
        }
        None => Ok(()),
    }
}

/// Takes the port, so that a worker which cannot be watched does not begin.
async fn listen(app: &App, at: &str) -> anyhow::Result<(TcpListener, Metrics)> {
    let listener =
        TcpListener::bind(at).await.with_context(|| format!("--listen `{at}` cannot be listened on"))?;
    let metrics = Metrics::install()?;
    meters::describe();
    app.tell(&format!("listening on http://{}", listener.local_addr()?));
    Ok((listener, metrics))
}

fn health(worker: &Worker, metrics: Metrics, stop: CancellationToken) -> Health {
    let (live, ready) = (worker.health(), worker.health());
    Health {
        live: Arc::new(move || live.live()),
        ready: Arc::new(
            move || if stop.is_cancelled() { Err("the worker is stopping") } else { ready.ready() },
        ),
        metrics,
    }
}
