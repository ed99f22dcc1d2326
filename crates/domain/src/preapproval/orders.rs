//! Orders of people, and what the sweep writes beside what the provider tells.

use super::change::{Change, ChangeAsked, ChangeSettled};
use super::charge::{Charge, ChargeStanding};
use super::refusal::Refusal;
use super::revenue::{DeferralEnded, RevenueDeferred, RevenueRecognised};
use super::state::{Known, State};
use super::{Event, Reminded};
use crate::changes::{Answer, Asked, under_way_until};
use crate::ids::InvoiceId;
use crate::machine::{Context, Instant};
use crate::text::Text;

/// A change: only where the provider's rules allow it, and one at a time.
pub(super) fn ask(
    state: Option<&State>,
    request: Text,
    actor: Text,
    change: Change,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let known = described(state)?;
    if known.changes.by_request.contains_key(&request) {
        return Ok(Vec::new());
    }
    if let Some((_, Asked { asked, .. })) = known.changes.open() {
        return Err(Refusal::ChangeOpen { change: asked.change.name(), asked_at: asked.at });
    }
    change.check(&known.described, context.now)?;
    let said = known.described.said;
    Ok(vec![Event::ChangeAsked(ChangeAsked { at: context.now, said, request, actor, change })])
}

/// What became of a change: an answer, and what the newest statement shows.
pub(super) fn settle(
    state: Option<&State>,
    request: Text,
    answer: Answer,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let known = described(state)?;
    let Some(order) = known.changes.by_request.get(&request) else {
        return Err(Refusal::UnknownRequest { request });
    };
    let asked = &order.asked;
    let is_shown = asked.change.is_shown(asked.said, &known.described);
    let until = under_way_until(asked.at);
    if order.outcome.is_none() && answer == Answer::Looked && !is_shown && context.now < until {
        return Err(Refusal::ChangeUnderWay { change: asked.change.name(), until });
    }
    let settled = order.settle(answer, is_shown);
    let at = context.now;
    Ok(settled
        .map(|outcome| Event::ChangeSettled(ChangeSettled { at, request, outcome }))
        .into_iter()
        .collect())
}

/// A step of dunning about a charge, once.
pub(super) fn remind(
    state: Option<&State>,
    invoice: InvoiceId,
    step: Text,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    charge(state, &invoice)?;
    let key = (invoice, step);
    if state.is_some_and(|state| state.charges().reminded.contains(&key)) {
        return Ok(Vec::new());
    }
    let (invoice, step) = key;
    Ok(vec![Event::Reminded(Reminded { at: context.now, invoice, step })])
}

/// Collected money that pays for months to come, once for each charge.
pub(super) fn defer(
    state: Option<&State>,
    asked: RevenueDeferred,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let charge = charge(state, &asked.invoice)?;
    let known = state.and_then(|state| state.charges().deferrals.get(&asked.invoice));
    match known {
        Some(known) if known.deferred == asked => return Ok(Vec::new()),
        Some(_) => return Err(Refusal::DeferredOtherwise { invoice: asked.invoice }),
        None => {}
    }
    check_due(asked.at, context)?;
    if charge.standing != ChargeStanding::Collected {
        return Err(Refusal::NotCollected { invoice: asked.invoice, standing: charge.standing });
    }
    let paid_by = charge.terms.payment.as_ref().map(|paid| &paid.payment);
    if paid_by != Some(&asked.payment) {
        return Err(Refusal::OtherPayment { invoice: asked.invoice, payment: asked.payment });
    }
    if asked.currency != charge.terms.currency {
        return Err(Refusal::CurrencyConflict { known: charge.terms.currency, told: asked.currency });
    }
    let (charged_minor, asked_minor, currency) =
        (charge.terms.amount_minor, asked.amount_minor, asked.currency);
    if asked_minor <= 0 {
        return Err(Refusal::NotPositive { what: "the deferred amount", value: asked_minor });
    }
    if asked.months == 0 {
        return Err(Refusal::NotPositive { what: "the number of months", value: 0 });
    }
    if asked_minor > charged_minor {
        return Err(Refusal::AboveCharge { charged_minor, asked_minor, currency });
    }
    Ok(vec![Event::RevenueDeferred(asked)])
}

/// The next month of a deferral. Nothing is written when nothing is left.
pub(super) fn recognise(
    state: Option<&State>,
    at: Instant,
    invoice: InvoiceId,
    month: u32,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let Some(known) = state.and_then(|state| state.charges().deferrals.get(&invoice)) else {
        return Err(Refusal::NotDeferred { invoice });
    };
    if (1..=known.months).contains(&month) || known.left_minor() == 0 {
        return Ok(Vec::new());
    }
    let (next, amount_minor) = known.next().unwrap_or((known.months + 1, 0));
    if month != next || month > known.deferred.months {
        return Err(Refusal::NotNext { invoice, month, next });
    }
    check_due(at, context)?;
    let currency = known.deferred.currency;
    Ok(vec![Event::RevenueRecognised(RevenueRecognised { at, invoice, month, currency, amount_minor })])
}

/// What is given back ends as much of a deferral as is left. Nothing is written when nothing is.
pub(super) fn end_deferral(
    state: Option<&State>,
    at: Instant,
    invoice: InvoiceId,
    cause: Text,
    amount_minor: i64,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let Some(known) = state.and_then(|state| state.charges().deferrals.get(&invoice)) else {
        return Err(Refusal::NotDeferred { invoice });
    };
    if amount_minor <= 0 {
        return Err(Refusal::NotPositive { what: "what is given back", value: amount_minor });
    }
    let amount_minor = amount_minor.min(known.left_minor());
    if amount_minor == 0 || known.ended_minor.contains_key(&cause) {
        return Ok(Vec::new());
    }
    check_due(at, context)?;
    let currency = known.deferred.currency;
    Ok(vec![Event::DeferralEnded(DeferralEnded { at, invoice, cause, currency, amount_minor })])
}

fn check_due(due_at: Instant, context: &Context<'_>) -> Result<(), Refusal> {
    if due_at > context.now { Err(Refusal::NotDue { due_at }) } else { Ok(()) }
}

fn described(state: Option<&State>) -> Result<&Known, Refusal> {
    state.and_then(State::known).ok_or(Refusal::Unknown)
}

fn charge<'s>(state: Option<&'s State>, invoice: &InvoiceId) -> Result<&'s Charge, Refusal> {
    let charge = state.and_then(|state| state.charges().by_invoice.get(invoice));
    charge.ok_or_else(|| Refusal::UnknownCharge { invoice: invoice.clone() })
}
