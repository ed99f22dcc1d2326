//! What can go wrong with a broker, and whether trying again can help.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use lapin::ErrorKind;

/// What was being done. Completes "could not …".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doing {
    /// Opening a connection, or its handshake.
    Connect,
    /// Ending a connection or a channel.
    Close,
    /// Opening a channel or setting its mode.
    OpenChannel,
    /// Declaring or looking at the named queue or exchange.
    Declare(String),
    /// Sending, or waiting for the confirm.
    Publish,
    /// Taking from the named queue.
    Consume(String),
    /// Acknowledging what was taken.
    Acknowledge,
}

impl fmt::Display for Doing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect => f.write_str("connect to the broker"),
            Self::Close => f.write_str("close"),
            Self::OpenChannel => f.write_str("open a channel"),
            Self::Declare(name) => write!(f, "declare `{name}`"),
            Self::Publish => f.write_str("publish"),
            Self::Consume(queue) => write!(f, "take from `{queue}`"),
            Self::Acknowledge => f.write_str("acknowledge"),
        }
    }
}

/// Why a broker did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// The broker ended the connection or the channel and said why.
    #[error("could not {doing}: the broker answered {code} {text}")]
    Answered {
        /// What was being done.
        doing: Doing,
        /// The AMQP reply code, as 404.
        code: u16,
        /// The broker's words.
        text: String,
    },
    /// The network, or the certificate of the other side.
    #[error("could not {doing}")]
    Io {
        /// What was being done.
        doing: Doing,
        /// Why.
        source: Arc<io::Error>,
    },
    /// The connection or channel ended before.
    #[error("could not {doing}: the connection is gone")]
    Gone {
        /// What was being done.
        doing: Doing,
    },
    /// No answer in time: a stalled network, or a broker short of memory or disk that no longer reads.
    #[error("could not {doing}: no answer in {seconds} s")]
    TimedOut {
        /// What was being done.
        doing: Doing,
        /// How long was waited.
        seconds: u64,
    },
    /// The other side does not speak AMQP 0-9-1, or our side misused it.
    #[error("could not {doing}: the protocol failed")]
    Protocol {
        /// What was being done.
        doing: Doing,
        /// Why.
        source: Box<lapin::Error>,
    },
    /// The broker did not take a message: its queue is full or without a leader.
    #[error("the broker did not take {count} messages, the first for routing key `{routing_key}`")]
    NotTaken {
        /// Of the first.
        routing_key: String,
        /// How many.
        count: usize,
    },
    /// No queue is bound for a message.
    #[error(
        "no queue for {count} messages, the first for routing key `{routing_key}` of exchange `{exchange}`"
    )]
    Unroutable {
        /// Where they were published; empty is the default exchange.
        exchange: String,
        /// Of the first.
        routing_key: String,
        /// How many.
        count: usize,
    },
    /// The broker ended a consumer: its queue was deleted, or lost its place in a cluster.
    #[error("the broker ended the consumer of `{queue}`")]
    Cancelled {
        /// The queue.
        queue: String,
    },
    /// The channel ended before the acknowledgement: what was taken will be delivered again.
    #[error("the acknowledgement was too late, its channel is closed")]
    AckLost,
    /// An id or the name of a header does not fit into a message.
    #[error("an id or a header name has {length} bytes, 255 is the most")]
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// The file of authorities to trust cannot be read.
    #[error("the authorities in {} cannot be read", .path.display())]
    CaFile {
        /// As the address names it.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl BrokerError {
    /// Takes lapin's error apart, so that no text is said twice.
    pub(crate) fn new(doing: Doing, error: lapin::Error) -> Self {
        match error.kind() {
            ErrorKind::ProtocolError(said) => {
                Self::Answered { doing, code: said.get_id(), text: said.get_message().as_str().to_owned() }
            }
            ErrorKind::IOError(source) => Self::Io { doing, source: Arc::clone(source) },
            ErrorKind::InvalidChannel(_)
            | ErrorKind::InvalidChannelState(..)
            | ErrorKind::InvalidConnectionState(_)
            | ErrorKind::MissingHeartbeatError => Self::Gone { doing },
            _ => Self::Protocol { doing, source: Box::new(error) },
        }
    }

    /// Whether the same can succeed later: drop the connection, connect again, send again what is not confirmed.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Answered { doing, code, .. } => is_passing(doing, *code),
            // A certificate that is not trusted, or a peer without TLS, stays so.
            Self::Io { source, .. } => source.kind() != io::ErrorKind::InvalidData,
            Self::Gone { .. }
            | Self::TimedOut { .. }
            | Self::NotTaken { .. }
            | Self::Cancelled { .. }
            | Self::AckLost => true,
            Self::Protocol { .. } | Self::Unroutable { .. } | Self::TooLong { .. } | Self::CaFile { .. } => {
                false
            }
        }
    }

    /// The AMQP reply code, when the broker gave one.
    pub(crate) fn code(&self) -> Option<u16> {
        if let Self::Answered { code, .. } = self { Some(*code) } else { None }
    }
}

/// Reply codes: <https://www.rabbitmq.com/amqp-0-9-1-reference#constants>.
fn is_passing(doing: &Doing, code: u16) -> bool {
    match code {
        // 406 on a consuming channel is a delivery that was held longer than the broker's `consumer_timeout`.
        406 => matches!(doing, Doing::Consume(_) | Doing::Acknowledge),
        // too large, access refused, not found, no such virtual host, not implemented
        311 | 403 | 404 | 530 | 540 => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests;
