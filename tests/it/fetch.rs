//! `conciliar fetch` as a process: on the queues, killed in the middle, and on a store alone.

use broker::publisher::Route;
use engine::envelope::pack;
use engine::item::{Item, Kind};
use mercadopago::observe::{Channel, DeliveryKind};
use store::inbox::{Body, InboxKey};

use crate::bin::{Desk, list, text};
use crate::process::Process;
use crate::queue::{Queues, done, until, wait_for};

mod provider;

use provider::{Provider, SELLER};

/// A webhook as the receiver publishes it.
fn notice(id: &str) -> Item {
    let body = format!(r#"{{"type":"payment","user_id":{SELLER},"data":{{"id":"{id}"}}}}"#);
    Item {
        kind: Kind::Message(DeliveryKind::Notification),
        key: InboxKey(format!("n{id}").into()),
        topic: "payment".into(),
        channel: Channel::Webhook,
        seller: Some(SELLER.into()),
        site: None,
        origin: "webhook".into(),
        received_at: "2026-10-02T14:00:05Z".parse().expect("a literal instant"),
        caused_by: None,
        body: Body::whole(body.into_bytes()),
        problem: None,
        verified: true,
    }
}

/// Puts webhooks where the receiver puts them.
async fn publish(queues: &Queues, ids: &[&str]) {
    let broker = queues.connect().await;
    broker.declare().await.expect("they can be declared");
    let mut publisher = broker.publisher(100).await.expect("a publisher");
    let messages = ids.iter().map(|id| (Route::Notifications, pack(&notice(id)))).collect();
    publisher.publish(messages).await.expect("they are confirmed");
    broker.close().await.expect("the connection is open");
}

/// What a process must be told to reach this provider.
fn variables(provider: &Provider) -> [(&str, &str); 2] {
    [("CONCILIAR_TOKEN", "a-token"), ("CONCILIAR__CLIENT__BASE", &provider.base)]
}

/// The verdict of each notification.
fn verdicts(desk: &Desk) -> Vec<(String, String)> {
    let rows = desk.json(&["inbox", "list"]);
    let notices = list(&rows, "deliveries").iter().filter(|row| text(row, "kind") == "notification");
    let mut found: Vec<_> =
        notices.map(|row| (text(row, "key").to_owned(), text(row, "verdict").to_owned())).collect();
    found.sort();
    found
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, verdict)| ((*key).to_owned(), (*verdict).to_owned())).collect()
}

#[test]
fn a_killed_fetcher_costs_nothing() {
    let (desk, queues, provider) = (Desk::new(), Queues::new(), Provider::start());
    let variables = [queues.variables(), variables(&provider)].concat();
    wait_for(publish(&queues, &["10", "11", "404"]));
    provider.keep_silent(true);
    let killed = Process::start(&desk, "killed", &["fetch"], &variables);
    until("the provider is asked", || (provider.asked("/v1/payments/10") == 1).then_some(()));
    // Dropped, it is killed as by a power cut.
    drop(killed);
    provider.keep_silent(false);
    let ran = done(desk.run_with(&["fetch", "--until-idle"], &variables, ""));
    assert!(
        ran.err.contains("3 notifications: asked 3 times, 0 shared an answer, 1 not found, 0 left open"),
        "{}",
        ran.err
    );
    done(desk.run_with(&["work", "--until-idle"], &variables, ""));
    assert_eq!(verdicts(&desk), pairs(&[("n10", "applied"), ("n11", "applied"), ("n404", "refused")]));
    let counts = desk.json(&["report", "inbox"]);
    let expected = serde_json::json!({
        "applied": 4, "unchanged": 0, "needs_fetch": 0, "refused": 2, "undecodable": 0
    });
    assert_eq!(counts, expected, "each notification and what was fetched for it");
}

#[test]
fn a_fetcher_tells_how_it_is_and_ends_when_it_is_told_to() {
    let (desk, queues, provider) = (Desk::new(), Queues::new(), Provider::start());
    let variables = [queues.variables(), variables(&provider)].concat();
    let mut fetcher = Process::start(&desk, "fetch", &["fetch", "--listen", "127.0.0.1:0"], &variables);
    until("it is ready", || fetcher.get("/readyz").starts_with("HTTP/1.1 200").then_some(()));
    assert!(fetcher.get("/healthz").starts_with("HTTP/1.1 200"), "{}", fetcher.told());
    wait_for(publish(&queues, &["10", "404"]));
    let counted = |metrics: &str, outcome: &str| {
        metrics.contains(&format!("conciliar_fetch_answers_total{{outcome=\"{outcome}\"}} 1"))
    };
    until("both are answered", || {
        let metrics = fetcher.get("/metrics");
        (counted(&metrics, "resource") && counted(&metrics, "not_found")).then_some(())
    });
    fetcher.stop();
    let told = std::fs::read_to_string(desk.path("fetch.log")).expect("the log of a process");
    assert!(told.contains("2 notifications: asked 2 times"), "{told}");
}

#[test]
fn notifications_of_files_are_fetched_for_without_a_broker() {
    let (desk, provider) = (Desk::new(), Provider::start());
    let variables = variables(&provider);
    let line = |id: &str| {
        format!(
            r#"{{"kind":"notification","topic":"payment","channel":"webhook","received_at":"2026-10-02T14:00:05Z","seller":"{SELLER}","key":"n{id}","body":{{"type":"payment","data":{{"id":"{id}"}}}}}}"#
        )
    };
    desk.write("webhooks.ndjson", [line("10"), line("404")].join("\n"));
    desk.done(&["ingest", "webhooks.ndjson"]);
    assert_eq!(verdicts(&desk), pairs(&[("n10", "needs_fetch"), ("n404", "needs_fetch")]));
    let ran = done(desk.run_with(&["fetch", "--open"], &variables, ""));
    assert_eq!(
        ran.err, "2 notifications: asked 2 times, 0 shared an answer, 1 not found, 0 left open\n",
        "nothing else is said"
    );
    assert_eq!(verdicts(&desk), pairs(&[("n10", "applied"), ("n404", "refused")]));
    let payments = desk.json(&["report", "payments"]);
    assert_eq!(list(&payments, "payments").len(), 1);
    assert_eq!(desk.done(&["inbox", "retry", "n404"]), "needs_fetch\n");
    done(desk.run_with(&["fetch", "--open"], &variables, ""));
    assert_eq!(verdicts(&desk), pairs(&[("n10", "applied"), ("n404", "refused")]));
    assert_eq!(provider.asked("/v1/payments/404"), 2);
}

#[test]
fn a_fetcher_without_a_broker_says_what_it_needs() {
    let ran = Desk::new().run(&["fetch"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("fetch without --open needs a broker"), "{}", ran.err);
}
