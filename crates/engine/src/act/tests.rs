use std::sync::Arc;

use domain::currency::Currency;
use domain::payment::{Stage, Wish};
use ledger::account::Account;
use store::memory::MemoryStore;
use store::read::Balance;
use store::store::Store;

use super::rehearsal::Rehearsal;
use super::*;
use crate::clock::Clock;
use crate::config::Config;
use crate::ingest::{Ingester, Tally};
use crate::samples::{SELLER, at, config, payment, stream};

const NOW: &str = "2026-03-03T12:00:00Z";
const ID: u64 = 100;

/// A desk with an approved payment of 52.00 ARS.
async fn desk(config: Config) -> Desk {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let clock = Clock::Fixed(at(NOW));
    let looked = Ingester::look(&config, vec![payment(ID, "52.00")]);
    let ingester = Ingester::new(Arc::clone(&store), config.clone(), clock);
    ingester.take(&looked, &mut Tally::default()).await.expect("the store takes it");
    Desk { store, config, clock }
}

fn acts(desk: &Desk, actor: &str) -> Acts {
    Acts::new(desk.clone(), SellerId::from(SELLER), actor.into())
}

fn id() -> PaymentId {
    PaymentId::from(ID.to_string())
}

fn refund(request: Option<&str>, amount_minor: Option<i64>) -> Act {
    let amount = amount_minor.map(|minor| Money::new(minor, Currency::ARS));
    Act::Refund(Ask { request: request.map(Into::into), amount, reason: "broken in transit".into() })
}

async fn facts(desk: &Desk) -> usize {
    let loaded = desk.store.load(&[stream(ID)], &[]).await.expect("the store can be read");
    loaded.histories[&stream(ID)].len()
}

#[tokio::test]
async fn an_order_is_written_once_under_its_name() {
    let desk = desk(config()).await;
    let ana = acts(&desk, "ana");
    let first = ana.place(&id(), &refund(Some("r-1"), Some(1_300)), None).await.expect("it is allowed");
    assert_eq!((first.request.as_str(), first.was_placed), ("r-1", false));
    assert_eq!(first.order.wish, Wish::Refund { amount_minor: 1_300, is_whole: false });
    assert_eq!((&*first.order.actor, &first.order.stage), ("ana", &Stage::Open));
    assert_eq!(first.known.refundable_minor(), 3_900);
    let written = facts(&desk).await;
    let again = ana.place(&id(), &refund(Some("r-1"), Some(1_300)), None).await.expect("it is known");
    assert_eq!((again.was_placed, facts(&desk).await), (true, written));
    let other = ana.place(&id(), &refund(Some("r-1"), Some(1_400)), None).await;
    assert!(matches!(other, Err(ActError::Refused(Refusal::RequestTaken { .. }))), "{other:?}");
}

#[tokio::test]
async fn an_order_without_a_name_gets_a_new_one_that_is_also_the_key_of_its_message() {
    let desk = desk(config()).await;
    let ana = acts(&desk, "ana");
    let one = ana.place(&id(), &refund(None, Some(100)), None).await.expect("it is allowed");
    let two = ana.place(&id(), &refund(None, Some(100)), None).await.expect("it is another one");
    assert_ne!(one.request, two.request);
    assert!(!one.was_placed && !two.was_placed);
    let outbox = desk.store.outbox(0, 10).await.expect("the store can be read");
    let keys: Vec<_> = outbox.iter().map(|message| message.key.clone()).collect();
    assert_eq!(keys, [one.request, two.request]);
}

#[tokio::test]
async fn a_rehearsal_decides_one_after_the_other_and_writes_nothing() {
    let desk = desk(config()).await;
    let ana = acts(&desk, "ana");
    let before = facts(&desk).await;
    let mut rehearsal = Rehearsal::new(&ana);
    let first = rehearsal.place(&id(), &refund(Some("a"), Some(5_000)), None).await.expect("it is allowed");
    assert_eq!(first.known.refundable_minor(), 200);
    let second = rehearsal.place(&id(), &refund(Some("b"), Some(300)), None).await;
    let Err(ActError::Refused(Refusal::AboveRemaining { remaining_minor, .. })) = second else {
        panic!("{second:?}")
    };
    assert_eq!(remaining_minor, 200);
    let rest = rehearsal.place(&id(), &refund(Some("c"), None), None).await.expect("something remains");
    assert_eq!(rest.order.wish, Wish::Refund { amount_minor: 200, is_whole: false });
    assert!(rehearsal.place(&id(), &refund(Some("a"), Some(5_000)), None).await.expect("known").was_placed);
    assert_eq!(facts(&desk).await, before);
    assert_eq!(desk.store.outbox(0, 10).await.expect("the store can be read"), []);
}

#[tokio::test]
async fn what_was_agreed_to_is_ordered_though_more_could_be_given_back_by_then() {
    let desk = desk(config()).await;
    let ana = acts(&desk, "ana");
    let shown = {
        let other = refund(Some("other"), Some(200));
        let mut rehearsal = Rehearsal::new(&ana);
        rehearsal.place(&id(), &other, None).await.expect("it is allowed");
        rehearsal.place(&id(), &refund(None, None), None).await.expect("something remains")
    };
    assert_eq!(shown.order.wish.amount_minor(), Some(5_000));
    let agreed = refund(None, None).agreed(&shown);
    assert_eq!(agreed, refund(None, Some(5_000)));
    let placed = ana.place(&id(), &agreed, None).await.expect("it is allowed");
    assert_eq!(placed.order.wish.amount_minor(), Some(5_000));
}

#[tokio::test]
async fn an_amount_in_another_currency_is_not_ordered() {
    let desk = desk(config()).await;
    let reals = Ask { request: None, amount: Some(Money::new(100, Currency::BRL)), reason: "no".into() };
    let refused = acts(&desk, "ana").place(&id(), &Act::Refund(reals), None).await;
    let told = matches!(refused, Err(ActError::OtherCurrency { known: Currency::ARS, asked: Currency::BRL }));
    assert!(told, "{refused:?}");
}

#[tokio::test]
async fn a_payment_that_nobody_described_has_no_orders() {
    let desk = desk(config()).await;
    let unknown = acts(&desk, "ana").place(&PaymentId::from("5"), &refund(None, None), None).await;
    assert!(matches!(unknown, Err(ActError::Refused(Refusal::Unknown))), "{unknown:?}");
}

#[tokio::test]
async fn the_order_that_waits_is_found_and_one_of_several_must_be_named() {
    let text = "[approval]\nabove = { ARS = \"10.00\" }";
    let desk = desk(Config::read(Some(("test", text)), []).expect("the test's configuration fits")).await;
    let (ana, eva) = (acts(&desk, "ana"), acts(&desk, "eva"));
    let approve = Act::Approve { request: None };
    let nothing = eva.place(&id(), &approve, None).await;
    assert!(matches!(nothing, Err(ActError::NothingWaits)), "{nothing:?}");
    let held = ana.place(&id(), &refund(Some("a"), Some(1_300)), None).await.expect("it is allowed");
    assert_eq!(held.order.stage, Stage::Held);
    assert_eq!(desk.store.outbox(0, 10).await.expect("the store can be read"), []);
    ana.place(&id(), &refund(Some("b"), Some(1_400)), None).await.expect("it is allowed");
    let several = eva.place(&id(), &approve, None).await;
    let Err(ActError::SeveralWait { requests }) = several else { panic!("{several:?}") };
    assert_eq!(requests, ["a".into(), "b".into()]);
    let decline = Act::Decline { request: Some("a".into()), reason: "ask first".into() };
    let declined = eva.place(&id(), &decline, None).await.expect("it waits");
    assert_eq!(declined.order.stage, Stage::Declined { actor: "eva".into(), reason: "ask first".into() });
    let same = ana.place(&id(), &approve, None).await;
    assert!(matches!(same, Err(ActError::Refused(Refusal::SamePerson { .. }))), "{same:?}");
    let approved = eva.place(&id(), &approve, None).await.expect("it waits");
    assert_eq!((approved.request.as_str(), &approved.order.stage), ("b", &Stage::Open));
    assert_eq!(approved.order.approved_by, Some("eva".into()));
    assert_eq!(desk.store.outbox(0, 10).await.expect("the store can be read").len(), 1);
}

#[test]
fn what_is_available_is_of_one_seller_and_one_account() {
    let balance = |account, currency, seller: &str, balance_minor| Balance {
        account,
        currency,
        seller: seller.into(),
        balance_minor,
    };
    let balances = [
        balance(Account::Available, Currency::ARS, "7", 1_500),
        balance(Account::Available, Currency::ARS, "8", 9_000),
        balance(Account::Available, Currency::BRL, "7", -20),
        balance(Account::Pending, Currency::ARS, "7", 4_000),
    ];
    let available = Available::of(&SellerId::from("7"), &balances);
    assert_eq!([Currency::ARS, Currency::BRL, Currency::CLP].map(|c| available.minor(c)), [1_500, -20, 0]);
}
