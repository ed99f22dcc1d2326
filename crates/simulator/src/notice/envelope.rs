//! The bodies of notices, in every envelope the provider uses. Field lists: its guide on webhooks, and bodies seen.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::notice::{Body, Notice};
use crate::time::Zulu;

/// The application that all notices are of.
const APPLICATION: u64 = 6_677_889_900_112_233;

#[derive(Serialize)]
struct Envelope<'a> {
    action: &'static str,
    api_version: &'static str,
    data: Data<'a>,
    date_created: Zulu,
    id: u64,
    live_mode: bool,
    #[serde(rename = "type")]
    topic: &'static str,
    user_id: u64,
}

#[derive(Serialize)]
struct Data<'a> {
    id: &'a str,
}

#[derive(Serialize)]
struct Subscription<'a> {
    action: &'static str,
    application_id: u64,
    data: Data<'a>,
    date: Zulu,
    entity: &'static str,
    id: u64,
    #[serde(rename = "type")]
    topic: &'static str,
    version: u64,
}

#[derive(Serialize)]
struct Chargeback {
    actions: [&'static str; 1],
    api_version: &'static str,
    application_id: u64,
    data: ChargebackData,
    date_created: Zulu,
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

#[derive(Serialize)]
struct Ipn<'a> {
    resource: &'a str,
    topic: &'static str,
}

/// The bytes of a notice in a delivery with this id.
pub(crate) fn bytes(notice: &Notice, site: &'static str, id: u64) -> Vec<u8> {
    let data = Data { id: &notice.resource };
    let (topic, user_id) = (notice.topic, notice.seller);
    let written = match &notice.body {
        Body::Envelope { action, created } => serde_json::to_vec(&Envelope {
            action,
            api_version: "v1",
            data,
            date_created: Zulu(*created),
            id,
            live_mode: true,
            topic,
            user_id,
        }),
        Body::Subscription { entity, action, version, date } => serde_json::to_vec(&Subscription {
            action,
            application_id: APPLICATION,
            data,
            date: Zulu(*date),
            entity,
            id,
            topic,
            version: *version,
        }),
        Body::Chargeback { action, payment, at } => serde_json::to_vec(&Chargeback {
            actions: [action],
            api_version: "v1",
            application_id: APPLICATION,
            data: ChargebackData {
                checkout: "PRO",
                date_updated: "0001-01-01T00:00:00Z",
                id: RawValue::from_string(notice.resource.clone()).expect("ids of chargebacks are digits"),
                payment_id: *payment,
                product_id: "BK9TMJ4101",
                site_id: site,
                transaction_intent_id: "",
            },
            date_created: Zulu(*at),
            id,
            live_mode: true,
            topic,
            user_id,
            version: at.timestamp(),
        }),
        Body::Ipn { topic } => serde_json::to_vec(&Ipn { resource: &notice.resource, topic }),
        Body::Fixed(bytes) => return bytes.clone(),
    };
    written.expect("envelopes have text keys and no maps")
}
