//! What the clock alone makes due: presumptions, messages to payers, revenue of months that passed.
//!
//! Running it again writes nothing new, and two sweeps at once write what one would. A history that cannot be read is
//! told and passed over. The instant is taken as it is given, also one that has not come: what a sweep writes and
//! tells follows from the store and that instant alone, and a presumption gives way to what the provider says next.

use std::sync::Arc;

use domain::machine::Instant;
use store::store::Store;

use crate::clock::Clock;
use crate::config::Config;
use crate::error::EngineError;

pub mod alerts;
pub mod dunning;
mod expiry;
pub mod faults;
pub mod findings;
pub mod recognition;
mod write;

use alerts::Seen;
use faults::Faults;
use recognition::Recognised;

/// What a sweep wrote.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Swept {
    /// Unconfirmed payments that are presumed expired.
    pub presumed: u64,
    /// Requests to charge that are presumed expired or abandoned.
    pub intents: u64,
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

/// What a sweep works with.
#[derive(Clone, Copy)]
pub struct Broom<'a> {
    /// Where facts are.
    pub store: &'a Arc<dyn Store>,
    /// Rules and posting policy.
    pub config: &'a Config,
    /// The clock that stamps what is written.
    pub clock: Clock,
    /// The instant by which everything is due.
    pub as_of: Instant,
}

/// Writes all that is due at an instant. `watch` sees every described payment as it stood then, on the way.
///
/// # Errors
/// When the store fails, or others keep writing to the same histories. What was written before stays, and the next
/// sweep goes on from there.
pub async fn sweep(
    broom: Broom<'_>,
    messages: Messages,
    faults: &mut Faults,
    watch: impl FnMut(Seen<'_>) + Send,
) -> Result<Swept, EngineError> {
    let presumed = expiry::payments(broom, faults, watch).await?;
    let intents = expiry::intents(broom, faults).await?;
    let told = match messages {
        Messages::Write => dunning::sweep(broom, faults).await?,
        Messages::Leave => 0,
    };
    let recognised = recognition::recognise(broom, faults).await?;
    Ok(Swept { presumed, intents, told, recognised })
}

#[cfg(test)]
mod tests;
