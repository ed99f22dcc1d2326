//! Webhooks of the provider: `POST /hooks/{seller}`, and the challenge by `GET` at the same address.
//!
//! A webhook is recognised and proven, becomes a delivery, and is answered with 200 once it is durable, never before. Nothing
//! of it is applied here, and no database is touched. An answer tells a stranger no more than its status.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use domain::machine::Instant;
use engine::clock::Clock;
use engine::config::serve::Serve;
use engine::sink::Sink;
use mercadopago::challenge;
use mercadopago::signature::{self, Tolerance, Unproven};
use mercadopago::webhook::{Claim, Push, Reading, query};
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::ops::{self, Health, Limits};

mod answer;
mod delivery;
mod door;
mod request;

pub use answer::describe;
use answer::{Answer, Timed};
use door::Door;
pub use door::{DoorError, Doors};

/// Hashes of report messages that are computed at once: each takes a quarter of a second of a core.
const HASHES: usize = 1;
/// How long a connection may live: long for a proxy that keeps it open, and it ends.
const LIFE: Duration = Duration::from_hours(1);
/// How long nothing may move on a connection.
const STALL: Duration = Duration::from_secs(75);

/// What receives webhooks.
pub struct Receiver {
    doors: Doors,
    settings: Serve,
    clock: Clock,
    sink: Arc<dyn Sink>,
    /// Webhooks that are worked on.
    places: Semaphore,
    /// Hashes that are computed.
    hashes: Arc<Semaphore>,
}

impl Receiver {
    /// A receiver at these doors.
    #[must_use]
    pub fn new(settings: Serve, doors: Doors, clock: Clock, sink: Arc<dyn Sink>) -> Self {
        let (places, hashes) = (Semaphore::new(settings.in_flight), Arc::new(Semaphore::new(HASHES)));
        Self { doors, settings, clock, sink, places, hashes }
    }

    /// Answers a webhook at the address of a seller; `end` is what stands behind the seller.
    pub async fn push(&self, seller: &str, end: Option<&str>, request: Request) -> Response {
        let timed = Timed::start();
        let answer = timeout(self.settings.answer(), self.take(seller, end, request)).await;
        let answer = answer.unwrap_or(Answer::Late);
        timed.end(seller, &answer);
        answer.into_response()
    }

    /// Answers a challenge at the address of a seller.
    #[must_use]
    pub fn challenge(&self, seller: &str, end: Option<&str>, query: &str) -> Response {
        let token = self.doors.at(seller, end).and_then(Door::point_token);
        let answer = match (token, query::value(query, challenge::CODE)) {
            (None, _) => Answer::Nobody,
            (Some(_), None) => Answer::NoCode,
            (Some(_), Some(code)) if code.len() > challenge::MOST_CODE_BYTES => Answer::NoCode,
            (Some(token), Some(code)) => {
                Answer::Challenge(challenge::body(token.expose_secret().as_bytes(), &code))
            }
        };
        answer.into_response()
    }

    async fn take(&self, seller: &str, end: Option<&str>, request: Request) -> Answer {
        let Some(door) = self.doors.at(seller, end) else { return Answer::Nobody };
        let Ok(_place) = self.places.try_acquire() else { return Answer::Busy };
        let (head, body) = request.into_parts();
        let reading = request::body(&head, body, self.settings.body_bytes());
        let body = match timeout(self.settings.body_wait(), reading).await {
            Ok(Ok(body)) => body,
            Ok(Err(answer)) => return answer,
            Err(_) => return Answer::Slow,
        };
        let push = Push {
            query: head.uri.query().unwrap_or_default(),
            signature: request::header(&head, "x-signature"),
            request_id: request::header(&head, "x-request-id"),
            body: &body,
        };
        let (reading, now) = (push.read(), self.clock.now());
        if let Err(answer) = self.prove(door, end.is_some(), &push, &reading, now).await {
            return answer;
        }
        let item = delivery::item(seller, door, &push, &reading, now);
        match self.sink.accept(vec![item]).await {
            Ok(()) => Answer::Taken,
            Err(error) => Answer::of(error),
        }
    }

    /// Finds out whether the provider sent it, or whether that does not matter.
    async fn prove(
        &self,
        door: &Door,
        is_at_secret_path: bool,
        push: &Push<'_>,
        reading: &Reading<'_>,
        now: Instant,
    ) -> Result<(), Answer> {
        match &reading.claim {
            Claim::Signed { agrees, .. } => {
                let signed = push.signed(reading).ok_or(Unproven::MissingHeader)?;
                let tolerance = Tolerance { now, most: self.settings.tolerance() };
                signature::verify(&signed, door.secrets(), &tolerance)?;
                if *agrees { Ok(()) } else { Err(Unproven::OtherSubject.into()) }
            }
            Claim::Report { .. } => {
                let password = door.report_password().ok_or(Unproven::NoSecret)?;
                self.check_report(reading, password.clone()).await
            }
            // Believed in nothing: each only makes us look at the provider's own answer.
            Claim::Trigger { .. } if door.takes_triggers() => Ok(()),
            Claim::Flat if is_at_secret_path => Ok(()),
            Claim::Trigger { .. } | Claim::Flat | Claim::Unsigned => Err(Unproven::MissingHeader.into()),
        }
    }

    /// Computes the hash of a report's message on a thread of its own, one at a time.
    async fn check_report(&self, reading: &Reading<'_>, password: SecretString) -> Result<(), Answer> {
        let place = Arc::clone(&self.hashes).try_acquire_owned().map_err(|_| Answer::Busy)?;
        let claim = reading.claim.clone().into_owned();
        let checking = spawn_blocking(move || {
            let _place = place;
            let ready = claim.ready().ok_or(Unproven::MissingHash)?;
            ready.verify(password.expose_secret().as_bytes())
        });
        checking.await.map_err(|_| Answer::Late)?.map_err(Answer::from)
    }
}

/// The addresses of a receiver.
pub fn router(receiver: Arc<Receiver>) -> Router {
    Router::new()
        .route("/hooks/{seller}", post(push).get(challenge))
        .route("/hooks/{seller}/{end}", post(push_behind).get(challenge_behind))
        .with_state(receiver)
}

/// Serves webhooks beside the questions of [`ops`] until the stop, then lets what is under way finish.
///
/// # Errors
/// When the listener is unusable.
pub async fn serve(
    listener: TcpListener,
    receiver: Arc<Receiver>,
    health: Health,
    stop: CancellationToken,
) -> io::Result<()> {
    let limits = Limits { connections: receiver.settings.connections, life: LIFE, stall: STALL };
    let farewell = receiver.settings.answer();
    let metrics = health.metrics.clone();
    let router = ops::router(health).merge(router(receiver));
    ops::run(listener, router, metrics, limits, farewell, stop).await
}

async fn push(
    State(receiver): State<Arc<Receiver>>,
    Path(seller): Path<String>,
    request: Request,
) -> Response {
    receiver.push(&seller, None, request).await
}

async fn push_behind(
    State(receiver): State<Arc<Receiver>>,
    Path((seller, end)): Path<(String, String)>,
    request: Request,
) -> Response {
    receiver.push(&seller, Some(&end), request).await
}

async fn challenge(
    State(receiver): State<Arc<Receiver>>,
    Path(seller): Path<String>,
    request: Request,
) -> Response {
    receiver.challenge(&seller, None, request.uri().query().unwrap_or_default())
}

async fn challenge_behind(
    State(receiver): State<Arc<Receiver>>,
    Path((seller, end)): Path<(String, String)>,
    request: Request,
) -> Response {
    receiver.challenge(&seller, Some(&end), request.uri().query().unwrap_or_default())
}

#[cfg(test)]
mod tests;
