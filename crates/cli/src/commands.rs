//! The verbs.

pub mod close;
pub mod completions;
pub mod doctor;
pub mod inbox;
pub mod ingest;
pub mod migrate;
pub mod reconcile;
pub mod replay;
pub mod report;
pub mod sweep;
pub mod work;
