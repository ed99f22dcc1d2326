//! Convergence: any order of arrival, with any duplication, ends in the same states, balances and money entries.
//!
//! The reference is the month in the order of its files. Positions, sequences, event counts, estimated dates and
//! the verdicts of the inbox may differ.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use domain::machine::Instant;
use domain::stream::StreamId;
use domain::{intent, payment, refund};
use engine::item::{Item, Kind};
use engine::machines::AnyState;
use ledger::account::Account;
use mercadopago::observe::DeliveryKind;
use store::inbox::InboxKey;
use store::read::{Balance, InboxFilter, StoredEntry};

use crate::shop::{Shop, read_folder};

/// Months in every seed's own order, at reduced and at full size.
const SEEDS_REDUCED: u64 = 8;
const SEEDS_FULL: u64 = 100;
const BATCH_MAX: u64 = 120;

/// SplitMix64: small, and the same everywhere.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> usize {
        usize::try_from(self.next() % bound).expect("a small bound fits")
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let other = self.below(last as u64 + 1);
            list.swap(last, other);
        }
    }
}

/// Lines of an entry: what it moves.
type Lines = Vec<(Account, i64)>;
/// How often each stream moved the same money; exact reversals are cancelled.
type Money = BTreeMap<(StreamId, String, Lines), i64>;

/// What must not depend on the order of arrival.
struct Outcome {
    states: BTreeMap<StreamId, String>,
    balances: Vec<Balance>,
    money: Money,
    /// Notifications that still wait for what they name.
    waiting: BTreeSet<InboxKey>,
}

#[tokio::test]
async fn the_sample_month_converges() {
    converges(&repository().join("examples/october"), seeds()).await;
}

#[tokio::test]
async fn generated_months_converge() {
    for month in [11, 12] {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        make_month(folder.path(), month);
        converges(folder.path(), seeds().div_ceil(2)).await;
    }
}

fn seeds() -> u64 {
    if std::env::var_os("CONCILIAR_FULL").is_some() { SEEDS_FULL } else { SEEDS_REDUCED }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn make_month(folder: &Path, seed: u64) {
    let made = Command::new(env!("CARGO"))
        .current_dir(repository())
        .args(["run", "--quiet", "--package", "xtask", "--", "month", "--plain", "--payments", "200"])
        .args(["--seed", &seed.to_string(), "--out"])
        .arg(folder)
        .status()
        .expect("cargo can be started");
    assert!(made.success(), "the month of seed {seed} was not made: {made}");
}

async fn converges(folder: &Path, seeds: u64) {
    let items = read_folder(folder);
    assert!(items.len() > 500, "{} holds only {} deliveries", folder.display(), items.len());
    let reference = outcome(items.chunks(100).map(<[Item]>::to_vec).collect()).await;
    assert!(reference.money.len() > 100 && !reference.balances.is_empty(), "the month moves money");
    for seed in 1..=seeds {
        let shuffled = outcome(scrambled(&items, seed)).await;
        compare(&reference, &shuffled, &format!("{}, seed {seed}", folder.display()));
    }
}

/// Everything three times in any order and in batches of any size; resources come under other keys as well.
fn scrambled(items: &[Item], seed: u64) -> Vec<Vec<Item>> {
    let mut draw = Draw(seed);
    let mut all = Vec::with_capacity(items.len() * 3);
    for item in items {
        for copy in 0..3 {
            let mut item = item.clone();
            if copy == 2 && item.kind == Kind::Message(DeliveryKind::Resource) {
                item.key = InboxKey(format!("again-{}", item.key).into());
            }
            all.push(item);
        }
    }
    draw.shuffle(&mut all);
    let mut batches = Vec::new();
    while !all.is_empty() {
        let size = all.len().min(1 + draw.below(BATCH_MAX));
        batches.push(all.split_off(all.len() - size));
    }
    batches
}

async fn outcome(batches: Vec<Vec<Item>>) -> Outcome {
    let shop = Shop::new();
    for batch in batches {
        shop.take(batch).await;
    }
    let states = shop.states().await;
    let filter =
        InboxFilter { verdict: Some("needs_fetch".into()), limit: u64::MAX, ..InboxFilter::default() };
    let waiting = shop.store.inbox_list(&filter).await.expect("the store can be read");
    Outcome {
        states: states.into_iter().map(|(stream, state)| (stream, essence(&state))).collect(),
        balances: shop.balances().await,
        money: money(&shop.entries().await),
        waiting: waiting.into_iter().map(|delivery| delivery.key).collect(),
    }
}

/// A state without ordinals and estimated dates.
fn essence(state: &AnyState) -> String {
    match state {
        AnyState::Payment(payment::state::State::Known(known)) => {
            let books = &known.books;
            let dated = known.described.profile.approved_at.is_some();
            let sale = books.sale.standing.as_ref().map(|s| (dated.then_some(s.at), s.operation, &s.terms));
            let loss = books.loss.standing.as_ref().map(|a| (a.currency, a.amount_minor));
            let returned = books.returned.standing.as_ref().map(|c| (c.currency, &c.charges));
            let rest = books.unidentified.standing.as_ref().map(|a| (a.currency, a.amount_minor));
            let (described, keyed, asked) = (&known.described, &known.keyed, &known.asked);
            format!("{described:#?}\n{keyed:#?}\n{asked:#?}\n{sale:#?}\n{loss:?}\n{returned:#?}\n{rest:?}")
        }
        AnyState::Refund(refund::machine::State { told, booked, returned }) => {
            let returned: Vec<_> = returned.iter().map(|r| (&r.charge, &r.booked.standing)).collect();
            format!("{told:#?}\n{:#?}\n{returned:#?}", booked.standing)
        }
        // Without its own date, an intent counts from when we heard of it first: an estimate.
        AnyState::Intent(intent) => {
            format!("{:#?}", intent::state::State { requested_at: Instant::UNIX_EPOCH, ..intent.clone() })
        }
        AnyState::Payment(payment::state::State::Foretold(_))
        | AnyState::Plan(_)
        | AnyState::Preapproval(_)
        | AnyState::Chargeback(_)
        | AnyState::Movement(_)
        | AnyState::Obligation(_) => format!("{state:#?}"),
    }
}

fn money(entries: &[StoredEntry]) -> Money {
    let mut money = Money::new();
    for entry in entries {
        let lines: Lines = entry.lines.iter().map(|line| (line.account, line.amount_minor)).collect();
        let reversed: Lines = lines.iter().map(|(account, amount)| (*account, -amount)).collect();
        // An entry and its reversal are one key, counted up and down.
        let (lines, count) = if lines[0].1 > 0 { (lines, 1) } else { (reversed, -1) };
        *money.entry((entry.stream.clone(), entry.currency.code().to_owned(), lines)).or_default() += count;
    }
    money.retain(|_, count| *count != 0);
    money
}

fn compare(reference: &Outcome, other: &Outcome, place: &str) {
    let streams: Vec<_> = reference.states.keys().chain(other.states.keys()).collect();
    for stream in streams {
        let (left, right) = (reference.states.get(stream), other.states.get(stream));
        assert!(
            left == right,
            "{place}: {stream} differs\n{}",
            difference(left.map_or("", String::as_str), right.map_or("", String::as_str))
        );
    }
    let moved: Vec<_> = reference.money.keys().chain(other.money.keys()).collect();
    for key in moved {
        assert_eq!(reference.money.get(key), other.money.get(key), "{place}: times that {key:?} was posted");
    }
    assert_eq!(reference.balances, other.balances, "{place}: balances");
    assert_eq!(reference.waiting, other.waiting, "{place}: notifications that wait");
}

/// The lines that only one side has.
fn difference(left: &str, right: &str) -> String {
    let only = |sign: &str, here: &str, there: &str| -> String {
        let there: Vec<&str> = there.lines().collect();
        here.lines().filter(|line| !there.contains(line)).map(|line| format!("{sign}{line}\n")).collect()
    };
    only("- ", left, right) + &only("+ ", right, left)
}
