//! One JSON of the provider in a file: a resource, a notification, an array or a page of search results.

use domain::text::Text;
use mercadopago::observe::{Channel, split};
use sha2::{Digest, Sha256};
use store::inbox::Body;

use super::{FilesError, LIMIT_BYTES, Reading, Sink};
use crate::item::{Broken, Item, Kind, derived_key, hex};
use crate::look::chain;

pub(super) fn read(bytes: Vec<u8>, name: &str, reading: &Reading, sink: Sink<'_>) -> Result<(), FilesError> {
    let parts = match split(&bytes) {
        Ok(parts) => parts,
        Err(error) => return sink(broken(&bytes, name, reading, &chain(&error))),
    };
    for (kind, topic, body) in parts {
        sink(Item {
            kind: Kind::Message(kind),
            key: derived_key(&[b"import", topic.as_bytes(), body]),
            topic: topic.into(),
            channel: Channel::Import,
            seller: reading.sellers.only().map(Text::from),
            site: reading.sellers.only().and_then(|s| reading.sellers.site(s)).map(Text::from),
            origin: name.into(),
            received_at: reading.now,
            caused_by: None,
            body: Body::whole(body.to_vec()),
            problem: None,
            verified: true,
        })?;
    }
    Ok(())
}

/// A whole file that is nothing the provider sends, with the reason.
pub(super) fn broken(bytes: &[u8], name: &str, reading: &Reading, why: &str) -> Item {
    // An empty .json is another delivery than an empty .csv: each is wrong for its own reason.
    let extension = name.rsplit('.').next().unwrap_or_default().to_lowercase();
    Item {
        kind: Kind::Broken(Broken::Shape),
        key: derived_key(&[b"file", extension.as_bytes(), bytes]),
        topic: Text::default(),
        channel: Channel::Import,
        seller: None,
        site: None,
        origin: name.into(),
        received_at: reading.now,
        caused_by: None,
        body: kept(bytes),
        problem: Some(format!("{name}: {why}")),
        verified: true,
    }
}

/// The bytes, or only their hash when they are too many to keep.
pub(crate) fn kept(bytes: &[u8]) -> Body {
    if bytes.len() <= LIMIT_BYTES {
        return Body::whole(bytes.to_vec());
    }
    let sha256 = hex(&Sha256::digest(bytes)).into();
    Body::TooLarge { sha256, offset: 0, length: bytes.len() as u64 }
}
