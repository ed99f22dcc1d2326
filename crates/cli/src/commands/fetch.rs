//! `conciliar fetch`: reads what notifications only point at, until it is told to stop.

use std::sync::Arc;

use anyhow::{Context, bail};
use broker::address::Addresses;
use client::client::Client;
use client::vault::TokenVault;
use engine::fetch::{Ended, Fetched, Fetcher, meters};
use engine::sink::Sink;
use engine::sink::broker::BrokerSink;
use engine::sink::store::StoreSink;
use store::store::Store;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::args::fetch::Fetch;
use crate::commands::auth::tokens;
use crate::exit::Exit;
use crate::watched::{Watched, until};
use crate::{idle, signals};

/// The name of the connection in the broker's lists.
const LABEL: &str = "conciliar fetch";

pub async fn run(app: &App, args: &Fetch) -> anyhow::Result<Exit> {
    // Wrong options are told before anything is opened.
    let addresses = if args.open { None } else { Some(app.broker("fetch without --open")?) };
    let (stop, hurry) = (CancellationToken::new(), CancellationToken::new());
    signals::listen(stop.clone(), hurry.clone())?;
    let watched = Watched::listen(app, args.listen.as_deref(), meters::describe).await?;
    let Some(store) = app.open_unless(&stop).await? else { return Ok(Exit::Done) };
    let fetching = async {
        match addresses {
            None => from_inbox(app, store, stop).await,
            Some(addresses) => from_queue(app, store, &addresses, watched, args.until_idle, stop).await,
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
    let fetcher = |vault: Arc<dyn TokenVault>| -> anyhow::Result<Fetcher> {
        let client = Client::new(app.config.client.options(), vault)?;
        Ok(Fetcher::new(client, sink, app.config.clone(), app.clock))
    };
    // A token of the environment belongs to no link.
    if let Some(token) = tokens::given() {
        return fetcher(Arc::new(token));
    }
    let vault = Arc::new(tokens::vault(app, store)?);
    Ok(fetcher(Arc::clone(&vault) as _)?.telling(vault))
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
    watched: Option<Watched>,
    until_idle: bool,
    stop: CancellationToken,
) -> anyhow::Result<Ended> {
    let sink = Arc::new(BrokerSink::start(&app.config, addresses.clone(), LABEL));
    let fetcher = fetcher(app, Arc::clone(&store), Arc::clone(&sink) as _)?;
    let (live, ready, stopping) = (fetcher.health(), fetcher.health(), stop.clone());
    let serving = watched.map(|watched| {
        let ready = until(stopping, "the fetcher is stopping", Arc::new(move || ready.ready()));
        watched.serve(Arc::new(move || live.live()), ready)
    });
    let idle = async {
        if until_idle {
            let (topology, health) = (app.config.broker.topology(), fetcher.health());
            idle::wait(addresses, &topology, async |broker| {
                let is_empty = broker.notifications_standing().await?.ready == 0;
                // One that is not ready has not begun to take what waits.
                Ok(is_empty && health.held() == 0 && health.ready().is_ok())
            })
            .await?;
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
    if let Some(serving) = serving {
        serving.end().await?;
    }
    sink.close().await;
    ended
}

fn sentence(fetched: &Fetched) -> String {
    let Fetched { notifications, questions, coalesced, not_found, put_off } = fetched;
    format!(
        "{notifications} notifications: asked {questions} times, {coalesced} shared an answer, {not_found} not found, \
         {put_off} left open"
    )
}
