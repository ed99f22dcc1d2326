//! One file a resource of the provider, one struct an endpoint. Nothing here sends: a call is a value.

pub mod authorized_payment;
mod by_id;
pub mod cancellation;
pub mod chargeback;
pub mod claim;
pub mod device;
pub mod id;
mod in_person;
pub mod instore_intent;
pub mod integrator;
pub mod merchant_order;
pub mod oauth;
pub mod order;
pub mod page;
pub mod payment;
pub mod payment_intent;
pub mod plan;
pub mod point_order;
pub mod preapproval;
pub mod refund;
pub mod report;
mod rules;
pub mod test_user;

#[cfg(test)]
pub(crate) mod printed;
