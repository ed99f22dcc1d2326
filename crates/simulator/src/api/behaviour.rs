//! `/admin/obstacles` and `/admin/habits`: how the provider behaves towards the next calls, and until it is changed.
//!
//! `POST /admin/obstacles` puts one obstacle, `GET` tells those that are left, `DELETE` takes all away:
//!
//! ```text
//! {"call":"POST /v1/payments/{id}/refunds","meets":{"refusal":{"code":2031}},"times":2}
//! {"call":"PUT /v1/payments/{id}","meets":"lost_after"}
//! {"call":"POST /v1/payments","meets":{"delay":{"ms":300}}}
//! ```
//!
//! `PUT /admin/habits` sets all habits, those that are left out to what they are at first; `GET` tells them.

use std::io::{Error, ErrorKind};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use futures_util::stream;

use crate::api::{json, read_json};
use crate::habits::Habits;
use crate::obstacle::{Meets, Obstacle, refusal};
use crate::refusal::Refusal;
use crate::world::Shared;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/admin/obstacles", get(obstacles).post(put_obstacle).delete(clear_obstacles))
        .route("/admin/habits", get(habits).put(set_habits))
}

async fn obstacles(State(shared): State<Shared>) -> Response {
    json(StatusCode::OK, &shared.lock().obstacles.left())
}

async fn put_obstacle(State(shared): State<Shared>, body: Bytes) -> Result<Response, Refusal> {
    let obstacle: Obstacle = read_json(&body)?;
    let obstacle = obstacle.check().map_err(|wrong| Refusal::bad_request(8, &wrong.to_string()))?;
    let mut world = shared.lock();
    world.obstacles.put(obstacle);
    Ok(json(StatusCode::CREATED, &world.obstacles.left()))
}

async fn clear_obstacles(State(shared): State<Shared>) -> Response {
    let mut world = shared.lock();
    world.obstacles.clear();
    json(StatusCode::OK, &world.obstacles.left())
}

async fn habits(State(shared): State<Shared>) -> Response {
    json(StatusCode::OK, &shared.lock().habits)
}

async fn set_habits(State(shared): State<Shared>, body: Bytes) -> Result<Response, Refusal> {
    let habits: Habits = read_json(&body)?;
    shared.lock().habits = habits;
    Ok(json(StatusCode::OK, &habits))
}

/// Lets a call meet what stands in its way.
pub(super) async fn obstruct(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let met = shared.lock().obstacles.meet(request.method().as_str(), request.uri().path());
    match met {
        None => next.run(request).await,
        Some(Meets::Refusal { code, status }) => refusal(code, status).into_response(),
        Some(Meets::LostBefore) => broken_off(),
        Some(Meets::LostAfter) => {
            let _lost = next.run(request).await;
            broken_off()
        }
        Some(Meets::Delay { ms }) => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            next.run(request).await
        }
    }
}

/// An answer of which not a byte is sent: a body that fails at once ends the connection before its head is written.
fn broken_off() -> Response {
    let broken = Error::new(ErrorKind::ConnectionAborted, "broken off by the administration");
    Body::from_stream(stream::iter([Err::<Bytes, Error>(broken)])).into_response()
}
