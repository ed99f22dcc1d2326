//! Every row of the topic table, both halves, with a body each.

use domain::ids::SellerId;
use domain::stream::StreamKind;

use super::{NOT_FOLLOWED, Notice, Resource};
use crate::observe::{Channel, Delivery, DeliveryKind, Seen, observe, recognise};
use crate::unreadable::Unreadable;

macro_rules! fixture {
    ($path:literal) => {
        include_bytes!(concat!("../../../../tests/fixtures/", $path, ".json")).as_slice()
    };
}

/// A signed webhook, received by `own`, whose bodies may name another seller.
fn delivery<'a>(kind: DeliveryKind, topic: &'a str, body: &'a [u8]) -> Delivery<'a> {
    Delivery {
        kind,
        topic,
        channel: Channel::Webhook,
        seller: Some("own"),
        site: Some("MLB"),
        received_at: "2026-01-02T03:04:05Z".parse().expect("a time"),
        verified: true,
        body,
    }
}

fn notification(topic: &str, body: &[u8]) -> Result<Seen, Unreadable> {
    observe(&delivery(DeliveryKind::Notification, topic, body))
}

/// Topic, body, what to fetch, its id, and whose.
const FETCHES: [(&str, &[u8], &str, &str, &str); 21] = [
    ("payment", fixture!("notification/payment"), "payment", "57837458321", "1384573578"),
    ("payment", fixture!("notification/payment_ipn_id"), "payment", "57837458321", "own"),
    ("payment", fixture!("notification/payment_ipn_address"), "payment", "57837458321", "own"),
    (
        "topic_merchant_order_wh",
        fixture!("notification/merchant_order"),
        "merchant_order",
        "29622218613",
        "1384573578",
    ),
    ("merchant_order", fixture!("notification/merchant_order_ipn"), "merchant_order", "29622218613", "own"),
    ("claim", fixture!("notification/claim"), "claim", "5024988123", "1384573578"),
    ("claims", fixture!("notification/claim"), "claim", "5024988123", "1384573578"),
    ("topic_claims_integration_wh", fixture!("notification/claim"), "claim", "5024988123", "1384573578"),
    ("order", fixture!("notification/order_short"), "order", "ORD01JQ4S4KY8HWQ6NA5PXB65B3D3", "1384573578"),
    ("orders", fixture!("notification/order_short"), "order", "ORD01JQ4S4KY8HWQ6NA5PXB65B3D3", "1384573578"),
    (
        "point_integration_ipn",
        fixture!("notification/point_integration_ipn"),
        "payment_intent",
        "7d8c70b6-2ac8-4c57-a441-c319088ca3ca",
        "own",
    ),
    (
        "subscription_preapproval",
        fixture!("notification/subscription_preapproval"),
        "preapproval",
        "2c938084726fca480172750000000000",
        "own",
    ),
    (
        "preapproval",
        fixture!("notification/subscription_preapproval"),
        "preapproval",
        "2c938084726fca480172750000000000",
        "own",
    ),
    (
        "subscription",
        fixture!("notification/subscription_preapproval"),
        "preapproval",
        "2c938084726fca480172750000000000",
        "own",
    ),
    (
        "subscription_preapproval_plan",
        fixture!("notification/subscription_preapproval_plan"),
        "preapproval_plan",
        "2c938084726fca8a01726fd4f1b80195",
        "own",
    ),
    (
        "plan",
        fixture!("notification/subscription_preapproval_plan"),
        "preapproval_plan",
        "2c938084726fca8a01726fd4f1b80195",
        "own",
    ),
    (
        "subscription_authorized_payment",
        fixture!("notification/subscription_authorized_payment"),
        "authorized_payment",
        "7012345678",
        "own",
    ),
    (
        "invoice",
        fixture!("notification/subscription_authorized_payment"),
        "authorized_payment",
        "7012345678",
        "own",
    ),
    (
        "topic_chargebacks_wh",
        fixture!("notification/chargebacks"),
        "chargeback",
        "217000061307271001",
        "1384573578",
    ),
    ("chargebacks", fixture!("notification/chargebacks_ipn"), "chargeback", "217000061307271001", "own"),
    ("report", fixture!("notification/report"), "release_report", "release-2024-07-08.csv", "own"),
];

#[test]
fn a_thin_notification_names_what_to_fetch() {
    for (word, body, topic, id, seller) in FETCHES {
        let expected = Seen::NeedsFetch { seller: Some(SellerId::from(seller)), topic, id: id.into() };
        assert_eq!(notification(word, body), Ok(expected), "{word}");
    }
}

/// Topic, body and the resource to fetch when the body may not be believed.
const RICH: [(&str, &[u8], &str, &str); 4] = [
    ("order", fixture!("notification/order_rich"), "order", "ORD01JQ4S4KY8HWQ6NA5PXB65B3D3"),
    ("orders", fixture!("notification/order_rich"), "order", "ORD01JQ4S4KY8HWQ6NA5PXB65B3D3"),
    (
        "point_integration_wh",
        fixture!("notification/point_integration"),
        "payment_intent",
        "7d8c70b6-2ac8-4c57-a441-c319088ca3ca",
    ),
    (
        "topic_instore_integration_wh",
        fixture!("notification/instore_integration"),
        "instore_intent",
        "1234567-12345-12345678-1234567890",
    ),
];

#[test]
fn a_rich_notification_tells_only_when_signed_or_imported() {
    for (topic, body, resource, id) in RICH {
        let signed = delivery(DeliveryKind::Notification, topic, body);
        let imported = Delivery { channel: Channel::Import, verified: false, ..signed };
        for trusted in [signed, imported] {
            let Ok(Seen::Told(told)) = observe(&trusted) else { panic!("{topic} tells when trusted") };
            let kinds: Vec<_> = told.observed.iter().map(|observed| observed.stream.kind()).collect();
            assert_eq!(kinds, [StreamKind::Intent], "{topic}");
            let (_generation, told_id) = told.observed[0].stream.id().split_once(':').expect("a prefix");
            assert_eq!(told_id, id, "{topic}");
        }
        for channel in [Channel::Webhook, Channel::Ipn, Channel::Poll, Channel::Response] {
            let unsigned = Delivery { channel, verified: false, ..signed };
            let Ok(Seen::NeedsFetch { topic: fetched, id: named, .. }) = observe(&unsigned) else {
                panic!("{topic} must be fetched when unsigned")
            };
            assert_eq!((fetched, named.as_str()), (resource, id), "{topic}");
        }
    }
}

#[test]
fn a_link_goes_to_the_vault() {
    let seller = SellerId::from("1384573578");
    assert_eq!(
        notification("mp-connect", fixture!("notification/mp_connect_authorized")),
        Ok(Seen::Linked { seller: seller.clone(), authorized: true })
    );
    assert_eq!(
        notification("mp-connect", fixture!("notification/mp_connect_deauthorized")),
        Ok(Seen::Linked { seller, authorized: false })
    );
}

#[test]
fn every_other_topic_is_not_followed_whatever_its_body() {
    let bodies = [
        fixture!("notification/stop_delivery"),
        fixture!("notification/wallet_connect"),
        fixture!("notification/card_updated"),
        fixture!("notification/delivery"),
        b"not json",
    ];
    for topic in NOT_FOLLOWED.into_iter().chain(["topic_of_tomorrow", "Payment"]) {
        for body in bodies {
            assert_eq!(notification(topic, body), Ok(Seen::NotFollowed { topic: topic.into() }));
        }
    }
}

#[test]
fn every_followed_word_has_a_row_here() {
    let rows: Vec<&str> = FETCHES
        .iter()
        .map(|row| row.0)
        .chain(RICH.iter().map(|row| row.0))
        .chain(["mp-connect", "preapproval_plan", "authorized_payment"])
        .collect();
    for word in Notice::ALL.into_iter().flat_map(Notice::words) {
        assert!(rows.contains(word), "{word}");
        assert!(!NOT_FOLLOWED.contains(word), "{word}");
    }
    for name in ["preapproval_plan", "authorized_payment"] {
        assert_eq!(Notice::of(name).map(Notice::fetches), Some(name));
    }
}

/// Name, body and the streams it tells about.
const RESOURCES: [(&str, &[u8], &[StreamKind]); 13] = [
    ("payment", fixture!("payment/simple_fee"), &[StreamKind::Payment]),
    ("payment", fixture!("payment/partial_refund_with_charges"), &[StreamKind::Payment, StreamKind::Refund]),
    ("refund", fixture!("refund/approved"), &[StreamKind::Payment, StreamKind::Refund]),
    ("chargeback", fixture!("chargeback/documentation_requested"), &[StreamKind::Chargeback]),
    ("order", fixture!("topics/order"), &[StreamKind::Intent]),
    ("payment_intent", fixture!("topics/payment_intent"), &[StreamKind::Intent]),
    ("instore_intent", fixture!("topics/instore_intent"), &[StreamKind::Intent]),
    ("point_order", fixture!("topics/point_order"), &[StreamKind::Intent]),
    ("preapproval", fixture!("preapproval/authorized_with_plan"), &[StreamKind::Preapproval]),
    ("preapproval_plan", fixture!("preapproval_plan/cancelled_in_search"), &[StreamKind::Plan]),
    ("authorized_payment", fixture!("authorized_payment/processed_approved"), &[StreamKind::Preapproval]),
    ("device", fixture!("device/first_generation"), &[]),
    ("device", fixture!("device/second_generation"), &[]),
];

#[test]
fn a_resource_tells_about_its_own_streams() {
    for (name, body, expected) in RESOURCES {
        let seen = observe(&delivery(DeliveryKind::Resource, name, body));
        let Ok(Seen::Told(told)) = seen else { panic!("{name} tells: {seen:?}") };
        let mut kinds: Vec<_> = told.observed.iter().map(|observed| observed.stream.kind()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        assert_eq!(kinds, expected, "{name}");
    }
}

#[test]
fn every_resource_has_a_row_here_and_is_recognised_by_shape() {
    for resource in Resource::ALL {
        assert!(RESOURCES.iter().any(|row| row.0 == resource.name()), "{resource:?}");
        assert_eq!(Resource::of(resource.name()), Some(resource));
    }
    for (name, body, _) in RESOURCES {
        assert_eq!(recognise(body), Some((DeliveryKind::Resource, name)));
    }
}

#[test]
fn a_resource_of_any_other_name_cannot_be_read() {
    for topic in ["merchant_order", "topic_chargebacks_wh", "Payment", ""] {
        let seen = observe(&delivery(DeliveryKind::Resource, topic, fixture!("payment/simple_fee")));
        assert_eq!(seen, Err(Unreadable::UnknownTopic { topic: topic.into() }));
    }
}
