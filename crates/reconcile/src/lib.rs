//! Compares what our books say with what the provider's report files say, and what subscriptions were to pay with what
//! they paid, and names every difference.
//!
//! Pure: lines in, an [`outcome::Outcome`] out, the same bytes for the same inputs. It reads no file, books
//! nothing and corrects nothing. Passes, codes and proofs follow the customary ones of payment reconciliation:
//! file arithmetic, payment by id, refunds to their payment, release to settlement, and pairs of holds.

pub mod book;
pub mod code;
pub mod outcome;
pub mod run;
pub mod subscriptions;
