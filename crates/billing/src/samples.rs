//! Test support: the history of a subscription in a few words.

use domain::currency::Currency;
use domain::machine::Instant;
use domain::plan::{self, Period, PeriodUnit};
use domain::preapproval::charge::{ChargePayment, ChargeTerms, PaymentOutcome};
use domain::preapproval::{
    ChargeStood, Event, Methods, Opened, Profile, Progress, Progressed, Said, Stood, Summary, Terms,
    TermsChanged,
};

use crate::timeline::Timeline;

/// `2026-01-05` is noon in the provider's zone, `2026-01-05 04:00` a time in UTC.
pub(crate) fn at(text: &str) -> Instant {
    let text = if text.len() == 10 { format!("{text} 16:00") } else { text.to_owned() };
    let local =
        chrono::NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M").expect("the tests write times so");
    local.and_utc()
}

/// Every so many months.
pub(crate) fn months(count: u32) -> Period {
    Period { count, unit: PeriodUnit::Months }
}

/// Every so many days.
pub(crate) fn days(count: u32) -> Period {
    Period { count, unit: PeriodUnit::Days }
}

/// Terms of an amount in pesos and nothing else.
pub(crate) fn terms(amount_minor: i64, every: Period) -> Terms {
    Terms {
        recurring: plan::Terms {
            currency: Currency::ARS,
            amount_minor: Some(amount_minor),
            every,
            repetitions: None,
            billing_day: None,
            proportional: false,
            first_amount_minor: None,
            free_trial: None,
            first_charge_after_days: None,
        },
        starts_at: None,
        ends_at: None,
    }
}

/// Facts of one subscription, each at its own time.
#[derive(Clone, Debug)]
pub(crate) struct History {
    pub(crate) events: Vec<Event>,
    version: u64,
}

impl History {
    /// Made and not yet authorised.
    pub(crate) fn pending(made: &str, terms: &Terms) -> Self {
        let (at, version) = (at(made), 0);
        let said = Said { modified_at: Some(at), version: Some(version) };
        let profile = Profile { plan: None, title: None, reference: None, created_at: Some(at) };
        let progress = Progress { next_charge_at: None, summary: None };
        let opened =
            Opened { at, said, progress, terms: terms.clone(), methods: Methods::default(), profile };
        Self { events: vec![Event::Opened(Box::new(opened))], version }
    }

    /// Made with a card, and heard of at once.
    pub(crate) fn authorized(made: &str, terms: &Terms) -> Self {
        let mut history = Self::pending(made, terms);
        let said = Said { modified_at: Some(at(made)), version: Some(0) };
        history.events.push(Event::Authorized(Stood { at: at(made), said, outside_rule: false }));
        history
    }

    /// The payer authorises it.
    pub(crate) fn authorize(mut self, on: &str) -> Self {
        let stood = self.stood(on);
        self.then(Event::Authorized(stood))
    }

    /// It is paused.
    pub(crate) fn pause(mut self, on: &str) -> Self {
        let stood = self.stood(on);
        self.then(Event::Paused(stood))
    }

    /// It is resumed.
    pub(crate) fn resume(mut self, on: &str) -> Self {
        let stood = self.stood(on);
        self.then(Event::Resumed(stood))
    }

    /// It is cancelled.
    pub(crate) fn cancel(mut self, on: &str) -> Self {
        let stood = self.stood(on);
        self.then(Event::Cancelled(stood))
    }

    /// Other terms.
    pub(crate) fn change(mut self, on: &str, terms: &Terms) -> Self {
        let Stood { at, said, .. } = self.stood(on);
        self.then(Event::TermsChanged(TermsChanged { at, said, terms: terms.clone() }))
    }

    /// The provider tells its count.
    pub(crate) fn tell(mut self, on: &str, summary: Summary) -> Self {
        let Stood { at, said, .. } = self.stood(on);
        let progress = Progress { next_charge_at: None, summary: Some(summary) };
        self.then(Event::Progressed(Progressed { at, said, progress }))
    }

    /// The provider tells its next date.
    pub(crate) fn tell_next(mut self, on: &str, next_charge: &str) -> Self {
        let Stood { at: told_at, said, .. } = self.stood(on);
        let progress = Progress { next_charge_at: Some(at(next_charge)), summary: None };
        self.then(Event::Progressed(Progressed { at: told_at, said, progress }))
    }

    /// A charge is due.
    pub(crate) fn scheduled(self, invoice: &str, due: &str, amount_minor: i64) -> Self {
        let stood = charge_stood(invoice, due, due, amount_minor, None);
        self.then(Event::ChargeScheduled(stood))
    }

    /// A try of a charge failed.
    pub(crate) fn recycled(self, invoice: &str, due: &str, on: &str, amount_minor: i64) -> Self {
        let mut stood = charge_stood(invoice, due, on, amount_minor, Some(PaymentOutcome::Failed));
        stood.terms.rejection = Some("cc_rejected_insufficient_amount".into());
        self.then(Event::ChargeRecycled(stood))
    }

    /// A charge was paid.
    pub(crate) fn collected(self, invoice: &str, due: &str, on: &str, amount_minor: i64) -> Self {
        let stood = charge_stood(invoice, due, on, amount_minor, Some(PaymentOutcome::Approved));
        self.then(Event::ChargeCollected(stood))
    }

    /// A charge was given up.
    pub(crate) fn uncollected(self, invoice: &str, due: &str, on: &str, amount_minor: i64) -> Self {
        let stood = charge_stood(invoice, due, on, amount_minor, Some(PaymentOutcome::Failed));
        self.then(Event::ChargeUncollected(stood))
    }

    /// Any other fact.
    pub(crate) fn then(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }

    /// The fold of all of them.
    pub(crate) fn timeline(&self) -> Timeline {
        Timeline::of(&self.events).expect("a history begins with a description or a charge")
    }

    fn stood(&mut self, on: &str) -> Stood {
        self.version += 1;
        let said = Said { modified_at: Some(at(on)), version: Some(self.version) };
        Stood { at: at(on), said, outside_rule: false }
    }
}

fn charge_stood(
    invoice: &str,
    due: &str,
    on: &str,
    amount_minor: i64,
    outcome: Option<PaymentOutcome>,
) -> ChargeStood {
    let terms = ChargeTerms {
        attempt: None,
        payment: outcome.map(|outcome| ChargePayment { outcome, payment: format!("p-{invoice}").into() }),
        currency: Currency::ARS,
        amount_minor,
        due_at: Some(at(due)),
        next_retry_at: None,
        rejection: None,
        reference: None,
        created_at: Some(at(due)),
    };
    let modified_at = Some(at(on));
    ChargeStood { at: at(on), invoice: invoice.into(), modified_at, outside_rule: false, terms }
}
