use billing::ageing::Bucket;
use ledger::account::Lang;

use super::{write_csv, write_json, write_text};
use crate::samples::{ageing, written};

#[test]
fn every_format_tells_the_same_debts() {
    let rows = || Bucket::ALL.map(ageing).into_iter();
    let formats = [
        written(|out| write_json(rows(), out)),
        written(|out| write_csv(rows(), out)),
        written(|out| write_text(rows(), 5, 4, Lang::Pt, out)),
    ];
    insta::assert_snapshot!(formats.join("\n"));
}
