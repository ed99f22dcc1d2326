use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use ledger::account::Account;

use super::{name, write};
use crate::balances::BalanceRow;
use crate::samples::{balances, entries, written};

fn journal(balances: &[BalanceRow]) -> String {
    written(|out| write(entries().into_iter(), balances, out))
}

/// Runs the real program on a journal; `None` where it is not installed.
fn hledger(journal: &str, arguments: &[&str]) -> Option<Output> {
    let mut command = Command::new("hledger");
    command.args(["-f", "-"]).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().ok()?;
    let mut stdin = child.stdin.take().expect("standard input is piped");
    stdin.write_all(journal.as_bytes()).expect("hledger reads its input");
    drop(stdin);
    Some(child.wait_with_output().expect("hledger ends"))
}

#[test]
fn the_journal_is_what_an_accountant_would_write() {
    insta::assert_snapshot!(journal(&balances().rows));
}

#[test]
fn hledger_accepts_every_entry_and_every_balance() {
    let Some(output) = hledger(&journal(&balances().rows), &["check", "--strict"]) else { return };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn hledger_refuses_a_balance_that_is_a_cent_off() {
    let mut rows = balances().rows;
    rows[0].balance_minor += 1;
    let Some(output) = hledger(&journal(&rows), &["check"]) else { return };
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && message.contains("assertion"), "{message}");
}

#[test]
fn hledger_refuses_balances_that_miss_an_account() {
    let Some(output) = hledger(&journal(&balances().rows[1..]), &["check"]) else { return };
    assert!(!output.status.success(), "an account with postings but without a balance must be zero");
}

#[test]
fn hledger_counts_what_the_books_count() {
    let arguments = ["bal", "-N", "--flat", "-O", "csv", "--layout=bare"];
    let Some(output) = hledger(&journal(&balances().rows), &arguments) else { return };
    let expected = [
        "\"account\",\"commodity\",\"balance\"",
        "\"assets:psp:available\",\"ARS\",\"1149.50\"",
        "\"assets:psp:pending\",\"CLP\",\"1500\"",
        "\"income:sales\",\"ARS\",\"-1210.00\"",
        "\"income:sales\",\"CLP\",\"-1500\"",
        "\"expenses:processing-fees\",\"ARS\",\"60.50\"",
    ];
    let printed = String::from_utf8_lossy(&output.stdout);
    let without_dots = printed.replace("1500.\"", "1500\"");
    let lines: Vec<_> = without_dots.lines().collect();
    assert_eq!(lines, expected, "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn text_from_outside_cannot_end_a_line_or_a_code() {
    let mut rows = entries();
    rows[0].stream = "payment/1;2\n2026-01-01 forged".into();
    rows[0].id = "a) forged".into();
    let text = written(|out| write(rows.into_iter(), &[], out));
    assert!(
        text.contains("2026-03-02 * (a_ forged) payment.approved | payment/1_2\u{fffd}2026-01-01 forged\n")
    );
}

#[test]
fn every_account_has_a_name_of_its_own() {
    let names: BTreeSet<_> = Account::ALL.iter().map(|account| name(*account)).collect();
    assert_eq!(names.len(), Account::ALL.len());
}
