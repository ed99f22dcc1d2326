//! What should have ended by now and was not heard of: unconfirmed payments, and requests to charge. The clock
//! presumes their end; what the provider says next goes before it.

use domain::intent::machine::Intent;
use domain::machine::Instant;
use domain::payment::machine::Payment;
use domain::payment::state::Known;
use domain::payment::{self, Standing};
use domain::rules::Rules;
use domain::stream::StreamId;
use domain::{intent, machine::Machine};

use super::Broom;
use super::alerts::{Seen, Then};
use super::faults::{Faults, each_history_of};
use super::write::{Due, decided, write};
use crate::error::EngineError;
use crate::ingest::fold;
use crate::machines::Kind;

/// Presumes expired every unconfirmed payment whose life is over. Returns how many; `watch` sees every payment as it
/// stood at the instant of the sweep.
pub(super) async fn payments(
    broom: Broom<'_>,
    faults: &mut Faults,
    mut watch: impl FnMut(Seen<'_>) + Send,
) -> Result<u64, EngineError> {
    let Broom { store, config, as_of, .. } = broom;
    let rules = config.rules();
    let mut lapsed: Vec<StreamId> = Vec::new();
    each_history_of(&**store, Payment::KIND, faults, |history| {
        let stream = &history[0].stream;
        let then = Then::of(history, as_of)?;
        // What was heard since counts too: a payment that was made is not presumed to be over.
        let is_past = history.iter().all(|event| event.occurred_at <= as_of);
        let since = if is_past { None } else { fold(history)? };
        let newest = since.as_ref().or(then.state()).and_then(Payment::unwrap_ref);
        let Some(newest) = newest.and_then(payment::state::State::known) else { return Ok(()) };
        if let Some(seen) = then.seen(stream, newest) {
            watch(seen);
        }
        if lapses(newest, &rules, as_of) {
            lapsed.push(stream.clone());
        }
        Ok(())
    })
    .await?;
    presume::<Payment>(broom, faults, &lapsed, || payment::Command::PresumeExpired).await
}

/// Whether a payment waits although its life is over.
fn lapses(known: &Known, rules: &Rules, as_of: Instant) -> bool {
    let waits = matches!(known.described.standing, Standing::AwaitingPayer | Standing::InReview);
    let is_over = known.lapses_at(rules.confirmation_window).is_some_and(|at| at <= as_of);
    waits && is_over && !known.asked.expired
}

/// Presumes ended every request to charge whose life is over. Returns how many.
pub(super) async fn intents(broom: Broom<'_>, faults: &mut Faults) -> Result<u64, EngineError> {
    let Broom { store, as_of, .. } = broom;
    let mut lapsed: Vec<StreamId> = Vec::new();
    each_history_of(&**store, Intent::KIND, faults, |history| {
        let state = fold(history)?;
        let Some(state) = state.as_ref().and_then(Intent::unwrap_ref) else { return Ok(()) };
        let is_open = !state.progress().is_final() && state.presumed.is_none();
        if is_open && state.ends_at(None).is_some_and(|at| at <= as_of) {
            lapsed.push(history[0].stream.clone());
        }
        Ok(())
    })
    .await?;
    presume::<Intent>(broom, faults, &lapsed, || intent::Command::PresumeTimeout { life: None }).await
}

/// Writes what the clock presumes of each history, if it still does.
async fn presume<M: Kind>(
    broom: Broom<'_>,
    faults: &mut Faults,
    lapsed: &[StreamId],
    command: impl Fn() -> <M as Machine>::Command + Send + Sync,
) -> Result<u64, EngineError> {
    let written = write(broom, faults, lapsed, |at| {
        let facts = decided::<M>(at.state, [command()], broom.config, broom.as_of);
        Ok(Due { facts, messages: Vec::new() })
    });
    Ok(written.await?.facts)
}
