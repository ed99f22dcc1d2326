//! A subscription is what the provider said of it last, and so is each of its charges.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::change::{Change, ChangeAsked, ChangeSettled};
use super::charge::{Charge, ChargePayment, ChargeStanding, ChargeTerms, Invoice, PaymentOutcome, Stage};
use super::machine::Preapproval;
use super::refusal::Refusal;
use super::revenue::{DeferralEnded, RevenueDeferred, RevenueRecognised};
use super::state::State;
use super::*;
use crate::changes::Settlement;
use crate::currency::Currency;
use crate::machine::{Context, IllegalEvent, Machine, fold};
use crate::plan::{Period, PeriodUnit};
use crate::rules::Rules;
use crate::walks;

mod golden;
mod orders;
mod revenue;
mod walking;

const NOW: &str = "2026-05-01T00:00:00Z";

fn at(text: &str) -> Instant {
    text.parse().expect("a literal instant")
}

fn day(day: u32) -> Instant {
    at(&format!("2026-03-{day:02}T10:00:00Z"))
}

fn said(on: u32) -> Said {
    Said { modified_at: Some(day(on)), version: Some(u64::from(on)) }
}

/// A yoga class: 10.00 every month, by card.
fn yoga() -> Description {
    Description {
        said: said(5),
        standing: Standing::Authorized,
        progress: Progress { next_charge_at: Some(day(20)), summary: None },
        terms: Terms {
            recurring: plan::Terms {
                currency: Currency::ARS,
                amount_minor: Some(1000),
                every: Period { count: 1, unit: PeriodUnit::Months },
                repetitions: None,
                billing_day: None,
                proportional: false,
                first_amount_minor: None,
                free_trial: None,
                first_charge_after_days: None,
            },
            starts_at: Some(day(4)),
            ends_at: None,
        },
        methods: Methods { main: Some("visa".into()), main_card: Some("9001".into()), ..Methods::default() },
        profile: Profile {
            plan: Some("2c938084726fca480172750000000000".into()),
            title: Some("Yoga classes".into()),
            reference: Some("YG-1234".into()),
            created_at: Some(day(4)),
        },
    }
}

fn told(on: u32, standing: Standing) -> Description {
    Description { said: said(on), standing, ..yoga() }
}

fn dearer(on: u32) -> Description {
    let mut dearer = told(on, Standing::Authorized);
    dearer.terms.recurring.amount_minor = Some(1200);
    dearer
}

fn charge_terms(attempt: u32, outcome: Option<PaymentOutcome>) -> ChargeTerms {
    ChargeTerms {
        attempt: Some(attempt),
        payment: outcome.map(|outcome| ChargePayment { outcome, payment: "19951521071".into() }),
        currency: Currency::ARS,
        amount_minor: 1000,
        due_at: Some(day(20)),
        next_retry_at: None,
        rejection: None,
        reference: Some("YG-1234".into()),
        created_at: Some(day(19)),
    }
}

fn invoice(on: u32, stage: Stage, attempt: u32, outcome: Option<PaymentOutcome>) -> Invoice {
    let terms = charge_terms(attempt, outcome);
    Invoice { invoice: "6114264375".into(), modified_at: Some(day(on)), stage, terms }
}

fn scheduled() -> Invoice {
    invoice(19, Stage::Scheduled, 0, None)
}

fn recycling(on: u32, attempt: u32) -> Invoice {
    invoice(on, Stage::Recycling, attempt, Some(PaymentOutcome::Failed))
}

fn collected(on: u32) -> Invoice {
    invoice(on, Stage::Processed, 1, Some(PaymentOutcome::Approved))
}

fn given_up(on: u32) -> Invoice {
    invoice(on, Stage::Processed, 5, Some(PaymentOutcome::Failed))
}

fn described(description: &Description) -> Observation {
    Observation::Described(Box::new(description.clone()))
}

fn invoiced(invoice: &Invoice) -> Observation {
    Observation::Invoiced(Box::new(invoice.clone()))
}

fn decide(state: Option<&State>, told: &Observation) -> Result<Vec<Event>, Refusal> {
    let context = Context { now: at(NOW), rules: &Rules::default() };
    Preapproval::decide(state, Command::Observe(told.clone()), &context)
}

fn known(given: &[Observation]) -> Option<State> {
    let rules = Rules::default();
    let context = Context { now: at(NOW), rules: &rules };
    given.iter().fold(None, |state, told| {
        walks::step::<Preapproval>(state, &Command::Observe(told.clone()), &context).0
    })
}

fn check(given: &[Observation], told: &Observation, expect: Result<Vec<Event>, Refusal>) {
    assert_eq!(decide(known(given).as_ref(), told), expect);
}

fn opened(told: &Description) -> Event {
    let Description { said, standing: _, progress, terms, methods, profile } = told.clone();
    Event::Opened(Box::new(Opened { at: day(4), said, progress, terms, methods, profile }))
}

fn stood(on: u32, outside_rule: bool) -> Stood {
    Stood { at: day(on), said: said(on), outside_rule }
}

fn charge_stood(told: &Invoice, outside_rule: bool) -> ChargeStood {
    let Invoice { invoice, modified_at, stage: _, terms } = told.clone();
    let at = modified_at.expect("the invoices of these tests have a time");
    ChargeStood { at, invoice, modified_at, outside_rule, terms }
}

fn asked(on: u32, request: &str, change: Change) -> Event {
    let (request, actor) = (request.into(), "ana".into());
    Event::ChangeAsked(ChangeAsked { at: day(on), said: said(5), request, actor, change })
}

fn settled(on: u32, request: &str, outcome: Settlement) -> Event {
    Event::ChangeSettled(ChangeSettled { at: day(on), request: request.into(), outcome })
}

/// All that [`collected`] collected, over so many months.
fn deferred(months: u32) -> RevenueDeferred {
    let (invoice, payment, currency) = ("6114264375".into(), "19951521071".into(), Currency::ARS);
    RevenueDeferred { at: day(21), invoice, payment, currency, amount_minor: 1000, months, from: day(20) }
}

fn recognised(on: u32, month: u32, amount_minor: i64) -> Event {
    let (invoice, currency) = ("6114264375".into(), Currency::ARS);
    Event::RevenueRecognised(RevenueRecognised { at: day(on), invoice, month, currency, amount_minor })
}

fn ended(on: u32, cause: &str, amount_minor: i64) -> Event {
    let (invoice, cause, currency) = ("6114264375".into(), cause.into(), Currency::ARS);
    Event::DeferralEnded(DeferralEnded { at: day(on), invoice, cause, currency, amount_minor })
}

#[test]
fn a_subscription_made_with_a_card_is_opened_and_authorized() {
    check(&[], &described(&yoga()), Ok(vec![opened(&yoga()), Event::Authorized(stood(5, false))]));
}

#[test]
fn a_pending_subscription_is_opened_and_nothing_else() {
    let pending = told(5, Standing::Pending);
    check(&[], &described(&pending), Ok(vec![opened(&pending)]));
}

#[test]
fn a_subscription_first_seen_paused_was_authorized_before() {
    let paused = told(9, Standing::Paused);
    let authorized = Event::Authorized(stood(9, false));
    check(&[], &described(&paused), Ok(vec![opened(&paused), authorized, Event::Paused(stood(9, false))]));
}

#[test]
fn it_is_paused_resumed_and_cancelled() {
    let [paused, active, gone] =
        [(8, Standing::Paused), (9, Standing::Authorized), (10, Standing::Cancelled)]
            .map(|(on, s)| told(on, s));
    let history = [described(&yoga()), described(&paused), described(&active)];
    check(&history[..1], &described(&paused), Ok(vec![Event::Paused(stood(8, false))]));
    check(&history[..2], &described(&active), Ok(vec![Event::Resumed(stood(9, false))]));
    check(&history[..3], &described(&gone), Ok(vec![Event::Cancelled(stood(10, false))]));
}

#[test]
fn a_cancelled_subscription_that_charges_again_is_applied_and_marked() {
    let history = [described(&told(8, Standing::Cancelled))];
    check(&history, &described(&told(9, Standing::Authorized)), Ok(vec![Event::Authorized(stood(9, true))]));
    check(&history, &described(&told(9, Standing::Pending)), Ok(vec![Event::AwaitedPayer(stood(9, true))]));
}

#[test]
fn another_amount_changes_the_terms_and_nothing_else() {
    let changed = TermsChanged { at: day(8), said: said(8), terms: dearer(8).terms };
    check(&[described(&yoga())], &described(&dearer(8)), Ok(vec![Event::TermsChanged(changed)]));
}

#[test]
fn of_two_statements_at_one_time_the_higher_version_is_the_newer() {
    let [mut second, mut third] = [yoga(), dearer(5)];
    (second.said.version, third.said.version) = (Some(6), Some(7));
    let changed = TermsChanged { at: day(5), said: third.said, terms: third.terms.clone() };
    check(&[described(&second)], &described(&third), Ok(vec![Event::TermsChanged(changed)]));
    check(&[described(&third)], &described(&second), Ok(vec![]));
}

#[test]
fn of_two_statements_at_one_time_and_version_the_further_standing_is_the_newer() {
    let (active, gone) = (told(8, Standing::Authorized), told(8, Standing::Cancelled));
    check(&[described(&active)], &described(&gone), Ok(vec![Event::Cancelled(stood(8, false))]));
    check(&[described(&gone)], &described(&active), Ok(vec![]));
}

#[test]
fn a_row_of_a_search_that_lacks_the_next_charge_does_not_erase_it() {
    let mut row = yoga();
    row.progress.next_charge_at = None;
    check(&[described(&yoga())], &described(&row), Ok(vec![]));
    let progressed = Progressed { at: day(5), said: said(5), progress: yoga().progress };
    check(&[described(&row)], &described(&yoga()), Ok(vec![Event::Progressed(progressed)]));
}

#[test]
fn another_card_another_reference_and_a_pause_are_facts_of_their_own() {
    let mut changed = told(8, Standing::Paused);
    changed.methods.main_card = Some("9002".into());
    changed.profile.reference = None;
    let (at, said) = (day(8), said(8));
    let expect = vec![
        Event::Redescribed(Redescribed { at, said, profile: changed.profile.clone() }),
        Event::MethodsChanged(MethodsChanged { at, said, methods: changed.methods.clone() }),
        Event::Paused(stood(8, false)),
    ];
    check(&[described(&yoga())], &described(&changed), Ok(expect));
}

#[test]
fn the_same_subscription_at_a_later_time_is_reaffirmed_once() {
    let later = told(9, Standing::Authorized);
    let reaffirmed = Event::Reaffirmed(Reaffirmed { at: day(9), said: said(9) });
    check(&[described(&yoga())], &described(&later), Ok(vec![reaffirmed]));
    check(&[described(&yoga()), described(&later)], &described(&later), Ok(vec![]));
}

#[test]
fn a_charge_that_is_due_is_scheduled_on_the_day_its_invoice_was_made() {
    let expect = Event::ChargeScheduled(ChargeStood { at: day(19), ..charge_stood(&scheduled(), false) });
    check(&[described(&yoga())], &invoiced(&scheduled()), Ok(vec![expect]));
}

#[test]
fn a_charge_may_be_heard_of_before_its_subscription() {
    let history = [invoiced(&collected(21))];
    let state = known(&history).expect("an invoice makes a state");
    assert_eq!((state.name(), state.known()), ("foretold", None));
    check(&history, &described(&yoga()), Ok(vec![opened(&yoga()), Event::Authorized(stood(5, false))]));
    let both = known(&[history[0].clone(), described(&yoga())]);
    assert_eq!(both, known(&[described(&yoga()), history[0].clone()]));
}

#[test]
fn a_charge_first_seen_collected_was_scheduled_before() {
    let told = collected(21);
    let scheduled = Event::ChargeScheduled(ChargeStood { at: day(19), ..charge_stood(&told, false) });
    check(&[], &invoiced(&told), Ok(vec![scheduled, Event::ChargeCollected(charge_stood(&told, false))]));
}

#[test]
fn each_attempt_recycles_the_charge() {
    let history = [invoiced(&scheduled()), invoiced(&recycling(20, 1))];
    let recycled = |told: &Invoice, outside| Ok(vec![Event::ChargeRecycled(charge_stood(told, outside))]);
    check(&history[..1], &invoiced(&recycling(20, 1)), recycled(&recycling(20, 1), false));
    check(&history, &invoiced(&recycling(22, 2)), recycled(&recycling(22, 2), false));
    check(&history, &invoiced(&recycling(22, 0)), recycled(&recycling(22, 0), true));
}

#[test]
fn a_processed_invoice_with_a_rejected_payment_is_uncollected() {
    let uncollected = Event::ChargeUncollected(charge_stood(&given_up(29), false));
    check(&[invoiced(&recycling(28, 4))], &invoiced(&given_up(29)), Ok(vec![uncollected]));
}

#[test]
fn a_payment_approved_late_collects_a_charge_that_was_given_up() {
    let late = Event::ChargeCollected(charge_stood(&collected(30), false));
    check(&[invoiced(&given_up(29))], &invoiced(&collected(30)), Ok(vec![late]));
}

#[test]
fn a_collected_charge_that_is_told_uncollected_is_applied_and_marked() {
    let lost = Event::ChargeUncollected(charge_stood(&given_up(30), true));
    check(&[invoiced(&collected(29))], &invoiced(&given_up(30)), Ok(vec![lost]));
}

#[test]
fn only_an_approved_payment_makes_an_invoice_collected() {
    use ChargeStanding as C;
    use PaymentOutcome::{Approved, Failed, Undecided};
    let rows = [
        (Stage::Scheduled, [C::Scheduled, C::Scheduled, C::Scheduled]),
        (Stage::AwaitingAnswer, [C::Recycling, C::Recycling, C::Recycling]),
        (Stage::Recycling, [C::Recycling, C::Recycling, C::Recycling]),
        (Stage::Processed, [C::Uncollected, C::Recycling, C::Uncollected]),
        (Stage::Cancelled, [C::Cancelled, C::Cancelled, C::Cancelled]),
    ];
    for (stage, unpaid) in rows {
        let standing = |outcome| invoice(20, stage, 1, outcome).standing();
        assert_eq!([None, Some(Undecided), Some(Failed)].map(standing), unpaid, "{stage:?}");
        assert_eq!(standing(Some(Approved)), C::Collected, "{stage:?}");
    }
}

#[test]
fn another_retry_date_restates_the_charge_where_it_stands() {
    let mut moved = recycling(21, 1);
    moved.terms.next_retry_at = Some(day(24));
    let restated = Event::ChargeRestated(charge_stood(&moved, false));
    check(&[invoiced(&recycling(20, 1))], &invoiced(&moved), Ok(vec![restated]));
}

#[test]
fn the_same_charge_at_a_later_time_is_reaffirmed() {
    let modified_at = Some(day(21));
    let reaffirmed = ChargeReaffirmed { at: day(21), invoice: "6114264375".into(), modified_at };
    let expect = vec![Event::ChargeReaffirmed(reaffirmed)];
    check(&[invoiced(&recycling(20, 1))], &invoiced(&recycling(21, 1)), Ok(expect));
}

#[test]
fn an_older_subscription_still_brings_its_charge() {
    let history = [described(&told(25, Standing::Cancelled)), invoiced(&collected(21))];
    check(&history, &described(&yoga()), Ok(vec![]));
    check(&history, &invoiced(&scheduled()), Ok(vec![]));
    let cancelled = Invoice { invoice: "6114264376".into(), ..invoice(20, Stage::Cancelled, 0, None) };
    let first = ChargeStood { at: day(19), ..charge_stood(&cancelled, false) };
    let second = Event::ChargeCancelled(charge_stood(&cancelled, false));
    check(&history, &invoiced(&cancelled), Ok(vec![Event::ChargeScheduled(first), second]));
}

#[test]
fn another_currency_is_refused_for_the_subscription_and_its_charges() {
    let (mut reals, mut bill) = (told(9, Standing::Authorized), scheduled());
    (reals.terms.recurring.currency, bill.terms.currency) = (Currency::BRL, Currency::BRL);
    let refusal = Refusal::CurrencyConflict { known: Currency::ARS, told: Currency::BRL };
    assert_eq!(refusal.reason(), "currency_conflict");
    check(&[described(&yoga())], &described(&reals), Err(refusal.clone()));
    check(&[described(&yoga())], &invoiced(&bill), Err(refusal.clone()));
    check(&[invoiced(&scheduled())], &described(&reals), Err(refusal));
}

#[test]
fn a_negative_amount_is_refused_wherever_it_stands() {
    let refused = |what, amount_minor| Err(Refusal::NegativeAmount { what, amount_minor });
    let (mut dear, mut bill) = (yoga(), scheduled());
    (dear.terms.recurring.amount_minor, bill.terms.amount_minor) = (Some(-1), -2);
    check(&[], &described(&dear), refused("the amount", -1));
    check(&[], &invoiced(&bill), refused("the amount of the charge", -2));
    type Change = fn(&mut Summary);
    let changes: [(&'static str, Change); 3] = [
        ("the charged amount", |s| s.charged_minor = Some(-3)),
        ("the last charged amount", |s| s.last_charged_minor = Some(-3)),
        ("the pending amount", |s| s.pending_minor = Some(-3)),
    ];
    for (what, change) in changes {
        let (mut told, mut summary) = (yoga(), Summary::default());
        change(&mut summary);
        told.progress.summary = Some(summary);
        check(&[], &described(&told), refused(what, -3));
    }
}

#[test]
fn a_history_that_cannot_be_is_corrupt() {
    let corrupt = |events: &[Event], event, state| {
        assert_eq!(fold::<Preapproval>(events), Err(IllegalEvent { event, state }));
    };
    let scheduling = || Event::ChargeScheduled(charge_stood(&scheduled(), false));
    let paused = Event::Paused(stood(8, false));
    corrupt(&[opened(&yoga()), opened(&yoga())], "preapproval.opened", "pending");
    corrupt(std::slice::from_ref(&paused), "preapproval.paused", "absent");
    corrupt(&[scheduling(), paused], "preapproval.paused", "foretold");
    let unknown = Event::ChargeCancelled(charge_stood(&scheduled(), false));
    corrupt(&[opened(&yoga()), unknown], "preapproval.charge_cancelled", "pending");
    let unpaid = Event::ChargeCollected(charge_stood(&given_up(29), false));
    corrupt(&[scheduling(), unpaid], "preapproval.charge_collected", "foretold");
    let mut reals = charge_stood(&recycling(20, 1), false);
    reals.terms.currency = Currency::BRL;
    corrupt(&[scheduling(), Event::ChargeRecycled(reals)], "preapproval.charge_recycled", "foretold");
}
