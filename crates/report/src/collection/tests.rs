use domain::rejection::RejectionClass;
use ledger::account::Lang;

use super::{write_csv, write_json, write_text};
use crate::samples::{collection, written};

#[test]
fn every_format_tells_the_same_outcomes() {
    let rows = || [collection(3, None), collection(3, Some(RejectionClass::DataEntry))].into_iter();
    let formats = [
        written(|out| write_json(rows(), out)),
        written(|out| write_csv(rows(), out)),
        written(|out| write_text(rows(), 5, 2, Lang::En, out)),
    ];
    insta::assert_snapshot!(formats.join("\n"));
}
