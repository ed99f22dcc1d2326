//! Test users: sellers and buyers of the sandbox. Ten may live at once, each until it is idle for 60 days.
//! Reference: <https://www.mercadopago.com.ar/developers/en/reference/test_user/_users_test/post>.

use std::fmt;

use mercadopago::request::test_user::TestUserRequest;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};

use super::id::Id;
use super::rules;
use crate::call::{Call, Method, json};
use crate::invalid::{Field, Invalid};

const PAGE: &str = "https://www.mercadopago.com.ar/developers/en/reference/test_user/_users_test/post";

/// Makes a test user, with a token of production.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Create {
    /// Where it sells or buys: `MLA`, `MLB`, …
    pub site: String,
    /// What it is for; the older endpoint takes none.
    pub description: Option<String>,
}

/// A test user.
#[derive(Clone, Deserialize)]
pub struct TestUser {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub nickname: String,
    /// What it logs in with.
    #[serde(deserialize_with = "secret")]
    pub password: SecretString,
    /// Its address.
    pub email: Option<String>,
}

impl fmt::Debug for TestUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestUser").field("id", &self.id).finish_non_exhaustive()
    }
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}

impl Call for Create {
    type Answer = TestUser;

    fn method(&self) -> Method {
        Method::POST
    }

    fn template(&self) -> &'static str {
        if self.description.is_some() { "/users/test" } else { "/users/test_user" }
    }

    fn body(&self) -> Option<Vec<u8>> {
        Some(json(&TestUserRequest { site_id: self.site.clone(), description: self.description.clone() }))
    }

    fn check(&self) -> Result<(), Invalid> {
        let sites = ["MLA", "MLB", "MLC", "MCO", "MLM", "MLU", "MPE"];
        rules::word(Field::new("site_id", PAGE), &sites, "MLA, MLB, MLC, MCO, MLM, MLU, MPE", &self.site)
    }
}

#[cfg(test)]
mod tests;
