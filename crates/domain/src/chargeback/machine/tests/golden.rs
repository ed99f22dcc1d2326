//! Stored payloads never change shape: one golden file per event.

use super::{case, day};
use crate::chargeback::{Event, Opened, PaymentsNamed, Reaffirmed, Redescribed, Stood};
use crate::event::Event as _;
use crate::ids::PaymentId;

fn examples() -> Vec<Event> {
    let payments = || ["11", "22"].map(PaymentId::from).to_vec();
    let stood = |outside_rule| Stood { at: day(9), updated_at: Some(day(9)), outside_rule };
    vec![
        Event::Opened(Opened {
            at: day(2),
            updated_at: Some(day(3)),
            case: case(1500),
            payments: payments(),
        }),
        Event::DocumentationRequested(stood(false)),
        Event::DocumentationSent(stood(false)),
        Event::DocumentationMissed(stood(false)),
        Event::Covered(stood(false)),
        Event::Lost(Stood { at: day(20), updated_at: None, outside_rule: true }),
        Event::Reopened(stood(true)),
        Event::Redescribed(Redescribed { at: day(9), updated_at: Some(day(9)), case: case(700) }),
        Event::Reaffirmed(Reaffirmed { at: day(9), updated_at: Some(day(9)) }),
        Event::PaymentsNamed(PaymentsNamed { at: day(9), payments: payments() }),
    ]
}

pub(super) fn example(name: &str) -> Event {
    examples().into_iter().find(|event| event.name() == name).expect("an example of every name")
}

fn golden(name: &str) -> String {
    let path = format!("{}/src/chargeback/golden/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    text.trim_end().to_owned()
}

#[test]
fn every_name_has_an_example() {
    let names: Vec<_> = examples().iter().map(Event::name).collect();
    assert_eq!(names, Event::NAMES);
}

#[test]
fn every_payload_is_its_golden_file_and_reads_back() {
    for event in examples() {
        let stored = golden(event.name());
        assert_eq!(event.payload(), stored, "{}", event.name());
        let read = Event::from_payload(event.name(), event.version(), &stored).expect("a golden file reads");
        assert_eq!(read, event);
    }
}
