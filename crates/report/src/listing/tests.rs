use domain::currency::Currency;
use domain::text::Text;

use super::{Cell, Column, Listing, format_total, numbers, printable, words};
use crate::words::Word;

struct Sole(Text, i64);

impl Listing for Sole {
    const NAME: &'static str = "soles";
    const FILE: &'static str = "soles.csv";
    const COLUMNS: &'static [Column] = &[words("text", Word::Name), numbers("amount", Word::Amount)];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![Cell::text(&self.0), Cell::Amount(self.1, Currency::ARS)]
    }
}

fn csv_row(text: &str, minor: i64) -> String {
    let mut bytes = Vec::new();
    let mut csv = super::csv::Rows::new::<Sole>(&mut bytes).expect("memory can be written");
    csv.push(&Sole(text.into(), minor)).expect("memory can be written");
    csv.finish().expect("memory can be written");
    let text = String::from_utf8(bytes).expect("reports are UTF-8");
    text.strip_prefix("text,amount\r\n").expect("the header comes first").to_owned()
}

#[test]
fn a_text_that_starts_a_formula_is_disarmed_and_an_amount_is_not() {
    assert_eq!(csv_row("=1+1", -123), "'=1+1,-1.23\r\n");
    assert_eq!(csv_row("+1", 0), "'+1,0.00\r\n");
    assert_eq!(csv_row("-1", 1), "'-1,0.01\r\n");
    assert_eq!(csv_row("@SUM(A1)", 100), "'@SUM(A1),1.00\r\n");
    assert_eq!(csv_row("\t=1", 100), "'\t=1,1.00\r\n");
    assert_eq!(csv_row("a=1", 100), "a=1,1.00\r\n");
}

#[test]
fn quotes_commas_and_line_breaks_are_quoted() {
    assert_eq!(csv_row("a\"b,c\nd", 1), "\"a\"\"b,c\nd\",0.01\r\n");
}

#[test]
fn totals_wider_than_an_amount_are_exact() {
    let most = i128::from(i64::MAX);
    assert_eq!(format_total(most, Currency::ARS), "92233720368547758.07");
    assert_eq!(format_total(most * 10, Currency::ARS), "922337203685477580.70");
    assert_eq!(format_total(-most * 10, Currency::CLP), "-92233720368547758070");
}

#[test]
fn characters_that_hide_text_are_shown_as_replaced() {
    assert_eq!(printable("a\u{1b}[2Jb\u{202e}c\n"), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}");
    assert_eq!(printable("año – ção"), "año – ção");
}
