//! Histories that cannot be read: told, and passed over, so that one of them does not hold up all others.

use std::collections::BTreeMap;

use domain::stream::{StreamId, StreamKind};
use store::read::{Cut, StoredEvent};
use store::store::Store;

use crate::error::EngineError;
use crate::machines::Kind;
use crate::project::{each_history, fold_cut};

/// Histories that a sweep could not read, each with what is wrong with it.
#[derive(Default, Debug)]
pub struct Faults(BTreeMap<StreamId, EngineError>);

impl Faults {
    /// Whether every history could be read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong with each, in the order of the stream keys.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &EngineError> {
        self.0.values()
    }

    /// The first fault, for those who cannot go on with any.
    ///
    /// # Errors
    /// When there is one.
    pub fn none(self) -> Result<(), EngineError> {
        self.0.into_values().next().map_or(Ok(()), Err)
    }

    /// Keeps what is wrong with one history and goes on with nothing of it.
    ///
    /// # Errors
    /// When it is not a history that is at fault: the store failed, or a newer program wrote to it.
    pub(super) fn pass<T: Default>(&mut self, read: Result<T, EngineError>) -> Result<T, EngineError> {
        let error = match read {
            Ok(read) => return Ok(read),
            Err(error) => error,
        };
        let (EngineError::Unreadable { stream, .. } | EngineError::Illegal { stream, .. }) = &error else {
            return Err(error);
        };
        self.0.entry(stream.clone()).or_insert(error);
        Ok(T::default())
    }
}

/// Calls `visit` with every history of a kind, in the order of the stream keys; one that it cannot read is a fault.
pub(super) async fn each_history_of(
    store: &dyn Store,
    kind: StreamKind,
    faults: &mut Faults,
    mut visit: impl FnMut(&[StoredEvent]) -> Result<(), EngineError> + Send,
) -> Result<(), EngineError> {
    each_history(store, kind, |history| faults.pass(visit(history))).await
}

/// Calls `visit` with every state of one machine, in the order of the stream keys; a history that cannot be read is a
/// fault.
///
/// # Errors
/// When the store fails.
pub async fn each_state_of<M: Kind>(
    store: &dyn Store,
    cut: Cut,
    faults: &mut Faults,
    mut visit: impl FnMut(&StreamId, &M::State) + Send,
) -> Result<(), EngineError> {
    each_history_of(store, M::KIND, faults, |history| {
        let state = fold_cut(history, cut)?;
        if let Some(state) = state.as_ref().and_then(M::unwrap_ref) {
            visit(&history[0].stream, state);
        }
        Ok(())
    })
    .await
}
