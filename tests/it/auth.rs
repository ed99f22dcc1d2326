//! Access to the accounts of sellers: the vault over real stores, and the verb, before a provider that grants it.

mod command;
mod login;
mod provider;
mod vault;
