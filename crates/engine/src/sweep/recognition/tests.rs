//! An annual subscription of 1,452.00 with 21 % of tax, as it is told and swept: what is written, and what is owed.

use std::sync::Arc;

use billing::deferral::Roll;
use billing::month::{Month, Months};
use domain::currency::Currency;
use domain::money::format_minor;
use domain::stream::StreamKind;
use ledger::account::Account;
use mercadopago::observe::DeliveryKind;

use super::*;
use crate::clock::Clock;
use crate::ingest::{Ingester, Tally};
use crate::item::Item;
use crate::samples::{SELLER, at, item, sqlite, stores};
use crate::timelines::each_timeline;
use crate::verify::verify;

fn config() -> Config {
    let policy = format!("[policy]\nversion = 2\n[policy.vat_percent]\n\"{SELLER}\" = \"21\"\n");
    Config::read(Some(("test.toml", &policy)), []).expect("a rate is text")
}

fn subscription(id: &str, frequency: u32) -> Item {
    let body = format!(
        r#"{{"id":"{id}","collector_id":{SELLER},"reason":"Club","status":"authorized",
        "auto_recurring":{{"frequency":{frequency},"frequency_type":"months","transaction_amount":1452,
        "currency_id":"ARS"}},"date_created":"2026-01-10T12:00:00Z","last_modified":"2026-01-10T12:00:00Z"}}"#
    );
    item(DeliveryKind::Resource, "preapproval", &body)
}

fn invoice(id: u64, subscription: &str) -> Item {
    let body = format!(
        r#"{{"id":{id},"type":"scheduled","date_created":"2026-01-10T12:00:00Z",
        "last_modified":"2026-01-10T13:05:00Z","preapproval_id":"{subscription}","currency_id":"ARS",
        "transaction_amount":1452,"debit_date":"2026-01-10T12:00:00Z","retry_attempt":1,"status":"processed",
        "payment":{{"id":{id}00,"status":"approved","status_detail":"accredited"}}}}"#
    );
    item(DeliveryKind::Resource, "authorized_payment", &body)
}

/// The payment of such an invoice, without fees; `refunded` was given back on the tenth of May.
fn payment(invoice: u64, refunded: Option<&str>) -> Item {
    let refund = refunded.map(|amount| {
        format!(
            r#"{{"id":{invoice}77,"payment_id":{invoice}00,"amount":{amount},"status":"approved",
            "source":{{"type":"collector"}},"date_created":"2026-05-10T18:00:00Z"}}"#
        )
    });
    let told = if refunded.is_some() { "2026-05-10T18:00:01Z" } else { "2026-01-10T13:00:00Z" };
    let (refund, refunded) = (refund.unwrap_or_default(), refunded.unwrap_or("0"));
    let body = format!(
        r#"{{"id":{invoice}00,"collector_id":{SELLER},"currency_id":"ARS","status":"approved",
        "status_detail":"accredited","operation_type":"recurring_payment","transaction_amount":1452,
        "transaction_amount_refunded":{refunded},"refunds":[{refund}],
        "transaction_details":{{"net_received_amount":1452}},"charges_details":[],
        "date_created":"2026-01-10T12:59:00Z","date_approved":"2026-01-10T13:00:00Z","date_last_updated":"{told}"}}"#
    );
    item(DeliveryKind::Resource, "payment", &body)
}

fn annual() -> Vec<Item> {
    vec![subscription("club", 12), invoice(6, "club"), payment(6, None)]
}

async fn take(store: &Arc<dyn Store>, now: &str, items: Vec<Item>) {
    let ingester = Ingester::new(Arc::clone(store), config(), Clock::Fixed(at(now)));
    let mut tally = Tally::default();
    ingester.take(&Ingester::look(&config(), items), &mut tally).await.expect("the store takes them");
    assert_eq!((tally.refused, tally.undecodable), (0, 0));
}

async fn recognised(store: &Arc<dyn Store>, config: &Config, now: Instant) -> Recognised {
    let (broom, mut faults) =
        (Broom { store, config, clock: Clock::Fixed(now), as_of: now }, Faults::default());
    let written = recognise(broom, &mut faults).await.expect("the store answers");
    faults.none().expect("every history can be read");
    written
}

async fn swept(store: &Arc<dyn Store>, now: &str) -> [u64; 3] {
    let written = recognised(store, &config(), at(now)).await;
    [written.deferred, written.recognised, written.ended]
}

/// Balances as an accountant writes them, such as `C 2120 1200.00`.
async fn balances(store: &dyn Store, as_of: &str) -> Vec<String> {
    let cut = Cut { as_of: Some(at(as_of)), known_at: None };
    let balances = store.balances(cut).await.expect("the store answers");
    let written =
        |side, account: Account, minor| format!("{side} {account} {}", format_minor(minor, Currency::ARS));
    let line = |balance: &store::read::Balance| match balance.balance_minor {
        0 => None,
        minor if minor > 0 => Some(written('D', balance.account, minor)),
        minor => Some(written('C', balance.account, -minor)),
    };
    balances.iter().filter_map(line).collect()
}

/// The facts of revenue, with their business days.
async fn facts(store: &dyn Store) -> Vec<String> {
    let events = store.scan_streams(StreamKind::Preapproval, None, 1_000).await.expect("the store answers");
    let revenue =
        ["preapproval.revenue_deferred", "preapproval.revenue_recognised", "preapproval.deferral_ended"];
    let ours = events.iter().filter(|event| revenue.contains(&event.name.as_str()));
    ours.map(|event| format!("{} {}", event.occurred_at.date_naive(), event.name)).collect()
}

/// What the facts say is owed at the end of each month, and the balance of account 2120 at the same instants.
async fn owed(store: &dyn Store, first: u32, last: u32) -> (Vec<i128>, Vec<i128>) {
    let month = |month| Month { year: 2026, month };
    let as_of = at("2027-12-31T00:00:00Z");
    let months = Months { first: month(first), last: month(last), as_of, zone: config().billing().zone };
    let mut roll = Roll::new(months);
    each_timeline::<EngineError>(store, Cut::default(), |stream, timeline| {
        roll.add(stream.seller(), timeline);
        Ok(())
    })
    .await
    .expect("the histories can be read");
    let told = roll.rows().iter().map(|row| row.closing_minor).collect();
    let mut booked = Vec::new();
    for (_, closing) in months.closings() {
        let balances =
            store.balances(Cut { as_of: Some(closing), known_at: None }).await.expect("it answers");
        let deferred = balances.iter().filter(|balance| balance.account == Account::DeferredRevenue);
        booked.push(deferred.map(|balance| -i128::from(balance.balance_minor)).sum());
    }
    (told, booked)
}

#[tokio::test]
async fn case_g_a_year_is_earned_month_by_month_until_it_is_given_back() {
    let (_folder, stores) = stores().await;
    for store in &stores {
        take(store, "2026-01-10T14:00:00Z", annual()).await;
        assert_eq!(
            balances(&**store, "2026-01-11T00:00:00Z").await,
            ["D 1121 1452.00", "C 2110 252.00", "C 4110 1200.00"]
        );
        assert_eq!(swept(store, "2026-01-11T00:00:00Z").await, [1, 0, 0]);
        let billed = ["D 1121 1452.00", "C 2110 252.00", "C 2120 1200.00"];
        assert_eq!(balances(&**store, "2026-01-11T00:00:00Z").await, billed);
        assert_eq!(swept(store, "2026-05-10T15:00:00Z").await, [0, 4, 0]);
        let earned = ["D 1121 1452.00", "C 2110 252.00", "C 2120 800.00", "C 4110 400.00"];
        assert_eq!(balances(&**store, "2026-05-10T15:00:00Z").await, earned);
        take(store, "2026-05-10T18:01:00Z", vec![payment(6, Some("968"))]).await;
        assert_eq!(swept(store, "2026-05-11T00:00:00Z").await, [0, 0, 1]);
        assert_eq!(swept(store, "2027-06-01T00:00:00Z").await, [0, 0, 0]);
        let given_back = ["D 1121 484.00", "C 2110 84.00", "C 4110 400.00"];
        assert_eq!(balances(&**store, "2027-06-01T00:00:00Z").await, given_back);
        // A balance of an earlier day is as it was then.
        assert_eq!(balances(&**store, "2026-01-11T00:00:00Z").await, billed);
        let (told, booked) = owed(&**store, 1, 6).await;
        assert_eq!(told, [120_000, 110_000, 100_000, 90_000, 0, 0]);
        assert_eq!(booked, told);
        let verified = verify(&**store, &config().policies(), |_| {}).await.expect("the store can be read");
        assert_eq!(verified.differences, []);
    }
}

#[tokio::test]
async fn one_late_sweep_writes_what_daily_ones_would_have() {
    let (_folder, [daily, late]) = stores().await;
    for store in [&daily, &late] {
        take(store, "2026-01-10T14:00:00Z", annual()).await;
    }
    for day in 0..200_i64 {
        let now = at("2026-01-10T20:00:00Z") + chrono::TimeDelta::days(day);
        if day == 120 {
            take(&daily, "2026-05-10T18:01:00Z", vec![payment(6, Some("242"))]).await;
        }
        recognised(&daily, &config(), now).await;
    }
    take(&late, "2026-05-10T18:01:00Z", vec![payment(6, Some("242"))]).await;
    assert_eq!(swept(&late, "2026-07-28T20:00:00Z").await, [1, 6, 1]);
    assert_eq!(facts(&*late).await, facts(&*daily).await);
    assert_eq!(owed(&*late, 1, 7).await, owed(&*daily, 1, 7).await);
    let (told, booked) = owed(&*late, 1, 7).await;
    assert_eq!(told, booked);
    // 800.00 less 200.00 is earned over eight months.
    assert_eq!(told, [120_000, 110_000, 100_000, 90_000, 60_000, 52_500, 45_000]);
}

#[tokio::test]
async fn two_sweeps_at_once_write_what_one_would() {
    let folder = tempfile::tempdir().expect("a folder");
    let [one, other] = [sqlite(&folder).await, sqlite(&folder).await];
    take(&one, "2026-01-10T14:00:00Z", annual()).await;
    let (first, second) =
        tokio::join!(swept(&one, "2026-04-01T00:00:00Z"), swept(&other, "2026-04-01T00:00:00Z"));
    let sum: Vec<u64> = first.iter().zip(second).map(|(first, second)| first + second).collect();
    assert_eq!(sum, [1, 2, 0]);
    assert_eq!(facts(&*one).await.len(), 3);
}

#[tokio::test]
async fn nothing_is_deferred_before_its_payment_is_booked() {
    let (_folder, stores) = stores().await;
    for store in &stores {
        take(store, "2026-01-10T14:00:00Z", vec![subscription("club", 12), invoice(6, "club")]).await;
        assert_eq!(swept(store, "2026-03-01T00:00:00Z").await, [0, 0, 0]);
        take(store, "2026-03-01T00:00:01Z", vec![payment(6, None)]).await;
        assert_eq!(swept(store, "2026-03-01T00:00:02Z").await, [1, 1, 0]);
    }
}

#[tokio::test]
async fn a_sweep_as_of_an_instant_does_not_know_what_came_after_it() {
    let (_folder, stores) = stores().await;
    for store in &stores {
        take(store, "2026-06-01T00:00:00Z", annual()).await;
        take(store, "2026-06-01T00:00:01Z", vec![payment(6, Some("968"))]).await;
        assert_eq!(
            swept(store, "2026-01-10T13:04:59Z").await,
            [0, 0, 0],
            "the charge is collected a second later"
        );
        assert_eq!(swept(store, "2026-05-10T17:59:59Z").await, [1, 4, 0], "it is refunded a second later");
        assert_eq!(swept(store, "2026-05-10T18:00:00Z").await, [0, 0, 1]);
    }
}

#[tokio::test]
async fn a_month_at_a_time_is_not_deferred() {
    let (_folder, stores) = stores().await;
    for store in &stores {
        let told = vec![subscription("club", 1), invoice(6, "club"), payment(6, None)];
        take(store, "2026-01-10T14:00:00Z", told).await;
        assert_eq!(swept(store, "2027-01-01T00:00:00Z").await, [0, 0, 0]);
    }
}

#[tokio::test]
async fn where_invoices_recognise_the_revenue_nothing_is_deferred() {
    let (_folder, stores) = stores().await;
    let order = Config::read(Some(("test.toml", "[policy]\nversion = 2\nrecognition = \"order\"\n")), []);
    let order = order.expect("it is a choice");
    for store in &stores {
        take(store, "2026-01-10T14:00:00Z", annual()).await;
        let now = at("2027-01-01T00:00:00Z");
        let written = recognised(store, &order, now).await;
        assert_eq!(written, Recognised::default());
    }
}

#[tokio::test]
async fn what_was_deferred_before_invoices_recognised_the_revenue_is_earned_to_the_end() {
    let (_folder, stores) = stores().await;
    let policy = format!(
        "[policy]\nversion = 3\nrecognition = \"order\"\n[policy.vat_percent]\n\"{SELLER}\" = \"21\"\n"
    );
    let order = Config::read(Some(("test.toml", &policy)), []).expect("it is a choice");
    for store in &stores {
        take(store, "2026-01-10T14:00:00Z", annual()).await;
        assert_eq!(swept(store, "2026-02-11T00:00:00Z").await, [1, 1, 0]);
        let told = vec![subscription("other", 12), invoice(8, "other"), payment(8, None)];
        take(store, "2026-02-11T00:00:01Z", told).await;
        let now = at("2026-05-10T15:00:00Z");
        let written = recognised(store, &order, now).await;
        assert_eq!(written, Recognised { deferred: 0, recognised: 3, ended: 0 });
        take(store, "2026-05-10T18:01:00Z", vec![payment(6, Some("968"))]).await;
        let now = at("2026-05-11T00:00:00Z");
        let written = recognised(store, &order, now).await;
        assert_eq!(written, Recognised { deferred: 0, recognised: 0, ended: 1 });
    }
}

#[tokio::test]
async fn many_subscriptions_fill_several_transactions() {
    let (_folder, stores) = stores().await;
    let count = BATCH as u64 + 30;
    for store in &stores {
        for number in 1..=count {
            let id = format!("club-{number}");
            let told = vec![subscription(&id, 12), invoice(number, &id), payment(number, None)];
            take(store, "2026-01-10T14:00:00Z", told).await;
        }
        assert_eq!(swept(store, "2026-02-11T00:00:00Z").await, [count, count, 0]);
        let mut by_name: BTreeMap<String, u64> = BTreeMap::new();
        for fact in facts_of_all(&**store).await {
            *by_name.entry(fact).or_default() += 1;
        }
        let expect = ["preapproval.revenue_deferred", "preapproval.revenue_recognised"];
        assert_eq!(by_name, expect.map(|name| (name.to_owned(), count)).into());
    }
}

/// The names of the facts of revenue of every subscription.
async fn facts_of_all(store: &dyn Store) -> Vec<String> {
    let events = store.scan_streams(StreamKind::Preapproval, None, 100_000).await.expect("the store answers");
    let names = events.iter().map(|event| event.name.to_string());
    names.filter(|name| name.starts_with("preapproval.revenue")).collect()
}
