use domain::attempt::doubled::Proposal;
use domain::attempt::obligation::Owed;
use ledger::account::Lang;

use super::{write_csv, write_json, write_text};
use crate::samples::{doubled, written};

#[test]
fn every_format_tells_the_same_double_charges() {
    let charge = || Owed::Charge { subscription: "aa".into(), invoice: "7010".into() };
    let rows = || {
        let reference = || Owed::Reference("order-7".into());
        [
            doubled(reference(), "1", Proposal::Keep),
            doubled(reference(), "2", Proposal::Refund),
            doubled(charge(), "3", Proposal::Keep),
            doubled(charge(), "4", Proposal::TooLate),
        ]
        .into_iter()
    };
    let formats = [
        written(|out| write_json(rows(), out)),
        written(|out| write_csv(rows(), out)),
        written(|out| write_text(rows(), 5, 4, Lang::En, out)),
        written(|out| write_text(rows(), 5, 4, Lang::Es, out)),
        written(|out| write_text(rows(), 5, 4, Lang::Pt, out)),
    ];
    insta::assert_snapshot!(formats.join("\n"));
}
