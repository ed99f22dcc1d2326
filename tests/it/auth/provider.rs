//! A provider that grants access: its page, where the seller agrees at once, and its tokens, on a thread of its own.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use mercadopago::request::oauth::TokenRequest;
use serde_json::json;
use tokio::sync::{Notify, oneshot};
use url::Url;

/// The seller who agrees.
pub const SELLER: &str = "1122334455";
/// The application.
pub const APPLICATION: &str = "77";
/// The secret of the application, at first.
pub const SECRET: &str = "app-SECRET-1";

/// What the provider does with a question that is in order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Manner {
    /// Answers.
    Answers,
    /// Grants what was asked for, uses up what it was asked with, and answers when it is told to.
    Held,
    /// Grants what was asked for, uses up what it was asked with, and never answers.
    Silent,
    /// As silent, with a 500 for an answer.
    Fails,
    /// Looks at nothing: too many questions.
    Limits,
}

/// What the provider knows.
pub struct Known {
    /// What it does.
    pub manner: Manner,
    /// The secrets of the application that it takes.
    pub secrets: Vec<String>,
    /// The one refresh token that it takes.
    pub refresh: String,
    /// The code of the last authorisation, with its challenge and method.
    pub code: Option<(String, Option<(String, String)>)>,
    /// Whose account it grants access to.
    pub seller: String,
    /// How long access tokens hold, seconds.
    pub life: u64,
    /// Bodies that it was asked with.
    pub asked: Vec<TokenRequest>,
    /// Tokens granted so far.
    pub granted: u32,
}

struct Shared {
    known: Mutex<Known>,
    changed: Condvar,
    release: Notify,
}

/// A provider that runs until it is dropped.
pub struct Provider {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Provider {
    /// Starts one that has granted SECRET-TG-0 and takes it.
    pub fn start() -> Self {
        let known = Known {
            manner: Manner::Answers,
            secrets: vec![SECRET.to_owned()],
            refresh: "SECRET-TG-0".to_owned(),
            code: None,
            seller: SELLER.to_owned(),
            life: 15_552_000,
            asked: Vec::new(),
            granted: 0,
        };
        let shared =
            Arc::new(Shared { known: Mutex::new(known), changed: Condvar::new(), release: Notify::new() });
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a socket of the runtime");
        let address = listener.local_addr().expect("it is bound");
        let (stop, stopped) = oneshot::channel();
        let routes = Router::new()
            .route("/authorization", get(authorize))
            .route("/oauth/token", post(token))
            .with_state(Arc::clone(&shared));
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime can be made").block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("it does not block");
                tokio::select! {
                    served = async { axum::serve(listener, routes).await } => served.expect("it serves"),
                    _ = stopped => {}
                }
            });
        });
        Self { address, shared, stop: Some(stop), thread: Some(thread) }
    }

    /// Where it is.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it knows, to look at and to change.
    pub fn known(&self) -> MutexGuard<'_, Known> {
        self.shared.known.lock().expect("no test panics while it holds this")
    }

    /// Lets it answer what it holds back.
    pub fn release(&self) {
        self.shared.release.notify_one();
    }

    /// Waits until it was asked for tokens so often.
    pub fn was_asked(&self, times: usize) {
        let known = self.known();
        let waited = self.shared.changed.wait_while(known, |known| known.asked.len() < times);
        drop(waited.expect("no test panics while it holds this"));
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        if let (Some(stop), Some(thread)) = (self.stop.take(), self.thread.take()) {
            // It may have ended by itself.
            let _told = stop.send(());
            let _ended = thread.join();
        }
    }
}

/// The seller agrees: the browser goes back with a code.
async fn authorize(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    let asked = Url::parse(&format!("http://page/?{}", query.unwrap_or_default())).expect("a query");
    let value =
        |name: &str| asked.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    assert_eq!(value("response_type").as_deref(), Some("code"));
    assert_eq!(value("client_id").as_deref(), Some(APPLICATION));
    let mut back = Url::parse(&value("redirect_uri").expect("a redirect")).expect("an address");
    let state = value("state").expect("a state");
    back.query_pairs_mut().append_pair("code", "SECRET-code-1").append_pair("state", &state);
    let challenge = value("code_challenge").zip(value("code_challenge_method"));
    shared.known.lock().expect("unbroken").code = Some(("SECRET-code-1".to_owned(), challenge));
    (StatusCode::FOUND, [(LOCATION, back.to_string())]).into_response()
}

async fn token(State(shared): State<Arc<Shared>>, body: String) -> Response {
    let asked: TokenRequest = serde_json::from_str(&body).expect("a body of /oauth/token");
    let (manner, answer) = {
        let mut known = shared.known.lock().expect("unbroken");
        let answer = known.answer(&asked);
        known.asked.push(asked);
        (known.manner, answer)
    };
    shared.changed.notify_all();
    match manner {
        Manner::Answers => answer,
        Manner::Held => {
            shared.release.notified().await;
            answer
        }
        Manner::Silent => std::future::pending().await,
        Manner::Fails => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Manner::Limits => refusal(StatusCode::TOO_MANY_REQUESTS, "local_rate_limited"),
    }
}

impl Known {
    fn answer(&mut self, asked: &TokenRequest) -> Response {
        if self.manner == Manner::Limits {
            return StatusCode::TOO_MANY_REQUESTS.into_response();
        }
        if asked.client_id != APPLICATION || !self.secrets.contains(&asked.client_secret) {
            return refusal(StatusCode::UNAUTHORIZED, "invalid_client");
        }
        let is_valid = match asked.grant_type.as_str() {
            "refresh_token" => asked.refresh_token.as_ref() == Some(&self.refresh),
            "authorization_code" => self.redeems(asked),
            "client_credentials" => true,
            _ => false,
        };
        if !is_valid {
            return refusal(StatusCode::BAD_REQUEST, "invalid_grant");
        }
        self.granted += 1;
        let number = self.granted;
        self.refresh = format!("SECRET-TG-{number}");
        let refresh = (asked.grant_type != "client_credentials").then_some(&self.refresh);
        let body = json!({
            "access_token": format!("APP_USR-77-112110-SECRET{number}-{}", self.seller),
            "token_type": "bearer",
            "expires_in": self.life,
            "scope": "offline_access read write",
            "user_id": self.seller.parse::<u64>().expect("digits"),
            "refresh_token": refresh,
            "public_key": "APP_USR-public",
            "live_mode": true,
        });
        body.to_string().into_response()
    }

    /// Whether the code is the one that was given, and is redeemed by whoever asked for it.
    fn redeems(&mut self, asked: &TokenRequest) -> bool {
        let Some((code, challenge)) = self.code.take() else { return false };
        let verifier = asked.code_verifier.as_deref().unwrap_or_default();
        asked.code.as_ref() == Some(&code)
            && match challenge {
                Some((challenge, method)) if method == "S256" => challenge == hashed(verifier),
                Some((challenge, _)) => challenge == verifier,
                None => asked.code_verifier.is_none(),
            }
    }
}

fn hashed(verifier: &str) -> String {
    use base64::Engine as _;
    use sha2::{Digest, Sha256};
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

fn refusal(status: StatusCode, error: &str) -> Response {
    let body = json!({ "message": "it was refused", "error": error, "status": status.as_u16(), "cause": [] });
    (status, body.to_string()).into_response()
}

/// Opens an address as a browser does, without following it on. Answers the status and where it leads.
pub fn browse(address: &Url) -> (u16, Option<Url>) {
    let host = address.host_str().expect("it has a host");
    let port = address.port_or_known_default().expect("it has a port");
    let mut stream = TcpStream::connect((host, port)).expect("it listens");
    let query = address.query().map(|query| format!("?{query}")).unwrap_or_default();
    let request =
        format!("GET {}{query} HTTP/1.1\r\nhost: {host}:{port}\r\nconnection: close\r\n\r\n", address.path());
    stream.write_all(request.as_bytes()).expect("it takes a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    let location = answer.lines().find_map(|line| line.strip_prefix("location: "));
    (status, location.map(|location| Url::parse(location.trim()).expect("an address")))
}
