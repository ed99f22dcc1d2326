//! The other position of each rule, and what tests make of single instalments.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::{card, invoices, monthly, put, read, subscribed};
use crate::in_person::tests::scene::{Scene, text};
use crate::site::Site;

async fn scene(rules: &Value) -> Scene {
    let scene = Scene::of(Site::Mla).await;
    let set = scene.call(Method::PUT, "/admin/billing", &rules.to_string()).await;
    assert_eq!(set.status, 200, "{}", set.body);
    scene
}

/// A subscription from a plan of these terms, monthly and of 90 unless they say otherwise.
async fn of_plan(scene: &Scene, terms: &Value) -> String {
    let mut recurring =
        json!({"frequency": 1, "frequency_type": "months", "transaction_amount": 90, "currency_id": "ARS"});
    for (key, value) in terms.as_object().expect("terms are an object") {
        recurring[key] = value.clone();
    }
    let plan = json!({"reason": "Yoga", "back_url": "https://a.example", "auto_recurring": recurring});
    let plan = scene.done("/preapproval_plan", &plan.to_string()).await;
    let path = format!("/admin/plans/{}/subscribe", text(&plan, "id"));
    text(&scene.done(&path, r#"{"holder":"APRO"}"#).await, "id").to_owned()
}

async fn script(scene: &Scene, id: &str, number: u32, script: &Value) {
    scene.done(&format!("/admin/subscriptions/{id}/instalments/{number}"), &script.to_string()).await;
}

/// Day, amount and tries of each invoice.
async fn charged(scene: &Scene, id: &str) -> Vec<(String, Value, Value)> {
    let of = |invoice: &Value| {
        let day = text(invoice, "debit_date")[..10].to_owned();
        (day, invoice["transaction_amount"].clone(), invoice["retry_attempt"].clone())
    };
    invoices(scene, id).await.iter().map(of).collect()
}

/// Days of the invoices.
async fn days(scene: &Scene, id: &str) -> Vec<String> {
    charged(scene, id).await.into_iter().map(|(day, ..)| day).collect()
}

#[tokio::test]
async fn rules_are_told_and_unknown_ones_are_refused() {
    let scene = scene(&json!({"paused": "spent", "zone": "America/Santiago"})).await;
    let told = scene.get("/admin/billing").await;
    assert_eq!((text(&told, "paused"), text(&told, "zone")), ("spent", "America/Santiago"));
    assert_eq!((text(&told, "cycle"), &told["tries"]), ("thirty", &json!(5)));
    assert_eq!(scene.call(Method::PUT, "/admin/billing", r#"{"moon":"full"}"#).await.status, 400);
}

#[tokio::test]
async fn a_repetition_that_falls_into_a_pause_is_kept_or_spent() {
    for (paused, last) in [("kept", "2027-01-01"), ("spent", "2026-12-01")] {
        let scene = scene(&json!({ "paused": paused })).await;
        let id = of_plan(&scene, &json!({"repetitions": 3})).await;
        scene.pass(TimeDelta::days(10)).await;
        put(&scene, &id, &json!({"status": "paused"})).await;
        scene.pass(TimeDelta::days(30)).await;
        put(&scene, &id, &json!({"status": "authorized"})).await;
        scene.pass(TimeDelta::days(150)).await;
        let days = days(&scene, &id).await;
        assert_eq!((days[0].as_str(), days[1].as_str()), ("2026-10-01", "2026-12-01"), "{paused}");
        assert_eq!(days.last().map(String::as_str), Some(last), "{paused}");
    }
}

#[tokio::test]
async fn the_first_try_is_one_of_the_four_or_not() {
    for (tries, spacing) in [(5, 48), (4, 60)] {
        let scene = scene(&json!({ "tries": tries })).await;
        let id = subscribed(&scene).await;
        script(&scene, &id, 0, &json!({"holders": ["FUND"]})).await;
        scene.pass(TimeDelta::hours(2)).await;
        let [invoice] = invoices(&scene, &id).await.try_into().expect("one invoice");
        let read = |key| chrono::DateTime::parse_from_rfc3339(text(&invoice, key)).expect("a time");
        let until = read("next_retry_date") - read("debit_date");
        assert_eq!(until, TimeDelta::hours(spacing + 1), "an hour and an even part of the ten days");
        scene.pass(TimeDelta::days(15)).await;
        let [(_, _, made)] = charged(&scene, &id).await.try_into().expect("one invoice");
        assert_eq!(made, json!(tries));
    }
}

#[tokio::test]
async fn unpaid_instalments_are_counted_in_a_row_or_in_all() {
    for (unpaid, standing) in [("in_row", "authorized"), ("in_all", "cancelled")] {
        let scene = scene(&json!({ "unpaid": unpaid })).await;
        let id = subscribed(&scene).await;
        for number in [0, 1, 3] {
            script(&scene, &id, number, &json!({"holders": ["FUND"]})).await;
        }
        scene.pass(TimeDelta::days(120)).await;
        assert_eq!(text(&read(&scene, &id).await, "status"), standing, "{unpaid}");
    }
}

#[tokio::test]
async fn a_start_counts_only_with_an_end_or_by_itself() {
    for (start, first) in [("with_end", "2026-10-01"), ("alone", "2026-10-11")] {
        let scene = scene(&json!({ "start": start })).await;
        let mut body = monthly("authorized", Some("good"));
        body["auto_recurring"]["start_date"] = json!("2026-10-11T12:00:00Z");
        let made = scene.done("/preapproval", &body.to_string()).await;
        assert_eq!(text(&made["auto_recurring"], "start_date"), "2026-10-11T08:00:00.000-04:00");
        scene.pass(TimeDelta::days(20)).await;
        assert_eq!(days(&scene, text(&made, "id")).await, [first], "{start}");
    }
}

#[tokio::test]
async fn the_semaphore_stays_red_or_follows_the_last_instalment() {
    for (red, colour) in [("any", "red"), ("last", "green")] {
        let scene = scene(&json!({ "red": red })).await;
        let id = subscribed(&scene).await;
        script(&scene, &id, 0, &json!({"holders": ["FUND"]})).await;
        scene.pass(TimeDelta::days(20)).await;
        assert_eq!(text(&read(&scene, &id).await["summarized"], "semaphore"), "red", "{red}");
        scene.pass(TimeDelta::days(15)).await;
        assert_eq!(text(&read(&scene, &id).await["summarized"], "semaphore"), colour, "{red}");
    }
}

#[tokio::test]
async fn dates_are_followed_from_the_next_instalment_on() {
    let scene = scene(&json!({"dates": "followed"})).await;
    let id = subscribed(&scene).await;
    scene.pass(TimeDelta::days(1)).await;
    let change = json!({"auto_recurring": {"billing_day": 10, "billing_day_proportional": true}});
    let (status, after) = put(&scene, &id, &change).await;
    assert_eq!((status, &after["auto_recurring"]["billing_day"]), (200, &json!(10)));
    scene.pass(TimeDelta::days(75)).await;
    let told: Vec<_> = charged(&scene, &id).await.into_iter().map(|(day, amount, _)| (day, amount)).collect();
    let expect = [("2026-10-01", 100), ("2026-11-01", 30), ("2026-11-10", 100), ("2026-12-10", 100)];
    assert_eq!(told, expect.map(|(day, amount)| (day.to_owned(), json!(amount))));
    put(&scene, &id, &json!({"auto_recurring": {"frequency": 7, "frequency_type": "days"}})).await;
    assert_eq!(read(&scene, &id).await["auto_recurring"]["frequency"], json!(1), "days have no billing day");
    put(&scene, &id, &json!({"auto_recurring": {"end_date": "2027-01-10T12:00:00.001Z"}})).await;
    scene.pass(TimeDelta::days(60)).await;
    assert_eq!(days(&scene, &id).await.len(), 5, "the very end is charged");
    assert_eq!(text(&read(&scene, &id).await, "status"), "cancelled");
}

#[tokio::test]
async fn the_end_stops_new_instalments_and_not_those_that_are_tried() {
    let scene = Scene::of(Site::Mla).await;
    let mut body = monthly("authorized", Some("good"));
    body["auto_recurring"]["end_date"] = json!("2026-10-03T00:00:00Z");
    let id = text(&scene.done("/preapproval", &body.to_string()).await, "id").to_owned();
    script(&scene, &id, 0, &json!({"holders": ["FUND", "FUND", "APRO"]})).await;
    scene.pass(TimeDelta::days(2)).await;
    assert_eq!(text(&read(&scene, &id).await, "status"), "cancelled");
    scene.pass(TimeDelta::days(60)).await;
    let [invoice] = invoices(&scene, &id).await.try_into().expect("one invoice");
    assert_eq!((text(&invoice["payment"], "status"), &invoice["retry_attempt"]), ("approved", &json!(3)));
    assert_eq!(scene.versions(super::PREAPPROVAL, &id), [("created", 0), ("updated", 1)]);
}

#[tokio::test]
async fn an_answer_that_comes_late_belongs_to_the_same_try() {
    let scene = Scene::of(Site::Mla).await;
    let id = subscribed(&scene).await;
    script(&scene, &id, 0, &json!({"holders": ["FUND", "CONT"]})).await;
    scene.pass(TimeDelta::days(3)).await;
    let [invoice] = invoices(&scene, &id).await.try_into().expect("one invoice");
    assert_eq!((text(&invoice, "status"), text(&invoice["payment"], "status")), ("recycling", "in_process"));
    let payment = invoice["payment"]["id"].as_u64().expect("a number");
    scene.shared.lock().reject(payment, "cc_rejected_high_risk");
    scene.pass(TimeDelta::days(1)).await;
    let [invoice] = invoices(&scene, &id).await.try_into().expect("one invoice");
    assert_eq!((&invoice["retry_attempt"], &invoice["payment"]["id"]), (&json!(2), &json!(payment)));
    card(&scene, &id, "APRO").await;
    script(&scene, &id, 0, &json!({})).await;
    scene.pass(TimeDelta::days(3)).await;
    let [invoice] = invoices(&scene, &id).await.try_into().expect("one invoice");
    assert_eq!((text(&invoice, "status"), &invoice["retry_attempt"]), ("processed", &json!(3)));
}

#[tokio::test]
async fn the_provider_makes_mistakes_where_it_is_told_to() {
    let scene = Scene::of(Site::Mla).await;
    let id = subscribed(&scene).await;
    for (number, mistake) in [(1, "missed"), (2, "doubled"), (3, "overcharged")] {
        script(&scene, &id, number, &json!({ "mistake": mistake })).await;
    }
    scene.pass(TimeDelta::days(95)).await;
    put(&scene, &id, &json!({"status": "cancelled"})).await;
    scene.done(&format!("/admin/subscriptions/{id}/charge"), "").await;
    scene.pass(TimeDelta::days(1)).await;
    let told: Vec<_> = charged(&scene, &id).await.into_iter().map(|(day, amount, _)| (day, amount)).collect();
    let expect = [
        ("2026-10-01", 100),
        ("2026-12-01", 100),
        ("2026-12-01", 100),
        ("2027-01-01", 200),
        ("2027-01-04", 100),
    ];
    assert_eq!(told, expect.map(|(day, amount)| (day.to_owned(), json!(amount))));
}

#[tokio::test]
async fn notices_are_listed_from_a_number_on() {
    let scene = Scene::of(Site::Mla).await;
    subscribed(&scene).await;
    let all = scene.get("/admin/notices").await["notices"].as_array().expect("a list").len();
    let told = scene.get("/admin/notices?from=1").await;
    assert_eq!(told["notices"].as_array().expect("a list").len(), all - 1);
    assert_eq!(told["notices"][0]["number"], json!(1));
}
