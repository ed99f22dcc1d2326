//! Work on a thread beside the caller, so that a page is worked on while the next one is fetched.

use tokio::task::{JoinHandle, spawn_blocking};

/// Work that was begun on another thread.
pub(crate) struct Beside<T>(JoinHandle<T>);

impl<T: Send + 'static> Beside<T> {
    /// Begins it.
    pub(crate) fn begin(work: impl FnOnce() -> T + Send + 'static) -> Self {
        Self(spawn_blocking(work))
    }

    /// Waits for its end.
    pub(crate) async fn done(self) -> T {
        self.0.await.expect("the work does not panic and is not aborted")
    }
}
