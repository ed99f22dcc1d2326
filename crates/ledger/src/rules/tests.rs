//! Given facts, then balances: amounts are decimal text in the currency of the case.

use std::collections::BTreeMap;

use domain::money::{format_minor, parse_minor};
use domain::payment::{
    Amount, Booking, Charge, ChargeKind, ChargesReturned, Operation, Release, ReleaseWay, Released, Said,
    SaleBooked, Terms,
};
use domain::refund::{ChargeReturned, RefundTerms, ReturnedCharge};

use super::*;
use crate::account::Account;
use crate::journal::EntryId;
use crate::policy::{ChargeAccounts, Recognition};

mod cases;
mod properties;
mod revenue;

const SELLER: &str = "123";

/// A fact and the stream it is of.
type Told = (StreamId, Fact);

fn at(day: u32) -> Instant {
    let days = chrono::TimeDelta::days(i64::from(day));
    Instant::UNIX_EPOCH.checked_add_signed(days).expect("a few days after the epoch exist")
}

fn minor(text: &str) -> i64 {
    parse_minor(text, Currency::ARS).expect("the amounts of the cases are decimal text")
}

fn policy(recognition: Recognition, vat_percent: i64) -> Policy {
    let rates = BTreeMap::from([(SELLER.into(), vat_percent.into())]);
    Policy::new(1, recognition, rates, ChargeAccounts::default()).expect("the rates of the cases are rates")
}

/// Invoices recognise revenue, and VAT is 21 %: the frame of the worked cases.
fn invoiced() -> Policy {
    policy(Recognition::Order, 21)
}

fn payment_stream() -> StreamId {
    StreamId::payment(&SELLER.into(), &"9001".into())
}

fn terms(gross: &str, charges: &[(ChargeKind, &str)], net: &str) -> Terms {
    Terms {
        currency: Currency::ARS,
        gross_minor: minor(gross),
        charges: charges.iter().zip(1_u32..).map(|(told, number)| charge(number, told)).collect(),
        net_minor: minor(net),
    }
}

fn charge(number: u32, &(kind, amount): &(ChargeKind, &str)) -> Charge {
    Charge {
        id: format!("9001-{number:03}").into(),
        kind,
        name: format!("{kind:?}").as_str().into(),
        amount_minor: minor(amount),
    }
}

fn booking(operation: Operation, terms: Terms) -> Booking {
    Booking { at: at(1), ordinal: 0, operation, terms }
}

fn payment(event: payment::Event) -> Told {
    (payment_stream(), Fact::Payment(event))
}

fn approved(sale: Option<Booking>) -> Told {
    let said = Said { updated_at: None, status: "approved".into(), detail: "accredited".into() };
    let approved = payment::Approved { at: at(1), said, known_words: true, outside_rule: false, sale };
    payment(payment::Event::Approved(approved))
}

fn sold(gross: &str, charges: &[(ChargeKind, &str)], net: &str) -> Told {
    approved(Some(booking(Operation::Sale, terms(gross, charges, net))))
}

fn row(row: &str, way: ReleaseWay, word: &str, amount: &str) -> Told {
    let release = Release {
        row: row.into(),
        way,
        word: word.into(),
        amount_minor: minor(amount),
        currency: Currency::ARS,
        at: at(2),
    };
    payment(payment::Event::Released(Released { at: at(2), release }))
}

fn moved(word: &str, amount: &str) -> Told {
    row(&format!("row-{word}"), ReleaseWay::Moved, word, amount)
}

fn held(amount: &str) -> Told {
    row(&format!("row-hold{amount}"), ReleaseWay::Held, "reserve_for_dispute", amount)
}

fn amount(text: &str) -> Amount {
    Amount { at: at(3), ordinal: 0, currency: Currency::ARS, amount_minor: minor(text) }
}

fn returned(charges: &[(ChargeKind, &str)]) -> ChargesReturned {
    let charges = terms("0", charges, "0").charges;
    ChargesReturned { at: at(3), ordinal: 0, currency: Currency::ARS, charges }
}

fn refund_stream(id: &str) -> StreamId {
    StreamId::refund(&SELLER.into(), &"9001".into(), &id.into())
}

fn refund_of(text: &str) -> refund::Stood {
    let terms = RefundTerms {
        amount_minor: minor(text),
        currency: Currency::ARS,
        made_at: at(4),
        source: "collector".into(),
    };
    refund::Stood { at: at(4), terms, ordinal: 0 }
}

fn refunded(id: &str, text: &str) -> Told {
    (refund_stream(id), Fact::Refund(refund::Event::Approved(refund_of(text))))
}

fn charge_of_refund(number: u32, kind: ChargeKind, text: &str) -> ChargeReturned {
    let Charge { id, kind, name, amount_minor } = charge(number, &(kind, text));
    let currency = Currency::ARS;
    let returned = ReturnedCharge { charge: id, kind, name, amount_minor, currency, returned_at: at(5) };
    ChargeReturned { at: at(5), ordinal: 0, returned }
}

fn charge_back_to_us(number: u32, kind: ChargeKind, text: &str) -> Told {
    let returned = charge_of_refund(number, kind, text);
    (refund_stream("r1"), Fact::Refund(refund::Event::ChargeReturned(returned)))
}

fn movement_row(kind: movement::MovementKind, gross: &str, fee: &str, tax: &str, net: &str) -> Told {
    let row = movement::Row {
        kind,
        word: format!("{kind:?}").as_str().into(),
        source: "77".into(),
        reference: "".into(),
        currency: Currency::ARS,
        net_minor: minor(net),
        gross_minor: minor(gross),
        fee_minor: minor(fee),
        tax_minor: minor(tax),
        at: at(6),
    };
    let stream = StreamId::movement(&SELLER.into(), &format!("{kind:?}{gross}").into());
    (stream, Fact::Movement(movement::Event::Booked(movement::Booked { at: at(6), row })))
}

fn entries(policy: &Policy, told: &[Told]) -> Vec<JournalEntry> {
    let posted = told.iter().map(|(stream, fact)| post(stream, fact, policy));
    posted.filter_map(|entry| entry.expect("the amounts of the cases are small")).collect()
}

fn balances(entries: &[JournalEntry]) -> BTreeMap<Account, i64> {
    let mut balances = BTreeMap::new();
    for line in entries.iter().flat_map(JournalEntry::lines) {
        *balances.entry(line.account).or_insert(0) += line.amount_minor;
    }
    balances.retain(|_, balance| *balance != 0);
    balances
}

/// Balances as an accountant writes them, such as `D 1121 1111.99`.
fn written(balances: &BTreeMap<Account, i64>) -> Vec<String> {
    let line = |(account, &balance): (&Account, &i64)| {
        let side = if balance > 0 { 'D' } else { 'C' };
        format!("{side} {account} {}", format_minor(balance.abs(), Currency::ARS))
    };
    balances.iter().map(line).collect()
}

/// Posts all facts and compares the summed balances, in the order of the accounts.
#[track_caller]
fn check(policy: &Policy, told: &[Told], expected: &[&str]) {
    assert_eq!(written(&balances(&entries(policy, told))), expected);
}
