//! What happened in sequences: how many processes died and where, and what became of orders.

use std::collections::BTreeMap;

use engine::dispatch::Dispatched;
use engine::error::EngineError;

use super::scene::Process;

/// What happened, so that a run in which nothing does is no proof.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Tally {
    /// Processes that died, by the boundary.
    pub deaths: BTreeMap<&'static str, usize>,
    /// Tries after which an order waited.
    pub waited: usize,
    /// Orders that the provider carried out in the end.
    pub done: usize,
    /// Orders that it refused.
    pub refused: usize,
}

impl Tally {
    /// What one process did before its end, as far as it could tell.
    pub fn add(&mut self, process: &Process, sent: Option<&Result<Dispatched, EngineError>>) {
        match sent {
            None => self.died(process),
            Some(Ok(sent)) => self.waited += sent.waiting.len(),
            Some(Err(error)) => panic!("the store answers: {error:?}"),
        }
    }

    /// It died.
    pub fn died(&mut self, process: &Process) {
        *self.deaths.entry(process.fuse.end().expect("a dead process died somewhere")).or_default() += 1;
    }

    /// The same of another sequence.
    pub fn join(&mut self, other: Self) {
        let Self { deaths, waited, done, refused } = other;
        for (place, count) in deaths {
            *self.deaths.entry(place).or_default() += count;
        }
        self.waited += waited;
        self.done += done;
        self.refused += refused;
    }

    /// Whether enough happened in so many sequences.
    pub fn is_proof(&self, sequences: usize) -> bool {
        let places =
            ["before a request", "after a request", "before a commit", "after a commit", "before a load"];
        let died = |place: &str| self.deaths.get(place).copied().unwrap_or_default();
        places.iter().all(|place| died(place) * 10 >= sequences)
            && self.done >= 2 * sequences
            && self.waited * 2 >= sequences
            && self.refused * 20 >= sequences
    }
}
