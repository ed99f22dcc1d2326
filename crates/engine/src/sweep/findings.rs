//! What a person must look at: every subscription that was not charged as agreed. Nothing is written.

use billing::finding::{Finding, findings_since};
use domain::machine::Instant;
use domain::stream::StreamId;
use store::read::Cut;
use store::store::Store;

use crate::config::Config;
use crate::error::EngineError;
use crate::timelines::each_timeline;

/// Calls `visit` with every finding at an instant about what was due or told from another one on, in the order of the
/// stream keys, then by time.
///
/// # Errors
/// When the store fails or a history is corrupt; the first error of `visit` ends it too.
pub async fn each_finding<E: From<EngineError>>(
    store: &dyn Store,
    config: &Config,
    from: Instant,
    as_of: Instant,
    mut visit: impl FnMut(&StreamId, Finding) -> Result<(), E> + Send,
) -> Result<(), E> {
    let options = config.billing();
    let cut = Cut { as_of: Some(as_of), known_at: None };
    each_timeline(store, cut, |stream, timeline| {
        let found = findings_since(timeline, &options, from, as_of);
        found.into_iter().try_for_each(|finding| visit(stream, finding))
    })
    .await
}
