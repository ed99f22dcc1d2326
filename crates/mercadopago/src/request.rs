//! What we send to the provider: one file a resource, each body both written and read, so that whoever stands in
//! for the provider reads exactly what is sent.
//!
//! Amounts are [`Number`](crate::number::Number)s or text, as the endpoint wants them. Nothing is checked here:
//! the rules of an endpoint stand with its call.

pub mod card_form;
pub mod device;
pub mod id;
pub mod instore_intent;
pub mod integrator;
pub mod oauth;
pub mod order;
pub mod payment;
pub mod payment_intent;
pub mod plan;
pub mod point_order;
pub mod preapproval;
pub mod refund;
pub mod report;
pub mod test_user;

#[cfg(test)]
mod tests;
