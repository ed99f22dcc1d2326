//! Settlement rows over the fixtures of the settlement report.

use std::collections::HashSet;

use super::*;
use crate::report_file::proof::FileProof;
use crate::report_file::{Options, ReportFile, Row};

const SAMPLE: &[u8] = include_bytes!("../../../../tests/fixtures/settlement/sample.csv");
const PANEL: &[u8] = include_bytes!("../../../../tests/fixtures/settlement/panel.csv");

fn rows(file: &'static [u8]) -> Vec<Row> {
    ReportFile::open(file, Options::default()).expect("the file names seller and currency").rows().collect()
}

fn lines(file: &'static [u8]) -> Vec<ReportLine> {
    rows(file).into_iter().map(|row| row.outcome.expect("the fixture's rows are good")).collect()
}

#[test]
fn the_documented_first_row_is_read_whole() {
    let row = rows(SAMPLE).swap_remove(0);
    assert_eq!(row.seller, Some(SellerId::from("201000001")));
    assert_eq!(row.doubts, []);
    let line = row.outcome.expect("a good row");
    assert_eq!(
        line,
        ReportLine {
            report: ReportKind::Settlement,
            line: 2,
            row: line.row.clone(),
            kind: LineKind::Sale,
            word: "SETTLEMENT".into(),
            source: "5067323570".into(),
            reference: "2112747018".into(),
            at: "2019-08-12T01:00:18Z".parse().expect("a literal instant"),
            release_at: None,
            currency: Currency::BRL,
            gross_minor: 310_900,
            fee_minor: -34_821,
            financing_minor: 0,
            shipping_minor: 0,
            tax_minor: 0,
            coupon_minor: 0,
            net_minor: 276_079,
            balance_minor: None,
        }
    );
}

#[test]
fn ten_documented_rows_satisfy_gross_plus_fee_plus_tax_is_net() {
    let file = ReportFile::open(SAMPLE, Options::default()).expect("the sample is a settlement report");
    let mut proof = file.proof();
    for row in file.rows() {
        proof.feed(&row.outcome.expect("a good row"));
    }
    let expect = FileProof {
        rows: 10,
        bad_rows: 0,
        unproven_rows: 0,
        opening_minor: None,
        closing_minor: None,
        movements_minor: 625_363,
        breaks: vec![],
    };
    assert_eq!(proof.finish(), expect);
}

#[test]
fn every_class_of_a_panel_export_is_told_apart() {
    let read: Vec<_> = lines(PANEL).into_iter().map(|l| (l.kind, l.word, l.net_minor)).collect();
    let unknown = LineKind::Movement(MovementKind::Unknown);
    let expect = [
        (LineKind::Sale, "SETTLEMENT", 111_199),
        (unknown, "SETTLEMENT", -50_300),
        (LineKind::Movement(MovementKind::Yield), "SETTLEMENT", 451),
        (LineKind::Movement(MovementKind::Payout), "PAYOUTS", -100_600),
        (LineKind::Refund, "REFUND", -9500),
        (LineKind::Refund, "REFUND", -9500),
        (unknown, "WONDER", -1000),
    ];
    assert_eq!(read, expect.map(|(kind, word, net)| (kind, word.into(), net)));
    assert!(rows(PANEL).iter().all(|row| row.doubts.is_empty()), "unquoted taxes sum to the total");
    let silent = lines(PANEL).iter().all(|l| release::observe(l, &"301000001".into()).is_none());
    assert!(silent, "settlement rows create no facts");
}

#[test]
fn synonyms_and_cancellations_share_a_kind() {
    let check = |words: &[&str], expect| {
        for word in words {
            assert_eq!(kind(word, true, 100, false), expect, "{word}");
        }
    };
    let movement = LineKind::Movement;
    check(&["PAYOUT", "PAYOUTS", "WITHDRAWAL", "WITHDRAWAL_CANCEL"], movement(MovementKind::Payout));
    check(&["CASHBACK", "CASHBACK_CANCEL"], movement(MovementKind::Cashback));
    check(&["CHARGEBACK", "CHARGEBACK_CANCEL"], LineKind::Chargeback);
    check(&["DISPUTE"], LineKind::Dispute);
    check(&["SETTLEMENT_SHIPPING", "REFUND_SHIPPING", "SHIPPING"], movement(MovementKind::Shipping));
    check(&["TRAVA_DE_RECEBIVEL"], movement(MovementKind::Reserve));
    check(&["TAX_WITHHOLDING_PAYOUT"], movement(MovementKind::TransactionTax));
    check(&["TAX_IIBB_SALTA"], movement(MovementKind::Perception));
    check(&["TRANSFER", "TAX_OF_TOMORROW", "settlement"], movement(MovementKind::Unknown));
}

#[test]
fn a_restated_row_is_the_same_row_and_two_refunds_are_two() {
    let ids: HashSet<_> = lines(PANEL).into_iter().map(|line| line.row).collect();
    assert_eq!(ids.len(), 7);
    let restated =
        String::from_utf8(PANEL.to_vec()).expect("the fixture is UTF-8").replace("-60.50", "-61.50");
    let file = ReportFile::open(restated.as_bytes(), Options::default()).expect("a settlement header");
    let again: HashSet<_> = file.rows().map(|row| row.outcome.expect("a good row").row).collect();
    assert_eq!(again, ids);
}

#[test]
fn refund_ids_are_found_in_metadata_of_either_form() {
    assert_eq!(refund_id(r#"[{"refund_id":"17-a_1","x":1}]"#), Some("17-a_1"));
    assert_eq!(refund_id(r#"{"refund_id": 17}"#), Some("17"));
    assert_eq!(refund_id("[{refund_id:17}]"), Some("17"));
    for none in ["", "[{}]", r#"{"refund_id":null}"#, "refund_id", "refund_id:", r#"{"refund_ids":[1]}"#] {
        assert_eq!(refund_id(none), None, "{none}");
    }
}

#[test]
fn numbers_that_disagree_inside_a_row_are_doubts_not_errors() {
    let doubts = |from: &str, to: &str, file: &'static [u8]| {
        let text = String::from_utf8(file.to_vec()).expect("the fixture is UTF-8").replacen(from, to, 1);
        let file = ReportFile::open(text.as_bytes(), Options::default()).expect("a settlement header");
        file.rows().flat_map(|row| row.doubts).collect::<Vec<_>>()
    };
    assert_eq!(
        doubts("[{}];-348.21;", "[{}];-348.20;", SAMPLE),
        [Doubt::FeeComponents { expected_minor: -34_820, actual_minor: -34_821 }]
    );
    assert_eq!(doubts("0.00;[{}];-348.21;", "0.01;[{}];-348.20;", SAMPLE), [], "the coupon explains it");
    assert_eq!(
        doubts("amount:-30.25", "amount:-30.24", PANEL),
        [Doubt::TaxSum { expected_minor: -3750, actual_minor: -3751 }]
    );
    let [Doubt::TaxesUnreadable { text }] = &doubts("amount:-30.25", "amount -30.25", PANEL)[..] else {
        panic!("one unreadable list")
    };
    assert_eq!(&**text, "[{financial_entity:sirtac, amount -30.25");
}

#[test]
fn a_component_that_is_not_commission_is_taken_out_of_the_fee() {
    let text = "SOURCE_ID;USER_ID;TRANSACTION_TYPE;TRANSACTION_AMOUNT;FEE_AMOUNT;MKP_FEE_AMOUNT;FINANCING_FEE_AMOUNT;\
                SHIPPING_FEE_AMOUNT;TAXES_AMOUNT;SETTLEMENT_NET_AMOUNT;SETTLEMENT_CURRENCY;SETTLEMENT_DATE\n\
                1;7;SETTLEMENT;1200.00;-200.00;-60.00;-120.00;-20.00;0.00;1000.00;ARS;2026-01-02T10:00:00Z\n";
    let file = ReportFile::open(text.as_bytes(), Options::default()).expect("a settlement header");
    let row = file.rows().next().expect("one row");
    assert_eq!(row.doubts, []);
    let line = row.outcome.expect("a good row");
    assert_eq!(
        (line.fee_minor, line.financing_minor, line.shipping_minor, line.fees_minor()),
        (-6000, -12_000, -2000, -20_000)
    );
}

#[test]
fn two_currencies_in_one_row_are_an_error() {
    let text =
        String::from_utf8(SAMPLE.to_vec()).expect("the fixture is UTF-8").replacen(";BRL;", ";ARS;", 1);
    let file = ReportFile::open(text.as_bytes(), Options::default()).expect("a settlement header");
    let error = file.rows().next().expect("a row").outcome.expect_err("two currencies");
    assert_eq!((error.column, error.why), (Some("TRANSACTION_CURRENCY"), Why::TwoCurrencies));
}
