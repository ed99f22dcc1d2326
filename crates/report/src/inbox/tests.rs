use ledger::account::Lang;

use super::{Counts, write_csv, write_json, write_text};
use crate::samples::{listed, written};

const COUNTS: Counts = Counts { applied: 5, unchanged: 4, needs_fetch: 3, refused: 2, undecodable: 1 };

#[test]
fn counts_have_the_keys_that_programs_rely_on() {
    assert_eq!(
        written(|out| COUNTS.write_json(out)),
        "{\"applied\":5,\"unchanged\":4,\"needs_fetch\":3,\"refused\":2,\"undecodable\":1}\n"
    );
    assert_eq!(
        written(|out| COUNTS.write_csv(out)),
        "verdict,count\r\napplied,5\r\nunchanged,4\r\nneeds_fetch,3\r\nrefused,2\r\nundecodable,1\r\n"
    );
}

#[test]
fn deliveries_are_listed_by_name() {
    let rows = || [listed()].into_iter();
    let formats = [
        written(|out| COUNTS.write_text(Lang::En, out)),
        written(|out| write_json(rows(), out)),
        written(|out| write_csv(rows(), out)),
        written(|out| write_text(rows(), 5, 1, Lang::En, out)),
    ];
    insta::assert_snapshot!(formats.join("\n"));
}
