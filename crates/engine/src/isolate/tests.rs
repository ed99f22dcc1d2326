//! One bad delivery is refused alone; what is nobody's fault stops, and what passes is tried again.

use std::cell::Cell;
use std::ops::Range;
use std::sync::Arc;

use store::read::Delivery;
use store::sqlite::{SqliteOptions, SqliteStore};
use store::store::{Store, StoreError};

use super::*;
use crate::clock::Clock;
use crate::samples::{at, config, inbox, payment, stores, stream, tamper, write_event};

fn ingester(store: &Arc<dyn Store>) -> Ingester {
    Ingester::new(Arc::clone(store), config(), Clock::Fixed(at("2026-03-02T15:00:00Z")))
}

async fn taken(store: &Arc<dyn Store>, items: Vec<Item>) -> Tally {
    let mut tally = Tally::default();
    let looked = Ingester::look(&config(), items);
    ingester(store).take(&looked, &mut tally).await.expect("the batch is taken");
    tally
}

fn reason(delivery: &Delivery) -> Option<&str> {
    if let Verdict::Refused { reason, .. } = &delivery.verdict { Some(reason) } else { None }
}

#[tokio::test]
async fn a_balance_that_would_overflow_refuses_only_the_delivery_that_would_do_it() {
    let (_folder, stores) = stores().await;
    for store in stores {
        // Nine of these fit into 64 bits, ten do not.
        let huge = (1..=10).map(|id| (id, "10000000000000000.00"));
        let items = [(0, "10.00")].into_iter().chain(huge).chain([(11, "20.00")]);
        let items: Vec<_> = items.map(|(id, amount)| payment(id, amount)).collect();
        let bytes = items[10].bytes().to_vec();
        let tally = taken(&store, items).await;
        let verdicts: Vec<_> = inbox(&*store).await.into_iter().map(|one| one.verdict).collect();
        assert_eq!((tally.deliveries, tally.applied, tally.refused), (12, 11, 1), "{verdicts:?}");
        let refused: Vec<_> =
            inbox(&*store).await.into_iter().filter(|d| d.verdict != Verdict::Applied).collect();
        let [one] = refused.try_into().expect("one is refused");
        assert_eq!((&*one.key.0, reason(&one)), ("payment-10", Some("balance_out_of_range")));
        let body = store.inbox_body(&one.key).await.expect("the store can be read");
        assert_eq!(body, Some(bytes), "the body is kept");
    }
}

#[tokio::test]
async fn three_culprits_of_a_hundred_leave_97_verdicts_as_usual() {
    let (_folder, stores) = stores().await;
    for store in stores {
        for id in [10, 55, 99] {
            tamper(&*store, stream(id)).await;
        }
        let items: Vec<_> = (0..100).map(|id| payment(id, "1.00")).collect();
        let tally = taken(&store, items.clone()).await;
        assert_eq!((tally.deliveries, tally.applied, tally.refused), (100, 97, 3));
        let inbox = inbox(&*store).await;
        let order: Vec<_> = inbox.iter().map(|delivery| delivery.key.clone()).collect();
        assert_eq!(order, items.iter().map(|item| item.key.clone()).collect::<Vec<_>>(), "in their order");
        let refused: Vec<_> = inbox.iter().filter(|one| reason(one) == Some("corrupt_history")).collect();
        assert_eq!(refused.len(), 3);
        for one in refused {
            let Verdict::Refused { detail, .. } = &one.verdict else { panic!("it is refused") };
            assert!(detail.contains("cannot be read"), "{detail}");
        }
        assert_eq!(taken(&store, items).await.duplicates, 100, "none is taken twice");
    }
}

#[tokio::test]
async fn a_key_that_no_database_keeps_is_refused_with_its_body_and_the_others_are_taken() {
    let (_folder, stores) = stores().await;
    for store in stores {
        let mut nul = payment(1, "1.00");
        (nul.key, nul.origin) = (InboxKey("a\0b".into()), "a\0b".into());
        let long = Item { key: InboxKey("k".repeat(3000).into()), ..payment(2, "1.00") };
        let orphan = Item { caused_by: Some(InboxKey("a\0b".into())), ..payment(3, "1.00") };
        let items = vec![nul, long, orphan, payment(4, "1.00")];
        let tally = taken(&store, items.clone()).await;
        assert_eq!((tally.applied, tally.refused), (1, 3));
        for kept in inbox(&*store).await {
            assert!(!format!("{kept:?}").contains("\\0") && kept.key.0.len() < 100, "{kept:?}");
            assert!(store.inbox_body(&kept.key).await.expect("readable").is_some());
            assert!(reason(&kept).is_none_or(|reason| reason == "cannot_be_stored"), "{kept:?}");
        }
        assert_eq!(taken(&store, items).await.duplicates, 4, "they are known when they come again");
    }
}

#[tokio::test]
async fn a_store_that_takes_nothing_is_nobodys_fault() {
    let (folder, [_, writable]) = stores().await;
    drop(writable);
    let path = folder.path().join("test.db").display().to_string();
    let store = SqliteStore::open_read_only(&path, &SqliteOptions::default()).await.expect("it is there");
    let store: Arc<dyn Store> = Arc::new(store);
    let looked = Ingester::look(&config(), vec![payment(1, "1.00"), payment(2, "1.00")]);
    let error = ingester(&store).take(&looked, &mut Tally::default()).await.expect_err("it is read-only");
    assert!(matches!(error, EngineError::Store(StoreError::ReadOnly)), "{error:?}");
}

#[test]
fn a_panic_is_an_error_with_its_message() {
    let ended: Result<(), _> = guarded(|| -> Result<(), EngineError> { panic!("invariant {}", 7) });
    let error = ended.expect_err("it panicked");
    assert_eq!(chain(&error), "the program failed on it", "what goes into the log quotes no delivery");
    assert_eq!(detail(&error), "the program failed on it: invariant 7");
    assert_eq!(error.poison(), Some("planning_failed"));
}

/// An ingest of one batch that must stop, and what became of it until then.
async fn stopped(store: &Arc<dyn Store>, items: Vec<Item>) -> (EngineError, Tally) {
    let mut tally = Tally::default();
    let looked = Ingester::look(&config(), items);
    let error = ingester(store).take(&looked, &mut tally).await.expect_err("the batch stops the work");
    (error, tally)
}

#[tokio::test]
async fn a_history_that_a_newer_program_wrote_stops_the_work_and_refuses_nothing() {
    let (_folder, stores) = stores().await;
    for store in stores {
        write_event(&*store, stream(2), "payment.approved", 2).await;
        let items: Vec<_> = (1..=3).map(|id| payment(id, "1.00")).collect();
        let (error, tally) = stopped(&store, items).await;
        let told = "event 1 of payment/7/2 (position 1) was written by a newer program; update this one: \
                    no event is called `payment.approved` in version 2";
        assert_eq!(chain(&error), told);
        assert_eq!(tally, Tally::default());
        assert_eq!(inbox(&*store).await, [], "all of them come again");
    }
}

#[tokio::test]
async fn histories_that_fail_one_after_the_other_stop_the_work() {
    let (_folder, stores) = stores().await;
    for store in stores {
        for id in 0..100 {
            tamper(&*store, stream(id)).await;
        }
        let damaged = |ids: Range<u64>| ids.map(|id| payment(id, "1.00"));
        let (error, tally) = stopped(&store, damaged(0..100).collect()).await;
        assert!(matches!(error, EngineError::Storm { histories: STORM, .. }), "{error:?}");
        assert_eq!((tally.deliveries, tally.refused), (19, 19));

        let sound = [payment(1000, "1.00")];
        let mixed = damaged(20..39).chain(sound).chain(damaged(39..58));
        assert_eq!(taken(&store, mixed.collect()).await.refused, 38, "a sound one is between them");

        let again = |n: u64| Item { key: InboxKey(format!("again-{n}").into()), ..payment(60, "1.00") };
        assert_eq!(taken(&store, (0..50).map(again).collect()).await.refused, 50, "one history is one");
    }
}

#[tokio::test]
async fn what_passes_is_tried_again_as_long_as_patience_lasts() {
    let contended = || Err::<u8, _>(EngineError::Contended { attempts: 1 });
    let calls = Cell::new(0);
    let call = || {
        calls.set(calls.get() + 1);
        std::future::ready(if calls.get() < 3 { contended() } else { Ok(calls.get()) })
    };
    assert_eq!(Patience::For(Duration::from_secs(60)).call(call).await.expect("the third works"), 3);

    Patience::For(Duration::ZERO).call(|| std::future::ready(contended())).await.expect_err("no patience");
    let stop = CancellationToken::new();
    stop.cancel();
    Patience::Until(stop).call(|| std::future::ready(contended())).await.expect_err("it was stopped");
    let final_error = || std::future::ready(Err::<u8, _>(EngineError::Store(StoreError::ReadOnly)));
    Patience::For(Duration::from_secs(60)).call(final_error).await.expect_err("it does not pass");
}
