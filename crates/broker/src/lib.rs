//! RabbitMQ: where deliveries wait, how they are sent and how they are taken.
//!
//! Knows queues, confirms and acknowledgements; knows nothing of what a message says. A connection is never mended behind
//! the caller's back: a transient error means that everything made from it is to be dropped and made again.
//!
//! One connection for publishing and another for consuming: short of memory or disk, RabbitMQ stops reading from connections
//! that publish, and an acknowledgement that waits there would keep the queues from being drained.

pub mod address;
pub mod check;
pub mod connection;
pub mod consumer;
pub mod error;
pub mod message;
pub mod publisher;
mod server;
pub mod topology;

#[cfg(test)]
mod scene;
