//! Payments that should have expired by now.

use std::sync::Arc;

use domain::machine::Instant;
use domain::payment::machine::Payment;
use domain::payment::{Command, Standing};
use domain::stream::StreamId;
use store::read::Cut;
use store::store::Store;

use super::write::{Due, decided, write};
use crate::clock::Clock;
use crate::config::Config;
use crate::error::EngineError;
use crate::project::each_state;

/// Presumes expired every unconfirmed payment whose life is over at an instant. Returns how many.
pub(super) async fn sweep(
    store: &Arc<dyn Store>,
    config: &Config,
    clock: Clock,
    as_of: Instant,
) -> Result<u64, EngineError> {
    let rules = config.rules();
    let mut lapsed: Vec<StreamId> = Vec::new();
    each_state::<Payment, EngineError>(&**store, Cut::default(), |stream, state| {
        let Some(known) = state.known() else { return Ok(()) };
        let waits = matches!(known.described.standing, Standing::AwaitingPayer | Standing::InReview);
        let is_over = known.lapses_at(rules.confirmation_window).is_some_and(|at| at <= as_of);
        if waits && is_over && !known.asked.expired {
            lapsed.push(stream.clone());
        }
        Ok(())
    })
    .await?;
    let written = write(store, config, clock, &lapsed, |at| {
        let facts = decided::<Payment>(at.state, [Command::PresumeExpired], config, as_of);
        Ok(Due { facts, messages: Vec::new() })
    });
    Ok(written.await?.facts)
}
