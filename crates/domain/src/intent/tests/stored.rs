//! What is stored never changes: golden payloads, names, and the matrix of the documentation.

use super::*;

const GOLDEN: &[(&str, &str)] = &[
    ("intent.requested", include_str!("../golden/intent.requested.json")),
    ("intent.opened", include_str!("../golden/intent.opened.json")),
    ("intent.reached_terminal", include_str!("../golden/intent.reached_terminal.json")),
    ("intent.processing_started", include_str!("../golden/intent.processing_started.json")),
    ("intent.action_awaited", include_str!("../golden/intent.action_awaited.json")),
    ("intent.processed", include_str!("../golden/intent.processed.json")),
    ("intent.abandoned", include_str!("../golden/intent.abandoned.json")),
    ("intent.expired", include_str!("../golden/intent.expired.json")),
    ("intent.failed", include_str!("../golden/intent.failed.json")),
    ("intent.canceled", include_str!("../golden/intent.canceled.json")),
    ("intent.confirmation_required", include_str!("../golden/intent.confirmation_required.json")),
    ("intent.finished", include_str!("../golden/intent.finished.json")),
    ("intent.redescribed", include_str!("../golden/intent.redescribed.json")),
    ("intent.reaffirmed", include_str!("../golden/intent.reaffirmed.json")),
    ("intent.payment_named", include_str!("../golden/intent.payment_named.json")),
    ("intent.cancel_requested", include_str!("../golden/intent.cancel_requested.json")),
    ("intent.cancel_accepted", include_str!("../golden/intent.cancel_accepted.json")),
    ("intent.cancel_deferred", include_str!("../golden/intent.cancel_deferred.json")),
    ("intent.cancel_refused", include_str!("../golden/intent.cancel_refused.json")),
    ("intent.cancel_overtaken", include_str!("../golden/intent.cancel_overtaken.json")),
    ("intent.presumed_expired", include_str!("../golden/intent.presumed_expired.json")),
    ("intent.presumed_abandoned", include_str!("../golden/intent.presumed_abandoned.json")),
    ("intent.resolved", include_str!("../golden/intent.resolved.json")),
];

/// One event of every name.
fn events() -> Vec<Event> {
    let full = Moved {
        at: minute(1),
        said: Said { revision: Some(3), ..said(Some(minute(1)), "processed", "accredited") },
        profile: Profile { expires_at: Some(minute(15)), ..coffee() },
        outside_rule: true,
    };
    let bare = Moved {
        at: minute(2),
        said: said(None, "OPEN", ""),
        profile: Profile::default(),
        outside_rule: false,
    };
    let retold = Retold {
        at: minute(3),
        progress: Progress::AtTerminal,
        said: said(None, "ON_TERMINAL", ""),
        profile: Profile {
            terms: Some(Terms { currency: None, amount_minor: 1500, cash_out_minor: -200 }),
            ..Profile::default()
        },
    };
    let answered = CancelAnswered { at: minute(4), code: None };
    let refused = CancelAnswered { at: minute(4), code: Some("409".into()) };
    let requested = Requested {
        at: minute(0),
        generation: Generation::B,
        progress: Progress::Open,
        said: said(None, "OPEN", ""),
        profile: coffee(),
    };
    let (actor, reason) = ("ana".into(), "customer left".into());
    let asked = CancelRequested { at: minute(4), request: None, actor, reason };
    let resolution = Resolution {
        verdict: Verdict::Charged,
        payment: Some("9001".into()),
        actor: "ana".into(),
        reason: "seen on terminal".into(),
    };
    let named = PaymentNamed {
        at: minute(1),
        named: NamedPayment { payment: "7001".into(), kind: ResultKind::Payout },
    };
    vec![
        Event::Requested(requested),
        Event::Opened(bare.clone()),
        Event::ReachedTerminal(bare.clone()),
        Event::ProcessingStarted(bare.clone()),
        Event::ActionAwaited(bare.clone()),
        Event::Processed(bare.clone()),
        Event::Abandoned(bare.clone()),
        Event::Expired(bare.clone()),
        Event::Failed(bare.clone()),
        Event::Canceled(bare.clone()),
        Event::ConfirmationRequired(bare),
        Event::Finished(full),
        Event::Redescribed(retold.clone()),
        Event::Reaffirmed(Retold { profile: Profile::default(), ..retold }),
        Event::PaymentNamed(named),
        Event::CancelRequested(asked),
        Event::CancelAccepted(answered.clone()),
        Event::CancelDeferred(answered.clone()),
        Event::CancelRefused(refused),
        Event::CancelOvertaken(answered),
        Event::PresumedExpired(Presumed { at: minute(15) }),
        Event::PresumedAbandoned(Presumed { at: minute(59) }),
        Event::Resolved(Resolved { at: minute(5), resolution }),
    ]
}

#[test]
fn every_event_has_a_golden_payload_that_it_writes_and_reads() {
    let golden: Vec<_> = GOLDEN.iter().map(|(name, _)| *name).collect();
    assert_eq!(golden, Event::NAMES);
    let events = events();
    assert_eq!(names(&events), Event::NAMES);
    for (event, (name, payload)) in events.into_iter().zip(GOLDEN) {
        let payload = payload.trim_end();
        assert_eq!(event.payload(), payload, "{name}");
        assert_eq!(Event::from_payload(name, 1, payload).expect("golden payloads are read"), event, "{name}");
    }
}

#[test]
fn a_request_to_cancel_carries_the_name_of_its_order_and_the_first_ones_had_none() {
    let payload = include_str!("../golden/intent.cancel_requested.named.json").trim_end();
    let (request, actor, reason) = (Some("till-4".into()), "ana".into(), "customer left".into());
    let asked = Event::CancelRequested(CancelRequested { at: minute(4), request, actor, reason });
    assert_eq!(asked.payload(), payload);
    let read = Event::from_payload("intent.cancel_requested", 1, payload);
    assert_eq!(read.expect("golden payloads are read"), asked);
}

#[test]
fn the_documentation_shows_the_matrix_of_the_rules() {
    let mut matrix = String::new();
    let row = |matrix: &mut String, head: &str, cells: Vec<&str>| {
        write!(matrix, "//! {head:<22}").expect("a string takes all");
        for (cell, to) in cells.iter().zip(Progress::ALL) {
            write!(matrix, "| {cell:<width$} ", width = to.name().len()).expect("a string takes all");
        }
        matrix.truncate(matrix.trim_end().len());
        matrix.push('\n');
    };
    row(&mut matrix, "from \\ to", Progress::ALL.map(Progress::name).to_vec());
    for from in Progress::ALL {
        let cell = |to| match (from == to, from.leads_to(to)) {
            (true, _) => ".",
            (false, true) => "yes",
            (false, false) => "out",
        };
        row(&mut matrix, from.name(), Progress::ALL.map(cell).to_vec());
    }
    let source = include_str!("../transitions.rs");
    assert!(source.contains(&matrix), "the matrix is now:\n{matrix}");
}

#[test]
fn a_fact_that_cannot_follow_is_corrupt() {
    let open = hear(&[intent(Progress::Open)]).0;
    let finished = hear(&[intent(Progress::Finished)]).0;
    let illegal = |state: Option<&State>, event: &Event| {
        Intent::evolve(state.cloned(), event).expect_err("must not follow").to_string()
    };
    let [requested, opened] = [&events()[0], &events()[1]];
    assert_eq!(illegal(None, opened), "event `intent.opened` cannot follow state `none`");
    assert_eq!(illegal(Some(&open), requested), "event `intent.requested` cannot follow state `open`");
    assert_eq!(illegal(Some(&finished), opened), "event `intent.opened` cannot follow state `finished`");
    for event in &events()[16..] {
        let text = illegal(Some(&finished), event);
        assert!(text.ends_with("cannot follow state `finished`"), "{text}");
    }
}
