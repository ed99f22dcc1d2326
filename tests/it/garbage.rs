//! A folder of everything that can be wrong with a file, and two good deliveries that must not suffer from it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::bin::{Desk, list, text};

const PAYMENT: &str = include_str!("../fixtures/payment/simple_fee.json");

/// A bad file, and how each of its deliveries must be judged.
struct Bad {
    file: &'static str,
    bytes: Vec<u8>,
    /// Origin, verdict, beginning of the detail.
    judged: Vec<(&'static str, &'static str, &'static str)>,
}

fn bad(
    file: &'static str,
    bytes: impl Into<Vec<u8>>,
    judged: &[(&'static str, &'static str, &'static str)],
) -> Bad {
    Bad { file, bytes: bytes.into(), judged: judged.to_vec() }
}

/// One line of a delivery file.
fn line(kind: &str, topic: &str, body: &str) -> String {
    let body = body.replace('\n', "");
    let head = format!(
        r#""kind":"{kind}","topic":"{topic}","channel":"webhook","received_at":"2026-03-02T15:00:00Z""#
    );
    format!("{{{head},\"seller\":\"20359978\",\"site\":\"MLA\",\"body\":{body}}}\n")
}

fn payment_with(from: &str, to: &str) -> String {
    assert!(PAYMENT.contains(from), "the fixture holds {from}");
    line("resource", "payment", &PAYMENT.replace(from, to))
}

fn bad_lines() -> Vec<Bad> {
    let good = line("resource", "payment", PAYMENT);
    let amount = "\"transaction_amount\": 60000";
    let mut not_utf8 = good.clone().into_bytes();
    not_utf8[10] = 0xff;
    vec![
        bad(
            "cut.ndjson",
            good[..300].to_owned(),
            &[("cut.ndjson:1", "undecodable", "not_json: cut.ndjson:1: not a delivery: EOF while parsing")],
        ),
        bad(
            "type.ndjson",
            payment_with(amount, "\"transaction_amount\": {}"),
            &[("type.ndjson:1", "undecodable", "wrong_type: ")],
        ),
        bad(
            "word.ndjson",
            payment_with(amount, "\"transaction_amount\": \"many\""),
            &[("word.ndjson:1", "undecodable", "bad_amount: `transaction_amount` is not an amount")],
        ),
        bad(
            "huge.ndjson",
            payment_with(amount, "\"transaction_amount\": 1e400")
                + &payment_with(amount, "\"transaction_amount\": 99999999999999999999999999"),
            &[
                ("huge.ndjson:1", "undecodable", "bad_amount: `transaction_amount` is not an amount"),
                ("huge.ndjson:2", "undecodable", "bad_amount: `transaction_amount` is not an amount"),
            ],
        ),
        bad(
            "time.ndjson",
            payment_with("\"2026-03-02T10:15:30.000-04:00\"", "\"yesterday\""),
            &[("time.ndjson:1", "undecodable", "bad_time: `date_created` is not a time: `yesterday`")],
        ),
        bad(
            "currency.ndjson",
            payment_with("\"ARS\"", "\"XXY\""),
            &[("currency.ndjson:1", "undecodable", "unknown_currency: ")],
        ),
        bad(
            "negative.ndjson",
            payment_with(amount, "\"transaction_amount\": -60000"),
            &[("negative.ndjson:1", "refused", "")],
        ),
        bad(
            "bytes.ndjson",
            not_utf8,
            &[("bytes.ndjson:1", "undecodable", "not_json: bytes.ndjson:1: not UTF-8 at column 11")],
        ),
        bad(
            "large.ndjson",
            format!("{}\n\n[]\n", "x".repeat((16 << 20) + 1)),
            &[
                (
                    "large.ndjson:1",
                    "undecodable",
                    "too_large: large.ndjson:1: a line of 16777218 bytes is over the limit of 16777216",
                ),
                ("large.ndjson:3", "undecodable", "not_json: large.ndjson:3: not a delivery: "),
            ],
        ),
        bad("empty.ndjson", "", &[]),
        bad(
            "topic.ndjson",
            line("resource", "horoscope", "{}"),
            &[("topic.ndjson:1", "undecodable", "unknown_topic: no resource is called `horoscope`")],
        ),
        bad(
            "hint.ndjson",
            line("notification", "horoscope", r#"{"id":7}"#),
            &[("hint.ndjson:1", "refused", "not_followed: topic `horoscope` is not followed")],
        ),
        bad(
            "kind.ndjson",
            line("rumour", "payment", "{}"),
            &[("kind.ndjson:1", "undecodable", "not_json: kind.ndjson:1: kind `rumour` is neither")],
        ),
    ]
}

fn bad_files() -> Vec<Bad> {
    vec![
        bad("empty.json", "", &[("empty.json", "undecodable", "unknown_shape: empty.json: ")]),
        bad(
            "list.json",
            "[1, 2]",
            &[("list.json", "undecodable", "unknown_shape: list.json: the shape is of no known resource")],
        ),
        bad("empty.csv", "", &[("empty.csv", "undecodable", "unknown_shape: empty.csv: file is empty")]),
        bad(
            "column-20359978-2026-04-01.csv",
            "DATE,SOURCE_ID,RECORD_TYPE,DESCRIPTION,NET_DEBIT_AMOUNT\n",
            &[(
                "column-20359978-2026-04-01.csv",
                "undecodable",
                "unknown_shape: column-20359978-2026-04-01.csv: column ",
            )],
        ),
        bad(
            "other.csv",
            "name;age\nAna;30\n",
            &[(
                "other.csv",
                "undecodable",
                "unknown_shape: other.csv: columns are of no report that is known",
            )],
        ),
        bad(
            "rows-20359978-2026-04-01.csv",
            "DATE,SOURCE_ID,RECORD_TYPE,DESCRIPTION,NET_CREDIT_AMOUNT,NET_DEBIT_AMOUNT,GROSS_AMOUNT,CURRENCY\n\
             2026-03-09T10:00:00.000-03:00,77,release,payout,0.00,much,-5.00,ARS\n\
             2026-03-09T10:00:00.000-03:00,78\n",
            &[
                (
                    "rows-20359978-2026-04-01.csv:2",
                    "undecodable",
                    "bad_row: rows-20359978-2026-04-01.csv: line 2, column NET_DEBIT_AMOUNT: `much`",
                ),
                (
                    "rows-20359978-2026-04-01.csv:3",
                    "undecodable",
                    "bad_row: rows-20359978-2026-04-01.csv: line 3, column -: ",
                ),
            ],
        ),
    ]
}

/// A report as a spreadsheet saves it: mark at the start, CRLF, decimal commas, separators inside quotes.
fn good_report() -> String {
    "\u{feff}DATE;SOURCE_ID;RECORD_TYPE;DESCRIPTION;NET_CREDIT_AMOUNT;NET_DEBIT_AMOUNT;GROSS_AMOUNT;TAXES_DISAGGREGATED;CURRENCY\r\n\
     2026-03-01T00:00:00.000-03:00;;initial_available_balance;;1000,50;0,00;1000,50;;ARS\r\n\
     2026-03-09T10:00:00.000-03:00;2026030900001;release;payout;0,00;250,25;-250,25;\"[{a;b}]\";ARS\r\n"
        .to_owned()
}

#[test]
fn bad_deliveries_are_judged_and_named_and_good_ones_are_applied() {
    let desk = Desk::new();
    let cases: Vec<Bad> = bad_lines().into_iter().chain(bad_files()).collect();
    desk.write("good.json", PAYMENT);
    desk.write("good-20359978-2026-04-01.csv", good_report());
    let mut files = vec!["good.json", "good-20359978-2026-04-01.csv"];
    let mut wanted = BTreeMap::new();
    for case in &cases {
        desk.write(case.file, &case.bytes);
        files.push(case.file);
        wanted.extend(case.judged.iter().map(|&(origin, verdict, detail)| (origin, (verdict, detail))));
    }
    let ran = desk.run(&[&["ingest"], files.as_slice()].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);

    let report = desk.json(&["inbox", "list", "--limit", "1000"]);
    let rows = list(&report, "deliveries");
    let mut wrong = Vec::new();
    for row in rows {
        let (origin, verdict) = (text(row, "origin"), text(row, "verdict"));
        let detail = row["detail"].as_str().unwrap_or_default();
        match wanted.remove(origin) {
            Some((word, beginning)) if word == verdict && detail.starts_with(beginning) => {}
            None if origin.starts_with("good") && verdict == "applied" => {}
            None if origin == "good-20359978-2026-04-01.csv:2" && verdict == "unchanged" => {}
            Some(_) | None => wrong.push(format!("{origin}: {verdict}: {detail}")),
        }
    }
    assert!(wrong.is_empty(), "judged otherwise:\n{}\nnot judged: {wanted:#?}", wrong.join("\n"));
    assert!(wanted.is_empty(), "not judged: {wanted:#?}");
    let counts = desk.json(&["report", "inbox"]);
    let count = |key: &str| counts[key].as_u64().expect("a count");
    assert_eq!((count("refused"), count("undecodable")), (2, 19));
    let all = ["applied", "unchanged", "needs_fetch", "refused", "undecodable"].map(count);
    assert_eq!(all.iter().sum::<u64>(), rows.len() as u64);

    let payments = desk.json(&["report", "payments"]);
    assert_eq!(list(&payments, "payments").len(), 1);
    assert_eq!(payments["payments"][0]["net"], Value::from("57540.00"));
    let balances = desk.json(&["report", "balances"]);
    let available = list(&balances, "balances").iter().find(|row| row["account"] == "1120");
    assert_eq!(text(available.expect("the payout moved it"), "balance"), "-250.25");
    assert_eq!(desk.run(&["replay", "--verify"]).code, 0);
}

#[test]
fn refused_and_undecodable_deliveries_are_findings_when_strict() {
    let desk = Desk::new();
    desk.write("good.json", PAYMENT);
    assert_eq!(desk.run(&["ingest", "good.json", "--strict"]).code, 0);
    for case in bad_lines().into_iter().chain(bad_files()).filter(|case| !case.judged.is_empty()) {
        desk.write(case.file, &case.bytes);
        let ran = desk.run(&["ingest", case.file, "--strict"]);
        assert_eq!(ran.code, 3, "{}: {}", case.file, ran.err);
    }
}

#[test]
fn an_empty_file_is_nothing_rather_than_a_duplicate() {
    let desk = Desk::new();
    desk.write("empty.ndjson", "");
    let ran = desk.run(&["ingest", "empty.ndjson"]);
    let said = "0 deliveries: 0 applied, 0 unchanged, 0 need a fetch, 0 refused, 0 undecodable, 0 duplicates; 0 facts written\n";
    assert_eq!((ran.code, ran.err.as_str()), (0, said));
}
