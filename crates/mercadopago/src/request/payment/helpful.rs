//! What helps the provider's prevention of fraud to say yes, and is missing in a request.
//!
//! The provider's page on improving approval asks for as much as there is of the payer and of what is sold.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::{AdditionalInfo, PaymentRequest};

/// What it asks for of the payer.
const PAYER: [(&str, &str); 5] = [
    ("first_name", "additional_info.payer.first_name"),
    ("last_name", "additional_info.payer.last_name"),
    ("phone", "additional_info.payer.phone"),
    ("address", "additional_info.payer.address"),
    ("registration_date", "additional_info.payer.registration_date"),
];

impl PaymentRequest {
    /// Paths of what would help and is missing.
    #[must_use]
    pub fn missing_help(&self) -> Vec<&'static str> {
        let none = AdditionalInfo::default();
        let info = self.additional_info.as_ref().unwrap_or(&none);
        let mut missing = Vec::new();
        if info.ip_address.is_none() {
            missing.push("additional_info.ip_address");
        }
        if info.items.is_empty() {
            missing.push("additional_info.items");
        } else if info.items.iter().any(|item| item.category_id.is_none()) {
            missing.push("additional_info.items.category_id");
        }
        let payer = members(info.payer.as_deref());
        missing.extend(PAYER.iter().filter(|(name, _)| !payer.contains_key(*name)).map(|(_, path)| *path));
        if !members(info.shipments.as_deref()).contains_key("receiver_address") {
            missing.push("additional_info.shipments.receiver_address");
        }
        missing
    }
}

/// The members of an object that hold something.
fn members(object: Option<&RawValue>) -> BTreeMap<Cow<'_, str>, &RawValue> {
    let read = object.and_then(|object| serde_json::from_str(object.get()).ok());
    let mut members: BTreeMap<Cow<'_, str>, &RawValue> = read.unwrap_or_default();
    members.retain(|_, value| !matches!(value.get(), "null" | "\"\"" | "{}"));
    members
}
