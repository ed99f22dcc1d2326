//! `conciliar ingest --publish`: files onto the queues of the broker, for workers to take.

use anyhow::Context;
use broker::address::Addresses;
use engine::publish::{Published, Publisher};

use super::{Batches, Input};
use crate::app::App;
use crate::exit::Exit;
use crate::progress;

pub async fn run(app: &App, inputs: Vec<Input>) -> anyhow::Result<Exit> {
    let addresses = app.broker("ingest --publish")?;
    let mut publisher = Publisher::new(&app.config, addresses.clone());
    let mut batches = Batches::read(app, inputs);
    let bar = progress::counter(app.quiet, "deliveries published");
    let mut published = Published::default();
    while let Some(batch) = batches.next().await {
        let sent = publisher.publish(batch, &mut published).await;
        sent.with_context(|| interrupted(&addresses, published))?;
        bar.set_position(published.deliveries);
    }
    bar.finish_and_clear();
    publisher.close().await;
    batches.end().await?;
    app.remark(&sentence(&addresses, published));
    Ok(Exit::Done)
}

fn sentence(addresses: &Addresses, published: Published) -> String {
    let Published { deliveries, sent_again } = published;
    let again = if sent_again == 0 { String::new() } else { format!(", {sent_again} of them sent again") };
    format!("{deliveries} deliveries are on the queues of `{addresses}`{again}; `conciliar work` takes them")
}

/// Publishing twice does no harm, so the next step is to do it again.
fn interrupted(addresses: &Addresses, published: Published) -> String {
    let confirmed = published.deliveries;
    format!(
        "publishing to `{addresses}` ended after {confirmed} deliveries; \
         see `conciliar doctor --broker {addresses}` and publish the same files again"
    )
}
