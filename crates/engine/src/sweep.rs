//! What the clock alone makes due: presumptions, messages to payers, revenue of months that passed.
//!
//! Running it again writes nothing new, and two sweeps at once write what one would.

use std::sync::Arc;

use domain::machine::Instant;
use store::store::Store;

use crate::clock::Clock;
use crate::config::Config;
use crate::error::EngineError;

pub mod dunning;
mod expiry;
pub mod findings;
pub mod recognition;
mod write;

use recognition::Recognised;

/// What a sweep wrote.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Swept {
    /// Unconfirmed payments that are presumed expired.
    pub presumed: u64,
    /// Messages for payers whose charges failed.
    pub told: u64,
    /// Revenue of months to come, and of months that passed.
    pub recognised: Recognised,
}

/// Whether a sweep writes messages for payers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Messages {
    /// It does.
    Write,
    /// It does not: it looks back on a period that is over.
    Leave,
}

/// Writes all that is due at an instant.
///
/// # Errors
/// When the store fails, others keep writing to the same histories, or a history is corrupt. What was written before
/// stays, and the next sweep goes on from there.
pub async fn sweep(
    store: &Arc<dyn Store>,
    config: &Config,
    clock: Clock,
    as_of: Instant,
    messages: Messages,
) -> Result<Swept, EngineError> {
    let presumed = expiry::sweep(store, config, clock, as_of).await?;
    let told = match messages {
        Messages::Write => dunning::sweep(store, config, clock, as_of).await?,
        Messages::Leave => 0,
    };
    let recognised = recognition::recognise(store, config, clock, as_of).await?;
    Ok(Swept { presumed, told, recognised })
}

#[cfg(test)]
mod tests;
