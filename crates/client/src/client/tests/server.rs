//! A server on loopback that records every request and answers from a script.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket};

/// One answer of the script.
#[derive(Clone)]
pub(crate) struct Script {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    pub(crate) body: String,
    pub(crate) is_silent: bool,
}

impl Script {
    /// An answer that never comes.
    pub(crate) fn silence() -> Self {
        Self { is_silent: true, ..answer(200, "") }
    }
}

/// An answer without further headers.
pub(crate) fn answer(status: u16, body: &str) -> Script {
    Script { status, headers: Vec::new(), body: body.to_owned(), is_silent: false }
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) address: String,
    pub(crate) body: String,
    headers: HeaderMap,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("text"))
    }

    pub(crate) fn bytes_of(&self, name: &str) -> Option<&[u8]> {
        self.headers.get(name).map(|value| value.as_bytes())
    }
}

/// A running server; it ends with the test's runtime.
pub(crate) struct Server {
    pub(crate) base: String,
    log: Arc<Log>,
}

struct Log {
    script: Vec<Script>,
    seen: Mutex<Vec<Seen>>,
}

impl Server {
    pub(crate) async fn start(script: Vec<Script>) -> Self {
        let log = Arc::new(Log { script, seen: Mutex::default() });
        let router = Router::new().fallback(serve).with_state(Arc::clone(&log));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("bound"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { base, log }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.log.seen.lock().expect("no panic holds it").clone()
    }

    #[track_caller]
    pub(crate) fn only(&self) -> Seen {
        let seen = self.seen();
        assert_eq!(seen.len(), 1);
        seen[0].clone()
    }
}

async fn serve(State(log): State<Arc<Log>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.expect("a body");
    let seen = Seen {
        method: parts.method.to_string(),
        address: parts.uri.to_string(),
        body: String::from_utf8(body.to_vec()).expect("text"),
        headers: parts.headers,
    };
    let script = {
        let mut all = log.seen.lock().expect("no panic holds it");
        all.push(seen);
        log.script.get(all.len() - 1).cloned().unwrap_or_else(|| answer(599, "the script is over"))
    };
    if script.is_silent {
        std::future::pending::<()>().await;
    }
    let mut response = Response::builder().status(script.status);
    for (name, value) in script.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(script.body)).expect("an answer")
}

/// The address of a server that is not there: nobody listens while the socket is held, and nobody else can.
pub(crate) fn nobody() -> (String, TcpSocket) {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(([127, 0, 0, 1], 0).into()).expect("a free port");
    (format!("http://{}", socket.local_addr().expect("bound")), socket)
}

/// A server that reads one request, answers with this text and hangs up.
pub(crate) async fn raw(text: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("bound"));
    let text = text.to_owned();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut request = [0; 4096];
        let length = stream.read(&mut request).await.expect("a request");
        assert!(length > 0);
        stream.write_all(text.as_bytes()).await.expect("an answer");
    });
    base
}
