use domain::currency::Currency;
use ledger::account::Lang;

use super::{write_csv, write_json, write_text};
use crate::samples::{balances, written};

#[test]
fn json_has_the_keys_that_programs_rely_on() {
    insta::assert_snapshot!(written(|out| write_json(&balances(), Lang::En, out)));
}

#[test]
fn csv_and_text_name_the_accounts_in_the_language() {
    let formats = [
        written(|out| write_csv(&balances(), Lang::Es, out)),
        written(|out| write_text(&balances(), Lang::Pt, out)),
    ];
    insta::assert_snapshot!(formats.join("\n"));
}

#[test]
fn every_currency_has_a_total_that_shows_an_imbalance() {
    let mut unbalanced = balances();
    assert_eq!(unbalanced.totals().into_values().collect::<Vec<_>>(), [0, 0]);
    unbalanced.rows[0].balance_minor += 1;
    assert_eq!(unbalanced.totals().get(&Currency::ARS), Some(&1));
    let text = written(|out| write_text(&unbalanced, Lang::En, out));
    assert!(text.ends_with("Total ARS 0.01\nTotal CLP 0\n"), "{text}");
}
