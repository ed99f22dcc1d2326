//! Reads a written month back, as plainly as possible, and compares its reports with its deliveries.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::month::money::Pesos;

/// Words of release rows that a month may hold.
const KNOWN_WORDS: [&str; 8] = [
    "payment",
    "refund",
    "chargeback",
    "reserve_for_dispute",
    "reserve_for_payout",
    "payout",
    "asset_management",
    "tax_iva",
];

/// A delivery.
#[derive(Deserialize)]
pub struct Line {
    pub kind: String,
    pub topic: String,
    pub key: String,
    pub caused_by: Option<String>,
    pub body: Box<RawValue>,
}

/// A row of a report by its column names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row(BTreeMap<String, String>);

impl Row {
    pub fn text(&self, column: &str) -> &str {
        &self.0[column]
    }

    pub fn minor(&self, column: &str) -> i64 {
        minor(self.text(column))
    }

    pub fn taxes_listed(&self) -> i64 {
        let parts = self.text("TAXES_DISAGGREGATED").split("amount:").skip(1);
        parts.map(|part| minor(part.split(',').next().expect("split gives one part at least"))).sum()
    }
}

#[derive(Deserialize)]
struct Payment {
    id: u64,
    date_last_updated: String,
    date_approved: Option<String>,
    money_release_date: Option<String>,
    operation_type: String,
    transaction_amount: Box<RawValue>,
    transaction_details: Details,
    fee_details: Vec<Fee>,
    refunds: Vec<Refund>,
}

#[derive(Deserialize)]
struct Details {
    net_received_amount: Box<RawValue>,
}

#[derive(Deserialize)]
struct Fee {
    amount: Box<RawValue>,
}

#[derive(Deserialize)]
struct Refund {
    id: u64,
    amount: Box<RawValue>,
}

/// A month.
pub struct Read {
    pub lines: Vec<Line>,
    pub broken: usize,
    pub settlement: Vec<Row>,
    pub release: Vec<Row>,
}

impl Read {
    pub fn new(folder: &Path) -> Self {
        let mut read = Self { lines: Vec::new(), broken: 0, settlement: Vec::new(), release: Vec::new() };
        for (name, bytes) in files(folder) {
            let text = String::from_utf8(bytes).expect("a month is text");
            if name.ends_with(".ndjson") {
                for line in text.lines() {
                    match serde_json::from_str(line) {
                        Ok(line) => read.lines.push(line),
                        Err(_) => read.broken += 1,
                    }
                }
            } else if name.starts_with("settlement") {
                read.settlement = rows(&text, ';');
            } else if name.starts_with("release") {
                read.release = rows(&text, ',');
            }
        }
        read
    }

    pub fn released_as(&self, word: &str) -> usize {
        self.release.iter().filter(|row| row.text("DESCRIPTION") == word).count()
    }

    /// Everything in which reports and deliveries differ.
    pub fn differences(&self) -> Vec<String> {
        let told = self.told();
        let mut found = Vec::new();
        let sales = self.settled("SETTLEMENT");
        for (id, row) in &sales {
            match told.get(id) {
                Some(payment) => compare(row, payment, &mut found),
                None => found.push(format!("{id} is settled but was never told")),
            }
        }
        for id in told.keys().filter(|id| !sales.contains_key(*id)) {
            found.push(format!("{id} was told but is not settled"));
        }
        self.compare_refunds(&told, &mut found);
        self.compare_releases(&told, &mut found);
        found.sort();
        found
    }

    /// The newest state of each payment that was credited money.
    fn told(&self) -> BTreeMap<u64, Payment> {
        let mut told: BTreeMap<u64, Payment> = BTreeMap::new();
        for line in self.lines.iter().filter(|line| line.kind == "resource" && line.topic == "payment") {
            let payment: Payment = serde_json::from_str(line.body.get()).expect("a payment is readable");
            let older = |known: &Payment| known.date_last_updated < payment.date_last_updated;
            if told.get(&payment.id).is_none_or(older) {
                told.insert(payment.id, payment);
            }
        }
        told.retain(|_, payment| {
            payment.date_approved.is_some() && payment.operation_type != "card_validation"
        });
        told
    }

    fn settled(&self, word: &str) -> BTreeMap<u64, &Row> {
        let rows = self.settlement.iter().filter(|row| row.text("TRANSACTION_TYPE") == word);
        let paid = rows.filter(|row| !row.text("PAYMENT_METHOD").is_empty());
        paid.map(|row| (id(row), row)).collect()
    }

    fn compare_refunds(&self, told: &BTreeMap<u64, Payment>, found: &mut Vec<String>) {
        let mut told_refunds: Vec<_> = told
            .values()
            .flat_map(|payment| &payment.refunds)
            .map(|refund| (format!("[{{refund_id:{}}}]", refund.id), -minor(refund.amount.get())))
            .collect();
        let mut settled: Vec<_> = self
            .settlement
            .iter()
            .filter(|row| row.text("TRANSACTION_TYPE") == "REFUND")
            .map(|row| (row.text("METADATA").to_owned(), row.minor("TRANSACTION_AMOUNT")))
            .collect();
        told_refunds.sort();
        settled.sort();
        if told_refunds != settled {
            found.push("refunds differ".to_owned());
        }
    }

    fn compare_releases(&self, told: &BTreeMap<u64, Payment>, found: &mut Vec<String>) {
        let mut released = BTreeMap::new();
        for row in self.release.iter().filter(|row| row.text("RECORD_TYPE") == "release") {
            let word = row.text("DESCRIPTION");
            if word == "payment" {
                released.insert(id(row), row.minor("NET_CREDIT_AMOUNT"));
            } else if !KNOWN_WORDS.contains(&word) {
                found.push(format!("{} is released as {word}", id(row)));
            }
        }
        let due = told.iter().filter(|(_, payment)| payment.is_released()).map(|(id, p)| (*id, p.net()));
        if due.collect::<BTreeMap<_, _>>() != released {
            found.push("releases differ".to_owned());
        }
    }
}

impl Payment {
    fn net(&self) -> i64 {
        minor(self.transaction_details.net_received_amount.get())
    }

    fn is_released(&self) -> bool {
        // 2026-11-01T00:00-03:00, as the API prints it.
        self.money_release_date.as_deref().is_some_and(|date| date < "2026-10-31T23:00")
    }
}

fn compare(row: &Row, payment: &Payment, found: &mut Vec<String>) {
    let gross = minor(payment.transaction_amount.get());
    let fee = -payment.fee_details.iter().map(|fee| minor(fee.amount.get())).sum::<i64>();
    let mut differ = |what: &str, settled: i64, told: i64| {
        if settled != told {
            let (settled, told) = (Pesos(settled), Pesos(told));
            found.push(format!("{} {what} {settled} settled, {told} told", payment.id));
        }
    };
    let (settled_gross, settled_fee) = (row.minor("TRANSACTION_AMOUNT"), row.minor("FEE_AMOUNT"));
    differ("gross", settled_gross, gross);
    differ("fee", settled_fee, fee);
    let explained = settled_gross - gross + settled_fee - fee;
    differ("net", row.minor("SETTLEMENT_NET_AMOUNT") - explained, payment.net());
}

fn id(row: &Row) -> u64 {
    row.text("SOURCE_ID").parse().expect("operation ids are numbers")
}

/// Every file below a folder, by its path in it.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("the folder is readable") {
        let path = entry.expect("the folder is readable").path();
        let name = path.file_name().expect("an entry has a name").to_string_lossy().into_owned();
        if path.is_dir() {
            for (below, bytes) in files(&path) {
                found.insert(format!("{name}/{below}"), bytes);
            }
        } else {
            found.insert(name, fs::read(&path).expect("the file is readable"));
        }
    }
    found
}

/// Decimal text with up to two decimals, in minor units.
pub fn minor(text: &str) -> i64 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{part:0<2}").parse().unwrap_or_else(|_| panic!("`{text}` is not an amount"))
}

fn rows(text: &str, separator: char) -> Vec<Row> {
    let mut lines = text.lines();
    let header: Vec<_> = lines.next().expect("a report has a header").split(separator).collect();
    lines
        .map(|line| {
            let cells = cells(line, separator);
            assert_eq!(cells.len(), header.len(), "{line}");
            Row(header.iter().map(|name| (*name).to_owned()).zip(cells).collect())
        })
        .collect()
}

fn cells(line: &str, separator: char) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for letter in line.chars() {
        if letter == '"' {
            quoted = !quoted;
        } else if letter == separator && !quoted {
            cells.push(String::new());
        } else {
            cells.last_mut().expect("there is one cell at least").push(letter);
        }
    }
    cells
}
