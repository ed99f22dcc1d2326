//! Orders of the fourth generation.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::scene::{Answer, BY_HAND, SCRIPTED, Scene, text};
use crate::site::Site;

fn body(terminal: &str, amount: &str) -> String {
    format!(
        r#"{{"type":"point","external_reference":"till-4","expiration_time":"PT16M","transactions":{{"payments":[{{"amount":"{amount}"}}]}},"config":{{"point":{{"terminal_id":"{terminal}","print_on_terminal":"no_ticket"}}}},"description":"a cup"}}"#
    )
}

async fn post(scene: &Scene, path: &str, key: &str, body: &str) -> Answer {
    scene.call_with(Method::POST, path, body, &[("x-idempotency-key", key)]).await
}

async fn order(scene: &Scene, terminal: &str, amount: &str) -> String {
    let made = post(scene, "/v1/orders", "k-1", &body(terminal, amount)).await;
    assert_eq!(made.status, 201, "{}", made.body);
    text(&made.body, "id").to_owned()
}

/// Status and detail of an order, detail of its payment.
async fn standing(scene: &Scene, id: &str) -> [String; 3] {
    let read = scene.get(&format!("/v1/orders/{id}")).await;
    let payment = &read["transactions"]["payments"][0];
    [text(&read, "status"), text(&read, "status_detail"), text(payment, "status_detail")].map(str::to_owned)
}

fn actions(scene: &Scene) -> Vec<String> {
    scene.told("order").iter().map(|told| text(told, "action").to_owned()).collect()
}

#[track_caller]
fn code(answer: &Answer) -> (u16, &str) {
    (answer.status, text(&answer.body["errors"][0], "code"))
}

#[tokio::test]
async fn an_order_is_paid_on_its_terminal() {
    let scene = Scene::of(Site::Mla).await;
    let id = order(&scene, SCRIPTED, "120").await;
    assert_eq!(standing(&scene, &id).await, ["created"; 3]);
    scene.pass(TimeDelta::seconds(3)).await;
    assert_eq!(standing(&scene, &id).await, ["at_terminal"; 3]);
    scene.pass(TimeDelta::seconds(10)).await;
    let read = scene.get(&format!("/v1/orders/{id}")).await;
    assert_eq!((text(&read, "total_amount"), text(&read, "total_paid_amount")), ("120.00", "120.00"));
    assert_eq!(text(&read, "created_date"), "2026-10-01T12:00:00.000000Z");
    let payment = &read["transactions"]["payments"][0];
    assert_eq!((text(payment, "amount"), text(payment, "status_detail")), ("120", "accredited"));
    let paid: u64 = text(payment, "reference_id").parse().expect("a number");
    assert_eq!(scene.payment(paid), ("approved", "accredited"));
    assert_eq!(scene.shared.lock().payment(paid).map(|paid| paid.gross_minor), Some(12_000));
    assert_eq!(actions(&scene), ["order.processed"]);
    let found = scene.get("/v1/orders?external_reference=till-4&status=processed").await;
    assert_eq!(found["paging"], json!({"total": "1", "total_pages": "1", "offset": "0", "limit": "50"}));
    assert_eq!(text(&found["data"][0], "id"), id);
}

#[tokio::test]
async fn the_seeds_amounts_are_compared_as_they_were_sent() {
    for (amount, expect) in [
        ("1100.00", ["failed", "failed", "processing_error"]),
        ("1200", ["failed", "failed", "rejected_by_issuer"]),
        ("1300", ["failed", "failed", "processing_error"]),
        ("11.00", ["processed", "processed", "accredited"]),
    ] {
        let scene = Scene::of(Site::Mla).await;
        let id = order(&scene, SCRIPTED, amount).await;
        scene.pass(TimeDelta::seconds(10)).await;
        assert_eq!(standing(&scene, &id).await, expect, "{amount}");
    }
}

#[tokio::test]
async fn both_shapes_of_the_notification_are_sent() {
    let scene = Scene::of(Site::Mla).await;
    for number in 0..24 {
        let made = post(&scene, "/v1/orders", &number.to_string(), &body(SCRIPTED, "10")).await;
        assert_eq!(made.status, 201);
        scene.pass(TimeDelta::seconds(10)).await;
    }
    let told = scene.told("order");
    let (rich, short): (Vec<_>, Vec<_>) = told.iter().partition(|told| told["data"]["status"] != Value::Null);
    assert_eq!((rich.len() + short.len(), rich.is_empty(), short.is_empty()), (24, false, false));
    for told in short {
        assert_eq!(told["data"].as_object().map(serde_json::Map::len), Some(1));
    }
    let data = &rich[0]["data"];
    assert_eq!((text(data, "status"), text(data, "status_detail")), ("processed", "accredited"));
    let payment = &data["transactions"]["payments"][0];
    assert_eq!(payment["reference_id"], Value::Null);
    let named: u64 = text(&payment["reference"], "id").parse().expect("a number");
    assert_eq!(scene.payment(named).0, "approved");
}

#[tokio::test]
async fn an_order_is_canceled_at_once_only_while_no_terminal_has_it() {
    let scene = Scene::of(Site::Mla).await;
    let id = order(&scene, BY_HAND, "10").await;
    let canceled = post(&scene, &format!("/v1/orders/{id}/cancel"), "c-1", "").await;
    assert_eq!((canceled.status, text(&canceled.body, "status")), (200, "canceled"));
    assert_eq!(standing(&scene, &id).await, ["canceled", "canceled", "canceled_by_api"]);
    assert_eq!(
        code(&post(&scene, &format!("/v1/orders/{id}/cancel"), "c-2", "").await),
        (409, "cannot_cancel_order")
    );
}

/// An order on the terminal whose cancellation was asked for.
async fn asked_to_give_up(scene: &Scene) -> String {
    let id = order(scene, BY_HAND, "10").await;
    scene.press(BY_HAND, "take", "").await;
    let path = format!("/v1/orders/{id}/cancel");
    assert_eq!(code(&post(scene, &path, "c-1", "").await), (409, "cannot_cancel_order"));
    let headers = [("x-idempotency-key", "c-2"), ("x-allow-cancelable-status", "at_terminal")];
    let asked = scene.call_with(Method::POST, &path, "", &headers).await;
    assert_eq!((asked.status, text(&asked.body, "status")), (202, "at_terminal"));
    assert_eq!(standing(scene, &id).await, ["at_terminal", "at_terminal", "cancellation_requested"]);
    id
}

#[tokio::test]
async fn a_terminal_gives_an_order_up_a_little_later() {
    let scene = Scene::of(Site::Mla).await;
    let id = asked_to_give_up(&scene).await;
    assert_eq!(actions(&scene), Vec::<String>::new());
    scene.pass(TimeDelta::seconds(4)).await;
    assert_eq!(standing(&scene, &id).await, ["canceled", "canceled", "canceled_by_api"]);
    assert_eq!(actions(&scene), ["order.canceled"]);
}

#[tokio::test]
async fn a_card_overtakes_the_cancellation() {
    let scene = Scene::of(Site::Mla).await;
    let id = asked_to_give_up(&scene).await;
    scene.press(BY_HAND, "card", r#"{"card":"debvisa","holder":"APRO"}"#).await;
    scene.pass(TimeDelta::seconds(10)).await;
    assert_eq!(standing(&scene, &id).await, ["processed", "processed", "accredited"]);
    assert_eq!(actions(&scene), ["order.processed"]);
}

#[tokio::test]
async fn an_order_expires_when_its_life_is_over() {
    let scene = Scene::of(Site::Mla).await;
    let id = order(&scene, BY_HAND, "10").await;
    scene.pass(TimeDelta::minutes(15)).await;
    assert_eq!(standing(&scene, &id).await[0], "created");
    scene.pass(TimeDelta::minutes(2)).await;
    assert_eq!(standing(&scene, &id).await, ["expired"; 3]);
    assert_eq!(actions(&scene), ["order.expired"]);
}

#[tokio::test]
async fn an_order_without_an_outcome_waits_for_its_seller() {
    let scene = Scene::of(Site::Mla).await;
    let id = order(&scene, BY_HAND, "10").await;
    scene.press(BY_HAND, "take", "").await;
    scene.press(BY_HAND, "card", r#"{"card":"visa","holder":"LOST"}"#).await;
    scene.pass(TimeDelta::seconds(41)).await;
    assert_eq!(standing(&scene, &id).await, ["action_required", "action_required", "check_on_terminal"]);
    let events = format!("/v1/orders/{id}/events");
    assert_eq!(code(&scene.post(&events, r#"{"status":"canceled"}"#).await), (409, "invalid_order_status"));
    assert_eq!(scene.post(&events, r#"{"status":"processed"}"#).await.status, 204);
    assert_eq!(standing(&scene, &id).await, ["processed", "processed", "accredited"]);
    assert_eq!(scene.payments(), 1);
}

#[tokio::test]
async fn a_test_says_what_happens_to_an_order() {
    for (event, expect) in [
        (
            r#"{"status":"processed","payment_method_id":"master","installments":3}"#,
            ["processed", "processed", "accredited"],
        ),
        (
            r#"{"status":"failed","status_detail":"insufficient_amount"}"#,
            ["failed", "failed", "insufficient_amount"],
        ),
        (r#"{"status":"failed"}"#, ["failed", "failed", "processing_error"]),
        (r#"{"status":"canceled"}"#, ["canceled", "canceled", "canceled_on_terminal"]),
        (r#"{"status":"expired"}"#, ["expired", "expired", "expired"]),
        (r#"{"status":"action_required"}"#, ["action_required", "action_required", "check_on_terminal"]),
    ] {
        let scene = Scene::of(Site::Mla).await;
        let id = order(&scene, BY_HAND, "10").await;
        assert_eq!(scene.post(&format!("/v1/orders/{id}/events"), event).await.status, 204, "{event}");
        assert_eq!(standing(&scene, &id).await, expect, "{event}");
    }
}

#[tokio::test]
async fn an_order_is_refunded_in_part_and_then_in_full() {
    let scene = Scene::of(Site::Mla).await;
    let id = order(&scene, SCRIPTED, "100").await;
    scene.pass(TimeDelta::seconds(10)).await;
    let transaction =
        text(&scene.get(&format!("/v1/orders/{id}")).await["transactions"]["payments"][0], "id").to_owned();
    let path = format!("/v1/orders/{id}/refund");
    let part = format!(r#"{{"transactions":[{{"id":"{transaction}","amount":"40.50"}}]}}"#);
    let refunded = post(&scene, &path, "r-1", &part).await;
    assert_eq!((refunded.status, text(&refunded.body, "status_detail")), (201, "partially_refunded"));
    // The same key again gives the same answer and nothing back.
    assert_eq!(post(&scene, &path, "r-1", &part).await.body, refunded.body);
    assert_eq!(code(&post(&scene, &path, "r-1", "").await), (409, "idempotency_key_already_used"));
    let too_much = part.replace("40.50", "59.51");
    assert_eq!(post(&scene, &path, "r-2", &too_much).await.status, 400);
    let all = post(&scene, &path, "r-3", "").await;
    let last = &all.body["transactions"]["refunds"];
    assert_eq!((text(&all.body, "status"), text(&last[0], "amount")), ("refunded", "59.50"));
    let read = scene.get(&format!("/v1/orders/{id}")).await;
    assert_eq!(read["transactions"]["refunds"].as_array().map(Vec::len), Some(2));
    assert_eq!(text(&read["transactions"]["payments"][0], "refunded_amount"), "100.00");
    assert_eq!(actions(&scene), ["order.processed", "order.refunded", "order.refunded"]);
    assert_eq!(code(&post(&scene, &path, "r-4", "").await), (409, "cannot_refund_order"));
}

#[tokio::test]
async fn an_order_is_refunded_within_ninety_days() {
    let scene = Scene::of(Site::Mla).await;
    let id = order(&scene, SCRIPTED, "100").await;
    scene.pass(TimeDelta::seconds(10)).await;
    scene.pass(TimeDelta::days(90)).await;
    let late = post(&scene, &format!("/v1/orders/{id}/refund"), "r-1", "").await;
    assert_eq!(late.status, 404, "an order that old is not even found");
    let other = post(&scene, "/v1/orders", "k-2", &body(SCRIPTED, "100")).await;
    let other = text(&other.body, "id").to_owned();
    scene.pass(TimeDelta::seconds(10)).await;
    scene.pass(TimeDelta::days(89)).await;
    assert_eq!(post(&scene, &format!("/v1/orders/{other}/refund"), "r-2", "").await.status, 201);
}

#[tokio::test]
async fn requests_that_break_a_rule_name_it() {
    let scene = Scene::of(Site::Mla).await;
    let good = body(BY_HAND, "10.5");
    for (from, to, expect) in [
        ("\"till-4\"", "\"till 4\"", (400, "property_value")),
        ("PT16M", "PT29S", (400, "property_value")),
        ("PT16M", "PT3H1S", (400, "property_value")),
        ("\"10.5\"", "\"10.555\"", (400, "property_value")),
        ("\"10.5\"", "10.5", (400, "property_type")),
        ("[{\"amount\":\"10.5\"}]", "[]", (400, "maximum_items")),
        ("\"description\"", "\"notification_url\"", (400, "unsupported_properties")),
        ("\"external_reference\":\"till-4\",", "", (400, "required_properties")),
        ("no_ticket", "two_tickets", (400, "property_value")),
        (BY_HAND, "NOBODYS__1", (400, "property_value")),
        ("\"point\",", "\"phone\",", (400, "property_value")),
        ("\"a cup\"}", "\"a cup\"", (400, "json_syntax_error")),
    ] {
        assert!(good.contains(from), "{from}");
        let answer = post(&scene, "/v1/orders", "k-1", &good.replacen(from, to, 1)).await;
        assert_eq!(code(&answer), expect, "{to}");
    }
    assert_eq!(code(&scene.post("/v1/orders", &good).await), (400, "empty_required_header"));
    let long = "k".repeat(129);
    assert_eq!(
        code(&post(&scene, "/v1/orders", &long, &good).await),
        (400, "invalid_idempotency_key_length")
    );
    assert_eq!(post(&scene, "/v1/orders", "k-1", &good).await.status, 201);
    assert_eq!(
        code(&post(&scene, "/v1/orders", "k-2", &good).await),
        (409, "already_queued_order_on_terminal")
    );
}

#[tokio::test]
async fn an_order_by_qr_code_is_paid_by_whoever_scans_it() {
    let scene = Scene::of(Site::Mla).await;
    let body = r#"{"type":"qr","external_reference":"till-4-0020","total_amount":"10.5","expiration_time":"PT30S","transactions":{"payments":[{"amount":"10.5"}]},"config":{"qr":{"external_pos_id":"STORE1POS4","mode":"dynamic"}}}"#;
    let made = post(&scene, "/v1/orders", "k-1", body).await;
    let id = text(&made.body, "id").to_owned();
    assert!(text(&made.body["type_response"], "qr_data").starts_with("000201"));
    scene.done(&format!("/admin/qr/{id}/pay"), r#"{"card":"debvisa"}"#).await;
    assert_eq!(standing(&scene, &id).await, ["processed", "processed", "accredited"]);
    let late = post(&scene, "/v1/orders", "k-2", body).await;
    scene.pass(TimeDelta::seconds(31)).await;
    assert_eq!(standing(&scene, text(&late.body, "id")).await, ["expired"; 3]);
}
