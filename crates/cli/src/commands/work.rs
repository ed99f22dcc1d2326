//! `conciliar work`: deliveries from the queues into the store, until it is told to stop.

use std::sync::Arc;

use anyhow::{Context, bail};
use broker::connection::Broker;
use broker::error::BrokerError;
use engine::work::{Shards, Worked, Worker, meters};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::args;
use crate::commands::ingest;
use crate::exit::{Exit, Usage};
use crate::watched::{Watched, until};
use crate::{idle, signals};

pub async fn run(app: &App, args: &args::Work) -> anyhow::Result<Exit> {
    // Wrong options are told before anything is opened.
    let addresses = app.broker("work")?;
    check_shards(&args.shards, app.config.broker.shards)?;
    let (stop, hurry) = (CancellationToken::new(), CancellationToken::new());
    signals::listen(stop.clone(), hurry.clone())?;
    let watched = Watched::listen(app, args.listen.as_deref(), meters::describe).await?;
    let Some(store) = app.open_unless(&stop).await? else { return Ok(Exit::Done) };
    let shards = args.shards.clone();
    let worker = Worker::new(store, app.config.clone(), app.clock, addresses.clone(), shards);
    let (live, ready, stopping) = (worker.health(), worker.health(), stop.clone());
    let serving = watched.map(|watched| {
        let ready = until(stopping, "the worker is stopping", Arc::new(move || ready.ready()));
        watched.serve(Arc::new(move || live.live()), ready)
    });
    let idle = async {
        if args.until_idle {
            let topology = app.config.broker.topology();
            let shards = args.shards.numbers(topology.shards);
            idle::wait(&addresses, &topology, async |broker| is_empty(broker, &shards).await).await?;
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
    if let Some(serving) = serving {
        serving.end().await?;
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

/// Whether nothing waits in the queues of the shards, and among what the broker gave up.
async fn is_empty(broker: &Broker, shards: &[u16]) -> Result<bool, BrokerError> {
    for shard in shards {
        if broker.standing(*shard).await?.ready > 0 {
            return Ok(false);
        }
    }
    // Whatever its shards, a worker drains what the broker gave up.
    Ok(broker.parked_standing().await?.ready == 0)
}
