//! States read back from the store, one history at a time, as of any instant and as known at any instant.
//!
//! Memory stays flat: histories come in the order of their keys, a page at a time.

use domain::fact::Fact;
use domain::stream::{StreamId, StreamKind};
use store::read::{Cut, StoredEvent};
use store::store::Store;

use crate::error::EngineError;
use crate::ingest::{fact_of, follow};
use crate::machines::{AnyState, Kind};

/// Events in one page.
const PAGE: usize = 20_000;

/// Calls `visit` with every state of one machine, in the order of the stream keys.
///
/// # Errors
/// When the store fails or a history is corrupt; the first error of `visit` ends it too.
pub async fn each_state<M: Kind, E: From<EngineError>>(
    store: &dyn Store,
    cut: Cut,
    mut visit: impl FnMut(&StreamId, &M::State) -> Result<(), E> + Send,
) -> Result<(), E> {
    each_history(store, M::KIND, |history| {
        let state = fold_cut(history, cut)?;
        match state.as_ref().and_then(M::unwrap_ref) {
            Some(state) => visit(&history[0].stream, state),
            None => Ok(()),
        }
    })
    .await
}

/// Calls `visit` with every whole history of one kind, in the order of the stream keys. None is empty.
///
/// # Errors
/// When the store fails; the first error of `visit` ends it too.
pub(crate) async fn each_history<E: From<EngineError>>(
    store: &dyn Store,
    kind: StreamKind,
    mut visit: impl FnMut(&[StoredEvent]) -> Result<(), E> + Send,
) -> Result<(), E> {
    let mut after: Option<String> = None;
    loop {
        let page = page(store, kind, after.as_deref()).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.stream.key().to_owned());
        for history in page.chunk_by(|a, b| a.stream == b.stream) {
            visit(history)?;
        }
    }
}

async fn page(
    store: &dyn Store,
    kind: StreamKind,
    after: Option<&str>,
) -> Result<Vec<StoredEvent>, EngineError> {
    Ok(store.scan_streams(kind, after, PAGE).await?)
}

/// Folds what had happened and was known at the cut.
///
/// Facts that a cut hides may leave later ones without ground (an opening estimated later than what followed);
/// those are hidden with them.
///
/// # Errors
/// When the history is corrupt.
pub fn fold_cut(history: &[StoredEvent], cut: Cut) -> Result<Option<AnyState>, EngineError> {
    each_fact(history, cut, |_| {})
}

/// The same, and calls `visit` with every fact that is not hidden.
///
/// # Errors
/// When the history is corrupt.
pub(crate) fn each_fact(
    history: &[StoredEvent],
    cut: Cut,
    mut visit: impl FnMut(&Fact),
) -> Result<Option<AnyState>, EngineError> {
    let mut state: Option<AnyState> = None;
    let mut hidden = false;
    for event in history {
        if !is_inside(event, cut) {
            hidden = true;
            continue;
        }
        let fact = fact_of(event)?;
        if hidden {
            let Ok(next) = follow(state.clone(), event, &fact) else { continue };
            state = Some(next);
        } else {
            state = Some(follow(state.take(), event, &fact)?);
        }
        visit(&fact);
    }
    Ok(state)
}

fn is_inside(event: &StoredEvent, cut: Cut) -> bool {
    cut.as_of.is_none_or(|as_of| event.occurred_at <= as_of)
        && cut.known_at.is_none_or(|known_at| event.recorded_at <= known_at)
}
