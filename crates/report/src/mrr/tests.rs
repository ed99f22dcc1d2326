use domain::currency::Currency;
use ledger::account::Lang;

use super::{write_csv, write_json, write_text};
use crate::samples::{mrr, written};

#[test]
fn every_format_tells_the_same_movements() {
    let rows = || [mrr(3, Currency::ARS), mrr(3, Currency::CLP)].into_iter();
    let formats = [
        written(|out| write_json(rows(), out)),
        written(|out| write_csv(rows(), out)),
        written(|out| write_text(rows(), 5, 2, Lang::Es, out)),
    ];
    insta::assert_snapshot!(formats.join("\n"));
}
