//! Calls to the provider: every endpoint, typed, with time-outs, bounded retries and limits for each seller.
//!
//! Knows HTTP and nothing of the business: what an answer means is read by `mercadopago` and decided by `domain`.

pub mod call;
pub mod calls;
pub mod client;
pub mod error;
pub mod hook;
pub mod invalid;
mod limits;
pub mod reply;
mod retry;
pub mod vault;
