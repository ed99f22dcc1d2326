//! Every short walk of attempts and answers: one thing that is owed is never charged twice.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::*;

/// Attempts by three names, and what may become of them. `c` is by another method and searched for long after.
fn alphabet() -> Vec<Command> {
    let other = Wanted { instrument: master(), token: None, ..wanted("c") };
    let mut letters = vec![asking(wanted("a")), asking(wanted("b")), asking(other)];
    for name in ["a", "c"] {
        let payment = format!("payment-of-{name}");
        letters.push(answering(name, &payment, Standing::Approved, "approved", "accredited"));
        letters.push(answering(name, &payment, Standing::Rejected, "rejected", "bank_error"));
    }
    letters.push(refusing("a"));
    letters.push(Command::Repeat { request: "a".into(), sends: 1 });
    letters.push(asking(Wanted { twins: vec![twin("foreign", Standing::Approved)], ..wanted("a") }));
    letters
}

#[test]
fn every_walk_keeps_what_was_told_and_opens_one_attempt_at_a_time() {
    let rules = Rules::default();
    walks::each(&alphabet(), 5, &mut |walk| {
        let mut state: Option<State> = None;
        let mut told: BTreeMap<Text, Standing> = BTreeMap::new();
        let mut open: Option<Text> = None;
        for (step, command) in (0..).zip(walk) {
            // Two days a step: what is open may be taken as lost, and no advice to wait stands any more.
            let context = Context { now: at(step * 2 * 24 * 3600), rules: &rules };
            let is_paid = told.values().any(|standing| *standing == Standing::Approved);
            let (next, decided) = walks::step::<Obligation>(state, command, &context);
            state = next;
            let Ok(events) = decided else { continue };
            for event in &events {
                match event {
                    Event::AttemptRequested(e) => {
                        assert!(!is_paid, "what is paid is not charged again: {walk:?}");
                        assert_eq!(open.replace(e.request.clone()), None, "one at a time: {walk:?}");
                    }
                    Event::AttemptRepeated(e) => {
                        assert!(!is_paid && open.as_ref() == Some(&e.request), "only what is open: {walk:?}");
                    }
                    Event::AttemptBlocked(_) => {}
                    Event::AttemptAnswered(e) => {
                        told.insert(e.request.clone(), e.standing);
                        open.take_if(|open| *open == e.request);
                    }
                    Event::AttemptRefused(AttemptRefused { request, .. })
                    | Event::AttemptLost(AttemptLost { request, .. }) => {
                        assert_eq!(open.take().as_ref(), Some(request), "{walk:?}");
                    }
                }
            }
            // Nothing that was told is dropped.
            if let Command::RecordAnswer { request, standing, .. } = command {
                let state = state.as_ref().expect("an answer follows an attempt");
                let Stage::Answered(answer) = &state.attempts[request].stage else { panic!("{walk:?}") };
                assert_eq!(answer.standing, *standing, "{walk:?}");
            }
        }
        let kept = state.as_ref().and_then(|state| state.open()).map(|open| open.asked.request.clone());
        assert_eq!(kept, open, "{walk:?}");
    });
}

/// An attempt of each stage, by what leads there.
fn stages() -> [(&'static str, Vec<(i64, Command)>); 5] {
    let day = 24 * 3600;
    let other = Wanted { instrument: master(), token: None, ..wanted("b") };
    let asked = (0, asking(wanted("a")));
    [
        ("none", vec![]),
        ("open", vec![asked.clone()]),
        ("answered", vec![asked.clone(), (1, rejected("a", "bank_error"))]),
        ("refused", vec![asked.clone(), (1, refusing("a"))]),
        (
            "lost",
            vec![
                asked,
                (day, asking(other)),
                (day + 1, Command::RecordRefusal { request: "b".into(), code: "1".into(), sends: 1 }),
            ],
        ),
    ]
}

#[test]
fn the_matrix_in_the_documentation_is_what_the_machine_does() {
    let later = 3 * 24 * 3600;
    let other = || asking(Wanted { instrument: master(), token: None, ..wanted("c") });
    let approved = || answering("a", "1", Standing::Approved, "approved", "accredited");
    let mut matrix = format!(
        "//! {:<10} {:<11} {:<11} {:<11} {:<11} lost",
        "", "requested", "repeated", "answered", "refused"
    );
    for (name, given) in stages() {
        let mark = |command: Command, of: &str| match decide(&given, later, command) {
            Ok(events) if events.iter().any(|event| crate::event::Event::name(event).ends_with(of)) => 'x',
            Ok(_) => '.',
            Err(_) => '!',
        };
        let lost = if name == "none" { '!' } else { mark(other(), "_lost") };
        let marks = [
            mark(asking(wanted("a")), "_requested"),
            mark(Command::Repeat { request: "a".into(), sends: 1 }, "_repeated"),
            mark(approved(), "_answered"),
            mark(refusing("a"), "_refused"),
        ];
        let [requested, repeated, answered, refused] = marks;
        write!(matrix, "\n//! {name:<10} {requested:<11} {repeated:<11} {answered:<11} {refused:<11} {lost}")
            .expect("writing to a string");
    }
    let matrix = format!("//! ```text\n{matrix}\n//! ```\n");
    assert!(include_str!("../machine.rs").contains(&matrix), "the module should show:\n{matrix}");
}
