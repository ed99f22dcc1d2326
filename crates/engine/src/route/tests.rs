//! One root, one shard.

use std::collections::BTreeSet;

use domain::ids::{PaymentId, SellerId};
use domain::stream::StreamId;
use mercadopago::observe::DeliveryKind::{Notification, Resource};

use super::*;
use crate::config::Config;
use crate::look::look;
use crate::samples::{SELLER, config, item, payment};

/// Prime, so that no two streams share a shard by an accident of small numbers.
const SHARDS: u16 = 997;

fn shard(item: &Item) -> u16 {
    shard_of(item, &look(item, &config().sellers), SHARDS)
}

fn of_payment(id: &str) -> u16 {
    StreamId::payment(&SellerId::from(SELLER), &PaymentId::from(id)).shard(SHARDS)
}

#[test]
fn a_notification_goes_the_way_of_the_payment_that_it_names() {
    let told = item(Notification, "payment", r#"{"type":"payment","user_id":7,"data":{"id":"100"}}"#);
    assert_eq!(shard(&told), of_payment("100"));
    assert_eq!(shard(&payment(100, "1.00")), of_payment("100"));
}

#[test]
fn every_notification_goes_the_way_of_its_resource() {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures");
    let read = |name: &str| std::fs::read_to_string(format!("{fixtures}/{name}")).expect("a fixture");
    let pairs = [
        ("subscription_preapproval", "preapproval", "2c938084726fca480172750000000000"),
        ("subscription_preapproval_plan", "preapproval_plan", "2c938084726fca480172750000000001"),
        ("topic_chargebacks_wh", "chargeback", "cb-2208"),
    ];
    for (topic, resource, id) in pairs {
        let notification =
            item(Notification, topic, &format!(r#"{{"type":"{topic}","user_id":7,"data":{{"id":"{id}"}}}}"#));
        let kind = stream::StreamKind::from_name(match resource {
            "preapproval_plan" => "plan",
            other => other,
        });
        let stream = StreamId::from_stored(kind.expect("a kind"), &format!("{SELLER}/{id}"));
        assert_eq!(shard(&notification), stream.expect("a stream").shard(SHARDS), "{topic}");
    }
    let case = item(Resource, "chargeback", &read("chargeback/client_library_shape.json"));
    let told = item(Notification, "topic_chargebacks_wh", r#"{"user_id":7,"data":{"id":"cb-2208"}}"#);
    assert_eq!(shard(&case), shard(&told), "a case has a root of its own");
}

#[test]
fn an_order_goes_the_way_of_its_generation() {
    let told = item(Notification, "order", r#"{"type":"order","user_id":"7","data":{"id":"ORD01"}}"#);
    let stream = StreamId::from_stored(stream::StreamKind::Intent, "7/d:ORD01").expect("a stream");
    assert_eq!(shard(&told), stream.shard(SHARDS));
}

#[test]
fn a_refused_seller_keeps_the_place_of_its_payment() {
    let file = "[sellers]\n\"1\" = { site = \"MLA\" }\n";
    let others = Config::read(Some(("my.toml", file)), []).expect("it fits");
    let item = payment(100, "1.00");
    assert_eq!(shard_of(&item, &look(&item, &others.sellers), SHARDS), of_payment("100"));
}

#[test]
fn what_touches_no_history_is_spread_by_its_key() {
    let shards: BTreeSet<u16> = (0..200)
        .map(|number| item(Resource, "nonsense", &number.to_string()))
        .map(|item| shard_of(&item, &look(&item, &config().sellers), 8))
        .collect();
    assert_eq!(shards, (0..8).collect());
}

#[test]
fn the_fetcher_sees_what_points_at_something_and_links_and_nothing_else() {
    let check = |item: Item, expected: bool| {
        let looked = look(&item, &config().sellers);
        assert_eq!(is_for_fetcher(&item, &looked), expected, "{} {looked:?}", item.topic);
    };
    check(item(Notification, "payment", r#"{"type":"payment","user_id":7,"data":{"id":"100"}}"#), true);
    let link = r#"{"type":"mp-connect","action":"application.deauthorized","user_id":7}"#;
    check(item(Notification, "mp-connect", link), true);
    check(item(Notification, "delivery", "{}"), false);
    check(item(Notification, "payment", "{"), false);
    check(payment(100, "1.00"), false);
    let settlement = Item { kind: Kind::File, ..payment(100, "1.00") };
    check(settlement, false);
}
