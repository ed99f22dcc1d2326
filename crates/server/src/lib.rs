//! What Conciliar answers over HTTP: webhooks of the provider, whether it lives, whether it can work, and what it counted.
//!
//! Knows sockets, paths and proofs; whoever serves says what readiness is and where deliveries go.

mod connections;
pub mod metrics;
pub mod ops;
pub mod receiver;
