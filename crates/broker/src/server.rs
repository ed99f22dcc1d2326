//! What a server says of itself before anyone has logged in: product and version.
//!
//! lapin keeps neither, so that a connection of its own reads the server's first words and ends.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{AsyncReadExt, AsyncWriteExt};
use lapin::protocol::{AMQPClass, connection, parse_class};
use lapin::tcp::AMQPUriTcpExt;
use lapin::types::{AMQPValue, FieldTable};
use tokio::time::timeout;

use crate::address::Address;
use crate::connection::{CONNECT_WAIT, tls};
use crate::error::{BrokerError, Doing};
use crate::topology::Redelivery;

const PROTOCOL_HEADER: [u8; 8] = *b"AMQP\x00\x00\x09\x01";
/// A method frame, on channel 0.
const FRAME_START: [u8; 3] = [1, 0, 0];
/// What a server sends of itself fits many times.
const LARGEST_FRAME: usize = 64 * 1024;

/// Who answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Server {
    pub product: String,
    pub version: String,
}

impl Server {
    /// The first two numbers of the version; zeros for what is no number.
    pub(crate) fn release(&self) -> (u32, u32) {
        let mut numbers = self.version.split(['.', '-', '+']).map(|part| part.parse().unwrap_or(0));
        (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
    }

    /// What it does with a queue that names no limit.
    pub(crate) fn redelivery(&self) -> Redelivery {
        if self.release() >= (4, 0) { Redelivery::Limited } else { Redelivery::Unlimited }
    }
}

/// Asks the server at an address who it is.
///
/// # Errors
/// [`BrokerError`] when nobody answers, or something that does not speak AMQP 0-9-1.
pub(crate) async fn ask(address: &Address) -> Result<Server, BrokerError> {
    let first_words = timeout(CONNECT_WAIT, first_words(address));
    let payload = first_words.await.unwrap_or_else(|_| Err(timed_out(CONNECT_WAIT)))?;
    match parse_class(payload.as_slice()) {
        Ok((_, AMQPClass::Connection(connection::AMQPMethod::Start(start)))) => Ok(Server {
            product: text(&start.server_properties, "product"),
            version: text(&start.server_properties, "version"),
        }),
        _ => Err(not_amqp()),
    }
}

/// The payload of the server's first frame.
async fn first_words(address: &Address) -> Result<Vec<u8>, BrokerError> {
    let runtime =
        lapin::runtime::default_runtime().map_err(|error| BrokerError::new(Doing::Connect, error))?;
    let tls = tls(address)?;
    let mut stream = address.uri().connect_with_config_async(tls.as_ref(), &runtime).await.map_err(failed)?;
    stream.write_all(&PROTOCOL_HEADER).await.map_err(failed)?;
    stream.flush().await.map_err(failed)?;
    let mut head = [0; 7];
    stream.read_exact(&mut head).await.map_err(failed)?;
    let [a, b, c, length @ ..] = head;
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if [a, b, c] != FRAME_START || length > LARGEST_FRAME {
        return Err(not_amqp());
    }
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload).await.map_err(failed)?;
    Ok(payload)
}

fn text(properties: &FieldTable, name: &str) -> String {
    match properties.inner().get(name) {
        Some(AMQPValue::LongString(text)) => String::from_utf8_lossy(text.as_bytes()).into_owned(),
        _ => String::new(),
    }
}

fn failed(source: io::Error) -> BrokerError {
    BrokerError::Io { doing: Doing::Connect, source: Arc::new(source) }
}

fn not_amqp() -> BrokerError {
    failed(io::Error::new(io::ErrorKind::InvalidData, "the peer does not speak AMQP 0-9-1"))
}

fn timed_out(wait: Duration) -> BrokerError {
    BrokerError::TimedOut { doing: Doing::Connect, seconds: wait.as_secs() }
}

#[cfg(test)]
mod tests;
