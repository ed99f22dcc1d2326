//! The sample month from a folder to proven books, and what the reports say of it.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::bin::{Desk, OCTOBER, cents, keys, list, text};

mod hledger;
mod tampering;

/// Balances of October, as the sample month's own arithmetic and its release report tell them.
const BALANCES: [(&str, &str); 13] = [
    ("1120", "587669.76"),
    ("1121", "1244300.57"),
    ("1123", "3954000.00"),
    ("1182", "158608.68"),
    ("1190", "-37.50"),
    ("4100", "-6413813.33"),
    ("4110", "-35996.00"),
    ("4190", "93713.99"),
    ("5110", "257966.31"),
    ("5120", "117953.32"),
    ("5140", "38698.82"),
    ("5150", "13028.85"),
    ("7100", "-16093.47"),
];

/// The breaks that examples/october/README.md plants: code, operation, difference.
const PLANTED: [(&str, &str, &str); 5] = [
    ("amount_mismatch", "129000009356", "10.00"),
    ("fee_mismatch", "129000009290", "1.00"),
    ("missing_external", "129000009259", "-36875.52"),
    ("missing_internal", "127000339792", "18750.50"),
    ("unknown_code", "2026102000555", "37.50"),
];

/// A desk with October closed.
fn october() -> Desk {
    let desk = Desk::new();
    desk.done(&["close", OCTOBER]);
    desk
}

/// Every file of a folder with its bytes.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).expect("the report set is a folder");
    entries
        .map(|entry| {
            let path = entry.expect("an entry of the folder").path();
            let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
            (name, std::fs::read(&path).expect("a file of the report set"))
        })
        .collect()
}

fn reconciliation(desk: &Desk) -> Value {
    let bytes = std::fs::read(desk.path("conciliar-out/reconciliation.json")).expect("the set has it");
    serde_json::from_slice(&bytes).expect("JSON")
}

#[test]
fn october_closes_and_its_breaks_are_findings_only_when_strict() {
    let desk = Desk::new();
    assert_eq!(desk.run(&["close", OCTOBER]).code, 0);
    assert_eq!(desk.run(&["close", OCTOBER, "--strict"]).code, 3);
}

#[test]
fn exactly_the_planted_breaks_are_found_and_all_proofs_hold() {
    let outcome = reconciliation(&october());
    let breaks = list(&outcome, "breaks");
    let mut found: Vec<_> =
        breaks.iter().map(|b| (text(b, "code"), text(b, "source_id"), text(b, "delta"))).collect();
    found.sort_unstable();
    assert_eq!(found, PLANTED);
    let proofs = list(&outcome, "proofs");
    let names: Vec<_> = proofs.iter().map(|proof| text(proof, "name")).collect();
    assert_eq!(
        names,
        [
            "available balance ARS",
            "gross to net ARS",
            "held balance ARS",
            "pending balance ARS",
            "roll-forward of release-report-1122334455-2026-11-01.csv",
        ]
    );
    for proof in proofs {
        assert_eq!(proof["holds"], Value::Bool(true), "{proof}");
        assert_eq!(text(proof, "expected"), text(proof, "actual"));
    }
    assert_eq!((&outcome["rows"], &outcome["matched"]), (&612.into(), &608.into()));
}

#[test]
fn closing_as_json_prints_what_the_report_set_holds() {
    let desk = Desk::new();
    let printed = desk.json(&["close", OCTOBER]);
    assert_eq!(printed, reconciliation(&desk));
}

#[test]
fn closing_names_the_deliveries_that_need_a_person() {
    let out = Desk::new().done(&["close", OCTOBER]);
    let cut: Vec<_> = out.lines().filter(|line| line.starts_with("undecodable ")).collect();
    assert_eq!(cut.len(), 1, "{out}");
    assert!(cut[0].contains("(deliveries/2026-10-06.ndjson:8): not_json: "), "{}", cut[0]);
    let new = "applied fetch-ea8108ae-94e3-494c-aa52-9a462f0957a1 (deliveries/2026-10-04.ndjson:18): unclassified: ";
    assert_eq!(out.lines().filter(|line| line.starts_with(new)).count(), 1, "{out}");
}

#[test]
fn closing_again_writes_no_fact_and_the_same_bytes() {
    let desk = Desk::new();
    let first = desk.run(&["close", OCTOBER, "--out", "first"]);
    assert_eq!(first.code, 0, "{}", first.err);
    let counted = "1460 deliveries: 922 applied, 136 unchanged, 390 need a fetch, 0 refused, 1 undecodable, 11 duplicates";
    assert!(first.err.starts_with(counted), "{}", first.err);
    let second = desk.run(&["close", OCTOBER, "--out", "second"]);
    assert_eq!(second.code, 0, "{}", second.err);
    let known = "1460 deliveries: every one is a duplicate, nothing was written\n";
    assert!(second.err.starts_with(known), "{}", second.err);
    assert_eq!(first.out, second.out);
    let (first, second) = (files(&desk.path("first")), files(&desk.path("second")));
    assert_eq!(first.keys().collect::<Vec<_>>(), second.keys().collect::<Vec<_>>());
    assert_eq!(first.len(), 35);
    for (name, bytes) in &first {
        assert!(bytes == &second[name], "{name} differs between the runs");
    }
}

#[test]
fn two_stores_closed_at_one_instant_write_the_same_bytes() {
    let sets = [Desk::new(), Desk::new()].map(|desk| {
        desk.done(&["--at", "2026-11-02T12:00:00Z", "close", OCTOBER]);
        files(&desk.path("conciliar-out"))
    });
    assert!(sets[0] == sets[1], "the sets differ");
}

#[test]
fn the_report_set_may_not_land_in_the_folder_that_is_closed() {
    let desk = Desk::new();
    let ran = desk.run(&["close", OCTOBER, "--out", &format!("{OCTOBER}/out")]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("lies inside the folder that is closed; choose another"), "{}", ran.err);
    assert!(!Path::new(OCTOBER).join("out").exists());
    assert!(!desk.path("conciliar.db").exists(), "nothing was ingested");
}

#[test]
fn balances_of_october_are_the_known_ones_and_sum_to_zero() {
    let desk = october();
    let report = desk.json(&["report", "balances"]);
    assert_eq!(keys(&report), ["as_of", "balances", "known_at"]);
    let rows = list(&report, "balances");
    for row in rows {
        assert_eq!(keys(row), ["account", "balance", "currency", "name", "seller"]);
        assert_eq!((text(row, "currency"), text(row, "seller")), ("ARS", "1122334455"));
    }
    let found: Vec<_> = rows.iter().map(|row| (text(row, "account"), text(row, "balance"))).collect();
    assert_eq!(found, BALANCES);
    let total: i64 = rows.iter().map(|row| cents(text(row, "balance"))).sum();
    assert_eq!(total, 0);
}

#[test]
fn the_report_of_payments_has_the_agreed_keys_and_amounts_as_text() {
    let desk = october();
    let report = desk.json(&["report", "payments"]);
    assert_eq!(keys(&report), ["payments"]);
    let agreed = [
        "approved_at",
        "class",
        "currency",
        "external_reference",
        "gross",
        "id",
        "net",
        "refunded",
        "seller",
        "status",
        "status_detail",
    ];
    let rows = list(&report, "payments");
    for row in rows {
        assert_eq!(keys(row), agreed);
        cents(text(row, "net"));
        cents(text(row, "refunded"));
    }
    let first = rows.iter().find(|row| row["id"] == "129000000009").expect("the first sale of the month");
    assert_eq!((text(first, "gross"), text(first, "net")), ("2949.24", "2829.27"));
    assert_eq!((text(first, "status"), text(first, "status_detail")), ("approved", "accredited"));
    assert_eq!(text(first, "external_reference"), "pedido-000001");
    assert_eq!(first["class"], Value::Null);
    assert_eq!(text(first, "approved_at"), "2026-10-01T04:03:08.748Z");
    let rejected = rows.iter().filter(|row| row["status"] == "rejected").count();
    assert_eq!(rejected, 25, "as many as the sample month says");
}

#[test]
fn the_report_of_the_inbox_counts_every_verdict() {
    let desk = october();
    let report = desk.json(&["report", "inbox"]);
    assert_eq!(keys(&report), ["applied", "needs_fetch", "refused", "unchanged", "undecodable"]);
    let count = |key: &str| report[key].as_u64().expect("a count");
    assert_eq!((count("refused"), count("undecodable")), (0, 1));
    let all: u64 = keys(&report).into_iter().map(count).sum();
    assert_eq!(all, 1460 - 11, "every delivery but the duplicates");
}

#[test]
fn the_history_of_october_is_proven_untouched() {
    let desk = october();
    let verified = desk.json(&["replay", "--verify"]);
    assert_eq!(keys(&verified), ["differences", "entries", "events", "streams"]);
    assert_eq!(verified["differences"], Value::Array(vec![]));
    assert_eq!(verified["events"], 1432);
    assert_eq!(desk.run(&["replay", "--verify"]).code, 0);
}
