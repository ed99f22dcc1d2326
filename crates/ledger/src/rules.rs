//! Posting rules.
