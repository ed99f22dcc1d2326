//! The end of a login: a page on this machine that the provider sends the seller's browser to, with the code.
//!
//! It listens on a loopback address only, for one answer and a limited time, and shows nothing of what it was sent.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, bail};
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::response::IntoResponse;
use axum::routing::get;
use engine::config::auth::Address;
use engine::vault::login::{AnswerError, Login};
use engine::vault::orders::Code;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;
use url::Host;

use crate::exit::Usage;

/// How long the browser may take to read the last page.
const FAREWELL: Duration = Duration::from_secs(2);

const RECEIVED: &str = "Conciliar has the answer. The terminal tells how it ended; this page can be closed.";
const FOREIGN: &str = "This is not the answer that Conciliar waits for. Start again from the terminal.";

/// A page that waits for the browser.
pub struct Redirect {
    listener: TcpListener,
    address: Address,
}

/// What the page shares with who waits for it.
#[derive(Clone)]
struct Waiting {
    login: Arc<Mutex<Login>>,
    answers: mpsc::Sender<Result<Code, AnswerError>>,
}

impl Redirect {
    /// Listens on the redirect address of an application; port 0 takes a free one.
    pub async fn listen(configured: &Address) -> anyhow::Result<Self> {
        let shown = configured.as_str();
        if !configured.is_loopback() {
            bail!(Usage(format!("the redirect {shown} does not lead to this machine; write --no-browser")));
        }
        let ip = match configured.url.host() {
            Some(Host::Ipv4(ip)) => IpAddr::V4(ip),
            Some(Host::Ipv6(ip)) => IpAddr::V6(ip),
            _ => IpAddr::V4(Ipv4Addr::LOCALHOST),
        };
        let port = configured.url.port_or_known_default().unwrap_or(0);
        let listener = TcpListener::bind(SocketAddr::new(ip, port)).await;
        let listener = listener.with_context(|| format!("the redirect {shown} cannot be listened on"))?;
        let address = match port {
            0 => configured.with_port(listener.local_addr()?.port()),
            _ => configured.clone(),
        };
        Ok(Self { listener, address })
    }

    /// The address as the provider is told.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Waits for the answer to a login.
    pub async fn wait(self, login: Login, patience: Duration) -> anyhow::Result<Code> {
        let (answers, mut answered) = mpsc::channel(1);
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let waiting = Waiting { login: Arc::new(Mutex::new(login)), answers };
        let page = Router::new().route(self.address.url.path(), get(answer)).with_state(waiting);
        let serving = axum::serve(self.listener, page).with_graceful_shutdown(async {
            // Whether it was told or its teller is gone, it is time.
            let _told = stopped.await;
        });
        let serving = tokio::spawn(serving.into_future());
        let answer = timeout(patience, answered.recv()).await;
        // The page ends by itself when nobody waits for it any more.
        let _told = stop.send(());
        let _ended = timeout(FAREWELL, serving).await;
        let seconds = patience.as_secs();
        let answer =
            answer.with_context(|| format!("nobody authorised in {seconds} s (auth.login_seconds)"))?;
        Ok(answer.context("the page has stopped")??)
    }
}

async fn answer(State(waiting): State<Waiting>, RawQuery(query): RawQuery) -> impl IntoResponse {
    let query = query.unwrap_or_default();
    let answer = waiting.login.lock().unwrap_or_else(PoisonError::into_inner).answer(&query);
    let (status, text) = match &answer {
        Err(AnswerError::OtherState | AnswerError::Answered) => (StatusCode::BAD_REQUEST, FOREIGN),
        _ => (StatusCode::OK, RECEIVED),
    };
    if status == StatusCode::OK {
        // Whoever waits may have given up at this very moment.
        let _told = waiting.answers.send(answer).await;
    }
    let headers = [
        (CONTENT_TYPE, "text/plain; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'"),
        (CONNECTION, "close"),
    ];
    (status, headers, text)
}
