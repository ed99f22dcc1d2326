//! Subscriptions charge themselves: an invoice when an instalment is due, a first try an hour later, four more within
//! ten days, and the end of the subscription after three instalments in a row that nobody paid.
//!
//! Source: "Payment retry" of subscriptions. Whether the first try counts among the four is not said: here it does
//! not.

use chrono::TimeDelta;

use super::dates::{RETRIES, retry_after};
use super::{Due, Invoice, Light, Preapproval, Stage, Standing, notices};
use crate::charge::{Charge, Charged, Outcome};
use crate::payment::{Channel, Method, Operation};
use crate::time::Instant;
use crate::world::World;

/// From the invoice to the first try.
const FIRST_TRY: TimeDelta = TimeDelta::hours(1);
/// How often an unfinished try, or that of a paused subscription, is looked at again.
const LOOK_AGAIN: TimeDelta = TimeDelta::days(1);
/// Instalments in a row that end a subscription.
const MOST_UNCOLLECTED: u32 = 3;

/// When the next thing is due.
pub(crate) fn next_due(world: &World) -> Option<Instant> {
    world.subscriptions.due.first().map(|(at, _)| *at)
}

/// Does everything that is due now.
pub(crate) fn run_due(world: &mut World) {
    while let Some((at, _)) = world.subscriptions.due.first() {
        if *at > world.now() {
            return;
        }
        match world.subscriptions.due.pop_first() {
            Some((at, Due::Bill(id))) => bill(world, &id, at),
            Some((_, Due::Attempt(id))) => attempt(world, id),
            Some((_, Due::Withdraw(id))) => withdraw(world, &id),
            None => return,
        }
    }
}

/// Makes the invoice of an instalment, unless the subscription is paused: what falls into a pause is lost.
fn bill(world: &mut World, id: &str, at: Instant) {
    let calendar = &mut world.subscriptions;
    let Some(preapproval) = calendar.preapprovals.get_mut(id) else { return };
    let is_due = preapproval.rhythm.due(preapproval.position) == Some(at);
    if !is_due || matches!(preapproval.standing, Standing::Pending | Standing::Cancelled) {
        return;
    }
    let number = preapproval.position;
    preapproval.position += 1;
    let preapproval = preapproval.clone();
    calendar.note_next(id);
    if preapproval.standing == Standing::Authorized {
        invoice(world, &preapproval, number, at);
    }
}

fn invoice(world: &mut World, preapproval: &Preapproval, number: u32, at: Instant) {
    let full = preapproval.terms.amount_minor.unwrap_or_default();
    let now = world.moment();
    let id = world.draw.digits(10);
    let invoice = Invoice {
        id,
        preapproval: preapproval.id.clone(),
        seller: preapproval.seller,
        number,
        amount_minor: if number == 0 { preapproval.rhythm.first_minor(full) } else { full },
        debit_date: at,
        stage: Stage::Scheduled,
        attempts: 0,
        next_retry: None,
        payment: None,
        created: now,
        modified: now,
        version: 0,
    };
    world.subscriptions.invoices.insert(id, invoice);
    world.subscriptions.due.insert((at + FIRST_TRY, Due::Attempt(id)));
    notices::invoice(world, id);
}

/// Tries to charge an invoice, or looks what became of a try that did not end.
fn attempt(world: &mut World, id: u64) {
    let calendar = &world.subscriptions;
    let Some(invoice) = calendar.invoices.get(&id).cloned() else { return };
    let Some(preapproval) = calendar.preapprovals.get(&invoice.preapproval).cloned() else { return };
    if matches!(invoice.stage, Stage::Processed | Stage::Cancelled) {
        return;
    }
    if preapproval.standing == Standing::Paused {
        let again = world.now() + LOOK_AGAIN;
        world.subscriptions.due.insert((again, Due::Attempt(id)));
        return;
    }
    let unfinished = invoice.payment.filter(|_| invoice.stage == Stage::Scheduled);
    let (payment, status) = match unfinished.and_then(|payment| world.payment(payment)) {
        Some(payment) => (payment.id, payment.status()),
        None => {
            let Charged { id, status, .. } = charge(world, &preapproval, &invoice);
            (id, status)
        }
    };
    let is_new = unfinished.is_none();
    settle(world, &preapproval, id, payment, status, is_new);
}

fn charge(world: &mut World, preapproval: &Preapproval, invoice: &Invoice) -> Charged {
    let holder = preapproval.card.as_ref().map(|card| card.holder.as_str());
    let outcome = holder.and_then(Outcome::of_holder).unwrap_or(Outcome::Approved);
    // Payments name the invoice by an id of their own: measured.
    let named = world.draw.uuid();
    world.charge(Charge {
        seller: preapproval.seller,
        amount_minor: invoice.amount_minor,
        method: Method { id: "master".into(), kind: "credit_card".into() },
        installments: 1,
        reference: preapproval.reference.clone(),
        description: preapproval.reason.clone(),
        operation: Operation::Recurring,
        outcome,
        channel: Channel::Subscription {
            preapproval: preapproval.id.clone(),
            plan: preapproval.plan.clone(),
            invoice: named,
            number: invoice.number + 1,
            first: invoice.number == 0,
            billing_date: invoice.debit_date,
        },
    })
}

/// Writes down what a try came to.
fn settle(
    world: &mut World,
    preapproval: &Preapproval,
    id: u64,
    payment: u64,
    status: &'static str,
    is_new: bool,
) {
    let now = world.moment();
    let calendar = &mut world.subscriptions;
    let Some(invoice) = calendar.invoices.get_mut(&id) else { return };
    invoice.payment = Some(payment);
    invoice.attempts += u32::from(is_new);
    let is_last = invoice.attempts > RETRIES;
    let next_retry = retry_after(now, preapproval.rhythm.every);
    let (stage, retry) = match status {
        "approved" => (Stage::Processed, None),
        "rejected" | "cancelled" if is_last => (Stage::Processed, None),
        "rejected" | "cancelled" => (Stage::Recycling, Some(next_retry)),
        _ => (Stage::Scheduled, Some(now + LOOK_AGAIN)),
    };
    let is_told = is_new || stage != invoice.stage;
    invoice.stage = stage;
    invoice.next_retry = retry.filter(|_| stage == Stage::Recycling);
    let amount_minor = invoice.amount_minor;
    if is_told {
        invoice.modified = now;
        invoice.version += 1;
    }
    if let Some(retry) = retry {
        calendar.due.insert((retry, Due::Attempt(id)));
    }
    let is_over = calendar
        .preapprovals
        .get_mut(&preapproval.id)
        .is_some_and(|preapproval| count(preapproval, stage, status, (now, amount_minor)));
    if is_told {
        notices::invoice(world, id);
    }
    if is_over {
        cancel(world, &preapproval.id);
    }
}

/// Counts a try; says whether it was the one too many.
fn count(preapproval: &mut Preapproval, stage: Stage, status: &str, (at, minor): (Instant, i64)) -> bool {
    let tally = &mut preapproval.tally;
    match (stage, status) {
        (Stage::Processed, "approved") => {
            tally.quantity += 1;
            tally.amount_minor += minor;
            tally.last = Some((at, minor));
            tally.uncollected_in_row = 0;
            tally.light = Some(Light::Green);
        }
        (Stage::Processed, _) => {
            tally.uncollected_in_row += 1;
            tally.light = Some(Light::Red);
        }
        (Stage::Recycling, _) if tally.light != Some(Light::Red) => tally.light = Some(Light::Yellow),
        _ => {}
    }
    let is_over = tally.uncollected_in_row >= MOST_UNCOLLECTED;
    preapproval.modified = at;
    is_over
}

/// Ends a subscription with all its open invoices, and tells of each.
pub(super) fn cancel(world: &mut World, id: &str) {
    let now = world.moment();
    let calendar = &mut world.subscriptions;
    let Some(preapproval) = calendar.preapprovals.get_mut(id) else { return };
    preapproval.standing = Standing::Cancelled;
    preapproval.modified = now;
    preapproval.version += 1;
    let mut ended = Vec::new();
    let open = calendar.invoices.values_mut().filter(|invoice| {
        invoice.preapproval == id && matches!(invoice.stage, Stage::Scheduled | Stage::Recycling)
    });
    for invoice in open {
        invoice.stage = Stage::Cancelled;
        invoice.next_retry = None;
        invoice.modified = now;
        invoice.version += 1;
        ended.push(invoice.id);
    }
    notices::preapproval(world, id);
    for invoice in ended {
        notices::invoice(world, invoice);
    }
}

/// Ends a subscription whose card was refused when it began. Nobody is told: measured.
fn withdraw(world: &mut World, id: &str) {
    let now = world.moment();
    if let Some(preapproval) = world.subscriptions.preapprovals.get_mut(id) {
        preapproval.standing = Standing::Cancelled;
        preapproval.modified = now;
    }
}
