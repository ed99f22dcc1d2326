//! What needs a person, beside subscriptions: what will soon be too late, and what was paid twice. Payments are seen on
//! the sweep's own walk; nothing is written.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::attempt::Attempt;
use domain::attempt::doubled::{Doubled, Proposal, doubled};
use domain::attempt::obligation::Obligation;
use domain::machine::Instant;
use domain::payment::state::Known;
use domain::rules::Rules;
use domain::text::Text;
use engine::sweep::alerts::Seen;
use engine::sweep::faults::Faults;
use report::deadlines::alert::{Attention, attention};
use report::deadlines::{DeadlineRow, Horizon, sort};
use store::read::Cut;
use store::store::Store;

use super::attempts::Ties;
use super::deadlines::beside_payments;
use crate::app::App;
use crate::args::attempts::Attempts;

/// Begins the name of an order that gives back what was paid twice.
const PAID_TWICE: &str = "paid-twice-";

/// A payment: its seller, and its id.
type Key = (Text, Text);

/// What needs a person.
pub struct Alerts {
    /// What falls due, by time.
    pub deadlines: Vec<DeadlineRow>,
    /// Payments of what was paid twice, where something can still be done about it.
    pub doubled: Vec<Doubled>,
    /// What would undo that, by all that is known by now.
    pub refunds: Vec<Giving>,
}

/// A refund that a person may order.
pub struct Giving {
    /// The payment, with all that it holds.
    pub attempt: Attempt,
    /// Name of the order. Giving it twice gives one; one that came to nothing has used its name up.
    pub order: Text,
}

/// Looks at payments while a sweep walks through them.
pub struct Watch {
    as_of: Instant,
    horizon: Horizon,
    rules: Rules,
    deadlines: Vec<DeadlineRow>,
    /// Refund windows that matter if the payment was one too many.
    windows: Vec<DeadlineRow>,
    attempts: Vec<Attempt>,
    /// Payments of which more is known by now, as they stand with that.
    since: BTreeMap<Key, Attempt>,
    /// Names that refunds of what was paid twice have, or had.
    taken: BTreeSet<(Key, Text)>,
}

impl Watch {
    /// Looks from an instant so many days ahead.
    pub fn new(app: &App, as_of: Instant, days: u32) -> Self {
        Self {
            as_of,
            horizon: Horizon::new(as_of, days),
            rules: app.config.rules(),
            deadlines: Vec::new(),
            windows: Vec::new(),
            attempts: Vec::new(),
            since: BTreeMap::new(),
            taken: BTreeSet::new(),
        }
    }

    /// Looks at a payment.
    pub fn see(&mut self, seen: Seen<'_>) {
        let Seen { stream, known, newest, was_disputed } = seen;
        if let Some(row) = self.horizon.payment(stream, known, &self.rules) {
            match attention(row.kind, known, was_disputed) {
                Attention::Needed => self.deadlines.push(row),
                Attention::IfPaidTwice => self.windows.push(row),
                Attention::Unneeded => {}
            }
        }
        let attempt = Attempt::of(stream, known, &self.rules);
        let names = names(newest).filter(|name| name.starts_with(PAID_TWICE));
        self.taken.extend(names.map(|name| (key(&attempt), name.clone())));
        if newest != known {
            self.since.insert(key(&attempt), Attempt::of(stream, newest, &self.rules));
        }
        self.attempts.push(attempt);
    }

    /// All that needs a person, once every payment was seen.
    pub async fn alerts(
        self,
        app: &App,
        store: &Arc<dyn Store>,
        faults: &mut Faults,
    ) -> anyhow::Result<Alerts> {
        let Self { as_of, horizon, mut deadlines, windows, attempts, since, taken, .. } = self;
        let cut = Cut { as_of: Some(as_of), known_at: None };
        let ties = Ties::load(&**store, cut, faults).await?;
        let (mut alarms, mut refunds) = (Vec::new(), Vec::new());
        for obligation in ties.tie(attempts, Attempts::usual()) {
            let rows = doubled(&obligation, as_of);
            // Where nothing can be given back any more the report of double charges tells it, and no alarm.
            if rows.iter().any(|row| matches!(row.proposal, Proposal::Refund | Proposal::Contested)) {
                refunds.extend(still_refunded(&rows, obligation, &since, as_of));
                alarms.extend(rows);
            }
        }
        let is_refund = |row: &&Doubled| row.proposal == Proposal::Refund;
        let too_many: BTreeSet<Key> = alarms.iter().filter(is_refund).map(|row| key(&row.attempt)).collect();
        let is_too_many =
            |window: &DeadlineRow| too_many.contains(&(window.seller.clone(), window.id.clone()));
        deadlines.extend(windows.into_iter().filter(is_too_many));
        deadlines.extend(beside_payments(app, store, cut, horizon, faults).await?);
        sort(&mut deadlines);
        let refunds = refunds.into_iter().map(|attempt| Giving { order: free(&attempt, &taken), attempt });
        Ok(Alerts { deadlines, doubled: alarms, refunds: refunds.collect() })
    }
}

fn key(attempt: &Attempt) -> Key {
    (attempt.seller.clone(), attempt.payment.clone())
}

/// The names of all orders of a payment that are known, also those of which only the refund is.
fn names(known: &Known) -> impl Iterator<Item = &Text> {
    known.asked.orders.keys().chain(known.keyed.refunds.iter().filter_map(|refund| refund.order.as_ref()))
}

/// The payments that are to be refunded, also by what was done and heard since: what was given back meanwhile, of one or
/// of the other, is not given back again.
fn still_refunded(
    rows: &[Doubled],
    obligation: Obligation,
    since: &BTreeMap<Key, Attempt>,
    as_of: Instant,
) -> Vec<Attempt> {
    let Obligation { owed, attempts } = obligation;
    let newest = |attempt: Attempt| since.get(&key(&attempt)).cloned().unwrap_or(attempt);
    let newest = Obligation { owed, attempts: attempts.into_iter().map(newest).collect() };
    let before = |now: &Doubled| {
        rows.iter().any(|row| row.proposal == Proposal::Refund && key(&row.attempt) == key(&now.attempt))
    };
    let refunds = doubled(&newest, as_of).into_iter().filter(|row| row.proposal == Proposal::Refund);
    refunds.filter(before).map(|row| row.attempt).collect()
}

/// A name for the order that no order of the payment has, or had.
fn free(attempt: &Attempt, taken: &BTreeSet<(Key, Text)>) -> Text {
    let first = format!("{PAID_TWICE}{}", attempt.payment);
    let others = (2..).map(|number| format!("{first}-{number}"));
    let mut names = std::iter::once(first.clone()).chain(others).map(Text::from);
    let is_free = |name: &Text| !taken.contains(&(key(attempt), name.clone()));
    names.find(is_free).expect("numbers do not end before names do")
}
