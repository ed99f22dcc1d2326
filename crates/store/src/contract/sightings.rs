//! Contract: who told of what first.

use std::sync::Arc;

use super::sample::{at, commit, committed, delivery, kept, key};
use crate::inbox::{NewDelivery, Verdict};
use crate::read::{InboxFilter, Sighting};
use crate::store::Store;

fn about(subject: &str, number: u32, channel: &str, kind: &str, seconds: i64) -> NewDelivery {
    NewDelivery {
        subject: Some(subject.into()),
        channel: channel.into(),
        kind: kind.into(),
        received_at: at(seconds),
        ..delivery(&format!("k-{number}"), b"{}", Verdict::Applied)
    }
}

async fn sightings(store: &dyn Store) -> Vec<Sighting> {
    let mut all = Vec::new();
    store.sightings(&mut |sighting| all.push(sighting)).await.expect("the store answers");
    all
}

pub(super) async fn who_told_of_a_thing_first_is_told_in_order(store: Arc<dyn Store>) {
    let first = commit(1)
        .delivery(about("payment/9", 1, "webhook", "notification", 30))
        .delivery(about("payment/9", 2, "response", "resource", 31))
        .delivery(about("payment/10", 3, "poll", "resource", 40))
        .delivery(about("intent/b:x", 4, "ipn", "notification", 50))
        .delivery(NewDelivery { seller: "1".into(), ..about("payment/9", 5, "poll", "resource", 60) })
        .delivery(NewDelivery { seller: "".into(), ..about("plan/ñ", 6, "import", "row", 70) });
    committed(&*store, first).await;
    let later = commit(2)
        .delivery(about("payment/9", 7, "webhook", "notification", 29))
        .delivery(about("payment/9", 8, "webhook", "notification", 99))
        .delivery(about("payment/9", 9, "webhook", "resource", 98));
    committed(&*store, later).await;
    let seen = |seller: &str, subject: &str, channel: &str, kind: &str, seconds, count| Sighting {
        seller: seller.into(),
        subject: subject.into(),
        channel: channel.into(),
        kind: kind.into(),
        first_at: kept(seconds),
        count,
    };
    let seller = "446566691";
    let expected = [
        seen("", "plan/ñ", "import", "row", 70, 1),
        seen("1", "payment/9", "poll", "resource", 60, 1),
        seen(seller, "intent/b:x", "ipn", "notification", 50, 1),
        seen(seller, "payment/10", "poll", "resource", 40, 1),
        seen(seller, "payment/9", "response", "resource", 31, 1),
        seen(seller, "payment/9", "webhook", "notification", 29, 3),
        seen(seller, "payment/9", "webhook", "resource", 98, 1),
    ];
    assert_eq!(sightings(&*store).await, expected);
    let (shown, _) = store.inbox_show(&key("k-3")).await.expect("the store answers").expect("it came");
    assert_eq!(shown.subject.as_deref(), Some("payment/10"));
}

pub(super) async fn nothing_is_told_of_deliveries_without_a_subject(store: Arc<dyn Store>) {
    assert_eq!(sightings(&*store).await, []);
    committed(&*store, commit(1).delivery(delivery("k", b"", Verdict::NeedsFetch))).await;
    assert_eq!(sightings(&*store).await, []);
}

pub(super) async fn deliveries_are_listed_by_kind(store: Arc<dyn Store>) {
    let planned = commit(1)
        .delivery(about("payment/1", 1, "import", "file", 1))
        .delivery(about("payment/1", 2, "import", "row", 1))
        .delivery(about("payment/1", 3, "import", "file", 1));
    committed(&*store, planned).await;
    for (kind, expected) in [(None, &[1, 2, 3][..]), (Some("file"), &[1, 3]), (Some("row"), &[2])] {
        let filter = InboxFilter { kind: kind.map(Into::into), limit: 10, ..InboxFilter::default() };
        let listed = store.inbox_list(&filter).await.expect("the store answers");
        let arrivals: Vec<u64> = listed.iter().map(|delivery| delivery.arrival).collect();
        assert_eq!(arrivals, expected, "{kind:?}");
    }
}
