//! What the clock presumes to have ended: each to the second, once, and never against what was heard since.

use domain::stream::StreamKind;
use store::inbox::{Body, InboxKey};

use super::*;

/// An order of a terminal, made at seven; it lives for fifteen minutes.
fn order(id: &str, status: &str, updated: &str) -> Item {
    let body = format!(
        r#"{{"id":"{id}","type":"point","user_id":"{SELLER}","status":"{status}","status_detail":"{status}",
        "currency":"ARS","total_amount":"10.00","created_date":"2026-10-20T07:00:00Z",
        "last_updated_date":"{updated}","transactions":{{"payments":[]}}}}"#
    );
    item(DeliveryKind::Resource, "order", &body)
}

fn open(id: &str) -> Item {
    order(id, "created", "2026-10-20T07:00:00Z")
}

/// An intent of a terminal tells no time: it is as old as the delivery, and is abandoned after an hour.
fn intent(id: &str) -> Item {
    let body = format!(r#"{{"id":"{id}","device_id":"d","amount":100,"state":"OPEN"}}"#);
    Item { received_at: at("2026-10-20T06:15:01Z"), ..item(DeliveryKind::Resource, "payment_intent", &body) }
}

/// A payment that nobody confirmed; it lives until the end of the day.
fn voucher(id: u64, status: &str, updated: &str) -> Item {
    let body = format!(
        r#"{{"id":{id},"collector_id":{SELLER},"currency_id":"ARS","status":"{status}","status_detail":"",
        "transaction_amount":10,"transaction_details":{{"net_received_amount":10}},"charges_details":[],
        "date_created":"2026-10-20T07:00:00Z","date_of_expiration":"2026-10-20T23:59:59Z",
        "date_last_updated":"{updated}"}}"#
    );
    item(DeliveryKind::Resource, "payment", &body)
}

fn text(item: &Item) -> String {
    String::from_utf8(item.bytes().to_vec()).expect("JSON is text")
}

/// Names and times of what was presumed.
async fn presumed(store: &Arc<dyn Store>, kind: StreamKind) -> Vec<String> {
    let events = store.scan_streams(kind, None, 10_000).await.expect("the store answers");
    let presumed = events.iter().filter(|event| event.name.contains("presumed"));
    presumed.map(|event| format!("{} {} {}", event.stream.id(), event.name, event.occurred_at)).collect()
}

#[tokio::test]
async fn a_request_to_charge_is_presumed_ended_at_the_end_of_its_life_once() {
    let (_folder, stores) = stores().await;
    for store in &stores {
        take(store, [open("ORD1"), intent("i-1")]).await;
        let mut counts = Vec::new();
        for now in ["07:14:59", "07:15:00", "07:15:01", "07:15:02", "07:15:00"] {
            counts.push(swept(store, &format!("2026-10-20T{now}Z")).await.intents);
        }
        assert_eq!(counts, [0, 1, 1, 0, 0], "the order at a quarter past, the intent a second later");
        let expected = [
            "b:i-1 intent.presumed_abandoned 2026-10-20 07:15:01 UTC",
            "d:ORD1 intent.presumed_expired 2026-10-20 07:15:00 UTC",
        ];
        assert_eq!(presumed(store, StreamKind::Intent).await, expected);
        replay(&**store, None, |_| {}).await.expect("the facts can be read again");
    }
}

#[tokio::test]
async fn what_ended_by_itself_is_not_presumed_to_and_what_is_told_later_goes_before_it() {
    let (_folder, [store, _]) = stores().await;
    take(&store, [order("ORD1", "processed", "2026-10-20T07:05:00Z"), open("ORD2")]).await;
    assert_eq!(swept(&store, "2026-10-20T08:00:00Z").await.intents, 1, "the second");
    take(&store, [order("ORD2", "at_terminal", "2026-10-20T08:01:00Z")]).await;
    assert_eq!(
        swept(&store, "2026-10-20T08:02:00Z").await.intents,
        1,
        "it moved, and its life is over still"
    );
    take(&store, [order("ORD2", "processed", "2026-10-20T08:03:00Z")]).await;
    assert_eq!(swept(&store, "2026-10-20T08:04:00Z").await.intents, 0);
}

#[tokio::test]
async fn two_sweeps_at_once_presume_once_over_several_transactions() {
    let (folder, [_, store]) = stores().await;
    let other = sqlite(&folder).await;
    take(&store, (0..501).map(|id| open(&format!("ORD{id}")))).await;
    let now = "2026-10-20T08:00:00Z";
    let (one, two) = tokio::join!(swept(&store, now), swept(&other, now));
    assert_eq!(one.intents + two.intents, 501);
    assert_eq!(presumed(&store, StreamKind::Intent).await.len(), 501);
}

#[tokio::test]
async fn what_was_heard_since_counts_when_an_end_is_presumed() {
    let (_folder, stores) = stores().await;
    for store in &stores {
        let made = voucher(1, "approved", "2026-10-21T09:00:00Z");
        take(store, [voucher(1, "pending", "2026-10-20T07:00:00Z"), made]).await;
        take(store, [voucher(2, "pending", "2026-10-20T07:00:00Z")]).await;
        let mut longer = voucher(3, "pending", "2026-10-20T07:00:00Z");
        longer.body = Body::whole(text(&longer).replace("2026-10-20T23", "2026-10-25T23").into_bytes());
        longer.key = InboxKey("longer".into());
        take(store, [longer]).await;
        take(store, [voucher(3, "pending", "2026-10-21T09:00:00Z")]).await;
        let presumes = swept(store, "2026-10-21T00:00:00Z").await.presumed;
        assert_eq!(presumes, 2, "one that nobody paid, and one whose life was told to be shorter");
        let expected = [
            "2 payment.presumed_expired 2026-10-20 23:59:59 UTC",
            "3 payment.presumed_expired 2026-10-20 23:59:59 UTC",
        ];
        assert_eq!(presumed(store, StreamKind::Payment).await, expected);
    }
}

#[tokio::test]
async fn a_sweep_shows_each_payment_as_it_stood_and_whether_its_payer_ever_argued() {
    let (_folder, [store, _]) = stores().await;
    let told = [
        voucher(1, "in_mediation", "2026-10-20T09:00:00Z"),
        voucher(1, "approved", "2026-10-20T10:00:00Z"),
        voucher(2, "approved", "2026-10-20T09:00:00Z"),
    ];
    for one in told {
        take(&store, [one]).await;
    }
    let config = config();
    let mut seen = Vec::new();
    for now in ["2026-10-20T09:30:00Z", "2026-10-20T10:30:00Z"] {
        let mut faults = Faults::default();
        let watch = |payment: Seen<'_>| {
            let standing = payment.known.described.standing.name();
            seen.push((payment.stream.id().to_owned(), standing, payment.was_disputed));
        };
        let swept = sweep(broom(&store, &config, now), Messages::Leave, &mut faults, watch).await;
        assert_eq!(swept.expect("the store answers").presumed, 0);
    }
    let seen: Vec<_> = seen.iter().map(|(id, standing, argued)| (id.as_str(), *standing, *argued)).collect();
    let expected = [
        ("1", "disputed", true),
        ("2", "approved", false),
        ("1", "approved", true),
        ("2", "approved", false),
    ];
    assert_eq!(seen, expected);
}
