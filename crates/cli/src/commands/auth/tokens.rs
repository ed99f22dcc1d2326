//! Where calls to the provider get their tokens.

use std::sync::Arc;

use client::vault::{Fixed, TokenVault};
use engine::vault::Vault;
use store::store::Store;

use crate::app::App;
use crate::provider::TOKEN;

/// The token of the environment for every seller when it is set, else the vault of a store.
pub fn tokens(app: &App, store: Arc<dyn Store>) -> anyhow::Result<Arc<dyn TokenVault>> {
    match std::env::var(TOKEN).ok().filter(|token| !token.trim().is_empty()) {
        Some(token) => Ok(Arc::new(Fixed::new(token.trim()))),
        None => Ok(Arc::new(vault(app, store)?)),
    }
}

/// The vault of a store.
pub fn vault(app: &App, store: Arc<dyn Store>) -> anyhow::Result<Vault> {
    Ok(Vault::new(store, app.config.auth.clone(), app.config.client.options(), app.clock)?)
}
