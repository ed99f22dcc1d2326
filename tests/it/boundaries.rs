//! Every rule of time at its boundary: one second before, at it, one second after. `tests/BOUNDARIES.md` is what this
//! test prints; `CONCILIAR_BLESS=1` writes it anew.
//!
//! Bodies are the provider's and are read by `mercadopago`; rules are those of the configuration. Nothing is computed
//! here but the ends of the table, on a calendar of its own: the verdicts are what the rules say.

use std::fmt::Write;

use chrono::TimeDelta;
use chrono_tz::Tz;
use domain::machine::Instant;

mod guard;
mod orders;
mod others;

/// One rule with its cases.
struct Rule {
    name: &'static str,
    /// What it says, and who says so.
    source: &'static str,
    cases: Vec<Case>,
}

/// One case of a rule: three instants around its end, and what is said at each.
struct Case {
    what: &'static str,
    /// Whose clock shows the two times.
    zone: Tz,
    begins_at: Instant,
    ends_at: Instant,
    /// At one second before, at it, and one second after.
    verdicts: [String; 3],
}

impl Case {
    /// A case whose end is written down as a person reads it off a calendar, in its zone.
    fn new(
        what: &'static str,
        zone: Tz,
        begins: &str,
        ends: &str,
        verdict: impl Fn(Instant) -> String,
    ) -> Self {
        let ends_at = instant(ends);
        let verdicts = [-1, 0, 1].map(|seconds| verdict(ends_at + TimeDelta::seconds(seconds)));
        Self { what, zone, begins_at: instant(begins), ends_at, verdicts }
    }

    fn row(&self) -> String {
        let clock = |at: Instant| at.with_timezone(&self.zone).format("%Y-%m-%d %H:%M:%S %:z").to_string();
        let [before, at, after] = &self.verdicts;
        let (begins, ends) = (clock(self.begins_at), clock(self.ends_at));
        format!("| {} | {begins} | {ends} | {before} | {at} | {after} |\n", self.what)
    }
}

/// An instant as anybody writes it.
#[track_caller]
fn instant(text: &str) -> Instant {
    let at = chrono::DateTime::parse_from_rfc3339(text);
    at.unwrap_or_else(|error| panic!("{text}: {error}")).to_utc()
}

fn rules() -> Vec<Rule> {
    vec![
        orders::refunds(),
        orders::confirmations(),
        orders::captures(),
        orders::approvals(),
        others::intents(),
        others::documents(),
        others::tokens(),
        others::tries(),
        guard::attempts(),
    ]
}

fn table() -> String {
    let mut table = String::from(
        "# Rules of time at their boundaries\n\n\
         Each row is one case: when the window begins and ends on the clock of its zone, and what is decided one second\n\
         before the end, at it, and one second after. A day is 24 hours: where clocks change in between, the end has\n\
         another time of day. `tests/it/boundaries.rs` compares this file with what the rules do.\n",
    );
    for Rule { name, source, cases } in rules() {
        write!(table, "\n## {name}\n\n{source}\n\n").expect("text can be written to memory");
        table += "| case | begins | ends | −1 s | 0 | +1 s |\n|---|---|---|---|---|---|\n";
        table.extend(cases.iter().map(Case::row));
    }
    table
}

#[test]
fn every_rule_of_time_is_decided_as_the_table_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/BOUNDARIES.md");
    let table = table();
    if std::env::var_os("CONCILIAR_BLESS").is_some() {
        std::fs::write(path, table).expect("the table can be written");
    } else {
        let written = std::fs::read_to_string(path).expect("the table is checked in");
        assert!(table == written, "CONCILIAR_BLESS=1 writes it anew:\n{table}");
    }
}

/// The table cannot be blessed into anything: at an end that is right, something changes within a second of it.
#[test]
fn every_end_is_where_something_changes() {
    for Rule { name, cases, .. } in rules() {
        for Case { what, verdicts: [before, at, after], .. } in cases {
            assert!(before != at || at != after, "{name}, {what}: always {before}");
        }
    }
}

#[test]
fn an_instant_is_one_whatever_offset_it_is_written_in() {
    for Rule { cases, .. } in rules() {
        for pair in cases.windows(2).filter(|pair| pair[1].what.ends_with("the same, told at -03:00")) {
            assert_eq!(
                (pair[0].begins_at, pair[0].ends_at, &pair[0].verdicts),
                (pair[1].begins_at, pair[1].ends_at, &pair[1].verdicts)
            );
        }
    }
}
