//! Plans and subscriptions against the simulator: what is made once, what a change becomes, and what is told of it.

use serde_json::Value;

use super::simulated::Till;
use crate::bin::{Desk, Ran, list, text};

const TOKEN: &str = "a1b2c3d4e5f60718293a4b5c6d7e8f90";

/// A shop whose clerk orders in her own name.
struct Shop(Till);

impl Shop {
    fn open() -> Self {
        let till = Till::open();
        till.desk.write("card", format!("{TOKEN}\n"));
        Self(till)
    }

    /// Runs a verb in the clerk's name.
    fn order(&self, line: &str) -> Ran {
        self.0.run_with(&format!("{line} --actor ana"), &[])
    }

    /// What an order that ends well prints.
    #[track_caller]
    fn ordered(&self, line: &str) -> Value {
        let ran = self.order(line);
        assert_eq!(ran.code, 0, "{line}: {}", ran.err);
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{line}: {error}: {}", ran.out))
    }

    /// An order that does not end well, with its exit code.
    #[track_caller]
    fn fails(&self, line: &str, code: i32, told: &str) {
        let ran = self.order(line);
        assert_eq!(ran.code, code, "{line}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(told), "{line}: {}", ran.err);
    }

    fn plan(&self) -> String {
        let line = "plan create --title Yoga --amount 100.00 --back-url https://shop.example/thanks";
        text(&self.ordered(line), "id").to_owned()
    }

    /// A subscription without a plan, paid by card.
    fn subscription(&self) -> String {
        text(&self.ordered(&format!("{} --card-token-file card", alone())), "id").to_owned()
    }

    /// The facts of a thing, by name.
    #[track_caller]
    fn facts(&self, kind: &str, id: &str) -> Vec<String> {
        let stream = format!("{kind}/{}/{id}", self.0.seller);
        let history = self.0.desk.done(&["replay", "--stream", &stream, "--format", "json"]);
        let events = history.lines().map(|line| serde_json::from_str::<Value>(line).expect("an event"));
        events.map(|event| text(&event, "event").to_owned()).collect()
    }
}

/// The line of a subscription without a plan.
fn alone() -> String {
    "subscription create --title Yoga --amount 100.00 --payer payer@mail.example --reference YG-1234 --back-url https://shop.example/thanks".to_owned()
}

#[test]
fn a_plan_is_made_once_found_and_given_a_trial() {
    let shop = Shop::open();
    let plan = shop.plan();
    let again = shop.order("plan create --title Yoga --amount 100.00 --back-url https://shop.example/thanks");
    let found: Value = serde_json::from_str(&again.out).expect("the plan");
    assert_eq!((text(&found, "id"), again.code), (&*plan, 0));
    assert_eq!(again.err, format!("it was made before: plan {plan}; --key TEXT makes another one\n"));
    let other =
        "plan create --title Yoga --amount 100.00 --back-url https://shop.example/thanks --key second";
    assert_ne!(text(&shop.ordered(other), "id"), plan);
    let taken = other.replace("Yoga", "Gym");
    shop.fails(&taken, 1, "give this one a --key of its own");
    let shown = shop.0.run_with(&format!("plan show {plan}"), &[]);
    assert!(shown.code == 0 && shown.out.contains(&plan), "{}{}", shown.out, shown.err);
    let rows = shop.0.run_with("plan search --status active --limit 1", &[]);
    assert_eq!((rows.code, rows.err.as_str()), (0, "1 more: --offset 1\n"));

    let told = shop.ordered(&format!("plan trial {plan} 14-days"));
    assert_eq!(told["auto_recurring"]["free_trial"]["frequency"], 14, "{told}");
    shop.fails(&format!("plan trial {plan} 14-days"), 1, "the plan already is what was asked for");
    shop.fails(&format!("plan trial {plan} fortnight"), 2, "a period is written as 1-month or 14-days");
    let facts = ["plan.opened", "plan.change_asked", "plan.restated", "plan.change_settled"];
    assert_eq!(shop.facts("plan", &plan), facts);
}

#[test]
fn a_subscription_is_made_in_its_three_ways_and_each_once() {
    let shop = Shop::open();
    let plan = shop.plan();
    let of_plan =
        format!("subscription create --plan {plan} --payer payer@mail.example --card-token-file card");
    let first = shop.ordered(&of_plan);
    assert_eq!((text(&first, "status"), text(&first, "preapproval_plan_id")), ("authorized", &*plan));
    // The card's token is another one, and the order the same.
    shop.0.desk.write("card", "another-token");
    assert_eq!(text(&shop.ordered(&of_plan), "id"), text(&first, "id"));

    let by_variable =
        shop.0.run_with(&format!("{} --actor ana", alone()), &[("CONCILIAR_CARD_TOKEN", TOKEN)]);
    assert_eq!(by_variable.code, 0, "{}", by_variable.err);
    let by_card: Value = serde_json::from_str(&by_variable.out).expect("the subscription");
    assert_eq!(text(&by_card, "status"), "authorized");
    assert_ne!(text(&by_card, "id"), text(&first, "id"));

    let pending = shop.order(&format!("{} --pending", alone()));
    let told: Value = serde_json::from_str(&pending.out).expect("the subscription");
    let (id, link) = (text(&told, "id"), text(&told, "init_point"));
    assert_eq!((text(&told, "status"), pending.code), ("pending", 0));
    assert_eq!(pending.err, format!("the payer chooses a method at {link}\n"));
    assert_eq!(shop.facts("preapproval", id), ["preapproval.opened"]);
    let rows = shop.0.run_with("subscription search --status authorized", &[]);
    let rows: Value = serde_json::from_str(&rows.out).expect("a page");
    assert_eq!(list(&rows, "results").len(), 2, "{rows}");

    let told = shop.ordered(&format!("subscription card {id} --card-token-file card"));
    assert_eq!(text(&told, "status"), "authorized", "a card authorises what waited for its payer");
    shop.fails(&alone(), 2, "which card? write --card-token-file FILE or set CONCILIAR_CARD_TOKEN");
}

#[test]
fn what_was_agreed_on_is_changed_and_read_again() {
    let shop = Shop::open();
    let id = shop.subscription();
    let told = shop.ordered(&format!("subscription amount {id} 120.00"));
    assert_eq!(told["auto_recurring"]["transaction_amount"].to_string(), "120", "{told}");
    let told = shop.ordered(&format!("subscription secondary {id} account_money"));
    assert_eq!(text(&told, "payment_method_id_secondary"), "account_money");
    shop.ordered(&format!("subscription secondary {id} visa --by-card --card-token-file card"));
    shop.ordered(&format!("subscription card {id} --card-token-file card"));
    assert_eq!(text(&shop.ordered(&format!("subscription pause {id}")), "status"), "paused");
    assert_eq!(text(&shop.ordered(&format!("subscription resume {id}")), "status"), "authorized");
    assert_eq!(text(&shop.ordered(&format!("subscription cancel {id}")), "status"), "cancelled");
    let facts = shop.facts("preapproval", &id);
    let changed: Vec<_> = facts
        .iter()
        .map(|fact| fact.strip_prefix("preapproval.").expect("a fact of a subscription"))
        .filter(|fact| !["change_asked", "change_settled", "progressed", "reaffirmed"].contains(fact))
        .collect();
    let expect = [
        "opened",
        "authorized",
        "terms_changed",
        "methods_changed",
        "methods_changed",
        "methods_changed",
        "paused",
        "resumed",
        "cancelled",
    ];
    assert_eq!(changed, expect, "{facts:?}");
    let count = |name: &str| facts.iter().filter(|fact| *fact == name).count();
    assert_eq!((count("preapproval.change_asked"), count("preapproval.change_settled")), (7, 7), "{facts:?}");
    let verified = shop.0.desk.run(&["replay", "--verify"]);
    assert_eq!(verified.code, 0, "{}", verified.out);
}

#[test]
fn a_change_that_is_answered_with_success_and_not_made_is_a_finding() {
    let shop = Shop::open();
    let id = shop.subscription();
    let finding = "finding change_ignored: the provider answered with success, and nothing was changed";
    shop.fails(&format!("subscription billing-day {id} 10"), 3, finding);
    shop.fails(&format!("subscription proportional {id} on"), 3, finding);
    shop.ordered(&format!("subscription pause {id}"));
    // It is resumed, but not until then.
    shop.fails(&format!("subscription resume {id} --until 2099-12-31"), 3, finding);
    let read = shop.0.run_with(&format!("subscription show {id}"), &[]);
    let read: Value = serde_json::from_str(&read.out).expect("the subscription");
    assert_eq!(text(&read, "status"), "authorized");
}

#[test]
fn what_is_not_allowed_is_not_sent_and_a_refused_card_is_told() {
    let shop = Shop::open();
    let id = shop.subscription();
    shop.fails(
        &format!("subscription resume {id}"),
        1,
        "resume is not possible while the subscription is authorized",
    );
    shop.fails(
        &format!("subscription amount {id} 100.00"),
        1,
        "the subscription already is what was asked for",
    );
    shop.fails(&format!("subscription amount {id} 0"), 2, "must be more than zero");
    shop.fails(
        &format!("subscription amount {id} 120.00 --site MLB"),
        1,
        "the amount is in BRL, and the subscription is in ARS",
    );
    shop.fails(&format!("subscription billing-day {id} 29"), 2, "must be between 1 and 28, not 29");
    shop.fails("subscription pause 0000", 1, "look at the id");
    let body = shop.0.admin("/v1/card_tokens", r#"{"cardholder":{"name":"FUND"}}"#);
    let token: Value = serde_json::from_str(&body).expect("a token");
    shop.0.desk.write("empty", text(&token, "id"));
    shop.fails(&format!("subscription card {id} --card-token-file empty"), 1, "CC_VAL_433");
    shop.ordered(&format!("subscription pause {id}"));
    shop.fails(&format!("subscription amount {id} 120.00"), 1, "it can only be resumed or cancelled");
    shop.ordered(&format!("subscription cancel {id}"));
    shop.fails(&format!("subscription resume {id}"), 1, "nothing about it can be changed");
    let facts = shop.facts("preapproval", &id);
    let asked = facts.iter().filter(|fact| *fact == "preapproval.change_asked").count();
    assert_eq!(asked, 3, "the card, the pause and the end: {facts:?}");
}

#[test]
fn an_order_of_the_same_key_is_carried_out_once() {
    let shop = Shop::open();
    let id = shop.subscription();
    shop.ordered(&format!("subscription amount {id} 120.00 --key rise"));
    shop.ordered(&format!("subscription amount {id} 100.00"));
    let again = shop.order(&format!("subscription amount {id} 120.00 --key rise"));
    assert_eq!(again.code, 0, "{}", again.err);
    assert_eq!(again.err, "the order was given before (rise) and is not given again\n");
    let told: Value = serde_json::from_str(&again.out).expect("the subscription");
    assert_eq!(told["auto_recurring"]["transaction_amount"].to_string(), "100", "{told}");
    shop.fails(
        &format!("subscription pause {id} --key rise"),
        1,
        "`rise` is the name of another order (`amount`)",
    );
}

#[test]
fn a_dry_run_prints_what_would_be_sent_and_sends_nothing() {
    let desk = Desk::new();
    desk.write("card", TOKEN);
    let run = |line: &str| {
        let words: Vec<_> = line.split(' ').collect();
        let ran = desk.run(&words);
        assert_eq!((ran.code, ran.err.as_str()), (0, "nothing was sent\n"), "{line}");
        assert!(!ran.out.contains(TOKEN), "{}", ran.out);
        ran.out
    };
    let put = run("subscription amount 2c93 120.00 --site MLA --actor ana --dry-run");
    let body = r#"{"auto_recurring":{"transaction_amount":120.00,"currency_id":"ARS"}}"#;
    assert_eq!(put, format!("PUT /preapproval/2c93\n{body}\n"));
    let card = run("subscription card 2c93 --card-token-file card --actor ana --dry-run --format json");
    let expect =
        "{\"method\":\"PUT\",\"path\":\"/preapproval/2c93\",\"body\":{\"card_token_id\":\"(hidden)\"}}\n";
    assert_eq!(card, expect);
    let resume = run("subscription resume 2c93 --until 2027-12-31T23:59:59Z --actor ana --dry-run");
    let body = r#"{"status":"authorized","auto_recurring":{"end_date":"2027-12-31T23:59:59.000Z"}}"#;
    assert_eq!(resume, format!("PUT /preapproval/2c93\n{body}\n"));
    let plan = run(
        "plan create --title Gym --amount 12000 --site MLA --billing-day 10 --proportional --trial 7-days --back-url https://shop.example --method visa --actor ana --dry-run",
    );
    assert!(plan.starts_with("POST /preapproval_plan\n{\"reason\":\"Gym\""), "{plan}");
    let made = run(&format!("{} --site MLA --card-token-file card --actor ana --dry-run", alone()));
    assert!(made.contains("\"card_token_id\":\"(hidden)\""), "{made}");
    let dated = run(&format!(
        "{} --site MLA --start 2026-12-01 --end 2027-11-30 --card-token-file card --actor ana --dry-run",
        alone()
    ));
    // Whole days of Buenos Aires.
    let days = r#""start_date":"2026-12-01T03:00:00.000Z","end_date":"2027-12-01T02:59:59.999Z""#;
    assert!(dated.contains(days), "{dated}");
    let broken = desk.run(&["subscription", "billing-day", "2c93", "29", "--actor", "ana", "--dry-run"]);
    assert_eq!(broken.code, 2, "{}", broken.err);
    assert!(!desk.path("conciliar.db").exists(), "a dry run opens no store");
}

#[test]
fn the_token_of_a_card_is_sent_and_kept_nowhere() {
    let shop = Shop::open();
    let trace = [("CONCILIAR_LOG", "trace")];
    let line = format!("{} --card-token-file card --actor ana", alone());
    let made = shop.0.run_with(&line, &trace);
    assert_eq!(made.code, 0, "{}", made.err);
    let id = serde_json::from_str::<Value>(&made.out).expect("the subscription");
    let line = format!("subscription card {} --card-token-file card --actor ana", text(&id, "id"));
    let changed = shop.0.run_with(&line, &trace);
    assert_eq!(changed.code, 0, "{}", changed.err);
    for ran in [&made, &changed] {
        assert!(!ran.out.contains(TOKEN) && !ran.err.contains(TOKEN), "{}{}", ran.out, ran.err);
    }
    for name in ["conciliar.db", "conciliar.db-wal"] {
        let Ok(bytes) = std::fs::read(shop.0.desk.path(name)) else { continue };
        let kept = bytes.windows(TOKEN.len()).any(|window| window == TOKEN.as_bytes());
        assert!(!kept, "{name} holds the token");
    }
    let argued = shop.0.run_with(&format!("{} --card-token {TOKEN} --actor ana", alone()), &[]);
    assert_eq!(argued.code, 2, "a token is never an option");
}

#[test]
fn two_processes_that_make_the_same_at_once_make_one() {
    let shop = Shop::open();
    // The store is there before they begin: both would create it.
    shop.0.desk.done(&["migrate"]);
    let line = format!("{} --card-token-file card", alone());
    let both =
        std::thread::scope(|scope| [(); 2].map(|()| scope.spawn(|| shop.order(&line))).map(|one| one.join()));
    let both = both.map(|ran| ran.expect("a clerk does not panic"));
    for ran in &both {
        let is_told = ran.code == 0 || ran.err.contains("its answer may still be on its way");
        assert!(is_told, "{}: {}", ran.code, ran.err);
    }
    assert!(both.iter().any(|ran| ran.code == 0), "one of them makes it");
    let rows = shop.0.run_with("subscription search", &[]);
    let rows: Value = serde_json::from_str(&rows.out).expect("a page");
    assert_eq!(list(&rows, "results").len(), 1, "{rows}");
    let again = shop.ordered(&line);
    assert_eq!(text(&again, "id"), text(&list(&rows, "results")[0], "id"));
}
