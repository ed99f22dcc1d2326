//! What a merchant sets up once to be integrated in person: the mode of the account, and where intents of the second
//! generation are announced. References: "Integrate via API" of Mercado Pago Point, "Integrations API".
//!
//! The provider's page for the first of them puts the token into the address, where logs would keep it; here it
//! goes into the header, as with every other call.

use mercadopago::number::Number;
use mercadopago::request::integrator as body;
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::rules;
use crate::call::{Call, Idempotency, Method, json};
use crate::invalid::{Field, Invalid, Problem};

const MODE: &str =
    "https://github.com/mercadopago/devsite-docs/blob/master/guides/mp-point/integrate-via-api.en.md";
const WEBHOOK: &str = "https://github.com/mercadopago/devsite-docs/blob/master/guides/mp-point/integration-api/notifications-pdv.en.md";

/// Switches an account to integrated charges on phones.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Enable {
    /// The account.
    pub user_id: String,
}

impl Call for Enable {
    type Answer = Option<IgnoredAny>;

    fn method(&self) -> Method {
        Method::POST
    }

    fn template(&self) -> &'static str {
        "/point/services/user/status/integrators"
    }

    fn body(&self) -> Option<Vec<u8>> {
        Number::parse(&self.user_id).ok().map(|id| json(&body::Enable { id }))
    }

    /// It is on afterwards, however often it is sent.
    fn idempotency(&self) -> Idempotency {
        Idempotency::Safe
    }

    fn check(&self) -> Result<(), Invalid> {
        let field = Field::new("id", MODE);
        field.filled(&self.user_id)?;
        let whole = self.user_id.bytes().all(|byte| byte.is_ascii_digit());
        if whole && Number::parse(&self.user_id).is_ok() {
            Ok(())
        } else {
            Err(field.is(Problem::OtherThan("digits")))
        }
    }
}

/// Reads what is registered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Show;

impl Call for Show {
    type Answer = Integrator;

    fn method(&self) -> Method {
        Method::GET
    }

    fn template(&self) -> &'static str {
        "/point/integration-api/integrators"
    }

    fn check(&self) -> Result<(), Invalid> {
        Ok(())
    }
}

/// Registers where intents are announced.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SetWebhook {
    /// Address of the receiver, which must answer a challenge.
    pub address: String,
}

impl Call for SetWebhook {
    type Answer = Option<IgnoredAny>;

    fn method(&self) -> Method {
        Method::PATCH
    }

    fn template(&self) -> &'static str {
        "/point/integration-api/integrators"
    }

    fn body(&self) -> Option<Vec<u8>> {
        Some(json(&body::Webhook { webhook: self.address.clone() }))
    }

    /// The address is registered afterwards, however often it is sent.
    fn idempotency(&self) -> Idempotency {
        Idempotency::Safe
    }

    fn check(&self) -> Result<(), Invalid> {
        rules::address(Field::new("webhook", WEBHOOK), &self.address)
    }
}

/// Has the provider challenge the registered address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Check;

impl Call for Check {
    type Answer = Option<IgnoredAny>;

    fn method(&self) -> Method {
        Method::POST
    }

    fn template(&self) -> &'static str {
        "/point/integration-api/integrators/check"
    }

    /// A second challenge asks the same.
    fn idempotency(&self) -> Idempotency {
        Idempotency::Safe
    }

    fn check(&self) -> Result<(), Invalid> {
        Ok(())
    }
}

/// What is registered for an account.
#[derive(Clone, Debug, Deserialize)]
pub struct Integrator {
    /// Key of the challenge that the registered address must answer.
    #[serde(deserialize_with = "secret")]
    pub token: SecretString,
    /// The registered address; empty when there is none.
    pub webhook: String,
    /// Whether it has answered the challenge.
    pub is_valid_webhook: bool,
}

fn secret<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}

#[cfg(test)]
mod tests;
