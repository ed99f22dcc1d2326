//! The report set: rows in, text, CSV, JSON, one HTML file and a plain-text journal out.
//!
//! Pure: rows arrive as arguments and bytes go to the writer that is given. There is no clock, so the same rows
//! give the same bytes. Nothing is computed here that the books do not say: totals and running shapes only.
//! Lists are written row by row, so that a million rows take no memory.

pub mod ageing;
pub mod balances;
pub mod chart;
pub mod churn;
pub mod cohorts;
pub mod collection;
pub mod coverage;
pub mod deadlines;
pub mod deferred;
pub mod double_charges;
pub mod findings;
pub mod forecast;
pub mod html;
pub mod inbox;
pub mod intents;
pub mod journal;
pub mod links;
pub mod listing;
pub mod mrr;
pub mod orders;
pub mod payments;
pub mod reconciliation;
pub mod refunds;
pub mod rejections;
pub mod statement;
pub mod subscriptions;
pub mod words;

#[cfg(test)]
mod samples;
