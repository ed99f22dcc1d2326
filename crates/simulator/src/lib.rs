//! A Mercado Pago on loopback: the same API, webhooks and reports, on a virtual clock, with seeded faults.
//!
//! Shares the provider's wire types with the product and nothing else: its books, billing and reports are its own
//! code, or agreement with them would prove nothing. Keeps everything in memory and guards nothing: every secret in
//! it is invented, and its administration asks for none.

mod account;
mod agenda;
mod api;
mod card;
mod charge;
mod chargeback;
mod contract;
mod draw;
mod fate;
mod habits;
mod idempotency;
mod in_person;
mod lag;
mod money;
mod notice;
mod oauth;
mod obstacle;
mod payment;
mod refund;
mod refusal;
mod report;
mod sell;
mod seller;
mod server;
mod site;
mod subscriptions;
mod terminal;
mod time;
mod twins;
mod world;

pub use notice::faults::Faults;
pub use seller::Credentials;
pub use server::{Clock, Options, Running, SellerOptions, Simulator, StartError, Webhook};
pub use site::{Site, UnknownSite};
pub use subscriptions::rules;

#[cfg(test)]
mod tests;
