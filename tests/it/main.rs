//! The integration tests: one binary, so that the product is linked once.

mod auth;
mod backoffice;
mod bin;
mod broker;
mod close;
mod commands;
mod convergence;
mod faults;
mod fetch;
mod gallery;
mod garbage;
mod month;
mod orders;
mod poll;
mod process;
mod queue;
mod road;
mod schema;
mod serve;
mod shop;
mod silence;
mod simulate;
mod stories;
mod terminal;
mod tidy;
