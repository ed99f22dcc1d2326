use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::in_person::tests::scene::{Scene, text};
use crate::payment::Operation;
use crate::site::Site;

mod rules;

const PREAPPROVAL: &str = "subscription_preapproval";
const INVOICE: &str = "subscription_authorized_payment";

fn monthly(status: &str, token: Option<&str>) -> Value {
    let mut body = json!({
        "reason": "Yoga classes",
        "external_reference": "YG-1234",
        "payer_email": "test_user@testuser.com",
        "auto_recurring": {"frequency": 1, "frequency_type": "months", "transaction_amount": 100, "currency_id": "ARS"},
        "back_url": "https://www.yoursite.com",
        "status": status,
    });
    if let Some(token) = token {
        body["card_token_id"] = json!(token);
    }
    body
}

/// A subscription that is charged from now on, by a card that works.
async fn subscribed(scene: &Scene) -> String {
    let made = scene.post("/preapproval", &monthly("authorized", Some("good")).to_string()).await;
    assert_eq!((made.status, text(&made.body, "status")), (201, "authorized"), "{}", made.body);
    text(&made.body, "id").to_owned()
}

async fn invoices(scene: &Scene, id: &str) -> Vec<Value> {
    let found = scene.get(&format!("/authorized_payments/search?preapproval_id={id}&limit=100")).await;
    found["results"].as_array().expect("a list").clone()
}

async fn read(scene: &Scene, id: &str) -> Value {
    scene.get(&format!("/preapproval/{id}")).await
}

async fn put(scene: &Scene, id: &str, body: &Value) -> (u16, Value) {
    let answer = scene.call(Method::PUT, &format!("/preapproval/{id}"), &body.to_string()).await;
    (answer.status, answer.body)
}

/// What the card of a subscription does from now on.
async fn card(scene: &Scene, id: &str, holder: &str) {
    scene.done(&format!("/admin/subscriptions/{id}/card"), &json!({ "holder": holder }).to_string()).await;
}

fn token(scene: &Scene, holder: &str) -> String {
    let token = format!("token-of-{holder}");
    let mut world = scene.shared.lock();
    let now = world.now();
    world.cards.put(token.clone(), holder.to_owned(), now);
    token
}

#[tokio::test]
async fn a_subscription_is_charged_an_hour_after_each_date() {
    let scene = Scene::of(Site::Mla).await;
    let id = subscribed(&scene).await;
    scene.pass(TimeDelta::minutes(59)).await;
    let [first] = invoices(&scene, &id).await.try_into().expect("one invoice");
    assert_eq!((text(&first, "status"), &first["payment"]), ("scheduled", &Value::Null));
    scene.pass(TimeDelta::minutes(2)).await;
    let invoice = first["id"].as_u64().expect("a number");
    let paid = scene.get(&format!("/authorized_payments/{invoice}")).await;
    assert_eq!((text(&paid, "status"), text(&paid, "summarized")), ("processed", "done"));
    assert_eq!((&paid["transaction_amount"], &paid["retry_attempt"]), (&json!(100), &json!(1)));
    assert_eq!(text(&paid["payment"], "status"), "approved");
    assert_eq!(scene.versions(INVOICE, &invoice.to_string()), [("created", 0), ("updated", 1)]);
    scene.pass(TimeDelta::days(62)).await;
    assert_eq!(invoices(&scene, &id).await.len(), 3);
    let now = read(&scene, &id).await;
    let summary = &now["summarized"];
    assert_eq!((&summary["charged_quantity"], &summary["charged_amount"]), (&json!(3), &json!(300)));
    assert_eq!(text(summary, "semaphore"), "green");
    assert_eq!(text(&now, "next_payment_date"), "2027-01-01T08:00:00.001-04:00");
    let world = scene.shared.lock();
    let recurring = world.payments.values().filter(|payment| payment.operation == Operation::Recurring);
    assert_eq!(recurring.map(|payment| payment.gross_minor).collect::<Vec<_>>(), [10_000; 3]);
}

#[tokio::test]
async fn a_card_is_checked_with_a_payment_of_nothing() {
    let scene = Scene::of(Site::Mla).await;
    let id = subscribed(&scene).await;
    let bad = token(&scene, "FUND");
    let (status, body) = put(&scene, &id, &json!({"card_token_id": bad})).await;
    assert_eq!((status, &body["cause"][0]["code"]), (400, &json!("CC_VAL_433")));
    let (status, _) = put(&scene, &id, &json!({"card_token_id": "another"})).await;
    assert_eq!(status, 200);
    let world = scene.shared.lock();
    let checks: Vec<_> =
        world.payments.values().map(|check| (check.operation, check.gross_minor, check.status())).collect();
    let check = |status| (Operation::CardValidation, 0, status);
    assert_eq!(checks, [check("approved"), check("rejected"), check("approved")]);
}

#[tokio::test]
async fn a_sign_up_with_a_refused_card_leaves_a_subscription_that_ends_in_silence() {
    let scene = Scene::of(Site::Mla).await;
    let bad = token(&scene, "OTHE");
    let refused = scene.post("/preapproval", &monthly("authorized", Some(&bad)).to_string()).await;
    assert_eq!((refused.status, &refused.body["cause"][0]["code"]), (400, &json!("CC_VAL_433")));
    let found = scene.get("/preapproval/search").await;
    let id = text(&found["results"][0], "id").to_owned();
    assert_eq!(text(&found["results"][0], "status"), "pending");
    scene.pass(TimeDelta::seconds(6)).await;
    assert_eq!(text(&read(&scene, &id).await, "status"), "cancelled");
    assert_eq!(scene.versions(PREAPPROVAL, &id), []);
}

#[tokio::test]
async fn an_instalment_is_tried_five_times_within_ten_days() {
    let scene = Scene::of(Site::Mla).await;
    let id = subscribed(&scene).await;
    card(&scene, &id, "FUND").await;
    let mut seen = Vec::new();
    scene.pass(TimeDelta::hours(2)).await;
    for _ in 0..6 {
        let [invoice] = invoices(&scene, &id).await.try_into().expect("one invoice");
        seen.push((
            text(&invoice, "status").to_owned(),
            invoice["retry_attempt"].as_u64().expect("a number"),
        ));
        scene.pass(TimeDelta::days(2)).await;
    }
    let recycling = |tries| ("recycling".to_owned(), tries);
    let done = || ("processed".to_owned(), 5);
    assert_eq!(seen, [recycling(1), recycling(2), recycling(3), recycling(4), done(), done()]);
    let [invoice] = invoices(&scene, &id).await.try_into().expect("one invoice");
    assert_eq!(text(&invoice["payment"], "status"), "rejected");
    assert_eq!(text(&invoice, "rejection_code"), "cc_rejected_insufficient_amount");
    assert_eq!(text(&read(&scene, &id).await["summarized"], "semaphore"), "red");
}

#[tokio::test]
async fn a_retry_that_is_paid_collects_the_same_invoice() {
    let scene = Scene::of(Site::Mla).await;
    let id = subscribed(&scene).await;
    card(&scene, &id, "FUND").await;
    scene.pass(TimeDelta::hours(2)).await;
    assert_eq!(text(&read(&scene, &id).await["summarized"], "semaphore"), "yellow");
    card(&scene, &id, "APRO").await;
    scene.pass(TimeDelta::days(3)).await;
    let [invoice] = invoices(&scene, &id).await.try_into().expect("one invoice");
    assert_eq!((text(&invoice, "status"), text(&invoice["payment"], "status")), ("processed", "approved"));
    assert_eq!(text(&read(&scene, &id).await["summarized"], "semaphore"), "green");
}

#[tokio::test]
async fn three_uncollected_instalments_in_a_row_end_a_subscription() {
    let scene = Scene::of(Site::Mla).await;
    let id = subscribed(&scene).await;
    card(&scene, &id, "FUND").await;
    scene.pass(TimeDelta::days(69)).await;
    assert_eq!(text(&read(&scene, &id).await, "status"), "authorized");
    scene.pass(TimeDelta::days(2)).await;
    assert_eq!(text(&read(&scene, &id).await, "status"), "cancelled");
    scene.pass(TimeDelta::days(90)).await;
    assert_eq!(invoices(&scene, &id).await.len(), 3);
    assert_eq!(scene.versions(PREAPPROVAL, &id), [("created", 0), ("updated", 1)]);
}

#[tokio::test]
async fn two_uncollected_and_a_collected_one_do_not_end_it() {
    let scene = Scene::of(Site::Mla).await;
    let id = subscribed(&scene).await;
    card(&scene, &id, "FUND").await;
    scene.pass(TimeDelta::days(50)).await;
    card(&scene, &id, "APRO").await;
    scene.pass(TimeDelta::days(20)).await;
    card(&scene, &id, "FUND").await;
    scene.pass(TimeDelta::days(61)).await;
    assert_eq!(text(&read(&scene, &id).await, "status"), "authorized");
}

#[tokio::test]
async fn what_falls_into_a_pause_is_lost() {
    let scene = Scene::of(Site::Mla).await;
    let id = subscribed(&scene).await;
    scene.pass(TimeDelta::days(10)).await;
    assert_eq!(put(&scene, &id, &json!({"status": "paused"})).await.0, 200);
    let (status, body) = put(&scene, &id, &json!({"reason": "Pilates"})).await;
    assert_eq!((status, text(&body, "message")), (400, "You can not modify a paused preapproval."));
    scene.pass(TimeDelta::days(40)).await;
    assert_eq!(put(&scene, &id, &json!({"status": "authorized"})).await.0, 200);
    assert_eq!(invoices(&scene, &id).await.len(), 1);
    scene.pass(TimeDelta::days(15)).await;
    let dates: Vec<_> = invoices(&scene, &id)
        .await
        .iter()
        .map(|invoice| text(invoice, "debit_date")[..10].to_owned())
        .collect();
    assert_eq!(dates, ["2026-10-01", "2026-12-01"]);
    let updates = [("created", 0), ("updated", 1), ("updated", 2)];
    assert_eq!(scene.versions(PREAPPROVAL, &id), updates);
}

#[tokio::test]
async fn changes_that_the_provider_passes_over_are_answered_and_not_made() {
    let scene = Scene::of(Site::Mla).await;
    let id = subscribed(&scene).await;
    scene.pass(TimeDelta::seconds(1)).await;
    let before = read(&scene, &id).await;
    for change in [
        json!({"auto_recurring": {"frequency": 2}}),
        json!({"auto_recurring": {"frequency_type": "days"}}),
        json!({"auto_recurring": {"start_date": "2027-01-01T00:00:00Z"}}),
        json!({"auto_recurring": {"end_date": "2027-01-01T00:00:00Z"}}),
        json!({"auto_recurring": {"billing_day": 10, "billing_day_proportional": true}}),
        json!({"auto_recurring": {"currency_id": "BRL"}}),
        json!({"next_payment_date": "2027-01-01T00:00:00Z"}),
        json!({"payer_email": "other@testuser.com"}),
        json!({"preapproval_plan_id": "2c938084726fca480172750000000000"}),
    ] {
        let (status, after) = put(&scene, &id, &change).await;
        assert_eq!((status, &after), (200, &before), "{change}");
    }
}

#[tokio::test]
async fn another_amount_counts_from_the_next_charge_and_nobody_is_told() {
    let scene = Scene::of(Site::Mla).await;
    let id = subscribed(&scene).await;
    scene.pass(TimeDelta::days(1)).await;
    let change =
        json!({"auto_recurring": {"transaction_amount": 120, "currency_id": "ARS"}, "reason": "Pilates"});
    let (_, after) = put(&scene, &id, &change).await;
    assert_eq!((&after["version"], &after["auto_recurring"]["transaction_amount"]), (&json!(1), &json!(120)));
    assert_eq!(text(&after, "reason"), "Pilates");
    for amount in ["14.99", "2000000.01", "-1", "0"] {
        let body = format!(r#"{{"auto_recurring":{{"transaction_amount":{amount},"currency_id":"ARS"}}}}"#);
        let answer = scene.call(Method::PUT, &format!("/preapproval/{id}"), &body).await;
        assert_eq!(answer.status, 400, "{amount}");
    }
    scene.pass(TimeDelta::days(31)).await;
    let amounts: Vec<_> =
        invoices(&scene, &id).await.iter().map(|invoice| invoice["transaction_amount"].clone()).collect();
    assert_eq!(amounts, [json!(100), json!(120)]);
    assert_eq!(scene.versions(PREAPPROVAL, &id), [("created", 0)]);
}

#[tokio::test]
async fn a_cancelled_subscription_stays_cancelled() {
    let scene = Scene::of(Site::Mla).await;
    let id = subscribed(&scene).await;
    scene.pass(TimeDelta::minutes(30)).await;
    let (status, body) = put(&scene, &id, &json!({"status": "cancelled"})).await;
    assert_eq!((status, text(&body, "status")), (200, "cancelled"));
    assert_eq!(put(&scene, &id, &json!({"status": "authorized"})).await.0, 400);
    scene.pass(TimeDelta::days(40)).await;
    let [invoice] = invoices(&scene, &id).await.try_into().expect("one invoice");
    assert_eq!((text(&invoice, "status"), &invoice["payment"]), ("cancelled", &Value::Null));
}

#[tokio::test]
async fn a_subscription_that_waits_is_begun_by_its_payer_or_by_a_card() {
    let scene = Scene::of(Site::Mla).await;
    let make = || async {
        let made = scene.post("/preapproval", &monthly("pending", None).to_string()).await;
        assert_eq!((made.status, text(&made.body, "status")), (201, "pending"));
        text(&made.body, "id").to_owned()
    };
    let (by_payer, by_card) = (make().await, make().await);
    scene.pass(TimeDelta::days(40)).await;
    assert_eq!(invoices(&scene, &by_payer).await, Vec::<Value>::new());
    assert_eq!(put(&scene, &by_card, &json!({"status": "authorized"})).await.0, 400);
    assert_eq!(put(&scene, &by_card, &json!({"status": "paused"})).await.0, 400);
    scene.done(&format!("/admin/subscriptions/{by_payer}/accept"), r#"{"holder":"APRO"}"#).await;
    let change = json!({"card_token_id": "good", "status": "authorized"});
    assert_eq!(put(&scene, &by_card, &change).await.0, 200);
    scene.pass(TimeDelta::hours(2)).await;
    for id in [by_payer, by_card] {
        assert_eq!(text(&read(&scene, &id).await, "status"), "authorized");
        let [invoice] = invoices(&scene, &id).await.try_into().expect("one invoice");
        assert_eq!(&text(&invoice, "debit_date")[..10], "2026-11-10");
        assert_eq!(scene.versions(PREAPPROVAL, &id), [("created", 0), ("updated", 1)]);
    }
}

fn yoga() -> Value {
    json!({
        "reason": "Yoga classes",
        "auto_recurring": {
            "frequency": 1, "frequency_type": "months", "repetitions": 12, "billing_day": 10,
            "billing_day_proportional": true, "transaction_amount": 90, "currency_id": "ARS",
        },
        "payment_methods_allowed": {"payment_types": [{}], "payment_methods": [{}]},
        "back_url": "https://www.yoursite.com",
    })
}

#[tokio::test]
async fn a_plans_terms_win_and_its_first_charge_is_a_share() {
    let scene = Scene::of(Site::Mla).await;
    let plan = scene.done("/preapproval_plan", &yoga().to_string()).await;
    assert_eq!(plan["auto_recurring"]["transaction_amount_proportional"], json!(27));
    assert_eq!(
        (text(&plan, "status"), &plan["payment_methods_allowed"]),
        ("active", &yoga()["payment_methods_allowed"])
    );
    let id = text(&plan, "id").to_owned();
    let mut body = monthly("authorized", Some("good"));
    body["preapproval_plan_id"] = json!(id);
    body["auto_recurring"]["frequency"] = json!(3);
    assert_eq!(scene.post("/preapproval", &body.to_string()).await.status, 400, "another amount");
    body["auto_recurring"]["transaction_amount"] = json!(90);
    let made = scene.done("/preapproval", &body.to_string()).await;
    let subscription = text(&made, "id").to_owned();
    assert_eq!(made["auto_recurring"]["frequency"], json!(1));
    assert_eq!(made["summarized"]["quotas"], json!(12));
    scene.pass(TimeDelta::days(45)).await;
    let charged: Vec<_> = invoices(&scene, &subscription)
        .await
        .iter()
        .map(|invoice| (text(invoice, "debit_date")[..10].to_owned(), invoice["transaction_amount"].clone()))
        .collect();
    let expect = [("2026-10-01", 27), ("2026-10-10", 90), ("2026-11-10", 90)];
    assert_eq!(charged, expect.map(|(date, amount)| (date.to_owned(), json!(amount))));
    let found = scene.get("/preapproval_plan/search?status=active").await;
    assert_eq!(found["results"][0]["subscribed"], json!(1));
}

#[tokio::test]
async fn a_plan_needs_a_card_and_the_status_authorized() {
    let scene = Scene::of(Site::Mla).await;
    let plan = scene.done("/preapproval_plan", &yoga().to_string()).await;
    let mut pending = monthly("pending", None);
    pending["preapproval_plan_id"] = plan["id"].clone();
    assert_eq!(scene.post("/preapproval", &pending.to_string()).await.status, 400);
    let mut bare = monthly("authorized", None);
    bare["preapproval_plan_id"] = plan["id"].clone();
    assert_eq!(scene.post("/preapproval", &bare.to_string()).await.status, 400);
    bare["preapproval_plan_id"] = json!("nobody's");
    bare["card_token_id"] = json!("good");
    assert_eq!(scene.post("/preapproval", &bare.to_string()).await.status, 404);
}

#[tokio::test]
async fn a_change_of_a_plan_reaches_amounts_and_not_frequencies() {
    let scene = Scene::of(Site::Mla).await;
    let mut yoga = yoga();
    yoga["auto_recurring"]["free_trial"] = json!({"frequency": 1, "frequency_type": "months"});
    let plan = scene.done("/preapproval_plan", &yoga.to_string()).await;
    let trial = json!({"frequency": 1, "frequency_type": "months", "first_invoice_offset": 30});
    assert_eq!(plan["auto_recurring"]["free_trial"], trial);
    let id = text(&plan, "id").to_owned();
    let subscriber = scene.done(&format!("/admin/plans/{id}/subscribe"), r#"{"holder":"APRO"}"#).await;
    assert_eq!(subscriber["external_reference"], Value::Null);
    let path = format!("/preapproval_plan/{id}");
    let body = r#"{"auto_recurring":{"transaction_amount":95,"frequency":2},"reason":"Pilates"}"#;
    let changed = scene.call(Method::PUT, &path, body).await;
    assert_eq!(changed.body["auto_recurring"]["free_trial"], Value::Null, "not sent with the frequency");
    let after = read(&scene, text(&subscriber, "id")).await;
    let recurring = &after["auto_recurring"];
    assert_eq!((&recurring["transaction_amount"], &recurring["frequency"]), (&json!(95), &json!(1)));
    assert_eq!(text(&after, "reason"), "Pilates");
    let cancelled = scene.call(Method::PUT, &path, r#"{"status":"cancelled"}"#).await;
    assert_eq!(text(&cancelled.body, "status"), "cancelled");
    assert_eq!(scene.post(&format!("/admin/plans/{id}/subscribe"), r#"{"holder":"APRO"}"#).await.status, 404);
    let versions = [("created", 0), ("updated", 1), ("updated", 2)];
    assert_eq!(scene.versions("subscription_preapproval_plan", &id), versions);
}

#[tokio::test]
async fn plans_that_cannot_be_are_refused() {
    let scene = Scene::of(Site::Mla).await;
    for (field, value) in [
        ("frequency", json!(0)),
        ("frequency_type", json!("years")),
        ("billing_day", json!(29)),
        ("billing_day", json!(0)),
        ("currency_id", json!("BRL")),
        ("transaction_amount", json!(10)),
        ("free_trial", json!({"frequency": 1})),
    ] {
        let mut body = yoga();
        body["auto_recurring"][field] = value.clone();
        assert_eq!(scene.post("/preapproval_plan", &body.to_string()).await.status, 400, "{field} {value}");
    }
    let mut weekly = yoga();
    weekly["auto_recurring"]["frequency_type"] = json!("days");
    assert_eq!(
        scene.post("/preapproval_plan", &weekly.to_string()).await.status,
        400,
        "a billing day needs months"
    );
}

#[tokio::test]
async fn a_search_shows_rows_without_date_and_summary() {
    let scene = Scene::of(Site::Mla).await;
    let first = subscribed(&scene).await;
    let second = subscribed(&scene).await;
    put(&scene, &second, &json!({"status": "paused"})).await;
    let found =
        scene.get("/preapproval/search?external_reference=nothing&sort=date_created:desc&limit=1").await;
    assert_eq!(found["paging"], json!({"offset": 0, "limit": 1, "total": 2}));
    let row = &found["results"][0];
    assert_eq!((text(row, "id"), text(row, "payer_email")), (second.as_str(), ""));
    assert_eq!((row.get("next_payment_date"), row.get("summarized")), (None, None));
    let authorized = scene.get("/preapproval/search?status=authorized,cancelled").await;
    assert_eq!(text(&authorized["results"][0], "id"), first);
    assert_eq!(authorized["paging"]["total"], json!(1));
    assert_eq!(scene.get("/preapproval/search?semaphore=green").await["paging"]["total"], json!(0));
}

#[tokio::test]
async fn a_charge_in_process_stays_scheduled_until_it_is_decided() {
    let scene = Scene::of(Site::Mla).await;
    let id = subscribed(&scene).await;
    card(&scene, &id, "CONT").await;
    scene.pass(TimeDelta::hours(2)).await;
    let [invoice] = invoices(&scene, &id).await.try_into().expect("one invoice");
    assert_eq!((text(&invoice, "status"), text(&invoice["payment"], "status")), ("scheduled", "in_process"));
    let payment = invoice["payment"]["id"].as_u64().expect("a number");
    scene.shared.lock().approve(payment);
    scene.pass(TimeDelta::days(2)).await;
    let [invoice] = invoices(&scene, &id).await.try_into().expect("one invoice");
    assert_eq!((text(&invoice, "status"), &invoice["retry_attempt"]), ("processed", &json!(1)));
    assert_eq!(invoice["payment"]["id"], json!(payment));
}
