//! The integration tests: one binary, so that the product is linked once.

mod bin;
mod close;
mod commands;
mod convergence;
mod gallery;
mod garbage;
mod road;
mod shop;
mod stories;
mod tidy;
