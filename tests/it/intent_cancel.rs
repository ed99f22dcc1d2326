//! `conciliar intent cancel`, as a person orders it: looked at before, written before it is sent, found when it was done,
//! and never told to be more than it is. The provider is a script.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::bin::{Desk, Ran, text};

const INTENT: &str = "7d8c70b6-2ac8-4c57-a441-c319088ca3ca";
const BY: &str = "--actor ana --reason left --yes --send";

/// A provider that answers each call by its script: the answers in their order, the last one for ever.
struct Scripted {
    world: Arc<Mutex<World>>,
    base: String,
    // Serves as long as it lives.
    _runtime: Runtime,
}

#[derive(Default)]
struct World {
    answers: BTreeMap<String, VecDeque<(u16, String)>>,
    /// Method and path of every call, with its key where it has one.
    asked: Vec<(String, String)>,
}

impl Scripted {
    fn new() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("it is bound"));
        let world = Arc::new(Mutex::new(World::default()));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&world));
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { world, base, _runtime: runtime }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("no handler panics")
    }

    /// Adds to the script of a call.
    fn says(&self, call: &str, status: u16, body: &str) {
        self.world().answers.entry(call.to_owned()).or_default().push_back((status, body.to_owned()));
    }

    /// Forgets the script of a call.
    fn forgets(&self, call: &str) {
        self.world().answers.remove(call);
    }

    /// What was asked since the last time.
    fn asked(&self) -> Vec<String> {
        self.world().asked.drain(..).map(|(call, _)| call).collect()
    }

    fn run(&self, desk: &Desk, line: &str) -> Ran {
        let words: Vec<_> = "--config shop.toml".split(' ').chain(line.split(' ')).collect();
        let variables = [
            ("CONCILIAR_TOKEN", "APP_USR-SECRET"),
            ("CONCILIAR__CLIENT__BASE", self.base.as_str()),
            ("CONCILIAR__CLIENT__RETRIES", "0"),
        ];
        let ran = desk.run_with(&words, &variables, "");
        assert!(!ran.out.contains("SECRET") && !ran.err.contains("SECRET"), "{}{}", ran.out, ran.err);
        ran
    }
}

async fn answer(
    State(world): State<Arc<Mutex<World>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> (StatusCode, String) {
    let mut world = world.lock().expect("no handler panics");
    let call = format!("{method} {}", uri.path());
    let key = headers.get("x-idempotency-key").map(|key| key.to_str().expect("a key is text"));
    world.asked.push((call.clone(), key.unwrap_or_default().to_owned()));
    let Some(answers) = world.answers.get_mut(&call) else {
        return (StatusCode::NOT_FOUND, r#"{"message":"no","error":"not_found","status":404}"#.to_owned());
    };
    let (status, body) = match answers.len() {
        1 => answers[0].clone(),
        _ => answers.pop_front().expect("a script has an answer"),
    };
    (StatusCode::from_u16(status).expect("a status"), body)
}

/// A desk of one seller.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("shop.toml", "[sellers]\n\"7\" = { site = \"MLA\" }\n");
    desk
}

fn order(status: &str, minute: u32) -> String {
    format!(
        r#"{{"id":"ORD1","type":"point","user_id":"7","status":"{status}","status_detail":"{status}","currency":"ARS",
        "total_amount":"24.00","created_date":"2026-10-20T07:00:00Z",
        "last_updated_date":"2026-10-20T07:{minute:02}:00Z","transactions":{{"payments":[]}}}}"#
    )
}

fn intent(state: &str) -> String {
    format!(r#"{{"id":"{INTENT}","device_id":"PAX_1","amount":1500,"state":"{state}"}}"#)
}

fn instore(status: &str) -> String {
    format!(r#"{{"id":"1","status":"{status}","operations":[{{"type":"PURCHASE","amount":"10.14"}}]}}"#)
}

/// One way in which it can go.
struct Way {
    line: String,
    /// Where it is read, and how it stands before and after.
    at: String,
    before: String,
    after: Option<String>,
    /// The call that cancels, and its answer.
    call: String,
    answer: (u16, &'static str),
    code: i32,
    told: &'static str,
}

fn ways() -> Vec<Way> {
    let d = |more: &str, before: &str, after: &str, answer, code, told| Way {
        line: format!("intent cancel ORD1{more} {BY}"),
        at: "/v1/orders/ORD1".to_owned(),
        before: order(before, 1),
        after: Some(order(after, 2)),
        call: "POST /v1/orders/ORD1/cancel".to_owned(),
        answer,
        code,
        told,
    };
    let b = |after: &str, answer, code, told| Way {
        line: format!("intent cancel {INTENT} --generation payment-intent --device PAX_1 {BY}"),
        at: format!("/point/integration-api/payment-intents/{INTENT}"),
        before: intent("OPEN"),
        after: Some(intent(after)),
        call: format!("DELETE /point/integration-api/devices/PAX_1/payment-intents/{INTENT}"),
        answer,
        code,
        told,
    };
    let held = r#"{"errors":[{"code":"cannot_cancel_order"}]}"#;
    let blocked = r#"{"message":"blocked","error":"conflict","status":409}"#;
    vec![
        d("", "created", "canceled", (200, r#"{"id":"ORD1","status":"canceled"}"#), 0, "ORD1 is cancelled"),
        d(
            " --at-terminal",
            "at_terminal",
            "at_terminal",
            (202, r#"{"id":"ORD1","status":"at_terminal"}"#),
            3,
            "may finish a payment first",
        ),
        d(
            "",
            "created",
            "at_terminal",
            (409, held),
            1,
            "(cannot_cancel_order); cancel it there, or ask the terminal with --at-terminal",
        ),
        d("", "created", "processed", (409, held), 1, "it ended before that, and is finished"),
        b("CANCELED", (200, r#"{"id":"7d8c"}"#), 0, "is cancelled"),
        b("ON_TERMINAL", (409, blocked), 1, "the provider refused it (409)"),
        Way {
            line: format!("intent cancel 1 --generation instore {BY}"),
            at: "/instore-api/integrations/v1/intents/1/point".to_owned(),
            before: instore("OPENED"),
            after: Some(instore("CANCELED")),
            call: "DELETE /instore-api/integrations/v1/intents/1/point".to_owned(),
            answer: (204, ""),
            code: 0,
            told: "1 is cancelled",
        },
        Way {
            line: format!("intent cancel 1 --generation instore --qr --pos till4 {BY}"),
            at: "/instore-api/integrations/v1/intents/1/qr".to_owned(),
            before: instore("OPENED"),
            after: Some(instore("CLOSED")),
            call: "DELETE /instore-api/integrations/v1/intents/1/qr/pos/till4".to_owned(),
            answer: (404, "{}"),
            code: 1,
            told: "it ended before that, and is finished",
        },
        Way {
            line: format!("intent cancel 7001 --generation point-order {BY}"),
            at: "/point/services/integrations/v1/7001".to_owned(),
            before: r#"{"id":7001,"status":"OPEN","amount":100,"description":"cup"}"#.to_owned(),
            after: None,
            call: "DELETE /point/services/integrations/v1/7001".to_owned(),
            answer: (204, ""),
            code: 0,
            told: "7001 is cancelled",
        },
    ]
}

#[test]
fn each_generation_is_looked_at_sent_and_looked_at_again_and_its_end_is_told_apart() {
    for Way { line, at, before, after, call, answer, code, told } in ways() {
        let (provider, desk) = (Scripted::new(), desk());
        let look = format!("GET {at}");
        // Before the order, and before it is sent.
        provider.says(&look, 200, &before);
        provider.says(&look, 200, &before);
        match after {
            Some(after) => provider.says(&look, 200, &after),
            None => provider.says(&look, 404, "{}"),
        }
        provider.says(&call, answer.0, answer.1);
        let ran = provider.run(&desk, &line);
        assert_eq!(ran.code, code, "{line}: {}{}", ran.out, ran.err);
        let said = if code == 1 { &ran.err } else { &ran.out };
        assert!(said.contains(told), "{line}: {said}");
        assert_eq!(provider.asked(), [look.clone(), look.clone(), call.clone(), look], "{line}");
        assert_eq!(desk.run(&["replay", "--verify"]).code, 0, "{line}");
    }
}

#[test]
fn what_was_granted_is_cancelled_also_where_the_provider_shows_it_no_more() {
    for status in [403, 404] {
        let (provider, desk) = (Scripted::new(), desk());
        let look = format!("GET /point/integration-api/payment-intents/{INTENT}");
        provider.says(&look, 200, &intent("OPEN"));
        provider.says(&look, 200, &intent("OPEN"));
        provider.says(&look, status, "{}");
        let call = format!("DELETE /point/integration-api/devices/PAX_1/payment-intents/{INTENT}");
        provider.says(&call, 200, r#"{"id":"7d8c"}"#);
        let line = format!("intent cancel {INTENT} --generation payment-intent --device PAX_1 {BY}");
        let ran = provider.run(&desk, &line);
        assert_eq!((ran.code, ran.out), (0, format!("{INTENT} is cancelled\n")), "{status}: {}", ran.err);
    }
}

#[test]
fn what_a_phone_holds_is_cancelled_by_its_id() {
    let (provider, desk) = (Scripted::new(), desk());
    let phones = r#"{"devices":[{"name":"counter","caller":7,"id":1,"status":{"status":"BUSY","payment_attempt":7001}},
        {"name":"bar","caller":7,"id":2,"status":{"status":"FREE"}}]}"#;
    provider.says("GET /point/services/integrations/v1/devices", 200, phones);
    let line = format!("intent cancel --generation point-order --device bar {BY}");
    let free = provider.run(&desk, &line);
    assert!(free.code == 1 && free.err.contains("`bar` holds no order"), "{}", free.err);
    let held = r#"{"id":7001,"status":"OPEN","amount":100,"description":"cup"}"#;
    provider.says("GET /point/services/integrations/v1/7001", 200, held);
    provider.says("DELETE /point/services/integrations/v1/7001", 204, "");
    let ran = provider.run(&desk, &line.replace("bar", "counter"));
    assert_eq!((ran.code, ran.out.as_str()), (0, "7001 is cancelled\n"), "{}", ran.err);
}

#[test]
fn an_order_is_written_before_it_is_sent_and_the_relay_sends_it_once_under_one_key() {
    let (provider, desk) = (Scripted::new(), desk());
    let look = "GET /v1/orders/ORD1";
    let call = "POST /v1/orders/ORD1/cancel";
    provider.says(look, 200, &order("created", 1));
    let line = "intent cancel ORD1 --actor ana --reason left --key till-4 --yes --format json";
    let ran = provider.run(&desk, line);
    assert_eq!((ran.code, ran.err.as_str()), (0, "`conciliar relay --provider` sends it\n"));
    let told: Value = serde_json::from_str(&ran.out).expect("JSON");
    let fields = ["intent", "order", "stage", "standing", "amount", "currency"].map(|key| text(&told, key));
    assert_eq!(fields, ["d:ORD1", "till-4", "open", "open", "24.00", "ARS"]);
    assert_eq!(provider.asked(), [look], "nothing was sent");
    let again = provider.run(&desk, line);
    assert!(
        again.err.contains("the order was given before (till-4) and is not given again"),
        "{}",
        again.err
    );
    let history = desk.done(&["replay", "--stream", "intent/7/d:ORD1"]);
    assert_eq!(history.lines().filter(|line| line.contains("cancel_requested")).count(), 1, "{history}");
    // The answer is lost, and nothing was done.
    provider.says(call, 500, "{}");
    assert_eq!(provider.asked(), [] as [&str; 0], "what is known under its name is not looked at");
    let relay = "relay --provider --once";
    provider.run(&desk, relay);
    provider.forgets(call);
    provider.says(call, 200, &order("canceled", 2));
    provider.forgets(look);
    provider.says(look, 200, &order("created", 1));
    provider.says(look, 200, &order("canceled", 2));
    provider.run(&desk, relay);
    provider.run(&desk, relay);
    let asked: Vec<_> = provider.world().asked.drain(..).collect();
    let keys: Vec<_> = asked.iter().filter(|(asked, _)| asked == call).map(|(_, key)| key.clone()).collect();
    assert!(keys.len() == 2 && keys[0] == keys[1] && !keys[0].is_empty(), "{asked:?}");
    let ran = provider.run(&desk, line);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let told: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!((text(&told, "stage"), text(&told, "standing")), ("done", "canceled"));
    assert_eq!(provider.asked(), [] as [&str; 0], "it is over");
}

#[test]
fn a_terminal_is_asked_once_and_that_is_told_as_no_more_than_it_is() {
    let (provider, desk) = (Scripted::new(), desk());
    let (look, call) = ("GET /v1/orders/ORD1", "POST /v1/orders/ORD1/cancel");
    provider.says(look, 200, &order("at_terminal", 1));
    provider.says(call, 202, &order("at_terminal", 1));
    let line = "intent cancel ORD1 --at-terminal --actor ana --reason left --key till-4 --yes";
    assert_eq!(provider.run(&desk, line).code, 0);
    provider.asked();
    let relay = "relay --provider --once --format json";
    let ran = provider.run(&desk, relay);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let told: Value = serde_json::from_str(&ran.out).expect("JSON");
    let row = &told["orders"][0];
    let words = ["became", "what", "thing", "id", "order"].map(|key| text(row, key));
    assert_eq!(words, ["asked", "cancel_intent", "intent", "d:ORD1", "till-4"]);
    assert_eq!(provider.asked(), [look, call, look]);
    provider.run(&desk, relay);
    assert_eq!(provider.asked(), [] as [&str; 0], "the terminal is not asked again and again");
    let again = provider.run(&desk, &format!("{line} --send"));
    assert!(
        again.code == 3 && again.out.contains("may finish a payment first"),
        "{}{}",
        again.out,
        again.err
    );
    // Later news tell the end.
    desk.write("order.json", order("canceled", 5));
    desk.done(&["--config", "shop.toml", "ingest", "order.json", "--strict"]);
    let over = provider.run(&desk, &format!("{line} --send"));
    assert_eq!((over.code, over.out.as_str()), (0, "ORD1 is cancelled\n"), "{}", over.err);
    assert_eq!(provider.asked(), [] as [&str; 0]);
}

#[test]
fn what_was_done_and_never_answered_is_found_and_not_sent_again() {
    let (provider, desk) = (Scripted::new(), desk());
    let (look, call) = ("GET /v1/orders/ORD1", "POST /v1/orders/ORD1/cancel");
    provider.says(look, 200, &order("created", 1));
    provider.says(call, 500, "{}");
    let line = format!("intent cancel ORD1 {BY} --key till-4");
    let lost = provider.run(&desk, &line);
    assert_eq!(lost.code, 1, "{}", lost.out);
    assert!(lost.err.contains("the same again with --key till-4 looks before it sends"), "{}", lost.err);
    provider.forgets(look);
    provider.says(look, 200, &order("canceled", 2));
    provider.asked();
    let ran = provider.run(&desk, &line);
    assert_eq!((ran.code, ran.out.as_str()), (0, "ORD1 is cancelled\n"), "{}", ran.err);
    assert_eq!(provider.asked(), [look]);
}

#[test]
fn a_second_person_is_told_of_the_order_that_waits_and_the_first_one_finds_it_again() {
    let (provider, desk) = (Scripted::new(), desk());
    let look = "GET /instore-api/integrations/v1/intents/1/point";
    provider.says(look, 200, &instore("OPENED"));
    let line = |actor: &str| {
        format!("intent cancel 1 --generation instore --actor {actor} --reason left --yes --format json")
    };
    let first = provider.run(&desk, &line("ana"));
    assert_eq!(first.code, 0, "{}", first.err);
    let second = provider.run(&desk, &line("luis"));
    let told = "error: 1: another request to cancel it is not answered yet; \
                `conciliar intent get 1 --generation instore` reads it\n";
    assert_eq!((second.code, second.err.as_str()), (1, told));
    let again = provider.run(&desk, &line("ana"));
    let order = |ran: &Ran| {
        let told: Value = serde_json::from_str(&ran.out).expect("JSON");
        (text(&told, "order").to_owned(), told["was_placed"] == true)
    };
    assert_eq!((order(&first).1, order(&again)), (false, (order(&first).0, true)));
    let history = desk.done(&["replay", "--stream", "intent/7/c:1"]);
    assert_eq!(history.lines().filter(|line| line.contains("cancel_requested")).count(), 1, "{history}");
    assert_eq!(provider.asked(), [look; 3], "nothing was sent");
}

#[test]
fn one_that_cannot_be_looked_at_is_neither_sent_nor_refused() {
    let (provider, desk) = (Scripted::new(), desk());
    let look = "GET /v1/orders/ORD1";
    provider.says(look, 200, &order("created", 1));
    provider.says(look, 404, "{}");
    let line = format!("intent cancel ORD1 {BY} --key till-4");
    let unseen = provider.run(&desk, &line);
    assert_eq!(unseen.code, 1, "{}", unseen.out);
    assert!(unseen.err.contains("the same again with --key till-4 looks before it sends"), "{}", unseen.err);
    provider.forgets(look);
    provider.says(look, 200, &order("canceled", 2));
    let ran = provider.run(&desk, &line);
    assert_eq!((ran.code, ran.out.as_str()), (0, "ORD1 is cancelled\n"), "{}", ran.err);
}

#[test]
fn one_that_was_paid_before_the_order_could_be_sent_is_overtaken() {
    let (provider, desk) = (Scripted::new(), desk());
    let look = "GET /v1/orders/ORD1";
    provider.says(look, 200, &order("created", 1));
    provider.says(look, 200, &order("processed", 2));
    let ran = provider.run(&desk, &format!("intent cancel ORD1 {BY}"));
    assert!(ran.code == 1 && ran.err.contains("it ended before that, and is finished"), "{}", ran.err);
    assert_eq!(provider.asked(), [look, look], "nothing was sent");
}

#[test]
fn one_whose_state_does_not_allow_it_is_refused_before_anything_is_sent() {
    for (before, more, told) in [
        ("processed", "", "ORD1 is not cancelled: it is finished; read what became of it"),
        ("at_terminal", "", "it is at_terminal; cancel it there, or ask the terminal with --at-terminal"),
        ("canceled", " --at-terminal", "it is canceled; read what became of it"),
    ] {
        let (provider, desk) = (Scripted::new(), desk());
        provider.says("GET /v1/orders/ORD1", 200, &order(before, 1));
        let ran = provider.run(&desk, &format!("intent cancel ORD1{more} {BY}"));
        assert_eq!(ran.code, 1, "{}", ran.out);
        assert!(ran.err.contains(told), "{}", ran.err);
        assert_eq!(provider.asked(), ["GET /v1/orders/ORD1"]);
        let history = desk.done(&["replay", "--stream", "intent/7/d:ORD1"]);
        assert!(!history.contains("cancel_requested"), "{history}");
    }
}

#[test]
fn without_a_yes_nothing_is_asked_and_a_rehearsal_writes_nothing() {
    let (provider, desk) = (Scripted::new(), desk());
    let ran = provider.run(&desk, "intent cancel ORD1 --actor ana --reason left");
    assert!(ran.code == 2 && ran.err.contains("write --yes to do it"), "{}", ran.err);
    let line = "intent cancel ORD1 --at-terminal --actor ana --reason left --dry-run";
    let ran = provider.run(&desk, line);
    assert_eq!((ran.code, ran.out.as_str()), (0, "POST /v1/orders/ORD1/cancel\nnull\n"), "{}", ran.err);
    let told = "intent.cancel_requested of d:ORD1 by ana would be written: left\nnothing was sent\n";
    assert_eq!(ran.err, told);
    assert_eq!(provider.asked(), [] as [&str; 0]);
    assert!(!desk.path("conciliar.db").exists(), "nothing is written");
    let blank = desk.run(&["intent", "cancel", "ORD1", "--actor", "ana", "--reason", " ", "--yes"]);
    assert!(blank.code == 2 && blank.err.contains("the history keeps the reason"), "{}", blank.err);
}
