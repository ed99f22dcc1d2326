//! The diff: what follows when the provider describes a payment.

use std::cmp::Ordering;

use super::books::AMOUNTS_MAX_MINOR;
use super::machine::Draft;
use super::refusal::Refusal;
use super::state::{Keyed, State};
use super::{
    Approved, Description, Event, Opened, Reaffirmed, Redescribed, RefundForetold, RefundMention,
    RefundNamed, RefundsAccumulated, Rejected, Standing, Stood, books,
};
use crate::currency::Currency;
use crate::machine::{Context, Instant};

/// Which of two statements is the newer: by the provider's time, then rank, then content.
pub(super) fn newer(told: &Description, known: &Description) -> Ordering {
    let key = |d: &Description| (d.said.updated_at, d.standing);
    key(told).cmp(&key(known)).then_with(|| told.cmp(known))
}

pub(super) fn decide(
    state: Option<&State>,
    description: Description,
    refunded_minor: i64,
    refunds: Vec<RefundMention>,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    check(state, &description, refunded_minor, &refunds)?;
    let at = description.told_at(context.now);
    let mut draft = Draft::new(state);
    let order = match state.and_then(State::known) {
        None => {
            draft.push(open(&description, context.now));
            Ordering::Greater
        }
        Some(known) => newer(&description, &known.described),
    };
    merge(&mut draft, refunded_minor, refunds, at);
    if order == Ordering::Greater {
        adopt(&mut draft, &description, context);
    }
    draft.settle(context.now);
    Ok(draft.into_events())
}

fn check(
    state: Option<&State>,
    told: &Description,
    refunded_minor: i64,
    refunds: &[RefundMention],
) -> Result<(), Refusal> {
    let currency = told.terms.currency;
    let mut merged = match state {
        None => Keyed::new(currency),
        Some(state) if state.keyed().currency != currency => {
            return Err(Refusal::CurrencyConflict { known: state.keyed().currency, told: currency });
        }
        Some(state)
            if refunds.is_empty() && refunded_minor == 0 && state.keyed().returned_to_payer_minor() == 0 =>
        {
            return Ok(());
        }
        Some(state) => state.keyed().clone(),
    };
    merged.refunded_minor = merged.refunded_minor.max(refunded_minor);
    for mention in refunds {
        merged.name_refund(mention);
    }
    within_range(&merged)?;
    // An older statement does not change what was paid.
    let known = state.and_then(State::known).map(|known| &known.described);
    let paid_minor = match known {
        Some(known) if newer(told, known) != Ordering::Greater => known.terms.gross_minor,
        _ => told.terms.gross_minor,
    };
    within_paid(paid_minor, &merged)
}

/// Refuses refunds so large that their sums could not be exact, whatever their standing.
fn within_range(keyed: &Keyed) -> Result<(), Refusal> {
    let mut amounts = keyed.refunds.iter().map(|refund| refund.amount_minor);
    let sum = amounts.try_fold(0_i64, i64::checked_add);
    sum.filter(|sum| *sum <= AMOUNTS_MAX_MINOR).map(|_| ()).ok_or(Refusal::AmountOutOfRange)
}

/// Refuses refunds above what was paid.
fn within_paid(paid_minor: i64, keyed: &Keyed) -> Result<(), Refusal> {
    let refunded_minor = keyed.returned_to_payer_minor();
    if refunded_minor > paid_minor {
        return Err(Refusal::RefundsAbovePaid { paid_minor, refunded_minor, currency: keyed.currency });
    }
    Ok(())
}

fn open(told: &Description, now: Instant) -> Event {
    Event::Opened(Opened {
        at: told.profile.created_at.unwrap_or_else(|| told.told_at(now)),
        said: told.said.clone(),
        known_words: told.known_words,
        terms: told.terms.clone(),
        returned: told.returned.clone(),
        profile: told.profile.clone(),
    })
}

fn merge(draft: &mut Draft, refunded_minor: i64, refunds: Vec<RefundMention>, at: Instant) {
    for mention in refunds {
        if let Some(mention) = draft.state().keyed().news_of(&mention) {
            draft.push(Event::RefundNamed(RefundNamed { at, mention }));
        }
    }
    if refunded_minor > draft.state().keyed().refunded_minor {
        draft.push(Event::RefundsAccumulated(RefundsAccumulated { at, total_minor: refunded_minor }));
    }
}

/// Makes a newer statement ours: its description, then its standing with the steps we missed, then its words.
fn adopt(draft: &mut Draft, told: &Description, context: &Context<'_>) {
    let at = told.told_at(context.now);
    let known = draft.described();
    if known.terms != told.terms || known.profile != told.profile || known.returned != told.returned {
        draft.push(Event::Redescribed(Redescribed {
            at,
            profile: told.profile.clone(),
            terms: told.terms.clone(),
            returned: told.returned.clone(),
        }));
    }
    walk(draft, told, context);
    let known = draft.described();
    if known.said != told.said || known.known_words != told.known_words {
        let said = told.said.clone();
        draft.push(Event::Reaffirmed(Reaffirmed { at, said, known_words: told.known_words }));
    }
}

fn walk(draft: &mut Draft, told: &Description, context: &Context<'_>) {
    use Standing as S;
    let (from, to) = (draft.described().standing, told.standing);
    if from == to {
        return;
    }
    let at = told.told_at(context.now);
    let stood = Stood {
        at,
        said: told.said.clone(),
        known_words: told.known_words,
        outside_rule: !from.leads_to(to),
    };
    if to.is_credited() && !from.is_credited() {
        credit(draft, from, told, &stood, context.now);
    }
    if from == S::Disputed && to.is_credited() {
        draft.push(Event::DisputeClosed(stood.clone()));
    }
    let chargeback = matches!(to, S::ChargebackLost | S::ChargebackReimbursed);
    let opened = matches!(from, S::ChargebackOpen | S::ChargebackLost | S::ChargebackReimbursed);
    if chargeback && !opened {
        draft.push(Event::ChargebackOpened(stood.clone()));
    }
    match to {
        S::Approved if draft.described().standing == S::Approved => {}
        S::Approved => draft.push(Event::Reinstated(stood)),
        S::AwaitingPayer => draft.push(Event::AwaitedPayer(stood)),
        S::InReview => draft.push(Event::PlacedInReview(stood)),
        S::Authorized => draft.push(Event::Authorized(stood)),
        S::Rejected => draft.push(reject(stood, told, context)),
        S::Cancelled => draft.push(Event::Cancelled(stood)),
        S::Expired => draft.push(Event::Expired(stood)),
        S::Disputed => draft.push(Event::DisputeOpened(stood)),
        S::Refunded => draft.push(Event::FullyRefunded(stood)),
        S::ChargebackOpen => draft.push(Event::ChargebackOpened(stood)),
        S::ChargebackLost => draft.push(Event::ChargebackLost(stood)),
        S::ChargebackReimbursed => draft.push(Event::ChargebackReimbursed(stood)),
    }
}

fn credit(draft: &mut Draft, from: Standing, told: &Description, stood: &Stood, now: Instant) {
    if from == Standing::Authorized {
        draft.push(Event::Captured(stood.clone()));
    }
    let sale = books::sale(told, draft.sales_made(), now);
    draft.push(Event::Approved(Approved {
        at: told.profile.approved_at.unwrap_or(stood.at),
        said: stood.said.clone(),
        known_words: stood.known_words,
        outside_rule: stood.outside_rule,
        sale,
    }));
}

fn reject(stood: Stood, told: &Description, context: &Context<'_>) -> Event {
    Event::Rejected(Rejected {
        at: stood.at,
        known_words: stood.known_words,
        outside_rule: stood.outside_rule,
        rejection: context.rules.rejections.classify(&told.said.status, &told.said.detail),
        said: stood.said,
    })
}

/// Facts that follow when a refund is told by itself.
pub(super) fn decide_refund(
    state: Option<&State>,
    mention: RefundMention,
    currency: Currency,
    at: Instant,
    now: Instant,
) -> Result<Vec<Event>, Refusal> {
    let Some(state) = state else {
        return Ok(vec![Event::RefundForetold(RefundForetold { at, currency, mention })]);
    };
    let known = state.keyed().currency;
    if known != currency {
        return Err(Refusal::CurrencyConflict { known, told: currency });
    }
    let Some(mention) = state.keyed().news_of(&mention) else { return Ok(Vec::new()) };
    let mut merged = state.keyed().clone();
    merged.name_refund(&mention);
    within_range(&merged)?;
    if let Some(known) = state.known() {
        within_paid(known.described.terms.gross_minor, &merged)?;
    }
    let mut draft = Draft::new(Some(state));
    draft.push(Event::RefundNamed(RefundNamed { at, mention }));
    draft.settle(now);
    Ok(draft.into_events())
}
