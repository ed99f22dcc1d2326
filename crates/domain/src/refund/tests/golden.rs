//! Stored payloads never change shape: one golden file per event.

use std::collections::BTreeSet;

use super::*;
use crate::refund::{ChargeReturned, Stood};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/refund/golden");

/// One of each event, in the order of the enum.
fn examples() -> Vec<Event> {
    let stood = |ordinal| Stood { at: day(6), terms: terms(4_000, 6), ordinal };
    let back = |ordinal| ChargeReturned { at: day(7), ordinal, returned: returned("fee", 98, 7) };
    vec![
        Event::Opened(stood(0)),
        Event::Approved(stood(0)),
        Event::Rejected(stood(0)),
        Event::Cancelled(stood(0)),
        Event::Reversed(stood(1)),
        Event::ChargeReturned(back(0)),
        Event::ChargeReturnReversed(back(1)),
    ]
}

pub(super) fn example(name: &str) -> Event {
    examples().into_iter().find(|event| event.name() == name).expect("an example of every name")
}

#[test]
fn every_name_has_an_example_and_a_file_and_no_file_is_extra() {
    let names: Vec<_> = examples().iter().map(Event::name).collect();
    assert_eq!(names, Event::NAMES);
    let files: BTreeSet<_> = std::fs::read_dir(FOLDER)
        .expect("the folder of golden files")
        .map(|file| file.expect("a golden file").file_name().into_string().expect("a name in ASCII"))
        .collect();
    assert_eq!(files, names.iter().map(|name| format!("{name}.json")).collect());
}

#[test]
fn every_payload_is_its_golden_file_and_reads_back() {
    for event in examples() {
        let path = format!("{FOLDER}/{}.json", event.name());
        let stored = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(event.payload(), stored.trim_end(), "{}", event.name());
        let read = Event::from_payload(event.name(), event.version(), &stored).expect("a golden file reads");
        assert_eq!(read, event);
    }
}
