//! Asks the provider for one account: whose, with which token, and what to do when it fails.
//!
//! A token is never printed, and never an option: other users of the machine could read it there.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use client::call::{Call, Endpoint, Method};
use client::client::Client;
use client::error::{ClientError, Outage, Refusal};
use client::reply::Reply;
use client::vault::{Fixed, TokenVault, VaultError};
use domain::currency::Currency;
use domain::ids::SellerId;
use store::store::Store;

use crate::app::App;
use crate::args::provider::Account;
use crate::commands::auth::tokens::{given, vault};
use crate::exit::Usage;

/// Whoever is asked for with a token alone: nothing is kept under this name.
const UNNAMED: &str = "-";

/// The provider, asked for one account.
pub struct Provider {
    client: Client,
    seller: SellerId,
    site: Option<String>,
}

impl Provider {
    /// Finds the account and its token; nothing is sent yet.
    pub async fn of(app: &App, account: &Account) -> anyhow::Result<Self> {
        let (name, token) = named(app, account)?;
        let tokens: Arc<dyn TokenVault> = match token {
            Some(token) => Arc::new(token),
            None => Arc::new(vault(app, app.open().await?)?),
        };
        Self::with(app, name, tokens)
    }

    /// The same for a verb that has the store open.
    pub fn beside(app: &App, account: &Account, store: &Arc<dyn Store>) -> anyhow::Result<Self> {
        let (name, token) = named(app, account)?;
        let tokens: Arc<dyn TokenVault> = match token {
            Some(token) => Arc::new(token),
            None => Arc::new(vault(app, Arc::clone(store))?),
        };
        Self::with(app, name, tokens)
    }

    fn with(app: &App, name: &str, tokens: Arc<dyn TokenVault>) -> anyhow::Result<Self> {
        let client = Client::new(app.config.client.options(), tokens)?;
        let site = app.config.sellers.site(name).map(str::to_owned);
        Ok(Self { client, seller: SellerId::from(name), site })
    }

    /// The account, unless only its token is known.
    pub fn seller(&self) -> Option<&SellerId> {
        Some(&self.seller).filter(|seller| seller.as_str() != UNNAMED)
    }

    /// What calls are sent with.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// The currency of a site, else of the account's.
    pub fn currency(&self, site: Option<&str>) -> anyhow::Result<Currency> {
        if let (Some(site), Some(own)) = (site, &self.site)
            && site != own
        {
            let (account, text) = (&self.seller, "leave --site out, or name another --seller");
            return Err(Usage(format!("{account} sells on {own}, not on {site}; {text}")).into());
        }
        currency(site.or(self.site.as_deref()))
    }

    /// Sends a call and waits for its answer.
    pub async fn ask<C: Call>(&self, call: &C) -> anyhow::Result<Reply<C::Answer>> {
        self.client.send(&self.seller, call).await.map_err(explained)
    }
}

/// The name of the account, and its token where one is given.
fn named<'a>(app: &'a App, account: &'a Account) -> anyhow::Result<(&'a str, Option<Fixed>)> {
    let named = account.seller.as_deref().or_else(|| app.config.sellers.only());
    let token = match &account.token_file {
        Some(path) => Some(Fixed::new(token_in(path)?)),
        None => given(),
    };
    match named {
        Some(name) => Ok((name, token)),
        None if token.is_some() => Ok((UNNAMED, token)),
        None => {
            let missing = "whose account? write --seller ID, or configure one under [sellers]";
            Err(Usage(missing.to_owned()).into())
        }
    }
}

/// The currency of a site.
pub fn currency(site: Option<&str>) -> anyhow::Result<Currency> {
    let Some(site) = site else {
        return Err(Usage("in which currency? write --site MLA, or configure the seller's".to_owned()).into());
    };
    mercadopago::site::currency(site).ok_or_else(|| {
        Usage(format!("`{site}` is no site; one is MLA, MLB, MLM, MLC, MCO, MLU or MPE")).into()
    })
}

pub fn token_in(path: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(path);
    let text = text.with_context(|| format!("`{}` cannot be read", path.display()))?;
    let token = text.trim();
    // A header holds one line of visible characters; what else a file has must not be sent, nor shown.
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Usage(format!("`{}` holds no token: one word is expected", path.display())).into());
    }
    Ok(token.to_owned())
}

/// An error with what to do next.
pub fn explained(error: ClientError) -> anyhow::Error {
    let next = match &error {
        ClientError::Invalid { endpoint, source } => {
            return Usage(format!("{endpoint} was not sent: {source}")).into();
        }
        ClientError::Vault { source, .. } => next_of_vault(source),
        ClientError::Unauthorized(_) => {
            Some("the token is wrong or was revoked; `conciliar auth login` gets another".to_owned())
        }
        ClientError::NotFound(_) => {
            Some("look at the id, the generation, and whose account it is".to_owned())
        }
        ClientError::RateLimited { retry_after, .. } => Some(match retry_after {
            Some(wait) => format!("try again in {} seconds", wait.as_secs()),
            None => "try again in a while".to_owned(),
        }),
        ClientError::Unavailable { endpoint, outage } => Some(after(endpoint, outage).to_owned()),
        ClientError::Refused(refusal) => next_of(refusal),
        ClientError::TooLarge { .. } | ClientError::Unreadable { .. } => None,
    };
    let error = anyhow::Error::new(error);
    match next {
        Some(next) => anyhow!("{error:#}; {next}"),
        None => error,
    }
}

/// What to do when there was no answer: what was sent may have been done.
fn after(endpoint: &Endpoint, outage: &Outage) -> &'static str {
    if endpoint.method == Method::GET || matches!(outage, Outage::NotConnected(_)) {
        "try again in a while"
    } else {
        "it may have been done all the same; look before you send it again"
    }
}

fn next_of_vault(error: &VaultError) -> Option<String> {
    match error {
        VaultError::Unlinked { seller } | VaultError::Ended { seller, .. } if seller.as_str() == UNNAMED => {
            Some("look at the token, or name the account with --seller".to_owned())
        }
        VaultError::Unlinked { seller } | VaultError::Ended { seller, .. } => {
            Some(format!("`conciliar auth login --seller {seller}` links it"))
        }
        VaultError::Unavailable(_) => Some("try again in a while".to_owned()),
        VaultError::Refused { .. } | VaultError::Broken(_) => None,
    }
}

fn next_of(refusal: &Refusal) -> Option<String> {
    match refusal.status {
        403 => Some(
            "`conciliar integrator enable` switches integrated charges on; else the account may not do this"
                .to_owned(),
        ),
        409 => {
            Some("something else is under way there: read it, finish or cancel it, then try again".to_owned())
        }
        _ => None,
    }
}
