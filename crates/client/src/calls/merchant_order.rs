//! Orders of the older generation, which name payments and nothing else that we keep.
//! Reference: <https://www.mercadopago.com.ar/developers/en/reference/merchant_orders/_merchant_orders_id/get>.

use serde::de::IgnoredAny;

use crate::call::{Call, Method, segment};
use crate::invalid::{Field, Invalid};

const PAGE: &str =
    "https://www.mercadopago.com.ar/developers/en/reference/merchant_orders/_merchant_orders_id/get";

/// Reads one order of the older generation.
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
        "/merchant_orders/{id}"
    }

    fn path(&self) -> String {
        format!("/merchant_orders/{}", segment(&self.id))
    }

    fn check(&self) -> Result<(), Invalid> {
        Field::new("id", PAGE).filled(&self.id)
    }
}
