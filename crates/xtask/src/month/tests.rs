//! A month is compared with what was committed, with its own identities, and with itself: reports against
//! deliveries.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::draw::Draw;
use super::money::{Pesos, rate_minor, share_minor};
use super::time::{HOUR, MONTH_END, MONTH_START, Time};
use super::{Month, make};

mod reading;

use reading::{Read, files};

/// A folder that goes away with its test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("conciliar-month-{name}-{}", std::process::id()));
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that was never made is as good as gone.
        let _gone = fs::remove_dir_all(&self.0);
    }
}

fn month(folder: &Folder, seed: u64, payments: u64, plain: bool) -> Read {
    let month = Month { out: folder.0.clone(), payments, seed, plain };
    make(&month).expect("a month of a legal size can be made");
    Read::new(&folder.0)
}

#[test]
fn the_committed_month_is_what_its_command_writes() {
    let folder = Folder::new("again");
    let month = Month { out: folder.0.clone(), payments: 300, seed: 20_261_001, plain: false };
    make(&month).expect("a month of a legal size can be made");
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/october");
    let (written, kept) = (files(&folder.0), files(&committed));
    assert_eq!(written.keys().collect::<Vec<_>>(), kept.keys().collect::<Vec<_>>());
    for (name, bytes) in &kept {
        assert!(written[name] == *bytes, "{name} differs from what the command writes");
    }
}

#[test]
fn another_seed_writes_another_month() {
    let (one, two) = (Folder::new("seed-1"), Folder::new("seed-2"));
    assert_ne!(month(&one, 1, 200, false).settlement, month(&two, 2, 200, false).settlement);
}

#[test]
fn every_settlement_row_adds_up() {
    let folder = Folder::new("settlement");
    let read = month(&folder, 11, 900, false);
    assert!(read.settlement.len() > 800, "{} rows", read.settlement.len());
    for row in &read.settlement {
        let fees = row.minor("MKP_FEE_AMOUNT") + row.minor("FINANCING_FEE_AMOUNT");
        assert_eq!(row.minor("FEE_AMOUNT"), fees, "{row:?}");
        let net = row.minor("TRANSACTION_AMOUNT") + fees + row.minor("TAXES_AMOUNT");
        assert_eq!(row.minor("SETTLEMENT_NET_AMOUNT"), net, "{row:?}");
        assert_eq!(row.taxes_listed(), row.minor("TAXES_AMOUNT"), "{row:?}");
    }
}

#[test]
fn the_release_report_is_an_unbroken_chain_that_never_runs_dry() {
    let folder = Folder::new("release");
    let read = month(&folder, 12, 900, false);
    let (first, rest) = read.release.split_first().expect("the report has an opening");
    let (last, rows) = rest.split_last().expect("the report has a total");
    assert_eq!(first.text("RECORD_TYPE"), "initial_available_balance");
    assert_eq!(last.text("RECORD_TYPE"), "total");
    let mut balance = first.minor("BALANCE_AMOUNT");
    let mut date = first.text("DATE").to_owned();
    for row in rows {
        let net = row.minor("NET_CREDIT_AMOUNT") - row.minor("NET_DEBIT_AMOUNT");
        let parts = ["GROSS_AMOUNT", "MP_FEE_AMOUNT", "FINANCING_FEE_AMOUNT", "TAXES_AMOUNT"];
        assert_eq!(net, parts.iter().map(|part| row.minor(part)).sum::<i64>(), "{row:?}");
        balance += net;
        assert_eq!(row.minor("BALANCE_AMOUNT"), balance, "{row:?}");
        assert!(balance >= 0, "{row:?}");
        assert!(*row.text("DATE") >= *date, "{row:?}");
        date = row.text("DATE").to_owned();
    }
    assert_eq!(last.minor("NET_CREDIT_AMOUNT") - last.minor("NET_DEBIT_AMOUNT"), balance);
    assert_eq!(last.minor("BALANCE_AMOUNT"), balance);
}

#[test]
fn a_plain_month_agrees_with_its_deliveries_to_the_cent() {
    let folder = Folder::new("plain");
    let read = month(&folder, 13, 2_000, true);
    assert_eq!(read.differences(), Vec::<String>::new());
    assert_eq!(read.released_as("chargeback"), 1, "one chargeback in a thousand sales is lost");
    assert_eq!(read.released_as("payout"), 5, "one payout a Friday");
    assert_eq!(read.released_as("reserve_for_payout"), 10, "a pair of holds for each payout");
}

#[test]
fn the_planted_breaks_are_the_only_differences() {
    let folder = Folder::new("planted");
    let read = month(&folder, 20_261_001, 300, false);
    let expected = [
        "127000339792 is settled but was never told",
        "129000009259 was told but is not settled",
        "129000009290 fee -8297.17 settled, -8296.17 told",
        "129000009356 gross 3621.90 settled, 3611.90 told",
        "2026102000555 is released as ajuste_especial",
    ];
    assert_eq!(read.differences(), expected);
}

#[test]
fn one_delivery_is_not_json_and_one_has_a_detail_nobody_knows() {
    for (seed, payments) in [(1, 200), (14, 3_000)] {
        let folder = Folder::new(&format!("faults-{seed}"));
        let read = month(&folder, seed, payments, false);
        assert_eq!(read.broken, 1);
        let unknown =
            read.lines.iter().filter(|line| line.body.get().contains("cc_rejected_new_reason_2026"));
        assert_eq!(unknown.count(), 1);
    }
}

#[test]
fn every_notification_is_followed_by_the_resource_it_names_as_its_cause() {
    let folder = Folder::new("causes");
    let read = month(&folder, 15, 400, false);
    let mut open = BTreeSet::new();
    let mut pairs = 0;
    for line in &read.lines {
        match (line.kind.as_str(), &line.caused_by) {
            ("notification", None) => assert!(open.insert(line.key.clone()), "{} is used twice", line.key),
            ("resource", Some(cause)) => {
                pairs += 1;
                // A repeated resource names a cause that is closed already.
                let closed = open.remove(cause);
                assert!(closed || line.key == format!("fetch-{cause}"), "{cause} was not announced");
            }
            ("resource", None) => {}
            other => panic!("{other:?} is no delivery"),
        }
    }
    assert!(open.is_empty(), "{open:?} lead nowhere");
    assert!(pairs > 500, "{pairs} pairs");
}

#[test]
fn every_story_of_the_month_is_told() {
    let folder = Folder::new("stories");
    let read = month(&folder, 20_261_001, 300, false);
    let words: BTreeSet<_> = read.lines.iter().filter_map(|line| line.words()).collect();
    for (status, detail) in [
        ("approved", "accredited"),
        ("approved", "partially_refunded"),
        ("refunded", "refunded"),
        ("in_process", "pending_review_manual"),
        ("pending", "pending_waiting_payment"),
        ("cancelled", "expired"),
        ("in_mediation", "pending"),
        ("charged_back", "in_process"),
        ("charged_back", "settled"),
        ("charged_back", "reimbursed"),
        ("rejected", "cc_rejected_insufficient_amount"),
    ] {
        assert!(words.contains(&(status.to_owned(), detail.to_owned())), "{status}/{detail} is missing");
    }
    let topics: BTreeSet<_> = read.lines.iter().map(|line| line.topic.as_str()).collect();
    let expected = [
        "authorized_payment",
        "chargeback",
        "instore_intent",
        "order",
        "payment",
        "payment_intent",
        "point_integration_wh",
        "preapproval",
        "refund",
        "subscription_authorized_payment",
        "subscription_preapproval",
        "topic_chargebacks_wh",
        "topic_instore_integration_wh",
    ];
    assert_eq!(topics.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn a_month_too_small_for_its_stories_is_refused() {
    let folder = Folder::new("small");
    let month = Month { out: folder.0.clone(), payments: 199, seed: 1, plain: true };
    let refused = make(&month).expect_err("199 payments are too few");
    assert_eq!(refused.to_string(), "a month has from 200 to 100000000 payments, not 199");
}

#[test]
fn amounts_print_as_reports_and_as_the_api_do() {
    assert_eq!(Pesos(-5).to_string(), "-0.05");
    assert_eq!(Pesos(123_450).to_string(), "1234.50");
    let json = |minor| serde_json::to_string(&Pesos(minor)).expect("an amount is JSON");
    assert_eq!([json(123_450), json(520_000), json(1), json(0)], ["1234.5", "5200", "0.01", "0"]);
}

#[test]
fn shares_round_half_up() {
    assert_eq!(rate_minor(1_000, 25), 3, "2.5 rounds up");
    assert_eq!(rate_minor(999, 25), 2, "2.4975 rounds down");
    assert_eq!(share_minor(10, 1, 3), 3);
    assert_eq!(rate_minor(121_000, 60), 726, "0.6 % of 1,210.00");
}

#[test]
fn times_print_at_the_offsets_of_the_provider() {
    let at = Time::on_day(31, 22 * HOUR + 7);
    assert_eq!(at.local().to_string(), "2026-10-31T22:00:00.007-03:00");
    assert_eq!(at.api().to_string(), "2026-10-31T21:00:00.007-04:00");
    assert_eq!(at.utc().to_string(), "2026-11-01T01:00:00.007Z");
    assert_eq!(MONTH_START.local_date(), "2026-10-01");
    assert_eq!(MONTH_END.plus(-1).local_date(), "2026-10-31");
}

#[test]
fn the_same_key_draws_the_same_numbers() {
    let numbers = |key| {
        let mut draw = Draw::new(7, 1, key);
        [draw.next(), draw.next()]
    };
    assert_eq!(numbers(3), numbers(3));
    assert_ne!(numbers(3), numbers(4));
    assert_eq!(Draw::new(1, 1, 1).uuid().len(), 36);
    assert_eq!(Draw::new(1, 1, 1).ulid().len(), 26);
}

#[derive(Deserialize)]
struct Words {
    status: String,
    status_detail: String,
}

impl reading::Line {
    fn words(&self) -> Option<(String, String)> {
        let of_payment = self.topic == "payment" && self.kind == "resource";
        let words: Words = serde_json::from_str(self.body.get()).ok().filter(|_| of_payment)?;
        Some((words.status, words.status_detail))
    }
}
