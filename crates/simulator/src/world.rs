//! Everything there is: the virtual clock, the sellers, their payments, and what is still to happen and to be told.
//!
//! One lock around all of it: a handler takes it, acts and returns. Nothing here waits, and nothing here knows HTTP.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use tokio::sync::Mutex as Turn;

use crate::account::check;
use crate::agenda::{Agenda, What};
use crate::card::Cards;
use crate::chargeback::Chargeback;
use crate::draw::{Draw, Family};
use crate::habits::Habits;
use crate::idempotency::Answers;
use crate::lag::Lag;
use crate::notice::post::Post;
use crate::oauth::Tokens;
use crate::obstacle::Obstacles;
use crate::payment::Payment;
use crate::report::Reports;
use crate::seller::Seller;
use crate::time::{Instant, plus_ms, whole};
use crate::twins::Twins;

/// The world behind its lock, as handlers share it.
pub(crate) type Shared = std::sync::Arc<Simulation>;

/// The world, and whose turn it is to move its clock.
pub(crate) struct Simulation {
    world: Mutex<World>,
    /// Held by whoever moves the clock and delivers notices; requests do not need it.
    pub(crate) turn: Turn<()>,
    pub(crate) client: reqwest::Client,
}

/// Everything there is.
pub(crate) struct World {
    pub(crate) seed: u64,
    now: Instant,
    /// Numbers in the order of calls.
    pub(crate) draw: Draw,
    pub(crate) sellers: BTreeMap<u64, Seller>,
    pub(crate) payments: BTreeMap<u64, Payment>,
    pub(crate) chargebacks: BTreeMap<u64, Chargeback>,
    pub(crate) agenda: Agenda,
    pub(crate) post: Post,
    pub(crate) tokens: Tokens,
    pub(crate) answers: Answers,
    pub(crate) reports: Reports,
    /// Sales that were drawn so far: the number of the next one.
    pub(crate) drawn: u64,
    pub(crate) cards: Cards,
    /// What the next calls of a kind meet.
    pub(crate) obstacles: Obstacles,
    pub(crate) habits: Habits,
    pub(crate) lag: Lag,
    pub(crate) twins: Twins,
    pub(crate) in_person: crate::in_person::Counter,
    pub(crate) subscriptions: crate::subscriptions::Calendar,
}

impl Simulation {
    pub(crate) fn new(world: World, client: reqwest::Client) -> Self {
        Self { world: Mutex::new(world), turn: Turn::new(()), client }
    }

    /// The world, for as long as the guard lives.
    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("nothing panics while it holds the world")
    }
}

impl World {
    /// A world without sellers.
    pub(crate) fn new(seed: u64, start: Instant) -> Self {
        Self {
            seed,
            now: whole(start),
            draw: Draw::of(seed, Family::World, 0),
            sellers: BTreeMap::new(),
            payments: BTreeMap::new(),
            chargebacks: BTreeMap::new(),
            agenda: Agenda::default(),
            post: Post::default(),
            tokens: Tokens::default(),
            answers: Answers::default(),
            reports: Reports::default(),
            drawn: 0,
            cards: Cards::default(),
            obstacles: Obstacles::default(),
            habits: Habits::default(),
            lag: Lag::default(),
            twins: Twins::default(),
            in_person: crate::in_person::Counter::default(),
            subscriptions: crate::subscriptions::Calendar::default(),
        }
    }

    /// The virtual time.
    pub(crate) fn now(&self) -> Instant {
        self.now
    }

    /// The next moment: whatever changes takes a millisecond, so that no two changes share their time.
    pub(crate) fn moment(&mut self) -> Instant {
        self.now = plus_ms(self.now, 1);
        self.now
    }

    /// Moves the clock to a time, never back.
    pub(crate) fn move_to(&mut self, at: Instant) {
        self.now = self.now.max(whole(at));
    }

    /// When something is next to happen of itself.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        let own = self.agenda.next_due();
        let counter = crate::in_person::next_due(self);
        let calendar = crate::subscriptions::next_due(self);
        own.into_iter().chain(counter).chain(calendar).min()
    }

    /// Lets everything happen that is due.
    pub(crate) fn run_due(&mut self) {
        let now = self.now;
        while let Some(what) = self.agenda.take(now) {
            self.happen(what);
        }
        crate::in_person::run_due(self);
        crate::subscriptions::run_due(self);
    }

    fn happen(&mut self, what: What) {
        match what {
            What::Sell { seller, number, early } => self.sell_drawn(seller, number, early),
            What::Approve(payment) => self.approve(payment),
            What::Reject(payment) => self.reject(payment, "cc_rejected_high_risk"),
            What::Lapse(payment) => self.lapse(payment),
            What::Release(payment) => self.release(payment),
            What::Refund { payment, share_bps } => self.refund_drawn(payment, share_bps),
            What::Dispute { payment, chargeback, days, won } => {
                self.dispute_drawn(payment, chargeback, days, won);
            }
            What::EndDispute { payment, won } => self.end_dispute(payment, won),
            What::PayOut { seller } => self.pay_out(seller),
            What::Report { task } => self.make_report(task),
        }
    }

    /// A seller that exists: callers have it from a token or from the world itself.
    pub(crate) fn seller(&self, id: u64) -> &Seller {
        self.sellers.get(&id).expect("sellers are never removed")
    }

    /// The same, to be changed.
    pub(crate) fn seller_mut(&mut self, id: u64) -> &mut Seller {
        self.sellers.get_mut(&id).expect("sellers are never removed")
    }

    /// A payment.
    pub(crate) fn payment(&self, id: u64) -> Option<&Payment> {
        self.payments.get(&id)
    }

    /// Counts the books of a seller a second time.
    ///
    /// # Errors
    /// The first sum that differs.
    pub(crate) fn check_books(&self, seller: u64) -> Result<(), check::Imbalance> {
        let payments = self.payments.values().filter(|payment| payment.seller == seller);
        check::check(&self.seller(seller).account, payments)
    }
}
