//! What a fetcher tells of itself: whether it runs, whether it can take notifications, and what it holds.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::meters;

/// The signs of life of a fetcher; clones read the same.
#[derive(Clone, Default, Debug)]
pub struct Health {
    signs: Arc<Signs>,
}

#[derive(Default, Debug)]
struct Signs {
    has_ended: AtomicBool,
    is_connected: AtomicBool,
    held: AtomicUsize,
}

impl Health {
    /// Whether the fetcher runs at all.
    ///
    /// # Errors
    /// A fragment that says why not.
    pub fn live(&self) -> Result<(), &'static str> {
        if self.signs.has_ended.load(Ordering::Relaxed) { Err("the fetcher has ended") } else { Ok(()) }
    }

    /// Whether the fetcher can take notifications: the broker is connected.
    ///
    /// # Errors
    /// A fragment that says why not.
    pub fn ready(&self) -> Result<(), &'static str> {
        self.live()?;
        let is_connected = self.signs.is_connected.load(Ordering::Relaxed);
        if is_connected { Ok(()) } else { Err("the broker is not connected") }
    }

    /// Notifications that were taken and are not done with.
    #[must_use]
    pub fn held(&self) -> usize {
        self.signs.held.load(Ordering::Relaxed)
    }

    pub(super) fn broker(&self, is_connected: bool) {
        self.signs.is_connected.store(is_connected, Ordering::Relaxed);
        metrics::gauge!("conciliar_broker_connected").set(f64::from(u8::from(is_connected)));
    }

    /// One of several desks holds more, or fewer, than it did.
    pub(super) fn hold(&self, before: usize, now: usize) {
        let held = &self.signs.held;
        let all = if now >= before {
            held.fetch_add(now - before, Ordering::Relaxed) + (now - before)
        } else {
            held.fetch_sub(before - now, Ordering::Relaxed) - (before - now)
        };
        meters::held(all);
    }

    pub(super) fn end(&self) {
        self.broker(false);
        self.signs.has_ended.store(true, Ordering::Relaxed);
    }
}
