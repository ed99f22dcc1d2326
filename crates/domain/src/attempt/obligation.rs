//! Which attempts pay for one thing: a charge of a subscription, or what the merchant's reference names.
//!
//! A merchant may use a reference again, month after month. So attempts with one reference and amount are one
//! obligation only while each follows the one before within a time that is given.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::{Attempt, Way};
use crate::currency::Currency;
use crate::intent::Channel;
use crate::machine::Instant;
use crate::text::Text;

/// What attempts pay for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Owed {
    /// A charge of a subscription.
    Charge {
        /// The subscription.
        subscription: Text,
        /// The provider's invoice.
        invoice: Text,
    },
    /// What the merchant's reference names.
    Reference(Text),
    /// Nobody knows: the payment of this id stands alone.
    Unnamed(Text),
}

/// What is owed, and every attempt to pay it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Obligation {
    /// What is owed.
    pub owed: Owed,
    /// By the time they were made, then by id.
    pub attempts: Vec<Attempt>,
}

/// A charge of a subscription that falls due.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Due {
    /// Whose.
    pub seller: Text,
    /// The subscription.
    pub subscription: Text,
    /// The provider's invoice.
    pub invoice: Text,
    /// The merchant's references of the charge and of the subscription.
    pub references: Vec<Text>,
    /// From when on it can be paid.
    pub at: Option<Instant>,
    /// Minor units.
    pub amount_minor: i64,
    /// Currency of the amount.
    pub currency: Currency,
    /// Whether the calendar collected it.
    pub collected: bool,
    /// The payment that the invoice names.
    pub payment: Option<Text>,
}

/// What a charge request says of a payment that it names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// Where the payer paid.
    pub channel: Option<Channel>,
    /// The merchant's own reference.
    pub reference: Option<Text>,
    /// Terminal.
    pub device: Option<Text>,
}

/// Charges by what leads to them.
struct Dues<'a> {
    by_payment: BTreeMap<(&'a str, &'a str), &'a Due>,
    by_subscription: BTreeMap<(&'a str, &'a str), Vec<&'a Due>>,
    by_reference: BTreeMap<(&'a str, &'a str), Vec<&'a Due>>,
}

impl Attempt {
    /// Adds what a charge request knows and the payment itself does not tell.
    pub fn learn(&mut self, request: &Request) {
        // A point of sale has both terminals and QR codes; only the request says which.
        if self.way != Way::Subscription
            && let Some(channel) = request.channel
        {
            self.way = channel.into();
        }
        self.reference = self.reference.take().or_else(|| request.reference.clone());
        self.device = self.device.take().or_else(|| request.device.clone());
    }
}

impl Obligation {
    /// Whether a later attempt of the same obligation was accepted.
    #[must_use]
    pub fn recovers(&self, place: usize) -> bool {
        self.attempts[place].is_rejected() && self.attempts[place..].iter().any(Attempt::is_accepted)
    }
}

/// Ties attempts together, each to one obligation. Those that a reference names must follow one another `within` this
/// time, and follow a charge within it when they are to pay that.
#[must_use]
pub fn tie(attempts: Vec<Attempt>, dues: &[Due], within: TimeDelta) -> Vec<Obligation> {
    let dues = Dues::new(dues);
    let mut tied: BTreeMap<(Text, Owed, Currency, i64), Vec<Attempt>> = BTreeMap::new();
    for attempt in attempts {
        let (owed, amount_minor) = match (dues.of(&attempt, within), &attempt.reference) {
            (Some(due), _) => (due.owed(), due.amount_minor),
            // Its subscription has no such charge, and its reference is that of all charges.
            (None, Some(reference)) if attempt.way != Way::Subscription => {
                (Owed::Reference(reference.clone()), attempt.amount_minor)
            }
            (None, _) => (Owed::Unnamed(attempt.payment.clone()), attempt.amount_minor),
        };
        tied.entry((attempt.seller.clone(), owed, attempt.currency, amount_minor)).or_default().push(attempt);
    }
    let mut obligations = Vec::new();
    for ((_, owed, ..), mut attempts) in tied {
        attempts.sort_by(|a, b| (a.at, &a.payment).cmp(&(b.at, &b.payment)));
        let near = |a: &Attempt, b: &Attempt| {
            !matches!(owed, Owed::Reference(_)) || a.at.zip(b.at).is_none_or(|(a, b)| b - a <= within)
        };
        let runs = attempts.chunk_by(near);
        obligations.extend(runs.map(|run| Obligation { owed: owed.clone(), attempts: run.to_vec() }));
    }
    obligations
}

impl<'a> Dues<'a> {
    fn new(dues: &'a [Due]) -> Self {
        let mut all = Self {
            by_payment: BTreeMap::new(),
            by_subscription: BTreeMap::new(),
            by_reference: BTreeMap::new(),
        };
        for due in dues {
            let seller = due.seller.as_str();
            if let Some(payment) = &due.payment {
                all.by_payment.insert((seller, payment.as_str()), due);
            }
            all.by_subscription.entry((seller, due.subscription.as_str())).or_default().push(due);
            for reference in &due.references {
                all.by_reference.entry((seller, reference.as_str())).or_default().push(due);
            }
        }
        for dues in all.by_subscription.values_mut().chain(all.by_reference.values_mut()) {
            dues.sort_by(|a, b| (a.at, &a.invoice).cmp(&(b.at, &b.invoice)));
        }
        all
    }

    /// The charge that an attempt pays: the one that names it, else the last of its subscription that was due, else
    /// one that was due and has its reference and amount.
    fn of(&self, attempt: &Attempt, within: TimeDelta) -> Option<&'a Due> {
        let seller = attempt.seller.as_str();
        if let Some(due) = self.by_payment.get(&(seller, attempt.payment.as_str())) {
            return Some(*due);
        }
        let same = |due: &&&Due| due.amount_minor == attempt.amount_minor && due.currency == attempt.currency;
        let at = attempt.at?;
        if let Some(subscription) = &attempt.subscription {
            let dues = self.by_subscription.get(&(seller, subscription.as_str()))?;
            return dues.iter().rev().filter(same).find(|due| due.at.is_some_and(|due| due <= at)).copied();
        }
        let dues = self.by_reference.get(&(seller, attempt.reference.as_ref()?.as_str()))?;
        // Where two subscriptions have one reference, it does not say which.
        if dues.iter().any(|due| due.subscription != dues[0].subscription) {
            return None;
        }
        let reached = |due: &&&Due| due.at.is_some_and(|due| due <= at && at - due <= within);
        let mut reached: Vec<&Due> = dues.iter().filter(same).filter(reached).copied().collect();
        let open = reached.iter().position(|due| !due.collected);
        open.map(|open| reached[open]).or_else(|| reached.pop())
    }
}

impl Due {
    fn owed(&self) -> Owed {
        Owed::Charge { subscription: self.subscription.clone(), invoice: self.invoice.clone() }
    }
}

#[cfg(test)]
mod tests;
