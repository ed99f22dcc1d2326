//! What Conciliar answers over HTTP: whether it lives, whether it can work, and what it counted.
//!
//! Knows sockets and paths; whoever serves says what readiness is.

mod connections;
pub mod metrics;
pub mod ops;
