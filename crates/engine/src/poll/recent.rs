//! Keys of what was accepted a moment ago: windows overlap, and the same rows need not be sent on each time.
//!
//! Only saves work. What is forgotten is accepted again, and the inbox knows it by its key.

use std::collections::HashSet;

use store::inbox::InboxKey;

use crate::item::Item;

/// Keys that one generation holds.
const MOST: usize = 20_000;

/// Two generations of keys, the older of which is forgotten when the younger is full.
#[derive(Default, Debug)]
pub(super) struct Recent {
    older: HashSet<InboxKey>,
    younger: HashSet<InboxKey>,
}

impl Recent {
    /// Those that were not accepted a moment ago, each once.
    pub(super) fn news(&self, items: Vec<Item>) -> Vec<Item> {
        let mut seen = HashSet::new();
        let is_news = |item: &Item| {
            !self.older.contains(&item.key)
                && !self.younger.contains(&item.key)
                && seen.insert(item.key.clone())
        };
        let mut is_news = is_news;
        items.into_iter().filter(|item| is_news(item)).collect()
    }

    /// Takes note of what was accepted.
    pub(super) fn accepted(&mut self, keys: impl IntoIterator<Item = InboxKey>) {
        self.younger.extend(keys);
        if self.younger.len() >= MOST {
            self.older = std::mem::take(&mut self.younger);
        }
    }
}
