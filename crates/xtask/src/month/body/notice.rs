//! The bodies of notifications that only say that something happened.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::month::sale::SELLER;
use crate::month::time::{Printed, Time};

/// The application's id with the provider.
pub const APPLICATION: u64 = 6_677_889_900_112_233;

/// The envelope most topics use.
#[derive(Serialize)]
pub struct Notice {
    id: u64,
    live_mode: bool,
    #[serde(rename = "type")]
    topic: &'static str,
    date_created: Printed,
    user_id: u64,
    api_version: &'static str,
    action: &'static str,
    data: Data,
}

#[derive(Serialize)]
struct Data {
    id: String,
}

impl Notice {
    /// That a payment was created or updated.
    pub fn payment(id: u64, payment: u64, created: Time, first: bool) -> Self {
        Self {
            id,
            live_mode: true,
            topic: "payment",
            date_created: created.utc(),
            user_id: SELLER,
            api_version: "v1",
            action: if first { "payment.created" } else { "payment.updated" },
            data: Data { id: payment.to_string() },
        }
    }
}

/// The envelope of the subscription topics: no user, no mode, `date` instead of `date_created`.
#[derive(Serialize)]
pub struct SubscriptionNotice {
    action: &'static str,
    application_id: u64,
    data: Data,
    date: Printed,
    entity: &'static str,
    id: u64,
    #[serde(rename = "type")]
    topic: &'static str,
    version: u64,
}

impl SubscriptionNotice {
    /// That a subscription or an invoice was created (version 0) or updated.
    pub fn new(id: u64, topic: &'static str, subject: String, date: Time, version: u64) -> Self {
        Self {
            action: if version == 0 { "created" } else { "updated" },
            application_id: APPLICATION,
            data: Data { id: subject },
            date: date.utc(),
            entity: topic.strip_prefix("subscription_").unwrap_or(topic),
            id,
            topic,
            version,
        }
    }
}

/// The envelope of chargebacks: a list of actions, and an id beyond 2^53 as a bare number.
#[derive(Serialize)]
pub struct ChargebackNotice {
    actions: [&'static str; 1],
    api_version: &'static str,
    application_id: u64,
    data: ChargebackData,
    date_created: Printed,
    id: u64,
    live_mode: bool,
    #[serde(rename = "type")]
    topic: &'static str,
    user_id: u64,
    version: i64,
}

#[derive(Serialize)]
struct ChargebackData {
    checkout: &'static str,
    date_updated: &'static str,
    id: Box<RawValue>,
    payment_id: u64,
    product_id: &'static str,
    site_id: &'static str,
    transaction_intent_id: &'static str,
}

impl ChargebackNotice {
    /// That a chargeback was created or changed its status.
    pub fn new(id: u64, chargeback: &str, payment: u64, at: Time, first: bool) -> Self {
        Self {
            actions: [if first { "created" } else { "changed_case_status" }],
            api_version: "v1",
            application_id: APPLICATION,
            data: ChargebackData {
                checkout: "PRO",
                date_updated: "0001-01-01T00:00:00Z",
                id: RawValue::from_string(chargeback.to_owned()).expect("chargeback ids are digits"),
                payment_id: payment,
                product_id: "BK9TMJ4101",
                site_id: "MLA",
                transaction_intent_id: "",
            },
            date_created: at.utc(),
            id,
            live_mode: true,
            topic: "topic_chargebacks_wh",
            user_id: SELLER,
            version: at.0 / 1_000,
        }
    }
}
