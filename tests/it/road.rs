//! The road of one delivery: observe, decide, post, commit, with every status the provider knows.

use std::collections::BTreeMap;

use domain::payment::Standing;
use domain::payment::state::{Known, State};
use domain::rejection::RejectionClass;
use engine::item::Item;
use engine::machines::AnyState;
use ledger::account::Account;
use serde::Deserialize;
use store::inbox::{Body, InboxKey, Verdict};
use store::read::{Delivery, InboxFilter};

use crate::shop::{SELLER, Shop, resource};

mod race;

/// The nine statuses of a payment; the list is closed.
const STATUSES: [&str; 9] = [
    "pending",
    "in_process",
    "authorized",
    "approved",
    "in_mediation",
    "rejected",
    "cancelled",
    "refunded",
    "charged_back",
];
const NEVER_SEEN: &str = "a_detail_of_tomorrow";

#[derive(Deserialize)]
struct Table {
    pairs: Vec<Pair>,
}

/// A row of the table of words, as far as it is needed here.
#[derive(Deserialize)]
struct Pair {
    status: String,
    detail: String,
    class: Option<RejectionClass>,
}

fn pairs() -> Vec<Pair> {
    let table: Table =
        toml::from_str(include_str!("../../config/rejections.toml")).expect("the table is TOML");
    table.pairs
}

/// A payment of 52.00 with a fee of 3.96 and what else the test needs.
pub(crate) fn payment(id: u64, status: &str, detail: &str, fields: &str) -> String {
    format!(
        r#"{{{fields}"id":{id},"collector_id":{SELLER},"currency_id":"ARS","status":"{status}",
        "status_detail":"{detail}","transaction_amount":52.00,"payment_method_id":"visa",
        "payment_type_id":"credit_card","operation_type":"regular_payment","installments":1,
        "transaction_details":{{"net_received_amount":48.04}},
        "charges_details":[{{"id":"{id}-1","name":"mercadopago_fee","type":"fee","accounts":{{"from":"collector","to":"mp"}},"amounts":{{"original":3.96,"refunded":0}}}}],
        "date_created":"2026-10-02T10:00:00Z","date_approved":"2026-10-02T10:00:01Z",
        "date_last_updated":"2026-10-02T10:00:02Z"}}"#
    )
}

pub(crate) fn told(key: &str, body: &str) -> Item {
    resource(key, "payment", body)
}

async fn inbox(shop: &Shop) -> Vec<Delivery> {
    let filter = InboxFilter { limit: 10_000, ..InboxFilter::default() };
    shop.store.inbox_list(&filter).await.expect("the store can be read")
}

async fn known(shop: &Shop) -> Known {
    let states: Vec<AnyState> = shop.states().await.into_values().collect();
    match <[AnyState; 1]>::try_from(states) {
        Ok([AnyState::Payment(State::Known(known))]) => *known,
        other => panic!("the delivery tells of one payment, not {other:?}"),
    }
}

async fn balances(shop: &Shop) -> BTreeMap<Account, i64> {
    shop.balances().await.into_iter().map(|b| (b.account, b.balance_minor)).collect()
}

/// Takes one payment in and checks all that one delivery must leave behind.
async fn arrives(status: &str, detail: &str, known_words: bool) -> Known {
    let place = format!("{status}/{detail}");
    let shop = Shop::new();
    let tally = shop.take(vec![told("k", &payment(100, status, detail, ""))]).await;
    assert_eq!((tally.deliveries, tally.applied), (1, 1), "{place}");
    let [delivery] = <[Delivery; 1]>::try_from(inbox(&shop).await).expect("one delivery is kept");
    assert_eq!(delivery.verdict, Verdict::Applied, "{place}");
    assert_eq!(delivery.unclassified, !known_words, "{place}: flagged for a person");
    let known = known(&shop).await;
    let said = &known.described.said;
    assert_eq!((&*said.status, &*said.detail), (status, detail), "the state says the words back");
    assert_eq!(known.described.known_words, known_words, "{place}");
    let credited = known.described.standing.is_credited();
    assert_eq!(!shop.entries().await.is_empty(), credited, "{place}: entries exactly when credited");
    let balances = balances(&shop).await;
    assert_eq!(balances.values().sum::<i64>(), 0, "{place}: the trial balance");
    let pending = match known.described.standing {
        // A lost chargeback takes the whole sale; its fee stays paid.
        Standing::ChargebackLost => Some(4804 - 5200),
        _ => credited.then_some(4804),
    };
    assert_eq!(balances.get(&Account::Pending).copied(), pending, "{place}");
    known
}

async fn class_of(status: &str, detail: &str) -> Option<(RejectionClass, u32)> {
    let shop = Shop::new();
    shop.take(vec![told("k", &payment(100, status, detail, ""))]).await;
    let events = shop.events().await;
    let rejected = events.iter().find(|event| &*event.name == "payment.rejected")?;
    let fact = engine::ingest::fact_of(rejected).expect("a stored fact can be read");
    let domain::fact::Fact::Payment(domain::payment::Event::Rejected(rejected)) = fact else {
        panic!("the name is that of a rejected payment")
    };
    Some((rejected.rejection.class, rejected.rejection.table))
}

#[tokio::test]
async fn every_known_pair_of_words_is_applied() {
    let pairs = pairs();
    assert!(pairs.len() >= 70, "only {} pairs", pairs.len());
    for pair in &pairs {
        let detail = if pair.detail == "*" { "whatever" } else { &pair.detail };
        arrives(&pair.status, detail, true).await;
    }
}

#[tokio::test]
async fn an_unknown_detail_is_applied_by_its_status_and_flagged() {
    let standings = [
        Standing::AwaitingPayer,
        Standing::InReview,
        Standing::Authorized,
        Standing::Approved,
        Standing::Disputed,
        Standing::Rejected,
        Standing::Cancelled,
        Standing::Refunded,
        Standing::ChargebackOpen,
    ];
    for (status, standing) in STATUSES.into_iter().zip(standings) {
        // The provider documents no detail of a dispute, so none is unknown.
        let known = arrives(status, NEVER_SEEN, status == "in_mediation").await;
        assert_eq!(known.described.standing, standing, "{status}");
    }
}

#[tokio::test]
async fn a_rejection_has_the_class_of_the_table() {
    let rejections: Vec<_> = pairs().into_iter().filter(|pair| pair.status == "rejected").collect();
    assert!(rejections.len() >= 40, "only {} rejections", rejections.len());
    for pair in rejections {
        let class = pair.class.expect("every rejection of the table has a class");
        assert_eq!(class_of("rejected", &pair.detail).await, Some((class, 1)), "{}", pair.detail);
    }
    assert_eq!(class_of("rejected", NEVER_SEEN).await, Some((RejectionClass::Unknown, 1)));
    assert_eq!(class_of("approved", "accredited").await, None);
}

#[tokio::test]
async fn a_status_outside_the_closed_list_is_undecodable() {
    let shop = Shop::new();
    let tally = shop.take(vec![told("k", &payment(100, "paused", "x", ""))]).await;
    assert_eq!((tally.undecodable, tally.events), (1, 0));
}

const REFUNDS: &str = r#""refunds":[
    {"id":1,"amount":20.00,"status":"approved","date_created":"2026-10-03T10:00:00Z"},
    {"id":2,"amount":33.00,"status":"approved","date_created":"2026-10-04T10:00:00Z"}],
    "transaction_amount_refunded":53.00,"#;
const FITTING: &str = r#""refunds":[
    {"id":1,"amount":20.00,"status":"approved","date_created":"2026-10-03T10:00:00Z"},
    {"id":2,"amount":32.00,"status":"approved","date_created":"2026-10-04T10:00:00Z"}],
    "transaction_amount_refunded":52.00,"#;

#[tokio::test]
async fn a_refused_delivery_leaves_nothing_but_its_verdict() {
    let shop = Shop::new();
    let bad = payment(100, "refunded", "refunded", REFUNDS);
    let tally = shop.take(vec![told("k", &bad)]).await;
    assert_eq!((tally.refused, tally.events), (1, 0));
    assert_eq!(shop.events().await, []);
    assert_eq!(shop.balances().await, []);
    let [delivery] = <[Delivery; 1]>::try_from(inbox(&shop).await).expect("one delivery is kept");
    assert_eq!(
        delivery.verdict,
        Verdict::Refused {
            reason: "refunds_above_paid".into(),
            detail: "payment/7/100: refunds of 53.00 are above the 52.00 paid".into(),
        }
    );
    let body = shop.store.inbox_body(&InboxKey("k".into())).await.expect("the store can be read");
    assert_eq!(body.as_deref(), Some(bad.as_bytes()), "the bytes are kept for a retry");
}

#[tokio::test]
async fn all_that_a_delivery_tells_counts_or_none_of_it() {
    let shop = Shop::new();
    shop.take(vec![told("one", &payment(100, "approved", "accredited", ""))]).await;
    // The refund's own stream refuses another currency after the payment's stream said yes.
    let foretold = resource(
        "foretold",
        "refund",
        r#"{"id":9,"payment_id":300,"amount":1.00,"status":"approved","collector_id":7,"currency_id":"BRL","date_created":"2026-10-03T10:00:00Z"}"#,
    );
    shop.take(vec![foretold]).await;
    let before = (shop.states().await, shop.events().await, shop.balances().await);
    let clash = payment(
        300,
        "approved",
        "partially_refunded",
        r#""refunds":[{"id":9,"amount":1.00,"status":"approved","date_created":"2026-10-03T10:00:00Z"}],"transaction_amount_refunded":1.00,"#,
    );
    // In one batch: the refused one stands between two that count.
    let tally = shop
        .take(vec![
            told("two", &payment(200, "approved", "accredited", "")),
            told("clash", &clash),
            told("three", &payment(200, "refunded", "refunded", FITTING).replace("10:00:02Z", "10:00:03Z")),
        ])
        .await;
    assert_eq!((tally.applied, tally.refused), (2, 1));
    let (states, events, balances) = (shop.states().await, shop.events().await, shop.balances().await);
    for (stream, state) in &before.0 {
        assert_eq!(states.get(stream), Some(state), "{stream} is as it was");
    }
    let streams: Vec<_> = states.keys().map(ToString::to_string).collect();
    assert_eq!(
        streams,
        [
            "payment/7/100",
            "payment/7/200",
            "payment/7/300",
            "refund/7/200/1",
            "refund/7/200/2",
            "refund/7/300/9"
        ]
    );
    assert!(events[before.1.len()..].iter().all(|e| !e.metadata.contains("clash")), "no fact of the refused");
    assert_ne!(balances, before.2);
    assert_eq!(balances.iter().map(|b| b.balance_minor).sum::<i64>(), 0);
}

#[tokio::test]
async fn a_refusal_by_a_later_stream_takes_back_what_earlier_ones_wrote() {
    let shop = Shop::new();
    // A fee that came back with refund 9 is so large that the refund's stream refuses it; the payment's does not look.
    let body = payment(400, "approved", "partially_refunded", REFUND_OF_ONE).replace(
        r#""amounts":{"original":3.96,"refunded":0}"#,
        r#""amounts":{"original":3.96,"refunded":1.00},"refund_charges":[{"amount":-1.00,"currency_id":"ARS","date_created":"2026-10-03T10:00:00Z","operation":{"id":9,"type":"refund_payment"}}]"#,
    );
    let tally = shop.take(vec![told("k", &body)]).await;
    assert_eq!((tally.refused, tally.events), (1, 0));
    assert_eq!((shop.events().await, shop.balances().await), (vec![], vec![]));
    let [delivery] = <[Delivery; 1]>::try_from(inbox(&shop).await).expect("one delivery is kept");
    let Verdict::Refused { reason, detail } = delivery.verdict else { panic!("{:?}", delivery.verdict) };
    assert_eq!(&*reason, "negative_amount");
    assert!(detail.starts_with("refund/7/400/9: "), "the stream that refused is named: {detail}");
}

const REFUND_OF_ONE: &str = r#""refunds":[{"id":9,"amount":1.00,"status":"approved","date_created":"2026-10-03T10:00:00Z"}],"transaction_amount_refunded":1.00,"#;

#[tokio::test]
async fn a_body_over_sixteen_mebibytes_is_kept_by_its_hash() {
    let shop = Shop::new();
    let mut item = told("big", "");
    let length = 16 * 1024 * 1024 + 1;
    item.body = Body::TooLarge { sha256: "ab".repeat(32).into(), offset: 77, length };
    item.kind = engine::item::Kind::Broken(engine::item::Broken::TooLarge);
    item.problem = Some("in.ndjson:3: a line of 16777217 bytes is over the limit of 16777216".to_owned());
    let tally = shop.take(vec![item]).await;
    assert_eq!((tally.undecodable, tally.events), (1, 0));
    let [delivery] = <[Delivery; 1]>::try_from(inbox(&shop).await).expect("one delivery is kept");
    assert_eq!((delivery.body_length, delivery.body_offset), (length, Some(77)));
    assert_eq!(&*delivery.body_sha256, "ab".repeat(32));
    assert_eq!(
        delivery.verdict,
        Verdict::Undecodable {
            reason: "too_large".into(),
            detail: "in.ndjson:3: a line of 16777217 bytes is over the limit of 16777216".into(),
        }
    );
}

#[tokio::test]
async fn a_known_key_with_another_body_is_refused_under_a_key_of_its_own() {
    let shop = Shop::new();
    let first = payment(100, "approved", "accredited", "");
    let other = payment(101, "approved", "accredited", "");
    let tally = shop.take(vec![told("k", &first), told("k", &first), told("k", &other)]).await;
    assert_eq!((tally.deliveries, tally.applied, tally.duplicates, tally.refused), (3, 1, 1, 1));
    // Again, in a batch of its own: both are known now.
    let again = shop.take(vec![told("k", &other), told("k", &first)]).await;
    assert_eq!((again.deliveries, again.duplicates, again.refused, again.events), (2, 2, 0, 0));
    let deliveries = inbox(&shop).await;
    assert_eq!(deliveries.len(), 2);
    assert_eq!(
        deliveries[1].verdict,
        Verdict::Refused {
            reason: "key_reused".into(),
            detail: "key `k` is known with another body; send it under a key of its own".into(),
        }
    );
    assert_eq!(shop.states().await.len(), 1, "the other body wrote nothing");
}
