//! Subscription billing: what should be charged, when and how much; what was; and what the difference means.
//!
//! Pure. Facts of subscriptions go in, dates and amounts come out, the same for the same facts. Nothing here charges
//! anybody: the provider does, and this says what was to be expected of it.

pub mod ageing;
pub mod calendar;
pub mod cohort;
pub mod collection;
pub mod days;
pub mod deferral;
pub mod dunning;
pub mod expected;
pub mod finding;
pub mod forecast;
pub mod level;
pub mod matching;
pub mod month;
pub mod mrr;
pub mod options;
pub mod own;
pub mod proration;
pub mod ratio;
pub mod retry;
pub mod schedule;
pub mod summary;
pub mod timeline;

#[cfg(test)]
mod samples;
