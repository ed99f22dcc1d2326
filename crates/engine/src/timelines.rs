//! Timelines of subscriptions read back from the store, one history at a time.
//!
//! A timeline is what was agreed when, and what was charged: the ground of every calendar. Memory stays flat, and a
//! cut hides the same facts here as it hides in states ([`crate::project`]).

use billing::timeline::Timeline;
use domain::preapproval::machine::Preapproval;
use domain::stream::StreamId;
use store::read::{Cut, StoredEvent};
use store::store::Store;

use crate::error::EngineError;
use crate::machines::Kind;
use crate::project::{each_fact, each_history};

/// Calls `visit` with the timeline of every subscription, in the order of the stream keys; also of those that only an
/// invoice told of.
///
/// # Errors
/// When the store fails or a history is corrupt; the first error of `visit` ends it too.
pub async fn each_timeline<E: From<EngineError>>(
    store: &dyn Store,
    cut: Cut,
    mut visit: impl FnMut(&StreamId, &Timeline) -> Result<(), E> + Send,
) -> Result<(), E> {
    each_history(store, Preapproval::KIND, |history| match timeline_of(history, cut)? {
        Some(timeline) => visit(&history[0].stream, &timeline),
        None => Ok(()),
    })
    .await
}

/// The timeline that one subscription's history tells; `None` when the cut hides all of it.
///
/// # Errors
/// When the history is corrupt.
pub fn timeline_of(history: &[StoredEvent], cut: Cut) -> Result<Option<Timeline>, EngineError> {
    let mut timeline: Option<Timeline> = None;
    each_fact(history, cut, |fact| {
        if let Some(event) = Preapproval::event(fact) {
            timeline = Timeline::follow(timeline.take(), event);
        }
    })?;
    Ok(timeline)
}

#[cfg(test)]
mod tests;
