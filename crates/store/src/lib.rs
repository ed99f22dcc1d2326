//! Commit, event store and projections: one trait, one implementation for each database, one contract.
//!
//! Knows rows, positions, digests and transactions; decides nothing about the business.

pub mod chain;
pub mod commit;
pub mod inbox;
pub mod memory;
pub mod postgres;
pub mod read;
pub mod sqlite;
pub mod store;

mod bodies;
mod cell;
mod fresh;
mod sealed;
mod stored;

#[cfg(test)]
mod contract;
