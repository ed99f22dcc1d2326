//! Revenue of charges that pay for more than a month: deferred with the sale, earned month by month, given back with a
//! refund. Every fact is dated by what it follows from, so that a late sweep writes what a daily one would have.

use std::collections::{BTreeMap, HashMap};

use billing::deferral::{Paid, Prepaid, orders, prepaid};
use billing::options::Options;
use billing::timeline::Timeline;
use domain::ids::{PaymentId, RefundId, SellerId};
use domain::machine::Instant;
use domain::payment::machine::Payment;
use domain::preapproval::Command;
use domain::preapproval::machine::Preapproval;
use domain::refund::machine::{Refund, State as RefundState};
use domain::stream::StreamId;
use ledger::policy::Recognition;
use ledger::rules::{PostError, Unpostable};
use store::read::{Cut, StoredEvent};
use store::store::Store;

use super::Broom;
use super::faults::{Faults, each_history_of};
use super::write::{Due, Standing, decided, write};
use crate::config::Config;
use crate::error::EngineError;
use crate::ingest::fold;
use crate::machines::Kind;
use crate::project::fold_cut;
use crate::timelines::timeline_of;

/// Subscriptions handled in one transaction.
const BATCH: usize = 200;

type Histories = HashMap<StreamId, Vec<StoredEvent>>;

/// What was written.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Recognised {
    /// Charges deferred.
    pub deferred: u64,
    /// Months recognised.
    pub recognised: u64,
    /// Deferrals that ended in whole or in part.
    pub ended: u64,
}

/// The payments of a batch of subscriptions, as they stood at the instant of the sweep, with their refunds.
struct Payments {
    cut: Cut,
    payments: Histories,
    /// By the key of their payment.
    refunds: HashMap<String, BTreeMap<RefundId, RefundState>>,
}

/// Writes the facts of revenue that are due by an instant. Where invoices recognise the revenue no payment is a sale:
/// then nothing more is deferred, and what was deferred before is earned to its end.
pub(super) async fn recognise(broom: Broom<'_>, faults: &mut Faults) -> Result<Recognised, EngineError> {
    let Broom { store, config, as_of, .. } = broom;
    let mut written = Recognised::default();
    let (options, cut) = (config.billing(), Cut { as_of: Some(as_of), known_at: None });
    let mut open: Vec<StreamId> = Vec::new();
    each_history_of(&**store, Preapproval::KIND, faults, |history| {
        let timeline = timeline_of(history, cut)?;
        if timeline.is_some_and(|timeline| !open_of(&timeline, config, &options).is_empty()) {
            open.push(history[0].stream.clone());
        }
        Ok(())
    })
    .await?;
    for batch in open.chunks(BATCH) {
        written.add(recognise_batch(broom, faults, batch).await?);
    }
    Ok(written)
}

async fn recognise_batch(
    broom: Broom<'_>,
    faults: &mut Faults,
    batch: &[StreamId],
) -> Result<Recognised, EngineError> {
    let Broom { store, config, as_of, .. } = broom;
    let (options, cut) = (config.billing(), Cut { as_of: Some(as_of), known_at: None });
    let mut paid_by = Vec::new();
    for history in load(&**store, batch).await?.values() {
        if let Some(timeline) = faults.pass(timeline_of(history, cut))? {
            let stream = &history[0].stream;
            let prepaid = open_of(&timeline, config, &options);
            paid_by.extend(prepaid.iter().map(|prepaid| payment_of(stream, prepaid)));
        }
    }
    let payments = Payments::load(&**store, paid_by, cut, faults).await?;
    let decide = |standing: &Standing<'_>| {
        let Some(timeline) = timeline_of(standing.history, cut)? else { return Ok(Due::default()) };
        let orders = due(standing.stream, &timeline, &payments, config, &options, as_of)?;
        let facts = decided::<Preapproval>(standing.state, orders, config, as_of);
        Ok(Due { facts, messages: Vec::new() })
    };
    let written = write(broom, faults, batch, decide).await?;
    let count = |name| written.by_name.get(name).copied().unwrap_or(0);
    Ok(Recognised {
        deferred: count("preapproval.revenue_deferred"),
        recognised: count("preapproval.revenue_recognised"),
        ended: count("preapproval.deferral_ended"),
    })
}

/// The charges of a subscription of which something is deferred, or has to be.
fn open_of<'a>(timeline: &'a Timeline, config: &Config, options: &Options) -> Vec<Prepaid<'a>> {
    let mut open = prepaid(timeline, options);
    if config.policy.recognition() == Recognition::Order {
        open.retain(|prepaid| timeline.deferrals.by_invoice.contains_key(prepaid.invoice));
    }
    open
}

fn payment_of(subscription: &StreamId, prepaid: &Prepaid<'_>) -> StreamId {
    StreamId::payment(&SellerId::from(subscription.seller()), prepaid.payment)
}

/// What is due of one subscription, charge by charge.
fn due(
    stream: &StreamId,
    timeline: &Timeline,
    payments: &Payments,
    config: &Config,
    options: &Options,
    as_of: Instant,
) -> Result<Vec<Command>, EngineError> {
    let mut due = Vec::new();
    for prepaid in open_of(timeline, config, options) {
        if let Some(paid) = payments.paid(stream, &prepaid, config)? {
            due.extend(orders(timeline, &prepaid, &paid, options, as_of));
        }
    }
    Ok(due)
}

impl Payments {
    async fn load(
        store: &dyn Store,
        streams: Vec<StreamId>,
        cut: Cut,
        faults: &mut Faults,
    ) -> Result<Self, EngineError> {
        let mut payments = load(store, &streams).await?;
        let mut refunds = Vec::new();
        for (stream, history) in &payments {
            // Of every refund that is known: its own history says what was given back by the instant.
            let state = faults.pass(fold(history))?;
            let Some(state) = state.as_ref().and_then(Payment::unwrap_ref) else { continue };
            let (seller, payment) = (SellerId::from(stream.seller()), PaymentId::from(stream.id()));
            let named = state.keyed().refunds.iter();
            refunds.extend(named.map(|mention| StreamId::refund(&seller, &payment, &mention.refund)));
        }
        let mut by_payment: HashMap<String, BTreeMap<RefundId, RefundState>> = HashMap::new();
        for (stream, history) in load(store, &refunds).await? {
            match fold_cut(&history, cut).map(|state| state.and_then(Refund::unwrap)) {
                Ok(Some(state)) => {
                    let refunds = by_payment.entry(stream.root().to_owned()).or_default();
                    refunds.insert(RefundId::from(stream.id()), state);
                }
                Ok(None) => {}
                // Without one of its refunds a payment says too much: then nothing of it is written.
                Err(error) => {
                    faults.pass::<()>(Err(error))?;
                    payments.retain(|payment, _| payment.key() != stream.root());
                }
            }
        }
        Ok(Self { cut, payments, refunds: by_payment })
    }

    /// What the books show of the payment of a charge; `None` while nobody told of it.
    fn paid(
        &self,
        subscription: &StreamId,
        prepaid: &Prepaid<'_>,
        config: &Config,
    ) -> Result<Option<Paid>, EngineError> {
        let stream = payment_of(subscription, prepaid);
        let Some(history) = self.payments.get(&stream) else { return Ok(None) };
        let state = fold_cut(history, self.cut)?;
        let state = state.as_ref().and_then(Payment::unwrap_ref);
        let Some(known) = state.and_then(|state| state.known()) else { return Ok(None) };
        let refunds = self.refunds.get(stream.root()).into_iter().flatten();
        let vat_percent = config.policy.vat_percent(subscription.seller());
        Paid::of(known, refunds, vat_percent).map_err(|source| {
            let amount_minor = known.described.terms.gross_minor;
            let source = Unpostable::Tax { amount_minor, source };
            let fact = "preapproval.revenue_deferred";
            EngineError::Post(PostError { stream: subscription.clone(), fact, source })
        })
    }
}

async fn load(store: &dyn Store, streams: &[StreamId]) -> Result<Histories, EngineError> {
    if streams.is_empty() { Ok(Histories::new()) } else { Ok(store.load(streams, &[]).await?.histories) }
}

impl Recognised {
    fn add(&mut self, other: Self) {
        self.deferred += other.deferred;
        self.recognised += other.recognised;
        self.ended += other.ended;
    }
}

#[cfg(test)]
mod tests;
