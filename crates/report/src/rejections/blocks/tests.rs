use domain::obligation::guard::Why;
use ledger::account::Lang;

use super::{write_csv, write_json, write_text};
use crate::samples::{blocks, written};

#[test]
fn every_format_tells_the_same_blocks() {
    let rows = || [blocks(Why::AlreadyPaid, 2), blocks(Why::TooSoon, 1)].into_iter();
    let formats = [
        written(|out| write_json(rows(), out)),
        written(|out| write_csv(rows(), out)),
        written(|out| write_text(rows(), 5, 2, Lang::En, out)),
        written(|out| write_text(rows(), 5, 2, Lang::Es, out)),
        written(|out| write_text(rows(), 5, 2, Lang::Pt, out)),
    ];
    insta::assert_snapshot!(formats.join("\n"));
}
