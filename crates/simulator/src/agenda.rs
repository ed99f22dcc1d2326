//! What will happen of itself, and when: plain data in order of time, then of noting.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::time::Instant;

/// Something that will happen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum What {
    /// A drawn sale is made.
    Sell { seller: u64, number: u64, early: bool },
    /// A payment that waits or is reviewed is approved.
    Approve(u64),
    /// A payment that is reviewed is rejected.
    Reject(u64),
    /// An unpaid payment lapses, or a reservation ends.
    Lapse(u64),
    /// The money of a payment becomes available.
    Release(u64),
    /// A part of a payment is given back, basis points of its gross.
    Refund { payment: u64, share_bps: i64 },
    /// A payer disputes a payment; with a card chargeback or by a mediation.
    Dispute { payment: u64, chargeback: bool, days: i64, won: bool },
    /// A dispute ends.
    EndDispute { payment: u64, won: bool },
    /// The available balance is paid out.
    PayOut { seller: u64 },
    /// A report is made.
    Report { task: u64 },
}

/// Everything that will happen.
#[derive(Clone, Default, Debug)]
pub(crate) struct Agenda {
    heap: BinaryHeap<Reverse<(Instant, u64, What)>>,
    noted: u64,
}

impl Agenda {
    /// Notes something.
    pub(crate) fn note(&mut self, at: Instant, what: What) {
        self.noted += 1;
        self.heap.push(Reverse((at, self.noted, what)));
    }

    /// When the next thing happens.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.heap.peek().map(|Reverse((at, _, _))| *at)
    }

    /// The next thing, if it is due.
    pub(crate) fn take(&mut self, now: Instant) -> Option<What> {
        self.next_due().filter(|at| *at <= now)?;
        self.heap.pop().map(|Reverse((_, _, what))| what)
    }

    /// How much is noted.
    pub(crate) fn len(&self) -> usize {
        self.heap.len()
    }
}
