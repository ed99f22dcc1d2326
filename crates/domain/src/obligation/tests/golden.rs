//! What is stored can always be read.

use super::*;
use crate::event::Event as _;
use crate::rejection::{RejectionClass, Retry};

fn events() -> [(Event, &'static str); 6] {
    let payer = Instrument { payer: Some("9f86d081884c7d65".into()), ..visa() };
    let asked = Wanted { reason: Some("by telephone".into()), instrument: payer, ..wanted("a") };
    let soon = Block {
        until: Some(at(86_400)),
        payment: Some("129000000009".into()),
        other: Some("a".into()),
        detail: Some("cc_rejected_insufficient_amount".into()),
        ..no(Why::TooSoon)
    };
    let answered = AttemptAnswered {
        at: at(1),
        request: "a".into(),
        payment: Some("129000000009".into()),
        standing: Standing::Rejected,
        status: "rejected".into(),
        detail: "cc_rejected_insufficient_amount".into(),
        rejection: Some(Rejection {
            class: RejectionClass::Issuer,
            action: "add_funds".into(),
            retry: Retry::Later(24),
            table: 1,
        }),
    };
    [
        (requested(0, &asked), include_str!("../golden/obligation.attempt_requested.json")),
        (
            Event::AttemptRepeated(AttemptRepeated { at: at(9), request: "a".into() }),
            include_str!("../golden/obligation.attempt_repeated.json"),
        ),
        (blocked(2, &wanted("b"), soon), include_str!("../golden/obligation.attempt_blocked.json")),
        (Event::AttemptAnswered(answered), include_str!("../golden/obligation.attempt_answered.json")),
        (
            Event::AttemptRefused(AttemptRefused { at: at(1), request: "a".into(), code: "2006".into() }),
            include_str!("../golden/obligation.attempt_refused.json"),
        ),
        (
            Event::AttemptLost(AttemptLost { at: at(86_400), request: "a".into() }),
            include_str!("../golden/obligation.attempt_lost.json"),
        ),
    ]
}

#[test]
fn every_event_is_stored_as_its_golden_file() {
    let golden = events();
    let names: Vec<_> = golden.iter().map(|(event, _)| event.name()).collect();
    assert_eq!(names, Event::NAMES, "every event has a golden file");
    for (event, text) in golden {
        assert_eq!(event.payload(), text.trim_end(), "{}", event.name());
        let read = Event::from_payload(event.name(), 1, text).expect("a golden file is readable");
        assert_eq!(read, event);
    }
}

#[test]
fn what_is_not_known_is_not_stored() {
    let bare = Wanted {
        token: None,
        installments: None,
        instrument: Instrument { issuer: None, ..visa() },
        ..wanted("a")
    };
    let payload = requested(0, &bare).payload();
    for absent in ["reason", "issuer", "payer", "token"] {
        assert!(!payload.contains(&format!(r#""{absent}""#)), "{absent}: {payload}");
    }
    let stored = Event::from_payload("obligation.attempt_requested", 1, &payload).expect("it is readable");
    assert_eq!(stored, requested(0, &bare));
}
