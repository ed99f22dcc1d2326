//! Ten years of daily ticks: subscriptions of random terms, pauses, changes and failing cards in the simulator, whose
//! calendar is its own, against the product's: read by `mercadopago`, decided by `domain`, expected by `billing`.
//!
//! Every day is foreseen in the morning and compared in the evening, and everything once more at the end.

use std::collections::BTreeMap;

use billing::options::{
    DayZone, EndRule, Options, Proration, QuotaRule, RunRule, SemaphoreRule, SkipRule, StartRule, TrialRule,
    TryRule,
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::preapproval::Standing;
use domain::rules::Rules as Windows;
use simulator::rules::{Cycle, Dates, End, Paused, Quotas, Red, Rules, Start, Trial, Unpaid};
use tokio::runtime::Builder;

use crate::faults::draw::Draw;
use book::Book;
use compare::differing;
use lot::{Lot, Way, amount, amount_minor};
use provider::Provider;

mod book;
mod compare;
mod lot;
mod provider;

/// Ten years.
const DECADE_DAYS: usize = 3_653;
/// Subscriptions of one simulator, and how many simulators there are at full size.
const SUBSCRIPTIONS: usize = 100;
const SIMULATORS_FULL: u64 = 100;

/// A world and both its sides' switches.
#[derive(Clone, Copy)]
struct Position {
    name: &'static str,
    rules: Rules,
    options: Options,
}

/// What a world came to.
struct Passed {
    books: Vec<Book>,
    found: Vec<String>,
    begin: DateTime<Utc>,
    end: DateTime<Utc>,
}

#[test]
fn ten_years_of_calendars_are_the_same_on_both_sides() {
    let seeds = if std::env::var_os("CONCILIAR_FULL").is_some() { SIMULATORS_FULL } else { 1 };
    let usual = Position { name: "usual", rules: Rules::default(), options: Options::default() };
    // Each thread has every other simulator, so that two cores are enough for two of them at once.
    let worker = |first: u64| {
        let mut charges = 0;
        for seed in (first..seeds).step_by(2) {
            let passed = pass(seed, SUBSCRIPTIONS, DECADE_DAYS, usual);
            agree(&passed, &usual, seed);
            charges += passed.books.iter().map(|book| book.timeline().charges.len()).sum::<usize>();
        }
        charges
    };
    let charges: usize = std::thread::scope(|scope| {
        let threads = [0, 1].map(|first| scope.spawn(move || worker(first)));
        threads.into_iter().map(|thread| thread.join().expect("both sides agree")).sum()
    });
    let simulators = usize::try_from(seeds).expect("a small count");
    assert!(charges > 3_000 * simulators, "only {charges} charges were made");
}

#[test]
fn both_positions_of_every_switch_are_the_same_on_both_sides() {
    let usual = Position { name: "usual", rules: Rules::default(), options: Options::default() };
    for position in positions() {
        let passed = pass(11, 60, 1_461, position);
        agree(&passed, &position, 11);
        // With the switch in the other position something is different, or the switch would be for nothing.
        let other =
            passed.books.iter().flat_map(|book| differing(book, &usual.options, passed.begin, passed.end));
        assert!(other.count() > 0 || position.options == usual.options, "{} changes nothing", position.name);
    }
}

fn agree(passed: &Passed, position: &Position, seed: u64) {
    let last =
        passed.books.iter().flat_map(|book| differing(book, &position.options, passed.begin, passed.end));
    let found: Vec<_> = passed.found.iter().cloned().chain(last).take(20).collect();
    assert!(found.is_empty(), "{}, seed {seed}:\n{}", position.name, found.join("\n"));
}

/// The other position of each switch, on both sides.
fn positions() -> Vec<Position> {
    let (rules, options) = (Rules::default(), Options::default());
    let zone = chrono_tz::America::Santiago;
    let position = |name, rules, options| Position { name, rules, options };
    vec![
        position(
            "days of the seller",
            Rules { zone: Some(zone), ..rules },
            Options { days: DayZone::Seller, zone, ..options },
        ),
        position(
            "shares of the real month",
            Rules { cycle: Cycle::Month, ..rules },
            Options { proration: Proration::Calendar, ..options },
        ),
        position(
            "a start by itself",
            Rules { start: Start::Alone, ..rules },
            Options { start: StartRule::Always, ..options },
        ),
        position(
            "a trial from the authorisation",
            Rules { trial: Trial::Authorization, ..rules },
            Options { trial: TrialRule::FromAuthorization, ..options },
        ),
        position(
            "a free end",
            Rules { end: End::Free, ..rules },
            Options { end: EndRule::Exclusive, ..options },
        ),
        position(
            "quotas by dates",
            Rules { quotas: Quotas::Dates, ..rules },
            Options { quotas: QuotaRule::ChargeDates, ..options },
        ),
        position(
            "pauses use repetitions up",
            Rules { paused: Paused::Spent, ..rules },
            Options { skipped: SkipRule::Counted, ..options },
        ),
        position(
            "four tries in all",
            Rules { tries: 4, ..rules },
            Options { tries: TryRule::InAll, ..options },
        ),
        position(
            "two retries in six days",
            Rules { tries: 3, window_days: 6, ..rules },
            Options { retries: 2, retry_days: 6, ..options },
        ),
        position("two end it", Rules { most_unpaid: 2, ..rules }, Options { cancel_after: 2, ..options }),
        position(
            "all uncollected count",
            Rules { unpaid: Unpaid::InAll, ..rules },
            Options { cancel_run: RunRule::Total, ..options },
        ),
        position(
            "the last one colours the semaphore",
            Rules { red: Red::Last, ..rules },
            Options { semaphore: SemaphoreRule::Last, ..options },
        ),
        position("dates are followed", Rules { dates: Dates::Followed, ..rules }, options),
    ]
}

/// Lets the days pass, and says what differed on any of them.
fn pass(seed: u64, subscriptions: usize, days: usize, position: Position) -> Passed {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let provider = Provider::start(seed, position.rules).await;
        let (begin, mut draw) = (provider.now(), Draw::new(seed));
        let mut lots: Vec<_> = (0..subscriptions).map(|_| Lot::draw(&mut draw, begin, days)).collect();
        lots.sort_by_key(|lot| std::cmp::Reverse(lot.day));
        let mut years = Years {
            provider,
            draw,
            lots,
            books: Vec::new(),
            places: BTreeMap::new(),
            found: Vec::new(),
            windows: Windows::default(),
            position,
        };
        let mut now = years.provider.now();
        for day in 0..days {
            years.act(day).await;
            // Another hour each day: what is due at the same one every month is met before and after.
            let seconds = years.draw.below(86_400);
            let next = begin + TimeDelta::days(whole(day + 1)) + TimeDelta::seconds(whole(seconds));
            years.foresee(now, next);
            years.provider.advance(next).await;
            years.hear().await;
            years.look_back(now, next);
            now = next;
        }
        years.read_all().await;
        Passed { books: years.books, found: years.found, begin, end: now }
    })
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).expect("a number of the decade")
}

/// Both sides while the years pass.
struct Years {
    provider: Provider,
    draw: Draw,
    /// Those still to sign up, the next one last.
    lots: Vec<Lot>,
    books: Vec<Book>,
    /// Where the book of a subscription is.
    places: BTreeMap<String, usize>,
    found: Vec<String>,
    windows: Windows,
    position: Position,
}

impl Years {
    /// What sellers and payers do on a day.
    async fn act(&mut self, day: usize) {
        for place in 0..self.books.len() {
            self.act_on(place, day).await;
        }
        while let Some(lot) = self.lots.pop_if(|lot| lot.day <= day) {
            let (id, answer) = self.provider.sign_up(&lot).await;
            self.places.insert(id.clone(), self.books.len());
            self.books.push(Book::new(id, lot));
            self.learn(self.books.len() - 1, "preapproval", &answer);
        }
    }

    async fn act_on(&mut self, place: usize, day: usize) {
        let book = &self.books[place];
        let (id, is_failing) = (book.id.clone(), book.is_failing);
        let change = match (book.standing(), self.draw.below(10_000)) {
            (Standing::Pending, _) => {
                if matches!(book.lot.way, Way::Link(days) if book.lot.day + days == day) {
                    let answer = self.provider.accept(&id).await;
                    self.learn(place, "preapproval", &answer);
                }
                return;
            }
            (Standing::Authorized, 0..28) => r#"{"status":"paused"}"#.to_owned(),
            (Standing::Paused, 0..280) => r#"{"status":"authorized"}"#.to_owned(),
            (Standing::Authorized, 9_998..) | (Standing::Paused, 9_990..) => {
                self.books[place].is_cancelled_by_us = true;
                r#"{"status":"cancelled"}"#.to_owned()
            }
            (Standing::Authorized, 28..58) => {
                let amount = amount(amount_minor(&mut self.draw));
                format!(r#"{{"auto_recurring":{{"transaction_amount":{amount},"currency_id":"ARS"}}}}"#)
            }
            (Standing::Authorized, 58..80) if self.position.rules.dates == Dates::Followed => {
                self.other_dates()
            }
            (Standing::Authorized, 80..500) if is_failing => return self.card(place, false).await,
            (Standing::Authorized, 80..90) => return self.card(place, true).await,
            _ => return,
        };
        let answer = self.provider.change(&id, change).await;
        self.learn(place, "preapproval", &answer);
    }

    fn other_dates(&mut self) -> String {
        let recurring = match self.draw.below(3) {
            0 => format!(r#""billing_day":{},"frequency_type":"months""#, 1 + self.draw.below(28)),
            1 => format!(r#""frequency":{}"#, 1 + self.draw.below(12)),
            _ => {
                let days = whole(30 + self.draw.below(700));
                format!(r#""end_date":"{}""#, lot::text(self.provider.now() + TimeDelta::days(days)))
            }
        };
        format!(r#"{{"auto_recurring":{{{recurring}}}}}"#)
    }

    async fn card(&mut self, place: usize, fails: bool) {
        let book = &mut self.books[place];
        book.is_failing = fails;
        self.provider.card(&book.id, if fails { "FUND" } else { "APRO" }).await;
    }

    fn learn(&mut self, place: usize, topic: &str, body: &[u8]) {
        self.books[place].learn(topic, body, self.provider.now(), &self.windows);
    }

    fn foresee(&mut self, now: DateTime<Utc>, until: DateTime<Utc>) {
        for book in &mut self.books {
            book.foresee(&self.position.options, now, until);
        }
    }

    /// Reads everything that was told.
    async fn hear(&mut self) {
        for (topic, id) in self.provider.heard().await {
            let (of, topic, body) = match topic.as_str() {
                "subscription_preapproval" => {
                    let body = self.provider.preapproval(&id).await;
                    (id, "preapproval", body)
                }
                _ => {
                    let (of, body) = self.provider.invoice(&id).await;
                    (of, "authorized_payment", body)
                }
            };
            self.learn(self.places[&of], topic, &body);
        }
    }

    fn look_back(&mut self, from: DateTime<Utc>, now: DateTime<Utc>) {
        let (options, found) = (&self.position.options, &mut self.found);
        found.extend(self.books.iter_mut().filter_map(|book| book.look_back(options, from, now)));
    }

    /// Reads every subscription once more, for the provider's own count.
    async fn read_all(&mut self) {
        for place in 0..self.books.len() {
            let body = self.provider.preapproval(&self.books[place].id).await;
            self.learn(place, "preapproval", &body);
        }
    }
}
