//! `conciliar fetch`: reads what notifications only point at, until it is told to stop.

use std::sync::Arc;

use anyhow::{Context, bail};
use broker::address::Addresses;
use client::client::Client;
use engine::fetch::{Ended, Fetched, Fetcher, meters};
use engine::sink::Sink;
use engine::sink::broker::BrokerSink;
use engine::sink::store::StoreSink;
use server::metrics::Metrics;
use server::ops::{self, Health, Limits};
use store::store::Store;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::args::fetch::Fetch;
use crate::commands::auth::tokens;
use crate::commands::work::signals;
use crate::exit::Exit;
use crate::provider::TOKEN;

mod idle;

/// The name of the connection in the broker's lists.
const LABEL: &str = "conciliar fetch";

pub async fn run(app: &App, args: &Fetch) -> anyhow::Result<Exit> {
    // Wrong options are told before anything is opened.
    let addresses = if args.open { None } else { Some(app.broker("fetch without --open")?) };
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
    let fetching = async {
        match addresses {
            None => from_inbox(app, store, stop).await,
            Some(addresses) => from_queue(app, store, &addresses, listener, args.until_idle, stop).await,
        }
    };
    let Ended { fetched, is_drained } = tokio::select! {
        ended = fetching => ended?,
        () = hurry.cancelled() => bail!("stopped at once; what was begun is delivered again"),
    };
    app.remark(&sentence(&fetched));
    if !is_drained {
        let seconds = app.config.fetch.drain_seconds;
        bail!("what was begun was not finished in {seconds} s (fetch.drain_seconds); it is fetched again");
    }
    Ok(Exit::Done)
}

/// A fetcher that asks with the tokens of a store.
pub fn fetcher(app: &App, store: Arc<dyn Store>, sink: Arc<dyn Sink>) -> anyhow::Result<Fetcher> {
    let client = Client::new(app.config.client.options(), tokens::tokens(app, Arc::clone(&store))?)?;
    let fetcher = Fetcher::new(client, sink, app.config.clone(), app.clock);
    // A token of the environment belongs to no link.
    let is_given = std::env::var(TOKEN).is_ok_and(|token| !token.trim().is_empty());
    if is_given { Ok(fetcher) } else { Ok(fetcher.telling(Arc::new(tokens::vault(app, store)?))) }
}

async fn from_inbox(app: &App, store: Arc<dyn Store>, stop: CancellationToken) -> anyhow::Result<Ended> {
    // What comes in while we run belongs to whoever receives it.
    let (sink, _waiting) = StoreSink::start(Arc::clone(&store), app.config.clone(), app.clock);
    let sink = Arc::new(sink);
    let fetcher = fetcher(app, Arc::clone(&store), Arc::clone(&sink) as _)?;
    let ended = fetcher.once(store, stop).await.context("fetching has stopped");
    sink.close().await;
    ended
}

async fn from_queue(
    app: &App,
    store: Arc<dyn Store>,
    addresses: &Addresses,
    listener: Option<(TcpListener, Metrics)>,
    until_idle: bool,
    stop: CancellationToken,
) -> anyhow::Result<Ended> {
    let sink = Arc::new(BrokerSink::start(&app.config, addresses.clone(), LABEL));
    let fetcher = fetcher(app, Arc::clone(&store), Arc::clone(&sink) as _)?;
    let watched = CancellationToken::new();
    let serving = listener.map(|(listener, metrics)| {
        let health = health(&fetcher, metrics, stop.clone());
        tokio::spawn(ops::serve(listener, health, Limits::default(), watched.clone()))
    });
    let idle = async {
        if until_idle {
            idle::wait(addresses, &app.config.broker.topology(), &fetcher.health()).await?;
            tracing::info!("the queue is empty");
            stop.cancel();
        }
        std::future::pending::<anyhow::Result<Ended>>().await
    };
    let failed = || format!("fetching has stopped; see `conciliar doctor --broker {addresses}`");
    let ended = tokio::select! {
        ended = fetcher.run(addresses, Some(store), stop.clone()) => ended.with_context(failed),
        failed = idle => failed,
    };
    watched.cancel();
    if let Some(serving) = serving {
        serving.await.context("answering over HTTP was stopped")??;
    }
    sink.close().await;
    ended
}

/// Takes the port, so that a fetcher which cannot be watched does not begin.
async fn listen(app: &App, at: &str) -> anyhow::Result<(TcpListener, Metrics)> {
    let listener =
        TcpListener::bind(at).await.with_context(|| format!("--listen `{at}` cannot be listened on"))?;
    let metrics = Metrics::install()?;
    meters::describe();
    app.tell(&format!("listening on http://{}", listener.local_addr()?));
    Ok((listener, metrics))
}

fn health(fetcher: &Fetcher, metrics: Metrics, stop: CancellationToken) -> Health {
    let (live, ready) = (fetcher.health(), fetcher.health());
    Health {
        live: Arc::new(move || live.live()),
        ready: Arc::new(
            move || if stop.is_cancelled() { Err("the fetcher is stopping") } else { ready.ready() },
        ),
        metrics,
    }
}

fn sentence(fetched: &Fetched) -> String {
    let Fetched { notifications, questions, coalesced, not_found, put_off } = fetched;
    format!(
        "{notifications} notifications: asked {questions} times, {coalesced} shared an answer, {not_found} not found, \
         {put_off} left open"
    )
}
