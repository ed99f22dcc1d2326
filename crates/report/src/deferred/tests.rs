use ledger::account::Lang;

use super::{write_csv, write_json, write_text};
use crate::samples::{roll, written};

#[test]
fn every_format_tells_the_same_roll() {
    let rows = || [roll(3)].into_iter();
    let formats = [
        written(|out| write_json(rows(), out)),
        written(|out| write_csv(rows(), out)),
        written(|out| write_text(rows(), 5, 1, Lang::Es, out)),
    ];
    insta::assert_snapshot!(formats.join("\n"));
}
