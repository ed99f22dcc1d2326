//! Keeps one bad delivery from holding up the others: a batch that cannot be written is halved again and again,
//! until the one at fault is alone and is kept as refused.
//!
//! The halves are taken in their order, so what follows in a stream still follows. What is wrong with the store
//! as a whole is nobody's fault and stops the work; what passes by itself is tried again.

use std::any::Any;
use std::collections::BTreeSet;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use domain::ids::SellerId;
use domain::text::Text;
use store::commit::{is_storable, is_storable_text};
use store::inbox::{InboxKey, Verdict};
use store::store::StoreError;
use tokio_util::sync::CancellationToken;

use crate::error::EngineError;
use crate::ingest::{Ingester, Tally};
use crate::item::{Item, derived_key};
use crate::look::{Looked, chain};

/// The first pause before another try.
const PAUSE: Duration = Duration::from_millis(50);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Histories in a row that cannot be written to before the work stops. One bad delivery or history is ordinary
/// and its neighbours are sound; twenty without a sound one between them are a bad release or a damaged store, and
/// going on would only refuse all that is in the queues.
const STORM: usize = 20;

/// Failures that are not the deliveries' fault, since the last delivery that could be taken: by history, because
/// one bad history may have many deliveries.
#[derive(Default)]
pub(crate) struct Storm(Mutex<BTreeSet<String>>);

/// How long what passes by itself is tried again.
#[derive(Clone, Debug)]
pub enum Patience {
    /// Until the pauses together are this long.
    For(Duration),
    /// Until the token is cancelled.
    Until(CancellationToken),
}

impl Patience {
    /// Calls until it works, fails for good, or patience ends.
    ///
    /// # Errors
    /// The last failure.
    pub async fn call<T, F>(&self, mut call: impl FnMut() -> F) -> Result<T, EngineError>
    where
        F: Future<Output = Result<T, EngineError>>,
    {
        let mut pauses = self.pauses().build();
        loop {
            let error = match call().await {
                Err(error) if error.is_transient() => error,
                ended => return ended,
            };
            let Some(pause) = pauses.next() else { return Err(error) };
            metrics::counter!("conciliar_retries_total", "why" => error.why()).increment(1);
            tracing::warn!(error = chain(&error), pause_ms = pause.as_millis(), "the store is tried again");
            if !self.pause(pause).await {
                return Err(error);
            }
        }
    }

    fn pauses(&self) -> ExponentialBuilder {
        let endless =
            ExponentialBuilder::new().with_jitter().with_min_delay(PAUSE).with_max_delay(LONGEST_PAUSE);
        match self {
            Self::For(all) => endless.without_max_times().with_total_delay(Some(*all)),
            Self::Until(_) => endless.without_max_times(),
        }
    }

    /// Waits; false when there is nothing left to wait for.
    async fn pause(&self, pause: Duration) -> bool {
        match self {
            Self::For(_) => {
                tokio::time::sleep(pause).await;
                true
            }
            Self::Until(stop) => tokio::time::timeout(pause, stop.cancelled()).await.is_err(),
        }
    }
}

impl Storm {
    fn passed(&self, taken: &Tally) {
        if taken.applied + taken.unchanged > 0 {
            self.histories().clear();
        }
    }

    /// # Errors
    /// [`EngineError::Storm`] when this is one failure too many.
    fn met(&self, item: &Item, looked: &Looked, error: EngineError) -> Result<EngineError, EngineError> {
        if !error.is_ours() {
            return Ok(error);
        }
        let mut histories = self.histories();
        histories.insert(match looked {
            Looked::Told { observed, .. } if !observed.is_empty() => observed[0].stream.to_string(),
            _ => item.key.to_string(),
        });
        match histories.len() {
            count if count < STORM => Ok(error),
            histories => Err(EngineError::Storm { histories, source: Box::new(error) }),
        }
    }

    fn histories(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a batch in; a delivery that cannot be is refused alone.
///
/// # Errors
/// What is nobody's fault, or what a refusal did not end. What was taken before stays taken and is in the tally.
pub(crate) async fn take(
    ingester: &Ingester,
    storm: &Storm,
    batch: &[(Item, Looked)],
    tally: &mut Tally,
) -> Result<(), EngineError> {
    let mut parts = vec![batch];
    while let Some(part) = parts.pop() {
        let error = match ingester.attempt(part).await {
            Ok(taken) => {
                storm.passed(&taken);
                tally.add(&taken);
                continue;
            }
            Err(error) => error,
        };
        let Some(reason) = error.poison() else { return Err(error) };
        if let [(item, looked)] = part {
            let error = storm.met(item, looked, error)?;
            tracing::error!(delivery.key = %item.key, reason, error = chain(&error), "a delivery is refused");
            tally.add(&ingester.attempt(&[refused(item, looked, reason, &error)]).await?);
        } else {
            let (first, second) = part.split_at(part.len() / 2);
            parts.extend([second, first]);
        }
    }
    Ok(())
}

/// The delivery with the verdict that it cannot be taken, kept with its body so that it can be tried again.
fn refused(item: &Item, looked: &Looked, reason: &'static str, error: &EngineError) -> (Item, Looked) {
    let detail = Text::from(format!("{}; mend the cause and retry", detail(error)));
    let verdict = Verdict::Refused { reason: reason.into(), detail: without_nul(&detail) };
    let refused = Looked::settled(looked.seller().map(|s| SellerId::from(without_nul(s.as_str()))), verdict);
    (storable(item), refused)
}

/// The verdict on a delivery that made reading panic.
pub(crate) fn unreadable(panic: &EngineError) -> Looked {
    let detail = detail(panic).into();
    Looked::settled(None, Verdict::Undecodable { reason: "reading_failed".into(), detail })
}

/// The error in full, for the inbox, which keeps the body as well.
fn detail(error: &EngineError) -> String {
    match error {
        EngineError::Panicked { message } => format!("{}: {message}", chain(error)),
        _ => chain(error),
    }
}

/// Finds names that not every database can even be asked for.
///
/// # Errors
/// [`StoreError::Unstorable`] at the first.
pub(crate) fn askable(batch: &[(Item, Looked)]) -> Result<(), StoreError> {
    let odd = |(item, looked): &(Item, Looked)| {
        let observed = if let Looked::Told { observed, .. } = looked { observed.as_slice() } else { &[] };
        let cause = item.caused_by.as_ref();
        is_odd(&item.key)
            || cause.is_some_and(is_odd)
            || observed.iter().any(|one| !is_storable_text(one.stream.key()))
    };
    if batch.iter().any(odd) {
        return Err(StoreError::Unstorable { what: "a key is too long or holds the character U+0000" });
    }
    Ok(())
}

fn is_odd(key: &InboxKey) -> bool {
    !is_storable(&key.0)
}

/// Not every database keeps a NUL in text, or a long key. Such a key is replaced by its hash, which stays its own.
fn storable(item: &Item) -> Item {
    let mut item = item.clone();
    if is_odd(&item.key) {
        item.key = derived_key(&[b"key", item.key.0.as_bytes()]);
    }
    item.caused_by = item.caused_by.filter(|key| !is_odd(key));
    item.topic = without_nul(&item.topic);
    item.origin = without_nul(&item.origin);
    item.seller = item.seller.as_deref().map(without_nul);
    item.site = item.site.as_deref().map(without_nul);
    item
}

fn without_nul(text: &str) -> Text {
    if text.contains('\0') { text.replace('\0', "\u{fffd}").into() } else { text.into() }
}

/// Runs code that should not panic; its panic becomes an error that keeps the message.
///
/// # Errors
/// The code's own failure, or its panic.
pub(crate) fn guarded<T, E>(code: impl FnOnce() -> Result<T, E>) -> Result<T, EngineError>
where
    EngineError: From<E>,
{
    match catch_unwind(AssertUnwindSafe(code)) {
        Ok(ended) => ended.map_err(EngineError::from),
        Err(panic) => Err(EngineError::Panicked { message: message_of(&*panic) }),
    }
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&'static str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message").to_owned()
}

#[cfg(test)]
mod tests;
