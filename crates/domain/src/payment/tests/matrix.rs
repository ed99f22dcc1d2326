//! The matrices in the documentation of the machine are what the machine does.

use std::fmt::Write as _;

use super::ordering::{answered, cancel, ordered, ordered_under, refund_as, refused, under};
use super::*;
use crate::payment::Stage;

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

/// What is told of an order, in the order of the columns.
const TOLD: [&str; 6] = ["approve", "decline", "refused", "answered", "named", "shown"];

/// Every amount waits for a second person.
fn strict() -> Rules {
    Rules { approval_above: [(Currency::ARS, 0)].into(), ..Rules::default() }
}

/// A payment with an order `o` at a stage: a refund, or a cancellation, which a standing shows.
fn at_stage(stage: &str, is_refund: bool) -> Option<State> {
    let standing = if is_refund { Standing::Approved } else { Standing::Authorized };
    let order = if is_refund { refund_as("o", Some(4_000)) } else { cancel("o") };
    let told = known(&[says(5, standing)]);
    let held = || ordered_under(&strict(), told.clone(), order.clone(), day(6));
    let open = || ordered(told.clone(), order.clone(), day(6));
    match stage {
        "held" => held(),
        "open" => open(),
        "done" if is_refund => ordered(open(), answered("o", "x"), day(6)),
        "done" => tell(open(), &says(7, Standing::Cancelled)).0,
        "refused" => ordered(open(), refused("o"), day(6)),
        "declined" => ordered(held(), decline(), day(6)),
        _ => panic!("{stage} is no stage"),
    }
}

fn decline() -> Command {
    Command::DeclineOrder { request: "o".into(), actor: "luz".into(), reason: "not our fault".into() }
}

fn stage_of(state: Option<&State>) -> &Stage {
    let known = state.and_then(State::known).expect("the payment is described");
    &known.asked.orders["o"].stage
}

/// Where the machine takes an order, `=` when it leaves it there, or the reason of its refusal.
fn taken(stage: &str, told: &str) -> String {
    let before = at_stage(stage, told != "shown");
    assert_eq!(stage_of(before.as_ref()).name(), stage);
    let command = match told {
        "approve" => {
            Command::ApproveOrder { request: "o".into(), funds: Funds::Unchecked, actor: "eva".into() }
        }
        "decline" => {
            Command::DeclineOrder { request: "o".into(), actor: "eva".into(), reason: "not our fault".into() }
        }
        "refused" => refused("o"),
        "answered" => answered("o", "x"),
        "named" => Command::Observe(seen(RefundMention {
            order: Some("o".into()),
            ..refund("x", 4_000, RefundStanding::InProcess)
        })),
        "shown" => Command::Observe(says(9, Standing::Cancelled)),
        told => panic!("{told} is no column"),
    };
    if let Err(refusal) = under(&strict(), before.as_ref(), command.clone(), day(8)) {
        return refusal.reason().to_owned();
    }
    let after = ordered_under(&strict(), before.clone(), command, day(8));
    let (before, after) = (stage_of(before.as_ref()), stage_of(after.as_ref()));
    if before == after { "=".to_owned() } else { after.name().to_owned() }
}

#[test]
fn the_matrix_of_orders_in_the_documentation_is_what_the_machine_does() {
    let row = |head: &str, cells: [String; 6]| {
        let cells: String = cells.iter().map(|cell| format!(" {cell:<9}")).collect();
        format!("//! {head:<9}{}\n", cells.trim_end())
    };
    let mut matrix = format!("//! ```text\n{}", row("", TOLD.map(str::to_owned)));
    for stage in ["held", "open", "done", "refused", "declined"] {
        matrix += &row(stage, TOLD.map(|told| taken(stage, told)));
    }
    matrix.push_str("//! ```\n");
    assert!(include_str!("../machine.rs").contains(&matrix), "the module should show:\n{matrix}");
}
