//! The shell around the core: reads deliveries, loads histories, plans, commits, replays and sweeps.
//!
//! It makes no business decision: `domain` decides, `ledger` posts, `mercadopago` reads. Here live the order of
//! the steps, what is written together, and the clock.

pub mod act;
mod beside;
mod cell;
pub mod charge;
pub mod clock;
pub mod config;
pub mod coverage;
pub mod cqrs;
pub mod dispatch;
pub mod envelope;
pub mod errand;
pub mod error;
pub mod execute;
pub mod fetch;
pub mod files;
pub mod ingest;
pub mod intent_call;
pub mod isolate;
pub mod item;
pub mod look;
pub mod machines;
mod place;
pub mod plan;
pub mod poll;
pub mod project;
pub mod publish;
mod reconnect;
pub mod relay;
pub mod replay;
pub mod response;
pub mod route;
pub mod sink;
pub mod subscribe;
pub mod sweep;
pub mod timelines;
pub mod vault;
pub mod verify;
pub mod work;

#[cfg(test)]
mod loopback;
#[cfg(test)]
mod samples;
