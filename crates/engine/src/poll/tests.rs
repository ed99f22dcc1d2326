//! Against a provider on loopback: nothing is lost, whatever moves, splits, fails or dies meanwhile.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use mercadopago::observe::{Channel, DeliveryKind};
use store::memory::MemoryStore;
use store::store::Store;
use tokio::sync::Notify;

use super::*;
use crate::item::Kind;
use crate::samples::{inbox, stores};
use crate::sink::store::StoreSink;
use crate::sink::{Sink, SinkError};
use scene::{Kept, NOW, Provider, World, millis, payment, seller};

mod byid;
mod orders;
mod scene;

fn memory() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new())
}

/// The ids of payments that were accepted.
fn ids(kept: &Kept) -> BTreeSet<u64> {
    let id = |body: &String| {
        body.split('"').nth(3).expect("a payment begins with its id").parse().expect("a number")
    };
    kept.bodies().iter().map(id).collect()
}

async fn reached(store: &Arc<dyn Store>) -> String {
    let cell =
        store.cell("poll/7/payments").await.expect("the store answers").expect("there is a checkpoint");
    String::from_utf8(cell.value).expect("a checkpoint is text")
}

/// Payments that changed one after the other, so many milliseconds apart, up to an hour before now.
fn fill(world: &mut World, count: u64, apart: i64) {
    let last = millis("2026-10-20T11:00:00Z");
    world.payments.extend((1..=count).map(|id| (id, last - (count - id).cast_signed() * apart)));
}

#[tokio::test]
async fn what_changed_is_accepted_as_it_came_and_the_checkpoint_stands_at_the_lag() {
    let (provider, store, kept) = (Provider::start().await, memory(), Arc::new(Kept::default()));
    fill(&mut provider.world(), 3, 1_000);
    let config = scene::config("history_days = 1\nlag_seconds = 120");
    let poller = provider.poller(&store, kept.clone(), &config, NOW);
    let polled = poller.round(&seller(), Crawl::Payments).await.expect("the provider answers");
    assert_eq!(polled, Polled { read: 3, accepted: 3 });
    assert_eq!(reached(&store).await, r#"{"reached":"2026-10-20T11:58:00Z"}"#);
    let changed = millis("2026-10-20T11:00:00Z");
    assert_eq!(
        kept.bodies(),
        [payment(1, changed - 2_000), payment(2, changed - 1_000), payment(3, changed)]
    );
    let items = kept.items();
    let item = items.first().expect("three were accepted");
    assert_eq!((item.kind, item.channel), (Kind::Message(DeliveryKind::Resource), Channel::Poll));
    assert_eq!((&*item.topic, item.seller.as_deref()), ("payment", Some("7")));
    assert_eq!(provider.world().asked.len(), 1, "one page is asked for once");
}

#[tokio::test]
async fn a_round_ends_though_the_clock_goes_on() {
    let (provider, store, kept) = (Provider::start().await, memory(), Arc::new(Kept::default()));
    let config = scene::config("history_days = 1\nlag_seconds = 0\nwindow_seconds = 100000");
    let poller = provider.poller_with(&store, kept, &config, Clock::System);
    poller.round(&seller(), Crawl::Payments).await.expect("the provider answers");
    assert_eq!(provider.world().asked.len(), 1);
}

#[tokio::test]
async fn rows_that_leave_the_window_while_it_is_read_take_no_other_with_them() {
    let (provider, store, kept) = (Provider::start().await, memory(), Arc::new(Kept::default()));
    fill(&mut provider.world(), 95, 1_000);
    // Before each answer the oldest row changes: everything behind it moves up.
    let change: fn(&mut World) = |world| {
        let (_, oldest) = world.payments.iter().map(|(id, at)| (*at, *id)).min().expect("there are payments");
        world.payments.insert(oldest, millis(NOW));
    };
    provider.world().happenings.extend([change; 12]);
    let config = scene::config("history_days = 1\npage = 10");
    let poller = provider.poller(&store, kept.clone(), &config, NOW);
    poller.round(&seller(), Crawl::Payments).await.expect("the provider answers");
    let stayed: BTreeSet<u64> = {
        let world = provider.world();
        let stayed = world.payments.iter().filter(|(_, at)| **at < millis(NOW));
        stayed.map(|(id, _)| *id).collect()
    };
    assert!(stayed.len() < 95, "some left");
    assert!(ids(&kept).is_superset(&stayed), "lost: {:?}", stayed.difference(&ids(&kept)));
    let later = provider.poller(&store, kept.clone(), &config, "2026-10-20T12:10:00Z");
    later.round(&seller(), Crawl::Payments).await.expect("the provider answers");
    assert_eq!(ids(&kept), (1..=95).collect());
}

#[tokio::test]
async fn a_window_in_which_rows_appear_is_read_again() {
    let (provider, store, kept) = (Provider::start().await, memory(), Arc::new(Kept::default()));
    fill(&mut provider.world(), 30, 1_000);
    let nothing: fn(&mut World) = |_| {};
    let appear: fn(&mut World) = |world| {
        let first = world.payments[&1];
        world.payments.extend((900..910).map(|id| (id, first - 5)));
    };
    provider.world().happenings.extend([nothing, nothing, appear]);
    let config = scene::config("history_days = 1\npage = 10");
    let poller = provider.poller(&store, kept.clone(), &config, NOW);
    poller.round(&seller(), Crawl::Payments).await.expect("the provider answers");
    assert_eq!(ids(&kept).len(), 40);

    let more: fn(&mut World) = |world| {
        let next = world.payments.len() as u64 + 1_000;
        world.payments.insert(next, millis("2026-10-20T10:00:00Z"));
    };
    provider.world().happenings.extend([more; 200]);
    let (store, endless) = (memory(), Arc::new(Kept::default()));
    let poller = provider.poller(&store, endless, &config, NOW);
    let error = poller.round(&seller(), Crawl::Payments).await.expect_err("it never settles");
    assert!(matches!(error, PollError::Unsettled { tries: 5, .. }), "{error:?}");
    assert!(error.is_transient());
    assert_eq!(store.cell("poll/7/payments").await.expect("the store answers"), None);
}

#[tokio::test]
async fn a_window_that_holds_too_much_is_halved_until_it_does_not() {
    let (provider, store, kept) = (Provider::start().await, memory(), Arc::new(Kept::default()));
    fill(&mut provider.world(), 200, 700);
    let config = scene::config("history_days = 1\npage = 4\nwindow_most = 10");
    let poller = provider.poller(&store, kept.clone(), &config, NOW);
    poller.round(&seller(), Crawl::Payments).await.expect("the provider answers");
    assert_eq!(ids(&kept), (1..=200).collect());
    assert_eq!(reached(&store).await, r#"{"reached":"2026-10-20T11:58:00Z"}"#);
    let asked = provider.world().asked.clone();
    assert!(asked.iter().all(|path| !path.contains("offset=12")), "nothing is asked for behind the limit");

    let one_instant = millis("2026-10-20T11:30:00Z");
    provider.world().payments.extend((1_000..1_020).map(|id| (id, one_instant)));
    let store = memory();
    let poller = provider.poller(&store, kept.clone(), &config, NOW);
    let error = poller.round(&seller(), Crawl::Payments).await.expect_err("twenty in one millisecond");
    assert!(matches!(error, PollError::TooDense { total: 20, .. }), "{error:?}");
    assert!(!error.is_transient() && !error.is_fatal());
    assert!(reached(&store).await.as_str() < r#"{"reached":"2026-10-20T11:30"#, "it is not passed over");
}

/// Accepts like the store's own sink, and is never heard of again.
struct Dying {
    sink: StoreSink,
    accepted: Notify,
}

#[async_trait]
impl Sink for Dying {
    async fn accept(&self, items: Vec<Item>) -> Result<(), SinkError> {
        self.sink.accept(items).await?;
        self.accepted.notify_one();
        std::future::pending().await
    }

    async fn hand_on(&self, items: Vec<Item>) -> Result<(), SinkError> {
        self.accept(items).await
    }
}

#[tokio::test]
async fn a_death_between_accepting_and_the_checkpoint_repeats_and_does_no_harm() {
    let (_folder, stores) = stores().await;
    for store in stores {
        let provider = Provider::start().await;
        fill(&mut provider.world(), 3, 1_000);
        let config = scene::config("history_days = 1");
        let clock = Clock::Fixed(NOW.parse().expect("a literal instant"));
        let (sink, _waiting) = StoreSink::start(Arc::clone(&store), config.clone(), clock);
        let dying = Arc::new(Dying { sink, accepted: Notify::new() });
        let (poller, seller) = (provider.poller(&store, dying.clone(), &config, NOW), seller());
        tokio::select! {
            ended = poller.round(&seller, Crawl::Payments) => panic!("{ended:?}"),
            () = dying.accepted.notified() => {}
        }
        dying.sink.close().await;
        assert_eq!(inbox(&*store).await.len(), 3);
        let events = store.head(0).await.expect("the store answers").position;
        assert_eq!(store.cell("poll/7/payments").await.expect("the store answers"), None);

        let (sink, _waiting) = StoreSink::start(Arc::clone(&store), config.clone(), clock);
        let sink = Arc::new(sink);
        let poller = provider.poller(&store, sink.clone(), &config, NOW);
        let polled = poller.round(&seller, Crawl::Payments).await.expect("the provider answers");
        assert_eq!(polled.accepted, 3, "it was accepted again");
        sink.close().await;
        assert_eq!(inbox(&*store).await.len(), 3);
        assert_eq!(store.head(0).await.expect("the store answers").position, events);
        assert_eq!(reached(&store).await, r#"{"reached":"2026-10-20T11:58:00Z"}"#);
    }
}

#[tokio::test]
async fn several_pollers_at_once_leave_nothing_out() {
    let (provider, store, kept) = (Provider::start().await, memory(), Arc::new(Kept::default()));
    fill(&mut provider.world(), 300, 60_000);
    let config = scene::config("history_days = 2\npage = 10\nwindow_most = 40");
    let pollers: Vec<_> = (0..3).map(|_| provider.poller(&store, kept.clone(), &config, NOW)).collect();
    let seller = seller();
    let rounds = pollers.iter().map(|poller| poller.round(&seller, Crawl::Payments));
    let [one, two, three] = rounds.collect::<Vec<_>>().try_into().ok().expect("there are three");
    let (one, two, three) = tokio::join!(one, two, three);
    for ended in [one, two, three] {
        ended.expect("the provider answers");
    }
    assert_eq!(ids(&kept), (1..=300).collect());
    assert_eq!(reached(&store).await, r#"{"reached":"2026-10-20T11:58:00Z"}"#);
}

#[tokio::test]
async fn a_provider_that_limits_or_fails_is_asked_again_until_patience_ends() {
    let (provider, store, kept) = (Provider::start().await, memory(), Arc::new(Kept::default()));
    fill(&mut provider.world(), 2, 1_000);
    provider.world().refusals.extend([429, 503]);
    let config = scene::config("history_days = 1\npatience_seconds = 30");
    let poller = provider.poller(&store, kept.clone(), &config, NOW);
    let polled = poller.round(&seller(), Crawl::Payments).await.expect("the third try is answered");
    assert_eq!(polled.accepted, 2);
    assert_eq!(provider.world().asked.len(), 3);

    provider.world().refusals.extend([429; 10]);
    let hasty = scene::config("history_days = 1\npatience_seconds = 0");
    let store = memory();
    let poller = provider.poller(&store, kept.clone(), &hasty, NOW);
    let error = poller.round(&seller(), Crawl::Payments).await.expect_err("there is no patience");
    assert!(error.is_transient() && !error.is_fatal(), "{error:?}");
    assert_eq!(store.cell("poll/7/payments").await.expect("the store answers"), None);
}

#[tokio::test]
async fn what_overlaps_is_read_again_and_not_handed_on_again() {
    let (provider, store, kept) = (Provider::start().await, memory(), Arc::new(Kept::default()));
    fill(&mut provider.world(), 5, 1_000);
    let config = scene::config("history_days = 1\noverlap_seconds = 7200");
    let poller = provider.poller(&store, kept.clone(), &config, NOW);
    poller.round(&seller(), Crawl::Payments).await.expect("the provider answers");
    // The clock stands, so the checkpoint is taken back as a later look would find it.
    let cell = store.cell("poll/7/payments").await.expect("the store answers").expect("it is there");
    let place = br#"{"reached":"2026-10-20T11:30:00Z"}"#;
    let now = NOW.parse().expect("a literal instant");
    assert!(
        store.put_cell("poll/7/payments", Some(cell.version), place, now).await.expect("the store answers")
    );
    let changed = millis("2026-10-20T11:40:00Z");
    provider.world().payments.insert(5, changed);
    let polled = poller.round(&seller(), Crawl::Payments).await.expect("the provider answers");
    assert_eq!(polled, Polled { read: 5, accepted: 1 });
    assert_eq!(kept.bodies().last(), Some(&payment(5, changed)));
}

#[tokio::test]
async fn a_checkpoint_of_another_program_stops_polling() {
    let (provider, store, kept) = (Provider::start().await, memory(), Arc::new(Kept::default()));
    let now = NOW.parse().expect("a literal instant");
    assert!(store.put_cell("poll/7/payments", None, b"{}", now).await.expect("the store answers"));
    let config = scene::config("");
    let poller = Arc::new(provider.poller(&store, kept, &config, NOW));
    let stop = CancellationToken::new();
    let ended = poller.run(&[seller()], &[Crawl::Payments], stop).await;
    assert!(
        matches!(&ended, Err(PollError::Checkpoint { name, .. }) if name == "poll/7/payments"),
        "{ended:?}"
    );
}
