//! What is asked for by name: charge requests, subscriptions, report files.

use domain::payment::machine::Payment;
use domain::payment::state::State;
use mercadopago::observe::DeliveryKind;
use store::inbox::InboxKey;
use store::read::Cut;

use super::*;
use crate::ingest::{Ingester, Tally};
use crate::project::each_state;
use crate::samples::item;
use crate::sweep::faults::Faults;
use crate::sweep::{Broom, Messages, sweep};

/// A store that was told of some resources.
async fn told(resources: &[(&str, String)]) -> Arc<dyn Store> {
    let store = memory();
    let config = crate::samples::config();
    let clock = Clock::Fixed(NOW.parse().expect("a literal instant"));
    let ingester = Ingester::new(Arc::clone(&store), config.clone(), clock);
    let items = resources.iter().map(|(topic, body)| {
        let item = item(DeliveryKind::Resource, topic, body);
        let key = InboxKey(format!("given {}", item.key.0).into());
        Item { key, received_at: "2026-10-20T08:00:00Z".parse().expect("a literal instant"), ..item }
    });
    let mut tally = Tally::default();
    ingester.take(&Ingester::look(&config, items.collect()), &mut tally).await.expect("the store takes them");
    assert_eq!(tally.applied, resources.len() as u64, "{tally:?}");
    store
}

fn intent(id: &str, state: &str) -> String {
    format!(r#"{{"id":"{id}","device_id":"d","amount":100,"state":"{state}"}}"#)
}

fn subscription(id: &str, status: &str, modified: &str) -> String {
    format!(
        r#"{{"id":"{id}","collector_id":7,"status":"{status}","reason":"r","payer_id":1,"version":1,
        "date_created":"2026-03-01T00:00:00Z","last_modified":"{modified}",
        "auto_recurring":{{"frequency":1,"frequency_type":"months","transaction_amount":10,"currency_id":"ARS"}}}}"#
    )
}

/// A round that hands on to the store itself.
async fn round(provider: &Provider, store: &Arc<dyn Store>, config: &Config, crawl: Crawl) -> Polled {
    let clock = Clock::Fixed(NOW.parse().expect("a literal instant"));
    let (sink, _waiting) = StoreSink::start(Arc::clone(store), config.clone(), clock);
    let sink = Arc::new(sink);
    let poller = provider.poller(store, sink.clone(), config, NOW);
    let polled = poller.round(&seller(), crawl).await.expect("the provider answers");
    sink.close().await;
    polled
}

#[tokio::test]
async fn intents_are_read_by_their_ids_until_they_have_ended() {
    let store = told(&[
        ("payment_intent", intent("open", "OPEN")),
        ("payment_intent", intent("gone", "OPEN")),
        ("payment_intent", intent("ended", "FINISHED")),
        ("order", order("ORD1", "at_terminal")),
        ("point_order", r#"{"id":77,"status":"OPEN","amount":10,"description":"d"}"#.to_owned()),
        ("instore_intent", instore("c-1", "OPEN")),
    ])
    .await;
    let provider = Provider::start().await;
    let config = scene::config("");
    let bodies = [
        ("/point/integration-api/payment-intents/open", intent("open", "FINISHED")),
        ("/v1/orders/ORD1", order("ORD1", "processed")),
        ("/point/services/integrations/v1/77", r#"{"id":77,"status":"CLOSED","amount":10,"description":"d","payment_id":5,"payment_status":"approved"}"#.to_owned()),
        ("/instore-api/integrations/v1/intents/c-1/point", instore("c-1", "CLOSED")),
    ];
    provider.world().bodies.extend(bodies.map(|(path, body)| (path.to_owned(), body)));
    let polled = round(&provider, &store, &config, Crawl::Intents).await;
    assert_eq!(polled.accepted, 4);
    let asked: BTreeSet<String> = provider.world().asked.drain(..).collect();
    let expected = [
        "/instore-api/integrations/v1/intents/c-1/point",
        "/point/integration-api/payment-intents/gone",
        "/point/integration-api/payment-intents/open",
        "/point/services/integrations/v1/77",
        "/v1/orders/ORD1",
    ];
    assert_eq!(asked, expected.map(str::to_owned).into());
    round(&provider, &store, &config, Crawl::Intents).await;
    assert_eq!(
        provider.world().asked,
        ["/point/integration-api/payment-intents/gone"],
        "the others have ended"
    );
}

fn order(id: &str, status: &str) -> String {
    format!(
        r#"{{"id":"{id}","type":"point","user_id":"7","status":"{status}","status_detail":"{status}","currency":"ARS",
        "total_amount":"10.00","created_date":"2026-10-20T07:00:00Z","last_updated_date":"2026-10-20T07:00:00Z",
        "transactions":{{"payments":[]}}}}"#
    )
}

fn instore(id: &str, status: &str) -> String {
    format!(r#"{{"id":"{id}","status":"{status}","operations":[{{"type":"PURCHASE","amount":"10.00"}}]}}"#)
}

#[tokio::test]
async fn intents_are_read_a_pause_apart() {
    let store = told(&[
        ("payment_intent", intent("a", "OPEN")),
        ("payment_intent", intent("b", "OPEN")),
        ("payment_intent", intent("c", "OPEN")),
    ])
    .await;
    let provider = Provider::start().await;
    let config = Config::read(Some(("test", "[poll]\nintents_pause_ms = 200")), []).expect("it fits");
    let begin = tokio::time::Instant::now();
    round(&provider, &store, &config, Crawl::Intents).await;
    assert_eq!(provider.world().asked.len(), 3);
    assert!(begin.elapsed() >= Duration::from_millis(400), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn an_intent_that_nobody_told_us_of_is_found_in_the_events() {
    let store =
        told(&[("payment_intent", intent("ended", "FINISHED")), ("payment_intent", intent("open", "OPEN"))])
            .await;
    let provider = Provider::start().await;
    let event = |id: &str| {
        format!(r#"{{"payment_intent_id":"{id}","status":"FINISHED","created_on":"2026-10-20T07:00:00Z"}}"#)
    };
    let events = ["ended", "open", "unheard", "unheard"].map(event).join(",");
    let bodies = [
        ("/point/integration-api/payment-intents/events", format!(r#"{{"events":[{events}]}}"#)),
        ("/point/integration-api/payment-intents/open", intent("open", "CANCELED")),
        ("/point/integration-api/payment-intents/unheard", intent("unheard", "FINISHED")),
    ];
    provider.world().bodies.extend(bodies.map(|(path, body)| (path.to_owned(), body)));
    let config = scene::config("history_days = 40");
    let polled = round(&provider, &store, &config, Crawl::Events).await;
    assert_eq!(polled.accepted, 2);
    let list = "/point/integration-api/payment-intents/events?startDate=";
    let lists: Vec<String> = {
        let world = provider.world();
        let lists = world.asked.iter().filter_map(|path| path.strip_prefix(list));
        lists.map(str::to_owned).collect()
    };
    assert_eq!(lists, ["2026-09-10&endDate=2026-10-09", "2026-10-08&endDate=2026-10-20"]);
    provider.world().asked.clear();
    let polled = round(&provider, &store, &config, Crawl::Events).await;
    assert_eq!(polled.accepted, 0, "all have ended");
    assert_eq!(provider.world().asked, [format!("{list}2026-10-19&endDate=2026-10-20")]);

    let (none, store) = (Provider::start().await, memory());
    none.world().refusals.push_back(403);
    let polled = round(&none, &store, &config, Crawl::Events).await;
    assert_eq!(polled, Polled::default(), "a seller without terminals has no events");
    assert_eq!(none.world().asked.len(), 2);
}

#[tokio::test]
async fn a_round_reads_every_subscription_with_its_invoices_and_goes_on_where_it_stood() {
    let store = told(&[
        ("preapproval", subscription("a", "authorized", "2026-10-01T00:00:00Z")),
        ("preapproval", subscription("b", "cancelled", "2026-03-01T00:00:00Z")),
        ("preapproval", subscription("c", "paused", "2026-10-01T00:00:00Z")),
    ])
    .await;
    let provider = Provider::start().await;
    let invoice = r#"{"id":6,"type":"scheduled","date_created":"2026-10-02T00:00:00Z","last_modified":"2026-10-02T00:00:00Z",
        "preapproval_id":"c","currency_id":"ARS","transaction_amount":10,"debit_date":"2026-10-02T00:00:00Z",
        "status":"scheduled","summarized":"pending"}"#;
    let bodies = [
        ("/preapproval/a", subscription("a", "paused", "2026-10-19T00:00:00Z")),
        ("/preapproval/c", subscription("c", "authorized", "2026-10-19T00:00:00Z")),
        (
            "/authorized_payments/search",
            format!(r#"{{"paging":{{"total":1,"limit":50,"offset":0}},"results":[{invoice}]}}"#),
        ),
    ];
    provider.world().bodies.extend(bodies.map(|(path, body)| (path.to_owned(), body)));
    let config = scene::config("");
    // Another poller did the first one and went away.
    let now = NOW.parse().expect("a literal instant");
    let place = br#"{"begun_at":"2026-10-20T11:00:00Z","after":"a"}"#;
    let name = "poll/7/subscriptions";
    assert!(store.put_cell(name, None, place, now).await.expect("the store answers"));
    let polled = round(&provider, &store, &config, Crawl::Subscriptions).await;
    assert_eq!(polled.accepted, 2, "itself and its invoice");
    let asked: Vec<String> = provider.world().asked.drain(..).collect();
    assert_eq!(asked, ["/preapproval/c", "/authorized_payments/search?preapproval_id=c&offset=0&limit=50"]);
    round(&provider, &store, &config, Crawl::Subscriptions).await;
    assert_eq!(provider.world().asked.len(), 0, "the next round is not due");

    let hasty = scene::config("subscriptions_every_seconds = 3600");
    round(&provider, &store, &hasty, Crawl::Subscriptions).await;
    let asked: Vec<String> =
        provider.world().asked.drain(..).filter(|path| path.starts_with("/pre")).collect();
    assert_eq!(asked, ["/preapproval/a", "/preapproval/c"], "the old cancelled one is left alone");
}

/// A payment that nobody confirmed for a month, and one of which a reservation is left.
fn late(id: u64, status: &str, updated: &str) -> String {
    format!(
        r#"{{"id":{id},"collector_id":7,"currency_id":"ARS","status":"{status}","status_detail":"",
        "transaction_amount":10,"transaction_details":{{"net_received_amount":10}},"charges_details":[],
        "date_created":"2026-09-15T00:00:00Z","date_last_updated":"{updated}"}}"#
    )
}

/// The standings of the payments of a store.
async fn standings(store: &Arc<dyn Store>) -> Vec<String> {
    let mut all = Vec::new();
    let visit = |stream: &StreamId, state: &State| {
        all.push(format!("{} {}", stream.id(), state.name()));
        Ok(())
    };
    let walked = each_state::<Payment, EngineError>(&**store, Cut::default(), visit).await;
    walked.expect("the store answers");
    all
}

#[tokio::test]
async fn what_is_presumed_meets_what_is_so_one_by_one_and_again_only_after_a_while() {
    let day = "2026-09-15T00:00:00Z";
    let of = |id, status| ("payment", late(id, status, day));
    let made =
        [of(1, "pending"), of(2, "in_process"), of(3, "authorized"), of(4, "pending"), of(5, "approved")];
    let store = told(&made).await;
    let provider = Provider::start().await;
    let config = scene::config("");
    let now: Instant = NOW.parse().expect("a literal instant");
    let clock = Clock::Fixed(now);
    let broom = Broom { store: &store, config: &config, clock, as_of: now };
    let mut faults = Faults::default();
    let swept = sweep(broom, Messages::Leave, &mut faults, |_| {}).await;
    assert_eq!(swept.expect("the store answers").presumed, 3);
    let later = "2026-10-15T00:00:00Z";
    let bodies = [
        ("/v1/payments/1", late(1, "cancelled", later)),
        ("/v1/payments/2", late(2, "approved", later)),
        ("/v1/payments/3", late(3, "cancelled", later)),
    ];
    provider.world().bodies.extend(bodies.map(|(path, body)| (path.to_owned(), body)));
    let polled = round(&provider, &store, &config, Crawl::Overdue).await;
    assert_eq!(polled, Polled { read: 3, accepted: 3 });
    let asked: Vec<String> = provider.world().asked.drain(..).collect();
    assert_eq!(asked, ["/v1/payments/1", "/v1/payments/2", "/v1/payments/3", "/v1/payments/4"]);
    let expected = ["1 cancelled", "2 approved", "3 cancelled", "4 awaiting_payer", "5 approved"];
    assert_eq!(standings(&store).await, expected);

    round(&provider, &store, &config, Crawl::Overdue).await;
    assert_eq!(provider.world().asked.len(), 0, "the next round is not due");
    let cell = store.cell("poll/7/overdue").await.expect("the store answers").expect("there is a checkpoint");
    let place = br#"{"begun_at":"2026-10-20T06:00:00Z","after":null}"#;
    assert!(store.put_cell("poll/7/overdue", Some(cell.version), place, now).await.expect("it answers"));
    round(&provider, &store, &config, Crawl::Overdue).await;
    assert_eq!(provider.world().asked, ["/v1/payments/4"], "the others are decided");
}

/// Puts the round through overdue payments where a test wants it.
async fn stand(store: &Arc<dyn Store>, place: &str) {
    let now = NOW.parse().expect("a literal instant");
    let put = store.put_cell("poll/7/overdue", None, place.as_bytes(), now).await;
    assert!(put.expect("the store answers"));
}

#[tokio::test]
async fn a_payment_that_the_provider_does_not_show_holds_up_no_other() {
    let made = [1, 2, 3].map(|id| ("payment", late(id, "authorized", "2026-09-15T00:00:00Z")));
    let store = told(&made).await;
    let provider = Provider::start().await;
    let config = scene::config("");
    provider.world().refusals.extend([403, 400]);
    provider.world().bodies.insert("/v1/payments/3".to_owned(), late(3, "cancelled", "2026-10-15T00:00:00Z"));
    let polled = round(&provider, &store, &config, Crawl::Overdue).await;
    assert_eq!(polled, Polled { read: 1, accepted: 1 });
    assert_eq!(standings(&store).await, ["1 authorized", "2 authorized", "3 cancelled"]);
}

#[tokio::test]
async fn a_token_that_is_refused_ends_the_round_where_it_stands() {
    let made = [1, 2].map(|id| ("payment", late(id, "authorized", "2026-09-15T00:00:00Z")));
    let store = told(&made).await;
    let provider = Provider::start().await;
    let config = scene::config("");
    provider.world().refusals.extend([401, 401]);
    let poller = provider.poller(&store, Arc::new(Kept::default()), &config, NOW);
    let refused = poller.round(&seller(), Crawl::Overdue).await;
    assert!(matches!(&refused, Err(PollError::Client { .. })), "{refused:?}");
    assert_eq!(store.cell("poll/7/overdue").await.expect("the store answers"), None);
}

#[tokio::test]
async fn a_round_that_took_longer_than_its_pause_is_the_last_one_of_its_call() {
    let made = [1, 2, 3].map(|id| ("payment", late(id, "authorized", "2026-09-15T00:00:00Z")));
    let store = told(&made).await;
    let provider = Provider::start().await;
    let config = scene::config("");
    stand(&store, r#"{"begun_at":"2026-10-19T06:00:00Z","after":"2"}"#).await;
    let later = "2026-10-15T00:00:00Z";
    provider.world().bodies.insert("/v1/payments/3".to_owned(), late(3, "cancelled", later));
    round(&provider, &store, &config, Crawl::Overdue).await;
    let asked: Vec<String> = provider.world().asked.drain(..).collect();
    assert_eq!(asked, ["/v1/payments/3"], "who polls once is done");
    round(&provider, &store, &config, Crawl::Overdue).await;
    let asked: Vec<String> = provider.world().asked.drain(..).collect();
    assert_eq!(asked, ["/v1/payments/1", "/v1/payments/2"], "the third is decided");
}

#[tokio::test]
async fn overdue_payments_are_read_a_pause_apart() {
    let made = [1, 2, 3].map(|id| ("payment", late(id, "authorized", "2026-09-15T00:00:00Z")));
    let store = told(&made).await;
    let provider = Provider::start().await;
    let config = Config::read(Some(("test", "[poll]\nintents_pause_ms = 200")), []).expect("it fits");
    let begin = tokio::time::Instant::now();
    round(&provider, &store, &config, Crawl::Overdue).await;
    assert_eq!(provider.world().asked.len(), 3);
    assert!(begin.elapsed() >= Duration::from_millis(400), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn report_files_of_the_last_days_are_taken_once() {
    let (provider, store, kept) = (Provider::start().await, memory(), Arc::new(Kept::default()));
    let file = |name: &str, made: &str| {
        format!(
            r#"{{"id":1,"status":"processed","file_name":{name},"date_created":"{made}","format":"CSV"}}"#
        )
    };
    let list = [
        file(r#""release-7-2026-10-19.csv""#, "2026-10-19T06:00:00.000-04:00"),
        file(r#""release-7-2026-10-01.csv""#, "2026-10-01T06:00:00.000-04:00"),
        file(r#""release-7-2026-10-19.xlsx""#, "2026-10-19T06:00:00.000-04:00"),
        file("null", "2026-10-19T06:00:00.000-04:00"),
    ];
    let csv = "DATE,SOURCE_ID,EXTERNAL_REFERENCE,RECORD_TYPE,DESCRIPTION,NET_CREDIT_AMOUNT,NET_DEBIT_AMOUNT,GROSS_AMOUNT,\
               MP_FEE_AMOUNT,CURRENCY\n2026-10-18T10:00:00.000-04:00,5,ref,release,payment,10.00,0.00,10.00,0.00,ARS\n";
    let bodies = [
        ("/v1/account/release_report/list", format!("[{}]", list.join(","))),
        ("/v1/account/settlement_report/list", "[]".to_owned()),
        ("/v1/account/release_report/release-7-2026-10-19.csv", csv.to_owned()),
    ];
    provider.world().bodies.extend(bodies.map(|(path, body)| (path.to_owned(), body)));
    let config = scene::config("reports_order_days = 0");
    let poller = provider.poller(&store, kept.clone(), &config, NOW);
    let polled = poller.round(&seller(), Crawl::Reports).await.expect("the provider answers");
    assert_eq!(polled, Polled { read: 1, accepted: 1 });
    let items = kept.items();
    assert_eq!(
        (items[0].kind, items[0].channel, items[0].seller.as_deref()),
        (Kind::Row, Channel::Poll, Some("7"))
    );
    poller.round(&seller(), Crawl::Reports).await.expect("the provider answers");
    let downloads = provider.world().asked.iter().filter(|path| path.ends_with(".csv")).count();
    assert_eq!(downloads, 1);
}
