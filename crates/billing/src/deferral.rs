//! Revenue of charges that pay for more than a month: what is deferred when, and how the debt rolls from month to month.
//!
//! [`orders`] says which facts are due by an instant, from what was agreed and what the payment's books show; the
//! domain decides their amounts. It reads no clock: the same knowledge gives the same orders whenever it is asked.
//! [`Roll`] only counts facts that were written.

use std::collections::{BTreeMap, BTreeSet};

use domain::currency::Currency;
use domain::ids::{InvoiceId, PaymentId};
use domain::machine::Instant;
use domain::plan::{Period, PeriodUnit};
use domain::preapproval::charge::ChargeStanding;
use domain::preapproval::revenue::{RevenueDeferred, WITHDRAWAL};
use domain::preapproval::{Command, Event};
use domain::text::Text;

use crate::calendar::Calendar;
use crate::days::{Stride, Zone};
use crate::options::Options;
use crate::timeline::{Charge, Timeline};

mod paid;
mod roll;

pub use roll::{Roll, RollRow};

/// The deferrals of one subscription, by charge.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Deferrals {
    /// By charge.
    pub by_invoice: BTreeMap<InvoiceId, Deferred>,
}

/// What was deferred of one charge, and what became of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Deferred {
    /// The fact that began it.
    pub deferred: RevenueDeferred,
    /// When each month was recognised, with its amount in minor units; the first month first.
    pub recognised: Vec<(Instant, i64)>,
    /// When what was given back, minor units, by cause.
    pub ended: BTreeMap<Text, (Instant, i64)>,
}

/// What the books show of the payment of a charge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Paid {
    /// The sale.
    pub sold: Sold,
    /// What was given back since.
    pub given_back: Vec<GivenBack>,
}

/// A sale that was booked once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sold {
    /// It stands in the books.
    Booked {
        /// The day it is booked on.
        at: Instant,
        /// Currency of the amount.
        currency: Currency,
        /// Without the value added tax, minor units.
        net_minor: i64,
    },
    /// It was taken out of the books again.
    Withdrawn {
        /// When the provider said what it was withdrawn for, if it gave a time.
        at: Option<Instant>,
    },
}

/// Money that went back to the payer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GivenBack {
    /// What gave it back, such as `refund/1009042015`.
    pub cause: Text,
    /// When.
    pub at: Instant,
    /// Without the value added tax, minor units.
    pub net_minor: i64,
}

/// A charge that pays for more than a month.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Prepaid<'a> {
    /// The charge.
    pub invoice: &'a InvoiceId,
    /// The payment that collected it.
    pub payment: &'a PaymentId,
    /// First instant of what it pays for.
    pub from: Instant,
    /// Over how many months.
    pub months: u32,
}

impl Deferrals {
    /// Takes in a fact; others than those of deferrals change nothing.
    pub fn follow(&mut self, event: &Event) {
        match event {
            Event::RevenueDeferred(deferred) => {
                let first =
                    Deferred { deferred: deferred.clone(), recognised: Vec::new(), ended: BTreeMap::new() };
                self.by_invoice.entry(deferred.invoice.clone()).or_insert(first);
            }
            Event::RevenueRecognised(month) => {
                if let Some(known) = self.by_invoice.get_mut(&month.invoice) {
                    known.recognised.push((month.at, month.amount_minor));
                }
            }
            Event::DeferralEnded(ended) => {
                if let Some(known) = self.by_invoice.get_mut(&ended.invoice) {
                    known.ended.insert(ended.cause.clone(), (ended.at, ended.amount_minor));
                }
            }
            _ => {}
        }
    }
}

impl Deferred {
    /// What is still owed to the payer, minor units.
    #[must_use]
    pub fn left_minor(&self) -> i64 {
        let recognised: i64 = self.recognised.iter().map(|(_, minor)| minor).sum();
        let ended: i64 = self.ended.values().map(|(_, minor)| minor).sum();
        self.deferred.amount_minor - recognised - ended
    }
}

/// Months that a period pays for: days are counted in months of 30 as the provider does, to the nearest.
#[must_use]
pub fn months_of(every: Period) -> u32 {
    match every.unit {
        PeriodUnit::Months => every.count,
        PeriodUnit::Days => every.count.saturating_add(15) / 30,
    }
}

/// The charges of which something is deferred or may have to be: collected, for more than a month, and not yet earned or
/// given back to the end. A first charge for a shorter period never is; a payment that two invoices name is one sale.
#[must_use]
pub fn prepaid<'a>(timeline: &'a Timeline, options: &Options) -> Vec<Prepaid<'a>> {
    let mut calendar = None;
    let mut is_share = |due_at: Instant| {
        let calendar = calendar.get_or_insert_with(|| Calendar::of(timeline, options));
        calendar.nearest_slot(due_at).is_some_and(|slot| calendar.is_share(slot))
    };
    let known = timeline.deferrals.by_invoice.values();
    let mut sold: BTreeSet<&PaymentId> = known.map(|known| &known.deferred.payment).collect();
    let of = |(invoice, charge): (&'a InvoiceId, &'a Charge)| {
        if let Some(known) = timeline.deferrals.by_invoice.get(invoice) {
            let RevenueDeferred { payment, from, months, .. } = &known.deferred;
            let prepaid = Prepaid { invoice, payment, from: *from, months: *months };
            return (known.left_minor() > 0).then_some(prepaid);
        }
        let payment = &charge.terms.payment.as_ref()?.payment;
        let from = charge.due_at();
        let months = months_of(timeline.terms_at(from)?.recurring.every);
        let is_prepaid = charge.standing == ChargeStanding::Collected && months > 1 && !is_share(from);
        (is_prepaid && sold.insert(payment)).then_some(Prepaid { invoice, payment, from, months })
    };
    timeline.charges.iter().filter_map(of).collect()
}

/// The orders that are due by an instant, in the order of their times. Those that were given before are not given again.
#[must_use]
pub fn orders(
    timeline: &Timeline,
    prepaid: &Prepaid<'_>,
    paid: &Paid,
    options: &Options,
    as_of: Instant,
) -> Vec<Command> {
    let known = timeline.deferrals.by_invoice.get(prepaid.invoice);
    let mut due: Vec<(Instant, Command)> = Vec::new();
    let began_at = match (known, paid.sold) {
        (Some(known), _) => known.deferred.at,
        (None, Sold::Booked { at, currency, net_minor }) if net_minor > 0 => {
            // Nobody owed anything for a charge that was not known: at no instant do facts hang in the air.
            let charge = timeline.charges.get(prepaid.invoice);
            let at = charge.map_or(at, |charge| at.max(charge.scheduled_at));
            due.push((at, defer(prepaid, at, currency, net_minor)));
            at
        }
        (None, Sold::Booked { .. } | Sold::Withdrawn { .. }) => return Vec::new(),
    };
    let done = known.map_or(0, |known| known.recognised.len());
    let zone = Zone::Of(options.zone);
    let months = Stride::new(zone, zone.local(prepaid.from), Period { count: 1, unit: PeriodUnit::Months });
    for month in (1..=prepaid.months).skip(done) {
        // A month that was over before the money came is earned with it.
        let Some(at) = months.at(month).map(|over| over.max(began_at)).filter(|at| *at <= as_of) else {
            break;
        };
        due.push((at, Command::Recognise { at, invoice: prepaid.invoice.clone(), month }));
    }
    for (cause, at, amount_minor) in given_back(known, paid, began_at) {
        let (at, invoice) = (at.max(began_at), prepaid.invoice.clone());
        due.push((at, Command::EndDeferral { at, invoice, cause, amount_minor }));
    }
    due.retain(|(at, _)| *at <= as_of);
    // Stable: of one instant, a month that is over comes before what is given back.
    due.sort_by_key(|(at, _)| *at);
    due.into_iter().map(|(_, order)| order).collect()
}

/// What ends a deferral and did not end it yet: cause, time, minor units.
fn given_back(known: Option<&Deferred>, paid: &Paid, began_at: Instant) -> Vec<(Text, Instant, i64)> {
    let is_new = |cause: &Text| known.is_none_or(|known| !known.ended.contains_key(cause));
    let back = paid.given_back.iter().filter(|given| given.net_minor > 0);
    let mut ends: Vec<_> = back.map(|given| (given.cause.clone(), given.at, given.net_minor)).collect();
    if let (Sold::Withdrawn { at }, Some(known)) = (paid.sold, known) {
        ends.push((WITHDRAWAL.into(), at.unwrap_or(began_at), known.deferred.amount_minor));
    }
    ends.retain(|(cause, _, _)| is_new(cause));
    ends
}

fn defer(prepaid: &Prepaid<'_>, at: Instant, currency: Currency, amount_minor: i64) -> Command {
    let Prepaid { invoice, payment, from, months } = *prepaid;
    let (invoice, payment) = (invoice.clone(), payment.clone());
    Command::Defer(RevenueDeferred { at, invoice, payment, currency, amount_minor, months, from })
}

#[cfg(test)]
mod tests;
