use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::site::Site;
use scene::{BY_HAND, SCRIPTED, Scene, text};

mod orders;
mod registration;
pub(crate) mod scene;

const INTENTS: &str = "/point/integration-api/payment-intents";

fn devices(device: &str) -> String {
    format!("/point/integration-api/devices/{device}")
}

/// An intent of the second generation on a terminal.
async fn intent(scene: &Scene, device: &str, amount: u64) -> String {
    let body = format!(
        r#"{{"amount":{amount},"additional_info":{{"external_reference":"till-1","print_on_terminal":true,"ticket_number":"S0392JED"}}}}"#
    );
    let made = scene.done(&format!("{}/payment-intents", devices(device)), &body).await;
    text(&made, "id").to_owned()
}

async fn state(scene: &Scene, id: &str) -> String {
    text(&scene.get(&format!("{INTENTS}/{id}")).await, "state").to_owned()
}

fn id_of(payment: &Value) -> u64 {
    text(payment, "id").parse().expect("a payment's id")
}

#[tokio::test]
async fn the_answer_to_an_intent_is_the_request_with_two_ids_and_no_state() {
    let scene = Scene::of(Site::Mlb).await;
    let body = r#"{"amount":1400,"description":"Your payment description","payment":{"type":"credit_card","installments":1,"installments_cost":"seller"},"additional_info":{"external_reference":"4561ads-das4das4-das4754-das456","print_on_terminal":true}}"#;
    let mut made = scene.done(&format!("{}/payment-intents", devices(BY_HAND)), body).await;
    let id = made["id"].take();
    let mut expect: Value = serde_json::from_str(body).expect("JSON");
    expect["id"] = Value::Null;
    expect["device_id"] = json!(BY_HAND);
    assert_eq!(made, expect);
    // Reading it tells the terminal in another form.
    let read = scene.get(&format!("{INTENTS}/{}", id.as_str().expect("an id"))).await;
    assert_eq!(read["device_id"], json!("NEWLAND_N950_N950NCB1122334455"));
    assert_eq!((&read["state"], &read["amount"]), (&json!("OPEN"), &json!(1400)));
}

#[tokio::test]
async fn a_scripted_terminal_ends_an_intent_as_its_amount_says() {
    for (amount, expect, outcome) in [
        (1500, "FINISHED", Some(("approved", "accredited"))),
        (1100, "FINISHED", Some(("refunded", "refunded"))),
        (1200, "FINISHED", Some(("rejected", "cc_rejected_other_reason"))),
        (1300, "ERROR", None),
    ] {
        let scene = Scene::of(Site::Mla).await;
        let id = intent(&scene, SCRIPTED, amount).await;
        scene.pass(TimeDelta::milliseconds(1_990)).await;
        assert_eq!(state(&scene, &id).await, "OPEN", "{amount}");
        scene.pass(TimeDelta::milliseconds(20)).await;
        assert_eq!(state(&scene, &id).await, "ON_TERMINAL", "{amount}");
        scene.pass(TimeDelta::milliseconds(5_010)).await;
        let read = scene.get(&format!("{INTENTS}/{id}")).await;
        assert_eq!(text(&read, "state"), expect, "{amount}");
        let paid = (read["payment"] != Value::Null).then(|| scene.payment(id_of(&read["payment"])));
        assert_eq!(paid, outcome, "{amount}");
        // Argentina forgets the reference once it has ended.
        assert_eq!(read["additional_info"], json!({"ticket_number": "S0392JED"}));
    }
}

#[tokio::test]
async fn a_terminal_holds_one_intent_at_a_time() {
    let scene = Scene::of(Site::Mla).await;
    let first = intent(&scene, BY_HAND, 1500).await;
    let path = format!("{}/payment-intents", devices(BY_HAND));
    assert_eq!(scene.post(&path, r#"{"amount":1500}"#).await.status, 409);
    let canceled = scene.call(Method::DELETE, &format!("{path}/{first}"), "").await;
    assert_eq!((canceled.status, canceled.body), (200, json!({"id": first})));
    assert_eq!(state(&scene, &first).await, "CANCELED");
    assert_eq!(scene.post(&path, r#"{"amount":1500}"#).await.status, 200);
}

#[tokio::test]
async fn an_intent_that_the_terminal_has_can_only_be_canceled_there() {
    let scene = Scene::of(Site::Mla).await;
    let id = intent(&scene, BY_HAND, 1500).await;
    assert_eq!(scene.press(BY_HAND, "take", "").await.status, 200);
    let path = format!("{}/payment-intents/{id}", devices(BY_HAND));
    assert_eq!(scene.call(Method::DELETE, &path, "").await.status, 409);
    // The race goes on to be paid.
    assert_eq!(scene.press(BY_HAND, "card", r#"{"card":"visa","holder":"APRO"}"#).await.status, 200);
    assert_eq!(state(&scene, &id).await, "FINISHED");
    assert_eq!(scene.call(Method::DELETE, &path, "").await.status, 409);
    let other = intent(&scene, BY_HAND, 1500).await;
    scene.press(BY_HAND, "take", "").await;
    assert_eq!(scene.press(BY_HAND, "cancel", "").await.status, 200);
    assert_eq!(state(&scene, &other).await, "CANCELED");
}

#[tokio::test]
async fn amounts_outside_the_limits_of_the_site_are_refused() {
    for (site, refused, taken) in [
        (Site::Mla, ["499", "400000001", "15.5", "-500", "0"], "500"),
        (Site::Mlb, ["99", "7000001", "1.00", "-1", "0"], "100"),
        (Site::Mlm, ["499", "35000001", "10.0", "-1", "0"], "500"),
    ] {
        let scene = Scene::of(site).await;
        let path = format!("{}/payment-intents", devices(BY_HAND));
        for amount in refused {
            let answer = scene.post(&path, &format!(r#"{{"amount":{amount}}}"#)).await;
            assert_eq!(answer.status, 400, "{site:?} {amount}");
        }
        assert_eq!(scene.post(&path, &format!(r#"{{"amount":{taken}}}"#)).await.status, 200, "{site:?}");
    }
}

#[tokio::test]
async fn the_events_of_at_most_thirty_days_list_what_has_ended() {
    let scene = Scene::of(Site::Mla).await;
    let ended = intent(&scene, SCRIPTED, 1500).await;
    scene.pass(TimeDelta::seconds(10)).await;
    let open = intent(&scene, BY_HAND, 1500).await;
    let list = scene.get(&format!("{INTENTS}/events?startDate=2026-09-01&endDate=2026-10-01")).await;
    let expect = json!({"payment_intent_id": ended, "status": "FINISHED", "created_on": "2026-10-01T08:00:00.000-04:00"});
    assert_eq!(list["events"], json!([expect]));
    let long = format!("{INTENTS}/events?startDate=2026-09-01&endDate=2026-10-02");
    assert_eq!(scene.call(Method::GET, &long, "").await.status, 400);
    assert_eq!(scene.get(&format!("{INTENTS}/{open}/events")).await["status"], json!("OPEN"));
    scene.pass(TimeDelta::days(91)).await;
    assert_eq!(scene.call(Method::GET, &format!("{INTENTS}/{ended}"), "").await.status, 404);
}

#[tokio::test]
async fn what_nobody_takes_is_abandoned_and_nobody_is_told() {
    let scene = Scene::of(Site::Mla).await;
    let id = intent(&scene, BY_HAND, 1500).await;
    scene.pass(TimeDelta::minutes(59)).await;
    assert_eq!(state(&scene, &id).await, "OPEN");
    scene.pass(TimeDelta::minutes(2)).await;
    assert_eq!(state(&scene, &id).await, "ABANDONED");
    assert_eq!(scene.told("point_integration_wh"), Vec::<Value>::new());
    assert_eq!(scene.press(BY_HAND, "take", "").await.status, 409);
}

#[tokio::test]
async fn the_flat_notification_of_the_second_edition_tells_only_the_end() {
    let scene = Scene::of(Site::Mla).await;
    let id = intent(&scene, SCRIPTED, 1500).await;
    scene.pass(TimeDelta::seconds(10)).await;
    let told = scene.told("point_integration_wh");
    let [body] = told.as_slice() else { panic!("{told:?}") };
    let payment = body["payment"]["id"].as_u64().expect("a number");
    assert_eq!(scene.payment(payment), ("approved", "accredited"));
    let expect = json!({
        "id": id,
        "created_at": "2026-10-01 12:00:00",
        "amount": 1500,
        "payment": {"id": payment, "type": "credit_card", "state": "approved"},
        "additional_info": {"external_reference": "till-1", "ticket_number": "S0392JED"},
        "state": "FINISHED",
        "caller_id": scene::SELLER,
        "client_id": 6_677_889_900_112_233_u64,
    });
    assert_eq!(*body, expect);
}

#[tokio::test]
async fn a_terminal_that_loses_the_answer_leaves_a_payment_to_be_looked_for() {
    let scene = Scene::of(Site::Mla).await;
    let id = intent(&scene, BY_HAND, 1500).await;
    scene.press(BY_HAND, "take", "").await;
    scene.press(BY_HAND, "card", r#"{"card":"visa","holder":"LOST"}"#).await;
    scene.pass(TimeDelta::seconds(39)).await;
    assert_eq!(state(&scene, &id).await, "PROCESSING");
    scene.pass(TimeDelta::seconds(2)).await;
    assert_eq!(state(&scene, &id).await, "CONFIRMATION_REQUIRED");
    let told = scene.told("point_integration_wh");
    let payment = &told[0]["payment"];
    assert_eq!((&payment["state"], &payment["type"]), (&json!(""), &json!("")));
    assert_eq!(scene.payment(payment["id"].as_u64().expect("a number")).0, "approved");
    // It can also be made to look so at once.
    let other = intent(&scene, BY_HAND, 1500).await;
    let path = format!("/admin/intents/{other}/unconfirmed");
    assert_eq!(scene.post(&path, "").await.status, 409);
    scene.press(BY_HAND, "take", "").await;
    assert_eq!(scene.post(&path, "").await.status, 200);
    assert_eq!(state(&scene, &other).await, "CONFIRMATION_REQUIRED");
}

#[tokio::test]
async fn a_mode_takes_effect_when_the_terminal_restarts() {
    let scene = Scene::of(Site::Mla).await;
    let list = || async {
        let listed = scene.get("/point/integration-api/devices?limit=1&offset=0").await;
        assert_eq!(listed["paging"], json!({"total": 2, "limit": 1, "offset": 0}));
        text(&listed["devices"][0], "operating_mode").to_owned()
    };
    let body = r#"{"operating_mode":"STANDALONE"}"#;
    let answer = scene.call(Method::PATCH, &devices(BY_HAND), body).await;
    assert_eq!((answer.status, answer.body), (200, json!({"operating_mode": "STANDALONE"})));
    assert_eq!(list().await, "PDV");
    scene.press(BY_HAND, "restart", "").await;
    assert_eq!(list().await, "STANDALONE");
    intent(&scene, BY_HAND, 1500).await;
    assert_eq!(scene.press(BY_HAND, "take", "").await.status, 409);
    let wrong = scene.call(Method::PATCH, &devices(BY_HAND), r#"{"operating_mode":"POS"}"#).await;
    assert_eq!(wrong.status, 400);
    // A scripted one is started again by itself.
    scene.call(Method::PATCH, &devices(SCRIPTED), body).await;
    scene.pass(TimeDelta::seconds(31)).await;
    let listed = scene.get("/terminals/v1/list").await;
    assert_eq!(text(&listed["data"]["terminals"][1], "operating_mode"), "STANDALONE");
}

#[tokio::test]
async fn a_point_of_sale_has_one_terminal_that_takes_intents() {
    let scene = Scene::of(Site::Mla).await;
    let pos = scene.get("/point/integration-api/devices").await["devices"][0]["external_pos_id"].take();
    let new =
        json!({"seller": scene::SELLER, "id": "PAX_A910__X", "external_pos_id": pos, "hands": "people"});
    scene.done("/admin/devices", &new.to_string()).await;
    {
        // At the very same counter.
        let mut world = scene.shared.lock();
        let there = world.in_person.devices[BY_HAND].pos;
        world.in_person.devices.get_mut("PAX_A910__X").expect("a terminal").pos = there;
    }
    let pdv = r#"{"operating_mode":"PDV"}"#;
    assert_eq!(scene.call(Method::PATCH, &devices("PAX_A910__X"), pdv).await.status, 400);
    scene.call(Method::PATCH, &devices(BY_HAND), r#"{"operating_mode":"STANDALONE"}"#).await;
    assert_eq!(scene.call(Method::PATCH, &devices("PAX_A910__X"), pdv).await.status, 200);
}

#[tokio::test]
async fn a_refund_intent_gives_back_what_the_same_terminal_took() {
    let scene = Scene::of(Site::Mla).await;
    let id = intent(&scene, BY_HAND, 1500).await;
    scene.press(BY_HAND, "take", "").await;
    scene.press(BY_HAND, "card", r#"{"card":"visa","holder":"APRO"}"#).await;
    let paid = scene.get(&format!("{INTENTS}/{id}")).await;
    let payment = text(&paid["payment"], "id").to_owned();
    let body = format!(
        r#"{{"payment_id":"{payment}","additional_info":{{"print_on_terminal":["SELLER_TICKET"]}}}}"#
    );
    assert_eq!(scene.post(&format!("{}/refund", devices(SCRIPTED)), &body).await.status, 400);
    let made = scene.done(&format!("{}/refund", devices(BY_HAND)), &body).await;
    let refund = format!("/point/integration-api/refund/{}", text(&made, "id"));
    assert_eq!(text(&made, "payment_id"), payment);
    assert_eq!(scene.get(&refund).await["state"], json!("OPEN"));
    scene.press(BY_HAND, "take", "").await;
    scene.press(BY_HAND, "card", r#"{"card":"visa","holder":"APRO"}"#).await;
    assert_eq!(scene.get(&refund).await["state"], json!("FINISHED"));
    assert_eq!(scene.payment(payment.parse().expect("a number")), ("refunded", "refunded"));
}

#[tokio::test]
async fn an_order_of_the_first_generation_opens_closes_and_is_deleted() {
    let scene = Scene::of(Site::Mla).await;
    let root = "/point/services/integrations/v1";
    let body = r#"{"amount":100,"description":"taza","device_name":"dispositivo","cc_type":"credit_card","external_reference":"r-1","payer_email":"a@example.com"}"#;
    assert_eq!(scene.post(root, body).await.status, 403);
    scene.done("/point/services/user/status/integrators", r#"{"id":1122334455}"#).await;
    let long = body.replace("taza", "una descripcion muy larga");
    assert_eq!(scene.post(root, &long).await.status, 400);
    let made = scene.post(root, body).await;
    let id = made.body["id"].as_u64().expect("a number");
    assert_eq!((made.status, made.body), (200, json!({"status": "OPEN", "id": id})));
    let listed = scene.get(&format!("{root}/devices")).await;
    let busy = listed["devices"].as_array().expect("a list").iter().find(|d| d["name"] == "dispositivo");
    assert_eq!(busy.expect("it is listed")["status"], json!({"status": "BUSY", "payment_attempt": id}));
    assert_eq!(scene.post(root, body).await.status, 409);
    scene.pass(TimeDelta::seconds(10)).await;
    let closed = scene.get(&format!("{root}/{id}")).await;
    let payment = closed["payment_id"].as_u64().expect("a number");
    let expect = json!({"status": "CLOSED", "id": id, "payment_id": payment, "payment_status": "approved", "external_reference": "r-1", "payer_email": "a@example.com"});
    assert_eq!(closed, expect);
    assert_eq!(scene.shared.lock().payment(payment).map(|paid| paid.gross_minor), Some(10_000));
    let gone = scene.done(root, body).await["id"].as_u64().expect("a number");
    assert_eq!(scene.call(Method::DELETE, &format!("{root}/{gone}"), "").await.status, 204);
    assert_eq!(scene.call(Method::GET, &format!("{root}/{gone}"), "").await.status, 404);
    scene.done(root, body).await;
    let by_device = scene.call(Method::DELETE, &format!("{root}/attempt/device/dispositivo"), "").await;
    assert_eq!((by_device.status, by_device.body), (200, json!({"status": "OK"})));
    let forgotten = scene.call(Method::DELETE, &format!("{root}/devices/dispositivo"), "").await;
    assert_eq!((forgotten.status, forgotten.body), (200, json!({"status": "OK"})));
    assert_eq!(scene.post(root, body).await.status, 404);
}

#[tokio::test]
async fn an_error_leaves_an_order_of_the_first_generation_open() {
    let scene = Scene::of(Site::Mla).await;
    scene.done("/point/services/user/status/integrators", r#"{"id":1122334455}"#).await;
    let root = "/point/services/integrations/v1";
    let body = r#"{"amount":1300,"description":"taza","device_name":"dispositivo","cc_type":"credit_card"}"#;
    let id = scene.done(root, body).await["id"].as_u64().expect("a number");
    scene.pass(TimeDelta::minutes(5)).await;
    assert_eq!(scene.get(&format!("{root}/{id}")).await, json!({"status": "OPEN", "id": id}));
    assert_eq!(scene.payments(), 0);
}

#[tokio::test]
async fn an_instore_intent_closes_with_the_payment_it_led_to() {
    let scene = Scene::of(Site::Mla).await;
    let root = "/instore-api/integrations/v1/intents";
    let body = r#"{"description":"abc","external_reference":"123","operations":[{"type":"PURCHASE","amount":"10.14"}],"enabler_configuration":{"ticket_number":"Ticket001","device_payment_mode":"CARD","print_on_terminal":["SELLER_TICKET"]}}"#;
    assert_eq!(scene.post(&format!("{root}/point/pos/NOWHERE"), body).await.status, 404);
    assert_eq!(
        scene.post(&format!("{root}/point/{SCRIPTED}"), &body.replace("10.14", "4.99")).await.status,
        400
    );
    let made = scene.post(&format!("{root}/point/pos/SUC01POS01"), body).await;
    assert_eq!((made.status, text(&made.body, "status")), (201, "OPENED"));
    let id = text(&made.body, "id").to_owned();
    assert_eq!(scene.post(&format!("{root}/point/{SCRIPTED}"), body).await.status, 409);
    scene.pass(TimeDelta::seconds(10)).await;
    let closed = scene.get(&format!("{root}/{id}/point")).await;
    let payment = closed["operations"][0]["results"][0]["id"].as_u64().expect("a number");
    assert_eq!(scene.payment(payment), ("approved", "accredited"));
    let operation =
        json!({"amount": "10.14", "type": "PURCHASE", "results": [{"id": payment, "source": "PAYMENT"}]});
    let mut expect: Value = serde_json::from_str(body).expect("JSON");
    expect["id"] = json!(id);
    expect["status"] = json!("CLOSED");
    expect["operations"] = json!([operation]);
    assert_eq!(closed, expect);
    let told = scene.told("topic_instore_integration_wh");
    let [notice] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(text(notice, "date_created"), "2026-10-01 08:00:07.005000000-0400");
    assert_eq!(notice["data"]["operations"], json!([{"amount": "10.14", "type": "PURCHASE"}]));
    assert_eq!(text(&notice["data"], "url"), format!("https://api.mercadopago.com{root}/{id}/point"));
    assert_eq!((text(notice, "id"), text(&notice["data"], "status")), (id.as_str(), "CLOSED"));
}

#[tokio::test]
async fn an_instore_intent_is_canceled_while_open_and_expires_after_an_hour() {
    let scene = Scene::of(Site::Mlb).await;
    let root = "/instore-api/integrations/v1/intents";
    let body = r#"{"description":"abc","external_reference":"123","operations":[{"type":"PURCHASE","amount":"1.00"}]}"#;
    let path = format!("{root}/point/{BY_HAND}");
    let first = text(&scene.done(&path, body).await, "id").to_owned();
    assert_eq!(scene.call(Method::DELETE, &format!("{root}/{first}/point"), "").await.status, 204);
    let second = text(&scene.done(&path, body).await, "id").to_owned();
    scene.press(BY_HAND, "take", "").await;
    assert_eq!(scene.call(Method::DELETE, &format!("{root}/{second}/point"), "").await.status, 409);
    scene.pass(TimeDelta::minutes(61)).await;
    assert_eq!(scene.get(&format!("{root}/{second}/point")).await["status"], json!("EXPIRED"));
    let states: Vec<_> = scene
        .told("topic_instore_integration_wh")
        .iter()
        .map(|told| text(&told["data"], "status").to_owned())
        .collect();
    assert_eq!(states, ["CANCELED", "EXPIRED"]);
}

#[tokio::test]
async fn a_qr_intent_can_be_paid_again_after_a_decline_and_hands_out_cash() {
    let scene = Scene::of(Site::Mla).await;
    let root = "/instore-api/integrations/v1/intents";
    let body = r#"{"description":"abc","external_reference":"123","operations":[{"type":"PURCHASE","items":[{"title":"a","quantity":2,"unit_measure":"UNIT","unit_price":"5.00","total_amount":"10.00"}]},{"type":"CASH_OUT","amount":"20.00"}]}"#;
    let id = text(&scene.done(&format!("{root}/qr/pos/SUC01POS02"), body).await, "id").to_owned();
    let pay = format!("/admin/qr/{id}/pay");
    assert_eq!(scene.done(&pay, r#"{"holder":"FUND"}"#).await, json!({"payment": null}));
    assert_eq!(scene.get(&format!("{root}/{id}/qr")).await["status"], json!("OPENED"));
    let payment = scene.done(&pay, "{}").await["payment"].as_u64().expect("a number");
    assert_eq!(scene.shared.lock().payment(payment).map(|paid| paid.gross_minor), Some(3_000));
    let closed = scene.get(&format!("{root}/{id}/qr")).await;
    assert_eq!(closed["operations"][0]["results"], json!([{"id": payment, "source": "PAYMENT"}]));
    assert_eq!(closed["operations"][1]["results"][0]["source"], json!("PAYOUT"));
    assert_eq!(scene.post(&pay, "{}").await.status, 409);
}
