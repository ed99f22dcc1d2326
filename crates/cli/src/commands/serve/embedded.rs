//! `conciliar serve --embedded`: receiver, fetcher and worker in one process on one store.

use std::sync::Arc;

use anyhow::Context;
use engine::sink::store::StoreSink;
use server::receiver::Doors;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::commands::{fetch, ingest};

pub async fn run(
    app: &App,
    doors: Doors,
    listener: TcpListener,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let Some(store) = app.open_unless(&stop).await? else { return Ok(()) };
    let (sink, waiting) = StoreSink::start(Arc::clone(&store), app.config.clone(), app.clock);
    let sink = Arc::new(sink);
    let fetcher = fetch::fetcher(app, Arc::clone(&store), Arc::clone(&sink) as _)?;
    let fetched = CancellationToken::new();
    // What is received last is still fetched for: the fetcher stops when nothing more can come.
    let serving = async {
        let _guard = fetched.clone().drop_guard();
        super::serve(app, doors, listener, Arc::clone(&sink) as _, Arc::new(|| Ok(())), stop.clone()).await
    };
    let fetching = async {
        let ended = fetcher.embedded(store, waiting, fetched.clone()).await;
        // A receiver whose notifications nobody fetches for is of no use.
        stop.cancel();
        ended.context("fetching has stopped")
    };
    let (served, fetched) = tokio::join!(serving, fetching);
    let tally = sink.close().await;
    app.remark(&ingest::sentence(&tally));
    served?;
    fetched?;
    Ok(())
}
