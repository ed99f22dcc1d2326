//! The matrix in the documentation of the machine is what the machine does.

use std::fmt::Write as _;

use super::*;

const ALL: [RefundStanding; 4] = [InProcess, Cancelled, Rejected, Approved];

fn cell(given: &[Observation], from: Option<RefundStanding>, to: RefundStanding) -> String {
    let (_, decided) = tell(known(given), &says(to, 4_000));
    match &decided.expect("no standing is refused")[..] {
        [] if from == Some(to) => "=".to_owned(),
        [] => "<".to_owned(),
        [event] => event.name().trim_start_matches("refund.").to_owned(),
        several => panic!("{from:?} to {to:?} wrote {several:?}"),
    }
}

#[test]
fn the_matrix_in_the_documentation_is_what_the_machine_does() {
    let mut rows = vec![("absent", None, vec![]), ("foretold", None, vec![comes_back("fee", 98)])];
    rows.extend(ALL.map(|from| (from.name(), Some(from), vec![says(from, 4_000)])));
    let row = |head: &str, cells: [String; 4]| {
        let mut line = format!("//! {head:<11}");
        for (cell, standing) in cells.iter().zip(ALL) {
            write!(line, " {cell:<width$}", width = standing.name().len()).expect("writing to a string");
        }
        format!("{}\n", line.trim_end())
    };
    let mut matrix = format!("//! ```text\n{}", row("", ALL.map(|to| to.name().to_owned())));
    for (name, from, given) in rows {
        matrix.push_str(&row(name, ALL.map(|to| cell(&given, from, to))));
    }
    matrix.push_str("//! ```\n");
    assert!(include_str!("../machine.rs").contains(&matrix), "the module should show:\n{matrix}");
}
