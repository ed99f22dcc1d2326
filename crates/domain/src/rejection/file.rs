//! The form of a rejection table in a file, and the checks that make it a table.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::{ANY, Messages, REVIEW, RejectionClass, RejectionTable, Retry, TableError, Verdict};
use crate::text::Text;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    pairs: Vec<Spanned<Row>>,
    messages: BTreeMap<Text, Messages>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    status: Text,
    detail: Text,
    class: Option<RejectionClass>,
    action: Option<Text>,
    retry: Option<Word>,
    hours: Option<u16>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Never,
    NewData,
    PayerAction,
    Later,
    NextDay,
}

/// Reads and checks a whole file.
pub(super) fn parse(text: &str) -> Result<RejectionTable, TableError> {
    let file: File = toml::from_str(text)
        .map_err(|source| TableError::Unreadable { line: line(text, source.span()), source })?;
    let mut pairs: BTreeMap<Text, BTreeMap<Text, Option<Verdict>>> = BTreeMap::new();
    for row in file.pairs {
        let line = line(text, Some(row.span()));
        let row = row.into_inner();
        let verdict = verdict(&row, line)?;
        if let Some(Verdict { action, .. }) = &verdict
            && !file.messages.contains_key(action)
        {
            return Err(TableError::NoMessage { line, action: action.clone() });
        }
        let details = pairs.entry(row.status.clone()).or_default();
        if details.insert(row.detail.clone(), verdict).is_some() {
            return Err(TableError::Repeated { line, status: row.status, detail: row.detail });
        }
    }
    let unknown = Verdict { class: RejectionClass::Unknown, action: REVIEW.into(), retry: Retry::Never };
    if !file.messages.contains_key(&unknown.action) {
        return Err(TableError::NoReview);
    }
    Ok(RejectionTable { version: file.version, pairs, messages: file.messages, unknown })
}

fn verdict(row: &Row, line: usize) -> Result<Option<Verdict>, TableError> {
    match (row.class, &row.action, row.retry) {
        (None, None, None) if row.hours.is_none() => Ok(None),
        (Some(class), Some(action), Some(word)) if row.detail.as_str() != ANY => {
            Ok(Some(Verdict { class, action: action.clone(), retry: retry(word, row.hours, line)? }))
        }
        _ => Err(TableError::Incomplete { line }),
    }
}

fn retry(word: Word, hours: Option<u16>, line: usize) -> Result<Retry, TableError> {
    match (word, hours) {
        (Word::Never, None) => Ok(Retry::Never),
        (Word::NewData, None) => Ok(Retry::NewData),
        (Word::PayerAction, None) => Ok(Retry::PayerAction),
        (Word::NextDay, None) => Ok(Retry::NextDay),
        (Word::Later, Some(hours)) => Ok(Retry::Later(hours)),
        _ => Err(TableError::Hours { line }),
    }
}

/// The line of a place in the text, from 1; the first one when the parser gives no place.
fn line(text: &str, span: Option<Range<usize>>) -> usize {
    let start = span.map_or(0, |span| span.start.min(text.len()));
    text.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count() + 1
}
