//! Claims: complaints of payers, which name the payment that they are about.
//! Reference: <https://github.com/mercadopago/devsite-docs/blob/master/reference/api-json/claims.json>.

use serde::de::IgnoredAny;

use crate::call::{Call, Method, segment};
use crate::invalid::{Field, Invalid};

const PAGE: &str = "https://github.com/mercadopago/devsite-docs/blob/master/reference/api-json/claims.json";

/// Reads one claim.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Get {
    /// Which.
    pub id: String,
}

impl Call for Get {
    type Answer = IgnoredAny;

    fn method(&self) -> Method {
        Method::GET
    }

    fn template(&self) -> &'static str {
        "/post-purchase/v1/claims/{id}"
    }

    fn path(&self) -> String {
        format!("/post-purchase/v1/claims/{}", segment(&self.id))
    }

    fn check(&self) -> Result<(), Invalid> {
        Field::new("id", PAGE).filled(&self.id)
    }
}
