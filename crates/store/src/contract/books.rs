//! Contract: entries and balances.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::currency::Currency;
use ledger::journal::{EntryId, Evidence};

use super::sample::{
    account, commit, committed, delivery, event, kept, line, payment, refund, sale, sale_at,
};
use super::writing::holds_only;
use crate::chain::ONLY_SHARD;
use crate::inbox::Verdict;
use crate::read::{Balance, Cut, Head, Snapshot, StoredEntry};
use crate::store::{Store, StoreError};

pub(super) async fn entries_read_back_in_position_order(store: Arc<dyn Store>) {
    let planned = commit(4)
        .event(event(&payment("1"), 1))
        .event(sale(&payment("1"), 2, "e-1", 10_000))
        .event(sale(&refund("1", "5"), 1, "e-2", i64::MAX / 2));
    committed(&*store, planned).await;
    let entry = |position, id: &str, stream, amount_minor| StoredEntry {
        position,
        id: EntryId(id.into()),
        stream,
        fact: "payment.approved".into(),
        at: kept(-3_600),
        recorded_at: kept(4),
        currency: Currency::ARS,
        lines: vec![line(1121, amount_minor), line(4100, -amount_minor)],
        evidence: Evidence::Api,
        policy: 3,
    };
    let one = entry(2, "e-1", payment("1"), 10_000);
    let two = entry(3, "e-2", refund("1", "5"), i64::MAX / 2);
    let read = |after, limit| store.scan_entries(ONLY_SHARD, after, limit);
    assert_eq!(read(0, 10).await.expect("the store answers"), [one.clone(), two.clone()]);
    assert_eq!(read(0, 1).await.expect("the store answers"), [one]);
    assert_eq!(read(2, 1).await.expect("the store answers"), [two]);
    assert_eq!(read(3, 10).await.expect("the store answers"), []);
}

pub(super) async fn the_sum_of_postings_is_the_balances(store: Arc<dyn Store>) {
    // Amounts whose sum no 53-bit number holds.
    let amounts = [9_007_199_254_740_993, 1, -250, 100_000, 9_007_199_254_740_992, 77];
    for (number, amount_minor) in amounts.into_iter().enumerate() {
        let id = number.to_string();
        let planned = commit(number as i64)
            .event(sale(&payment(&id), 1, &format!("{id}-a"), amount_minor))
            .event(sale(&payment(&id), 2, &format!("{id}-b"), 3));
        committed(&*store, planned).await;
    }
    let total = amounts.iter().sum::<i64>() + 18;
    let expected = [balance(1121, total), balance(4100, -total)];
    assert_eq!(store.balances(Cut::default()).await.expect("the store answers"), expected);
    let cut = Cut { as_of: None, known_at: Some(kept(1_000)) };
    assert_eq!(store.balances(cut).await.expect("the store answers"), expected, "summed by the store");

    let mut summed: BTreeMap<_, i64> = BTreeMap::new();
    for entry in store.scan_entries(ONLY_SHARD, 0, 100).await.expect("the store answers") {
        for line in entry.lines {
            *summed.entry(line.account).or_default() += line.amount_minor;
        }
    }
    assert_eq!(summed, BTreeMap::from([(account(1121), total), (account(4100), -total)]));

    let back = commit(50).event(sale(&refund("0", "1"), 1, "back", -total));
    committed(&*store, back).await;
    assert_eq!(store.balances(Cut::default()).await.expect("the store answers"), [], "zero is left out");
    let cut = Cut { as_of: None, known_at: Some(kept(50)) };
    assert_eq!(store.balances(cut).await.expect("the store answers"), []);
}

pub(super) async fn an_entry_posted_twice_fails_and_writes_nothing(store: Arc<dyn Store>) {
    committed(&*store, commit(0).event(sale(&payment("1"), 1, "e-1", 100))).await;
    let again = commit(1)
        .delivery(delivery("k", b"", Verdict::Applied))
        .event(sale(&payment("2"), 1, "e-0", 5))
        .event(sale(&payment("1"), 2, "e-1", 100));
    let error = store.commit(again).await.expect_err("e-1 is posted");
    assert!(matches!(&error, StoreError::RepeatedEntry { id } if *id.0 == *"e-1"), "{error:?}");
    assert_eq!(store.head(ONLY_SHARD).await.expect("the store answers").position, 1);
    assert_eq!(
        store.balances(Cut::default()).await.expect("the store answers"),
        [balance(1121, 100), balance(4100, -100)]
    );
    let next = commit(1).event(sale(&payment("2"), 1, "e-0", 5));
    assert_eq!(committed(&*store, next).await, 2, "the failure left the store usable");
}

pub(super) async fn an_entry_twice_in_a_commit_fails(store: Arc<dyn Store>) {
    let planned =
        commit(0).event(sale(&payment("1"), 1, "e-1", 100)).event(sale(&payment("1"), 2, "e-1", 100));
    let error = store.commit(planned).await.expect_err("e-1 is there twice");
    assert!(matches!(&error, StoreError::RepeatedEntry { id } if *id.0 == *"e-1"), "{error:?}");
    holds_only(&*store, 0, 0).await;
}

pub(super) async fn a_balance_out_of_range_fails_and_writes_nothing(store: Arc<dyn Store>) {
    let most = i64::MAX;
    committed(&*store, commit(0).event(sale(&payment("1"), 1, "e-1", most))).await;
    let over = commit(1).event(sale(&payment("2"), 1, "e-2", 1));
    let error = store.commit(over).await.expect_err("one more than an i64 holds");
    assert!(
        matches!(&error, StoreError::Overflow { account: full, .. } if *full == account(1121)),
        "{error:?}"
    );
    let inside =
        commit(1).event(sale(&payment("2"), 1, "e-2", -most)).event(sale(&payment("3"), 1, "e-3", -most));
    let error = store.commit(inside).await.expect_err("the sum of the commit itself is out of range");
    assert!(matches!(error, StoreError::Overflow { .. }), "{error:?}");
    assert_eq!(store.head(ONLY_SHARD).await.expect("the store answers").position, 1);
    assert_eq!(
        store.balances(Cut::default()).await.expect("the store answers"),
        [balance(1121, most), balance(4100, -most)]
    );
}

pub(super) async fn balances_are_cut_by_business_and_recording_time(store: Arc<dyn Store>) {
    // (entry, happened, recorded, amount): the last fact became known late.
    for (id, happened, recorded, amount_minor) in [("a", 10, 100, 1), ("c", 30, 200, 300), ("b", 20, 300, 20)]
    {
        let planned = commit(recorded).event(sale_at(&payment(id), 1, id, amount_minor, happened));
        committed(&*store, planned).await;
    }
    let cuts = [
        (None, None, 321),
        (Some(30), None, 321),
        (Some(29), None, 21),
        (Some(20), None, 21),
        (Some(19), None, 1),
        (Some(9), None, 0),
        (None, Some(300), 321),
        (None, Some(299), 301),
        (None, Some(99), 0),
        (Some(25), Some(200), 1),
        (Some(30), Some(200), 301),
    ];
    for (as_of, known_at, expected) in cuts {
        let cut = Cut { as_of: as_of.map(kept), known_at: known_at.map(kept) };
        let expected =
            if expected == 0 { vec![] } else { vec![balance(1121, expected), balance(4100, -expected)] };
        assert_eq!(store.balances(cut).await.expect("the store answers"), expected, "{as_of:?} {known_at:?}");
    }
}

pub(super) async fn what_is_written_later_does_not_join_what_was_recorded(store: Arc<dyn Store>) {
    committed(&*store, commit(10).event(sale(&payment("1"), 1, "e-1", 1))).await;
    committed(&*store, commit(5).event(sale(&payment("2"), 1, "e-2", 20))).await;
    let then = store.snapshot().await.expect("the store answers");
    let cut = Cut { as_of: None, known_at: then.recorded_at() };
    assert_eq!(store.balances(cut).await.expect("the store answers"), then.balances);
    committed(&*store, commit(10).event(sale(&payment("3"), 1, "e-3", 300))).await;
    assert_eq!(store.balances(cut).await.expect("the store answers"), then.balances);
    assert_eq!(then.balances, [balance(1121, 21), balance(4100, -21)]);
}

/// Every event moves one minor unit, so that a head counts what its balances hold.
pub(super) async fn a_snapshot_is_of_one_moment(store: Arc<dyn Store>) {
    let empty = store.snapshot().await.expect("the store answers");
    assert_eq!(empty, Snapshot { heads: vec![Head::EMPTY], balances: vec![] });
    let writer = Arc::clone(&store);
    let writing = tokio::spawn(async move {
        for number in 0..60 {
            let name = format!("{number}");
            committed(&*writer, commit(number).event(sale(&payment(&name), 1, &name, 1))).await;
        }
    });
    loop {
        let over = writing.is_finished();
        let then = store.snapshot().await.expect("the store answers");
        let count = i64::try_from(then.heads[0].count).expect("a small number");
        assert_eq!(then.balances.first().map_or(0, |available| available.balance_minor), count);
        if over {
            assert_eq!(then.heads, store.heads().await.expect("the store answers"));
            assert_eq!(count, 60);
            break;
        }
        tokio::task::yield_now().await;
    }
    writing.await.expect("every commit fits");
}

fn balance(code: u16, balance_minor: i64) -> Balance {
    Balance { account: account(code), currency: Currency::ARS, seller: "446566691".into(), balance_minor }
}
