//! Where calls to the provider get their tokens.

use std::sync::Arc;

use client::vault::{Fixed, TokenVault};
use engine::vault::Vault;
use store::store::Store;

use crate::app::App;

/// Variable that holds a token for every account.
const TOKEN: &str = "CONCILIAR_TOKEN";

/// The token of the environment for every seller when it is set, else the vault of a store.
pub fn tokens(app: &App, store: Arc<dyn Store>) -> anyhow::Result<Arc<dyn TokenVault>> {
    match given() {
        Some(token) => Ok(Arc::new(token)),
        None => Ok(Arc::new(vault(app, store)?)),
    }
}

/// The token of the environment, for every seller.
pub fn given() -> Option<Fixed> {
    let token = std::env::var(TOKEN).ok()?;
    let token = token.trim();
    (!token.is_empty()).then(|| Fixed::new(token))
}

/// The vault of a store.
pub fn vault(app: &App, store: Arc<dyn Store>) -> anyhow::Result<Vault> {
    Ok(Vault::new(store, app.config.auth.clone(), app.config.client.options(), app.clock)?)
}
