use domain::currency::Currency;
use ledger::account::Lang;

use super::{StatementRow, write_csv, write_json, write_text};
use crate::samples::{at, written};

#[test]
fn every_format_tells_the_same_movements() {
    let movement = |on, text: &str, amount_minor, balance_minor| StatementRow {
        at: at(on, 1),
        text: text.into(),
        source: "1".into(),
        amount_minor,
        balance_minor,
        currency: Currency::ARS,
    };
    let rows =
        || [movement(2, "released", 114_950, 114_950), movement(3, "payout", -114_951, -1)].into_iter();
    let formats = [
        written(|out| write_json(rows(), out)),
        written(|out| write_csv(rows(), out)),
        written(|out| write_text(rows(), 5, 2, Lang::En, out)),
    ];
    insta::assert_snapshot!(formats.join("\n"));
}
