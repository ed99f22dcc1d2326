//! PostgreSQL and RabbitMQ that belong to the program that started them: own folder, own ports, loopback only, an
//! ordinary user when run as root.
//!
//! They can be killed and started again, which nobody may do to a shared one. When the program ends, however it ends,
//! they end too and their folders are removed. The binaries of the system are used; nothing is installed here.

mod account;
mod epmd;
mod handshake;
mod instance;
mod port;
pub mod postgres;
mod processes;
pub mod rabbit;
pub mod shared;
pub mod tls;
pub mod wait;

#[cfg(test)]
mod tests;
