//! Stored payloads never change shape: one golden file per event.

use std::collections::BTreeSet;

use super::*;
use crate::payment::{
    Amount, Approved, Booking, ChargesReturned, Opened, OrderApproved, OrderDeclined, OrderRefused, Ordered,
    Reaffirmed, Redescribed, RefundAnswered, RefundForetold, RefundNamed, RefundsAccumulated, Rejected,
    Released, Requested, SaleBooked, Stood,
};
use crate::rejection::RejectionTable;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/payment/golden");

fn said() -> Said {
    Said { updated_at: Some(day(5)), status: "charged_back".into(), detail: "settled".into() }
}

fn stood(outside_rule: bool) -> Stood {
    Stood { at: day(5), said: said(), known_words: true, outside_rule }
}

fn full_profile() -> Profile {
    Profile {
        operation: Operation::Subscription,
        reference: Some("order-7".into()),
        method: "visa".into(),
        method_type: "credit_card".into(),
        installments: 3,
        device: Some("PAX_A910__SMARTPOS1".into()),
        preapproval: Some("2c938084726fca480172750000000000".into()),
        created_at: Some(day(1)),
        approved_at: Some(day(4)),
        expires_at: Some(day(31)),
        release_at: Some(day(22)),
    }
}

fn booking(ordinal: u32) -> Booking {
    Booking { at: day(4), ordinal, operation: Operation::Sale, terms: told(5, Standing::Approved).terms }
}

fn sale(ordinal: u32) -> SaleBooked {
    SaleBooked { at: day(4), sale: booking(ordinal) }
}

fn amount(ordinal: u32) -> Amount {
    Amount { at: day(7), ordinal, currency: Currency::ARS, amount_minor: 6_000 }
}

fn charges(ordinal: u32) -> ChargesReturned {
    let charges = fee();
    ChargesReturned { at: day(7), ordinal, currency: Currency::ARS, charges }
}

fn ordered(request: &str, reason: &str, amount_minor: Option<i64>) -> Ordered {
    let (is_whole, is_held) = (false, false);
    let (request, actor, reason) = (request.into(), "ana".into(), reason.into());
    Ordered { at: day(9), request, actor, reason, amount_minor, is_whole, is_held }
}

fn refused(request: &str, code: &str, amount_minor: Option<i64>) -> OrderRefused {
    let (request, actor, code) = (request.into(), "provider".into(), code.into());
    OrderRefused { at: day(9), request, actor, code, amount_minor }
}

fn held(ordered: Ordered) -> Ordered {
    Ordered { is_whole: true, is_held: true, ..ordered }
}

fn rejected() -> Rejected {
    let rejection = RejectionTable::builtin().classify("rejected", "cc_rejected_call_for_authorize");
    Rejected { at: day(5), said: said(), known_words: false, outside_rule: false, rejection }
}

fn fee() -> Vec<Charge> {
    vec![charge("fee", ChargeKind::Processing, 400)]
}

/// One of each event, in the order of the enum.
fn examples() -> Vec<Event> {
    [standings(), bookings(), tellings(), orders()].concat()
}

fn standings() -> Vec<Event> {
    let (awaiting, approved) = (told(2, Standing::AwaitingPayer), told(5, Standing::Approved));
    vec![
        Event::Opened(Opened {
            at: day(1),
            said: awaiting.said,
            known_words: true,
            terms: awaiting.terms,
            returned: fee(),
            profile: awaiting.profile,
        }),
        Event::PlacedInReview(stood(false)),
        Event::AwaitedPayer(stood(true)),
        Event::Authorized(stood(false)),
        Event::Captured(stood(false)),
        Event::Approved(Approved {
            at: day(4),
            said: approved.said,
            known_words: true,
            outside_rule: true,
            sale: Some(booking(0)),
        }),
        Event::Reinstated(stood(true)),
        Event::Rejected(rejected()),
        Event::Cancelled(stood(false)),
        Event::Expired(stood(false)),
        Event::DisputeOpened(stood(false)),
        Event::DisputeClosed(stood(false)),
        Event::FullyRefunded(stood(false)),
        Event::ChargebackOpened(stood(false)),
        Event::ChargebackLost(stood(false)),
        Event::ChargebackReimbursed(stood(true)),
    ]
}

fn bookings() -> Vec<Event> {
    vec![
        Event::Restated(sale(1)),
        Event::SaleReversed(sale(0)),
        Event::LossBooked(amount(0)),
        Event::LossReversed(amount(0)),
        Event::ChargesReturned(charges(1)),
        Event::ChargesReturnReversed(charges(0)),
        Event::RefundUnidentified(amount(2)),
        Event::RefundIdentified(amount(2)),
    ]
}

fn tellings() -> Vec<Event> {
    let release = Release {
        row: "9c56cc51".into(),
        way: ReleaseWay::Moved,
        word: "payment".into(),
        amount_minor: 9_500,
        currency: Currency::ARS,
        at: day(22),
    };
    vec![
        Event::RefundsAccumulated(RefundsAccumulated { at: day(6), total_minor: 4_000 }),
        Event::RefundNamed(RefundNamed { at: day(6), mention: given_back("r1", 4_000) }),
        Event::RefundForetold(RefundForetold {
            at: day(6),
            currency: Currency::ARS,
            mention: refund("r1", 4_000, RefundStanding::InProcess),
        }),
        Event::Released(Released { at: day(22), release }),
        Event::Redescribed(Redescribed {
            at: day(5),
            profile: full_profile(),
            terms: dearer(told(5, Standing::Approved)).terms,
            returned: fee(),
        }),
        Event::Reaffirmed(Reaffirmed { at: day(5), said: said(), known_words: true }),
    ]
}

fn orders() -> Vec<Event> {
    vec![
        Event::RefundRequested(ordered("unnamed", "returned goods", Some(4_000))),
        Event::RefundRefused(refused("unnamed", "2024", Some(4_000))),
        Event::RefundAnswered(RefundAnswered { at: day(9), request: "r-7".into(), refund: "r1".into() }),
        Event::CancelRequested(ordered("unnamed", "ordered twice", None)),
        Event::CancelRefused(refused("c-7", "2018", None)),
        Event::CaptureRequested(ordered("unnamed", "shipped", Some(9_000))),
        Event::CaptureRefused(refused("c-8", "2077", Some(9_000))),
        Event::OrderApproved(OrderApproved { at: day(9), request: "r-7".into(), actor: "luz".into() }),
        Event::OrderDeclined(OrderDeclined {
            at: day(9),
            request: "r-7".into(),
            actor: "luz".into(),
            reason: "not our fault".into(),
        }),
        Event::PresumedExpired(Requested {
            at: day(9),
            actor: "clock".into(),
            reason: "unconfirmed past its life".into(),
            amount_minor: None,
        }),
    ]
}

/// Shapes that came later: a payload as it is written today, under the name of its file.
fn later() -> Vec<(&'static str, Event)> {
    let mention = RefundMention { order: Some("r-7".into()), ..given_back("r1", 4_000) };
    vec![
        (
            "payment.refund_requested.named",
            Event::RefundRequested(ordered("r-7", "returned goods", Some(4_000))),
        ),
        (
            "payment.refund_requested.held",
            Event::RefundRequested(held(ordered("r-7", "returned goods", Some(4_000)))),
        ),
        ("payment.refund_refused.named", Event::RefundRefused(refused("r-7", "2024", Some(4_000)))),
        ("payment.cancel_requested.named", Event::CancelRequested(ordered("c-7", "ordered twice", None))),
        (
            "payment.capture_requested.named",
            Event::CaptureRequested(held(ordered("c-8", "shipped", Some(9_000)))),
        ),
        ("payment.refund_named.ordered", Event::RefundNamed(RefundNamed { at: day(6), mention })),
    ]
}

/// Each example with the name of its file.
fn files() -> Vec<(&'static str, Event)> {
    examples().into_iter().map(|event| (event.name(), event)).chain(later()).collect()
}

#[test]
fn every_name_has_an_example_and_a_file_and_no_file_is_extra() {
    let names: Vec<_> = examples().iter().map(Event::name).collect();
    assert_eq!(names, Event::NAMES);
    let stored: BTreeSet<_> = std::fs::read_dir(FOLDER)
        .expect("the folder of golden files")
        .map(|file| file.expect("a golden file").file_name().into_string().expect("a name in ASCII"))
        .collect();
    assert_eq!(stored, files().iter().map(|(file, _)| format!("{file}.json")).collect());
}

#[test]
fn every_payload_is_its_golden_file_and_reads_back() {
    for (file, event) in files() {
        let path = format!("{FOLDER}/{file}.json");
        let stored = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(event.payload(), stored.trim_end(), "{file}");
        let read = Event::from_payload(event.name(), event.version(), &stored).expect("a golden file reads");
        assert_eq!(read, event);
    }
}

#[test]
fn another_version_of_a_payload_is_unknown() {
    let read = Event::from_payload("payment.approved", 2, "{}");
    assert_eq!(
        read.expect_err("no such version").to_string(),
        "no event is called `payment.approved` in version 2"
    );
}
