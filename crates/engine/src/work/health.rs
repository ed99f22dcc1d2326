//! What a worker tells of itself: whether it runs, and whether it can work right now.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The signs of life of a worker; clones read the same.
#[derive(Clone, Default, Debug)]
pub struct Health {
    signs: Arc<Signs>,
}

#[derive(Default, Debug)]
struct Signs {
    has_ended: AtomicBool,
    is_connected: AtomicBool,
    is_stored: AtomicBool,
}

impl Health {
    /// Whether the worker runs at all.
    ///
    /// # Errors
    /// A fragment that says why not.
    pub fn live(&self) -> Result<(), &'static str> {
        if self.signs.has_ended.load(Ordering::Relaxed) { Err("the worker has ended") } else { Ok(()) }
    }

    /// Whether the worker can work: the broker is connected and the store answered lately.
    ///
    /// # Errors
    /// A fragment that says why not.
    pub fn ready(&self) -> Result<(), &'static str> {
        self.live()?;
        if !self.signs.is_connected.load(Ordering::Relaxed) {
            return Err("the broker is not connected");
        }
        if !self.signs.is_stored.load(Ordering::Relaxed) {
            return Err("the store does not answer");
        }
        Ok(())
    }

    pub(super) fn broker(&self, is_connected: bool) {
        self.signs.is_connected.store(is_connected, Ordering::Relaxed);
        metrics::gauge!("conciliar_broker_connected").set(f64::from(u8::from(is_connected)));
    }

    pub(super) fn store(&self, is_reachable: bool) {
        self.signs.is_stored.store(is_reachable, Ordering::Relaxed);
        metrics::gauge!("conciliar_store_reachable").set(f64::from(u8::from(is_reachable)));
    }

    pub(super) fn end(&self) {
        self.broker(false);
        self.signs.has_ended.store(true, Ordering::Relaxed);
    }
}
