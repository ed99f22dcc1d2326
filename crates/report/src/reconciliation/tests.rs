use ledger::account::Lang;

use super::{write_csv, write_json, write_text};
use crate::samples::{summary, written};

#[test]
fn json_has_exactly_the_keys_that_programs_rely_on() {
    insta::assert_snapshot!(written(|out| write_json(&summary(), out)));
}

#[test]
fn csv_tells_all_that_is_known_of_a_break() {
    insta::assert_snapshot!(written(|out| write_csv(&summary(), out)));
}

#[test]
fn text_shows_proofs_before_breaks_and_cuts_aloud() {
    insta::assert_snapshot!(written(|out| write_text(&summary(), 1, Lang::En, out)));
}
