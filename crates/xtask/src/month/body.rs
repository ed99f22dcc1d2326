//! The provider's JSON, written by hand-made shapes: nothing here is shared with the code that reads it.

pub mod chargeback;
pub mod charges;
pub mod intent;
pub mod notice;
pub mod order;
pub mod payment;
pub mod subscription;
