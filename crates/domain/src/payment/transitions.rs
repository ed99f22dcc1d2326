//! Listed transitions.
