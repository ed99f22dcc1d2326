//! A terminal in the browser: one page that shows what a terminal of the simulator shows and has its keys.
//!
//! The page is a file of its own without anything from elsewhere; it acts through the terminals' administration.

use axum::Router;
use axum::http::header;
use axum::response::{Html, IntoResponse};
use axum::routing::get;

use crate::world::Shared;

const PAGE: &str = include_str!("terminal/page.html");
/// The page loads nothing and talks to nobody but the simulator.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
connect-src 'self'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// The page of each terminal.
pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/terminal/{device}", get(page))
}

async fn page() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, Html(PAGE))
}
