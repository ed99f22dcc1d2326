//! A drawn month: the same for the same seed, and books that add up three ways.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Scene;
use crate::money::parse;

/// The month, up to the last second that its reports cover.
const MONTH_SECONDS: i64 = 30 * 86_400 - 1;

#[derive(Deserialize)]
struct Books {
    available: String,
    pending: String,
    held: String,
    sales: Sum,
    refunds: Sum,
    losses: Sum,
    payouts: Sum,
    days: Vec<Day>,
}

#[derive(Deserialize)]
struct Sum {
    count: u64,
    gross: String,
    net: String,
}

#[derive(Deserialize)]
struct Day {
    available: String,
}

#[derive(Deserialize)]
struct Task {
    id: u64,
    file_name: Option<String>,
}

fn minor(text: &str) -> i64 {
    parse(text, 2).unwrap_or_else(|| panic!("`{text}` is no amount"))
}

async fn month(seed: u64, sales: u64) -> Scene {
    let scene = Scene::start(seed).await;
    scene.post("/admin/sell", &format!(r#"{{"count":{sales},"days":30}}"#)).await.is(201);
    scene.advance(MONTH_SECONDS).await;
    scene
}

/// A report of the month, by column names.
async fn report(scene: &Scene, report: &str) -> Vec<BTreeMap<String, String>> {
    let path = format!("/v1/account/{report}");
    let body = r#"{"begin_date":"2026-10-01T03:00:00Z","end_date":"2026-10-31T02:59:59Z"}"#;
    let task: Task = scene.post(&path, body).await.read(202);
    scene.advance(900).await;
    let task: Task = scene.get(&format!("{path}/task/{}", task.id)).await.read(200);
    let file = scene.get(&format!("{path}/{}", task.file_name.expect("a file"))).await.is(200);
    let separator = if file.starts_with("DATE,") { b',' } else { b';' };
    let mut rows = csv::ReaderBuilder::new().delimiter(separator).from_reader(file.as_bytes());
    rows.deserialize().collect::<Result<_, _>>().expect("a report is CSV")
}

fn sum(rows: &[BTreeMap<String, String>], column: &str, words: &[&str]) -> i64 {
    let wanted = rows.iter().filter(|row| words.contains(&row["TRANSACTION_TYPE"].as_str()));
    wanted.map(|row| minor(&row[column])).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn books_and_both_reports_agree_to_the_cent() {
    let scene = month(11, 1_500).await;
    let books: Books = scene.get("/admin/books").await.read(200);
    let settled = report(&scene, "settlement_report").await;
    let moved = report(&scene, "release_report").await;
    assert_eq!((books.sales.count > 1_200, books.losses.count, books.payouts.count), (true, 3, 4));
    assert_eq!(sum(&settled, "TRANSACTION_AMOUNT", &["SETTLEMENT"]), minor(&books.sales.gross));
    assert_eq!(sum(&settled, "SETTLEMENT_NET_AMOUNT", &["SETTLEMENT"]), minor(&books.sales.net));
    assert_eq!(sum(&settled, "SETTLEMENT_NET_AMOUNT", &["REFUND"]), minor(&books.refunds.net));
    assert_eq!(sum(&settled, "SETTLEMENT_NET_AMOUNT", &["PAYOUTS"]), minor(&books.payouts.net));
    let disputes = sum(&settled, "SETTLEMENT_NET_AMOUNT", &["CHARGEBACK", "CHARGEBACK_CANCEL"]);
    assert_eq!(disputes, minor(&books.losses.net));
    let (first, last) = (&moved[0], &moved[moved.len() - 1]);
    assert_eq!(
        (first["RECORD_TYPE"].as_str(), last["RECORD_TYPE"].as_str()),
        ("initial_available_balance", "total")
    );
    assert_eq!(minor(&last["NET_CREDIT_AMOUNT"]) - minor(&last["NET_DEBIT_AMOUNT"]), minor(&books.available));
    let mut balance = minor(&first["BALANCE_AMOUNT"]);
    for row in &moved[1..moved.len() - 1] {
        balance += minor(&row["NET_CREDIT_AMOUNT"]) - minor(&row["NET_DEBIT_AMOUNT"]);
        assert_eq!(balance, minor(&row["BALANCE_AMOUNT"]), "{row:?}");
    }
    assert_eq!(books.days.last().map(|day| minor(&day.available)), Some(minor(&books.available)));
    let flows = [&books.sales.net, &books.refunds.net, &books.losses.net, &books.payouts.net];
    let kept = [&books.available, &books.pending, &books.held];
    let total = |texts: &[&String]| -> i64 { texts.iter().map(|text| minor(text)).sum() };
    assert_eq!(total(&flows), total(&kept));
    assert!(minor(&books.pending) > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_seed_and_calls_give_the_same_bytes() {
    let mut told = Vec::new();
    for seed in [21, 21, 22] {
        let scene = month(seed, 120).await;
        let mut bytes = String::new();
        for path in [
            "/v1/payments/search?limit=50&offset=0",
            "/v1/payments/search?limit=50&offset=50",
            "/v1/payments/search?limit=50&offset=100",
            "/v1/chargebacks/search",
            "/admin/books",
            "/admin/notices",
            "/admin/sellers",
        ] {
            bytes.push_str(&scene.get(path).await.is(200));
        }
        bytes.push_str(&format!("{:?}", report(&scene, "settlement_report").await));
        bytes.push_str(&format!("{:?}", report(&scene, "release_report").await));
        told.push(bytes);
    }
    assert_eq!(told[0], told[1]);
    assert_ne!(told[0], told[2]);
}

#[tokio::test]
async fn disputes_of_pending_and_of_released_money_end_both_ways() {
    let scene = Scene::start(1).await;
    let mut states = Vec::new();
    for (released, end) in [(false, "won"), (false, "lost"), (true, "won"), (true, "lost")] {
        let payment = scene.paid(&format!("{released} {end}"), "1000").await;
        scene.refund(payment.id, &format!("{released} {end}"), r#"{"amount":100}"#).await.is(201);
        scene.advance(if released { 11 } else { 1 } * 86_400).await;
        let dispute = |rest: &str| format!(r#"{{"payment":{},{rest}}}"#, payment.id);
        scene.post("/admin/dispute", &dispute(r#""open":"chargeback""#)).await.is(200);
        assert_eq!(scene.payment(payment.id).await.status_detail, "in_process");
        assert_eq!(scene.refund(payment.id, "while open", "").await.refused().2, Some(2063));
        scene.get("/admin/books").await.is(200);
        scene.advance(12 * 86_400).await;
        scene.post("/admin/dispute", &dispute(&format!(r#""end":"{end}""#))).await.is(200);
        states.push(scene.payment(payment.id).await.status_detail);
    }
    assert_eq!(states, ["reimbursed", "settled", "reimbursed", "settled"]);
    scene.advance(30 * 86_400).await;
    let books: Books = scene.get("/admin/books").await.read(200);
    // Four sales of 1,000.00 bring 915.88 each and each refund takes 92.19 of it; each loss takes 829.69 more.
    assert_eq!((books.pending.as_str(), books.held.as_str()), ("0.00", "0.00"));
    assert_eq!((books.sales.net.as_str(), books.refunds.net.as_str()), ("3663.52", "-368.76"));
    assert_eq!((books.losses.count, books.losses.net.as_str()), (2, "-1659.38"));
    assert_eq!(books.available, "1635.38");
}
