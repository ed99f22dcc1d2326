//! Growing pauses of what failed, each by itself, so that one failure does not slow the others down.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

/// When each of those that failed is tried again.
#[derive(Debug)]
pub(super) struct Pauses<K> {
    shortest: Duration,
    longest: Duration,
    by: BTreeMap<K, Pause>,
}

#[derive(Clone, Copy, Debug)]
struct Pause {
    length: Duration,
    until: Instant,
}

impl<K: Ord> Pauses<K> {
    /// Pauses that double from the shortest to the longest.
    pub(super) fn new(shortest: Duration, longest: Duration) -> Self {
        Self { shortest, longest, by: BTreeMap::new() }
    }

    /// It failed now, and is to be left alone for so long at least.
    pub(super) fn failed(&mut self, key: K, now: Instant, asked: Duration) {
        let last = self.by.get(&key).map(|pause| pause.length);
        let length = last.map_or(self.shortest, |last| last.saturating_mul(2)).min(self.longest);
        self.by.insert(key, Pause { length, until: now + length.max(asked) });
    }

    /// It ended.
    pub(super) fn ended(&mut self, key: &K) {
        self.by.remove(key);
    }

    /// Forgets all that are not to be kept.
    pub(super) fn keep(&mut self, is_kept: impl Fn(&K) -> bool) {
        self.by.retain(|key, _| is_kept(key));
    }

    /// Whether it is to be left alone now.
    pub(super) fn holds(&self, key: &K, now: Instant) -> bool {
        self.by.get(key).is_some_and(|pause| now < pause.until)
    }
}

#[cfg(test)]
mod tests;
