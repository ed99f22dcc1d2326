//! Files of every dialect, good and damaged: what opens, what each row becomes, and that nothing panics.

use std::error::Error as _;

use proptest::prelude::*;

use super::*;

const ROLL: &[u8] = include_bytes!("../../../../tests/fixtures/release/sample_roll.csv");
const SETTLEMENT: &[u8] = include_bytes!("../../../../tests/fixtures/settlement/sample.csv");

fn options() -> Options {
    Options { currency: Some(Currency::ARS), seller: Some("301000001".into()), kind: None }
}

fn open(file: &[u8]) -> ReportFile<&[u8]> {
    ReportFile::open(file, options()).expect("the file opens")
}

fn refusal(file: &[u8], options: Options) -> String {
    match ReportFile::open(file, options) {
        Ok(_) => panic!("the file should not open"),
        Err(error) => error.to_string(),
    }
}

/// Each row as `line: source net` or `line: error`.
fn told(file: &[u8]) -> Vec<String> {
    open(file)
        .rows()
        .map(|row| match row.outcome {
            Ok(line) => format!("{}: {} {}", row.line, line.source, line.net_minor),
            Err(error) => {
                let why = error.source().map(ToString::to_string).unwrap_or_default();
                format!("{error}: {why}")
            }
        })
        .collect()
}

#[test]
fn the_report_is_recognised_by_its_columns() {
    assert_eq!(open(ROLL).kind(), ReportKind::Release);
    assert_eq!(open(SETTLEMENT).kind(), ReportKind::Settlement);
    assert!(open(ROLL).has_deductions());
    assert!(open(ROLL).header().starts_with(b"DATE,SOURCE_ID,"));
}

#[test]
fn every_separator_reads_alike() {
    let text = String::from_utf8(ROLL.to_vec()).expect("the fixture is UTF-8");
    for separator in [";", "\t", "|"] {
        let other = text.replace(',', separator);
        let lines = |file: &[u8]| open(file).rows().map(|row| row.outcome).collect::<Vec<_>>();
        assert_eq!(lines(other.as_bytes()), lines(ROLL), "{separator:?}");
    }
}

#[test]
fn byte_order_mark_and_crlf_change_nothing() {
    let file = include_bytes!("../../../../tests/fixtures/release/bom_crlf.csv");
    assert_eq!(open(file).header(), open(ROLL).header());
    let rows = |file| open(file).rows().collect::<Vec<_>>();
    assert_eq!(rows(file), rows(ROLL));
}

#[test]
fn columns_in_any_order_and_case_and_quotes_are_found_by_name() {
    let file = b"\"gross_amount\",\"Net_Debit_Amount\",\"NET_CREDIT_AMOUNT\",DESCRIPTION,source_id,date\n\
        5.00,0.00,5.00,payment,77,2026-01-01T00:00:00Z\n";
    assert_eq!(told(file), ["2: 77 500"]);
}

#[test]
fn unknown_columns_are_named_and_the_rows_are_read() {
    let file = open(include_bytes!("../../../../tests/fixtures/settlement/panel.csv"));
    assert_eq!(file.unknown_columns(), [Text::from("NEW_THING")]);
    assert_eq!(file.rows().filter(|row| row.outcome.is_ok()).count(), 7);
}

#[test]
fn a_file_that_cannot_be_read_says_why() {
    let missing = include_bytes!("../../../../tests/fixtures/release/missing_column.csv");
    assert_eq!(
        refusal(missing, options()),
        "column `NET_DEBIT_AMOUNT` is missing; found DATE, SOURCE_ID, EXTERNAL_REFERENCE, RECORD_TYPE, \
         DESCRIPTION, NET_CREDIT_AMOUNT, GROSS_AMOUNT, MP_FEE_AMOUNT, FINANCING_FEE_AMOUNT, \
         SHIPPING_FEE_AMOUNT, TAXES_AMOUNT, COUPON_AMOUNT, INSTALLMENTS, PAYMENT_METHOD"
    );
    assert_eq!(
        refusal(include_bytes!("../../../../tests/fixtures/release/empty.csv"), options()),
        "file is empty"
    );
    assert_eq!(refusal(b"\xEF\xBB\xBF\r\n", options()), "file is empty");
    assert_eq!(
        refusal(b"INITIAL_BALANCE;CREDITS;DEBITS;FINAL_BALANCE\n", options()),
        "columns are of no report that is known: INITIAL_BALANCE, CREDITS, DEBITS, FINAL_BALANCE"
    );
    assert_eq!(refusal(b"DATE,NET_CREDIT_AMOUNT,DATE\n", options()), "column `DATE` stands twice");
    assert_eq!(refusal(&[b'x'; 70_000], options()), "first line is longer than 65536 bytes");
    let no_currency = Options { currency: None, ..options() };
    assert_eq!(refusal(ROLL, no_currency), "neither a column nor the options name the currency");
    let no_seller = Options { seller: None, ..options() };
    assert_eq!(refusal(ROLL, no_seller), "neither a column nor the options name the seller");
    let other_kind = Options { kind: Some(ReportKind::Settlement), ..options() };
    assert!(refusal(ROLL, other_kind).starts_with("column `TRANSACTION_TYPE` is missing; found DATE,"));
}

#[test]
fn decimal_commas_are_read_where_they_cannot_be_meant_otherwise() {
    assert_eq!(
        told(include_bytes!("../../../../tests/fixtures/settlement/comma_decimals.csv")),
        [
            "2: 1 120000",
            "3: 2 1250",
            "line 4, column TRANSACTION_AMOUNT: `1.234`: mark may be decimal or between thousands",
            "line 5, column FEE_AMOUNT: `-1.50`: decimal mark differs from the row's other amounts",
            "6: 5 123000",
        ]
    );
}

#[test]
fn a_currency_without_cents_has_none() {
    assert_eq!(
        told(include_bytes!("../../../../tests/fixtures/settlement/clp_fraction.csv")),
        [
            "2: 1 1400",
            "line 3, column TRANSACTION_AMOUNT: `1500.50`: `1500.50` has more decimals than CLP allows (0)",
        ]
    );
}

#[test]
fn a_bad_row_says_why_and_the_rest_goes_on() {
    assert_eq!(
        told(include_bytes!("../../../../tests/fixtures/settlement/bad_rows.csv")),
        [
            "2: 1 1000",
            "line 3, column -: `2;B;SETTLEMENT;10.00;0.0`: row has 5 cells where the header has 9",
            "line 4, column EXTERNAL_REFERENCE: `CAF\u{FFFD}`: text is not UTF-8",
            "line 5, column -: `4;\"D;SETTLEMENT;10.00;0.00;0.00;10.00;AR`: quote is not closed",
            "line 6, column SETTLEMENT_DATE: `yesterday`: not a time",
            "line 7, column SOURCE_ID: `2E+15`: not an id",
            "8: 7 1000",
            "line 10, column SETTLEMENT_NET_AMOUNT: ``: value is missing",
            "line 11, column SETTLEMENT_CURRENCY: `XXQ`: not a currency",
            "12: 10 1000",
        ]
    );
}

#[test]
fn a_truncated_last_row_is_bad_and_not_half_an_amount() {
    let cut = &ROLL[..ROLL.len() - 40];
    let last = told(cut).pop().expect("the cut row is there");
    assert!(
        last.starts_with("line 7, column -:") && last.contains("cells where the header has 15"),
        "{last}"
    );
}

#[test]
fn a_quote_that_is_never_closed_costs_one_line_of_a_long_file() {
    let row = "5,2026-01-01T00:00:00Z,payment,1.00,0.00,1.00\n";
    let header = "SOURCE_ID,DATE,DESCRIPTION,NET_CREDIT_AMOUNT,NET_DEBIT_AMOUNT,GROSS_AMOUNT\n";
    let bad = "\"5,2026-01-01T00:00:00Z,payment,1.00,0.00,1.00\n";
    let file = format!("{header}{row}{bad}{}", row.repeat(20_000));
    let rows: Vec<Row> = open(file.as_bytes()).rows().collect();
    assert_eq!(rows.len(), 20_002);
    let faults: Vec<_> = rows.iter().filter_map(|row| row.outcome.as_ref().err()).collect();
    assert_eq!(faults.len(), 1);
    assert_eq!((faults[0].line, &faults[0].why), (3, &Why::UnclosedQuote));
    assert_eq!(rows.last().map(|row| (row.line, row.ordinal)), Some((20_003, 20_000)));
}

#[test]
fn a_quote_opened_in_the_last_column_does_not_swallow_the_rest() {
    let header =
        "SOURCE_ID,DATE,DESCRIPTION,NET_CREDIT_AMOUNT,NET_DEBIT_AMOUNT,GROSS_AMOUNT,EXTERNAL_REFERENCE\n";
    let row = "5,2026-01-01T00:00:00Z,payment,1.00,0.00,1.00,";
    let file = format!("{header}{row}\"open\n{row}\n{row}\n");
    assert_eq!(
        told(file.as_bytes()),
        [
            "line 2, column -: `5,2026-01-01T00:00:00Z,payment,1.00,0.00`: quote is not closed",
            "3: 5 100",
            "4: 5 100",
        ]
    );
}

#[test]
fn a_line_without_end_is_one_bad_row() {
    let header = "SOURCE_ID,DATE,DESCRIPTION,NET_CREDIT_AMOUNT,NET_DEBIT_AMOUNT,GROSS_AMOUNT\n";
    let row = "5,2026-01-01T00:00:00Z,payment,1.00,0.00,1.00\n";
    let file = format!("{header}{}\n{row}", "x".repeat(1_000_000));
    let rows: Vec<Row> = open(file.as_bytes()).rows().collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].outcome.as_ref().map_err(|e| &e.why), Err(&Why::TooLong { limit: 128 * 1024 }));
    assert_eq!((rows[1].line, rows[1].outcome.is_ok()), (3, true));
}

#[test]
fn a_read_error_is_the_last_row_and_not_the_end() {
    struct Breaking<'a>(&'a [u8]);
    impl Read for Breaking<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() {
                return Err(io::Error::from(io::ErrorKind::ConnectionReset));
            }
            self.0.read(buffer)
        }
    }
    let file = ReportFile::open(Breaking(ROLL), options()).expect("the header is readable");
    let rows: Vec<Row> = file.rows().collect();
    let last = rows.last().expect("a last row").outcome.as_ref().expect_err("the error");
    assert_eq!(last.why, Why::Io { kind: io::ErrorKind::ConnectionReset });
    assert_eq!(rows.iter().filter(|row| row.outcome.is_ok()).count(), 6);
}

#[test]
fn a_kept_row_read_again_is_the_same_line() {
    let files: [&[u8]; 6] = [
        ROLL,
        SETTLEMENT,
        include_bytes!("../../../../tests/fixtures/release/equal_rows.csv"),
        include_bytes!("../../../../tests/fixtures/release/total_undated.csv"),
        include_bytes!("../../../../tests/fixtures/settlement/panel.csv"),
        include_bytes!("../../../../tests/fixtures/settlement/bad_rows.csv"),
    ];
    for file in files {
        let file = open(file);
        let header = file.header().to_vec();
        for row in file.rows() {
            match (read_row(&header, &row.raw, row.place(), &options()), &row.outcome) {
                (Ok(again), Ok(line)) => assert_eq!(again, *line),
                (Err(ReadAgainError::Row(_)), Err(_)) => {}
                (again, first) => panic!("{again:?} instead of {first:?}"),
            }
        }
    }
}

#[test]
fn raw_bytes_are_those_of_the_file() {
    let file = include_bytes!("../../../../tests/fixtures/settlement/bad_rows.csv");
    let header_end = file.iter().position(|b| *b == b'\n').expect("a header line");
    let mut rebuilt = file[..=header_end].to_vec();
    for row in open(file).rows() {
        rebuilt.extend_from_slice(&row.raw);
        rebuilt.push(b'\n');
    }
    assert_eq!(rebuilt, file);
}

#[test]
fn two_overlapping_files_name_their_common_rows_alike() {
    let text = String::from_utf8(ROLL.to_vec()).expect("the fixture is UTF-8");
    let without = |gone: &str| -> String {
        text.lines().filter(|line| !line.contains(gone)).flat_map(|line| [line, "\n"]).collect()
    };
    let ids = |file: &str| -> Vec<_> {
        open(file.as_bytes()).rows().map(|row| row.outcome.expect("a good row").row).collect()
    };
    let (early, late) = (ids(&without("5067100004")), ids(&without("5067100001")));
    let common = early.iter().filter(|id| late.contains(id)).count();
    assert_eq!((early.len(), late.len(), common), (5, 5, 4));
}

#[test]
fn offsets_of_any_zone_are_the_same_moment() {
    let header = "SOURCE_ID,DATE,DESCRIPTION,NET_CREDIT_AMOUNT,NET_DEBIT_AMOUNT,GROSS_AMOUNT\n";
    let file = format!(
        "{header}1,2026-03-08T01:30:00.000-03:00,tip,1.00,0.00,1.00\n1,2026-03-08T00:30:00.000-04:00,tip,1.00,0.00,1.00\n"
    );
    let at: Vec<_> = open(file.as_bytes()).rows().map(|r| r.outcome.expect("a good row").at).collect();
    assert_eq!(at[0], at[1]);
}

#[test]
fn a_signed_debit_is_an_error() {
    let header = "SOURCE_ID,DATE,DESCRIPTION,NET_CREDIT_AMOUNT,NET_DEBIT_AMOUNT,GROSS_AMOUNT\n";
    let file = format!(
        "{header}1,2026-03-08T01:30:00Z,payout,0.00,-1.00,-1.00\n1,2026-03-08T01:30:00Z,payout,,,-1.00\n1,2026-03-08T01:30:00Z,payout,,1.00,\n"
    );
    assert_eq!(
        told(file.as_bytes()),
        [
            "line 2, column NET_DEBIT_AMOUNT: `-1.00`: amount must not be negative here",
            "line 3, column NET_CREDIT_AMOUNT: ``: value is missing",
            "line 4, column GROSS_AMOUNT: ``: value is missing",
        ]
    );
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        if let Ok(file) = ReportFile::open(&bytes[..], options()) {
            assert!(file.rows().count() <= bytes.len());
        }
    }

    #[test]
    fn arbitrary_rows_never_panic_and_read_again_alike(
        rows in "[0-9a-zA-Z;,.\"\n\r\\-+: \u{e9}]{0,400}",
        release in any::<bool>(),
    ) {
        let header = if release {
            "SOURCE_ID;DATE;DESCRIPTION;NET_CREDIT_AMOUNT;NET_DEBIT_AMOUNT;GROSS_AMOUNT\n"
        } else {
            "SOURCE_ID;TRANSACTION_TYPE;TRANSACTION_AMOUNT;SETTLEMENT_NET_AMOUNT;SETTLEMENT_DATE;TAXES_DISAGGREGATED\n"
        };
        let text = format!("{header}{rows}");
        let file = open(text.as_bytes());
        let mut proof = file.proof();
        for row in file.rows() {
            let again = read_row(header.as_bytes(), &row.raw, row.place(), &options());
            match &row.outcome {
                Ok(line) => {
                    proof.feed(line);
                    prop_assert_eq!(&again.expect("a good row stays good"), line);
                }
                Err(_) => proof.feed_bad(),
            }
        }
        let _proven = proof.finish();
    }

    #[test]
    fn a_damaged_file_never_panics(at in 0..1200_usize, byte in any::<u8>()) {
        let mut file = ROLL.to_vec();
        let at = at % file.len();
        file[at] = byte;
        if let Ok(file) = ReportFile::open(&file[..], options()) {
            let mut proof = file.proof();
            for row in file.rows() {
                match row.outcome {
                    Ok(line) => proof.feed(&line),
                    Err(_) => proof.feed_bad(),
                }
            }
            prop_assert!(proof.finish().rows <= 7);
        }
    }
}
