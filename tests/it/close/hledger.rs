//! The journal of October in the hands of a program that is not ours.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

use ledger::account::Account;
use report::journal::hledger::name;

use super::october;
use crate::bin::{cents, list, text};

/// Runs hledger over a journal; it must be installed, and must agree.
fn hledger(journal: &str, args: &[&str]) -> String {
    let mut child = Command::new("hledger")
        .args(["-f", "-"])
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("hledger is installed; `cargo xtask test` says how to get what the tests need");
    let mut stdin = child.stdin.take().expect("standard input is piped");
    // What hledger does not read, it complains about itself.
    let _told = stdin.write_all(journal.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("hledger ends");
    assert!(output.status.success(), "hledger {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("hledger prints UTF-8")
}

/// Balances by hledger's account names, in cents, without zeros.
fn balances(journal: &str) -> BTreeMap<String, i64> {
    let out = hledger(journal, &["balance", "--flat", "-N", "-O", "csv"]);
    let rows = out.lines().skip(1).map(|line| {
        let (account, balance) = line.split_once(',').expect("two columns");
        let amount = balance.trim_matches('"').strip_suffix(" ARS").expect("an amount in ARS");
        (account.trim_matches('"').to_owned(), cents(amount))
    });
    rows.collect()
}

#[test]
fn hledger_accepts_the_journal_and_agrees_with_every_balance() {
    let desk = october();
    let journal = desk.done(&["report", "journal", "--format", "hledger"]);
    hledger(&journal, &["check", "--strict"]);
    let report = desk.json(&["report", "balances"]);
    let ours: BTreeMap<String, i64> = list(&report, "balances")
        .iter()
        .map(|row| {
            let code = text(row, "account");
            let account = Account::ALL.iter().find(|account| account.to_string() == code);
            (name(*account.expect("an account of the chart")).to_owned(), cents(text(row, "balance")))
        })
        .filter(|(_, balance)| *balance != 0)
        .collect();
    assert_eq!(ours.len(), 13);
    assert_eq!(balances(&journal), ours);
}

#[test]
fn hledger_notices_a_journal_that_was_changed() {
    let journal = october().done(&["report", "journal", "--format", "hledger"]);
    let changed = journal.replacen("2829.27 ARS", "2829.28 ARS", 1);
    assert_ne!(journal, changed);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("changed.journal");
    std::fs::write(&path, changed).expect("a file");
    let output = Command::new("hledger").arg("-f").arg(&path).arg("check").output();
    assert!(!output.expect("hledger is installed; see `cargo xtask test`").status.success());
}
