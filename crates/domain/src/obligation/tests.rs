//! One thing that is owed is charged once.

use super::guard::{Block, Why};
use super::machine::{Obligation, Refusal};
use super::state::{Stage, State};
use super::*;
use crate::machine::{Context, IllegalEvent, Machine, fold};
use crate::rules::Rules;
use crate::walks;

mod advice;
mod golden;
mod repeats;
mod table;
mod walking;

/// When the first attempt was asked for.
const START: &str = "2026-03-02T14:00:00Z";

fn at(seconds: i64) -> Instant {
    START.parse::<Instant>().expect("a literal instant") + chrono::TimeDelta::seconds(seconds)
}

fn terms() -> Terms {
    Terms { mark: Mark::Reference("till-4-0017".into()), amount_minor: 10_050, currency: Currency::ARS }
}

fn visa() -> Instrument {
    Instrument { method: "visa".into(), issuer: Some("310".into()), payer: None }
}

fn master() -> Instrument {
    Instrument { method: "master".into(), ..visa() }
}

/// An attempt by Visa with a token of its own, which was made when the first attempt was.
fn wanted(request: &str) -> Wanted {
    Wanted {
        request: request.into(),
        key: format!("key-of-{request}").into(),
        actor: "ana".into(),
        reason: None,
        terms: terms(),
        instrument: visa(),
        token: Some(Token { digest: format!("token-of-{request}").into(), made_at: at(0), spent_by: None }),
        installments: Some(3),
        body: format!("body-of-{request}").into(),
        twins: vec![],
        was_searched: true,
    }
}

fn asking(wanted: Wanted) -> Command {
    Command::Request(Box::new(wanted))
}

fn answering(request: &str, payment: &str, standing: Standing, status: &str, detail: &str) -> Command {
    let payment = Some(PaymentId::from(payment));
    let (status, detail) = (status.into(), detail.into());
    Command::RecordAnswer { request: request.into(), payment, standing, status, detail, since: None }
}

fn rejected(request: &str, detail: &str) -> Command {
    answering(request, "1", Standing::Rejected, "rejected", detail)
}

fn refusing(request: &str) -> Command {
    Command::RecordRefusal { request: request.into(), code: "2006".into(), sends: 1 }
}

/// What was told before, each at its own second.
fn state_after(given: &[(i64, Command)]) -> Option<State> {
    let rules = Rules::default();
    given.iter().fold(None, |state, (second, command)| {
        let context = Context { now: at(*second), rules: &rules };
        let (next, decided) = walks::step::<Obligation>(state, command, &context);
        assert!(decided.is_ok(), "{decided:?}");
        next
    })
}

fn decide(given: &[(i64, Command)], second: i64, command: Command) -> Result<Vec<Event>, Refusal> {
    let rules = Rules::default();
    let state = state_after(given);
    Obligation::decide(state.as_ref(), command, &Context { now: at(second), rules: &rules })
}

fn check(given: &[(i64, Command)], second: i64, command: Command, expect: Result<Vec<Event>, Refusal>) {
    assert_eq!(decide(given, second, command), expect);
}

/// What the guard says to an attempt; `None` when it is made.
#[track_caller]
fn block(given: &[(i64, Command)], second: i64, wanted: Wanted) -> Option<Block> {
    match decide(given, second, asking(wanted)).expect("a block is no refusal").as_slice() {
        [Event::AttemptRequested(_)] => None,
        [Event::AttemptBlocked(blocked)] => Some(blocked.block.clone()),
        other => panic!("neither made nor blocked: {other:?}"),
    }
}

fn why(given: &[(i64, Command)], second: i64, wanted: Wanted) -> Option<(Why, Option<Instant>)> {
    block(given, second, wanted).map(|block| (block.why, block.until))
}

fn requested(second: i64, wanted: &Wanted) -> Event {
    let Wanted { request, key, actor, reason, terms, instrument, token, installments, body, .. } =
        wanted.clone();
    let token = token.map(|token| token.digest);
    let at = at(second);
    Event::AttemptRequested(AttemptRequested {
        at,
        request,
        key,
        actor,
        reason,
        terms,
        instrument,
        token,
        installments,
        body,
    })
}

fn blocked(second: i64, wanted: &Wanted, block: Block) -> Event {
    let Wanted { request, actor, reason, terms, instrument, .. } = wanted.clone();
    Event::AttemptBlocked(AttemptBlocked { at: at(second), request, actor, reason, terms, instrument, block })
}

fn no(why: Why) -> Block {
    Block { why, until: None, payment: None, other: None, detail: None }
}

fn twin(payment: &str, standing: Standing) -> Twin {
    Twin { payment: payment.into(), standing }
}

#[test]
fn an_attempt_is_a_fact_with_its_key_before_anything_is_sent() {
    check(&[], 0, asking(wanted("a")), Ok(vec![requested(0, &wanted("a"))]));
}

#[test]
fn the_same_attempt_again_writes_nothing_and_keeps_its_key() {
    let given = [(0, asking(wanted("a")))];
    check(&given, 9, asking(Wanted { key: "another".into(), ..wanted("a") }), Ok(vec![]));
    // Also under another name, as long as nobody knows the end of it.
    let renamed = Wanted { body: "body-of-a".into(), ..wanted("b") };
    check(&given, 9, asking(renamed), Ok(vec![]));
}

#[test]
fn another_attempt_waits_for_one_that_is_open() {
    let given = [(0, asking(wanted("a")))];
    let expect = Block { other: Some("a".into()), ..no(Why::TwinPending) };
    check(&given, 9, asking(wanted("b")), Ok(vec![blocked(9, &wanted("b"), expect)]));
}

#[test]
fn the_name_of_an_attempt_is_not_another_ones() {
    let other = Wanted { body: "other".into(), ..wanted("a") };
    let taken = Refusal::RequestTaken { request: "a".into() };
    assert_eq!(taken.reason(), "request_taken");
    check(&[(0, asking(wanted("a")))], 9, asking(other.clone()), Err(taken.clone()));
    let answered = [(0, asking(wanted("a"))), (1, rejected("a", "cc_rejected_other_reason"))];
    check(&answered, 9, asking(other), Err(taken));
}

#[test]
fn what_is_paid_or_may_still_be_paid_is_not_charged_again() {
    let cases = [
        (Standing::Approved, Some(Why::AlreadyPaid)),
        (Standing::Authorized, Some(Why::AlreadyPaid)),
        (Standing::Disputed, Some(Why::AlreadyPaid)),
        (Standing::ChargebackOpen, Some(Why::AlreadyPaid)),
        (Standing::ChargebackReimbursed, Some(Why::AlreadyPaid)),
        (Standing::AwaitingPayer, Some(Why::TwinPending)),
        (Standing::InReview, Some(Why::TwinPending)),
        (Standing::Cancelled, None),
        (Standing::Expired, None),
        (Standing::Refunded, None),
        (Standing::ChargebackLost, None),
    ];
    for (standing, expect) in cases {
        let given = [(0, asking(wanted("a"))), (1, answering("a", "77", standing, "status", "detail"))];
        let own = block(&given, 3_600, wanted("b"));
        assert_eq!(own.as_ref().map(|block| block.why), expect, "{standing:?}");
        assert_eq!(own.and_then(|block| block.payment), expect.map(|_| "77".into()), "{standing:?}");
        let found = Wanted { twins: vec![twin("78", standing)], ..wanted("b") };
        let foreign = block(&[], 0, found);
        assert_eq!(foreign.as_ref().map(|block| block.why), expect, "{standing:?}");
        assert_eq!(foreign.and_then(|block| block.payment), expect.map(|_| "78".into()), "{standing:?}");
    }
}

#[test]
fn of_a_paid_and_a_pending_twin_the_paid_one_is_named() {
    let twins = vec![twin("1", Standing::InReview), twin("2", Standing::Approved)];
    let found = block(&[], 0, Wanted { twins, ..wanted("a") });
    assert_eq!(found, Some(Block { payment: Some("2".into()), ..no(Why::AlreadyPaid) }));
}

#[test]
fn our_own_payment_is_judged_by_what_it_became_and_not_as_a_twin() {
    let given = [
        (0, asking(wanted("a"))),
        (1, answering("a", "77", Standing::InReview, "in_process", "pending_contingency")),
        (2, answering("a", "77", Standing::Cancelled, "cancelled", "by_collector")),
    ];
    let stale = Wanted { twins: vec![twin("77", Standing::InReview)], ..wanted("b") };
    assert_eq!(block(&given, 3_600, stale), None);
}

#[test]
fn an_open_attempt_is_not_sent_again_when_something_else_was_paid_meanwhile() {
    let given = [(0, asking(wanted("a")))];
    let paid = Wanted { twins: vec![twin("78", Standing::Approved)], ..wanted("a") };
    let expect = Block { payment: Some("78".into()), ..no(Why::AlreadyPaid) };
    check(&given, 9, asking(paid.clone()), Ok(vec![blocked(9, &paid, expect)]));
}

#[test]
fn what_was_blocked_is_blocked_again_without_a_word_until_the_reason_is_another() {
    let paid = |standing| Wanted { twins: vec![twin("78", standing)], ..wanted("a") };
    let given = [(0, asking(paid(Standing::InReview)))];
    check(&given, 9, asking(paid(Standing::InReview)), Ok(vec![]));
    let expect = Block { payment: Some("78".into()), ..no(Why::AlreadyPaid) };
    let now_paid = paid(Standing::Approved);
    check(&given, 9, asking(now_paid.clone()), Ok(vec![blocked(9, &now_paid, expect)]));
    let over = paid(Standing::Cancelled);
    check(&given, 9, asking(over.clone()), Ok(vec![requested(9, &over)]));
}

#[test]
fn a_refused_call_charged_nothing_and_frees_the_attempt_and_its_name() {
    let given = [(0, asking(wanted("a"))), (1, refusing("a"))];
    let fixed = Wanted { body: "fixed".into(), ..wanted("a") };
    check(&given, 2, asking(fixed.clone()), Ok(vec![requested(2, &fixed)]));
    check(&given, 2, refusing("a"), Ok(vec![]));
    // The very same call may be taken for a duplicate for a minute.
    let until = Some(at(61));
    assert_eq!(why(&given, 60, wanted("a")), Some((Why::CoolDown, until)));
    assert_eq!(why(&given, 61, wanted("a")), None);
}

#[test]
fn a_lost_attempt_is_given_up_only_long_after_it_and_when_the_provider_was_searched() {
    let given = [(0, asking(wanted("a")))];
    let day = 24 * 3600;
    let other = Wanted { token: None, instrument: master(), ..wanted("b") };
    let open = Some((Why::TwinPending, None));
    assert_eq!(why(&given, day - 1, other.clone()), open);
    let lost = Event::AttemptLost(AttemptLost { at: at(day), request: "a".into() });
    check(&given, day, asking(other.clone()), Ok(vec![lost, requested(day, &other)]));
    assert_eq!(why(&given, 9 * day, Wanted { was_searched: false, ..other.clone() }), open);
    // The day counts from when it was last sent.
    let repeat = Command::Repeat { request: "a".into(), sends: 1 };
    let given = [(0, asking(wanted("a"))), (day - 1, repeat)];
    assert_eq!(why(&given, 2 * day - 2, other), open);
}

#[test]
fn what_the_provider_says_late_of_a_lost_attempt_stands() {
    let day = 24 * 3600;
    let other = Wanted { token: None, instrument: master(), ..wanted("b") };
    let given = [
        (0, asking(wanted("a"))),
        (day, asking(other)),
        (day + 1, answering("b", "2", Standing::Rejected, "rejected", "bank_error")),
        (day + 2, answering("a", "77", Standing::Approved, "approved", "accredited")),
    ];
    let expect = Block { payment: Some("77".into()), ..no(Why::AlreadyPaid) };
    assert_eq!(block(&given, day + 3, wanted("c")), Some(expect));
}

#[test]
fn one_attempt_is_never_two_payments() {
    let given =
        [(0, asking(wanted("a"))), (1, answering("a", "77", Standing::Approved, "approved", "accredited"))];
    let two = Refusal::TwoPayments { request: "a".into(), known: "77".into(), told: "78".into() };
    let told = answering("a", "78", Standing::Approved, "approved", "accredited");
    check(&given, 2, told, Err(two));
}

#[test]
fn an_answer_belongs_to_an_attempt_that_was_made() {
    let unknown = Refusal::UnknownRequest { request: "a".into() };
    check(&[], 0, rejected("a", "bank_error"), Err(unknown.clone()));
    check(&[], 0, refusing("a"), Err(unknown));
}

#[test]
fn a_rejection_that_was_told_as_an_error_gets_its_payment_when_it_is_found() {
    let quoted = |payment: Option<&str>| Command::RecordAnswer {
        request: "a".into(),
        payment: payment.map(PaymentId::from),
        standing: Standing::Rejected,
        status: "rejected".into(),
        detail: "cc_rejected_high_risk".into(),
        since: None,
    };
    let given = [(0, asking(wanted("a"))), (1, quoted(None))];
    let named = decide(&given, 2, quoted(Some("77"))).expect("it is news");
    assert!(matches!(&named[..], [Event::AttemptAnswered(e)] if e.payment == Some("77".into())));
    check(&[(0, asking(wanted("a"))), (1, quoted(Some("77")))], 2, quoted(None), Ok(vec![]));
}

#[test]
fn without_a_reference_the_same_payer_owes_the_same_amount_again_after_a_day() {
    let lunch = |request: &str| Wanted {
        terms: Terms { mark: Mark::Payer("payer-digest".into()), ..terms() },
        ..wanted(request)
    };
    let given =
        [(0, asking(lunch("a"))), (0, answering("a", "77", Standing::Approved, "approved", "accredited"))];
    let day = 24 * 3600;
    assert_eq!(why(&given, day - 1, lunch("b")), Some((Why::AlreadyPaid, None)));
    assert_eq!(why(&given, day, lunch("b")), None);
    assert_eq!(why(&given, day + 1, lunch("b")), None);
    // What may still be paid is not charged beside, however old it is.
    let waits = answering("a", "77", Standing::InReview, "in_process", "pending_contingency");
    let given = [(0, asking(lunch("a"))), (0, waits)];
    assert_eq!(why(&given, 30 * day, lunch("b")), Some((Why::TwinPending, None)));
}

#[test]
fn an_answer_is_of_when_the_provider_says_and_never_before_the_attempt_or_later_than_now() {
    let given = [(5, asking(wanted("a")))];
    let told = |standing, since: Option<i64>| Command::RecordAnswer {
        request: "a".into(),
        payment: Some("77".into()),
        standing,
        status: "status".into(),
        detail: "detail".into(),
        since: since.map(at),
    };
    let when = |given: &[(i64, Command)], second, command| {
        let events = decide(given, second, command).expect("it is news");
        let [Event::AttemptAnswered(answered)] = &events[..] else { panic!("{events:?}") };
        answered.at
    };
    for (since, expect) in [(None, 100), (Some(4), 5), (Some(5), 5), (Some(60), 60), (Some(101), 100)] {
        assert_eq!(when(&given, 100, told(Standing::InReview, since)), at(expect), "{since:?}");
    }
    let given = [given[0].clone(), (9, told(Standing::InReview, None))];
    assert_eq!(
        when(&given, 100, told(Standing::Cancelled, Some(8))),
        at(9),
        "not before what came before it"
    );
}

#[test]
fn terms_are_told_apart_by_all_that_they_are_and_their_id_shows_none_of_it() {
    let others = [
        Terms { mark: Mark::Reference("till-4-0018".into()), ..terms() },
        Terms { mark: Mark::Payer("till-4-0017".into()), ..terms() },
        Terms { amount_minor: 10_051, ..terms() },
        Terms { currency: Currency::BRL, ..terms() },
    ];
    for other in &others {
        assert_ne!(other.id(), terms().id(), "{other:?}");
    }
    assert_eq!(terms().id(), terms().id());
    assert_eq!(terms().id().as_str().len(), 32);
    assert!(terms().id().as_str().chars().all(|c| c.is_ascii_hexdigit()));
    let foreign = Wanted { terms: others[0].clone(), ..wanted("b") };
    check(&[(0, asking(wanted("a")))], 1, asking(foreign), Err(Refusal::OtherTerms));
}

#[test]
fn a_history_that_cannot_be_is_corrupt() {
    let open = requested(0, &wanted("a"));
    let other = requested(1, &wanted("b"));
    let answered = |request: &str| {
        Event::AttemptAnswered(AttemptAnswered {
            at: at(1),
            request: request.into(),
            payment: Some("1".into()),
            standing: Standing::Approved,
            status: "approved".into(),
            detail: "accredited".into(),
            rejection: None,
        })
    };
    let refused =
        Event::AttemptRefused(AttemptRefused { at: at(1), request: "a".into(), code: "2006".into() });
    let lost = Event::AttemptLost(AttemptLost { at: at(1), request: "a".into() });
    let corrupt = |events: &[&Event], event, state| {
        assert_eq!(fold::<Obligation>(events.iter().copied()), Err(IllegalEvent { event, state }));
    };
    corrupt(&[&answered("a")], "obligation.attempt_answered", "absent");
    corrupt(&[&open, &other], "obligation.attempt_requested", "open");
    corrupt(&[&open, &open], "obligation.attempt_requested", "open");
    corrupt(&[&open, &answered("b")], "obligation.attempt_answered", "open");
    corrupt(&[&open, &answered("a"), &open], "obligation.attempt_requested", "known");
    corrupt(&[&open, &answered("a"), &refused], "obligation.attempt_refused", "known");
    corrupt(&[&open, &refused, &lost], "obligation.attempt_lost", "known");
    let foreign = Wanted { terms: Terms { amount_minor: 1, ..terms() }, ..wanted("b") };
    corrupt(&[&open, &requested(1, &foreign)], "obligation.attempt_requested", "open");
}
