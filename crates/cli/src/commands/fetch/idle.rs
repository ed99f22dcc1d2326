//! When a batch job is over: the queue of notifications has been empty, and nothing held, for a while.

use std::time::Duration;

use broker::address::Addresses;
use broker::connection::Broker;
use broker::error::BrokerError;
use broker::topology::Topology;
use engine::fetch::Health;
use tokio::time::sleep;

/// The name of the connection in the broker's lists.
const LABEL: &str = "conciliar idle";
/// Looks in a row that must find nothing: the broker's counts can be some seconds old.
const LOOKS: u32 = 6;
/// Between two looks.
const PAUSE: Duration = Duration::from_secs(1);

/// Waits until no notification has waited in the queue or been held for a while.
///
/// # Errors
/// When the broker refuses for good.
pub async fn wait(addresses: &Addresses, topology: &Topology, health: &Health) -> Result<(), BrokerError> {
    loop {
        match watch(addresses, topology, health).await {
            Err(error) if error.is_transient() => {
                tracing::debug!(error = %error, "the queue cannot be looked at; again");
                sleep(PAUSE).await;
            }
            ended => return ended,
        }
    }
}

async fn watch(addresses: &Addresses, topology: &Topology, health: &Health) -> Result<(), BrokerError> {
    let broker = Broker::connect_patiently(addresses, topology.clone(), LABEL, None).await?;
    broker.declare().await?;
    let mut empty = 0;
    while empty < LOOKS {
        sleep(PAUSE).await;
        let is_empty = broker.notifications_standing().await?.ready == 0;
        // One that is not ready has not begun to take what waits.
        let is_idle = is_empty && health.held() == 0 && health.ready().is_ok();
        empty = if is_idle { empty + 1 } else { 0 };
    }
    // Whether it was still there to be closed changes nothing about what was seen.
    let _closed = broker.close().await;
    Ok(())
}
