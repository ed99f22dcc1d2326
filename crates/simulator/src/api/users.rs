//! Accounts: who the token is of, and test users. Reference: test users. Passwords are invented and open nothing.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;
use mercadopago::request::test_user::TestUserRequest;
use serde::Serialize;

use crate::api::caller::Caller;
use crate::api::{json, read_json};
use crate::refusal::Refusal;
use crate::site::Site;
use crate::world::Shared;

/// Most test users at once.
const TEST_USERS: usize = 10;
/// Ids of test users begin here.
const FIRST_TEST_USER: u64 = 2_900_000_000;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/users/me", get(me))
        .route("/users/test", post(create))
        .route("/users/test_user", post(create))
}

#[derive(Serialize)]
struct Me<'a> {
    id: u64,
    nickname: &'a str,
    site_id: &'static str,
    email: String,
}

#[derive(Serialize)]
struct TestUser {
    id: u64,
    nickname: String,
    password: String,
    site_id: &'static str,
    site_status: &'static str,
    email: String,
}

async fn me(State(shared): State<Shared>, caller: Caller) -> Response {
    let world = shared.lock();
    let seller = world.seller(caller.seller);
    let email = format!("tienda.{}@example.com", seller.id);
    json(
        StatusCode::OK,
        &Me { id: seller.id, nickname: &seller.nickname, site_id: seller.site.word(), email },
    )
}

async fn create(State(shared): State<Shared>, _caller: Caller, body: Bytes) -> Result<Response, Refusal> {
    let request: TestUserRequest = read_json(&body)?;
    let site: Site =
        request.site_id.parse().map_err(|_| Refusal::bad_request(8, "site_id is none of the sites"))?;
    let mut world = shared.lock();
    let count = world.sellers.range(FIRST_TEST_USER..).count();
    if count >= TEST_USERS {
        return Err(Refusal::bad_request(8, "There are ten test users already"));
    }
    let id = FIRST_TEST_USER + count as u64 * 1_000 + world.draw.below(1_000);
    world.add_seller(id, site);
    let number = world.draw.digits(8);
    let user = TestUser {
        id,
        nickname: format!("TESTUSER{number}"),
        password: world.draw.hex32()[..10].to_owned(),
        site_id: site.word(),
        site_status: "active",
        email: format!("test_user_{number}@testuser.com"),
    };
    Ok(json(StatusCode::CREATED, &user))
}
