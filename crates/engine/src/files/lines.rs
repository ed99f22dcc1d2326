//! NDJSON: one delivery a line.

use std::borrow::Cow;
use std::io::BufRead;

use domain::text::Text;
use mercadopago::observe::{Channel, DeliveryKind};
use mercadopago::wire::Literal;
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use store::inbox::{Body, InboxKey};

use super::{FilesError, LIMIT_BYTES, Reading, Sink};
use crate::item::{Broken, Item, Kind, channel_of, derived_key, hex};

/// A line of a delivery file. The body stays text.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    topic: Cow<'a, str>,
    #[serde(borrow, default)]
    channel: Option<Cow<'a, str>>,
    #[serde(borrow)]
    received_at: Cow<'a, str>,
    #[serde(borrow, default)]
    seller: Option<Literal<'a>>,
    #[serde(borrow, default)]
    site: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    key: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    caused_by: Option<Cow<'a, str>>,
    #[serde(borrow)]
    body: &'a RawValue,
}

pub(super) fn read(
    mut reader: impl BufRead,
    name: &str,
    reading: &Reading,
    sink: Sink<'_>,
) -> Result<(), FilesError> {
    let (mut number, mut offset) = (0_u64, 0_u64);
    loop {
        let read = next_line(&mut reader);
        let line = read.map_err(|source| FilesError::Io { path: name.to_owned(), source })?;
        number += 1;
        let origin = Text::from(format!("{name}:{number}"));
        match line {
            None => return Ok(()),
            Some(Read::Whole(bytes, length)) => {
                offset += length;
                if !bytes.iter().all(u8::is_ascii_whitespace) {
                    sink(item(&bytes, &origin, reading))?;
                }
            }
            Some(Read::TooLarge { sha256, length }) => {
                sink(too_large(sha256, offset, length, origin, reading))?;
                offset += length;
            }
        }
    }
}

enum Read {
    Whole(Vec<u8>, u64),
    TooLarge { sha256: String, length: u64 },
}

/// The next line without its end; a line over the limit is hashed and not kept.
fn next_line(reader: &mut impl BufRead) -> std::io::Result<Option<Read>> {
    let (mut kept, mut length) = (Vec::new(), 0_u64);
    let mut hasher: Option<Sha256> = None;
    loop {
        let available = reader.fill_buf()?;
        if available.is_empty() && length == 0 {
            return Ok(None);
        }
        let end = available.iter().position(|byte| *byte == b'\n');
        let part = &available[..end.unwrap_or(available.len())];
        let (taken, ended) = (part.len() + usize::from(end.is_some()), end.is_some() || available.is_empty());
        match &mut hasher {
            Some(hasher) => hasher.update(part),
            None if kept.len() + part.len() > LIMIT_BYTES => {
                let mut started = Sha256::new();
                started.update(&kept);
                started.update(part);
                kept = Vec::new();
                hasher = Some(started);
            }
            None => kept.extend_from_slice(part),
        }
        length += taken as u64;
        reader.consume(taken);
        if ended {
            return Ok(Some(match hasher {
                Some(hasher) => Read::TooLarge { sha256: hex(&hasher.finalize()), length },
                None => Read::Whole(kept, length),
            }));
        }
    }
}

fn item(bytes: &[u8], origin: &Text, reading: &Reading) -> Item {
    match parse(bytes, origin, reading) {
        Ok(item) => item,
        Err(problem) => Item {
            kind: Kind::Broken(Broken::Line),
            key: derived_key(&[b"line", bytes]),
            topic: Text::default(),
            channel: Channel::Import,
            seller: None,
            site: None,
            origin: origin.clone(),
            received_at: reading.now,
            caused_by: None,
            body: Body::whole(bytes.to_vec()),
            problem: Some(format!("{origin}: {problem}")),
            verified: true,
        },
    }
}

fn parse(bytes: &[u8], origin: &Text, reading: &Reading) -> Result<Item, String> {
    let text =
        std::str::from_utf8(bytes).map_err(|e| format!("not UTF-8 at column {}", e.valid_up_to() + 1))?;
    let text = text.trim_start_matches('\u{feff}');
    let line: Line<'_> = serde_json::from_str(text).map_err(|e| format!("not a delivery: {e}"))?;
    let kind = match &*line.kind {
        "notification" => DeliveryKind::Notification,
        "resource" => DeliveryKind::Resource,
        other => return Err(format!("kind `{other}` is neither `notification` nor `resource`")),
    };
    let channel = match line.channel.as_deref() {
        None => Channel::Import,
        Some(word) => channel_of(word)
            .ok_or_else(|| format!("channel `{word}` is none of webhook, ipn, poll, response, import"))?,
    };
    let told = mercadopago::time::parse(&line.received_at);
    let received_at = told.map_err(|e| format!("received_at: {e}"))?.map_or(reading.now, |t| t.instant);
    let body = line.body.get().as_bytes();
    let seller = line.seller.as_ref().map(|s| Text::from(s.as_str()));
    let key = line.key.filter(|key| !key.is_empty()).map_or_else(
        || {
            let seller = seller.as_deref().unwrap_or_default();
            let time = line.received_at.as_bytes();
            let channel = line.channel.as_deref().unwrap_or_default();
            derived_key(&[channel.as_bytes(), line.topic.as_bytes(), seller.as_bytes(), time, body])
        },
        |key| InboxKey((*key).into()),
    );
    Ok(Item {
        kind: Kind::Message(kind),
        key,
        topic: (*line.topic).into(),
        channel,
        seller,
        site: line.site.map(|site| (*site).into()),
        origin: origin.clone(),
        received_at,
        caused_by: line.caused_by.map(|key| InboxKey((*key).into())),
        body: Body::whole(body.to_vec()),
        problem: None,
        verified: true,
    })
}

fn too_large(sha256: String, offset: u64, length: u64, origin: Text, reading: &Reading) -> Item {
    let problem = format!("{origin}: a line of {length} bytes is over the limit of {LIMIT_BYTES}");
    Item {
        kind: Kind::Broken(Broken::TooLarge),
        key: derived_key(&[b"line", sha256.as_bytes()]),
        topic: Text::default(),
        channel: Channel::Import,
        seller: None,
        site: None,
        origin,
        received_at: reading.now,
        caused_by: None,
        body: Body::TooLarge { sha256: sha256.into(), offset, length },
        problem: Some(problem),
        verified: true,
    }
}
