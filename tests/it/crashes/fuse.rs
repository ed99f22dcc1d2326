//! Where a process ends: a count of the boundaries that it may still pass.

use std::future::pending;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// A boundary at which a process dies, counted from 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct End {
    after: usize,
    /// Of which kind; any when absent.
    of: Option<&'static str>,
}

impl End {
    /// After so many boundaries of any kind.
    pub fn after(after: usize) -> Self {
        Self { after, of: None }
    }

    /// After so many boundaries of one kind.
    pub fn of(of: &'static str, after: usize) -> Self {
        Self { after, of: Some(of) }
    }
}

/// Counts the boundaries that one process passes, and ends it at one of them. A process has one life, and a fuse one
/// process: what is left of a dead one can never go on.
pub struct Fuse {
    state: Mutex<State>,
    blown: Notify,
}

struct State {
    /// Boundaries until the end; endless when absent.
    left: Option<End>,
    passed: Vec<&'static str>,
    end: Option<&'static str>,
}

impl Fuse {
    /// A life that ends at a boundary; by itself when there is none.
    pub fn new(left: Option<End>) -> Self {
        Self { state: Mutex::new(State { left, passed: Vec::new(), end: None }), blown: Notify::new() }
    }

    /// The boundaries that were passed in this life.
    pub fn passed(&self) -> Vec<&'static str> {
        self.state().passed.clone()
    }

    /// The boundary at which the process died.
    pub fn end(&self) -> Option<&'static str> {
        self.state().end
    }

    /// Passes a boundary, or never returns: the process is dead.
    pub async fn pass(&self, place: &'static str) {
        let is_alive = {
            let mut state = self.state();
            let is_counted =
                state.end.is_some() || state.left.is_some_and(|end| end.of.is_none_or(|of| of == place));
            match &mut state.left {
                Some(End { after: 0, .. }) if is_counted => {
                    state.end.get_or_insert(place);
                    false
                }
                left => {
                    if let Some(end) = left.as_mut().filter(|_| is_counted) {
                        end.after -= 1;
                    }
                    state.passed.push(place);
                    true
                }
            }
        };
        if !is_alive {
            self.blown.notify_one();
            pending::<()>().await;
        }
    }

    /// Lives until the work is done, or until the fuse blows: then everything that was in memory is dropped.
    pub async fn live<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            done = work => Some(done),
            () = self.blown.notified() => None,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
