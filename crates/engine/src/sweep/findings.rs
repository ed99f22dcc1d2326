//! What a person must look at: every subscription that was not charged as agreed. Nothing is written.

use billing::finding::{Finding, findings_since};
use domain::machine::Instant;
use domain::preapproval::machine::Preapproval;
use domain::stream::StreamId;
use store::read::Cut;
use store::store::Store;

use super::faults::{Faults, each_history_of};
use crate::config::Config;
use crate::error::EngineError;
use crate::machines::Kind;
use crate::timelines::timeline_of;

/// Calls `visit` with every finding at an instant about what was due or told from another one on, in the order of the
/// stream keys, then by time. A history that cannot be read is a fault.
///
/// # Errors
/// When the store fails.
pub async fn each_finding(
    store: &dyn Store,
    config: &Config,
    from: Instant,
    as_of: Instant,
    faults: &mut Faults,
    mut visit: impl FnMut(&StreamId, Finding) + Send,
) -> Result<(), EngineError> {
    let options = config.billing();
    let cut = Cut { as_of: Some(as_of), known_at: None };
    each_history_of(store, Preapproval::KIND, faults, |history| {
        let Some(timeline) = timeline_of(history, cut)? else { return Ok(()) };
        let found = findings_since(&timeline, &options, from, as_of);
        found.into_iter().for_each(|finding| visit(&history[0].stream, finding));
        Ok(())
    })
    .await
}
