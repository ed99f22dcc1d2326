//! The integration tests: one binary, so that the product is linked once.

mod bin;
mod broker;
mod close;
mod commands;
mod convergence;
mod faults;
mod gallery;
mod garbage;
mod orders;
mod queue;
mod road;
mod schema;
mod shop;
mod stories;
mod tidy;
