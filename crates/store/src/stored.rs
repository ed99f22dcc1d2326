//! Stored words and numbers as values, shared by the databases: what cannot be read is corrupt.

use domain::currency::Currency;
use domain::machine::Instant;
use domain::stream::{StreamId, StreamKind};
use ledger::journal::Evidence;

use crate::inbox::Verdict;
use crate::read::{Head, StoredEvent};
use crate::store::StoreError;

/// The row is not known when counts are read, hence position 0.
pub(crate) const UNKNOWN_VERDICT: StoreError =
    StoreError::Corrupt { position: 0, what: "a verdict is unknown" };

/// An instant of stored microseconds.
pub(crate) fn instant(micros: i64, position: u64) -> Result<Instant, StoreError> {
    Instant::from_timestamp_micros(micros)
        .ok_or(StoreError::Corrupt { position, what: "a time is out of range" })
}

/// A digest of stored bytes.
pub(crate) fn digest(bytes: &[u8], position: u64) -> Result<[u8; 32], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Corrupt { position, what: "a digest is not 32 bytes long" })
}

/// A currency of its code.
pub(crate) fn currency(code: &str, position: u64) -> Result<Currency, StoreError> {
    code.parse().map_err(|_| StoreError::Corrupt { position, what: "the currency is unknown" })
}

/// The stream of an event's columns.
pub(crate) fn stream_of_event(kind: &str, key: &str, position: u64) -> Result<StreamId, StoreError> {
    let corrupt = |what| StoreError::Corrupt { position, what };
    let kind = StreamKind::from_name(kind).ok_or_else(|| corrupt("the kind of its stream is unknown"))?;
    StreamId::from_stored(kind, key).ok_or_else(|| corrupt("the key of its stream lacks a seller"))
}

/// The stream of its stored name, `kind/seller/id[/id]`.
pub(crate) fn stream(name: &str) -> Option<StreamId> {
    let (kind, key) = name.split_once('/')?;
    StreamId::from_stored(StreamKind::from_name(kind)?, key)
}

/// Checks that the event of a head is there.
///
/// # Errors
/// At its position.
pub(crate) fn present(head: Head) -> Result<Head, StoreError> {
    if head.position > 0 && head.recorded_at.is_none() {
        return Err(StoreError::Corrupt {
            position: head.position,
            what: "the event at the head is missing",
        });
    }
    Ok(head)
}

/// Checks that a history starts at its first event and has no hole.
///
/// # Errors
/// At the first event that follows a hole.
pub(crate) fn whole(history: &[StoredEvent]) -> Result<(), StoreError> {
    match history.iter().zip(1..).find(|(event, sequence)| event.sequence != *sequence) {
        Some((event, _)) => Err(StoreError::Corrupt {
            position: event.position,
            what: "an earlier event of its history is missing",
        }),
        None => Ok(()),
    }
}

/// Checks that a page of a scan has no hole, and that it ends only at its limit or at the head.
///
/// # Errors
/// At the first missing position.
pub(crate) fn contiguous(
    events: &[StoredEvent],
    after: u64,
    limit: usize,
    head: u64,
) -> Result<(), StoreError> {
    let mut position = after;
    for event in events {
        position += 1;
        if event.position != position {
            return Err(StoreError::Corrupt { position, what: "the event is missing" });
        }
    }
    if events.len() < limit && position < head {
        return Err(StoreError::Corrupt {
            position: position + 1,
            what: "the event is missing before the head",
        });
    }
    Ok(())
}

/// The stored word of an evidence.
pub(crate) fn evidence_word(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Api => "api",
        Evidence::Report => "report",
    }
}

/// The evidence of its word.
pub(crate) fn evidence(word: &str) -> Option<Evidence> {
    match word {
        "api" => Some(Evidence::Api),
        "report" => Some(Evidence::Report),
        _ => None,
    }
}

/// The columns of a verdict: word, reason, detail.
pub(crate) fn verdict_columns(verdict: &Verdict) -> (&'static str, Option<&str>, Option<&str>) {
    match verdict {
        Verdict::Applied | Verdict::Unchanged | Verdict::NeedsFetch => (verdict.word(), None, None),
        Verdict::Refused { reason, detail } | Verdict::Undecodable { reason, detail } => {
            (verdict.word(), Some(reason), Some(detail))
        }
    }
}

/// The verdict of its columns.
///
/// # Errors
/// When the word is none.
pub(crate) fn verdict(word: &str, reason: Option<&str>, detail: Option<&str>) -> Result<Verdict, StoreError> {
    let (reason, detail) = (reason.unwrap_or_default().into(), detail.unwrap_or_default().into());
    Ok(match word {
        "applied" => Verdict::Applied,
        "unchanged" => Verdict::Unchanged,
        "needs_fetch" => Verdict::NeedsFetch,
        "refused" => Verdict::Refused { reason, detail },
        "undecodable" => Verdict::Undecodable { reason, detail },
        _ => return Err(UNKNOWN_VERDICT),
    })
}

/// A count or position as databases keep it.
pub(crate) fn integer(count: u64) -> i64 {
    i64::try_from(count).expect("positions, counts and checked lengths stay below 2^63")
}

/// A limit as databases read it.
pub(crate) fn sql_limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
