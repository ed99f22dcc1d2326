//! Answers of the provider: a table for people, or the provider's JSON as it came.
//!
//! Headings are the provider's own names of the fields, so that they can be looked up in its pages; over a list, whose
//! tables are wide, without the objects that the fields lie in.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;

use anyhow::Context;
use comfy_table::{ContentArrangement, Table, presets};
use report::listing::printable;
use serde_json::value::RawValue;

use crate::app::App;
use crate::args::Format;

/// What of an answer a table shows, as paths such as `transactions.payments.0.status`.
pub enum Shown {
    /// Some fields of one thing, a line each.
    One(&'static [&'static str]),
    /// A list and the fields of each of its rows.
    List(&'static str, &'static [&'static str]),
}

/// Prints an answer.
pub fn print(app: &App, verb: &str, body: &[u8], shown: &Shown) -> anyhow::Result<()> {
    match app.format {
        Format::Json => as_it_came(body),
        Format::Text => {
            let body: &RawValue = serde_json::from_slice(body).context("the answer is not JSON")?;
            let mut out = std::io::stdout().lock();
            writeln!(out, "{}", table(body, shown))?;
            Ok(())
        }
        Format::Csv | Format::Html | Format::Hledger => app.no_such_format(verb, "text, json"),
    }
}

/// Some fields of one thing as a table.
pub fn table_of(body: &[u8], fields: &'static [&'static str]) -> anyhow::Result<String> {
    let body: &RawValue = serde_json::from_slice(body).context("the answer is not JSON")?;
    Ok(table(body, &Shown::One(fields)).to_string())
}

/// The answer's bytes, with a line end after them.
pub fn as_it_came(body: &[u8]) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(body)?;
    if !body.is_empty() && !body.ends_with(b"\n") {
        writeln!(out)?;
    }
    Ok(())
}

/// Refuses formats that no verb of these has, before anything is asked.
pub fn check_format(app: &App, verb: &str) -> anyhow::Result<()> {
    if matches!(app.format, Format::Text | Format::Json) {
        Ok(())
    } else {
        app.no_such_format(verb, "text, json")
    }
}

fn table(body: &RawValue, shown: &Shown) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.force_no_tty();
    match shown {
        Shown::One(paths) => {
            table.set_header(["field", "value"]);
            let told = paths.iter().filter_map(|path| Some((*path, text(pick(body, path)?)?)));
            for (path, value) in told {
                table.add_row([path.to_owned(), printable(&value)]);
            }
        }
        Shown::List(at, paths) => {
            table.set_header(paths.iter().map(|path| path.rsplit('.').next().unwrap_or(path)));
            let rows: Vec<&RawValue> =
                pick(body, at).and_then(|list| serde_json::from_str(list.get()).ok()).unwrap_or_default();
            for row in rows {
                let cell = |path: &&str| pick(row, path).and_then(text).unwrap_or_default();
                table.add_row(paths.iter().map(|path| printable(&cell(path))));
            }
        }
    }
    table
}

/// The value at a path.
fn pick<'b>(body: &'b RawValue, path: &str) -> Option<&'b RawValue> {
    path.split('.').try_fold(body, |value, name| match value.get().as_bytes() {
        [b'{', ..] => {
            let members: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_str(value.get()).ok()?;
            members.get(name).copied()
        }
        [b'[', ..] => {
            let items: Vec<&RawValue> = serde_json::from_str(value.get()).ok()?;
            items.get(name.parse::<usize>().ok()?).copied()
        }
        _ => None,
    })
}

/// What is told: of a text its content, of numbers and flags their characters, of nothing nothing.
fn text(value: &RawValue) -> Option<String> {
    match value.get().as_bytes() {
        [b'n', ..] => None,
        [b'"', ..] => serde_json::from_str(value.get()).ok(),
        _ => Some(value.get().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Shown, table};

    #[test]
    fn fields_are_found_by_path_with_their_numbers_as_they_came() {
        let body =
            r#"{"id":90071992547409931,"amount":24.50,"note":null,"deep":{"list":[{"\u0061":"x\ty"}]}}"#;
        let body = serde_json::from_str(body).expect("JSON");
        let shown = table(body, &Shown::One(&["id", "amount", "note", "deep.list.0.a", "deep.list.1.a"]));
        let told = shown.to_string();
        assert!(told.contains("90071992547409931") && told.contains("24.50"), "{told}");
        assert!(told.contains("x\u{fffd}y"), "control characters are not printed: {told}");
        assert!(!told.contains("note") && !told.contains("list.1"), "{told}");
        let rows = table(body, &Shown::List("deep.list", &["a", "b"])).to_string();
        assert_eq!(rows.lines().count(), 5, "{rows}");
        let list = table(body, &Shown::List("deep.list", &["a.b", "c.d.e"])).to_string();
        assert_eq!(list.lines().nth(1), Some("│ b ┆ e │"), "{list}");
    }
}
