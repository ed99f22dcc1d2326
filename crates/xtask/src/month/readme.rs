//! The README of a month: how it was made, what is in it, and what is wrong with it on purpose.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::Month;
use super::deliveries::Place;
use super::fate::UNKNOWN_DETAIL;
use super::money::Pesos;
use super::road::Road;
use super::sale::SELLER;

/// A row of the table of planted breaks: code, operation id, what is wrong.
pub type Break = (&'static str, u64, String);

/// Writes the README of a finished month.
pub fn write(month: &Month, road: &Road, closing_minor: i64, breaks: &[Break]) -> Result<()> {
    let text = print(month, road, closing_minor, breaks).context("cannot print the README")?;
    let path = Path::new(&month.out).join("README.md");
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
}

fn print(
    month: &Month,
    road: &Road,
    closing_minor: i64,
    breaks: &[Break],
) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    let Month { payments, seed, .. } = month;
    let plain = if month.plain { " --plain" } else { "" };
    writeln!(text, "# A sample month: October 2026 of a store in Argentina\n")?;
    writeln!(text, "Every line here was made up by\n")?;
    writeln!(text, "    cargo xtask month --out DIR --payments {payments} --seed {seed}{plain}\n")?;
    writeln!(
        text,
        "The same command writes the same bytes. Seller {SELLER}, site MLA, currency ARS; the month is"
    )?;
    writeln!(text, "2026-10-01 to 2026-10-31 at -03:00. No person, card or account in it exists.\n")?;
    files(&mut text, road, closing_minor)?;
    contents(&mut text, road)?;
    faults(&mut text, road)?;
    planted(&mut text, breaks)?;
    rules(&mut text)?;
    Ok(text)
}

fn files(text: &mut String, road: &Road, closing_minor: i64) -> std::fmt::Result {
    writeln!(text, "| file | what |\n|---|---|")?;
    writeln!(text, "| `deliveries/*.ndjson` | what the provider told, one file a local day |")?;
    writeln!(
        text,
        "| `settlement-report-{SELLER}-2026-11-01.csv` | {} rows: every approved movement |",
        road.settlement.rows
    )?;
    writeln!(
        text,
        "| `release-report-{SELLER}-2026-11-01.csv` | {} rows between opening 0.00 and total {} |\n",
        road.release.rows,
        Pesos(closing_minor)
    )
}

fn contents(text: &mut String, road: &Road) -> std::fmt::Result {
    writeln!(text, "| in it | how many |\n|---|---|")?;
    for (what, count) in &road.deliveries.counts {
        let what = match *what {
            "notification" => "deliveries: notifications",
            "resource" => "deliveries: resources",
            other => other,
        };
        writeln!(text, "| {what} | {count} |")?;
    }
    writeln!(text)
}

fn faults(text: &mut String, road: &Road) -> std::fmt::Result {
    writeln!(text, "Two deliveries have faults:\n")?;
    writeln!(text, "| fault | file | line | key |\n|---|---|---|---|")?;
    let rows = [("not JSON: undecodable", &road.cut), ("unclassified detail", &road.unknown)];
    for (fault, place) in rows {
        if let Some(Place { file, line, key }) = place {
            writeln!(text, "| {fault} | {file} | {line} | `{key}` |")?;
        }
    }
    writeln!(
        text,
        "\nThe first is a line cut in the middle of its body, so its key stands in it but cannot be read as JSON."
    )?;
    writeln!(text, "The second is a payment `rejected` with the detail `{UNKNOWN_DETAIL}`.\n")
}

fn planted(text: &mut String, breaks: &[Break]) -> std::fmt::Result {
    if breaks.is_empty() {
        return writeln!(text, "Reports and deliveries agree to the cent: no break is planted.\n");
    }
    writeln!(text, "Reports and deliveries agree to the cent, but for these breaks:\n")?;
    writeln!(text, "| break | operation | what is wrong |\n|---|---|---|")?;
    for (code, id, what) in breaks {
        writeln!(text, "| `{code}` | {id} | {what} |")?;
    }
    writeln!(
        text,
        "\nThe first four concern money that is released in November, so the release report is silent about them.\n"
    )
}

fn rules(text: &mut String) -> std::fmt::Result {
    text.push_str(
        "The rules of this invented store: cards are released ten days after approval, QR money and debit at once; the\n\
         fee holds 21 % VAT; 2.5 % is withheld (recoverable) and 0.6 % is the tax on debits and credits; a refund or a\n\
         lost chargeback gives back fee and withholding in proportion, but neither financing nor the 0.6 %; refunds\n\
         and disputes come after the release. A chargeback stands in the settlement report when it opens and again when\n\
         it is reimbursed; in the release report it is a hold, and money taken only when it is lost. The VAT perception\n\
         (`tax_iva`) stands in the release report alone.\n",
    );
    Ok(())
}
