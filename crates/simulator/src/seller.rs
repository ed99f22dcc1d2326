//! A seller: the account, its application with its secrets, and where its notices go.
//!
//! All of it is invented from the seed; the secrets guard nothing but tests.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::account::Account;
use crate::draw::{Draw, Family};
use crate::site::Site;
use crate::world::World;

/// How a program signs in as a seller here. Invented: it opens nothing else.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Credentials {
    /// The seller's id.
    pub seller: u64,
    /// Its site, as the provider's word.
    pub site: &'static str,
    /// An access token that does not end.
    pub token: String,
    /// Id of its application.
    pub client_id: String,
    /// Secret of its application.
    pub client_secret: String,
    /// Secret that its webhooks are signed with.
    pub webhook_secret: String,
}

/// A seller.
pub(crate) struct Seller {
    pub(crate) id: u64,
    pub(crate) site: Site,
    pub(crate) nickname: String,
    pub(crate) account: Account,
    /// Where its notices go.
    pub(crate) hook: Option<Hook>,
    pub(crate) token: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: SecretString,
    pub(crate) webhook_secret: SecretString,
    /// Payouts so far.
    pub(crate) payouts: u64,
}

/// A receiver of notices.
#[derive(Clone)]
pub(crate) struct Hook {
    pub(crate) url: String,
    pub(crate) secret: SecretString,
    /// What messages of report files are proven with; without one none are sent.
    pub(crate) report_password: Option<SecretString>,
}

impl Credentials {
    pub(crate) fn of(seller: &Seller) -> Self {
        let secret = seller.hook.as_ref().map_or(&seller.webhook_secret, |hook| &hook.secret);
        Self {
            seller: seller.id,
            site: seller.site.word(),
            token: seller.token.clone(),
            client_id: seller.client_id.clone(),
            client_secret: seller.client_secret.expose_secret().to_owned(),
            webhook_secret: secret.expose_secret().to_owned(),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("seller", &self.seller).finish_non_exhaustive()
    }
}

impl World {
    /// A new seller; one that is there already stays as it is.
    pub(crate) fn add_seller(&mut self, id: u64, site: Site) {
        let mut draw = Draw::of(self.seed, Family::Seller, id);
        let client_id = draw.digits(16).to_string();
        let seller = Seller {
            id,
            site,
            nickname: format!("TIENDA{id}"),
            account: Account::default(),
            hook: None,
            token: format!("APP_USR-{client_id}-112110-{}-{id}", draw.hex32()),
            client_id,
            client_secret: draw.hex32().into(),
            webhook_secret: format!("{}{}", draw.hex32(), draw.hex32()).into(),
            payouts: 0,
        };
        self.sellers.entry(id).or_insert(seller);
    }

    /// The seller an access token is of.
    pub(crate) fn seller_of_token(&self, token: &str) -> Option<u64> {
        let lasting = self.sellers.values().find(|seller| seller.token == token).map(|seller| seller.id);
        lasting.or_else(|| self.tokens.seller_of(token, self.now()))
    }
}
