//! Our side of one subscription: what it is told becomes facts, the facts a timeline, and the timeline the charges that
//! are to be expected.

use billing::expected::{Expected, expected, next_charge_at};
use billing::options::Options;
use billing::timeline::Timeline;
use domain::machine::{Context, Instant, Machine};
use domain::observation::Observation;
use domain::preapproval::machine::Preapproval;
use domain::preapproval::state::State;
use domain::preapproval::{ChargeStood, Command, Event, Standing};
use domain::rules::Rules;
use mercadopago::observe::{Channel, Delivery, DeliveryKind, Seen, observe};

use super::lot::Lot;

/// One subscription.
pub struct Book {
    pub id: String,
    pub lot: Lot,
    state: Option<State>,
    timeline: Option<Timeline>,
    /// Charges that were told since the last look: when they are due, and how much they are.
    pub fresh: Vec<(Instant, i64)>,
    /// Tries that failed, by their charge and count, with when the next one is.
    pub failed: Vec<Failed>,
    /// Charges that were expected day by day.
    pub daily: Vec<Expected>,
    /// What was expected of the day that passes.
    pub forecast: Vec<Expected>,
    /// When the next charge is due; `None` without one.
    next: Option<Instant>,
    is_stale: bool,
    /// We ended it.
    pub is_cancelled_by_us: bool,
    /// Its card fails.
    pub is_failing: bool,
}

/// A try that failed.
pub struct Failed {
    pub at: Instant,
    pub attempt: u32,
    pub due_at: Instant,
    pub next_retry_at: Option<Instant>,
}

impl Book {
    pub fn new(id: String, lot: Lot) -> Self {
        Self {
            id,
            lot,
            state: None,
            timeline: None,
            fresh: Vec::new(),
            failed: Vec::new(),
            daily: Vec::new(),
            forecast: Vec::new(),
            next: None,
            is_stale: true,
            is_cancelled_by_us: false,
            is_failing: false,
        }
    }

    /// Takes in what the provider's API answered.
    pub fn learn(&mut self, topic: &str, body: &[u8], now: Instant, rules: &Rules) {
        let delivery = Delivery {
            kind: DeliveryKind::Resource,
            topic,
            channel: Channel::Response,
            seller: Some("1122334455"),
            site: Some("MLA"),
            received_at: now,
            verified: false,
            body,
        };
        let seen = observe(&delivery).expect("what the simulator answers can be read");
        let Seen::Told(told) = seen else { panic!("a resource tells something: {seen:?}") };
        for observed in told.observed {
            let Observation::Preapproval(told) = observed.observation else {
                panic!("it is of a subscription")
            };
            let context = Context { now, rules };
            let events = Preapproval::decide(self.state.as_ref(), Command::Observe(told), &context);
            for event in events.expect("what the simulator tells is accepted") {
                self.follow(&event);
            }
        }
        self.is_stale = true;
    }

    fn follow(&mut self, event: &Event) {
        self.state =
            Some(Preapproval::evolve(self.state.take(), event).expect("what was decided can follow"));
        self.timeline = Timeline::follow(self.timeline.take(), event);
        match event {
            Event::ChargeScheduled(ChargeStood { terms, .. }) => {
                self.fresh.push((terms.due_at.expect("an invoice has a date"), terms.amount_minor));
            }
            Event::ChargeRecycled(ChargeStood { at, terms, .. }) => self.failed.push(Failed {
                at: *at,
                attempt: terms.attempt.expect("tries are counted"),
                due_at: terms.due_at.expect("an invoice has a date"),
                next_retry_at: terms.next_retry_at,
            }),
            _ => {}
        }
    }

    pub fn timeline(&self) -> &Timeline {
        self.timeline.as_ref().expect("a subscription begins with its description")
    }

    pub fn standing(&self) -> Standing {
        self.timeline().standing().expect("a described subscription stands somewhere")
    }

    /// Says what is to be expected until then.
    pub fn foresee(&mut self, options: &Options, now: Instant, until: Instant) {
        if self.is_stale || self.next.is_some_and(|next| next < now) {
            self.next = next_charge_at(self.timeline(), options, now);
            self.is_stale = false;
        }
        self.forecast.clear();
        if self.next.is_some_and(|next| next < until) {
            let foreseen: Vec<_> = expected(self.timeline(), options, now, until).collect();
            self.forecast = foreseen;
        }
    }

    /// Compares what was expected of a span that has passed with what was charged in it.
    pub fn look_back(&mut self, options: &Options, from: Instant, now: Instant) -> Option<String> {
        if self.forecast.is_empty() && self.fresh.is_empty() {
            return None;
        }
        let due: Vec<_> = expected(self.timeline(), options, from, now).collect();
        let mut charged = std::mem::take(&mut self.fresh);
        charged.sort_unstable();
        let expected: Vec<_> = due.iter().map(|due| (due.due_at, due.amount_minor)).collect();
        // What ended it meanwhile could not be foreseen.
        let is_surprised = self.timeline().standings.iter().any(|(at, _)| (from..=now).contains(at));
        let foreseen = std::mem::take(&mut self.forecast);
        let found = if expected != charged {
            Some(format!("{}: {charged:?} was charged, and {expected:?} expected", self.id))
        } else if !is_surprised && foreseen != due {
            Some(format!("{}: {foreseen:?} was foreseen, and {due:?} expected", self.id))
        } else {
            None
        };
        self.daily.extend(due);
        found
    }
}
