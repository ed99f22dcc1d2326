//! `conciliar sweep` and `conciliar relay`, as a person runs them: a charge fails, the sweep says what is wrong and writes
//! what the payer is told, and the relay hands that to the merchant's own sender.

use serde_json::Value;

use crate::backoffice::stand_in::StandIn;
use crate::bin::{Desk, keys, list, text};
use crate::process::Process;
use crate::queue::until;

const SUBSCRIPTION: &str = r#"{"id":"yoga","collector_id":7,"reason":"Yoga","status":"authorized",
    "external_reference":"YG-1","auto_recurring":{"frequency":1,"frequency_type":"months",
    "transaction_amount":10,"currency_id":"ARS"},"date_created":"2026-10-05T12:00:00Z",
    "last_modified":"2026-10-05T12:00:00Z"}"#;

/// A charge as it was told at a time.
fn charge(id: u64, due: &str, told: &str, status: &str) -> String {
    format!(
        r#"{{"id":{id},"type":"scheduled","preapproval_id":"yoga","currency_id":"ARS","transaction_amount":10,
        "date_created":"{due}T12:00:00Z","debit_date":"{due}T12:00:00Z","last_modified":"{told}",
        "retry_attempt":1,"status":"{status}","rejection_code":"cc_rejected_insufficient_amount",
        "payment":{{"id":{id}00,"status":"rejected","status_detail":"cc_rejected_insufficient_amount"}}}}"#
    )
}

/// A desk where the first charge of a subscription was declined on its day.
fn desk() -> Desk {
    let desk = Desk::new();
    let lines: Vec<String> = [
        ("preapproval", SUBSCRIPTION.to_owned()),
        ("authorized_payment", charge(1, "2026-10-05", "2026-10-05T12:01:00Z", "recycling")),
    ]
    .iter()
    .map(|(topic, body)| delivery(topic, body))
    .collect();
    desk.write("told.ndjson", lines.join("\n"));
    desk.done(&["ingest", "told.ndjson", "--strict"]);
    desk
}

/// A delivery of seller 7.
fn delivery(topic: &str, body: &str) -> String {
    let body = body.replace('\n', " ");
    format!(
        r#"{{"kind":"resource","topic":"{topic}","channel":"response","received_at":"2026-10-05T12:02:00Z","seller":"7","site":"MLA","body":{body}}}"#
    )
}

/// The lines of a file of letters.
fn letters(desk: &Desk, name: &str) -> Vec<Value> {
    let told = std::fs::read_to_string(desk.path(name)).unwrap_or_default();
    told.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

#[test]
fn a_sweep_prints_what_it_did_and_what_is_wrong() {
    let desk = desk();
    let swept = desk.json(&["sweep", "--at", "2026-10-05T13:00:00Z"]);
    let written = ["deferred", "ended", "messages", "presumed_ended", "presumed_expired", "recognised"];
    assert!(written.iter().all(|key| swept[key].is_u64()), "{swept}");
    assert_eq!(keys(&swept).len(), written.len() + 5, "and five lists");
    assert_eq!((swept["messages"].as_u64(), list(&swept, "findings").len()), (Some(1), 0));
    let later = desk.run(&["sweep", "--strict", "--format", "json", "--at", "2026-12-20T00:00:00Z"]);
    assert_eq!(later.code, 3, "{}", later.err);
    let later: Value = serde_json::from_str(&later.out).expect("JSON");
    assert_eq!(later["messages"], 0, "it was told already, and is no news any more");
    let found: Vec<_> = list(&later, "findings")
        .iter()
        .map(|found| (text(found, "kind"), text(found, "due_at"), text(found, "expected")))
        .collect();
    let missing = |due| ("missing", due, "10.00");
    assert_eq!(found, [missing("2026-11-05T12:00:00Z"), missing("2026-12-05T12:00:00Z")]);
    let last = desk.done(&["sweep", "--days", "30", "--format", "csv", "--at", "2026-12-20T00:00:00Z"]);
    assert_eq!(
        last,
        "seller,subscription,kind,due_at,slot,invoice,subject,expected,actual,currency\r\n7,yoga,missing,2026-12-05T12:00:00Z,2,,,10.00,,ARS\r\n"
    );
    let table = desk.run(&["sweep", "--at", "2026-12-20T00:00:00Z"]);
    assert!(table.out.contains("missing") && table.out.contains("10.00"), "{}", table.out);
    assert!(table.err.ends_with("2 findings about subscriptions\n"), "{}", table.err);
    assert_eq!(desk.run(&["replay", "--verify"]).code, 0);
}

#[test]
fn what_a_sweep_wrote_is_handed_to_a_file_once() {
    let desk = desk();
    let swept = desk.run(&["sweep", "--at", "2026-10-05T13:00:00Z", "--lang", "es"]);
    assert!(swept.err.contains("1 messages for payers were written"), "{}", swept.err);
    for handed in ["1 messages were handed over\n", "0 messages were handed over\n"] {
        let ran = desk.run(&["relay", "--to", "letters.ndjson", "--once"]);
        assert_eq!((ran.code, ran.err.as_str()), (0, handed));
    }
    let [letter] = &letters(&desk, "letters.ndjson")[..] else { panic!("one letter") };
    assert_eq!(text(letter, "key"), "dunning/7/yoga/1/retrying");
    assert_eq!(text(&letter["message"], "reference"), "YG-1");
    // The language of payers is configured; --lang is of headings.
    assert_eq!(text(&letter["message"], "language"), "en");
    desk.write("es.toml", "[dunning]\nlanguage = \"es\"\n");
    let given_up = charge(1, "2026-10-05", "2026-10-15T12:00:00Z", "processed");
    desk.write("next.ndjson", delivery("authorized_payment", &given_up));
    desk.done(&["ingest", "next.ndjson", "--strict"]);
    desk.done(&["sweep", "--config", "es.toml", "--at", "2026-10-15T13:00:00Z"]);
    desk.done(&["relay", "--to", "letters.ndjson", "--once"]);
    let [_, second] = &letters(&desk, "letters.ndjson")[..] else { panic!("two letters") };
    assert_eq!(text(second, "key"), "dunning/7/yoga/1/update_card");
    assert_eq!(text(&second["message"], "subject"), "Yoga: actualizá tu medio de pago");
}

#[test]
fn an_address_gets_the_key_the_token_and_what_the_file_would_have() {
    let desk = desk();
    desk.done(&["sweep", "--at", "2026-10-05T13:00:00Z"]);
    desk.write("letters.token", "S3CRET\n");
    let shop = StandIn::answering(202, "");
    let to = format!("{}/letters", shop.address());
    desk.done(&["relay", "--to", &to, "--token-file", "letters.token", "--once"]);
    let taken = shop.only();
    assert_eq!((taken.method.as_str(), taken.target.as_str()), ("POST", "/letters"));
    assert_eq!(taken.header("idempotency-key"), "dunning/7/yoga/1/retrying");
    assert_eq!(taken.header("authorization"), "Bearer S3CRET");
    let letter: Value = serde_json::from_str(&taken.body).expect("JSON");
    assert_eq!(text(&letter, "key"), "dunning/7/yoga/1/retrying");
    assert_eq!(text(&letter["message"], "step"), "retrying");
}

#[test]
fn a_refused_message_stays_until_a_person_passes_over_it() {
    let desk = desk();
    desk.done(&["sweep", "--at", "2026-10-05T13:00:00Z"]);
    let shop = StandIn::answering(422, "");
    let (to, key) = (shop.address().to_owned(), "dunning/7/yoga/1/retrying");
    let ran = desk.run(&["relay", "--to", &to, "--once"]);
    let told = format!(
        "error: message {key} was not taken: the receiver refused it with 422; mend the receiver, or pass over the message with `conciliar relay --to … --skip {key}`\n"
    );
    assert_eq!((ran.code, ran.err), (1, told));
    assert_eq!(desk.run(&["relay", "--to", &to, "--skip", "dunning/7/yoga/2/retrying"]).code, 1);
    desk.done(&["relay", "--to", &to, "--skip", key]);
    desk.done(&["relay", "--to", &to, "--once"]);
    assert_eq!(shop.taken().len(), 1);
}

#[test]
fn it_waits_for_what_comes_can_be_watched_and_ends_when_it_is_told_to() {
    let desk = desk();
    let args = ["relay", "--to", "letters.ndjson", "--listen", "127.0.0.1:0"];
    let mut relay = Process::start(&desk, "relay", &args, &[("CONCILIAR__RELAY__EVERY_SECONDS", "1")]);
    assert!(relay.get("/readyz").starts_with("HTTP/1.1 200"));
    desk.done(&["sweep", "--at", "2026-10-05T13:00:00Z"]);
    until("the letter is handed over", || (!letters(&desk, "letters.ndjson").is_empty()).then_some(()));
    until("it is counted", || relay.get("/metrics").contains("conciliar_relayed_total 1").then_some(()));
    relay.stop();
    assert_eq!(letters(&desk, "letters.ndjson").len(), 1);
}

#[test]
fn a_relay_that_is_killed_leaves_out_nothing_and_repeats_nothing_in_a_file() {
    let desk = Desk::new();
    let mut told = Vec::new();
    for number in 1..=1_000 {
        let named = |body: String| body.replace("yoga", &format!("yoga-{number:04}"));
        let declined = charge(number, "2026-10-05", "2026-10-05T12:01:00Z", "recycling");
        told.push(delivery("preapproval", &named(SUBSCRIPTION.to_owned())));
        told.push(delivery("authorized_payment", &named(declined)));
    }
    desk.write("told.ndjson", told.join("\n"));
    desk.done(&["ingest", "told.ndjson", "--strict"]);
    desk.done(&["sweep", "--at", "2026-10-05T13:00:00Z"]);
    let lines = || std::fs::read_to_string(desk.path("letters.ndjson")).unwrap_or_default().lines().count();
    for stage in 1..=2 {
        let relay = Process::start(&desk, "relay", &["relay", "--to", "letters.ndjson"], &[]);
        until("some letters are handed over", || (lines() >= stage * 20).then_some(()));
        // Dropping it kills it at once.
        drop(relay);
    }
    assert!(lines() < 1_000, "it was killed on its way");
    desk.done(&["relay", "--to", "letters.ndjson", "--once"]);
    let keys: Vec<String> =
        letters(&desk, "letters.ndjson").iter().map(|letter| text(letter, "key").to_owned()).collect();
    let all: Vec<String> =
        (1..=1_000).map(|number| format!("dunning/7/yoga-{number:04}/{number}/retrying")).collect();
    assert_eq!(keys, all);
}

#[test]
fn closing_a_month_tells_nobody_anything() {
    let desk = Desk::new();
    desk.write(
        "october/told.ndjson",
        [
            delivery("preapproval", SUBSCRIPTION),
            delivery("authorized_payment", &charge(1, "2026-10-05", "2026-10-05T12:01:00Z", "recycling")),
        ]
        .join("\n"),
    );
    desk.done(&["close", "october", "--from", "2026-10-01", "--to", "2026-10-06"]);
    desk.done(&["relay", "--to", "letters.ndjson", "--once"]);
    assert!(letters(&desk, "letters.ndjson").is_empty());
}
