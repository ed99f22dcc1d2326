//! Attempts to pay, tied together to what they pay for.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::attempt::Attempt;
use domain::attempt::obligation::{Due, Obligation, Request, tie};
use domain::ids::InvoiceId;
use domain::intent::ResultKind;
use domain::intent::machine::Intent;
use domain::payment::machine::Payment;
use domain::preapproval::charge::{Charge, ChargeStanding};
use domain::preapproval::machine::Preapproval;
use domain::preapproval::state::State;
use domain::rules::Rules;
use domain::stream::StreamId;
use domain::text::Text;
use engine::error::EngineError;
use engine::project::each_state;
use store::read::Cut;
use store::store::Store;

/// Every described payment, tied to what it pays for.
pub async fn obligations(
    store: &dyn Store,
    cut: Cut,
    rules: &Rules,
    within: TimeDelta,
) -> anyhow::Result<Vec<Obligation>> {
    let requests = requests(store, cut).await?;
    let dues = dues(store, cut).await?;
    let mut attempts = Vec::new();
    each_state::<Payment, EngineError>(store, cut, |stream, state| {
        let Some(known) = state.known() else { return Ok(()) };
        let mut attempt = Attempt::of(stream, known, rules);
        if let Some(request) = requests.get(&(attempt.seller.clone(), attempt.payment.clone())) {
            attempt.learn(request);
        }
        attempts.push(attempt);
        Ok(())
    })
    .await?;
    Ok(tie(attempts, &dues, within))
}

/// What charge requests say of the payments that they name, by seller and payment.
async fn requests(store: &dyn Store, cut: Cut) -> anyhow::Result<BTreeMap<(Text, Text), Request>> {
    let mut requests = BTreeMap::new();
    each_state::<Intent, EngineError>(store, cut, |stream, state| {
        let profile = state.profile();
        for named in state.payments.iter().filter(|named| named.kind == ResultKind::Payment) {
            let (channel, reference) = (profile.channel, profile.reference.clone());
            let request = Request { channel, reference, device: profile.device.clone() };
            requests.insert((stream.seller().into(), named.payment.as_str().into()), request);
        }
        Ok(())
    })
    .await?;
    Ok(requests)
}

/// Every charge of every subscription that was not called off.
async fn dues(store: &dyn Store, cut: Cut) -> anyhow::Result<Vec<Due>> {
    let mut dues = Vec::new();
    each_state::<Preapproval, EngineError>(store, cut, |stream, state| {
        dues.extend(dues_of(stream, state));
        Ok(())
    })
    .await?;
    Ok(dues)
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
