//! What travels: an id, headers of text, and bytes that nobody here reads.

use std::collections::BTreeMap;
use std::fmt;

use lapin::BasicProperties;
use lapin::message::Delivery;
use lapin::types::{AMQPValue, FieldTable, LongString, ShortString};

use crate::error::BrokerError;

/// Survives a restart of the broker.
const PERSISTENT: u8 = 2;

/// A message as it is sent and as it is taken.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Message {
    /// Names it in the queue and when it comes back unroutable; at most 255 bytes.
    pub id: String,
    /// Names of at most 255 bytes, and texts. What a broker adds in other types (`x-death`, `x-delivery-count`) is left out.
    pub headers: BTreeMap<String, String>,
    /// The exact bytes.
    pub body: Vec<u8>,
}

impl Message {
    /// The properties it is published with.
    pub(crate) fn properties(&self) -> Result<BasicProperties, BrokerError> {
        let mut headers = FieldTable::default();
        for (name, text) in &self.headers {
            headers.insert(short(name)?, AMQPValue::LongString(LongString::from(text.as_str())));
        }
        Ok(BasicProperties::default()
            .with_delivery_mode(PERSISTENT)
            .with_message_id(short(&self.id)?)
            .with_content_type(ShortString::from("application/octet-stream"))
            .with_headers(headers))
    }

    /// What was delivered. A message of others may lack an id: it is empty then.
    pub(crate) fn taken(delivery: Delivery) -> Self {
        let properties = delivery.properties;
        let id = properties.message_id().as_ref().map(|id| id.as_str().to_owned()).unwrap_or_default();
        let fields = properties.headers().as_ref().map(|table| table.inner().iter());
        let headers = fields.into_iter().flatten().filter_map(|(name, value)| match value {
            AMQPValue::LongString(text) => {
                Some((name.as_str().to_owned(), String::from_utf8_lossy(text.as_bytes()).into_owned()))
            }
            _ => None,
        });
        Self { id, headers: headers.collect(), body: delivery.data }
    }
}

/// Bodies and the texts of headers stay out of logs.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.headers.keys().collect();
        f.debug_struct("Message")
            .field("id", &self.id)
            .field("headers", &headers)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// The form of ids and names on the wire.
fn short(text: &str) -> Result<ShortString, BrokerError> {
    ShortString::try_new(text.to_owned()).map_err(|_| BrokerError::TooLong { length: text.len() })
}
