//! The matrix in the module's documentation is what the code does.

use std::fmt::Write;

use super::{check, on};
use crate::chargeback::{Event, Standing};

#[test]
fn the_documented_matrix_is_the_real_one() {
    let documented: Vec<&str> = include_str!("../../machine.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("//! "))
        .skip_while(|line| !line.starts_with("from \\ to"))
        .take_while(|line| !line.starts_with("```"))
        .map(str::trim_end)
        .collect();
    let real = render();
    assert_eq!(documented, real.lines().collect::<Vec<_>>(), "\n{real}");
}

fn render() -> String {
    let mut table = format!("{:<24}", "from \\ to");
    for to in Standing::ALL {
        write!(table, " | {}", to.name()).expect("writing to text");
    }
    for from in std::iter::once(None).chain(Standing::ALL.map(Some)) {
        let name = from.map_or("-", Standing::name);
        write!(table, "\n{name:<24}").expect("writing to text");
        for to in Standing::ALL {
            write!(table, " | {:<1$}", way(from, to), to.name().len()).expect("writing to text");
        }
        table.truncate(table.trim_end().len());
    }
    table
}

/// What deciding does with a newer statement of another standing.
fn way(from: Option<Standing>, to: Standing) -> &'static str {
    if from == Some(to) {
        return ".";
    }
    let tellings: Vec<_> = from.map(|from| on(3, from)).into_iter().chain([on(4, to)]).collect();
    let outside = check(&tellings).1.expect("every way is taken").iter().any(|event| match event {
        Event::DocumentationRequested(stood)
        | Event::DocumentationSent(stood)
        | Event::DocumentationMissed(stood)
        | Event::Covered(stood)
        | Event::Lost(stood)
        | Event::Reopened(stood) => stood.outside_rule,
        Event::Opened(_) | Event::Redescribed(_) | Event::Reaffirmed(_) | Event::PaymentsNamed(_) => false,
    });
    if outside { "out" } else { "yes" }
}
