use ledger::account::Lang;

use super::{PaymentRow, write_csv, write_json, write_text};
use crate::samples::{payment, rejected, written};

fn rows() -> impl Iterator<Item = PaymentRow> {
    [payment("1", 121_000), rejected()].into_iter()
}

#[test]
fn json_has_the_keys_that_programs_rely_on() {
    insta::assert_snapshot!(written(|out| write_json(rows(), out)));
}

#[test]
fn csv_quotes_and_disarms_what_comes_from_outside() {
    insta::assert_snapshot!(written(|out| write_csv(rows(), out)));
}

#[test]
fn text_shows_amounts_at_the_right() {
    insta::assert_snapshot!(written(|out| write_text(rows(), 10, 2, Lang::En, out)));
}

#[test]
fn a_cut_list_says_how_many_rows_are_elsewhere() {
    let text = written(|out| write_text(rows(), 1, 1_000_000, Lang::En, out));
    assert_eq!(text.lines().last(), Some("… and 999999 more (see payments.csv)"));
    assert!(!text.contains("9007199254740993"), "the second row is cut");
    let text = written(|out| write_text(rows(), 1, 2, Lang::Es, out));
    assert_eq!(text.lines().last(), Some("… y 1 más (véase payments.csv)"));
}

#[test]
fn a_whole_list_has_no_cut_line() {
    let text = written(|out| write_text(rows(), 2, 2, Lang::En, out));
    assert!(!text.contains('…'), "{text}");
}

#[test]
fn an_empty_list_is_valid_in_every_format() {
    let none = || std::iter::empty::<PaymentRow>();
    assert_eq!(written(|out| write_json(none(), out)), "{\"payments\":[]}\n");
    assert_eq!(
        written(|out| write_csv(none(), out)),
        "id,seller,status,status_detail,class,gross,net,refunded,currency,approved_at,external_reference\r\n"
    );
    assert_eq!(written(|out| write_text(none(), 5, 0, Lang::Pt, out)).lines().last(), Some("(nenhum)"));
}
