use billing::level::Level;
use billing::mrr::MrrRow;
use domain::currency::Currency;
use ledger::account::Lang;

use super::{ChurnRow, write_csv, write_json, write_text};
use crate::samples::{mrr, written};

#[test]
fn every_format_tells_the_same_losses() {
    let rows = || {
        [
            ChurnRow(mrr(3, Currency::ARS)),
            ChurnRow(MrrRow { opening: Level::default(), ..mrr(4, Currency::ARS) }),
        ]
        .into_iter()
    };
    let formats = [
        written(|out| write_json(rows(), out)),
        written(|out| write_csv(rows(), out)),
        written(|out| write_text(rows(), 5, 2, Lang::Pt, out)),
    ];
    insta::assert_snapshot!(formats.join("\n"));
}
