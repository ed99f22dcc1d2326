//! Subscriptions charge themselves: an invoice when an instalment is due, a first try an hour later, more within ten
//! days, and the end of the subscription after three instalments that nobody paid.
//!
//! Source: "Payment retry" of subscriptions. What it leaves open is in `rules`.

use chrono::TimeDelta;

use super::dates::retry_after;
use super::rules::Unpaid;
use super::script::Mistake;
use super::{Due, Invoice, Preapproval, Stage, Standing, notices};
use crate::charge::{Charge, Charged, Outcome};
use crate::payment::{Channel, Method, Operation};
use crate::time::Instant;
use crate::world::World;

/// From the invoice to the first try.
const FIRST_TRY: TimeDelta = TimeDelta::hours(1);
/// How often an unfinished try, or that of a paused subscription, is looked at again.
const LOOK_AGAIN: TimeDelta = TimeDelta::days(1);

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
            Some((at, Due::Attempt(id))) => attempt(world, id, at),
            Some((at, Due::End(id))) => end(world, &id, at),
            Some((_, Due::Withdraw(id))) => withdraw(world, &id),
            None => return,
        }
    }
}

/// Makes the invoice of an instalment, unless the subscription is paused: what falls into a pause is lost.
fn bill(world: &mut World, id: &str, at: Instant) {
    let calendar = &mut world.subscriptions;
    let Some(preapproval) = calendar.preapprovals.get_mut(id) else { return };
    if preapproval.due() != Some(at) || !preapproval.is_running() {
        return;
    }
    let (position, number) = (preapproval.position, preapproval.passed);
    preapproval.position += 1;
    preapproval.passed += 1;
    let is_charged = preapproval.standing == Standing::Authorized;
    preapproval.made += u32::from(is_charged);
    let full = preapproval.terms.amount_minor.unwrap_or_default();
    let amount_minor = if position == 0 { preapproval.rhythm.first_minor(full) } else { full };
    calendar.note_next(id);
    if !is_charged {
        return;
    }
    let script = calendar.scripts.get(&(id.to_owned(), number));
    match script.and_then(|script| script.mistake) {
        None => invoice(world, id, number, amount_minor, at),
        Some(Mistake::Missed) => {}
        Some(Mistake::Overcharged) => invoice(world, id, number, amount_minor.saturating_mul(2), at),
        Some(Mistake::Doubled) => {
            invoice(world, id, number, amount_minor, at);
            invoice(world, id, number, amount_minor, at);
        }
    }
}

/// Makes an invoice.
pub(super) fn invoice(world: &mut World, preapproval: &str, number: u32, amount_minor: i64, at: Instant) {
    let now = world.moment();
    let calendar = &mut world.subscriptions;
    let Some(seller) = calendar.preapprovals.get(preapproval).map(|found| found.seller) else { return };
    let last = calendar.invoices.last_key_value().map_or(6_100_000_000, |(id, _)| *id);
    let id = last + 1 + world.draw.below(82);
    let invoice = Invoice {
        id,
        preapproval: preapproval.to_owned(),
        seller,
        number,
        amount_minor,
        debit_date: at,
        stage: Stage::Scheduled,
        attempts: 0,
        next_retry: None,
        payment: None,
        created: now,
        modified: now,
        version: 0,
    };
    calendar.invoices.insert(id, invoice);
    calendar.invoices_of.entry(preapproval.to_owned()).or_default().push(id);
    calendar.due.insert((at + FIRST_TRY, Due::Attempt(id)));
    notices::invoice(world, id);
}

/// Tries to charge an invoice, or looks what became of a try that did not end.
fn attempt(world: &mut World, id: u64, at: Instant) {
    let calendar = &world.subscriptions;
    let Some(invoice) = calendar.invoices.get(&id) else { return };
    let Some(preapproval) = calendar.preapprovals.get(&invoice.preapproval) else { return };
    if matches!(invoice.stage, Stage::Processed | Stage::Cancelled) {
        return;
    }
    if preapproval.standing == Standing::Paused {
        world.subscriptions.due.insert((at + LOOK_AGAIN, Due::Attempt(id)));
        return;
    }
    // A try that failed says when the next one is.
    let unfinished = invoice.payment.filter(|_| invoice.next_retry.is_none());
    match unfinished.and_then(|payment| world.payment(payment)).map(|payment| (payment.id, payment.status()))
    {
        Some((payment, status)) => settle(world, id, at, payment, status, false),
        None => {
            let asked = charge(world, preapproval, invoice);
            // Payments name the invoice by an id of their own: measured.
            let named = world.draw.uuid();
            let Charged { id: payment, status, .. } = world.charge(asked(named));
            settle(world, id, at, payment, status, true);
        }
    }
}

/// The charge of a try, once its name for the invoice is drawn.
fn charge(
    world: &World,
    preapproval: &Preapproval,
    invoice: &Invoice,
) -> impl FnOnce(String) -> Charge + use<> {
    let script = world.subscriptions.scripts.get(&(invoice.preapproval.clone(), invoice.number));
    let scripted = script.and_then(|script| script.holder(invoice.attempts));
    let holder = scripted.or(preapproval.card.as_ref().map(|card| card.holder.as_str()));
    let outcome = holder.and_then(Outcome::of_holder).unwrap_or(Outcome::Approved);
    let (number, first, billing_date) = (invoice.number + 1, invoice.number == 0, invoice.debit_date);
    let (seller, amount_minor) = (preapproval.seller, invoice.amount_minor);
    let (reference, description) = (preapproval.reference.clone(), preapproval.reason.clone());
    let (plan, preapproval) = (preapproval.plan.clone(), preapproval.id.clone());
    move |named| Charge {
        seller,
        amount_minor,
        method: Method { id: "master".into(), kind: "credit_card".into() },
        installments: 1,
        reference,
        description,
        operation: Operation::Recurring,
        outcome,
        channel: Channel::Subscription { preapproval, plan, invoice: named, number, first, billing_date },
    }
}

/// Writes down what a try came to.
fn settle(world: &mut World, id: u64, at: Instant, payment: u64, status: &'static str, is_new: bool) {
    let now = world.moment();
    let calendar = &mut world.subscriptions;
    let rules = calendar.rules;
    let Some(invoice) = calendar.invoices.get_mut(&id) else { return };
    let Some(preapproval) = calendar.preapprovals.get_mut(&invoice.preapproval) else { return };
    invoice.payment = Some(payment);
    invoice.attempts += u32::from(is_new);
    let is_last = invoice.attempts >= rules.tries;
    // Counted from when it was to be tried, so that what else happens then does not move it.
    let next_retry = retry_after(at, preapproval.rhythm.every, &rules);
    let (stage, next) = match status {
        "approved" => (Stage::Processed, None),
        "rejected" | "cancelled" if is_last => (Stage::Processed, None),
        "rejected" | "cancelled" => (Stage::Recycling, Some(next_retry)),
        // It waits for an answer where it stands.
        _ => (invoice.stage, Some(at + LOOK_AGAIN)),
    };
    let is_told = is_new || stage != invoice.stage;
    invoice.stage = stage;
    invoice.next_retry = next.filter(|_| matches!(status, "rejected" | "cancelled"));
    if is_told {
        invoice.modified = now;
        invoice.version += 1;
    }
    if let Some(next) = next {
        calendar.due.insert((next, Due::Attempt(id)));
    }
    count(preapproval, invoice, status, now);
    let [in_row, in_all] = preapproval.tally.unpaid;
    let counted = match rules.unpaid {
        Unpaid::InRow => in_row,
        Unpaid::InAll => in_all,
    };
    let is_over = preapproval.is_running() && counted >= rules.most_unpaid;
    let over = is_over.then(|| preapproval.id.clone());
    if is_told {
        notices::invoice(world, id);
    }
    if let Some(over) = over {
        cancel(world, &over);
    }
}

/// Counts what a try came to.
fn count(preapproval: &mut Preapproval, invoice: &Invoice, status: &str, at: Instant) {
    let tally = &mut preapproval.tally;
    tally.recycling.remove(&invoice.id);
    match (invoice.stage, status) {
        (Stage::Processed, "approved") => {
            tally.quantity += 1;
            tally.amount_minor += invoice.amount_minor;
            tally.last = Some((at, invoice.amount_minor));
            tally.unpaid[0] = 0;
        }
        (Stage::Processed, _) => {
            tally.unpaid = tally.unpaid.map(|unpaid| unpaid + 1);
            tally.last_unpaid = Some(at);
        }
        (Stage::Recycling, _) => {
            tally.recycling.insert(invoice.id, at);
        }
        (Stage::Scheduled | Stage::Cancelled, _) => {}
    }
    preapproval.modified = at;
}

/// Ends a subscription with all its open invoices, and tells of each.
pub(super) fn cancel(world: &mut World, id: &str) {
    let now = world.moment();
    if !stop(world, id, now) {
        return;
    }
    let calendar = &mut world.subscriptions;
    let mut ended = Vec::new();
    for number in calendar.invoices_of.get(id).map_or(&[][..], Vec::as_slice) {
        let Some(invoice) = calendar.invoices.get_mut(number) else { continue };
        if !matches!(invoice.stage, Stage::Scheduled | Stage::Recycling) {
            continue;
        }
        invoice.stage = Stage::Cancelled;
        invoice.next_retry = None;
        invoice.modified = now;
        invoice.version += 1;
        ended.push(invoice.id);
    }
    if let Some(preapproval) = calendar.preapprovals.get_mut(id) {
        preapproval.tally.recycling.clear();
    }
    notices::preapproval(world, id);
    for invoice in ended {
        notices::invoice(world, invoice);
    }
}

/// The end that was agreed on: nothing new is charged, and what is open is tried on.
fn end(world: &mut World, id: &str, at: Instant) {
    let found = world.subscriptions.preapprovals.get(id);
    if !found.is_some_and(|found| found.is_running() && found.rhythm.ends_at == Some(at)) {
        return;
    }
    let now = world.moment();
    if stop(world, id, now) {
        notices::preapproval(world, id);
    }
}

fn stop(world: &mut World, id: &str, now: Instant) -> bool {
    let Some(preapproval) = world.subscriptions.preapprovals.get_mut(id) else { return false };
    preapproval.standing = Standing::Cancelled;
    preapproval.modified = now;
    preapproval.version += 1;
    true
}

/// Ends a subscription whose card was refused when it began. Nobody is told: measured.
fn withdraw(world: &mut World, id: &str) {
    let now = world.moment();
    if let Some(preapproval) = world.subscriptions.preapprovals.get_mut(id) {
        preapproval.standing = Standing::Cancelled;
        preapproval.modified = now;
    }
}
