//! Deliveries as messages of the broker, and back: each is the exact inverse of the other.
//!
//! Everything but the body travels in headers, as text. A message that is no envelope of ours is not dropped: it
//! becomes a broken delivery that keeps its bytes.

use std::collections::BTreeMap;

use broker::message::Message;
use chrono::SecondsFormat;
use domain::machine::Instant;
use domain::text::Text;
use mercadopago::observe::{Channel, DeliveryKind};
use sha2::{Digest, Sha256};
use store::inbox::{Body, InboxKey};

use crate::item::{Answer, Broken, Item, Kind, channel_of, channel_word, derived_key, hex};

/// The header that says how the others are to be read.
const ENVELOPE: &str = "envelope";
/// The other headers are headers.
const PLAIN: &str = "1";
/// The other headers are a JSON object in the first line of the body: they do not fit the broker's header frame.
const WIDE: &str = "1-wide";
/// Names and values of headers together, bytes. A frame of the broker has 128 KiB.
const MOST_HEADER_BYTES: usize = 32 * 1024;
/// A message id is a short string of the protocol; a longer key travels as a header.
const MOST_ID_BYTES: usize = 255;

type Headers = BTreeMap<String, String>;

/// Packs a delivery.
#[must_use]
pub fn pack(item: &Item) -> Message {
    let mut headers = Headers::new();
    let mut put = |name: &str, value: &str| {
        headers.insert(name.to_owned(), value.to_owned());
    };
    put("kind", word(item.kind));
    put("topic", &item.topic);
    put("channel", channel_word(item.channel));
    put("origin", &item.origin);
    put("received_at", &item.received_at.to_rfc3339_opts(SecondsFormat::Nanos, true));
    put("verified", if item.verified { "true" } else { "false" });
    let optional = [
        ("seller", item.seller.as_deref()),
        ("site", item.site.as_deref()),
        ("caused_by", item.caused_by.as_ref().map(|key| &*key.0)),
        ("problem", item.problem.as_deref()),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            put(name, value);
        }
    }
    let body = match &item.body {
        Body::Bytes(body) => body.bytes().to_vec(),
        Body::TooLarge { sha256, offset, length } => {
            put("body_sha256", sha256);
            put("body_offset", &offset.to_string());
            put("body_length", &length.to_string());
            Vec::new()
        }
    };
    let id = if item.key.0.len() > MOST_ID_BYTES {
        put("key", &item.key.0);
        hex(&Sha256::digest(item.key.0.as_bytes()))
    } else {
        item.key.0.to_string()
    };
    seal(id, headers, body)
}

/// Unpacks a message; `now` is when it was received if it does not tell.
#[must_use]
pub fn unpack(message: Message, now: Instant) -> Item {
    match opened(&message) {
        Ok((headers, skip)) => match item(&message.id, &headers, &message.body[skip..]) {
            Ok(item) => item,
            Err(problem) => foreign(message, problem, now),
        },
        Err(problem) => foreign(message, problem, now),
    }
}

fn seal(id: String, mut headers: Headers, body: Vec<u8>) -> Message {
    let bytes: usize = headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    if bytes <= MOST_HEADER_BYTES {
        headers.insert(ENVELOPE.to_owned(), PLAIN.to_owned());
        return Message { id, headers, body };
    }
    let mut wide = serde_json::to_vec(&headers).expect("a map of texts is JSON");
    wide.push(b'\n');
    wide.extend_from_slice(&body);
    Message { id, headers: Headers::from([(ENVELOPE.to_owned(), WIDE.to_owned())]), body: wide }
}

/// The headers, and where the body begins.
fn opened(message: &Message) -> Result<(Headers, usize), String> {
    match message.headers.get(ENVELOPE).map(String::as_str) {
        Some(PLAIN) => Ok((message.headers.clone(), 0)),
        Some(WIDE) => {
            let end = message.body.iter().position(|byte| *byte == b'\n');
            let end = end.ok_or("a wide envelope has its headers in the first line of its body")?;
            let headers = serde_json::from_slice(&message.body[..end])
                .map_err(|error| format!("the headers of a wide envelope: {error}"))?;
            Ok((headers, end + 1))
        }
        Some(other) => Err(format!("header `{ENVELOPE}` is `{}`, not `{PLAIN}`", shown(other))),
        None => Err(format!("it has no header `{ENVELOPE}`")),
    }
}

fn item(id: &str, headers: &Headers, body: &[u8]) -> Result<Item, String> {
    let get = |name: &str| headers.get(name).map(String::as_str);
    let need = |name: &str| get(name).ok_or_else(|| format!("it has no header `{name}`"));
    let odd = |name: &str, value: &str| format!("header `{name}` is `{}`", shown(value));
    let number = |name: &str| {
        let text = need(name)?;
        text.parse::<u64>().map_err(|_| odd(name, text))
    };
    let key = get("key").unwrap_or(id);
    if key.is_empty() {
        return Err("it has no message id".to_owned());
    }
    let (kind, channel) = (need("kind")?, need("channel")?);
    let (received_at, verified) = (need("received_at")?, need("verified")?);
    let body = match get("body_sha256") {
        None => Body::whole(body.to_vec()),
        Some(sha256) => {
            let is_hex = sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_hexdigit());
            let sha256 = if is_hex { sha256.into() } else { return Err(odd("body_sha256", sha256)) };
            Body::TooLarge { sha256, offset: number("body_offset")?, length: number("body_length")? }
        }
    };
    Ok(Item {
        kind: of_word(kind).ok_or_else(|| odd("kind", kind))?,
        key: InboxKey(key.into()),
        topic: need("topic")?.into(),
        channel: channel_of(channel).ok_or_else(|| odd("channel", channel))?,
        seller: get("seller").map(Text::from),
        site: get("site").map(Text::from),
        origin: need("origin")?.into(),
        received_at: received_at.parse().map_err(|_| odd("received_at", received_at))?,
        caused_by: get("caused_by").map(|key| InboxKey(key.into())),
        body,
        problem: get("problem").map(str::to_owned),
        verified: verified.parse().map_err(|_| odd("verified", verified))?,
    })
}

/// A message that somebody else published. Headers that the broker adds on its ways are no part of its key.
fn foreign(message: Message, problem: String, now: Instant) -> Item {
    let mut parts: Vec<&[u8]> = vec![b"message", message.id.as_bytes(), &message.body];
    for (name, value) in message.headers.iter().filter(|(name, _)| !name.starts_with("x-")) {
        parts.extend([name.as_bytes(), value.as_bytes()]);
    }
    Item {
        kind: Kind::Broken(Broken::Envelope),
        key: derived_key(&parts),
        topic: Text::default(),
        channel: Channel::Import,
        seller: None,
        site: None,
        origin: "queue".into(),
        received_at: now,
        caused_by: None,
        body: Body::whole(message.body),
        problem: Some(format!("the message was not published by conciliar: {problem}")),
        verified: false,
    }
}

/// A value of a stranger, short enough for a sentence.
fn shown(value: &str) -> String {
    value.chars().take(40).collect()
}

const KINDS: [Kind; 15] = [
    Kind::Message(DeliveryKind::Notification),
    Kind::Message(DeliveryKind::Resource),
    Kind::Row,
    Kind::File,
    Kind::Answer(Answer::Leads),
    Kind::Answer(Answer::NotFound),
    Kind::Answer(Answer::NoAccess),
    Kind::Answer(Answer::Declined),
    Kind::Answer(Answer::Unaskable),
    Kind::Answer(Answer::Unreadable),
    Kind::Broken(Broken::Line),
    Kind::Broken(Broken::TooLarge),
    Kind::Broken(Broken::Shape),
    Kind::Broken(Broken::Row),
    Kind::Broken(Broken::Envelope),
];

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Message(DeliveryKind::Notification) => "notification",
        Kind::Message(DeliveryKind::Resource) => "resource",
        Kind::Row => "row",
        Kind::File => "file",
        Kind::Answer(answer) => answer.word(),
        Kind::Broken(Broken::Line) => "broken_line",
        Kind::Broken(Broken::TooLarge) => "broken_too_large",
        Kind::Broken(Broken::Shape) => "broken_shape",
        Kind::Broken(Broken::Row) => "broken_row",
        Kind::Broken(Broken::Envelope) => "broken_envelope",
    }
}

fn of_word(text: &str) -> Option<Kind> {
    KINDS.into_iter().find(|kind| word(*kind) == text)
}

#[cfg(test)]
mod tests;
