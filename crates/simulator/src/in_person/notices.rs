//! What intents tell of themselves: each generation in its own body, and the second in two editions.
//!
//! The first edition goes unsigned to an address that proved itself, at each change; the second goes to the seller's
//! webhook, at an end. Abandoned intents are told by neither: measured and documented alike.

use serde::Serialize;

use crate::in_person::{Asked, End, Intent, Phase, fourth, second, third};
use crate::money::Amount;
use crate::notice::{Body, Notice, Query};
use crate::time::Instant;
use crate::world::World;

/// The application that all notices are of.
const APPLICATION: u64 = 6_677_889_900_112_233;
/// How many in a hundred notices of orders have only the id in them: the documentation shows both.
const SHORT_PERCENT: u8 = 25;

/// Tells of a change, where it is one that is told.
pub(super) fn tell(world: &mut World, id: &str) {
    let Some(intent) = world.in_person.intents.get(id).cloned() else { return };
    let notice = match &intent.asked {
        Asked::First(asked) => of_first(world, &intent, asked.notification_url.clone()),
        Asked::Second(asked) => of_second(world, &intent, asked),
        Asked::Refund(_) => None,
        Asked::Third(asked) => intent.is_final().then(|| of_third(world, &intent, asked)),
        Asked::Fourth(_) => of_fourth(world, &intent),
    };
    if let Some(notice) = notice {
        world.notify(notice);
    }
}

fn notice(intent: &Intent, topic: &'static str, body: &impl Serialize) -> Notice {
    Notice {
        seller: intent.seller,
        topic,
        resource: intent.id.clone(),
        body: Body::Fixed(serde_json::to_vec(body).expect("notices have text keys")),
        signed: true,
        target: None,
        query: Query::DataId,
        ipn: None,
    }
}

/// The first generation has no notices of its own: its payment is told where the order asks for it.
fn of_first(world: &World, intent: &Intent, url: Option<String>) -> Option<Notice> {
    let payment = world.payment(intent.payment().filter(|_| intent.is_final())?.id)?;
    Some(Notice {
        seller: intent.seller,
        topic: "payment",
        resource: payment.id.to_string(),
        body: Body::Envelope { action: "payment.created", created: payment.created },
        signed: true,
        target: Some(url?),
        query: Query::DataId,
        ipn: None,
    })
}

#[derive(Serialize)]
struct Flat<'a> {
    id: &'a str,
    created_at: String,
    amount: &'a serde_json::value::RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<Paid<'a>>,
    additional_info: second::Additional,
    state: &'static str,
    caller_id: u64,
    client_id: u64,
}

#[derive(Serialize)]
struct Paid<'a> {
    id: u64,
    #[serde(rename = "type")]
    kind: &'a str,
    state: &'a str,
}

fn of_second(world: &World, intent: &Intent, asked: &second::Asked) -> Option<Notice> {
    let proven = world.in_person.proven_webhook(intent.seller).map(str::to_owned);
    let is_told = match &intent.phase {
        Phase::Ended(End::Expired) => false,
        Phase::Ended(_) => true,
        _ => proven.is_some(),
    };
    if !is_told {
        return None;
    }
    let amount = serde_json::value::RawValue::from_string(intent.raw.clone()).ok()?;
    let card = intent.card.map_or("", |card| card.kind);
    let paid = intent.payment().map(|charged| match &intent.phase {
        // A terminal that does not know names the payment and says nothing of it.
        Phase::Ended(End::Unconfirmed(_)) => Paid { id: charged.id, kind: "", state: "" },
        _ => Paid { id: charged.id, kind: card, state: now(world, charged.id, charged.status) },
    });
    let flat = Flat {
        id: &intent.id,
        created_at: intent.created_at.format("%Y-%m-%d %H:%M:%S").to_string(),
        amount: &amount,
        payment: paid,
        additional_info: second::Additional {
            external_reference: intent.reference.clone(),
            print_on_terminal: None,
            ticket_number: asked.ticket_number.clone(),
        },
        state: second::word(&intent.phase),
        caller_id: intent.seller,
        client_id: APPLICATION,
    };
    let told = notice(intent, "point_integration_wh", &flat);
    Some(match proven {
        Some(address) => Notice { signed: false, target: Some(address), query: Query::None, ..told },
        None => told,
    })
}

/// What the payment is now: a reversed one was given back since it was charged.
fn now(world: &World, payment: u64, then: &'static str) -> &'static str {
    world.payment(payment).map_or(then, |payment| payment.status())
}

#[derive(Serialize)]
struct Instore<'a> {
    id: &'a str,
    action: &'static str,
    api_version: &'static str,
    data: third::Answer<'a>,
    date_created: String,
    live_mode: bool,
    #[serde(rename = "type")]
    topic: &'static str,
    user_id: u64,
}

fn of_third(world: &World, intent: &Intent, asked: &third::Asked) -> Notice {
    let topic = "topic_instore_integration_wh";
    let instore = Instore {
        id: &intent.id,
        // The same whatever became of it.
        action: "topic_instore_integration_wh.application.authorized",
        api_version: "v1",
        data: third::Answer::notified(intent, asked),
        date_created: spaced(world.now()),
        live_mode: true,
        topic,
        user_id: intent.seller,
    };
    notice(intent, topic, &instore)
}

/// `2023-07-27 20:24:21.776000000-0400`: a space, nine decimals, no colon in the offset.
fn spaced(at: Instant) -> String {
    let west = chrono::FixedOffset::west_opt(4 * 3_600).expect("four hours are an offset");
    at.with_timezone(&west).format("%Y-%m-%d %H:%M:%S%.9f%z").to_string()
}

#[derive(Serialize)]
struct Order<'a> {
    action: &'static str,
    api_version: &'static str,
    application_id: String,
    data: Data<'a>,
    date_created: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    live_mode: bool,
    #[serde(rename = "type")]
    topic: &'static str,
    user_id: String,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Data<'a> {
    Rich(Box<fourth::Notified<'a>>),
    Short { id: &'a str },
}

fn of_fourth(world: &mut World, intent: &Intent) -> Option<Notice> {
    let action = match fourth::standing(world, intent).status {
        "processed" if intent.refunds.is_empty() => "order.processed",
        "processed" | "refunded" => "order.refunded",
        "canceled" => "order.canceled",
        "action_required" => "order.action_required",
        "failed" => "order.failed",
        "expired" => "order.expired",
        _ => return None,
    };
    let is_short = world.draw.happens(SHORT_PERCENT);
    let data = if is_short {
        Data::Short { id: &intent.id }
    } else {
        Data::Rich(Box::new(fourth::Notified::of(world, intent)?))
    };
    let order = Order {
        action,
        api_version: "v1",
        application_id: APPLICATION.to_string(),
        data,
        date_created: intent.since.format("%Y-%m-%dT%H:%M:%S%.9fZ").to_string(),
        id: is_short.then(|| format!("{}", intent.since.timestamp_millis())),
        live_mode: true,
        topic: "order",
        user_id: intent.seller.to_string(),
    };
    Some(notice(intent, "order", &order))
}

impl Intent {
    /// Its amount with all decimals, for people.
    pub(super) fn printed(&self, world: &World) -> String {
        let decimals = world.seller(self.seller).site.decimals();
        Amount { minor: self.amount_minor, decimals }.to_string()
    }
}
