//! The tasks of this repository, for its tests: servers of their own.

pub mod services;
