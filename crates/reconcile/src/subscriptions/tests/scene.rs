//! A subscription to a gym, 10.00 on the 5th of each month since January, told through the machines and booked by the
//! ledger's own rules.

use billing::timeline::Timeline;
use domain::currency::Currency;
use domain::event::Event as _;
use domain::fact::Fact;
use domain::ids::{PaymentId, PreapprovalId, SellerId};
use domain::machine::{Context, Instant, Machine};
use domain::payment::machine::Payment;
use domain::payment::{Operation, Standing};
use domain::plan::{Period, PeriodUnit};
use domain::preapproval::charge::{ChargePayment, ChargeTerms, Invoice, PaymentOutcome, Stage};
use domain::preapproval::machine::Preapproval;
use domain::rules::Rules;
use domain::stream::StreamId;
use domain::{payment, plan, preapproval};
use ledger::account::Account;
use ledger::policy::{ChargeAccounts, Policy, Recognition};
use ledger::rules::post;

use super::{feed_payment, settings};
use crate::subscriptions::Reconciliation;
use crate::subscriptions::outcome::Outcome;

const SELLER: &str = "7";

/// What was told, and of when it is looked at.
pub(super) struct Scene {
    pub as_of: Instant,
    pub period: Option<(&'static str, &'static str)>,
    /// Whether anybody described the subscription itself.
    pub described: bool,
    pub statements: Vec<preapproval::Description>,
    pub invoices: Vec<Invoice>,
    pub payments: Vec<payment::Description>,
    /// Payments whose entries are lost.
    pub unbooked: Vec<&'static str>,
    pub refunded_minor: Vec<(&'static str, i64)>,
    /// The provider's count of charges and of their money.
    pub count: Option<(u32, i64)>,
    pub vat_percent: &'static str,
    /// Orders of people and of the clock to the subscription.
    pub orders: Vec<preapproval::Command>,
    /// Entries beside those that the facts post.
    pub entries: Vec<(StreamId, Vec<(Account, i64)>)>,
}

pub(super) fn at(text: &str) -> Instant {
    text.parse().expect("a literal instant")
}

/// An invoice that the provider is done with, an hour after its day.
pub(super) fn invoice(
    id: &str,
    due_at: &str,
    amount_minor: i64,
    payment: Option<(&str, PaymentOutcome)>,
) -> Invoice {
    let due_at = at(due_at);
    Invoice {
        invoice: id.into(),
        modified_at: Some(due_at + chrono::TimeDelta::hours(1)),
        stage: Stage::Processed,
        terms: ChargeTerms {
            attempt: Some(1),
            payment: payment.map(|(id, outcome)| ChargePayment { outcome, payment: id.into() }),
            currency: Currency::ARS,
            amount_minor,
            due_at: Some(due_at),
            next_retry_at: None,
            rejection: None,
            reference: Some("member-7".into()),
            created_at: Some(due_at),
        },
    }
}

pub(super) fn at_stage(invoice: Invoice, stage: Stage, attempt: u32) -> Invoice {
    let terms = ChargeTerms { attempt: Some(attempt), ..invoice.terms };
    Invoice { stage, terms, ..invoice }
}

/// An approved payment of the gym. Its id is its title, which only tests read.
pub(super) fn paid(id: &str, on: &str, gross_minor: i64) -> payment::Description {
    told(id, on, gross_minor, Standing::Approved)
}

pub(super) fn told(id: &str, on: &str, gross_minor: i64, standing: Standing) -> payment::Description {
    let on = at(on);
    payment::Description {
        said: payment::Said { updated_at: Some(on), status: standing.name().into(), detail: id.into() },
        standing,
        known_words: true,
        terms: payment::Terms {
            currency: Currency::ARS,
            gross_minor,
            charges: Vec::new(),
            net_minor: gross_minor,
        },
        returned: Vec::new(),
        profile: payment::Profile {
            operation: Operation::Subscription,
            reference: Some("member-7".into()),
            method: "master".into(),
            method_type: "credit_card".into(),
            installments: 1,
            device: None,
            preapproval: Some("gym".into()),
            created_at: Some(on),
            approved_at: standing.is_credited().then_some(on),
            expires_at: None,
            release_at: None,
        },
    }
}

pub(super) fn payment_stream(id: &str) -> StreamId {
    StreamId::payment(&SellerId::from(SELLER), &PaymentId::from(id))
}

impl Scene {
    /// January to March 2026, all of it paid at the first attempt.
    pub(super) fn gym() -> Self {
        let days = ["2026-01-05", "2026-02-05", "2026-03-05"];
        let of = |(number, day): (usize, &&str)| {
            let (id, payment) = (format!("i{}", number + 1), format!("p{}", number + 1));
            (
                invoice(&id, &format!("{day}T10:00:00Z"), 1_000, Some((&payment, PaymentOutcome::Approved))),
                paid(&payment, &format!("{day}T11:00:00Z"), 1_000),
            )
        };
        let (invoices, payments) = days.iter().enumerate().map(of).unzip();
        Self {
            as_of: at("2026-03-20T00:00:00Z"),
            period: None,
            described: true,
            statements: vec![described()],
            invoices,
            payments,
            unbooked: Vec::new(),
            refunded_minor: Vec::new(),
            count: None,
            vat_percent: "0",
            orders: Vec::new(),
            entries: Vec::new(),
        }
    }

    /// A later statement: it stands elsewhere.
    pub(super) fn then(&mut self, on: &str, standing: preapproval::Standing) {
        let last = self.statements.last().expect("a scene begins with a statement").clone();
        let said =
            preapproval::Said { modified_at: Some(at(on)), version: Some(self.statements.len() as u64) };
        self.statements.push(preapproval::Description { said, standing, ..last });
    }

    /// Compares all of it.
    pub(super) fn run(&self) -> Outcome {
        let (run, balances) = self.fed();
        run.finish(&balances)
    }

    /// Tells all of it to a run; with the balances of its entries.
    pub(super) fn fed(&self) -> (Reconciliation, Vec<(Account, Currency, i64)>) {
        let (from, to) = self.period.map(|(from, to)| (at(from), at(to))).unzip();
        let mut run = Reconciliation::start(settings(self.as_of, from, to));
        let stream = StreamId::preapproval(&SellerId::from(SELLER), &PreapprovalId::from("gym"));
        let events = self.subscription();
        let timeline = Timeline::of(&events).expect("somebody told of the subscription");
        run.subscription(&stream, &timeline);
        let mut entries = Vec::new();
        let mut facts: Vec<(StreamId, Fact)> =
            events.into_iter().map(|event| (stream.clone(), Fact::Preapproval(event))).collect();
        for told in self.payments.iter().filter(|told| told.said.updated_at <= Some(self.as_of)) {
            let id = told.said.detail.as_str();
            let (state, events) = self.payment(told);
            feed_payment(&mut run, id, &state);
            if !self.unbooked.contains(&id) {
                facts.extend(events.into_iter().map(|event| (payment_stream(id), Fact::Payment(event))));
            }
        }
        let vat = [(SellerId::from(SELLER), self.vat_percent.parse().expect("a percentage"))];
        let policy = Policy::new(1, Recognition::Payment, vat.into(), ChargeAccounts::default());
        let policy = policy.expect("a policy");
        for (stream, fact) in &facts {
            entries.extend(post(stream, fact, &policy).expect("the fact can be posted"));
        }
        let mut balances: Vec<(Account, Currency, i64)> = Vec::new();
        for entry in &entries {
            let lines = || entry.lines().iter().map(|line| (line.account, line.amount_minor));
            run.entry(entry.stream(), entry.at(), entry.currency(), lines());
            balances.extend(lines().map(|(account, minor)| (account, entry.currency(), minor)));
        }
        for (stream, lines) in &self.entries {
            run.entry(stream, self.as_of - chrono::TimeDelta::days(3), Currency::ARS, lines.iter().copied());
            balances.extend(lines.iter().map(|(account, minor)| (*account, Currency::ARS, *minor)));
        }
        if run.defers() {
            run.deferral(&stream, &timeline);
        }
        (run, balances)
    }

    fn subscription(&self) -> Vec<preapproval::Event> {
        use preapproval::{Command, Observation};
        let described = |told: &preapproval::Description| {
            let mut told = told.clone();
            told.progress.summary = self.count.map(|(charged, minor)| preapproval::Summary {
                charged_count: Some(charged),
                charged_minor: Some(minor),
                ..preapproval::Summary::default()
            });
            Command::Observe(Observation::Described(Box::new(told)))
        };
        let mut commands: Vec<Command> = Vec::new();
        if self.described {
            commands.extend(self.statements.iter().map(described));
        }
        let invoiced = |told: &Invoice| Command::Observe(Observation::Invoiced(Box::new(told.clone())));
        commands.extend(self.invoices.iter().map(invoiced));
        commands.extend(self.orders.iter().cloned());
        let mut events = tell::<Preapproval>(self.as_of, commands).1;
        events.retain(|event| event.occurred_at() <= self.as_of);
        events
    }

    fn payment(&self, told: &payment::Description) -> (payment::state::State, Vec<payment::Event>) {
        let refunded = self.refunded_minor.iter().find(|(id, _)| *id == told.said.detail.as_str());
        let told = payment::Observation::Described {
            description: Box::new(told.clone()),
            refunded_minor: refunded.map_or(0, |(_, minor)| *minor),
            refunds: Vec::new(),
        };
        let (state, events) = tell::<Payment>(self.as_of, vec![payment::Command::Observe(told)]);
        (state.expect("a payment that was told of has a state"), events)
    }
}

/// Decides and evolves one command after the other.
fn tell<M: Machine>(now: Instant, commands: Vec<M::Command>) -> (Option<M::State>, Vec<M::Event>) {
    let rules = Rules::default();
    let (mut state, mut all) = (None, Vec::new());
    for command in commands {
        let events = M::decide(state.as_ref(), command, &Context { now, rules: &rules }).expect("accepted");
        for event in &events {
            state = Some(M::evolve(state.take(), event).expect("a fact follows"));
        }
        all.extend(events);
    }
    (state, all)
}

/// The gym: 10.00 a month, authorised at once.
fn described() -> preapproval::Description {
    preapproval::Description {
        said: preapproval::Said { modified_at: Some(at("2026-01-05T10:00:00Z")), version: Some(0) },
        standing: preapproval::Standing::Authorized,
        progress: preapproval::Progress { next_charge_at: None, summary: None },
        terms: preapproval::Terms {
            recurring: plan::Terms {
                currency: Currency::ARS,
                amount_minor: Some(1_000),
                every: Period { count: 1, unit: PeriodUnit::Months },
                repetitions: None,
                billing_day: None,
                proportional: false,
                first_amount_minor: None,
                free_trial: None,
                first_charge_after_days: None,
            },
            starts_at: None,
            ends_at: None,
        },
        methods: preapproval::Methods::default(),
        profile: preapproval::Profile {
            plan: None,
            title: Some("Gym".into()),
            reference: Some("member-7".into()),
            created_at: Some(at("2026-01-05T10:00:00Z")),
        },
    }
}
