//! The post office: every notice with its fate, and the deliveries that wait for their time.
//!
//! Each draw is keyed by the notice's number, so that the fate of one does not depend on how others are received.
//! Measured: first delivery after 1.7 s in the middle and 20 s at the ninetieth percentile; after a failure again at
//! +0.5 s, about +18 min, +35 min and +6.07 h, and no more.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use serde::Serialize;

use crate::draw::{Draw, Family};
use crate::notice::faults::Faults;
use crate::notice::{Body, Notice, Query};
use crate::time::{Instant, plus_ms};

/// Half a second.
const AGAIN_MS: i64 = 500;
/// Most attempts of one notice.
const ATTEMPTS: u32 = 5;

/// A notice and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) notice: Notice,
    pub(crate) told: Instant,
    pub(crate) fate: Fate,
    /// When it is delivered first.
    first: Instant,
    /// Deliveries that were planned so far.
    planned: u32,
    /// Deliveries that were made so far.
    pub(crate) made: u32,
}

/// What became of a notice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fate {
    /// It is still to be delivered.
    Waiting,
    /// It was never sent.
    Lost,
    /// Nobody listens.
    Nowhere,
    /// It was received.
    Delivered,
    /// It failed and a newer one of the same thing took its place.
    Superseded,
    /// It failed too often.
    GivenUp,
}

/// A delivery that is due.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Delivery {
    pub(crate) due: Instant,
    pub(crate) letter: usize,
    pub(crate) attempt: u32,
}

/// The post office.
#[derive(Clone, Default, Debug)]
pub(crate) struct Post {
    pub(crate) faults: Faults,
    /// Whether signatures carry the real time and not the virtual one.
    pub(crate) signs_in_real_time: bool,
    pub(crate) letters: Vec<Letter>,
    waiting: BinaryHeap<Reverse<Delivery>>,
    /// The newest letter of each thing, by seller, topic and id.
    newest: BTreeMap<(u64, &'static str, String), usize>,
}

impl Post {
    /// Takes a notice, and its twin on the older channel where there is one.
    pub(crate) fn take(&mut self, seed: u64, now: Instant, notice: Notice, reachable: bool) {
        let mut draw = Draw::of(seed, Family::Notice, self.letters.len() as u64);
        let ipn = notice.ipn.filter(|_| draw.happens(self.faults.ipn_percent));
        let twin = ipn.map(|ipn| Notice {
            topic: ipn.topic,
            body: Body::Ipn { topic: ipn.topic },
            query: Query::TopicId,
            ipn: None,
            ..notice.clone()
        });
        let key = (notice.seller, notice.topic, notice.resource.clone());
        self.newest.insert(key, self.letters.len());
        let twin_lag = draw.below_i64(300);
        let first = self.post(now, notice, reachable, None, &mut draw);
        if let Some(twin) = twin {
            let mut draw = Draw::of(seed, Family::Notice, self.letters.len() as u64);
            // Either may come first; they were measured at most a third of a second apart.
            self.post(now, twin, reachable, Some(plus_ms(first, twin_lag - 150)), &mut draw);
        }
    }

    /// When the next delivery is due.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.waiting.peek().map(|Reverse(delivery)| delivery.due)
    }

    /// When the last one that is planned so far is due.
    pub(crate) fn last_due(&self) -> Option<Instant> {
        self.waiting.iter().map(|Reverse(delivery)| delivery.due).max()
    }

    /// How many deliveries wait.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// The next delivery, if it is due; what was superseded before it failed again is not tried again.
    pub(crate) fn pop(&mut self, until: Instant) -> Option<Delivery> {
        self.next_due().filter(|due| *due <= until)?;
        self.waiting.pop().map(|Reverse(delivery)| delivery)
    }

    /// Whether a delivery has been overtaken: it is a retry, and something newer was told of the same thing.
    pub(crate) fn supersede(&mut self, delivery: &Delivery) -> bool {
        let letter = &self.letters[delivery.letter];
        let is_retry = delivery.attempt > 0 && letter.fate == Fate::Waiting;
        let key = (letter.notice.seller, letter.notice.topic, letter.notice.resource.clone());
        let newer = is_retry && self.newest.get(&key).is_some_and(|newest| *newest > delivery.letter);
        // A duplicate that was planned from the start is no retry.
        let newer = newer && delivery.due > plus_ms(letter.first, AGAIN_MS);
        if newer {
            self.letters[delivery.letter].fate = Fate::Superseded;
        }
        newer
    }

    /// Notes how a delivery ended, and plans the next one of a notice that nobody received.
    pub(crate) fn note(&mut self, seed: u64, delivery: &Delivery, received: bool) {
        let letter = &mut self.letters[delivery.letter];
        letter.made += 1;
        if received {
            letter.fate = Fate::Delivered;
            return;
        }
        if letter.fate != Fate::Waiting || delivery.attempt + 1 < letter.planned {
            return;
        }
        if letter.planned == ATTEMPTS {
            letter.fate = Fate::GivenUp;
            return;
        }
        let mut draw = Draw::of(seed, Family::Delivery, key(delivery));
        let after = match letter.planned {
            1 => AGAIN_MS,
            2 => 996_000 + draw.below_i64(228_000),
            3 => 35 * 60_000,
            _ => 364 * 60_000 + 12_000,
        };
        let (due, attempt) = (plus_ms(letter.first, after), letter.planned);
        letter.planned += 1;
        self.waiting.push(Reverse(Delivery { due, letter: delivery.letter, attempt }));
    }

    /// How many notices from a number on have each fate.
    pub(crate) fn fates(&self, from: usize) -> BTreeMap<Fate, u64> {
        let mut fates = BTreeMap::new();
        for letter in self.letters.iter().skip(from) {
            *fates.entry(letter.fate).or_default() += 1;
        }
        fates
    }

    fn post(
        &mut self,
        now: Instant,
        notice: Notice,
        reachable: bool,
        first: Option<Instant>,
        draw: &mut Draw,
    ) -> Instant {
        let (lost, twice) =
            (draw.happens(self.faults.lost_percent), draw.happens(self.faults.duplicated_percent));
        let late = draw.happens(self.faults.reordered_percent);
        let latency = latency_ms(notice.topic, draw) + if late { draw.below_i64(20 * 60_000) } else { 0 };
        let first = first.unwrap_or(plus_ms(now, latency));
        let fate = match (reachable, lost) {
            (false, _) => Fate::Nowhere,
            (true, true) => Fate::Lost,
            (true, false) => Fate::Waiting,
        };
        let letter = self.letters.len();
        let planned = if fate == Fate::Waiting { 1 + u32::from(twice) } else { 0 };
        for attempt in 0..planned {
            let due = plus_ms(first, i64::from(attempt) * AGAIN_MS);
            self.waiting.push(Reverse(Delivery { due, letter, attempt }));
        }
        self.letters.push(Letter { notice, told: now, fate, first, planned, made: 0 });
        first
    }
}

/// The key of a delivery's own draws.
pub(crate) fn key(delivery: &Delivery) -> u64 {
    delivery.letter as u64 * 16 + u64::from(delivery.attempt)
}

fn latency_ms(topic: &str, draw: &mut Draw) -> i64 {
    let slow = draw.below(10) == 0;
    match topic {
        "subscription_preapproval" | "subscription_preapproval_plan" => 2_000 + draw.below_i64(55_000),
        "subscription_authorized_payment" => 1_000 + draw.below_i64(42_000),
        _ if slow => 2_800 + draw.below_i64(29_200),
        _ => 600 + draw.below_i64(2_200),
    }
}
