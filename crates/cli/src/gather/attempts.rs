//! Attempts to pay, tied together to what they pay for.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::attempt::Attempt;
use domain::attempt::obligation::{Due, Obligation, Request, tie};
use domain::ids::InvoiceId;
use domain::intent::ResultKind;
use domain::intent::machine::Intent;
use domain::obligation::blocks::{Blocks, Tally};
use domain::obligation::machine::Obligation as Owed;
use domain::payment::machine::Payment;
use domain::preapproval::charge::{Charge, ChargeStanding};
use domain::preapproval::machine::Preapproval;
use domain::preapproval::state::State;
use domain::rules::Rules;
use domain::stream::StreamId;
use domain::text::Text;
use engine::error::EngineError;
use engine::project::each_state;
use engine::sweep::faults::{Faults, each_state_of};
use store::read::Cut;
use store::store::Store;

/// What ties payments to what they pay for.
pub struct Ties {
    /// What charge requests say of the payments that they name, by seller and payment.
    requests: BTreeMap<(Text, Text), Request>,
    /// Every charge of every subscription that was not called off.
    dues: Vec<Due>,
}

impl Ties {
    /// Reads requests and charges. Histories that cannot be read are faults.
    pub async fn load(store: &dyn Store, cut: Cut, faults: &mut Faults) -> anyhow::Result<Self> {
        let mut requests = BTreeMap::new();
        each_state_of::<Intent>(store, cut, faults, |stream, state| {
            let profile = state.profile();
            for named in state.payments.iter().filter(|named| named.kind == ResultKind::Payment) {
                let (channel, reference) = (profile.channel, profile.reference.clone());
                let request = Request { channel, reference, device: profile.device.clone() };
                requests.insert((stream.seller().into(), named.payment.as_str().into()), request);
            }
        })
        .await?;
        let mut dues = Vec::new();
        each_state_of::<Preapproval>(store, cut, faults, |stream, state| {
            dues.extend(dues_of(stream, state));
        })
        .await?;
        Ok(Self { requests, dues })
    }

    /// Ties payments together.
    pub fn tie(&self, mut attempts: Vec<Attempt>, within: TimeDelta) -> Vec<Obligation> {
        for attempt in &mut attempts {
            if let Some(request) = self.requests.get(&(attempt.seller.clone(), attempt.payment.clone())) {
                attempt.learn(request);
            }
        }
        tie(attempts, &self.dues, within)
    }
}

/// What the guard did not allow, by reason.
pub async fn blocks(store: &dyn Store, cut: Cut) -> anyhow::Result<Vec<Blocks>> {
    let mut tally = Tally::default();
    each_state::<Owed, EngineError>(store, cut, |_, state| {
        tally.add(state);
        Ok(())
    })
    .await?;
    Ok(tally.blocks())
}

/// Every described payment, tied to what it pays for.
pub async fn obligations(
    store: &dyn Store,
    cut: Cut,
    rules: &Rules,
    within: TimeDelta,
) -> anyhow::Result<Vec<Obligation>> {
    let mut faults = Faults::default();
    let ties = Ties::load(store, cut, &mut faults).await?;
    faults.none()?;
    let mut attempts = Vec::new();
    each_state::<Payment, EngineError>(store, cut, |stream, state| {
        attempts.extend(state.known().map(|known| Attempt::of(stream, known, rules)));
        Ok(())
    })
    .await?;
    Ok(ties.tie(attempts, within))
}

fn dues_of(stream: &StreamId, state: &State) -> Vec<Due> {
    let own = state.known().and_then(|known| known.described.profile.reference.clone());
    let charges = state.charges().by_invoice.iter();
    let called_off = |standing| standing == ChargeStanding::Cancelled;
    let due = |(invoice, charge): (&InvoiceId, &Charge)| {
        let terms = &charge.terms;
        let mut references: Vec<Text> = own.iter().chain(&terms.reference).cloned().collect();
        references.dedup();
        Due {
            seller: stream.seller().into(),
            subscription: stream.id().into(),
            invoice: invoice.as_str().into(),
            references,
            at: terms.due_at.into_iter().chain(terms.created_at).min(),
            amount_minor: terms.amount_minor,
            currency: terms.currency,
            collected: charge.standing == ChargeStanding::Collected,
            payment: terms.payment.as_ref().map(|named| named.payment.as_str().into()),
        }
    };
    charges.filter(|(_, charge)| !called_off(charge.standing)).map(due).collect()
}
