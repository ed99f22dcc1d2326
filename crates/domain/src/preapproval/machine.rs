//! Decides and evolves a subscription and its charges.
//!
//! Which steps the provider's own rules list, from row to column: `.` stays, `x` is one step, `*` is several in one
//! statement, `!` is applied all the same and marked `outside_rule`. The subscription:
//!
//! ```text
//!              pending     authorized  paused      cancelled
//! pending      .           x           *           x
//! authorized   !           .           x           x
//! paused       !           x           .           x
//! cancelled    !           !           !           .
//! ```
//!
//! A charge, where recycling stays listed while its attempts count up:
//!
//! ```text
//!              scheduled   recycling   cancelled   uncollected collected
//! scheduled    .           x           x           *           x
//! recycling    !           .           x           x           x
//! cancelled    !           !           .           !           !
//! uncollected  !           !           !           .           x
//! collected    !           !           !           !           .
//! ```
//!
//! Which changes people may order where is shown in [`super::change`].

use super::charge::{Charge, ChargeStanding, Invoice};
use super::refusal::Refusal;
use super::revenue::Deferral;
use super::state::{Charges, Known, State};
use super::{
    ChargeReaffirmed, ChargeStood, Command, Description, Event, Observation, Opened, Said, Standing,
    describe, orders,
};
use crate::changes::Changes;
use crate::currency::Currency;
use crate::ids::InvoiceId;
use crate::machine::{Context, IllegalEvent, Instant, Machine};

/// The machine of subscriptions.
#[derive(Clone, Copy, Debug)]
pub struct Preapproval;

impl Machine for Preapproval {
    const TYPE: &'static str = "preapproval";
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn decide(state: Option<&State>, command: Command, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
        match command {
            Command::Observe(Observation::Described(told)) => {
                check_description(&told)?;
                check_currency(state, told.terms.recurring.currency)?;
                Ok(match state.and_then(State::known) {
                    None => describe::open(&told, context.now),
                    Some(known) => describe::adopt(&known.described, &told, context.now),
                })
            }
            Command::Observe(Observation::Invoiced(invoice)) => {
                let amount_minor = invoice.terms.amount_minor;
                check_amount("the amount of the charge", Some(amount_minor))?;
                check_currency(state, invoice.terms.currency)?;
                Ok(decide_charge(state.map(State::charges), *invoice, context.now))
            }
            Command::Ask { request, actor, change } => orders::ask(state, request, actor, change, context),
            Command::Settle { request, answer } => orders::settle(state, request, answer, context),
            Command::Remind { invoice, step } => orders::remind(state, invoice, step, context),
            Command::Defer(deferred) => orders::defer(state, deferred, context),
            Command::Recognise { at, invoice, month } => {
                orders::recognise(state, at, invoice, month, context)
            }
            Command::EndDeferral { at, invoice, cause, amount_minor } => {
                orders::end_deferral(state, at, invoice, cause, amount_minor, context)
            }
        }
    }

    fn evolve(state: Option<State>, event: &Event) -> Result<State, IllegalEvent> {
        let name = state.as_ref().map_or("absent", State::name);
        evolve(state, event)
            .ok_or_else(|| IllegalEvent { event: crate::event::Event::name(event), state: name })
    }
}

fn check_description(told: &Description) -> Result<(), Refusal> {
    if let Some((what, amount_minor)) = told.terms.recurring.negative_amount() {
        return Err(Refusal::NegativeAmount { what, amount_minor });
    }
    let Some(summary) = &told.progress.summary else { return Ok(()) };
    check_amount("the charged amount", summary.charged_minor)?;
    check_amount("the last charged amount", summary.last_charged_minor)?;
    check_amount("the pending amount", summary.pending_minor)
}

fn check_amount(what: &'static str, amount_minor: Option<i64>) -> Result<(), Refusal> {
    match amount_minor {
        Some(amount_minor) if amount_minor < 0 => Err(Refusal::NegativeAmount { what, amount_minor }),
        Some(_) | None => Ok(()),
    }
}

fn check_currency(state: Option<&State>, told: Currency) -> Result<(), Refusal> {
    match state.map(|state| state.charges().currency) {
        Some(known) if known != told => Err(Refusal::CurrencyConflict { known, told }),
        Some(_) | None => Ok(()),
    }
}

fn decide_charge(charges: Option<&Charges>, told: Invoice, now: Instant) -> Vec<Event> {
    let invoice = told.invoice.clone();
    let told = Charge::from(told);
    let at = told.modified_at.unwrap_or(now);
    let Some(known) = charges.and_then(|charges| charges.by_invoice.get(&invoice)) else {
        let scheduled_at = told.terms.created_at.unwrap_or(at);
        let mut events = vec![stood(ChargeStanding::Scheduled, &invoice, &told, scheduled_at, false)];
        if told.standing != ChargeStanding::Scheduled {
            events.push(stood(told.standing, &invoice, &told, at, false));
        }
        return events;
    };
    // The order of the fields is time, rank, content.
    if told <= *known {
        return Vec::new();
    }
    let tried_again = told.standing == ChargeStanding::Recycling && told.terms.attempt != known.terms.attempt;
    vec![if told.standing != known.standing || tried_again {
        stood(told.standing, &invoice, &told, at, !known.leads_to(&told))
    } else if told.terms != known.terms {
        Event::ChargeRestated(charge_stood(&invoice, &told, at, false))
    } else {
        Event::ChargeReaffirmed(ChargeReaffirmed { at, invoice, modified_at: told.modified_at })
    }]
}

fn stood(to: ChargeStanding, invoice: &InvoiceId, told: &Charge, at: Instant, outside_rule: bool) -> Event {
    let stood = charge_stood(invoice, told, at, outside_rule);
    match to {
        ChargeStanding::Scheduled => Event::ChargeScheduled(stood),
        ChargeStanding::Recycling => Event::ChargeRecycled(stood),
        ChargeStanding::Cancelled => Event::ChargeCancelled(stood),
        ChargeStanding::Uncollected => Event::ChargeUncollected(stood),
        ChargeStanding::Collected => Event::ChargeCollected(stood),
    }
}

fn charge_stood(invoice: &InvoiceId, told: &Charge, at: Instant, outside_rule: bool) -> ChargeStood {
    let (invoice, terms) = (invoice.clone(), told.terms.clone());
    ChargeStood { at, invoice, modified_at: told.modified_at, outside_rule, terms }
}

/// `None` when the fact cannot follow the state.
fn evolve(state: Option<State>, event: &Event) -> Option<State> {
    match (state, event) {
        (None, Event::Opened(opened)) => Some(known(opened, Charges::new(opened.terms.recurring.currency))),
        (Some(State::Foretold(charges)), Event::Opened(opened)) => Some(known(opened, charges)),
        (None, Event::ChargeScheduled(stood)) => {
            let mut charges = Charges::new(stood.terms.currency);
            evolve_charge(&mut charges, event).then_some(State::Foretold(charges))
        }
        (Some(mut state), event) => {
            let applied = match &mut state {
                State::Known(known) => evolve_described(&mut known.described, event) || order(known, event),
                State::Foretold(_) => false,
            };
            (applied || evolve_charge(state.charges_mut(), event)).then_some(state)
        }
        (None, _) => None,
    }
}

fn known(opened: &Opened, charges: Charges) -> State {
    let described = Description {
        said: opened.said,
        standing: Standing::Pending,
        progress: opened.progress.clone(),
        terms: opened.terms.clone(),
        methods: opened.methods.clone(),
        profile: opened.profile.clone(),
    };
    State::Known(Box::new(Known { described, charges, changes: Changes::default() }))
}

/// Applies a fact of an order; false when it is none, or cannot follow.
fn order(known: &mut Known, event: &Event) -> bool {
    match event {
        Event::ChangeAsked(e) => known.changes.ask(e.request.clone(), e.clone()),
        Event::ChangeSettled(e) => known.changes.settle(&e.request, &e.outcome),
        _ => false,
    }
}

/// Applies a fact beside a charge; false when it cannot follow.
fn evolve_beside(charges: &mut Charges, event: &Event) -> bool {
    match event {
        Event::Reminded(e) => {
            charges.by_invoice.contains_key(&e.invoice)
                && charges.reminded.insert((e.invoice.clone(), e.step.clone()))
        }
        Event::RevenueDeferred(e) => {
            let is_new = charges.by_invoice.contains_key(&e.invoice)
                && !charges.deferrals.contains_key(&e.invoice)
                && e.currency == charges.currency;
            if is_new {
                charges.deferrals.insert(e.invoice.clone(), Deferral::new(e.clone()));
            }
            is_new
        }
        Event::RevenueRecognised(e) => {
            let deferral = charges.deferrals.get_mut(&e.invoice);
            deferral.is_some_and(|deferral| deferral.recognise(e.month, e.amount_minor))
        }
        Event::DeferralEnded(e) => {
            let deferral = charges.deferrals.get_mut(&e.invoice);
            deferral.is_some_and(|deferral| deferral.end(&e.cause, e.amount_minor))
        }
        _ => false,
    }
}

/// Applies a fact of the subscription itself; false when it is none.
fn evolve_described(described: &mut Description, event: &Event) -> bool {
    match event {
        Event::AwaitedPayer(e) => stand(described, Standing::Pending, e.said),
        Event::Authorized(e) | Event::Resumed(e) => stand(described, Standing::Authorized, e.said),
        Event::Paused(e) => stand(described, Standing::Paused, e.said),
        Event::Cancelled(e) => stand(described, Standing::Cancelled, e.said),
        Event::TermsChanged(e) => (described.said, described.terms) = (e.said, e.terms.clone()),
        Event::MethodsChanged(e) => (described.said, described.methods) = (e.said, e.methods.clone()),
        Event::Progressed(e) => (described.said, described.progress) = (e.said, e.progress.clone()),
        Event::Redescribed(e) => (described.said, described.profile) = (e.said, e.profile.clone()),
        Event::Reaffirmed(e) => described.said = e.said,
        Event::Opened(_)
        | Event::ChargeScheduled(_)
        | Event::ChargeRecycled(_)
        | Event::ChargeCollected(_)
        | Event::ChargeUncollected(_)
        | Event::ChargeCancelled(_)
        | Event::ChargeRestated(_)
        | Event::ChargeReaffirmed(_)
        | Event::ChangeAsked(_)
        | Event::ChangeSettled(_)
        | Event::Reminded(_)
        | Event::RevenueDeferred(_)
        | Event::RevenueRecognised(_)
        | Event::DeferralEnded(_) => return false,
    }
    true
}

fn stand(described: &mut Description, standing: Standing, said: Said) {
    described.standing = standing;
    described.said = said;
}

/// Applies a fact of a charge; false when it is none, or cannot follow.
fn evolve_charge(charges: &mut Charges, event: &Event) -> bool {
    use ChargeStanding as C;
    let (to, told) = match event {
        Event::ChargeScheduled(e) => (Some(C::Scheduled), e),
        Event::ChargeRecycled(e) => (Some(C::Recycling), e),
        Event::ChargeCollected(e) => (Some(C::Collected), e),
        Event::ChargeUncollected(e) => (Some(C::Uncollected), e),
        Event::ChargeCancelled(e) => (Some(C::Cancelled), e),
        Event::ChargeRestated(e) => (None, e),
        Event::ChargeReaffirmed(e) => {
            let known = charges.by_invoice.get_mut(&e.invoice);
            return known.map(|charge| charge.modified_at = e.modified_at).is_some();
        }
        Event::Reminded(_)
        | Event::RevenueDeferred(_)
        | Event::RevenueRecognised(_)
        | Event::DeferralEnded(_) => return evolve_beside(charges, event),
        Event::Opened(_)
        | Event::ChangeAsked(_)
        | Event::ChangeSettled(_)
        | Event::AwaitedPayer(_)
        | Event::Authorized(_)
        | Event::Paused(_)
        | Event::Resumed(_)
        | Event::Cancelled(_)
        | Event::TermsChanged(_)
        | Event::MethodsChanged(_)
        | Event::Progressed(_)
        | Event::Redescribed(_)
        | Event::Reaffirmed(_) => return false,
    };
    let known = charges.by_invoice.get(&told.invoice).map(|charge| charge.standing);
    let standing = match (known, to) {
        (Some(_), Some(to)) => to,
        (Some(known), None) => known,
        (None, Some(C::Scheduled)) => C::Scheduled,
        (None, _) => return false,
    };
    let collected_unpaid = standing == C::Collected && !told.terms.is_paid();
    if collected_unpaid || told.terms.currency != charges.currency {
        return false;
    }
    let charge = Charge { modified_at: told.modified_at, standing, terms: told.terms.clone() };
    charges.by_invoice.insert(told.invoice.clone(), charge);
    true
}
