//! Replay: the whole history again, from the first event, with the heads announced beforehand.

use domain::machine::Instant;
use domain::stream::StreamKind;
use store::read::{Head, StoredEvent};
use store::store::{Store, StoreError};

use crate::beside::Beside;
use crate::error::EngineError;
use crate::ingest::fact_of;

/// Events in one page.
const PAGE: usize = 4_000;

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
    let mut counting = Beside::begin(|| Ok(Counted::default()));
    let mut read = 0;
    for (shard, head) in (0..).zip(&heads) {
        let mut position = 0;
        while position < head.position {
            let most = usize::try_from(head.position - position).map_or(PAGE, |left| left.min(PAGE));
            let page = store.scan(shard, position, most).await?;
            let Some(last) = page.last() else {
                let what = "the store ends before its announced head";
                return Err(EngineError::Store(StoreError::Corrupt { position, what }));
            };
            position = last.position;
            // Decoded while the next page is fetched.
            let counted = counting.done().await?;
            counting = Beside::begin(move || counted.page(&page, as_of));
            progress(read + position);
        }
        read += position;
    }
    let Counted { events, by_kind } = counting.done().await?;
    Ok(Replayed { events, heads, by_kind })
}

#[derive(Default)]
struct Counted {
    events: u64,
    by_kind: [u64; StreamKind::ALL.len()],
}

impl Counted {
    /// Decodes a page, and counts what had happened.
    fn page(mut self, page: &[StoredEvent], as_of: Option<Instant>) -> Result<Self, EngineError> {
        for event in page {
            fact_of(event)?;
            if as_of.is_some_and(|as_of| event.occurred_at > as_of) {
                continue;
            }
            let kind = event.stream.kind();
            let at = StreamKind::ALL.iter().position(|k| *k == kind);
            self.by_kind[at.expect("every kind is listed")] += 1;
            self.events += 1;
        }
        Ok(self)
    }
}
