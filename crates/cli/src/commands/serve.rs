//! `conciliar serve`: webhooks onto the queues of the broker, or with `--embedded` straight into the store.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, bail};
use engine::sink::Sink;
use engine::sink::broker::BrokerSink;
use server::metrics::Metrics;
use server::ops::{Check, Health};
use server::receiver::{self, Doors, Receiver};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::args::serve::Serve;
use crate::exit::{Exit, Usage};
use crate::{signals, watched};

mod embedded;

/// The name of the connection in the broker's lists.
const LABEL: &str = "conciliar receiver";

pub async fn run(app: &App, args: &Serve) -> anyhow::Result<Exit> {
    // Wrong options are told before anything is opened.
    let addresses = if args.embedded { None } else { Some(app.broker("serve without --embedded")?) };
    let doors = Doors::read(&app.config)?;
    if doors.is_empty() {
        return Err(Usage(
            "serve needs to know whose webhooks it takes; name sellers and the places of their secrets under \
             [sellers] (see config/default.toml)"
                .to_owned(),
        )
        .into());
    }
    let (stop, hurry) = (CancellationToken::new(), CancellationToken::new());
    signals::listen(stop.clone(), hurry.clone())?;
    let listener = listen(app, &args.listen).await?;
    let served = async {
        match addresses {
            None => embedded::run(app, doors, listener, stop).await,
            Some(addresses) => {
                let sink = Arc::new(BrokerSink::start(&app.config, addresses, LABEL));
                let asked = Arc::clone(&sink);
                let ready = move || {
                    if asked.is_connected() { Ok(()) } else { Err("the broker is not connected") }
                };
                let served = serve(app, doors, listener, Arc::clone(&sink) as _, Arc::new(ready), stop).await;
                sink.close().await;
                served
            }
        }
    };
    tokio::select! {
        served = served => served?,
        () = hurry.cancelled() => bail!("stopped at once; what was not answered with 200 is sent again"),
    }
    Ok(Exit::Done)
}

/// Takes the port, so that what cannot be reached does not begin.
async fn listen(app: &App, at: &str) -> anyhow::Result<TcpListener> {
    let listener = watched::bind(at).await?;
    let address = listener.local_addr()?;
    app.tell(&format!("listening on http://{address}"));
    if let Some(remark) = remark(address) {
        app.remark(remark);
    }
    Ok(listener)
}

/// What an operator must know who opens the port to others.
fn remark(address: SocketAddr) -> Option<&'static str> {
    let is_here = address.ip().is_loopback();
    (!is_here).then_some("this address is reached without TLS; let only a proxy that ends TLS reach it")
}

/// Serves until the stop and answers what is under way.
async fn serve(
    app: &App,
    doors: Doors,
    listener: TcpListener,
    sink: Arc<dyn Sink>,
    ready: Check,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    for seller in doors.without_secret() {
        app.remark(&format!(
            "no webhook of seller {seller} can be proven: sellers.{seller}.hooks.secrets is empty"
        ));
    }
    let receiver = Arc::new(Receiver::new(app.config.serve, doors, app.clock, sink));
    let metrics = Metrics::install()?;
    receiver::describe();
    let ready = watched::until(stop.clone(), "the receiver is stopping", ready);
    let health = Health { live: Arc::new(|| Ok(())), ready, metrics };
    receiver::serve(listener, receiver, health, stop).await.context("webhooks cannot be received")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_others_reach_is_remarked_on() {
        let remarked = |address: &str| remark(address.parse().expect("an address")).is_some();
        assert!(remarked("0.0.0.0:8080"));
        assert!(remarked("[::]:8080"));
        assert!(!remarked("127.0.0.1:8080"));
        assert!(!remarked("[::1]:8080"));
    }
}
