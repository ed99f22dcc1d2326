//! Habits that can be set, and what the next calls can be made to meet.

use serde_json::{Value, json};

use super::{Payment, Scene};

/// Sets the habits; those that are not named are off.
async fn habits(scene: &Scene, habits: &Value) {
    scene.call(0, "PUT", "/admin/habits", None, &habits.to_string()).await.is(200);
}

async fn obstacle(scene: &Scene, call: &str, meets: Value) {
    scene.post("/admin/obstacles", &json!({ "call": call, "meets": meets }).to_string()).await.is(201);
}

/// Calls as the first seller, on a connection that may break off: the status, if an answer came.
async fn heard(scene: &Scene, method: &str, path: &str, key: &str, body: &str) -> Option<u16> {
    let url = format!("{}{path}", scene.running.base());
    let request = scene.client.request(method.parse().expect("a method"), url).body(body.to_owned());
    let request = request.bearer_auth(&scene.sellers[0].token).header("X-Idempotency-Key", key);
    request.send().await.ok().map(|answer| answer.status().as_u16())
}

/// What was given back of each payment, in the simulator's own books.
async fn given_back(scene: &Scene) -> Vec<(u64, usize, String)> {
    let kept: Vec<Value> = scene.get("/admin/books/payments").await.read(200);
    let one = |kept: &Value| {
        let refunded = kept["refunded"].as_str().expect("a text").to_owned();
        let count = kept["refunds"].as_array().expect("a list").len();
        (kept["payment"].as_u64().expect("an id"), count, refunded)
    };
    kept.iter().map(one).collect()
}

#[tokio::test]
async fn notes_of_a_refund_are_echoed_listed_or_withheld() {
    let scene = Scene::start(1).await;
    let payment = scene.paid("k", "100").await;
    let path = format!("/v1/payments/{}", payment.id);
    let sent = r#"{"amount":1,"metadata":{"conciliar_order":"r-1"}}"#;
    let echoed = json!({"conciliar_order": "r-1"});
    for (number, (habit, shown)) in
        [("echoed", echoed.clone()), ("listed", json!([echoed])), ("withheld", json!({}))]
            .into_iter()
            .enumerate()
    {
        habits(&scene, &json!({"refund_notes": habit})).await;
        let made: Value = scene.refund(payment.id, habit, sent).await.read(201);
        assert_eq!(made["metadata"], shown, "{habit}");
        let list: Vec<Value> = scene.get(&format!("{path}/refunds")).await.read(200);
        assert_eq!(list[number]["metadata"], shown, "{habit}");
        let whole: Value = scene.get(&path).await.read(200);
        assert_eq!(whole["refunds"][number]["metadata"], echoed, "{habit}: inside the payment");
        habits(&scene, &json!({"refund_notes_in_payment": habit})).await;
        let whole: Value = scene.get(&path).await.read(200);
        assert_eq!(whole["refunds"][number]["metadata"], shown, "{habit}");
        let list: Vec<Value> = scene.get(&format!("{path}/refunds")).await.read(200);
        assert_eq!(list[number]["metadata"], echoed, "{habit}: outside the payment");
    }
    habits(&scene, &json!({"refund_notes": "listed"})).await;
    let plain: Value = scene.refund(payment.id, "plain", r#"{"amount":1}"#).await.read(201);
    assert_eq!(plain["metadata"], json!([]));
    let kept: Vec<Value> = scene.get("/admin/books/payments").await.read(200);
    assert_eq!(kept[0]["refunds"][2]["notes"], echoed, "its own books keep what was sent");
}

#[tokio::test]
async fn the_next_call_of_a_kind_is_refused_with_the_code_that_is_wished() {
    let scene = Scene::start(1).await;
    let payment = scene.paid("k", "100").await;
    let call = "POST /v1/payments/{id}/refunds";
    for (code, status) in [
        (2063, 400),
        (2085, 400),
        (2017, 400),
        (2022, 400),
        (2025, 400),
        (2027, 400),
        (2029, 400),
        (2030, 400),
        (2031, 400),
        (2024, 400),
        (15_016, 400),
        (2032, 404),
        (2084, 400),
        (3024, 400),
        (4040, 400),
        (4041, 400),
        (4292, 400),
        (2000, 404),
        (4211, 400),
    ] {
        obstacle(&scene, call, json!({"refusal": {"code": code}})).await;
        let refused = scene.refund(payment.id, "key", "").await.refused();
        assert_eq!((refused.0, refused.2), (status, Some(code)));
    }
    obstacle(&scene, call, json!({"refusal": {"code": 4040, "status": 401}})).await;
    obstacle(&scene, call, json!({"refusal": {"status": 500}})).await;
    assert_eq!(scene.refund(payment.id, "key", "").await.refused().0, 401);
    let broken = scene.refund(payment.id, "key", "").await.refused();
    assert_eq!((broken.0, broken.1.as_str(), broken.2), (500, "internal_error", None));
    assert_eq!(given_back(&scene).await, [(payment.id, 0, "0.00".to_owned())], "nothing was done");
    scene.refund(payment.id, "key", "").await.is(201);
}

#[tokio::test]
async fn an_answer_can_be_lost_before_and_after_the_work() {
    let scene = Scene::start(1).await;
    let payment = scene.paid("k", "100").await;
    let path = format!("/v1/payments/{}/refunds", payment.id);
    let call = "POST /v1/payments/{id}/refunds";
    let body = r#"{"amount":40}"#;
    obstacle(&scene, call, json!("lost_before")).await;
    obstacle(&scene, call, json!("lost_after")).await;
    assert_eq!(heard(&scene, "POST", &path, "key", body).await, None);
    assert_eq!(given_back(&scene).await, [(payment.id, 0, "0.00".to_owned())]);
    assert_eq!(heard(&scene, "POST", &path, "key", body).await, None);
    assert_eq!(given_back(&scene).await, [(payment.id, 1, "40.00".to_owned())]);
    let again = scene.refund(payment.id, "key", body).await;
    assert_eq!((again.status, again.body.as_str()), (200, ""));
    assert_eq!(given_back(&scene).await, [(payment.id, 1, "40.00".to_owned())]);
}

#[tokio::test]
async fn an_answer_can_be_late_and_obstacles_can_be_taken_away() {
    let scene = Scene::start(1).await;
    let payment = scene.paid("k", "100").await;
    let path = format!("/v1/payments/{}", payment.id);
    obstacle(&scene, "GET /v1/payments/{id}", json!({"delay": {"ms": 30}})).await;
    assert_eq!(heard(&scene, "GET", &path, "-", "").await, Some(200));
    obstacle(&scene, "GET /v1/payments/{id}", json!("lost_before")).await;
    scene.call(0, "DELETE", "/admin/obstacles", None, "").await.is(200);
    assert_eq!(heard(&scene, "GET", &path, "-", "").await, Some(200));
    let wrong = scene.post("/admin/obstacles", r#"{"call":"GET","meets":"lost_before"}"#).await;
    assert_eq!(wrong.refused().2, Some(8));
}

#[tokio::test]
async fn a_payment_is_shown_as_it_was_for_as_long_as_reads_lag() {
    let scene = Scene::start(1).await;
    let payment = scene.paid("k", "100").await;
    habits(&scene, &json!({"payment_lag_seconds": 60})).await;
    scene.refund(payment.id, "a", r#"{"amount":40}"#).await.is(201);
    scene.advance(30).await;
    scene.refund(payment.id, "b", r#"{"amount":60}"#).await.is(201);
    let seen = async || {
        let seen = scene.payment(payment.id).await;
        let found: Value = scene.get("/v1/payments/search").await.read(200);
        assert_eq!(found["results"][0]["status"], Value::from(seen.status.as_str()), "both are behind");
        (seen.transaction_amount_refunded.as_str().to_owned(), seen.status)
    };
    assert_eq!(seen().await, ("0".to_owned(), "approved".to_owned()));
    let list: Vec<Value> = scene.get(&format!("/v1/payments/{}/refunds", payment.id)).await.read(200);
    assert_eq!(list.len(), 2, "the list of refunds is not behind");
    scene.advance(30).await;
    assert_eq!(seen().await, ("40".to_owned(), "approved".to_owned()));
    scene.advance(30).await;
    assert_eq!(seen().await, ("100".to_owned(), "refunded".to_owned()));
}

#[tokio::test]
async fn a_cancellation_and_a_capture_are_behind_too() {
    let scene = Scene::start(1).await;
    let reserved: Payment = scene.pay("r", "100", r#","token":"APRO","capture":false"#).await.read(201);
    habits(&scene, &json!({"payment_lag_seconds": 60})).await;
    let path = format!("/v1/payments/{}", reserved.id);
    let captured: Payment = scene.call(0, "PUT", &path, None, r#"{"capture":true}"#).await.read(200);
    assert_eq!(captured.status, "approved", "what answers the change is not behind");
    assert_eq!(scene.payment(reserved.id).await.status, "authorized");
    scene.advance(60).await;
    assert_eq!(scene.payment(reserved.id).await.status, "approved");
}

#[tokio::test]
async fn a_search_finds_a_new_payment_later() {
    let scene = Scene::start(1).await;
    habits(&scene, &json!({"search_lag_seconds": 10})).await;
    scene.pay("k", "100", r#","token":"APRO","external_reference":"o-1""#).await.is(201);
    let found = async || {
        let found: Value = scene.get("/v1/payments/search?external_reference=o-1").await.read(200);
        found["paging"]["total"].as_u64()
    };
    assert_eq!(found().await, Some(0));
    scene.advance(10).await;
    assert_eq!(found().await, Some(1));
}

#[tokio::test]
async fn a_search_by_reference_finds_twins() {
    let scene = Scene::start(1).await;
    for key in ["one", "two"] {
        scene.pay(key, "100", r#","token":"APRO","external_reference":"o-1""#).await.is(201);
    }
    scene.pay("other", "100", r#","token":"APRO","external_reference":"o-10""#).await.is(201);
    let found: Value = scene.get("/v1/payments/search?external_reference=o-1").await.read(200);
    assert_eq!(found["paging"]["total"], json!(2));
}

#[tokio::test]
async fn a_payment_admits_as_many_refunds_as_the_habit_says() {
    let scene = Scene::start(1).await;
    let payment = scene.paid("k", "100").await;
    habits(&scene, &json!({"refunds_at_most": 2})).await;
    for key in ["a", "b"] {
        scene.refund(payment.id, key, r#"{"amount":1}"#).await.is(201);
    }
    assert_eq!(scene.refund(payment.id, "c", r#"{"amount":1}"#).await.refused().2, Some(2022));
}

#[tokio::test]
async fn the_same_charge_under_another_key_is_refused_for_a_minute_where_the_habit_is_on() {
    let scene = Scene::start(1).await;
    habits(&scene, &json!({"twin_seconds": 60})).await;
    let paid = async |key: &str, amount: &str| scene.pay(key, amount, r#","token":"APRO""#).await;
    let first: Payment = paid("one", "100").await.read(201);
    assert_eq!(paid("two", "100").await.refused().2, Some(2001));
    assert_eq!(paid("one", "100").await.read::<Payment>(200).id, first.id, "its own key tells it again");
    paid("three", "101").await.is(201);
    scene.advance(60).await;
    paid("two", "100").await.is(201);
}
