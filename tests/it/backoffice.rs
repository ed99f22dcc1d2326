//! The verbs that ask the provider one thing: what they send, what they print, and how they end.

use serde_json::Value;

use crate::bin::{Desk, Ran};

mod printed;
mod secrets;
mod simulated;
pub mod stand_in;
mod subscriptions;

use stand_in::StandIn;

const DEVICES: &str = include_str!("../fixtures/device/second_generation.json");
const TERMINAL: &str = "PAX_A910__SMARTPOS1234345545";
const INTENT: &str = "7d8c70b6-2ac8-4c57-a441-c319088ca3ca";
const ORDER: &str = "ORD00001111222233334444555566";

/// Runs a verb against a provider.
fn run(provider: &StandIn, line: &str) -> Ran {
    Desk::new().run_with(&words(line), &provider.variables(), "")
}

/// The words of a line.
fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

/// What a verb sends, after an answer that lets it end well.
#[track_caller]
fn sends(line: &str, (status, answer): (u16, &str), method: &str, target: &str, body: &str) {
    let provider = StandIn::answering(status, answer);
    let ran = run(&provider, line);
    assert_eq!(ran.code, 0, "{line}: {}", ran.err);
    let taken = provider.only();
    assert_eq!((taken.method.as_str(), taken.target.as_str()), (method, target), "{line}");
    assert_eq!(taken.header("authorization"), format!("Bearer {}", stand_in::TOKEN), "{line}");
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap_or(Value::Null);
    assert_eq!(json(&taken.body), json(body), "{line}: {}", taken.body);
}

#[test]
fn terminals_are_listed_set_and_forgotten_in_their_generation() {
    let phones = include_str!("../fixtures/device/first_generation.json");
    let terminals = include_str!("../fixtures/device/terminals.json");
    let point = "/point/services/integrations/v1/devices";
    let page = "limit=50&offset=0";
    sends("device list", (200, DEVICES), "GET", &format!("/point/integration-api/devices?{page}"), "");
    sends("device list --generation point-order", (200, phones), "GET", point, "");
    let order = "device list --generation order --pos 7 --limit 5";
    sends(order, (200, terminals), "GET", "/terminals/v1/list?pos_id=7&limit=5&offset=0", "");
    let mode = r#"{"operating_mode":"PDV"}"#;
    let target = format!("/point/integration-api/devices/{TERMINAL}");
    sends(&format!("device mode {TERMINAL} pdv"), (200, mode), "PATCH", &target, mode);
    let modes = format!(r#"{{"terminals":[{{"id":"{TERMINAL}","operating_mode":"STANDALONE"}}]}}"#);
    let line = format!("device mode {TERMINAL} standalone --generation order");
    sends(&line, (200, &modes), "PATCH", "/terminals/v1/setup", &modes);
    sends("device delete till/4", (200, r#"{"status":"OK"}"#), "DELETE", &format!("{point}/till%2F4"), "");
}

#[test]
fn an_account_is_set_up_with_its_token_in_the_header() {
    let enable = "/point/services/user/status/integrators";
    sends("integrator enable --user 1384573578", (200, "{}"), "POST", enable, r#"{"id":1384573578}"#);
    sends("integrator enable --seller 1384573578", (200, ""), "POST", enable, r#"{"id":1384573578}"#);
    let integrators = "/point/integration-api/integrators";
    let address = "https://shop.example/hooks/1";
    let body = format!(r#"{{"webhook":"{address}"}}"#);
    sends(&format!("integrator webhook {address}"), (204, ""), "PATCH", integrators, &body);
    sends("integrator check", (204, ""), "POST", &format!("{integrators}/check"), "");
}

#[test]
fn an_intent_is_made_in_every_generation() {
    let order = r#"{"type":"point","external_reference":"till-4","expiration_time":"PT1M30S","transactions":{"payments":[{"amount":"24.00"}]},"config":{"point":{"terminal_id":"PAX_1","print_on_terminal":"no_ticket"}}}"#;
    let line =
        "intent create --device PAX_1 --amount 24 --site MLA --reference till-4 --expires 90 --print false";
    let answer = format!(r#"{{"id":"{ORDER}","status":"created"}}"#);
    sends(line, (201, &answer), "POST", "/v1/orders", order);
    let by_qr = r#"{"type":"qr","external_reference":"till-4","total_amount":"24.00","transactions":{"payments":[{"amount":"24.00"}]},"config":{"qr":{"external_pos_id":"TILL4"}}}"#;
    let line = "intent create --pos TILL4 --qr --amount 24 --site MLA --reference till-4";
    sends(line, (201, &answer), "POST", "/v1/orders", by_qr);

    let intent = r#"{"amount":1500,"additional_info":{"external_reference":"till-4","print_on_terminal":true,"ticket_number":"T1"}}"#;
    let line = "intent create --generation payment-intent --device PAX_1 --amount 15.00 --site MLA --reference till-4 --print true --ticket T1";
    let answer = format!(r#"{{"id":"{INTENT}","device_id":"PAX_1","amount":1500}}"#);
    sends(line, (200, &answer), "POST", "/point/integration-api/devices/PAX_1/payment-intents", intent);

    let instore = r#"{"description":"bread","external_reference":"till-4","operations":[{"type":"PURCHASE","amount":"10.14"}],"enabler_configuration":{"device_payment_mode":"CARD"}}"#;
    let line = "intent create --generation instore --pos TILL4 --amount 10.14 --site MLB --reference till-4 --description bread";
    let answer = r#"{"id":"1","status":"OPENED"}"#;
    sends(line, (201, answer), "POST", "/instore-api/integrations/v1/intents/point/pos/TILL4", instore);

    let point = r#"{"amount":100,"description":"cup","device_name":"counter","cc_type":"credit_card","notification_url":"https://shop.example/ipn"}"#;
    let line = "intent create --generation point-order --device counter --amount 100.00 --site MLA --description cup --card credit --notify https://shop.example/ipn";
    sends(line, (200, r#"{"status":"OPEN","id":7001}"#), "POST", "/point/services/integrations/v1", point);
}

#[test]
fn an_intent_is_read_in_every_generation() {
    let order = include_str!("../fixtures/order/processed_on_terminal.json");
    sends(&format!("intent get {ORDER}"), (200, order), "GET", &format!("/v1/orders/{ORDER}"), "");
    let intent = include_str!("../fixtures/payment_intent/finished_in_argentina.json");
    let line = format!("intent get {INTENT} --generation payment-intent");
    sends(&line, (200, intent), "GET", &format!("/point/integration-api/payment-intents/{INTENT}"), "");
    let instore = include_str!("../fixtures/instore_intent/closed.json");
    let path = "/instore-api/integrations/v1/intents/1";
    sends("intent get 1 --generation instore", (200, instore), "GET", &format!("{path}/point"), "");
    sends("intent get 1 --generation instore --qr", (200, instore), "GET", &format!("{path}/qr"), "");
    let point = include_str!("../fixtures/point_order/closed.json");
    let path = "/point/services/integrations/v1/7001";
    sends("intent get 7001 --generation point-order", (200, point), "GET", path, "");
}

#[test]
fn an_order_carries_its_key_and_a_virtual_terminal_its_header() {
    let provider = StandIn::answering(201, &format!(r#"{{"id":"{ORDER}","status":"created"}}"#));
    let line = "intent create --device PAX_1 --amount 24 --site MLA --key till-4-0001";
    assert_eq!(run(&provider, line).code, 0);
    let taken = provider.only();
    assert_eq!(taken.header("x-idempotency-key"), "till-4-0001");
    assert!(taken.body.contains(r#""external_reference":""#), "one is made up: {}", taken.body);
    let provider = StandIn::answering(200, &format!(r#"{{"id":"{INTENT}","state":"OPEN"}}"#));
    let line = format!("intent get {INTENT} --generation payment-intent --sandbox");
    assert_eq!(run(&provider, &line).code, 0);
    assert_eq!(provider.only().header("x-test-scope"), "sandbox");
}

#[test]
fn payments_are_read_and_found() {
    let payment = include_str!("../fixtures/payment/simple_fee.json");
    sends("payment get 91000000103", (200, payment), "GET", "/v1/payments/91000000103", "");
    let found = format!(r#"{{"paging":{{"total":41,"limit":1,"offset":0}},"results":[{payment}]}}"#);
    let line = "payment search --reference till-4 --status approved --by last-updated --from 2026-10-01T00:00:00Z --to 2026-10-31T00:00:00Z --limit 1";
    let target = "/v1/payments/search?sort=date_last_updated&criteria=desc&range=date_last_updated&begin_date=2026-10-01T00%3A00%3A00.000Z&end_date=2026-10-31T00%3A00%3A00.000Z&external_reference=till-4&status=approved&offset=0&limit=1";
    sends(line, (200, &found), "GET", target, "");
    let provider = StandIn::answering(200, &found);
    let ran = run(&provider, "payment search --limit 1");
    assert_eq!(ran.err, "40 more: --offset 1\n");
    assert!(ran.out.contains("transaction_amount"), "{}", ran.out);
}

#[test]
fn json_is_printed_as_it_came_and_a_table_shows_its_numbers_as_they_came() {
    let body = "{\"id\" : 91000000103,\n \"transaction_amount\":24.50, \"status\":\"approved\", \"x\":1e2}";
    let provider = StandIn::answering(200, body);
    let ran = run(&provider, "payment get 91000000103 --format json");
    assert_eq!(ran.out, format!("{body}\n"));
    let ran = run(&provider, "payment get 91000000103");
    assert!(ran.out.contains("│ transaction_amount ┆ 24.50"), "{}", ran.out);
    let ran = run(&StandIn::answering(200, DEVICES), "device list");
    let first = ran.out.lines().find(|line| line.contains(TERMINAL)).expect("a row");
    for cell in ["PDV", "47792478", "47792476", "SUC0101POS"] {
        assert!(first.contains(cell), "{cell}: {first}");
    }
}

#[test]
fn what_breaks_a_rule_is_not_sent_and_names_the_rule() {
    let provider = StandIn::answering(200, "{}");
    let long = "x".repeat(21);
    let point = format!(
        "intent create --generation point-order --device a --amount 1 --site MLA --card debit --description {long}"
    );
    let cases = [
        (
            "intent create --generation payment-intent --device PAX_1 --amount 4.99 --site MLA",
            "amount must be between 5.00 and 4000000.00, not 4.99 (rule: https://",
        ),
        (
            "intent create --device PAX_1 --amount 24 --site MLA --expires 10",
            "expiration_time must be between PT30S and PT3H, not PT10S (rule: https://",
        ),
        (
            "intent create --device PAX_1 --amount 24 --site MLA --reference till.4",
            "external_reference may hold nothing but letters, digits, `-` and `_`",
        ),
        (&point, "description has 21 characters, at most 20 are allowed"),
        (
            "intent create --device PAX_1 --amount 24.505 --site MLA",
            "--amount: `24.505` has more decimals than ARS allows (2)",
        ),
        ("intent create --device PAX_1 --amount 24 --site XXX", "`XXX` is no site"),
        ("intent create --device PAX_1 --amount 24", "in which currency?"),
        (
            "intent create --device PAX_1 --amount 24 --site MLA --notify https://shop.example",
            "--notify goes with --generation point-order, not order",
        ),
        (
            "intent create --generation point-order --device a --amount 1 --site MLA --card debit",
            "--generation point-order needs --description",
        ),
        (
            "intent cancel 7d8c --generation payment-intent --actor ana --reason left --yes",
            "--generation payment-intent needs --device",
        ),
        ("intent get 1 --qr", "--qr goes with --generation instore, not order"),
        ("integrator webhook shop.example", "webhook must be an http or https address"),
        ("integrator enable", "which account?"),
        ("test-user create --site XXX", "site_id must be one of MLA"),
        ("device mode PAX_1 pdv --generation point-order", "phones have no mode"),
        ("payment search --by approved", "--by goes with --from and --to"),
    ];
    for (line, told) in cases {
        let ran = run(&provider, line);
        assert_eq!(ran.code, 2, "{line}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(told), "{line}: {}", ran.err);
    }
    assert_eq!(provider.taken().len(), 0, "something was sent");
}

#[test]
fn a_refusal_names_the_code_of_the_provider_and_what_to_do() {
    let bad = r#"{"message":"Invalid user","error":"bad_request","status":400,"cause":[{"code":2060,"description":"The customer can't be equal to the collector","data":null}]}"#;
    let word = |status: u16, word: &str| {
        format!(r#"{{"message":"no","error":"{word}","status":{status},"cause":[]}}"#)
    };
    let cases = [
        (400, bad.to_owned(), "2060"),
        (401, word(401, "unauthorized"), "`conciliar auth login` gets another"),
        (403, word(403, "forbidden"), "`conciliar integrator enable` switches integrated charges on"),
        (404, word(404, "not_found"), "look at the id, the generation, and whose account it is"),
    ];
    for (status, answer, told) in cases {
        let ran = run(&StandIn::answering(status, &answer), "payment get 91000000103");
        assert_eq!(ran.code, 1, "{status}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(told), "{status}: {}", ran.err);
        assert_eq!(ran.err.lines().count(), 1, "{status}: {}", ran.err);
    }
    let ran = run(
        &StandIn::answering(409, &word(409, "conflict")),
        "intent create --device PAX_1 --amount 24 --site MLA --key a",
    );
    assert!(ran.code == 1 && ran.err.contains("something else is under way there"), "{}", ran.err);
    let declined =
        format!(r#"{{"errors":[{{"code":"failed"}}],"data":{{"id":"{ORDER}","status":"failed"}}}}"#);
    let ran = run(&StandIn::answering(402, &declined), "intent create --device PAX_1 --amount 24 --site MLA");
    assert_eq!((ran.code, ran.err.as_str()), (0, "the order was made and its charge declined\n"));
}

#[test]
fn a_lost_answer_warns_only_where_something_may_have_been_done() {
    let warning = "it may have been done all the same; look before you send it again";
    let provider = StandIn::answering(500, "{}");
    let made = run(
        &provider,
        "intent create --generation instore --device A --amount 24 --site MLA --description a",
    );
    assert!(made.code == 1 && made.err.contains(warning), "{}", made.err);
    provider.only();
    let desk = Desk::new();
    desk.write("once.toml", "[client]\nretries = 0\n");
    let line = "--config once.toml payment get 1";
    let read = desk.run_with(&words(line), &provider.variables(), "");
    assert!(read.code == 1 && read.err.ends_with("; try again in a while\n"), "{}", read.err);
}

#[test]
fn without_an_account_nothing_is_asked() {
    let desk = Desk::new();
    let ran = desk.run(&["device", "list"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("whose account? write --seller ID"), "{}", ran.err);
    desk.write("token", "two words");
    let ran = desk.run(&["device", "list", "--token-file", "token"]);
    assert_eq!((ran.code, ran.err.as_str()), (2, "error: `token` holds no token: one word is expected\n"));
    let ran = desk.run(&["device", "list", "--token-file", "missing"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
}
