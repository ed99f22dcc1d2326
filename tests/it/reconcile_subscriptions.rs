//! Subscriptions that bill themselves on the simulator for some months, told to the real program month by month: calendar,
//! invoices, payments and ledger agree; and what does not is named, each difference once.

use serde_json::Value;

use crate::bin::{cents, keys, list, text};
use provider::{Gym, SELLER};

mod provider;

const MONTHLY: &str = r#""frequency":1,"frequency_type":"months","transaction_amount":100"#;

/// What differs, as `code source internal external`, without what only informs.
fn serious(outcome: &Value) -> Vec<String> {
    let breaks = list(outcome, "breaks").iter().filter(|row| row["severity"] != "information");
    breaks.map(print).collect()
}

fn informing(outcome: &Value) -> Vec<String> {
    let breaks = list(outcome, "breaks").iter().filter(|row| row["severity"] == "information");
    breaks.map(print).collect()
}

fn print(row: &Value) -> String {
    let side = |key: &str| row[key].as_str().unwrap_or("-").to_owned();
    format!("{} {} {} {}", text(row, "code"), text(row, "source_id"), side("internal"), side("external"))
}

/// The proofs that do not hold, as `name: expected is actual`.
fn broken(outcome: &Value) -> Vec<String> {
    let proofs = list(outcome, "proofs").iter().filter(|proof| proof["holds"] == Value::Bool(false));
    proofs.map(|p| format!("{}: {} is {}", text(p, "name"), text(p, "expected"), text(p, "actual"))).collect()
}

/// Expected and actual of a proof that must hold.
#[track_caller]
fn proven<'a>(outcome: &'a Value, name: &str) -> &'a str {
    let proof = list(outcome, "proofs").iter().find(|proof| text(proof, "name") == name);
    let proof = proof.unwrap_or_else(|| panic!("there is no proof of {name} in {outcome}"));
    assert_eq!(proof["holds"], Value::Bool(true), "{proof}");
    text(proof, "actual")
}

/// What became of the charges of a subscription.
fn fates<'a>(outcome: &'a Value, subscription: &str) -> Vec<&'a str> {
    let charges = list(outcome, "charges").iter().filter(|line| text(line, "subscription") == subscription);
    charges.map(|line| text(line, "standing")).collect()
}

/// Payers of every kind, from January to June.
fn half_a_year() -> (Gym, [String; 10]) {
    let mut gym = Gym::open(51);
    let plain = gym.subscribe("plain", MONTHLY);
    let weekly =
        gym.subscribe("weekly", r#""frequency":7,"frequency_type":"days","transaction_amount":25.50"#);
    let pausing = gym.subscribe("pausing", MONTHLY);
    let dearer = gym.subscribe("dearer", MONTHLY);
    let slow = gym.subscribe("slow", MONTHLY);
    let broke = gym.subscribe("broke", MONTHLY);
    let leaving = gym.subscribe("leaving", MONTHLY);
    let yearly =
        gym.subscribe("yearly", r#""frequency":12,"frequency_type":"months","transaction_amount":1000"#);
    let planned = gym.subscribe_to_plan(
        "planned",
        r#""frequency":1,"frequency_type":"months","transaction_amount":80,"billing_day":20,"billing_day_proportional":true,
        "repetitions":4"#,
    );
    let reviewed = gym.subscribe("reviewed", MONTHLY);
    // February's card fails twice and pays then, or is reviewed for days: inside the same invoice.
    gym.script(&slow, 1, r#"{"holders":["FUND","OTHE","APRO"]}"#);
    gym.script(&reviewed, 1, r#"{"holders":["CONT"]}"#);
    gym.tell();
    gym.pass_to("2026-01-06T00:00:00Z");
    gym.post(&format!("/admin/subscriptions/{broke}/card"), r#"{"holder":"FUND"}"#);
    gym.pass_to("2026-02-01T00:00:00Z");
    gym.change(&pausing, r#"{"status":"paused"}"#);
    gym.tell();
    gym.pass_to("2026-02-09T00:00:00Z");
    let payment = gym.invoices(&reviewed)[1]["payment"]["id"].to_string();
    gym.post("/admin/decide", &format!(r#"{{"payment":{payment},"status":"approved"}}"#));
    gym.pass_to("2026-02-20T00:00:00Z");
    gym.change(&dearer, r#"{"auto_recurring":{"transaction_amount":130,"currency_id":"ARS"}}"#);
    gym.tell();
    gym.pass_to("2026-03-10T00:00:00Z");
    gym.change(&leaving, r#"{"status":"cancelled"}"#);
    gym.tell();
    gym.pass_to("2026-04-01T00:00:00Z");
    gym.change(&pausing, r#"{"status":"authorized"}"#);
    gym.tell();
    for month_end in ["2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z"] {
        gym.pass_to(month_end);
    }
    let all = [plain, weekly, pausing, dearer, slow, broke, leaving, yearly, planned, reviewed];
    (gym, all)
}

#[test]
fn half_a_year_agrees_from_the_calendar_to_the_ledger() {
    let (mut gym, [plain, weekly, pausing, dearer, slow, broke, leaving, yearly, planned, reviewed]) =
        half_a_year();
    let swept = gym.run(&["sweep"]);
    assert_eq!(swept.code, 0, "{}", swept.err);
    let (outcome, code) = gym.reconcile(&[]);
    assert_eq!((serious(&outcome), broken(&outcome), code), (vec![], vec![], 0), "{outcome:#}");
    assert_eq!(keys(&outcome), ["breaks", "charges", "matched", "proofs", "rows", "run_id"]);
    assert_eq!(outcome["rows"], outcome["matched"]);

    assert_eq!(fates(&outcome, &plain), ["collected"; 5]);
    assert_eq!(fates(&outcome, &weekly).len(), 21);
    assert_eq!(fates(&outcome, &pausing), ["collected"; 3], "two months fell into the pause");
    for late in [&slow, &reviewed] {
        let fates = fates(&outcome, late);
        assert_eq!(fates, ["collected", "collected_late", "collected", "collected", "collected"]);
    }
    assert_eq!(
        fates(&outcome, &broke),
        ["collected", "uncollected", "uncollected", "uncollected"],
        "the provider ended it"
    );
    assert_eq!(fates(&outcome, &leaving), ["collected"; 3]);
    assert_eq!(fates(&outcome, &planned), ["collected"; 4], "its repetitions are over");
    let of = |subscription: &str, key: &str| -> Vec<i64> {
        let lines =
            list(&outcome, "charges").iter().filter(|line| text(line, "subscription") == subscription);
        lines.map(|line| cents(text(line, key))).collect()
    };
    assert_eq!(of(&dearer, "expected"), [10_000, 10_000, 13_000, 13_000, 13_000]);
    assert_eq!(of(&dearer, "booked"), of(&dearer, "expected"));
    // From the 5th to the 20th: 80 × 15 / 30.
    assert_eq!(of(&planned, "paid"), [4_000, 8_000, 8_000, 8_000]);

    // The simulator counts by itself.
    let (mut count, mut minor) = (0, 0);
    for row in gym.all("/preapproval/search", 100) {
        let summary = &gym.get(&format!("/preapproval/{}", text(&row, "id")))["summarized"];
        count += summary["charged_quantity"].as_u64().unwrap_or_default();
        let amount = summary["charged_amount"].to_string();
        let (major, decimals) = amount.split_once('.').unwrap_or((&amount, "0"));
        minor += major.parse::<i64>().expect("an amount") * 100
            + format!("{decimals:0<2}").parse::<i64>().expect("cents");
    }
    let charges = "approved payments to collected charges ARS";
    assert_eq!(cents(proven(&outcome, charges)), minor);
    assert_eq!(proven(&outcome, &format!("{charges}, count")), count.to_string());
    let ledger = "approved payments to the ledger ARS";
    assert_eq!(cents(proven(&outcome, ledger)), minor);
    assert_eq!(proven(&outcome, &format!("{ledger}, count")), count.to_string());
    // Four of the twelve months of 1000 are over.
    assert_eq!(proven(&outcome, "deferred revenue ARS"), "666.67");
    assert_eq!(fates(&outcome, &yearly), ["collected"]);

    let (again, _) = gym.reconcile(&[]);
    assert_eq!(again, outcome, "the same books, the same bytes");
    let (february, code) = gym.reconcile(&["--from", "2026-02-01", "--to", "2026-02-28"]);
    assert_eq!((serious(&february), broken(&february), code), (vec![], vec![], 0), "{february:#}");
    let days: Vec<&str> = list(&february, "charges").iter().map(|line| &text(line, "due_at")[..7]).collect();
    assert_eq!(days, vec!["2026-02"; days.len()]);
    // Weekly four times, monthly but for the pause, the planned one, and the one that cannot pay.
    assert_eq!(days.len(), 4 + 6 + 1);

    // A period is seen as of its end, or as of the day that is asked for.
    let week = ["--from", "2026-02-01", "--to", "2026-02-07"];
    let (then, code) = gym.reconcile(&week);
    assert_eq!((serious(&then), broken(&then), code), (vec![], vec![], 0), "{then:#}");
    assert_eq!(fates(&then, &slow), ["retrying"]);
    let (since, _) = gym.reconcile(&[&week[..], &["--as-of", "2026-02-28"]].concat());
    assert_eq!(fates(&since, &slow), ["collected_late"]);

    refund_and_dispute(&mut gym, &plain);
}

/// Money that goes back is shown, and is no difference.
fn refund_and_dispute(gym: &mut Gym, subscription: &str) {
    let invoices = gym.invoices(subscription);
    let payment = |at: usize| invoices[at]["payment"]["id"].to_string();
    gym.post(&format!("/v1/payments/{}/refunds", payment(3)), r#"{"amount":40}"#);
    gym.post("/admin/dispute", &format!(r#"{{"payment":{},"open":"chargeback","end":"lost"}}"#, payment(4)));
    gym.tell();
    let (outcome, code) = gym.reconcile(&[]);
    assert_eq!((serious(&outcome), broken(&outcome), code), (vec![], vec![], 0), "{outcome:#}");
    let mut returned = [
        format!("charge_returned {} 100.00 60.00", invoices[3]["id"]),
        format!("charge_returned {} 100.00 0.00", invoices[4]["id"]),
    ];
    returned.sort();
    assert_eq!(informing(&outcome), returned);
    assert_eq!(fates(&outcome, subscription)[3..], ["refunded", "charged_back"]);
    let told = gym.run(&["reconcile", "subscriptions"]);
    assert_eq!(told.code, 0, "{}", told.err);
    for word in
        ["collected_late", "charged_back", "went back to the payer", "approved payments to the ledger ARS"]
    {
        assert!(told.out.contains(word), "{word}: {}", told.out);
    }
    let csv = gym.run(&["reconcile", "subscriptions", "--format", "csv"]).out;
    assert!(csv.starts_with("code,severity,currency,") && csv.lines().count() == 3, "{csv}");
}

/// What befalls resources on their way in the test of planted differences.
fn befall(mishaps: &provider::Mishaps, topic: &str, body: &mut Value) -> bool {
    let payment = body["id"].as_u64().filter(|_| topic == "payment");
    let is = |id: u64| payment == Some(id);
    if is(mishaps.lost) {
        return false;
    }
    if is(mishaps.one_off) {
        body["operation_type"] = "regular_payment".into();
    }
    if is(mishaps.rejected) {
        body["status"] = "rejected".into();
        body["status_detail"] = "cc_rejected_high_risk".into();
    }
    if topic == "preapproval" && body["id"] == mishaps.miscounted.as_str() {
        body["summarized"]["charged_quantity"] = 9.into();
    }
    true
}

#[test]
fn each_planted_difference_is_named_once() {
    let mut gym = Gym::open(52);
    let [missed, doubled, overcharged, ended, paused, off, lost, one_off, rejected, miscounted, stray] = [
        "missed",
        "doubled",
        "overcharged",
        "ended",
        "paused",
        "off",
        "lost",
        "one_off",
        "rejected",
        "miscounted",
        "stray",
    ]
    .map(|name| gym.subscribe(name, MONTHLY));
    let yearly =
        gym.subscribe("yearly", r#""frequency":12,"frequency_type":"months","transaction_amount":1000"#);
    for (id, mistake) in [(&missed, "missed"), (&doubled, "doubled"), (&overcharged, "overcharged")] {
        gym.script(id, 1, &format!(r#"{{"mistake":"{mistake}"}}"#));
    }
    gym.tell();
    gym.pass_to("2026-01-20T00:00:00Z");
    gym.change(&ended, r#"{"status":"cancelled"}"#);
    gym.change(&paused, r#"{"status":"paused"}"#);
    gym.tell();
    gym.pass_to("2026-02-05T12:00:00Z");
    for id in [&ended, &paused] {
        gym.post(&format!("/admin/subscriptions/{id}/charge"), "{}");
    }
    gym.post("/admin/advance", r#"{"to":"2026-02-20T00:00:00Z"}"#);
    gym.post(&format!("/admin/subscriptions/{off}/charge"), "{}");
    gym.post("/admin/advance", r#"{"to":"2026-02-28T00:00:00Z"}"#);

    // Until now nobody was told of February: mishaps befall it on its way.
    let second = |id: &str| gym.invoices(id)[1].clone();
    let payment = |id: &str| second(id)["payment"]["id"].as_u64().expect("February was tried");
    let [lost_payment, one_off, rejected_payment, copied] =
        [&lost, &one_off, &rejected, &stray].map(|id| payment(id));
    gym.mishaps = provider::Mishaps {
        lost: lost_payment,
        one_off,
        rejected: rejected_payment,
        miscounted: miscounted.clone(),
    };
    gym.mishap = befall;
    gym.tell();
    // A payment of the subscription that no invoice names, four days old.
    let mut unnamed = gym.get(&format!("/v1/payments/{copied}"));
    unnamed["id"] = 99_000_000_001_u64.into();
    let now = gym.now();
    gym.ingest(&format!(
        r#"{{"kind":"resource","channel":"poll","seller":"{SELLER}","site":"MLA","topic":"payment","received_at":"{now}","body":{unnamed}}}"#
    ));

    let (outcome, code) = gym.reconcile(&[]);
    let second = |id: &str| gym.invoices(id)[1]["id"].to_string();
    let third = |id: &str| gym.invoices(id)[2]["id"].to_string();
    let mut expected = vec![
        format!("missing_charge {missed} 100.00 -"),
        format!("charge_amount_mismatch {} 100.00 200.00", second(&overcharged)),
        format!("charge_outside_terms {} - 100.00", second(&ended)),
        format!("charge_outside_terms {} - 100.00", second(&paused)),
        format!("charge_outside_terms {} 100.00 100.00", third(&off)),
        format!("charge_without_payment {} - 100.00", second(&lost)),
        format!("charge_not_booked {} 0.00 100.00", one_off),
        format!("payment_status_mismatch {} - 100.00", second(&rejected)),
        format!("payment_without_charge 99000000001 100.00 -"),
        format!("provider_summary_differs {miscounted} - -"),
        format!("deferred_mismatch {} 0.00 1000.00", gym.invoices(&yearly)[0]["id"]),
    ];
    let mut found = serious(&outcome);
    // Of two invoices for one day either may be the one too many.
    let twice = [second(&doubled), third(&doubled)];
    let duplicate = found
        .iter()
        .position(|row| twice.iter().any(|invoice| *row == format!("duplicate_charge {invoice} - 100.00")));
    found.remove(duplicate.unwrap_or_else(|| panic!("no duplicate in {found:#?}")));
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(informing(&outcome), Vec::<String>::new());
    assert_eq!(code, 3);
    assert_eq!(fates(&outcome, &missed), ["collected", "missing"]);
    // One payment is lost and one said to be rejected, one is of no invoice; one is booked as another sale.
    let count = |name: &str| {
        let broken = broken(&outcome);
        let found = broken.iter().find(|line| line.starts_with(name)).cloned();
        found.unwrap_or_else(|| panic!("{name} holds: {broken:?}"))
    };
    let lines = list(&outcome, "charges").iter();
    let charges = lines.filter(|line| text(line, "standing").starts_with("collected")).count();
    let (paid, booked) = (charges - 2 + 1, charges - 2);
    let name = "approved payments to collected charges ARS, count";
    assert_eq!(count(name), format!("{name}: {paid} is {charges}"));
    let name = "approved payments to the ledger ARS, count";
    assert_eq!(count(name), format!("{name}: {paid} is {booked}"));
    assert_eq!(broken(&outcome).len(), 4);
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let gym = Gym::open(53);
    let misused = [
        (&["reconcile", "subscriptions", "file.csv"][..], "takes no files"),
        (&["reconcile", "subscriptions", "--from", "2026-02-02", "--to", "2026-02-01"], "before it begins"),
        (
            &["reconcile", "settlement", "file.csv", "--from", "2026-02-02"],
            "are of `reconcile subscriptions`",
        ),
        (&["reconcile", "settlement"], "required"),
    ];
    for (args, told) in misused {
        let ran = gym.run(args);
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.err);
        assert!(ran.err.contains(told), "{args:?}: {}", ran.err);
    }
}
