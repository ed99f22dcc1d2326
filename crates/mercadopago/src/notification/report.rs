//! The message that a report file is ready. It has an envelope of its own and a signature of its own.
//!
//! The addresses in it are never followed: the file is fetched by name through the API.

use domain::ids::SellerId;
use domain::text::Text;
use serde::Deserialize;

use crate::observe::{Delivery, Seen};
use crate::unreadable::Unreadable;
use crate::wire::{self, Literal};

#[derive(Deserialize)]
struct Ready<'a> {
    #[serde(borrow)]
    report_type: Option<Literal<'a>>,
    #[serde(borrow, default)]
    files: Vec<File<'a>>,
}

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Literal<'a>>,
    #[serde(borrow)]
    name: Option<Literal<'a>>,
}

/// Reads the message; of several renderings of one report the CSV is the one to fetch.
pub(super) fn observe(delivery: &Delivery<'_>) -> Result<Seen, Unreadable> {
    let ready: Ready<'_> = wire::read(delivery.body)?;
    let is_csv =
        |file: &&File<'_>| file.kind.as_ref().is_some_and(|k| k.as_str().eq_ignore_ascii_case("csv"));
    let file = ready.files.iter().find(is_csv).or_else(|| ready.files.first());
    let name = wire::need("files[].name", file.and_then(|file| file.name.as_ref()))?;
    let seller = delivery.seller.map(SellerId::from);
    Ok(Seen::NeedsFetch { seller, topic: topic(ready.report_type.as_ref()), id: file_name(name)? })
}

/// Which report's folder of the API holds the file, where the message says so.
fn topic(report_type: Option<&Literal<'_>>) -> &'static str {
    match report_type.map(Literal::as_str) {
        Some(word) if word.starts_with("release") => "release_report",
        Some(word) if word.starts_with("settlement") => "settlement_report",
        _ => "report",
    }
}

/// A name becomes part of an address of the API, so it must be one path segment.
fn file_name(name: &Literal<'_>) -> Result<Text, Unreadable> {
    if name.as_str().starts_with('.') {
        return Err(Unreadable::WrongType { path: "files[].name", expected: "a file name" });
    }
    name.id("files[].name")
}
