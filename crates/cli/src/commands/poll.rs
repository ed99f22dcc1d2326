//! `conciliar poll`: asks the provider for what nobody told us.

use std::sync::Arc;

use client::client::Client;
use domain::ids::SellerId;
use engine::poll::error::PollError;
use engine::poll::{Crawl, Polled, Poller, meters};
use engine::sink::Sink;
use engine::sink::broker::BrokerSink;
use engine::sink::store::StoreSink;
use store::store::Store;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::args::poll::Poll;
use crate::commands::auth::tokens::tokens;
use crate::exit::{Exit, Usage};
use crate::signals;
use crate::watched::{Watched, until};

/// The name of the connection in the broker's lists.
const LABEL: &str = "conciliar poll";

pub async fn run(app: &App, args: &Poll) -> anyhow::Result<Exit> {
    // Wrong options are told before anything is opened.
    let sellers = sellers(app, args)?;
    let crawls = crawls(args);
    let broker = app.broker_if_any()?;
    let (stop, hurry) = (CancellationToken::new(), CancellationToken::new());
    signals::listen(stop.clone(), hurry.clone())?;
    let watched = Watched::listen(app, args.listen.as_deref(), meters::describe).await?;
    let Some(store) = app.open_unless(&stop).await? else { return Ok(Exit::Done) };
    let client = Client::new(app.config.client.options(), tokens(app, Arc::clone(&store))?)?;
    let road = Road::open(app, broker, &store);
    let poller = Arc::new(Poller::new(client, road.sink(), store, app.config.clone(), app.clock));
    let serving = watched.map(|watched| {
        let ready = until(stop.clone(), "the poller is stopping", Arc::new(|| Ok(())));
        watched.serve(Arc::new(|| Ok(())), ready)
    });
    let polling = async {
        if args.once {
            once(app, &poller, &sellers, &crawls).await
        } else {
            Ok(Arc::clone(&poller).run(&sellers, &crawls, stop.clone()).await?)
        }
    };
    let ended = tokio::select! {
        ended = polling => ended,
        () = stop.cancelled(), if args.once => {
            app.remark("stopped; the next run goes on from the checkpoints");
            Ok(())
        }
        () = hurry.cancelled() => Err(anyhow::anyhow!("stopped at once; the next run goes on from the checkpoints")),
    };
    if let Some(serving) = serving {
        serving.end().await?;
    }
    drop(poller);
    road.close().await;
    ended.map(|()| Exit::Done)
}

/// One round of every crawl. A crawl that fails does not keep the others from being made.
async fn once(app: &App, poller: &Poller, sellers: &[SellerId], crawls: &[Crawl]) -> anyhow::Result<()> {
    let mut first: Option<PollError> = None;
    for seller in sellers {
        for crawl in crawls {
            match poller.round(seller, *crawl).await {
                Ok(Polled { read, accepted }) => {
                    let crawl = crawl.name();
                    app.remark(&format!("seller {seller}: {crawl}: {read} read, {accepted} handed on"));
                }
                Err(error) if error.is_fatal() => return Err(error.into()),
                Err(error) => {
                    let (crawl, problem) = (crawl.name(), engine::look::chain(&error));
                    app.remark(&format!("seller {seller}: {crawl}: {problem}"));
                    first.get_or_insert(error);
                }
            }
        }
    }
    match first {
        Some(error) => Err(anyhow::Error::new(error).context("not everything could be polled")),
        None => Ok(()),
    }
}

fn sellers(app: &App, args: &Poll) -> Result<Vec<SellerId>, Usage> {
    let named: Vec<SellerId> = if args.sellers.is_empty() {
        app.config.sellers.names().map(SellerId::from).collect()
    } else {
        args.sellers.iter().map(|name| SellerId::from(name.as_str())).collect()
    };
    if named.is_empty() {
        return Err(Usage(
            "poll needs to know whom to ask for; write --seller ID or add it under [sellers]".into(),
        ));
    }
    match named.iter().find(|seller| !app.config.sellers.accept(seller.as_str())) {
        Some(stranger) => Err(Usage(format!("seller {stranger} is not configured; add it under [sellers]"))),
        None => Ok(named),
    }
}

fn crawls(args: &Poll) -> Vec<Crawl> {
    let named: Vec<Crawl> = args.only.iter().map(|name| name.crawl()).collect();
    let is_wanted = |crawl: &Crawl| named.is_empty() || named.contains(crawl);
    Crawl::ALL.into_iter().filter(is_wanted).collect()
}

/// Where deliveries go: to the broker when one is named, else into the store.
enum Road {
    Broker(Arc<BrokerSink>),
    Store(Arc<StoreSink>),
}

impl Road {
    fn open(app: &App, broker: Option<broker::address::Addresses>, store: &Arc<dyn Store>) -> Self {
        match broker {
            Some(addresses) => Self::Broker(Arc::new(BrokerSink::start(&app.config, addresses, LABEL))),
            None => {
                // Polling brings nothing that needs a fetch.
                let (sink, _waiting) = StoreSink::start(Arc::clone(store), app.config.clone(), app.clock);
                Self::Store(Arc::new(sink))
            }
        }
    }

    fn sink(&self) -> Arc<dyn Sink> {
        match self {
            Self::Broker(sink) => Arc::clone(sink) as Arc<dyn Sink>,
            Self::Store(sink) => Arc::clone(sink) as Arc<dyn Sink>,
        }
    }

    async fn close(self) {
        match self {
            Self::Broker(sink) => sink.close().await,
            Self::Store(sink) => drop(sink.close().await),
        }
    }
}
