use ledger::account::Lang;

use super::{write_csv, write_json, write_text};
use crate::samples::{entries, written};

#[test]
fn json_holds_an_entry_a_line() {
    insta::assert_snapshot!(written(|out| write_json(entries().into_iter(), out)));
    assert_eq!(written(|out| write_json(std::iter::empty(), out)), "{\"entries\":[]}\n");
}

#[test]
fn csv_and_text_hold_a_posting_a_row() {
    let formats = [
        written(|out| write_csv(entries().into_iter(), Lang::En, out)),
        written(|out| write_text(entries().into_iter(), 2, 3, Lang::En, out)),
    ];
    insta::assert_snapshot!(formats.join("\n"));
}
