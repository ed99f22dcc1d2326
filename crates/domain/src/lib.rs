//! The language of Conciliar: money, ids, and one machine for each thing the provider tells us about.
//!
//! Pure. There is no clock, no randomness and no IO here: time, ids and rules arrive as arguments. The
//! provider's words stop in `mercadopago`; what a fact means for the books is decided in `ledger`.

pub mod attempt;
pub mod changes;
pub mod chargeback;
pub mod currency;
pub mod event;
pub mod fact;
pub mod ids;
mod instant;
pub mod intent;
pub mod machine;
pub mod money;
pub mod movement;
pub mod obligation;
pub mod observation;
pub mod payment;
pub mod plan;
pub mod preapproval;
pub mod refund;
pub mod rejection;
pub mod report_line;
pub mod rules;
pub mod stream;
pub mod text;

#[cfg(test)]
mod walks;
