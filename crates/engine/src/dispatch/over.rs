//! Which messages need no more looking after, as ranges: few, however many messages there are.

use std::collections::BTreeMap;

/// Ranges kept at most; what would be one more is looked at again instead.
const MOST: usize = 100_000;

/// Numbers that are over, in ranges that do not touch.
#[derive(Debug, Default)]
pub(super) struct Over {
    /// The last number of each range, by the first.
    ranges: BTreeMap<u64, u64>,
}

impl Over {
    /// A number is over.
    pub(super) fn add(&mut self, number: u64) {
        if self.has(number) {
            return;
        }
        let last = self.ranges.remove(&(number + 1)).unwrap_or(number);
        let count = self.ranges.len();
        match self.ranges.range_mut(..number).next_back() {
            Some((_, end)) if *end + 1 == number => *end = last,
            _ if count < MOST => {
                self.ranges.insert(number, last);
            }
            _ => {}
        }
    }

    /// Whether a number is over.
    pub(super) fn has(&self, number: u64) -> bool {
        self.ranges.range(..=number).next_back().is_some_and(|(_, last)| number <= *last)
    }

    /// The last of the numbers that are over in a row after one; itself when there is none.
    pub(super) fn past(&self, after: u64) -> u64 {
        let range = self.ranges.range(..=after + 1).next_back();
        range.map_or(after, |(_, last)| after.max(*last))
    }

    /// Everything up to a number need not be remembered.
    pub(super) fn forget(&mut self, to: u64) {
        let mut kept = self.ranges.split_off(&(to + 1));
        if let Some((_, last)) = self.ranges.last_key_value().filter(|(_, last)| **last > to) {
            kept.insert(to + 1, *last);
        }
        self.ranges = kept;
    }
}

#[cfg(test)]
mod tests;
