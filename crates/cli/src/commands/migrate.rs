//! `conciliar migrate`: the store exists and its schema is this program's; the broker, when one is named, has its queues.

use anyhow::Context;
use broker::address::Address;
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
    if let Some(address) = broker {
        declare(app, &address).await?;
    }
    Ok(Exit::Done)
}

async fn declare(app: &App, address: &Address) -> anyhow::Result<()> {
    let told = || {
        let (shards, prefix) = (app.config.broker.shards, &app.config.broker.prefix);
        let named = if prefix.is_empty() { String::new() } else { format!(", all named {prefix}…") };
        format!("{shards} shard queues, notifications and parked{named}")
    };
    let failed = || {
        format!(
            "`{address}` does not take the queues; `conciliar doctor --broker {address}` says what mends it"
        )
    };
    let broker = Broker::connect(address, app.config.broker.topology(), LABEL).await.with_context(failed)?;
    let declared = broker.declare().await;
    // The answer to the declaration is what counts; the connection ends with the process.
    let _closed = broker.close().await;
    declared.with_context(failed)?;
    app.remark(&format!("the broker `{address}` has its queues: {}", told()));
    Ok(())
}
