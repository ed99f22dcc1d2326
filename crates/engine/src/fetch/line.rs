//! Who is asked for next: one question a thing however many wait for it, sellers in turn, and those that do not
//! answer never in the way of the others. Pure: it is told the time, and asks nobody.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::hash::Hash;
use std::ops::Bound;
use std::time::Duration;

use domain::ids::SellerId;
use tokio::time::Instant;

/// How much goes on at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Questions under way.
    pub(crate) at_once: usize,
    /// Questions under way for one seller.
    pub(crate) per_seller: usize,
    /// Jobs that may wait for sellers in doubt; what is over is put off at once.
    pub(crate) in_doubt: usize,
    /// How long a job waits for an answer before it is put off.
    pub(crate) patience: Duration,
}

/// One that waits for an answer.
#[derive(Debug)]
pub(super) struct Wait<J> {
    /// Since when it waits for any answer at all.
    pub(super) since: Instant,
    /// What to do with the answer.
    pub(super) job: J,
}

/// A question that is to be asked now, for all that wait for its answer.
#[derive(Debug)]
pub(super) struct Turn<T, J> {
    pub(super) seller: SellerId,
    pub(super) target: T,
    pub(super) waits: Vec<Wait<J>>,
    /// How often it was asked before, without an answer.
    pub(super) tries: u32,
}

/// What became of a job that was added.
#[derive(Debug)]
pub(super) enum Added<J> {
    /// It waits for a question of its own.
    Alone,
    /// It waits for a question that others wait for already.
    Joined,
    /// Too many wait for sellers in doubt.
    PutOff(J),
}

/// Everything that waits or is under way.
#[derive(Debug)]
pub(super) struct Line<T, J> {
    sellers: BTreeMap<SellerId, Stand<T, J>>,
    /// Whose turn was last.
    last: Option<SellerId>,
    limits: Limits,
}

#[derive(Debug)]
struct Stand<T, J> {
    /// Targets that wait, in the order of their turns.
    order: VecDeque<T>,
    groups: HashMap<T, Group<J>>,
    asking: HashSet<T>,
    /// The last question had no answer: until one has, questions are asked one at a time.
    is_in_doubt: bool,
    /// The provider asked for a rest.
    rests_until: Option<Instant>,
}

#[derive(Debug)]
struct Group<J> {
    waits: Vec<Wait<J>>,
    tries: u32,
    not_before: Option<Instant>,
}

impl<T: Clone + Eq + Hash, J> Line<T, J> {
    pub(super) fn new(limits: Limits) -> Self {
        Self { sellers: BTreeMap::new(), last: None, limits }
    }

    /// Takes a job in. One that comes while its thing is being asked for waits for the next answer: the one under
    /// way may be older than what it tells of.
    pub(super) fn add(&mut self, seller: SellerId, target: T, wait: Wait<J>) -> Added<J> {
        let is_full = self.in_doubt() >= self.limits.in_doubt;
        let stand = self.sellers.entry(seller).or_default();
        if stand.is_in_doubt && is_full {
            return Added::PutOff(wait.job);
        }
        stand.queue(target, vec![wait], 0, None)
    }

    /// The next question, when one may be asked now.
    pub(super) fn next(&mut self, now: Instant) -> Option<Turn<T, J>> {
        if self.asking() >= self.limits.at_once {
            return None;
        }
        // Sellers in doubt hold at most half of all questions, so that many of them stop nobody either.
        let doubts =
            self.sellers.values().filter(|stand| stand.is_in_doubt && !stand.asking.is_empty()).count();
        let is_crowded = doubts >= self.limits.at_once.div_ceil(2);
        let room = |stand: &Stand<T, J>| match (stand.is_in_doubt, is_crowded) {
            (false, _) => self.limits.per_seller,
            (true, false) => 1,
            (true, true) => 0,
        };
        let after = self.last.clone().map_or(Bound::Unbounded, Bound::Excluded);
        let behind = self.sellers.range((after, Bound::Unbounded));
        let (seller, position) = behind
            .chain(self.sellers.iter())
            .find_map(|(seller, stand)| stand.ripe(now, room(stand)).map(|at| (seller.clone(), at)))?;
        self.last = Some(seller.clone());
        let stand = self.sellers.get_mut(&seller)?;
        let target = stand.order.remove(position)?;
        let group = stand.groups.remove(&target)?;
        stand.asking.insert(target.clone());
        Some(Turn { seller, target, waits: group.waits, tries: group.tries })
    }

    /// The question was answered, whatever the answer.
    pub(super) fn answered(&mut self, seller: &SellerId, target: &T) {
        if let Some(stand) = self.sellers.get_mut(seller) {
            stand.asking.remove(target);
            stand.is_in_doubt = false;
            if stand.groups.is_empty() && stand.asking.is_empty() {
                self.sellers.remove(seller);
            }
        }
    }

    /// The question had no answer: it is asked again after the pause. A rest is for all questions of the seller.
    /// Returns what is put off, because it waits too long or too much waits.
    pub(super) fn failed(
        &mut self,
        turn: Turn<T, J>,
        now: Instant,
        pause: Duration,
        rest: Option<Duration>,
    ) -> Vec<J> {
        let Turn { seller, target, waits, tries } = turn;
        let stand = self.sellers.entry(seller.clone()).or_default();
        stand.asking.remove(&target);
        stand.is_in_doubt = true;
        stand.rests_until = rest.map(|rest| now + rest);
        stand.queue(target, waits, tries.saturating_add(1), Some(now + pause));
        let mut put_off = stand.overdue(now, self.limits.patience);
        while self.in_doubt() > self.limits.in_doubt {
            let newest = self.sellers.get_mut(&seller).and_then(Stand::drop_last);
            let Some(group) = newest else { break };
            put_off.extend(group.waits.into_iter().map(|wait| wait.job));
        }
        put_off
    }

    /// When something may be asked that may not be now; `None` when only an answer can change that.
    pub(super) fn wakes_at(&self, now: Instant) -> Option<Instant> {
        let of_stand = |stand: &Stand<T, J>| {
            let rest = stand.rests_until.unwrap_or(now);
            stand.groups.values().map(|group| group.not_before.unwrap_or(now).max(rest)).collect::<Vec<_>>()
        };
        self.sellers.values().flat_map(of_stand).filter(|at| *at > now).min()
    }

    /// Forgets what waits; what is under way goes on.
    pub(super) fn clear(&mut self) {
        for stand in self.sellers.values_mut() {
            stand.order.clear();
            stand.groups.clear();
        }
    }

    /// Jobs that wait.
    pub(super) fn waiting(&self) -> usize {
        self.sellers.values().map(Stand::waiting).sum()
    }

    /// Questions under way.
    fn asking(&self) -> usize {
        self.sellers.values().map(|stand| stand.asking.len()).sum()
    }

    /// Jobs that wait for sellers in doubt.
    fn in_doubt(&self) -> usize {
        self.sellers.values().filter(|stand| stand.is_in_doubt).map(Stand::waiting).sum()
    }
}

impl<T, J> Default for Stand<T, J> {
    fn default() -> Self {
        Self {
            order: VecDeque::new(),
            groups: HashMap::new(),
            asking: HashSet::new(),
            is_in_doubt: false,
            rests_until: None,
        }
    }
}

impl<T: Clone + Eq + Hash, J> Stand<T, J> {
    fn queue(&mut self, target: T, waits: Vec<Wait<J>>, tries: u32, not_before: Option<Instant>) -> Added<J> {
        if let Some(group) = self.groups.get_mut(&target) {
            group.waits.extend(waits);
            group.tries = group.tries.max(tries);
            group.not_before = group.not_before.max(not_before);
            return Added::Joined;
        }
        self.order.push_back(target.clone());
        self.groups.insert(target, Group { waits, tries, not_before });
        Added::Alone
    }

    /// The place of the first target that may be asked for now.
    fn ripe(&self, now: Instant, room: usize) -> Option<usize> {
        if self.asking.len() >= room || self.rests_until.is_some_and(|until| until > now) {
            return None;
        }
        self.order.iter().position(|target| {
            let is_due = self.groups[target].not_before.is_none_or(|at| at <= now);
            is_due && !self.asking.contains(target)
        })
    }

    /// Takes out what waits for longer than patience lasts.
    fn overdue(&mut self, now: Instant, patience: Duration) -> Vec<J> {
        let mut found = Vec::new();
        for group in self.groups.values_mut() {
            let late = group.waits.extract_if(.., |wait| now.duration_since(wait.since) >= patience);
            found.extend(late.map(|wait| wait.job));
        }
        self.groups.retain(|_, group| !group.waits.is_empty());
        self.order.retain(|target| self.groups.contains_key(target));
        found
    }

    /// Takes the last group out, but never the only one: somebody must find out when the seller answers again.
    fn drop_last(&mut self) -> Option<Group<J>> {
        if self.order.len() < 2 {
            return None;
        }
        let target = self.order.pop_back()?;
        self.groups.remove(&target)
    }

    fn waiting(&self) -> usize {
        self.groups.values().map(|group| group.waits.len()).sum()
    }
}

#[cfg(test)]
mod tests;
