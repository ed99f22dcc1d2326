//! Replay: the whole history again, from the first event, with the heads announced beforehand.

use domain::machine::Instant;
use domain::stream::StreamKind;
use store::read::Head;
use store::store::{Store, StoreError};

use crate::error::EngineError;
use crate::ingest::fact_of;

/// Events in one page.
const PAGE: usize = 20_000;

/// What a replay saw.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Replayed {
    /// Events counted.
    pub events: u64,
    /// The ends that were announced and reached, one for each shard.
    pub heads: Vec<Head>,
    /// Events by kind of stream, in the order of [`StreamKind::ALL`].
    pub by_kind: [u64; StreamKind::ALL.len()],
}

/// Reads every event up to the heads, shard after shard, and decodes it; counts those that had happened by `as_of`.
/// `progress` is told after each page how many were read.
///
/// # Errors
/// When the store ends before the announced head, has a gap, or holds an event that cannot be read.
pub async fn replay(
    store: &dyn Store,
    as_of: Option<Instant>,
    mut progress: impl FnMut(u64) + Send,
) -> Result<Replayed, EngineError> {
    let heads = store.heads().await?;
    let mut by_kind = [0; StreamKind::ALL.len()];
    let (mut read, mut events) = (0, 0);
    for (shard, head) in (0..).zip(&heads) {
        let mut position = 0;
        while position < head.position {
            let page = store.scan(shard, position, PAGE).await?;
            if page.is_empty() {
                let what = "the store ends before its announced head";
                return Err(EngineError::Store(StoreError::Corrupt { position, what }));
            }
            for event in page.iter().take_while(|event| event.position <= head.position) {
                fact_of(event)?;
                position = event.position;
                if as_of.is_some_and(|as_of| event.occurred_at > as_of) {
                    continue;
                }
                let kind = event.stream.kind();
                let at = StreamKind::ALL.iter().position(|k| *k == kind);
                by_kind[at.expect("every kind is listed")] += 1;
                events += 1;
            }
            progress(read + position);
        }
        read += position;
    }
    Ok(Replayed { events, heads, by_kind })
}
