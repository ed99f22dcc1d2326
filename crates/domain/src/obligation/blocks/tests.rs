//! Each block counts, and each obligation once for a reason.

use super::*;
use crate::ids::PaymentId;
use crate::machine::Instant;
use crate::obligation::guard::Block;
use crate::obligation::state::{Answer, Attempt, Stage};
use crate::obligation::{AttemptBlocked, AttemptRequested, Instrument, Mark, Terms};
use crate::payment::Standing;

fn at() -> Instant {
    "2026-03-02T14:00:00Z".parse().expect("a literal instant")
}

fn instrument() -> Instrument {
    Instrument { method: "visa".into(), issuer: None, payer: None }
}

/// An obligation of 10.00 with what was not allowed, and where its payment stands.
fn state(reference: &str, blocked: &[Why], standing: Option<Standing>) -> State {
    let terms =
        Terms { mark: Mark::Reference(reference.into()), amount_minor: 1000, currency: Currency::ARS };
    let mut state = State::new(terms.clone());
    let block = |why| Block { why, until: None, payment: None, other: None, detail: None };
    state.blocked.extend(blocked.iter().map(|why| AttemptBlocked {
        at: at(),
        request: "b".into(),
        actor: "ana".into(),
        reason: None,
        terms: terms.clone(),
        instrument: instrument(),
        block: block(*why),
    }));
    if let Some(standing) = standing {
        let asked = AttemptRequested {
            at: at(),
            request: "a".into(),
            key: "k".into(),
            actor: "ana".into(),
            reason: None,
            terms,
            instrument: instrument(),
            token: None,
            installments: None,
            body: "x".into(),
        };
        let answer = Answer {
            at: at(),
            payment: Some(PaymentId::from("1")),
            standing,
            status: "s".into(),
            detail: "d".into(),
            rejection: None,
        };
        state
            .attempts
            .insert("a".into(), Attempt { asked, sent_at: at(), sends: 1, stage: Stage::Answered(answer) });
    }
    state
}

#[test]
fn blocks_are_counted_and_obligations_once_for_each_reason() {
    let mut tally = Tally::default();
    tally.add(&state("1", &[Why::TooSoon, Why::TooSoon, Why::AlreadyPaid], Some(Standing::Approved)));
    tally.add(&state("2", &[Why::TooSoon], Some(Standing::Rejected)));
    tally.add(&state("3", &[], Some(Standing::Approved)));
    let row = |why, count, obligations, amount_minor, paid| Blocks {
        why,
        currency: Currency::ARS,
        count,
        obligations,
        amount_minor,
        paid,
    };
    assert_eq!(tally.blocks(), [row(Why::AlreadyPaid, 1, 1, 1000, 1), row(Why::TooSoon, 3, 2, 2000, 1)]);
}
