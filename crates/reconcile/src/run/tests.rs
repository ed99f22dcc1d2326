//! The smallest input of each code, and that the order of lines does not matter.

use chrono::TimeZone;
use domain::currency::Currency;
use domain::ids::RowId;
use domain::machine::Instant;
use domain::movement::MovementKind;
use domain::payment::Standing;
use domain::report_line::{LineKind, ReportKind, ReportLine};
use ledger::account::Account;
use mercadopago::report_file::proof::{FileProof, Proof};
use proptest::prelude::{Just, Strategy, proptest};

use super::{Books, Reconciliation, Settings};
use crate::book::{PaymentBook, RefundBook};
use crate::outcome::Outcome;

fn at(day: u32, hour: u32) -> Instant {
    chrono::Utc.with_ymd_and_hms(2026, 10, day, hour, 0, 0).single().expect("a valid time in October")
}

fn settings() -> Settings {
    Settings {
        as_of: at(31, 12),
        from: None,
        to: None,
        time_zone: chrono_tz::America::Argentina::Buenos_Aires,
        rules: 1,
    }
}

/// Sold for 100.00, fee 5.00, tax 2.00, net 93.00 on 10 October, due in November.
fn payment(id: &str) -> PaymentBook {
    PaymentBook {
        seller: "1".into(),
        payment: id.into(),
        reference: Some(format!("order-{id}").into()),
        described: true,
        standing: Standing::Approved,
        currency: Currency::ARS,
        gross_minor: 10_000,
        fees_minor: 500,
        taxes_minor: 200,
        net_minor: 9_300,
        booked: true,
        approved_at: Some(at(10, 12)),
        release_at: Some(at(31, 20)),
        refunds: Vec::new(),
        loss_minor: 0,
        charges_back_minor: 0,
        unidentified_minor: 0,
        moved_minor: 0,
        held_minor: 0,
    }
}

fn row(report: ReportKind, kind: LineKind, number: u64, source: &str, amounts: [i64; 4]) -> ReportLine {
    let [gross_minor, fee_minor, tax_minor, net_minor] = amounts;
    ReportLine {
        report,
        line: number,
        row: RowId::from(format!("{report:?}-{number}").as_str()),
        kind,
        word: "word".into(),
        source: source.into(),
        reference: format!("order-{source}").into(),
        at: at(10, 12),
        release_at: None,
        currency: Currency::ARS,
        gross_minor,
        fee_minor,
        financing_minor: 0,
        shipping_minor: 0,
        tax_minor,
        coupon_minor: 0,
        net_minor,
        balance_minor: None,
    }
}

const SALE: [i64; 4] = [10_000, -500, -200, 9_300];

fn settled(kind: LineKind, number: u64, source: &str, amounts: [i64; 4]) -> ReportLine {
    row(ReportKind::Settlement, kind, number, source, amounts)
}

fn released(kind: LineKind, number: u64, source: &str, amounts: [i64; 4]) -> ReportLine {
    row(ReportKind::Release, kind, number, source, amounts)
}

fn run(payments: Vec<PaymentBook>, files: &[&[ReportLine]]) -> Outcome {
    let books = Books { payments, balances: Vec::new() };
    let mut run = Reconciliation::start(settings(), &books);
    for (number, lines) in files.iter().enumerate() {
        run.file(&format!("file{number}"), &format!("{number:064}"), lines[0].report);
        let mut proof = Proof::new(true);
        for line in *lines {
            run.line(line);
            proof.feed(line);
        }
        run.file_proof(proof.finish());
    }
    run.finish()
}

/// Each break as `code source internal external delta line`, minor units.
fn found(outcome: &Outcome) -> Vec<String> {
    let side = |minor: Option<i64>| minor.map_or("-".to_owned(), |minor| minor.to_string());
    let each = outcome.breaks.iter().map(|b| {
        let (ours, theirs) = (side(b.internal_minor), side(b.external_minor));
        format!("{} {} {ours} {theirs} {} {}", b.code.word(), b.source_id, b.delta_minor, b.line.unwrap_or(0))
    });
    each.collect()
}

#[track_caller]
fn check(payments: Vec<PaymentBook>, files: &[&[ReportLine]], expected: &[&str]) {
    assert_eq!(found(&run(payments, files)), expected);
}

use LineKind::{Chargeback, Hold, Movement, Refund, Sale};

#[test]
fn a_sale_that_equals_the_books_matches() {
    let outcome = run(vec![payment("7")], &[&[settled(Sale, 2, "7", SALE)]]);
    assert_eq!((found(&outcome), outcome.rows, outcome.matched), (Vec::new(), 1, 1));
}

#[test]
fn each_difference_of_a_sale_gives_one_break() {
    let one = |amounts, expected: &str| {
        check(vec![payment("7")], &[&[settled(Sale, 2, "7", amounts)]], &[expected])
    };
    one([11_000, -500, -200, 10_300], "amount_mismatch 7 10000 11000 1000 2");
    one([11_000, -550, -220, 10_230], "amount_mismatch 7 10000 11000 1000 2");
    one([10_000, -600, -200, 9_200], "fee_mismatch 7 500 600 100 2");
    one([10_000, -500, -300, 9_200], "tax_mismatch 7 200 300 100 2");
    one([10_000, -500, -200, 9_200], "row_identity_break 7 9300 9200 -100 2");
}

#[test]
fn a_sale_of_a_payment_we_do_not_know_is_missing_internal_once() {
    let files: [&[ReportLine]; 2] = [
        &[settled(Sale, 2, "8", SALE), settled(Refund, 3, "8", [-10_000, 500, 200, -9_300])],
        &[released(Sale, 5, "8", SALE)],
    ];
    check(Vec::new(), &files, &["missing_internal 8 - 10000 10000 2"]);
}

#[test]
fn a_card_check_of_nothing_is_no_sale() {
    check(Vec::new(), &[&[settled(Sale, 2, "8", [0; 4])]], &[]);
}

#[test]
fn an_approval_inside_the_days_of_the_file_without_a_row_is_missing_external() {
    let mut elsewhere = payment("9");
    elsewhere.approved_at = Some(at(11, 12));
    let line = settled(Sale, 2, "7", SALE);
    check(vec![payment("7"), payment("8"), elsewhere], &[&[line]], &["missing_external 8 10000 - -10000 0"]);
}

#[test]
fn an_approval_in_the_last_minutes_of_the_file_may_stand_in_the_next() {
    let mut late = payment("8");
    late.approved_at = Some(at(11, 3) - chrono::TimeDelta::minutes(1));
    check(
        vec![payment("7"), late],
        &[&[settled(Sale, 2, "7", SALE)]],
        &["timing_in_transit 8 10000 - -10000 0"],
    );
}

#[test]
fn a_sale_in_another_currency_or_of_a_rejected_payment_is_named() {
    let mut line = settled(Sale, 2, "7", SALE);
    line.currency = Currency::BRL;
    check(vec![payment("7")], &[&[line]], &["currency_mismatch 7 10000 10000 0 2"]);
    let rejected = PaymentBook { booked: false, standing: Standing::Rejected, ..payment("7") };
    check(vec![rejected], &[&[settled(Sale, 2, "7", SALE)]], &["status_mismatch 7 0 10000 10000 2"]);
}

#[test]
fn the_same_sale_twice_in_a_file_is_a_duplicate() {
    let lines = [settled(Sale, 2, "7", SALE), settled(Sale, 3, "7", SALE)];
    check(vec![payment("7")], &[&lines], &["duplicate_external 7 10000 20000 10000 3"]);
    check(vec![payment("7"), payment("7")], &[&lines[..1]], &["duplicate_internal 7 10000 - -10000 0"]);
}

#[test]
fn the_same_row_in_two_files_merges_and_another_content_is_restated() {
    let line = settled(Sale, 2, "7", SALE);
    let twice = [std::slice::from_ref(&line), std::slice::from_ref(&line)];
    let outcome = run(vec![payment("7")], &twice);
    assert_eq!((found(&outcome), outcome.rows, outcome.matched), (Vec::new(), 1, 1));
    let old = ReportLine { fee_minor: -400, net_minor: 9_400, ..line.clone() };
    check(vec![payment("7")], &[&[old], &[line]], &["restated_row 7 9400 9300 -100 2"]);
}

#[test]
fn refunds_match_by_amount_and_the_rest_is_named() {
    let refund = RefundBook {
        refund: "r1".into(),
        amount_minor: 5_000,
        fees_back_minor: 250,
        taxes_back_minor: 0,
        made_at: at(10, 13),
    };
    let refunded = || PaymentBook { refunds: vec![refund.clone()], ..payment("7") };
    let sale = settled(Sale, 2, "7", SALE);
    let with = |amounts| [sale.clone(), settled(Refund, 3, "7", amounts)];
    check(vec![refunded()], &[&with([-5_000, 250, 0, -4_750])], &[]);
    check(vec![refunded()], &[&with([-5_000, 150, 0, -4_850])], &["fee_mismatch 7 -250 -150 100 3"]);
    check(vec![refunded()], &[&with([-6_000, 250, 0, -5_750])], &["amount_mismatch 7 -5000 -6000 -1000 3"]);
    check(vec![payment("7")], &[&with([-5_000, 250, 0, -4_750])], &["unmatched_refund 7 - -5000 -5000 3"]);
    check(vec![refunded()], &[std::slice::from_ref(&sale)], &["missing_external 7 -5000 - 5000 0"]);
    let stranger = [settled(Refund, 3, "8", [-5_000, 250, 0, -4_750])];
    check(Vec::new(), &[&stranger], &["unmatched_refund 8 - -5000 -5000 3"]);
}

#[test]
fn a_chargeback_must_suit_the_standing() {
    let lines = [settled(Sale, 2, "7", SALE), settled(Chargeback, 3, "7", [-10_000, 500, 200, -9_300])];
    check(vec![payment("7")], &[&lines], &["status_mismatch 7 0 -10000 -10000 3"]);
    let open = PaymentBook { standing: Standing::ChargebackOpen, ..payment("7") };
    check(vec![open], &[&lines], &[]);
    let lost = PaymentBook {
        standing: Standing::ChargebackLost,
        loss_minor: 10_000,
        charges_back_minor: 700,
        ..payment("7")
    };
    let release =
        |net| [released(Sale, 2, "7", SALE), released(Chargeback, 3, "7", [-10_000, 500, 200, net])];
    check(vec![lost.clone()], &[&release(-9_300)], &[]);
    let short = [released(Chargeback, 3, "7", [-9_900, 500, 200, -9_200])];
    check(vec![lost], &[&short], &["amount_mismatch 7 -9300 -9200 100 3"]);
}

#[test]
fn releases_are_compared_by_net_and_instalments_are_summed() {
    let half = [5_000, -250, -100, 4_650];
    check(vec![payment("7")], &[&[released(Sale, 2, "7", half), released(Sale, 3, "7", half)]], &[]);
    let due = || PaymentBook { release_at: Some(at(10, 12)), ..payment("7") };
    check(vec![due()], &[&[released(Sale, 2, "7", half)]], &["partial_match 7 9300 4650 -4650 2"]);
    check(vec![payment("7")], &[&[released(Sale, 2, "7", half)]], &[]);
    let short = [9_000, -500, -200, 8_300];
    check(vec![due()], &[&[released(Sale, 2, "7", short)]], &["amount_mismatch 7 10000 9000 -1000 2"]);
}

#[test]
fn a_release_between_two_refunds_is_less_the_first_alone() {
    let refund = |id: &str, amount_minor, fees_back_minor, made_at| RefundBook {
        refund: id.into(),
        amount_minor,
        fees_back_minor,
        taxes_back_minor: 0,
        made_at,
    };
    let first = refund("r1", 2_000, 100, at(10, 1));
    let refunded = |second_at| PaymentBook {
        refunds: vec![first.clone(), refund("r2", 3_000, 150, second_at)],
        ..payment("7")
    };
    let sale = released(Sale, 2, "7", [8_000, -400, -200, 7_400]);
    let later = sale.at + chrono::TimeDelta::hours(1);
    check(vec![refunded(later)], &[std::slice::from_ref(&sale)], &[]);
    let before = sale.at - chrono::TimeDelta::seconds(1);
    let expected = "amount_mismatch 7 10000 8000 -2000 2";
    check(vec![refunded(before)], &[std::slice::from_ref(&sale)], &[expected]);
}

#[test]
fn money_that_is_due_and_not_released_is_overdue() {
    let due = PaymentBook { release_at: Some(at(10, 9)), ..payment("7") };
    let other = released(Movement(MovementKind::Yield), 2, "1", [5, 0, 0, 5]);
    check(vec![due], &[std::slice::from_ref(&other)], &["overdue_expected 7 9300 - -9300 0"]);
    check(vec![payment("7")], &[&[other]], &[]);
}

#[test]
fn an_open_hold_is_information_and_a_pair_is_nothing() {
    let hold = released(Hold, 2, "7", [-9_300, 0, 0, -9_300]);
    let freed = released(Hold, 3, "7", [9_300, 0, 0, 9_300]);
    let disputed = PaymentBook { standing: Standing::Disputed, held_minor: 9_300, ..payment("7") };
    check(vec![disputed], &[std::slice::from_ref(&hold)], &["chargeback_open_hold 7 -9300 -9300 0 2"]);
    check(vec![payment("7")], &[std::slice::from_ref(&hold)], &["orphan_reserve 7 0 -9300 -9300 2"]);
    check(vec![payment("7")], &[&[hold, freed]], &[]);
    let reserve = released(Movement(MovementKind::Reserve), 2, "50", [-100, 0, 0, -100]);
    check(Vec::new(), &[&[reserve]], &["orphan_reserve 50 - -100 -100 2"]);
}

#[test]
fn an_unknown_word_is_named_but_a_purchase_is_not() {
    let unknown = released(Movement(MovementKind::Unknown), 2, "50", [3_750, 0, 0, 3_750]);
    let purchase = ReportLine {
        word: "SETTLEMENT".into(),
        ..settled(Movement(MovementKind::Unknown), 2, "51", [-100, 0, 0, -100])
    };
    check(Vec::new(), &[&[unknown]], &["unknown_code 50 - 3750 3750 2"]);
    check(Vec::new(), &[&[purchase]], &[]);
}

#[test]
fn a_row_that_cannot_be_read_is_layout_drift() {
    let books = Books::default();
    let mut run = Reconciliation::start(settings(), &books);
    run.file("a.csv", "00", ReportKind::Release);
    run.bad_row(4, "not a time");
    assert_eq!(found(&run.finish()), ["layout_drift  - - 0 4"]);
}

fn balances(number: u64, opening: i64, closing: i64, printed: i64) -> [ReportLine; 3] {
    let day = 8 + u32::try_from(number).expect("a small number");
    let mut lines = [
        released(LineKind::Opening, 2, "", [opening, 0, 0, opening]),
        released(Movement(MovementKind::Yield), number * 10, "50", [100, 0, 0, 100]),
        released(LineKind::Closing, 4, "", [closing, 0, 0, closing]),
    ];
    lines[1].balance_minor = Some(printed);
    for (hour, line) in (3..).step_by(10).zip(&mut lines) {
        line.at = at(day, hour);
    }
    lines
}

#[test]
fn balances_must_roll_forward_and_hand_on() {
    let good = balances(1, 0, 100, 100);
    check(Vec::new(), &[&good, &balances(2, 100, 200, 200)], &[]);
    check(Vec::new(), &[&good, &balances(2, 150, 250, 250)], &["continuity_break  100 150 50 1"]);
    check(Vec::new(), &[&balances(1, 0, 90, 100)], &["balance_break  100 90 -10 4"]);
    check(Vec::new(), &[&balances(1, 0, 90, 90)], &["balance_break  100 90 -10 10"]);
}

#[test]
fn proofs_compare_the_ledger_with_the_files() {
    let books = Books {
        payments: vec![payment("7")],
        balances: vec![(Account::Available, Currency::ARS, 90), (Account::Pending, Currency::ARS, 9_300)],
    };
    let mut run = Reconciliation::start(settings(), &books);
    run.file("a", "00", ReportKind::Release);
    balances(1, 0, 100, 100).iter().for_each(|line| run.line(line));
    run.file_proof(FileProof {
        rows: 3,
        bad_rows: 0,
        unproven_rows: 0,
        opening_minor: Some(0),
        closing_minor: Some(100),
        movements_minor: 100,
        breaks: Vec::new(),
    });
    let outcome = run.finish();
    let proofs: Vec<_> =
        outcome.proofs.iter().map(|p| (p.name.as_str(), p.expected_minor, p.actual_minor)).collect();
    let expected = [
        ("available balance ARS", 100, 90),
        ("gross to net ARS", 0, 0),
        ("held balance ARS", 0, 0),
        ("pending balance ARS", 9_300, 9_300),
        ("roll-forward of a", 100, 100),
    ];
    assert_eq!(proofs, expected);
    assert_eq!(outcome.daily_balance, [(at(9, 13).date_naive(), 100)]);
}

#[test]
fn the_json_has_the_names_other_programs_read() {
    let outcome = run(vec![payment("7")], &[&[settled(Sale, 2, "7", [10_000, -600, -200, 9_200])]]);
    let json = serde_json::to_string(&outcome.breaks).expect("breaks are plain data");
    let expected = "[{\"code\":\"fee_mismatch\",\"severity\":\"critical\",\"currency\":\"ARS\",\"internal\":\"5.00\",\
        \"external\":\"6.00\",\"delta\":\"1.00\",\"reference\":\"order-7\",\"source_id\":\"7\",\"file\":\"file0\",\
        \"line\":2,\"explanation\":\"the report has a fee of 6.00 ARS for payment 7, the books have 5.00 ARS\",\
        \"age_days\":21,\"age_bucket\":\"8-30\"}]";
    assert_eq!(json, expected);
}

fn mixed() -> Vec<ReportLine> {
    vec![
        settled(Sale, 2, "1", SALE),
        settled(Sale, 3, "1", SALE),
        settled(Sale, 4, "2", [11_000, -500, -200, 10_300]),
        settled(Sale, 5, "3", SALE),
        settled(Refund, 6, "2", [-100, 0, 0, -100]),
        settled(Refund, 7, "2", [-200, 0, 0, -200]),
        settled(Movement(MovementKind::Unknown), 8, "4", [1, 0, 0, 1]),
        settled(Movement(MovementKind::Unknown), 9, "4", [2, 0, 0, 2]),
        settled(Hold, 10, "2", [-50, 0, 0, -50]),
    ]
}

proptest! {
    #[test]
    fn the_order_of_lines_does_not_matter(lines in Just(mixed()).prop_shuffle()) {
        let payments = || vec![payment("1"), payment("2"), payment("5")];
        let outcome = |lines: &[ReportLine]| {
            let books = Books { payments: payments(), balances: Vec::new() };
            let mut run = Reconciliation::start(settings(), &books);
            run.file("a", "00", ReportKind::Settlement);
            lines.iter().for_each(|line| run.line(line));
            run.finish()
        };
        proptest::prop_assert_eq!(outcome(&lines), outcome(&mixed()));
    }
}
