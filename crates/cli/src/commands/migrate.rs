//! `conciliar migrate`: the store exists and its schema is this program's; the broker, when one is named, has its queues.

use anyhow::Context;
use broker::address::Addresses;
use broker::connection::Broker;

use crate::app::App;
use crate::exit::Exit;

/// The name of the connection in the broker's lists.
const LABEL: &str = "conciliar migrate";

pub async fn run(app: &App) -> anyhow::Result<Exit> {
    // A wrong address is told before the store is touched.
    let broker = app.broker_if_any()?;
    app.open().await?;
    app.remark(&format!("the store `{}` is up to date", app.db()?));
    if let Some(addresses) = broker {
        declare(app, &addresses).await?;
    }
    Ok(Exit::Done)
}

async fn declare(app: &App, addresses: &Addresses) -> anyhow::Result<()> {
    let told = || {
        let (shards, prefix) = (app.config.broker.shards, &app.config.broker.prefix);
        let named = if prefix.is_empty() { String::new() } else { format!(", all named {prefix}…") };
        format!("{shards} shard queues, notifications and parked{named}")
    };
    let failed = || {
        format!(
            "`{addresses}` does not take the queues; `conciliar doctor --broker {addresses}` says what mends it"
        )
    };
    let topology = app.config.broker.topology();
    let broker = Broker::connect_to_any(addresses, &topology, LABEL).await.with_context(failed)?;
    let declared = broker.declare().await;
    // The answer to the declaration is what counts; the connection ends with the process.
    let _closed = broker.close().await;
    declared.with_context(failed)?;
    app.remark(&format!("the broker `{addresses}` has its queues: {}", told()));
    Ok(())
}
