//! Rounds of several cases, one after the other in each round, and the table of their medians and ranges.
//!
//! Whole numbers throughout: rates a second, microseconds, hundredths of a ratio.
#![expect(clippy::print_stdout, reason = "a bench reports on the terminal")]

use std::time::Duration;

/// How much of everything: little under `cargo test`, where a bench must only work.
pub fn is_measuring() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

/// A number of the environment, such as `CONCILIAR_BENCH_ROUNDS`, or the default.
pub fn setting(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.replace('_', "").parse().unwrap_or_else(|_| panic!("{name}={text} is no number")),
        Err(_) => default,
    }
}

/// How many rounds: an odd number, so that one of them is in the middle.
pub fn count() -> u64 {
    let count = if is_measuring() { setting("CONCILIAR_BENCH_ROUNDS", 5) } else { 1 };
    assert!(count % 2 == 1, "CONCILIAR_BENCH_ROUNDS={count} is even");
    count
}

/// One run of one case.
#[derive(Clone, Debug)]
pub struct Run {
    /// What was done: deliveries, commands, events.
    pub done: u64,
    /// Wall clock.
    pub elapsed_us: u64,
    /// Half, 95 and 99 in 100 of the single calls took at most this long, where they were measured.
    pub latency_us: Option<[u64; 3]>,
}

impl Run {
    /// A run of calls that took so long each.
    pub fn new(done: u64, elapsed: Duration, mut calls: Vec<Duration>) -> Self {
        calls.sort_unstable();
        let rank = |percent: usize| micros(calls[calls.len() * percent / 100]);
        let latency_us = (!calls.is_empty()).then(|| [rank(50), rank(95), rank(99)]);
        Self { done, elapsed_us: micros(elapsed), latency_us }
    }

    /// The rate.
    pub fn per_second(&self) -> u64 {
        self.done * 1_000_000 / self.elapsed_us.max(1)
    }
}

/// The runs of a case, one a round.
struct Case {
    name: &'static str,
    runs: Vec<Run>,
}

/// All cases of a bench, in the order of their first run.
#[derive(Default)]
pub struct Rounds(Vec<Case>);

impl Rounds {
    /// Adds a run to its case, and prints it.
    pub fn add(&mut self, name: &'static str, run: Run) {
        println!("  {name}: {}/s ({} in {} ms)", run.per_second(), run.done, run.elapsed_us / 1000);
        match self.0.iter_mut().find(|case| case.name == name) {
            Some(case) => case.runs.push(run),
            None => self.0.push(Case { name, runs: vec![run] }),
        }
    }

    /// Prints the table for `benches/README.md`.
    pub fn print(&self) {
        println!("| case | a second, median (range) | p50 | p95 | p99 |\n|---|---|---|---|---|");
        for case in &self.0 {
            let rates: Vec<u64> = case.runs.iter().map(Run::per_second).collect();
            let latency = |at: usize| {
                let values: Vec<u64> = case.runs.iter().filter_map(|run| Some(run.latency_us?[at])).collect();
                if values.is_empty() { "–".to_owned() } else { milliseconds(median(&values)) }
            };
            let (name, rates) = (case.name, spread(&rates, |rate| rate.to_string()));
            println!("| {name} | {rates} | {} | {} | {} |", latency(0), latency(1), latency(2));
        }
    }

    /// Prints how many times faster one case is than another, by the runs of the same round.
    pub fn print_ratio(&self, of: &str, to: &str) {
        let (Some(of), Some(to)) = (self.case(of), self.case(to)) else { return };
        let pairs = of.runs.iter().zip(&to.runs);
        let ratios: Vec<u64> = pairs.map(|(of, to)| of.per_second() * 100 / to.per_second().max(1)).collect();
        println!("{} : {} = {}", of.name, to.name, spread(&ratios, hundredths));
    }

    fn case(&self, name: &str) -> Option<&Case> {
        self.0.iter().find(|case| case.name == name)
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).expect("a run takes less than 500,000 years")
}

fn median(values: &[u64]) -> u64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2]
}

fn spread(values: &[u64], print: impl Fn(u64) -> String) -> String {
    let (least, most) = (values.iter().min().copied(), values.iter().max().copied());
    let (least, most) = (least.unwrap_or_default(), most.unwrap_or_default());
    format!("{} ({}–{})", print(median(values)), print(least), print(most))
}

fn hundredths(value: u64) -> String {
    format!("{}.{:02}", value / 100, value % 100)
}

fn milliseconds(micros: u64) -> String {
    format!("{}.{} ms", micros / 1000, micros % 1000 / 100)
}
