//! Where callers stand in line, so that one task can serve all that wait at once.
//!
//! The line has an end: who comes when it is full is sent away instead of being kept in memory.

use tokio::sync::{mpsc, oneshot};

use super::SinkError;

/// Callers that may wait; each holds what it brings.
const LINE: usize = 4096;

/// What one caller brings.
pub(super) struct Parcel<T> {
    pub(super) load: Vec<T>,
    told: oneshot::Sender<Result<(), SinkError>>,
}

/// The callers' side.
pub(super) struct Counter<T>(mpsc::Sender<Parcel<T>>);

/// The other side.
pub(super) struct Line<T>(mpsc::Receiver<Parcel<T>>);

/// A counter and its line.
pub(super) fn open<T>() -> (Counter<T>, Line<T>) {
    let (counter, line) = mpsc::channel(LINE);
    (Counter(counter), Line(line))
}

impl<T> Counter<T> {
    /// Gives a load, and waits for what becomes of it.
    pub(super) async fn give(&self, load: Vec<T>) -> Result<(), SinkError> {
        if load.is_empty() {
            return Ok(());
        }
        let (told, answer) = oneshot::channel();
        self.0.try_send(Parcel { load, told }).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => SinkError::Full,
            mpsc::error::TrySendError::Closed(_) => SinkError::Stopped,
        })?;
        answer.await.unwrap_or(Err(SinkError::Stopped))
    }
}

impl<T> Line<T> {
    /// The next parcel; `None` when nobody can come any more. May be dropped without loss.
    pub(super) async fn next(&mut self) -> Option<Parcel<T>> {
        self.0.recv().await
    }

    /// The next parcel and those that wait behind it, until there are `most` things. May be dropped without loss.
    pub(super) async fn together(&mut self, most: usize) -> Option<Vec<Parcel<T>>> {
        let mut parcels = vec![self.next().await?];
        let mut things = parcels[0].load.len();
        while things < most
            && let Ok(parcel) = self.0.try_recv()
        {
            things += parcel.load.len();
            parcels.push(parcel);
        }
        Some(parcels)
    }
}

impl<T> Parcel<T> {
    /// Whether its caller has stopped waiting.
    pub(super) fn is_abandoned(&self) -> bool {
        self.told.is_closed()
    }

    /// Takes the load out; what is left can be answered.
    pub(super) fn unload(self) -> (Vec<T>, Waiter) {
        (self.load, Waiter(self.told))
    }

    /// Tells the caller why the load was not taken.
    pub(super) fn refuse(self, why: SinkError) {
        Waiter(self.told).tell(Err(why));
    }
}

/// A caller whose load was taken.
pub(super) struct Waiter(oneshot::Sender<Result<(), SinkError>>);

impl Waiter {
    /// Tells what became of it. A caller that has left needs no answer.
    pub(super) fn tell(self, ended: Result<(), SinkError>) {
        let _left = self.0.send(ended);
    }
}
