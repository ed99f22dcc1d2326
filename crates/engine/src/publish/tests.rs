//! What cannot be published is told before or after the broker was asked; [`crate::work`] tests what can.

use broker::address::Address;
use store::inbox::Body;

use super::*;
use crate::ingest::Ingester;
use crate::look::chain;
use crate::samples::{config, payment};

/// A publisher to a port where nobody listens.
fn publisher() -> Publisher {
    let mut config = config();
    config.broker.patience_seconds = 0;
    Publisher::new(&config, Address::parse("amqp://guest:guest@127.0.0.1:1").expect("an address"))
}

#[tokio::test]
async fn a_body_that_is_too_large_is_named_before_anything_is_sent() {
    let mut item = payment(1, "1.00");
    item.body = Body::whole(vec![0; MOST_BODY_BYTES + 1]);
    let looked = Ingester::look(&config(), vec![payment(2, "1.00"), item]);
    let mut published = Published::default();
    let error = publisher().publish(looked, &mut published).await.expect_err("it is too large");
    let expected =
        "test:1 has 67108865 bytes, more than the 67108864 that are published; ingest the file directly";
    assert_eq!(error.to_string(), expected);
    assert_eq!(published, Published::default());
}

#[tokio::test]
async fn a_broker_that_stays_away_leaves_the_deliveries_unconfirmed() {
    let looked = Ingester::look(&config(), vec![payment(1, "1.00"), payment(2, "1.00")]);
    let mut published = Published::default();
    let error = publisher().publish(looked, &mut published).await.expect_err("nobody is there");
    assert!(
        chain(&error).starts_with("2 deliveries are not confirmed by the broker: could not connect"),
        "{error}"
    );
    assert_eq!(published, Published::default());
}
