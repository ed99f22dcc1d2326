//! Contract: the inbox.

use std::collections::HashMap;
use std::sync::Arc;

use super::sample::{at, commit, committed, delivery, event, kept, key, payment, refused};
use super::writing::holds_only;
use crate::commit::{Commit, Outcome};
use crate::inbox::{Attempt, Body, NewDelivery, Verdict};
use crate::read::{Delivery, InboxCounts, InboxFilter};
use crate::store::{Store, StoreError};

pub(super) async fn attempts_append_and_the_last_verdict_counts(store: Arc<dyn Store>) {
    let undecodable =
        Verdict::Undecodable { reason: "unknown_topic".into(), detail: "topic `x\"y`\nis new".into() };
    committed(
        &*store,
        commit(10)
            .delivery(delivery("k-1", b"{}", Verdict::NeedsFetch))
            .delivery(delivery("k-2", b"{}", Verdict::NeedsFetch))
            .attempt("k-1", 11, refused("currency_conflict")),
    )
    .await;
    let further = commit(20)
        .attempt("k-1", 21, undecodable.clone())
        .attempt("k-2", 22, Verdict::Unchanged)
        .attempt("k-1", 23, Verdict::Applied);
    committed(&*store, further).await;

    let (shown, attempts) =
        store.inbox_show(&key("k-1")).await.expect("the store answers").expect("it was delivered");
    let expected = |seconds, verdict| Attempt { key: key("k-1"), at: kept(seconds), verdict };
    let verdicts = [
        expected(10, Verdict::NeedsFetch),
        expected(11, refused("currency_conflict")),
        expected(21, undecodable),
        expected(23, Verdict::Applied),
    ];
    assert_eq!(attempts, verdicts);
    let expected = Delivery {
        arrival: 1,
        key: key("k-1"),
        kind: "resource".into(),
        topic: "payment".into(),
        channel: "poll".into(),
        seller: "446566691".into(),
        site: "MLA".into(),
        origin: "day.ndjson:7".into(),
        received_at: kept(1),
        caused_by: None,
        subject: None,
        body_sha256: "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a".into(),
        body_length: 2,
        body_offset: None,
        verdict: Verdict::Applied,
        attempts: 4,
        unclassified: false,
    };
    assert_eq!(shown, expected);
    let (other, _) =
        store.inbox_show(&key("k-2")).await.expect("the store answers").expect("it was delivered");
    assert_eq!((other.verdict, other.attempts), (Verdict::Unchanged, 2));
    assert_eq!(store.inbox_show(&key("k-3")).await.expect("the store answers"), None);
}

fn fetched(key_text: &str, notification: &str, verdict: Verdict) -> NewDelivery {
    NewDelivery { caused_by: Some(key(notification)), ..delivery(key_text, b"{}", verdict) }
}

pub(super) async fn what_was_fetched_for_a_notification_answers_it(store: Arc<dyn Store>) {
    let answers =
        || async { store.answers(&[key("n-1"), key("n-2"), key("r-1")]).await.expect("the store answers") };
    assert_eq!(answers().await, HashMap::new());
    committed(&*store, commit(10).delivery(fetched("r-1", "n-1", Verdict::Applied))).await;
    assert_eq!(answers().await, HashMap::from([(key("n-1"), Verdict::Applied)]));
    let (shown, _) =
        store.inbox_show(&key("r-1")).await.expect("the store answers").expect("it was delivered");
    assert_eq!(shown.caused_by, Some(key("n-1")));
    committed(&*store, commit(20).delivery(fetched("r-2", "n-1", refused("currency_conflict")))).await;
    assert_eq!(answers().await, HashMap::from([(key("n-1"), refused("currency_conflict"))]), "the last one");
}

/// Whoever planned it did not know of the notification, so that it would stay open.
pub(super) async fn an_answer_to_a_notification_that_has_come_is_stale(store: Arc<dyn Store>) {
    committed(&*store, commit(10).delivery(delivery("n", b"{}", Verdict::NeedsFetch))).await;
    let answer = commit(20).delivery(fetched("r", "n", Verdict::Applied));
    let stale = Outcome::Stale { streams: vec![], keys: vec![key("n")] };
    assert_eq!(store.commit(answer.clone()).await.expect("the store answers"), stale);
    assert_eq!(store.inbox_show(&key("r")).await.expect("the store answers"), None);
    committed(&*store, answer.attempt("n", 20, Verdict::Applied)).await;
}

/// Whoever planned it did not know of the answer, so that it would stay open.
pub(super) async fn a_notification_that_was_answered_is_stale(store: Arc<dyn Store>) {
    committed(&*store, commit(10).delivery(fetched("r", "n", Verdict::Applied))).await;
    let notification = commit(20).delivery(delivery("n", b"{}", Verdict::NeedsFetch));
    let stale = Outcome::Stale { streams: vec![], keys: vec![key("n")] };
    assert_eq!(store.commit(notification.clone()).await.expect("the store answers"), stale);
    assert_eq!(store.inbox_show(&key("n")).await.expect("the store answers"), None);
    let settled = commit(20).delivery(delivery("n", b"{}", Verdict::Unchanged));
    committed(&*store, settled).await;
    committed(&*store, notification_again()).await;
}

/// Another one, answered in the same commit.
fn notification_again() -> Commit {
    commit(30)
        .delivery(fetched("r-2", "n-2", Verdict::Applied))
        .delivery(delivery("n-2", b"{}", Verdict::NeedsFetch))
        .attempt("n-2", 30, Verdict::Applied)
}

pub(super) async fn a_verdict_on_an_unknown_delivery_fails_and_writes_nothing(store: Arc<dyn Store>) {
    let planned = commit(0)
        .delivery(delivery("k-1", b"{}", Verdict::Applied))
        .event(event(&payment("1"), 1))
        .attempt("k-2", 1, Verdict::Applied);
    let error = store.commit(planned).await.expect_err("k-2 was never delivered");
    assert!(
        matches!(&error, StoreError::UnknownDelivery { key: unknown } if *unknown == key("k-2")),
        "{error:?}"
    );
    holds_only(&*store, 0, 0).await;
}

pub(super) async fn verdicts_are_counted(store: Arc<dyn Store>) {
    let undecodable = Verdict::Undecodable { reason: "json".into(), detail: "line 1".into() };
    let verdicts = [
        (3, Verdict::Applied),
        (2, Verdict::Unchanged),
        (4, Verdict::NeedsFetch),
        (1, refused("key_reused")),
        (5, undecodable),
    ];
    let mut planned = commit(0);
    for (count, verdict) in &verdicts {
        for number in 0..*count {
            planned =
                planned.delivery(delivery(&format!("{}-{number}", verdict.word()), b"", verdict.clone()));
        }
    }
    committed(&*store, planned.attempt("needs_fetch-0", 1, Verdict::Applied)).await;
    let expected = InboxCounts { applied: 4, unchanged: 2, needs_fetch: 3, refused: 1, undecodable: 5 };
    assert_eq!(store.inbox_counts().await.expect("the store answers"), expected);
}

pub(super) async fn deliveries_are_listed_by_arrival_and_filter(store: Arc<dyn Store>) {
    for number in 1..=9_u32 {
        let verdict = if number.is_multiple_of(3) { refused("currency_conflict") } else { Verdict::Applied };
        let name = format!("{}", 10 - number);
        let new = NewDelivery { unclassified: number.is_multiple_of(2), ..delivery(&name, b"", verdict) };
        committed(&*store, commit(0).delivery(new)).await;
    }
    for limit in [1, 2, 4, 9, 10] {
        let every = InboxFilter { limit, ..InboxFilter::default() };
        assert_eq!(listed(&*store, every).await, (1..=9).collect::<Vec<_>>(), "limit {limit}");
        let refused = InboxFilter { limit, verdict: Some("refused".into()), ..InboxFilter::default() };
        assert_eq!(listed(&*store, refused.clone()).await, [3, 6, 9], "limit {limit}");
        let unclassified = InboxFilter { limit, unclassified: true, ..InboxFilter::default() };
        assert_eq!(listed(&*store, unclassified).await, [2, 4, 6, 8], "limit {limit}");
        let both = InboxFilter { unclassified: true, ..refused };
        assert_eq!(listed(&*store, both).await, [6], "limit {limit}");
    }
}

/// Arrivals, read in pages.
async fn listed(store: &dyn Store, mut filter: InboxFilter) -> Vec<u64> {
    let mut arrivals = Vec::new();
    loop {
        let page = store.inbox_list(&filter).await.expect("the store answers");
        assert!(page.len() as u64 <= filter.limit, "a page is within its limit");
        let Some(last) = page.last() else { return arrivals };
        assert_eq!(*last.key.0, *format!("{}", 10 - last.arrival), "key and arrival belong together");
        filter.after = last.arrival;
        arrivals.extend(page.iter().map(|delivery| delivery.arrival));
    }
}

pub(super) async fn bodies_round_trip_and_are_shared(store: Arc<dyn Store>) {
    let noise: Vec<u8> =
        (0..100_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let bodies: [&[u8]; 4] = [b"", b"{\"id\":1}", b"\x00\xff\xfe not text", &noise];
    for (number, body) in bodies.iter().enumerate() {
        let planned = commit(0)
            .delivery(delivery(&format!("{number}-a"), body, Verdict::Applied))
            .delivery(delivery(&format!("{number}-b"), body, Verdict::Applied));
        committed(&*store, planned).await;
        committed(&*store, commit(1).delivery(delivery(&format!("{number}-c"), body, Verdict::Unchanged)))
            .await;
        for copy in ["a", "b", "c"] {
            let stored =
                store.inbox_body(&key(&format!("{number}-{copy}"))).await.expect("the store answers");
            assert_eq!(stored.as_deref(), Some(*body), "body {number}{copy}");
        }
    }
    assert_eq!(store.inbox_body(&key("nobody")).await.expect("the store answers"), None);
    assert_eq!(store.purge_bodies(at(100)).await.expect("the store answers"), 4, "each body was kept once");
}

pub(super) async fn a_body_too_large_keeps_its_name_only(store: Arc<dyn Store>) {
    let sha256 = "A".repeat(32) + &"0".repeat(32);
    let body = Body::TooLarge { sha256: sha256.as_str().into(), offset: 1 << 40, length: 17 << 20 };
    let verdict = Verdict::Undecodable { reason: "too_large".into(), detail: "over 16 MiB".into() };
    let new = NewDelivery { body, ..delivery("k", b"", verdict.clone()) };
    committed(&*store, commit(0).delivery(new)).await;
    let (shown, _) = store.inbox_show(&key("k")).await.expect("the store answers").expect("it was delivered");
    assert_eq!(*shown.body_sha256, *sha256.to_lowercase());
    assert_eq!((shown.body_offset, shown.body_length), (Some(1 << 40), 17 << 20));
    assert_eq!(shown.verdict, verdict);
    assert_eq!(store.inbox_body(&key("k")).await.expect("the store answers"), None);
}

pub(super) async fn a_hash_that_is_none_cannot_be_stored(store: Arc<dyn Store>) {
    for sha256 in ["", "abc", &"g".repeat(64), &"ñ".repeat(32)] {
        let body = Body::TooLarge { sha256: sha256.into(), offset: 0, length: 1 };
        let new = NewDelivery { body, ..delivery("k", b"", Verdict::Applied) };
        let error = store.commit(commit(0).delivery(new)).await.expect_err("that is no SHA-256");
        assert!(matches!(error, StoreError::Unstorable { .. }), "{error:?}");
    }
    holds_only(&*store, 0, 0).await;
}

pub(super) async fn purged_bodies_leave_their_deliveries(store: Arc<dyn Store>) {
    let received = |key: &str, body: &[u8], seconds| NewDelivery {
        received_at: at(seconds),
        ..delivery(key, body, Verdict::Applied)
    };
    let planned = commit(0)
        .delivery(received("old", b"only old", 1))
        .delivery(received("old-and-new", b"shared", 1))
        .delivery(received("new", b"shared", 5));
    committed(&*store, planned).await;
    assert_eq!(store.purge_bodies(kept(5)).await.expect("the store answers"), 1);
    assert_eq!(store.inbox_body(&key("old")).await.expect("the store answers"), None);
    let shared = store.inbox_body(&key("old-and-new")).await.expect("the store answers");
    assert_eq!(shared.as_deref(), Some(&b"shared"[..]));
    let (shown, attempts) =
        store.inbox_show(&key("old")).await.expect("the store answers").expect("the delivery stays");
    assert_eq!((shown.body_length, attempts.len()), (8, 1));
}
