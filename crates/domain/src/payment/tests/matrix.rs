//! The matrix in the documentation of the machine is what the machine does.

use std::fmt::Write as _;

use super::*;

/// Whether a newer statement of `to` after one of `from` is marked by the machine.
fn is_marked(from: Standing, to: Standing) -> bool {
    let (_, decided) = tell(known(&[says(5, from)]), &says(6, to));
    let events = decided.expect("no standing is refused");
    events.iter().any(|event| line(event).contains("outside_rule"))
}

fn mark(from: Standing, to: Standing) -> char {
    let mark = if from == to {
        '='
    } else if from.next().contains(&to) {
        '.'
    } else if from.leads_to(to) {
        '*'
    } else {
        '!'
    };
    assert_eq!(is_marked(from, to), mark == '!', "{from:?} to {to:?}");
    mark
}

#[test]
fn the_matrix_in_the_documentation_is_what_the_machine_does() {
    let letters = || ('a'..='z').zip(Standing::ALL);
    let mut matrix = format!("//! ```text\n//! {:<23}", "");
    for (letter, _) in letters() {
        write!(matrix, " {letter}").expect("writing to a string");
    }
    for (letter, from) in letters() {
        write!(matrix, "\n//! {letter} {:<21}", from.name()).expect("writing to a string");
        for to in Standing::ALL {
            write!(matrix, " {}", mark(from, to)).expect("writing to a string");
        }
    }
    matrix.push_str("\n//! ```\n");
    assert!(include_str!("../machine.rs").contains(&matrix), "the module should show:\n{matrix}");
}

#[test]
fn the_list_of_standings_is_in_the_order_of_their_rank() {
    let mut sorted = Standing::ALL;
    sorted.sort();
    assert_eq!(sorted, Standing::ALL);
}
