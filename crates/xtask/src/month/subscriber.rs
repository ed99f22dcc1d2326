//! Subscribers of the store: a weekly charge each, a card check at the start, one attempt that fails and is retried.

use super::draw::Draw;
use super::sale::World;
use super::time::{DAY, HOUR, MINUTE, Time};

/// The attempt that is rejected: the first one of the third week.
pub const FAILED_ATTEMPT: u64 = 2;
/// Attempts of a subscriber in the month: four weeks and one retry.
pub const ATTEMPTS: u64 = 5;
/// One subscriber for so many payments, and one at least.
const PAYMENTS_FOR_ONE: u64 = 5_000;

/// A subscriber.
#[derive(Clone, Debug)]
pub struct Subscriber {
    /// Number, from 0.
    pub number: u64,
    /// The provider's id of the subscription.
    pub preapproval: String,
    /// When the subscription starts.
    pub started: Time,
}

/// A moment of a subscription.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Moment {
    /// The payer signs up.
    SignUp,
    /// An invoice is scheduled, by its week.
    Scheduled(u64),
    /// The payment of an attempt is done, by the attempt.
    Attempted(u64),
}

impl Subscriber {
    /// The subscriber of a number.
    pub fn new(world: &World, number: u64) -> Self {
        let mut draw = Draw::new(world.seed, 3, number);
        let started = Time::on_day(2, 14 * HOUR + draw.below_i64(20 * HOUR));
        Self { number, preapproval: draw.hex32(), started }
    }

    /// How many a month of this size has.
    pub fn count(world: &World) -> u64 {
        (world.payments / PAYMENTS_FOR_ONE).max(1)
    }

    /// The week an attempt is for: the fourth attempt is the retry of the third.
    pub fn week(attempt: u64) -> u64 {
        if attempt > FAILED_ATTEMPT { attempt - 1 } else { attempt }
    }

    /// Whether the attempt is the retry.
    pub fn is_retry(attempt: u64) -> bool {
        attempt == FAILED_ATTEMPT + 1
    }

    /// The provider's id of a week's invoice.
    pub fn invoice(&self, week: u64) -> u64 {
        7_010_000_000 + self.number * 10 + week
    }

    /// When a week's invoice is due.
    pub fn due(&self, week: u64) -> Time {
        self.started.plus(i64::try_from(week).expect("a month has few weeks") * 7 * DAY + 43 * MINUTE)
    }

    /// When an attempt's payment is created.
    pub fn attempt_at(&self, attempt: u64) -> Time {
        let first = self.due(Self::week(attempt)).plus(71 * MINUTE);
        if Self::is_retry(attempt) { first.plus(2 * DAY) } else { first }
    }

    /// Every moment of the month, with its time.
    pub fn moments(&self) -> Vec<(Time, Moment)> {
        let mut moments = vec![(self.started, Moment::SignUp)];
        for attempt in 0..ATTEMPTS {
            if !Self::is_retry(attempt) {
                let week = Self::week(attempt);
                moments.push((self.due(week).plus(MINUTE), Moment::Scheduled(week)));
            }
            moments.push((self.attempt_at(attempt), Moment::Attempted(attempt)));
        }
        moments
    }
}
