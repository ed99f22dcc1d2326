//! What files prove, and what they fail to prove when one cell is changed.

use domain::currency::Currency;

use super::*;
use crate::report_file::{Options, ReportFile};

const ROLL: &str = include_str!("../../../../../tests/fixtures/release/sample_roll.csv");
const SUMS: &str = include_str!("../../../../../tests/fixtures/release/total_of_sums.csv");
const ONE_CREDIT: &str = include_str!("../../../../../tests/fixtures/release/total_of_one_credit.csv");
const CLASSIC: &str = include_str!("../../../../../tests/fixtures/release/classic.csv");
const TRIO: &str = include_str!("../../../../../tests/fixtures/release/reserve_trio.csv");
const RUNNING: &str = include_str!("../../../../../tests/fixtures/release/no_record_type.csv");

fn prove(file: &str) -> FileProof {
    let options = Options { currency: Some(Currency::ARS), seller: Some("1".into()), kind: None };
    let file = ReportFile::open(file.as_bytes(), options).expect("the fixture has a release header");
    let mut proof = file.proof();
    for row in file.rows() {
        match row.outcome {
            Ok(line) => proof.feed(&line),
            Err(_) => proof.feed_bad(),
        }
    }
    proof.finish()
}

fn check(file: &str, opening: Option<i64>, movements: i64, closing: Option<i64>, breaks: &[ProofBreak]) {
    let proof = prove(file);
    assert_eq!(
        (proof.opening_minor, proof.movements_minor, proof.closing_minor),
        (opening, movements, closing)
    );
    assert_eq!(proof.breaks, breaks);
}

fn broken(code: ProofCode, line: u64, expected_minor: i64, actual_minor: i64) -> ProofBreak {
    ProofBreak { code, line, expected_minor, actual_minor }
}

#[test]
fn the_documented_sample_rolls_to_its_last_balance() {
    check(ROLL, Some(81_343_919), -81_134_303, None, &[]);
    assert_eq!(81_343_919 - 81_134_303, 209_616);
    let mut balance = 0;
    let mut roll = Vec::new();
    let options = Options { currency: Some(Currency::ARS), seller: Some("1".into()), kind: None };
    for row in ReportFile::open(ROLL.as_bytes(), options).expect("a release header").rows() {
        balance += row.outcome.expect("a good row").net_minor;
        roll.push(balance);
    }
    assert_eq!(roll, [81_343_919, 7574, 30_170, 42_602, 124_616, 209_616]);
}

#[test]
fn both_shapes_of_the_closing_row_are_the_balance() {
    check(SUMS, Some(81_343_919), -81_134_303, Some(209_616), &[]);
    check(ONE_CREDIT, Some(81_343_919), -81_134_303, Some(209_616), &[]);
}

#[test]
fn holds_count_and_notes_and_subtotals_do_not() {
    check(CLASSIC, Some(10_000), 7000, Some(17_000), &[]);
    check(TRIO, Some(500_000), -135_600, Some(364_400), &[]);
}

#[test]
fn taxes_are_part_of_a_row_and_of_no_balance_in_a_settlement_file() {
    check(include_str!("../../../../../tests/fixtures/settlement/panel.csv"), None, -59_250, None, &[]);
}

#[test]
fn a_changed_closing_balance_breaks_the_balance() {
    let file = ONE_CREDIT.replace("2096.16,0.00,2096.16", "2096.17,0.00,2096.17");
    check(
        &file,
        Some(81_343_919),
        -81_134_303,
        Some(209_617),
        &[broken(ProofCode::Balance, 8, 209_616, 209_617)],
    );
}

#[test]
fn a_changed_fee_breaks_its_row_and_nothing_else() {
    let file = SUMS.replace("-43.04", "-43.05");
    check(
        &file,
        Some(81_343_919),
        -81_134_303,
        Some(209_616),
        &[broken(ProofCode::RowIdentity, 4, 22_595, 22_596)],
    );
}

#[test]
fn a_lost_row_breaks_the_balance() {
    let file: String =
        SUMS.lines().filter(|line| !line.contains("5067100002")).flat_map(|l| [l, "\n"]).collect();
    check(
        &file,
        Some(81_343_919),
        -81_146_735,
        Some(209_616),
        &[broken(ProofCode::Balance, 7, 197_184, 209_616)],
    );
}

#[test]
fn a_running_balance_is_chained_row_by_row() {
    check(RUNNING, Some(150_000), 110_000, Some(260_000), &[]);
    assert_eq!(prove(RUNNING).unproven_rows, 3, "the file has no columns of financing and shipping");
    let file = RUNNING.replace(";2616.50;", ";2616.00;");
    check(
        &file,
        Some(150_000),
        110_000,
        Some(260_000),
        &[broken(ProofCode::Chain, 4, 261_650, 261_600), broken(ProofCode::Chain, 5, 259_950, 260_000)],
    );
}

#[test]
fn without_an_opening_row_the_first_running_balance_implies_it() {
    let file: String =
        RUNNING.lines().enumerate().filter(|(n, _)| *n != 1).flat_map(|(_, l)| [l, "\n"]).collect();
    check(&file, Some(150_000), 110_000, Some(260_000), &[]);
}

#[test]
fn bad_rows_are_counted_and_the_chain_waits_for_the_next_balance() {
    let file = RUNNING.replace("asset_management;4.51", "asset_management;4,5,1");
    let proof = prove(&file);
    assert_eq!((proof.rows, proof.bad_rows), (3, 1));
    assert_eq!(proof.breaks, [broken(ProofCode::Balance, 5, 259_549, 260_000)]);
}

#[test]
fn a_row_in_another_currency_is_missing_from_the_sum() {
    let file = "DATE,SOURCE_ID,DESCRIPTION,RECORD_TYPE,NET_CREDIT_AMOUNT,NET_DEBIT_AMOUNT,GROSS_AMOUNT,CURRENCY\n\
        2026-01-01T00:00:00Z,,,initial_available_balance,1.00,0.00,1.00,ARS\n\
        2026-01-01T01:00:00Z,5,payment,release,2.00,0.00,2.00,BRL\n\
        2026-01-01T02:00:00Z,,,total,3.00,0.00,3.00,ARS\n";
    check(file, Some(100), 0, Some(300), &[broken(ProofCode::Balance, 4, 100, 300)]);
}

#[test]
fn sums_that_leave_64_bits_are_reported() {
    let mut proof = Proof::new(true);
    let options = Options { currency: Some(Currency::ARS), seller: Some("1".into()), kind: None };
    let row = ReportFile::open(ROLL.as_bytes(), options).expect("a release header").rows().nth(2);
    let mut line = row.expect("a third row").outcome.expect("a good row");
    line.gross_minor = i64::MAX;
    line.net_minor = i64::MAX;
    line.fee_minor = 0;
    proof.feed(&line);
    proof.feed(&line);
    assert_eq!(proof.finish().breaks, [broken(ProofCode::OutOfRange, 4, i64::MAX, i64::MAX)]);
}
