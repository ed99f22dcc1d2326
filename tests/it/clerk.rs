//! What clerks order about payments, with the real program against the simulator: from the order to what became of it.

mod approval;
mod batch;
mod captures;
pub mod counter;
mod failures;
mod refunds;
mod relay;
