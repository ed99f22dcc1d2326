//! Posting policy.
