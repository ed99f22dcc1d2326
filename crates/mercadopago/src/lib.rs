//! The provider's words: wire formats of every generation of its API, its notifications and its report files,
//! read into the language of `domain`.
//!
//! Pure: bytes in, observations out. Numbers are read as text and never pass through a float. Deciding what an
//! observation means is `domain`'s; nothing here knows a state.

pub mod challenge;
pub mod chargeback;
pub mod device;
mod in_person;
pub mod intent_a;
pub mod intent_b;
pub mod intent_c;
pub mod invoice;
pub mod leads;
pub mod notification;
pub mod number;
pub mod observe;
pub mod order;
pub mod payment;
pub mod plan;
pub mod preapproval;
pub mod refund;
pub mod release;
pub mod report_file;
pub mod request;
pub mod settlement;
pub mod signature;
pub mod site;
pub mod taxes;
pub mod time;
pub mod topics;
pub mod unreadable;
pub mod webhook;
pub mod wire;
