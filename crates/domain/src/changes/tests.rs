//! What an answer makes of an order.

use super::*;

fn settle(outcome: Option<Settlement>, answer: &Answer, is_shown: bool) -> &'static str {
    let asked = Asked { asked: (), outcome };
    asked.settle(answer.clone(), is_shown).map_or("-", |settled| settled.name())
}

#[test]
fn every_answer_at_every_point_of_an_order() {
    let refused = || Settlement::Refused { code: "400".into() };
    let answers = [Answer::Accepted, Answer::Refused { code: "400".into() }, Answer::Missing, Answer::Looked];
    // A row: what is known of the order; then for each answer, what it makes of it when the newest statement shows
    // the old terms, and when it shows the new ones.
    let rows = [
        (None, ["ignored done", "refused refused", "unknown done", "undelivered done"]),
        (Some(Settlement::Unknown), ["ignored done", "refused refused", "- done", "undelivered done"]),
        (Some(Settlement::Undelivered), ["ignored done", "refused refused", "- done", "- done"]),
        (Some(Settlement::Ignored), ["- done", "- -", "- -", "- done"]),
        (Some(Settlement::Done), ["- -", "- -", "- -", "- -"]),
        (Some(refused()), ["- -", "- -", "- -", "- -"]),
    ];
    for (outcome, expect) in rows {
        let row = answers.each_ref().map(|answer| {
            let [hidden, shown] = [false, true].map(|shown| settle(outcome.clone(), answer, shown));
            format!("{hidden} {shown}")
        });
        assert_eq!(row, expect, "{outcome:?}");
    }
}

#[test]
fn one_order_is_open_at_a_time_and_a_name_is_taken_once() {
    let (first, second) = (Text::from("first"), Text::from("second"));
    let mut changes = Changes::default();
    assert!(changes.ask(first.clone(), 1));
    assert!(!changes.ask(second.clone(), 2), "the first is under way");
    assert!(changes.settle(&first, &Settlement::Unknown));
    assert!(!changes.ask(second.clone(), 2), "nobody knows the end of the first");
    assert!(changes.settle(&first, &Settlement::Undelivered));
    assert!(!changes.ask(first.clone(), 1), "the name is taken");
    assert!(changes.ask(second.clone(), 2));
    assert_eq!(changes.open().map(|(request, _)| request), Some(&second));
    assert!(changes.settle(&second, &Settlement::Done));
    assert!(!changes.settle(&second, &Settlement::Ignored), "it is done");
    assert!(!changes.settle(&Text::from("third"), &Settlement::Done), "nobody ordered it");
}
