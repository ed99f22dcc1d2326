//! `conciliar payment create`, as a clerk and a shop use it, against the simulator: what is owed is charged once.

use std::process::{Child, Stdio};

use serde_json::{Value, json};
use simulator::{Options, Running, Simulator};

use crate::bin::{Desk, Ran, list, text};
use crate::schema::Schema;

mod crashed;
mod told;

const SELLER: &str = "1122334455";
const NOON: &str = "2026-10-02T12:00:00Z";
const NEXT_NOON: &str = "2026-10-03T12:00:00Z";

/// A desk, and the provider that it asks.
struct Shop {
    desk: Desk,
    running: Running,
    token: String,
    client: reqwest::Client,
    db: String,
}

/// What a payer's browser posted: the token is the name of the holder of a test card, which decides the outcome.
fn form(token: &str, more: &str) -> String {
    format!(
        r#"{{"token":"{token}","issuer_id":"310","payment_method_id":"visa","transaction_amount":100.5,
        "installments":"1","description":"Blue shirt","payer":{{"email":"payer@mail.example",
        "identification":{{"type":"DNI","number":"12345678"}}}}{more}}}"#
    )
}

impl Shop {
    async fn open(seed: u64) -> Self {
        Self::over(seed, "sqlite:conciliar.db").await
    }

    /// With its books in a database.
    async fn over(seed: u64, db: &str) -> Self {
        // Another test of this process may have installed it.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let running = Simulator::start(Options::new(seed)).await.expect("the simulator starts");
        let token = running.sellers().remove(0).token;
        let desk = Desk::new();
        desk.done(&["--db", db, "migrate"]);
        Self { desk, running, token, client: reqwest::Client::new(), db: db.to_owned() }
    }

    fn variables(&self) -> [(String, String); 4] {
        [
            ("CONCILIAR_DB".to_owned(), self.db.clone()),
            ("CONCILIAR_TOKEN".to_owned(), self.token.clone()),
            ("CONCILIAR__CLIENT__BASE".to_owned(), self.running.base()),
            // An answer that is lost stays lost.
            ("CONCILIAR__CLIENT__RETRIES".to_owned(), "0".to_owned()),
        ]
    }

    fn args<'a>(at: &'a str, file: &'a str, more: &[&'a str]) -> Vec<&'a str> {
        let head = ["--at", at, "payment", "create", file, "--seller", SELLER, "--site", "MLA"];
        [&head[..], &["--actor", "ana", "--yes"], more].concat()
    }

    /// Charges what the form says, for the reference that it has or is given.
    fn create(&self, at: &str, form: &str, more: &[&str]) -> Ran {
        self.desk.write("form.json", form);
        self.run(&Self::args(at, "form.json", more))
    }

    fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, "")
    }

    fn run_with(&self, args: &[&str], input: &str) -> Ran {
        let variables = self.variables();
        let variables: Vec<(&str, &str)> =
            variables.iter().map(|(name, value)| (&**name, &**value)).collect();
        self.desk.run_with(args, &variables, input)
    }

    /// Starts the verb and does not wait for it.
    fn start(&self, file: &str, more: &[&str]) -> Child {
        let mut command = self.desk.command(&Self::args(NOON, file, more));
        command.envs(self.variables()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("the built binary starts")
    }

    async fn ask(&self, method: &str, path: &str, body: Value) -> Value {
        let method = method.parse().expect("a method");
        let url = format!("{}{path}", self.running.base());
        let request = self.client.request(method, url).bearer_auth(&self.token);
        let request = request.header("x-idempotency-key", format!("{path} {body}"));
        let answer = request.body(body.to_string()).send().await.expect("an answer");
        let (status, text) = (answer.status(), answer.text().await.expect("text"));
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}: {text}"))
    }

    /// Ids of the payments with a reference, as the provider has them, the oldest first.
    async fn payments(&self, reference: &str) -> Vec<u64> {
        let path = format!("/v1/payments/search?external_reference={reference}&sort=id&criteria=asc");
        let url = format!("{}{path}", self.running.base());
        let answer = self.client.get(url).bearer_auth(&self.token).send().await.expect("an answer");
        let page: Value = serde_json::from_str(&answer.text().await.expect("text")).expect("a page");
        list(&page, "results").iter().map(|row| row["id"].as_u64().expect("an id")).collect()
    }
}

/// With this reference.
const R17: [&str; 2] = ["--reference", "till-4-0017"];

#[track_caller]
fn ends(ran: &Ran, code: i32, told: &[&str]) {
    assert_eq!(ran.code, code, "{}{}", ran.out, ran.err);
    for part in told {
        assert!(
            ran.err.contains(part) || ran.out.contains(part),
            "`{part}` is not told: {}{}",
            ran.out,
            ran.err
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_is_approved_once_and_the_same_again_finds_it() {
    let shop = Shop::open(71).await;
    let first = shop.create(NOON, &form("APRO", ""), &[&R17[..], &["--format", "json"]].concat());
    ends(
        &first,
        0,
        &[
            "more often with:\n  device_id\n  additional_info: ip_address, items\n  additional_info.payer: first_name",
        ],
    );
    let made: Value = serde_json::from_str(&first.out).expect("the payment");
    assert_eq!((text(&made, "status"), text(&made, "external_reference")), ("approved", "till-4-0017"));
    let again = shop.create(NEXT_NOON, &form("APRO", ""), &R17);
    ends(&again, 0, &["was made before, and nothing was sent", "approved"]);
    assert_eq!(shop.payments("till-4-0017").await, [made["id"].as_u64().expect("an id")]);
    // The books know it, and the balance sheet balances.
    let payments = shop.desk.json(&["report", "payments"]);
    assert_eq!(list(&payments, "payments").len(), 1);
    shop.desk.done(&["replay", "--verify"]);
    // Another attempt for the same thing, with another card.
    let other = form("APRO 2", "").replace("visa", "master");
    ends(&shop.create(NEXT_NOON, &other, &R17), 1, &["not allowed (already_paid)", "by payment"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_reserved_or_waits_is_no_failure_and_is_not_charged_beside() {
    let shop = Shop::open(72).await;
    let reserved = shop.create(NOON, &form("APRO", r#","capture":false,"external_reference":"a-1""#), &[]);
    ends(&reserved, 0, &["authorized", "pending_capture"]);
    let waits = shop.create(NOON, &form("CONT", ""), &R17);
    ends(&waits, 0, &["in_process", "pending_contingency"]);
    let piped = shop.run_with(&Shop::args(NOON, "-", &R17), &form("CONT", ""));
    ends(&piped, 0, &["was made before, and nothing was sent"]);
    let beside = shop.create(NOON, &form("APRO 2", ""), &R17);
    ends(&beside, 1, &["not allowed (twin_pending)", "may still be paid", "conciliar payment cancel"]);
    assert_eq!(shop.payments("till-4-0017").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_rejected_is_blocked_as_the_provider_advises_and_allowed_later() {
    let shop = Shop::open(73).await;
    let rejected = shop.create(NOON, &form("FUND", ""), &[&R17[..], &["--lang", "es"]].concat());
    let told =
        ["rejected (issuer, cc_rejected_insufficient_amount)", "from 2026-10-03T12:00:00", "another method"];
    ends(&rejected, 3, &told);
    assert!(
        rejected.err.contains("tarjeta") || rejected.err.contains("fondos"),
        "advice in --lang: {}",
        rejected.err
    );
    let card = form("APRO", "");
    let soon = "2026-10-03T11:59:59Z";
    ends(&shop.create(soon, &card, &R17), 1, &["not allowed (too_soon)", "cc_rejected_insufficient_amount"]);
    assert_eq!(shop.payments("till-4-0017").await.len(), 1);
    // What was not allowed is counted; the same no again is no news.
    shop.create(soon, &card, &R17);
    let blocked = shop.desk.json(&["report", "rejections", "--by", "guard"]);
    let expect = json!({
        "why": "too_soon", "count": 1, "obligations": 1, "amount": "100.50", "currency": "ARS", "paid": 0,
    });
    assert_eq!(list(&blocked, "blocked_attempts"), [expect]);
    ends(&shop.create(NEXT_NOON, &card, &R17), 0, &["approved"]);
    assert_eq!(shop.payments("till-4-0017").await.len(), 2, "a rejection, and the payment");
    let blocked = shop.desk.json(&["report", "rejections", "--by", "guard"]);
    assert_eq!(list(&blocked, "blocked_attempts")[0]["paid"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_that_was_rejected_for_good_gives_way_to_another() {
    let shop = Shop::open(74).await;
    ends(&shop.create(NOON, &form("OTHE", ""), &R17), 3, &["rejected (fraud", "Only another method"]);
    ends(&shop.create(NEXT_NOON, &form("APRO", ""), &R17), 1, &["not allowed (other_method_needed)"]);
    let other = form("APRO", "").replace("visa", "master");
    ends(&shop.create(NEXT_NOON, &other, &R17), 0, &["approved"]);
}

/// Two processes with two cards for one thing: one charges, the other is not allowed to.
async fn race(shop: &Shop) {
    let delay = json!({"call": "POST /v1/payments", "meets": {"delay": {"ms": 300}}});
    shop.ask("POST", "/admin/obstacles", delay).await;
    shop.desk.write("one.json", form("APRO 1", ""));
    shop.desk.write("two.json", form("APRO 2", ""));
    let both = ["one.json", "two.json"].map(|file| shop.start(file, &R17));
    let mut codes = both.map(|child| {
        let ended = child.wait_with_output().expect("the program ends");
        (ended.status.code(), String::from_utf8(ended.stderr).expect("text"))
    });
    codes.sort();
    let [(first, _), (second, told)] = &codes;
    assert_eq!((*first, *second), (Some(0), Some(1)), "{codes:?}");
    assert!(
        told.contains("not allowed (twin_pending)") || told.contains("not allowed (already_paid)"),
        "{told}"
    );
    assert_eq!(shop.payments("till-4-0017").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_at_once_charge_once() {
    race(&Shop::open(75).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_at_once_charge_once_on_postgresql() {
    let schema = Schema::new();
    race(&Shop::over(75, &schema.url()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_is_found_or_asked_for_again_under_the_same_key() {
    for lag in [0, 3600] {
        let shop = Shop::open(76).await;
        shop.ask("PUT", "/admin/habits", json!({"search_lag_seconds": lag})).await;
        shop.ask("POST", "/admin/obstacles", json!({"call": "POST /v1/payments", "meets": "lost_after"}))
            .await;
        let lost = shop.create(NOON, &form("APRO", ""), &R17);
        ends(
            &lost,
            1,
            &["nobody knows what became of attempt", "the same again finds out, and charges once"],
        );
        if lag > 0 {
            let other = shop.create(NOON, &form("APRO 2", ""), &R17);
            ends(&other, 1, &["not allowed (twin_pending)", "nobody knows yet"]);
        }
        ends(&shop.create(NOON, &form("APRO", ""), &R17), 0, &["approved"]);
        shop.ask("PUT", "/admin/habits", json!({})).await;
        assert_eq!(shop.payments("till-4-0017").await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_pays_once_and_not_after_seven_days() {
    let shop = Shop::open(77).await;
    ends(&shop.create(NOON, &form("APRO", ""), &R17), 0, &["approved"]);
    let other = ["--reference", "till-4-0018"];
    ends(
        &shop.create(NOON, &form("APRO", ""), &other),
        1,
        &["not allowed (token_used)", "enter the card again"],
    );
    let late = ["--reference", "till-4-0018", "--token-at", "2026-09-25T11:59:59Z"];
    ends(&shop.create(NOON, &form("APRO 2", ""), &late), 1, &["not allowed (token_expired)"]);
    let in_file = form("APRO 3", r#","date_created":"2026-09-25T07:59:59.000-04:00""#);
    ends(&shop.create(NOON, &in_file, &other), 1, &["not allowed (token_expired)"]);
    let last = ["--reference", "till-4-0018", "--token-at", "2026-09-25T12:00:00Z"];
    ends(&shop.create(NOON, &form("APRO 4", ""), &last), 0, &["approved"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_twin_that_another_program_made_is_found_by_its_reference_and_amount() {
    let shop = Shop::open(78).await;
    let made = json!({
        "transaction_amount": 100.5, "payment_method_id": "visa", "installments": 1, "token": "APRO",
        "external_reference": "till-4-0017", "payer": {"email": "payer@mail.example"},
    });
    let twin = shop.ask("POST", "/v1/payments", made).await["id"].to_string();
    let blocked = shop.create(NOON, &form("APRO 2", ""), &[&R17[..], &["--format", "json"]].concat());
    ends(&blocked, 1, &["not allowed (already_paid)", &twin]);
    let told: Value = serde_json::from_str(&blocked.out).expect("what was blocked");
    assert_eq!(told["blocked"], json!({"why": "already_paid", "payment": twin}));
    assert_eq!(shop.payments("till-4-0017").await.len(), 1);
    // Another amount is another thing.
    let other = form("APRO 3", "").replace("100.5", "100.51");
    ends(&shop.create(NOON, &other, &R17), 0, &["approved"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dry_run_shows_what_would_be_sent_without_the_token_and_the_payer() {
    let shop = Shop::open(79).await;
    let info = r#","additional_info":{"ip_address":"192.0.2.7","payer":{"first_name":"Ana"}}"#;
    let dry = [&R17[..], &["--dry-run"]].concat();
    let shown = shop.create(NOON, &form("TOKEN-OF-A-CARD", info), &dry);
    ends(
        &shown,
        0,
        &["POST /v1/payments", r#""token":"(hidden)""#, "it would charge 100.50 ARS by visa for till-4-0017"],
    );
    for secret in ["TOKEN-OF-A-CARD", "mail.example", "12345678", "192.0.2.7", "Ana"] {
        assert!(
            !shown.out.contains(secret) && !shown.err.contains(secret),
            "{secret}: {}{}",
            shown.out,
            shown.err
        );
    }
    assert_eq!(shop.payments("till-4-0017").await.len(), 0);
    assert_eq!(shop.desk.json(&["replay"])["events"], 0, "nothing was written");
    ends(&shop.create(NOON, &form("APRO", ""), &R17), 0, &["approved"]);
    let other = form("APRO 2", "");
    ends(&shop.create(NOON, &other, &dry), 1, &["not allowed (already_paid)"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_reference_a_payer_is_told_apart_by_a_key_and_named_nowhere() {
    let shop = Shop::open(80).await;
    let bare = shop.create(NOON, &form("APRO", ""), &[]);
    ends(&bare, 2, &["write --reference TEXT", "guard.payer_key"]);
    shop.desk.write("payer.key", "a key that nobody guesses");
    let key = format!("[guard]\npayer_key = \"file:{}\"\n", shop.desk.path("payer.key").display());
    shop.desk.write("conciliar.toml", key);
    let with_key = ["--config", "conciliar.toml"];
    ends(&shop.create(NOON, &form("APRO", ""), &with_key), 0, &["approved"]);
    ends(&shop.create(NOON, &form("APRO 2", ""), &with_key), 1, &["not allowed (already_paid)"]);
    let other = form("APRO 3", "").replace("payer@", "another@");
    ends(&shop.create(NOON, &other, &with_key), 0, &["approved"]);
    ends(&shop.create(NEXT_NOON, &form("APRO 4", ""), &with_key), 0, &["approved"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_provider_refuses_charges_nothing_and_says_what_to_do() {
    let shop = Shop::open(81).await;
    let refusal = json!({"call": "POST /v1/payments", "meets": {"refusal": {"code": 2006}}});
    shop.ask("POST", "/admin/obstacles", refusal).await;
    ends(&shop.create(NOON, &form("APRO", ""), &R17), 1, &["2006", "the card must be tokenised again"]);
    assert_eq!(shop.payments("till-4-0017").await.len(), 0);
    ends(&shop.create(NOON, &form("APRO 2", ""), &R17), 0, &["approved"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_that_is_wrong_is_told_before_anything_is_asked() {
    let shop = Shop::open(82).await;
    let usage = |form: &str, more: &[&str], told: &[&str]| ends(&shop.create(NOON, form, more), 2, told);
    usage(
        &form("APRO", r#","colour":"red""#),
        &R17,
        &["`form.json` is no payment", "unknown field `colour`"],
    );
    usage("no", &R17, &["`form.json` is no payment"]);
    usage(&form("APRO", "").replace("100.5", "100.505"), &R17, &["transaction_amount"]);
    usage(&form("APRO", r#","external_reference":"till-9""#), &R17, &["two references"]);
    usage(&form("APRO", r#","metadata":"text""#), &R17, &["metadata must be an object"]);
    shop.desk.write("form.json", form("APRO", ""));
    let unasked: Vec<&str> =
        Shop::args(NOON, "form.json", &R17).into_iter().filter(|arg| *arg != "--yes").collect();
    ends(&shop.run(&unasked), 2, &["write --yes"]);
    assert_eq!(shop.payments("till-4-0017").await.len(), 0);
}
