//! Free ports of the loopback interface.

use std::net::TcpListener;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result};

/// Below the range that Linux draws from for outgoing connections, so that a port is still free when its server
/// is started again.
const FIRST: u32 = 20_000;
const COUNT: u32 = 10_000;

/// A port may be taken between the look and the start.
const TRIES: u32 = 4;

/// Ports given out by this program.
static GIVEN: AtomicU32 = AtomicU32::new(0);

/// A port that nobody listens on now; programs that start together begin at different places.
pub fn free() -> Result<u16> {
    let start = process::id().wrapping_mul(97);
    (0..COUNT)
        .map(|_| start.wrapping_add(GIVEN.fetch_add(1, Ordering::Relaxed)))
        .filter_map(|number| u16::try_from(FIRST + number % COUNT).ok())
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .context("no port is free")
}

/// Starts a server on ports that were free a moment ago, and tries others when that fails.
pub fn with_tries<S>(mut start: impl FnMut() -> Result<S>) -> Result<S> {
    let mut started = start();
    for _ in 1..TRIES {
        if started.is_ok() {
            break;
        }
        started = start();
    }
    started
}
