//! Senders of webhooks that go on until they are told to end, and note every answer.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use super::http::Connection;
use super::process::until;
use super::thin;

/// Senders at once.
const SENDERS: usize = 8;

/// What the senders were answered.
#[derive(Clone, Default, Debug)]
pub struct Seen {
    /// Ids of webhooks that were answered with 200.
    pub acknowledged: BTreeSet<String>,
    /// Answers of 503.
    pub unavailable: usize,
    /// Every other answer.
    pub other: BTreeSet<String>,
}

/// How many of each there were.
#[derive(Clone, Copy, Debug)]
pub struct Counts {
    pub acknowledged: usize,
    pub unavailable: usize,
}

/// Senders that run.
pub struct Load {
    seen: Arc<Mutex<Seen>>,
    is_over: Arc<AtomicBool>,
    senders: Vec<JoinHandle<()>>,
}

impl Load {
    /// Starts sending.
    pub fn start(at: SocketAddr) -> Self {
        let (seen, is_over) = (Arc::new(Mutex::new(Seen::default())), Arc::new(AtomicBool::new(false)));
        let senders = (0..SENDERS).map(|sender| {
            let (seen, is_over) = (Arc::clone(&seen), Arc::clone(&is_over));
            thread::spawn(move || send(at, sender, &seen, &is_over))
        });
        let senders = senders.collect();
        Self { seen, is_over, senders }
    }

    /// Waits until what was seen differs enough from what is seen now.
    pub fn until(&self, what: &str, is_so: impl Fn(Counts, Counts) -> bool) {
        let before = self.counts();
        until(what, || is_so(before, self.counts()).then_some(()));
    }

    /// Ends it, and tells what was seen.
    pub fn end(self) -> Seen {
        self.is_over.store(true, Ordering::Relaxed);
        self.senders.into_iter().for_each(|sender| sender.join().expect("no sender panics"));
        self.seen.lock().expect("no sender panics").clone()
    }

    fn counts(&self) -> Counts {
        let seen = self.seen.lock().expect("no sender panics");
        Counts { acknowledged: seen.acknowledged.len(), unavailable: seen.unavailable }
    }
}

fn send(at: SocketAddr, sender: usize, seen: &Mutex<Seen>, is_over: &AtomicBool) {
    let mut connection = Connection::open(at).expect("the receiver listens");
    for number in 0.. {
        if is_over.load(Ordering::Relaxed) {
            return;
        }
        let id = format!("{sender}-{number}");
        let answer = connection.send(&thin(&number.to_string(), &id));
        let mut seen = seen.lock().expect("no sender panics");
        match answer {
            Ok(200) => {
                seen.acknowledged.insert(id);
            }
            Ok(503) => seen.unavailable += 1,
            Ok(status) => {
                seen.other.insert(status.to_string());
            }
            Err(error) => {
                seen.other.insert(error.to_string());
                return;
            }
        }
    }
}
