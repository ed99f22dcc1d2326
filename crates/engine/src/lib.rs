//! The shell around the core: reads deliveries, loads histories, plans, commits, replays and sweeps.
//!
//! It makes no business decision: `domain` decides, `ledger` posts, `mercadopago` reads. Here live the order of
//! the steps, what is written together, and the clock.

mod beside;
pub mod clock;
pub mod config;
pub mod cqrs;
pub mod envelope;
pub mod error;
pub mod files;
pub mod ingest;
pub mod isolate;
pub mod item;
pub mod look;
pub mod machines;
pub mod plan;
pub mod project;
pub mod publish;
pub mod replay;
pub mod route;
pub mod sweep;
pub mod verify;
pub mod work;

#[cfg(test)]
mod samples;
