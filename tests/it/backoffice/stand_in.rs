//! Stands in for the provider: takes every request, keeps it, and answers what it was told to.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::IntoResponse;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// The token of all tests here; it must turn up nowhere but in the header.
pub const TOKEN: &str = "APP_USR-SECRET";

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Its method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: String,
}

impl Taken {
    /// A header's text; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a header is text"))
    }
}

/// A provider that always answers alike.
pub struct StandIn {
    address: String,
    told: Arc<Told>,
    // Serves as long as it lives.
    _runtime: Runtime,
}

struct Told {
    status: StatusCode,
    body: String,
    taken: Mutex<Vec<Taken>>,
}

impl StandIn {
    /// Starts it.
    pub fn answering(status: u16, body: &str) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("it is bound"));
        let status = StatusCode::from_u16(status).expect("a status");
        let told = Arc::new(Told { status, body: body.to_owned(), taken: Mutex::new(Vec::new()) });
        let router = Router::new().fallback(take).with_state(Arc::clone(&told));
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { address, told, _runtime: runtime }
    }

    /// Where it is, and the token for it: the variables of a run.
    pub fn variables(&self) -> [(&str, &str); 2] {
        [("CONCILIAR__CLIENT__BASE", &self.address), ("CONCILIAR_TOKEN", TOKEN)]
    }

    /// Where it is.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What it has taken.
    pub fn taken(&self) -> Vec<Taken> {
        self.told.taken.lock().expect("nothing panics while it holds this lock").clone()
    }

    /// The one request that it has taken.
    #[track_caller]
    pub fn only(&self) -> Taken {
        let taken = self.taken();
        let [one] = taken.as_slice() else { panic!("one request was expected: {taken:?}") };
        one.clone()
    }
}

async fn take(
    State(told): State<Arc<Told>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> impl IntoResponse {
    let body = String::from_utf8(body.to_vec()).expect("a body is text");
    let taken = Taken { method: method.to_string(), target: uri.to_string(), headers, body };
    told.taken.lock().expect("nothing panics while it holds this lock").push(taken);
    (told.status, told.body.clone())
}
