//! The clock's own facts: payments that should have expired by now. Running it again writes nothing new.

use std::sync::Arc;

use domain::machine::Context;
use domain::payment::machine::Payment;
use domain::payment::{Command, Standing};
use domain::stream::StreamId;
use store::commit::Outcome;
use store::read::Cut;
use store::store::Store;

use crate::clock::Clock;
use crate::config::Config;
use crate::error::EngineError;
use crate::ingest::ground_of;
use crate::machines;
use crate::plan::plan_facts;
use crate::project::each_state;

/// Streams handled in one transaction.
const BATCH: usize = 500;

/// Presumes expired every unconfirmed payment whose life is over at the clock's instant. Returns how many.
///
/// # Errors
/// When the store fails or a history is corrupt.
pub async fn sweep(
    store: &Arc<dyn Store>,
    config: &Config,
    clock: Clock,
    as_of: domain::machine::Instant,
) -> Result<u64, EngineError> {
    let rules = config.rules();
    let mut due: Vec<StreamId> = Vec::new();
    each_state::<Payment, EngineError>(&**store, Cut::default(), |stream, state| {
        let Some(known) = state.known() else { return Ok(()) };
        let waits = matches!(known.described.standing, Standing::AwaitingPayer | Standing::InReview);
        let lapsed = known.lapses_at(rules.confirmation_window).is_some_and(|at| at <= as_of);
        if waits && lapsed && !known.asked.expired {
            due.push(stream.clone());
        }
        Ok(())
    })
    .await?;
    let mut presumed = 0;
    for batch in due.chunks(BATCH) {
        presumed += presume(store, config, clock, as_of, batch).await?;
    }
    Ok(presumed)
}

async fn presume(
    store: &Arc<dyn Store>,
    config: &Config,
    clock: Clock,
    as_of: domain::machine::Instant,
    batch: &[StreamId],
) -> Result<u64, EngineError> {
    let rules = config.rules();
    let context = Context { now: as_of, rules: &rules };
    loop {
        let ground = ground_of(store.load(batch, &[]).await?)?;
        let mut facts = Vec::new();
        for stream in batch {
            let Some((state, sequence)) = ground.states.get(stream) else { continue };
            // A refusal means that it moved on since it was found due.
            let decided = machines::order::<Payment>(Some(state), Command::PresumeExpired, &context);
            for (step, fact) in (1..).zip(decided.unwrap_or_default()) {
                facts.push((stream.clone(), sequence + step, fact));
            }
        }
        let written = facts.len() as u64;
        if written == 0 {
            return Ok(0);
        }
        let commit = plan_facts(facts, &"clock".into(), clock.now(), &config.policy)?;
        if let Outcome::Committed { .. } = store.commit(commit).await? {
            return Ok(written);
        }
    }
}
