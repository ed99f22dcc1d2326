//! When a batch job is over: there has been nothing to do for a while.
//!
//! What a process of ours holds by then is no matter of the queues: it finishes and acknowledges that when it is stopped.

use std::time::Duration;

use broker::address::Addresses;
use broker::connection::Broker;
use broker::error::BrokerError;
use broker::topology::Topology;
use tokio::time::sleep;

/// The name of the connection in the broker's lists.
const LABEL: &str = "conciliar idle";
/// Looks in a row that must find nothing: the broker's counts can be some seconds old.
const LOOKS: u32 = 6;
/// Between two looks.
const PAUSE: Duration = Duration::from_secs(1);

/// Waits until a look at the queues has found nothing for a while.
///
/// # Errors
/// When the broker refuses for good.
pub async fn wait(
    addresses: &Addresses,
    topology: &Topology,
    is_idle: impl AsyncFn(&Broker) -> Result<bool, BrokerError>,
) -> Result<(), BrokerError> {
    loop {
        match watch(addresses, topology, &is_idle).await {
            Err(error) if error.is_transient() => {
                tracing::debug!(error = %error, "the queues cannot be looked at; again");
                sleep(PAUSE).await;
            }
            ended => return ended,
        }
    }
}

async fn watch(
    addresses: &Addresses,
    topology: &Topology,
    is_idle: impl AsyncFn(&Broker) -> Result<bool, BrokerError>,
) -> Result<(), BrokerError> {
    let broker = Broker::connect_patiently(addresses, topology.clone(), LABEL, None).await?;
    broker.declare().await?;
    let mut empty = 0;
    while empty < LOOKS {
        sleep(PAUSE).await;
        empty = if is_idle(&broker).await? { empty + 1 } else { 0 };
    }
    // Whether it was still there to be closed changes nothing about what was seen.
    let _closed = broker.close().await;
    Ok(())
}
