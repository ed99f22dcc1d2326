//! The courier: moves the clock from one thing that is due to the next, and brings notices to their receivers.
//!
//! Deliveries overlap, as the provider's do; their times, ids and signatures do not depend on it. An answer of 200 or
//! 201 within 22 s counts as received.

use std::time::Duration;

use axum::http::StatusCode;
use serde::Serialize;
use tokio::task::JoinSet;

use crate::draw::{Draw, Family};
use crate::notice::post::{Delivery, key};
use crate::notice::signature::{Signed, header};
use crate::notice::{Body, Query, envelope};
use crate::time::{Instant, wall};
use crate::world::{Shared, World};

/// Deliveries under way at once.
const IN_FLIGHT: usize = 48;
/// How long a receiver may take, as the provider documents.
const PATIENCE: Duration = Duration::from_secs(22);

/// What a move of the clock did.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize)]
pub(crate) struct Driven {
    /// Deliveries that were received.
    pub(crate) received: u64,
    /// Deliveries that failed.
    pub(crate) failed: u64,
}

/// A delivery ready to be sent.
struct Parcel {
    delivery: Delivery,
    url: String,
    agent: String,
    request_id: String,
    signature: Option<String>,
    body: Vec<u8>,
}

enum Step {
    Moved,
    Send(Box<Parcel>),
    Rest,
}

/// Moves the clock to a time: everything due until then happens and is delivered.
pub(crate) async fn drive(shared: &Shared, to: Instant) -> Driven {
    let _turn = shared.turn.lock().await;
    let (mut flights, mut driven) = (JoinSet::new(), Driven::default());
    loop {
        let step = if flights.len() < IN_FLIGHT { shared.lock().step(to) } else { Step::Rest };
        match step {
            Step::Moved => tokio::task::yield_now().await,
            Step::Send(parcel) => {
                flights.spawn(send(shared.client.clone(), parcel));
            }
            Step::Rest => match flights.join_next().await {
                Some(Ok((delivery, received))) => {
                    let mut world = shared.lock();
                    let seed = world.seed;
                    world.post.note(seed, &delivery, received);
                    driven.received += u64::from(received);
                    driven.failed += u64::from(!received);
                }
                Some(Err(error)) => tracing::warn!(%error, "a delivery was broken off"),
                None => break,
            },
        }
    }
    shared.lock().move_to(to);
    driven
}

/// Delivers what waits, moving the clock to each delivery, until nothing waits any more.
pub(crate) async fn settle(shared: &Shared) -> Driven {
    let mut all = Driven::default();
    loop {
        let last = shared.lock().post.last_due();
        let Some(last) = last else { return all };
        let driven = drive(shared, last).await;
        all.received += driven.received;
        all.failed += driven.failed;
    }
}

impl World {
    /// The next thing until a time; what happens goes before what is delivered at the same moment.
    fn step(&mut self, to: Instant) -> Step {
        let (happens, delivers) = (self.next_due(), self.post.next_due());
        if let Some(at) = happens.filter(|at| *at <= to && delivers.is_none_or(|other| *at <= other)) {
            self.move_to(at);
            self.run_due();
            return Step::Moved;
        }
        let Some(delivery) = self.post.pop(to) else { return Step::Rest };
        self.move_to(delivery.due);
        if self.post.supersede(&delivery) {
            return Step::Moved;
        }
        match self.parcel(delivery) {
            Some(parcel) => Step::Send(Box::new(parcel)),
            None => Step::Moved,
        }
    }

    /// Makes a delivery ready: everything in it that is new comes from the delivery's own draws.
    fn parcel(&self, delivery: Delivery) -> Option<Parcel> {
        let notice = &self.post.letters[delivery.letter].notice;
        let seller = self.seller(notice.seller);
        let hook = seller.hook.as_ref();
        let base = notice.target.as_ref().or(hook.map(|hook| &hook.url))?;
        let mut draw = Draw::of(self.seed, Family::Delivery, key(&delivery));
        let request_id = draw.uuid();
        let body = envelope::bytes(notice, seller.site.word(), draw.digits(12));
        let faults = self.post.faults;
        let lower = draw.happens(faults.lower_case_percent);
        let signed_at = if self.post.signs_in_real_time { wall() } else { delivery.due };
        let ts = if draw.happens(faults.millisecond_percent) {
            signed_at.timestamp_millis().to_string()
        } else {
            signed_at.timestamp().to_string()
        };
        let id = if notice.query == Query::DataId { notice.resource.as_str() } else { "" };
        let id = if lower { id.to_ascii_lowercase() } else { id.to_owned() };
        let signed = Signed { id: &id, request_id: &request_id, ts: &ts };
        let signature = hook.filter(|_| notice.signed).map(|hook| match notice.body {
            // The older channel is signed with a key that no application has.
            Body::Ipn { .. } => header(&"a key of the provider".into(), &signed),
            Body::Envelope { .. } | Body::Subscription { .. } | Body::Chargeback { .. } | Body::Fixed(_) => {
                header(&hook.secret, &signed)
            }
        });
        let agent = match notice.body {
            Body::Ipn { .. } => format!("MercadoPago Feed v2.0 {}", notice.topic),
            _ => format!("MercadoPago WebHook v1.0 {}", notice.topic),
        };
        let url = address(base, notice.query, notice.topic, &notice.resource);
        Some(Parcel { delivery, url, agent, request_id, signature, body })
    }
}

fn address(base: &str, query: Query, topic: &str, resource: &str) -> String {
    let mark = if base.contains('?') { '&' } else { '?' };
    match query {
        Query::DataId => format!("{base}{mark}data.id={resource}&type={topic}"),
        Query::TopicId => format!("{base}{mark}topic={topic}&id={resource}"),
        Query::None => base.to_owned(),
    }
}

async fn send(client: reqwest::Client, parcel: Box<Parcel>) -> (Delivery, bool) {
    let Parcel { delivery, url, agent, request_id, signature, body } = *parcel;
    let mut request = client
        .post(url)
        .timeout(PATIENCE)
        .header("content-type", "application/json")
        .header("user-agent", agent)
        .header("x-socket-timeout", "22000")
        .header("x-request-id", request_id)
        .body(body);
    if let Some(signature) = signature {
        request = request.header("x-signature", signature);
    }
    let received = match request.send().await {
        Ok(answer) => matches!(answer.status(), StatusCode::OK | StatusCode::CREATED),
        Err(error) => {
            tracing::debug!(%error, "a receiver did not answer");
            false
        }
    };
    (delivery, received)
}
