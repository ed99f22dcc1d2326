use ledger::account::Lang;

use super::{write_csv, write_json, write_text};
use crate::samples::{forecast, written};

#[test]
fn every_format_tells_the_same_days() {
    let rows = || [forecast(1, 20_000), forecast(4, i128::from(i64::MAX) * 10)].into_iter();
    let formats = [
        written(|out| write_json(rows(), out)),
        written(|out| write_csv(rows(), out)),
        written(|out| write_text(rows(), 5, 2, Lang::En, out)),
    ];
    insta::assert_snapshot!(formats.join("\n"));
}
