//! What people and notifications order: a link is made, brought, ended, forgotten, listed, sealed again.

use client::calls::oauth;
use client::vault::AccessToken;
use domain::ids::SellerId;
use domain::machine::Instant;
use domain::text::Text;
use secrecy::SecretString;

use super::Vault;
use super::cause::Cause;
use super::fault::Fault;
use super::link::{Grant, Link, Pair, Spare, Standing};
use super::provider::{self, Application};
use super::shown::Shown;
use crate::config::auth::Address;

/// How often a cell is written to that others write to too.
const TRIES: usize = 20;

/// The code that a seller's authorisation brought, with what must be sent along.
pub struct Code {
    /// The code.
    pub code: SecretString,
    /// Where it was sent to.
    pub redirect: Address,
    /// What only the one who asked for it knows, unless it was asked for without.
    pub verifier: Option<SecretString>,
    /// Whether the tokens are for tests.
    pub is_test: bool,
}

impl Vault {
    /// Reads keys and secrets, so that what is wrong with them is told before a seller is asked.
    ///
    /// # Errors
    /// When one of them is not where the configuration says, or is none.
    pub fn check(&self, application: &str) -> Result<(), Fault> {
        self.0.cells.check_keys()?;
        Application::read(&self.0.settings, application, self.0.clock.now()).map(|_| ())
    }

    /// Redeems the code of an authorisation and keeps the tokens, over whatever was kept of the seller.
    ///
    /// # Errors
    /// When the provider does not take the code, or it is another seller's.
    pub async fn login(&self, seller: &SellerId, application: &str, code: Code) -> Result<Shown, Fault> {
        let grant = oauth::Grant::AuthorizationCode {
            code: code.code,
            redirect_uri: code.redirect.as_str().to_owned(),
            verifier: code.verifier,
            is_test: code.is_test.then_some(true),
        };
        self.link(seller, application, Grant::AuthorizationCode, &grant).await
    }

    /// Links the account of the application's own owner.
    ///
    /// # Errors
    /// When the provider does not take the application's credentials, or they are another seller's.
    pub async fn own(&self, seller: &SellerId, application: &str) -> Result<Shown, Fault> {
        let grant = oauth::Grant::ClientCredentials;
        self.link(seller, application, Grant::ClientCredentials, &grant).await
    }

    async fn link(
        &self,
        seller: &SellerId,
        application: &str,
        kind: Grant,
        grant: &oauth::Grant,
    ) -> Result<Shown, Fault> {
        let asked_at = self.0.clock.now();
        let known = Application::read(&self.0.settings, application, asked_at)?;
        // What could not be kept shall not be asked for: the code would be lost.
        self.0.cells.check_keys()?;
        self.0.cells.load(seller).await?;
        let granted = known.ask(&self.0.client, grant).await;
        let granted = granted.map_err(|error| Fault::Provider(Box::new(error)))?;
        provider::check_owner(seller, &granted)?;
        let link = Link {
            application: Some(application.into()),
            grant: kind,
            scope: granted.scope.as_deref().unwrap_or_default().into(),
            standing: Standing::Held(provider::pair(granted, asked_at)),
            spare: None,
            failure: None,
        };
        self.replace(seller, |_| Some(link.clone())).await?;
        Ok(self.shown(seller, &link))
    }

    /// Keeps a token that a person brought. The one before it is tried beside it for as long as the provider takes
    /// both credentials of a rotation.
    ///
    /// # Errors
    /// When it shows that it is another seller's, or cannot be kept.
    pub async fn import(
        &self,
        seller: &SellerId,
        token: SecretString,
        expires_at: Option<Instant>,
    ) -> Result<Shown, Fault> {
        let access = AccessToken::new(token);
        provider::check_token(seller, &access)?;
        let now = self.0.clock.now();
        let until = now + self.0.settings.overlap();
        let pair = Pair { access, refresh: None, issued_at: now, expires_at, is_rejected: false };
        let link = self
            .replace(seller, |old| {
                let old = old.and_then(Link::pair).filter(|old| old.holds(now) && old.access != pair.access);
                Some(Link {
                    application: None,
                    grant: Grant::Imported,
                    scope: Text::default(),
                    standing: Standing::Held(pair.clone()),
                    spare: old.map(|old| Spare { access: old.access.clone(), until }),
                    failure: None,
                })
            })
            .await?
            .expect("an import is kept whatever was there");
        Ok(self.shown(seller, &link))
    }

    /// Takes note that a seller authorised or deauthorised the application, as a notification of the topic
    /// `mp-connect` tells. What was told before the tokens were asked for is about those before them.
    ///
    /// A new authorisation brings no token, so nothing changes by it: a login does.
    ///
    /// # Errors
    /// When the store does not answer or what it holds does not open.
    pub async fn linked(&self, seller: &SellerId, authorized: bool, told_at: Instant) -> Result<(), Fault> {
        tracing::info!(seller.id = %seller, authorized, "the provider tells of an authorisation");
        if authorized {
            return Ok(());
        }
        let is_about = |link: &&Link| link.pair().is_some_and(|pair| pair.issued_at < told_at);
        self.replace(seller, |old| old.filter(is_about).map(|link| link.ended(Cause::Revoked, told_at)))
            .await?;
        Ok(())
    }

    /// Forgets a seller's tokens. Answers whether there was anything to forget.
    ///
    /// # Errors
    /// When the store does not answer. What does not open can be forgotten all the same.
    pub async fn forget(&self, seller: &SellerId) -> Result<bool, Fault> {
        let mut slot = self.slot(seller).lock_owned().await;
        *slot = None;
        for _ in 0..TRIES {
            let Some(version) = self.0.cells.version(seller).await? else { return Ok(false) };
            if self.0.cells.clear(seller, version, self.0.clock.now()).await? {
                return Ok(true);
            }
        }
        Err(Fault::Contended { seller: seller.clone() })
    }

    /// Every link, in the order of the sellers' ids as text.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn links(&self) -> Result<Vec<Shown>, Fault> {
        let now = self.0.clock.now();
        let all = self.0.cells.all().await?;
        let shown = all.into_iter().map(|(seller, link)| match link {
            Ok(link) => Shown::of(seller, &link, &self.0.settings, now),
            Err(fault) => Shown::closed(seller, &fault),
        });
        Ok(shown.collect())
    }

    /// Seals with the first key what is sealed with another one. Answers how many links.
    ///
    /// # Errors
    /// When one of them does not open, or the store does not answer.
    pub async fn reseal(&self) -> Result<u64, Fault> {
        let mut resealed = 0;
        for (seller, link) in self.0.cells.all().await? {
            link?;
            if self.0.cells.is_sealed_otherwise(&seller).await?
                && self.replace(&seller, |old| old.cloned()).await?.is_some()
            {
                resealed += 1;
            }
        }
        Ok(resealed)
    }

    /// Writes what a function makes of the link; nothing when it makes nothing of it.
    async fn replace(
        &self,
        seller: &SellerId,
        make: impl Fn(Option<&Link>) -> Option<Link>,
    ) -> Result<Option<Link>, Fault> {
        let mut slot = self.slot(seller).lock_owned().await;
        *slot = None;
        for _ in 0..TRIES {
            let found = self.0.cells.load(seller).await?;
            let expected = found.as_ref().map(|found| found.version);
            let old = found.and_then(|found| found.link);
            let Some(link) = make(old.as_ref()) else { return Ok(None) };
            if self.0.cells.put(seller, expected, &link, self.0.clock.now()).await?.is_some() {
                return Ok(Some(link));
            }
        }
        Err(Fault::Contended { seller: seller.clone() })
    }

    fn shown(&self, seller: &SellerId, link: &Link) -> Shown {
        Shown::of(seller.clone(), link, &self.0.settings, self.0.clock.now())
    }
}
