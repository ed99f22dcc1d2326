//! Double-entry bookkeeping: the chart of accounts, the posting policy, the rule of each fact, and the journal.
//!
//! Pure. An entry cannot be built unbalanced, and its id is derived from its cause, so posting twice is
//! impossible.

pub mod account;
pub mod journal;
pub mod policy;
pub mod rules;
