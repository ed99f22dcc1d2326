//! What release rows tell, over the fixtures of the release report.

use domain::currency::Currency;
use domain::movement::MovementKind;

use super::*;
use crate::report_file::{Options, ReportFile, Row};

fn rows(file: &'static [u8]) -> Vec<Row> {
    let options = Options { currency: Some(Currency::ARS), seller: Some("301000001".into()), kind: None };
    ReportFile::open(file, options).expect("the fixture has a release header").rows().collect()
}

fn lines(file: &'static [u8]) -> Vec<ReportLine> {
    rows(file).into_iter().map(|row| row.outcome.expect("the fixture's rows are good")).collect()
}

fn kinds(file: &'static [u8]) -> Vec<(LineKind, i64)> {
    lines(file).into_iter().map(|line| (line.kind, line.net_minor)).collect()
}

#[test]
fn the_documented_sample_is_read_to_the_cent() {
    let sample = include_bytes!("../../../../tests/fixtures/release/sample_roll.csv");
    let payout = LineKind::Movement(MovementKind::Payout);
    assert_eq!(
        kinds(sample),
        [
            (LineKind::Opening, 81_343_919),
            (payout, -81_336_345),
            (LineKind::Sale, 22_596),
            (LineKind::Sale, 12_432),
            (LineKind::Sale, 82_014),
            (LineKind::Sale, 85_000),
        ]
    );
    let line = &lines(sample)[4];
    assert_eq!(
        *line,
        ReportLine {
            report: ReportKind::Release,
            line: 6,
            row: line.row.clone(),
            kind: LineKind::Sale,
            word: "payment".into(),
            source: "5067100003".into(),
            reference: "2112700003".into(),
            at: "2019-08-12T19:44:59Z".parse().expect("a literal instant"),
            release_at: None,
            currency: Currency::ARS,
            gross_minor: 109_900,
            fee_minor: -12_309,
            financing_minor: 0,
            shipping_minor: -15_577,
            tax_minor: 0,
            coupon_minor: 0,
            net_minor: 82_014,
            balance_minor: None,
        }
    );
}

#[test]
fn a_reserve_its_release_and_the_payout_net_to_the_payout() {
    let file = include_bytes!("../../../../tests/fixtures/release/reserve_trio.csv");
    let (reserve, payout) =
        (LineKind::Movement(MovementKind::Reserve), LineKind::Movement(MovementKind::Payout));
    assert_eq!(
        kinds(file),
        [
            (LineKind::Opening, 500_000),
            (reserve, -100_000),
            (reserve, 100_000),
            (payout, -100_000),
            (LineKind::Note, 400_000),
            (LineKind::Hold, -35_000),
            (LineKind::Movement(MovementKind::TransactionTax), -600),
            (LineKind::Closing, 364_400),
        ]
    );
    let trio: i64 = lines(file).iter().filter(|l| &*l.source == "9100000001").map(|l| l.net_minor).sum();
    assert_eq!(trio, -100_000);
}

#[test]
fn record_types_of_the_classic_report_hold_and_free() {
    assert_eq!(
        kinds(include_bytes!("../../../../tests/fixtures/release/classic.csv")),
        [
            (LineKind::Opening, 10_000),
            (LineKind::Sale, 9000),
            (LineKind::Note, 9000),
            (LineKind::Hold, -9000),
            (LineKind::Note, -9000),
            (LineKind::Hold, 9000),
            (LineKind::Movement(MovementKind::Reserve), -2000),
            (LineKind::Closing, 17_000),
        ]
    );
}

#[test]
fn without_record_types_a_row_that_names_nothing_is_the_balance() {
    let file = include_bytes!("../../../../tests/fixtures/release/no_record_type.csv");
    let read: Vec<_> = lines(file).into_iter().map(|l| (l.kind, l.net_minor, l.balance_minor)).collect();
    assert_eq!(
        read,
        [
            (LineKind::Opening, 150_000, Some(150_000)),
            (LineKind::Sale, 111_199, Some(261_199)),
            (LineKind::Movement(MovementKind::Yield), 451, Some(261_650)),
            (LineKind::Movement(MovementKind::Unknown), -1650, Some(260_000)),
        ]
    );
    assert_eq!(&*lines(file)[3].word, "brand_new_word");
}

#[test]
fn a_closing_balance_without_a_date_holds_as_of_the_row_before_it() {
    let file = lines(include_bytes!("../../../../tests/fixtures/release/total_undated.csv"));
    let [.., last, closing] = file.as_slice() else { panic!("the fixture has rows") };
    assert_eq!((closing.kind, closing.at), (LineKind::Closing, last.at));
}

#[test]
fn equal_rows_are_counted_and_another_dialect_names_them_alike() {
    let ids = |file| lines(file).into_iter().map(|line| line.row).collect::<Vec<_>>();
    let here = ids(include_bytes!("../../../../tests/fixtures/release/equal_rows.csv"));
    let there = ids(include_bytes!("../../../../tests/fixtures/release/equal_rows_other_dialect.csv"));
    // Computed by another program from the definition of the identity.
    assert_eq!(here[0].as_str(), "93700e03f09487e8f8441465e6b19c57");
    assert_eq!(here[1].as_str(), "3de0d0a3332797f6195f9efcacc289aa");
    assert!(here[0] != here[1] && here[1] != here[2] && here[0] != here[2]);
    assert_eq!(there, here[..2]);
}

#[test]
fn another_seller_has_other_rows() {
    let file: &[u8] = include_bytes!("../../../../tests/fixtures/release/equal_rows.csv");
    let first = |seller: &str| {
        let options = Options { currency: Some(Currency::ARS), seller: Some(seller.into()), kind: None };
        let row = ReportFile::open(file, options).expect("a release header").rows().next().expect("a row");
        (row.seller.expect("the options name it"), row.outcome.expect("a good row").row)
    };
    assert_ne!(first("301000001").1, first("301000002").1);
    assert_eq!(first("301000002").0, SellerId::from("301000002"));
}

#[test]
fn a_row_that_names_a_payment_tells_that_its_money_moved_or_is_held() {
    let seller = SellerId::from("301000001");
    let told = |line: &ReportLine| observe(line, &seller).expect("the row moves money");
    let file = lines(include_bytes!("../../../../tests/fixtures/release/classic.csv"));
    let release = |line: &ReportLine, way| Observed {
        stream: StreamId::payment(&seller, &PaymentId::from("7100000001")),
        observation: Observation::Payment(payment::Observation::Released(Release {
            row: line.row.clone(),
            way,
            word: line.word.clone(),
            amount_minor: line.net_minor,
            currency: Currency::ARS,
            at: line.at,
        })),
    };
    assert_eq!(told(&file[1]), release(&file[1], ReleaseWay::Moved));
    assert_eq!(told(&file[3]), release(&file[3], ReleaseWay::Held));
    assert_eq!((&*file[3].word, file[3].net_minor), ("dispute", -9000));
}

#[test]
fn a_row_that_names_none_is_a_movement_of_its_own() {
    let seller = SellerId::from("301000001");
    let file = lines(include_bytes!("../../../../tests/fixtures/release/sample_roll.csv"));
    let told = observe(&file[1], &seller).expect("a withdrawal moves money");
    assert_eq!(told.stream, StreamId::movement(&seller, &file[1].row));
    assert_eq!(
        told.observation,
        Observation::Movement(movement::Row {
            kind: MovementKind::Payout,
            word: "withdrawal".into(),
            source: "5040000001".into(),
            reference: "".into(),
            currency: Currency::ARS,
            net_minor: -81_336_345,
            gross_minor: -81_336_045,
            fee_minor: -300,
            tax_minor: 0,
            at: "2019-08-12T14:05:12Z".parse().expect("a literal instant"),
        })
    );
}

#[test]
fn balances_and_notes_tell_nothing() {
    let seller = SellerId::from("301000001");
    let file = lines(include_bytes!("../../../../tests/fixtures/release/classic.csv"));
    let silent: Vec<u64> =
        file.iter().filter(|line| observe(line, &seller).is_none()).map(|line| line.line).collect();
    assert_eq!(silent, [2, 4, 6, 9]);
}
