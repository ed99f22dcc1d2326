//! A provider that answers as it is told, and counts what it is asked.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use tokio::sync::Semaphore;

/// What it answers at paths that nobody told it about, as the real one does for ids of other namespaces.
const UNKNOWN: &str = r#"{"message":"not found","error":"not_found","status":404,"cause":[]}"#;

/// A provider on loopback; it ends with its test.
pub struct Provider {
    pub base: String,
    state: Arc<Told>,
}

#[derive(Default)]
struct Told {
    paths: Mutex<BTreeMap<String, Path>>,
}

#[derive(Default)]
struct Path {
    /// Answered once each, before the last one.
    first: VecDeque<(u16, String)>,
    last: Option<(u16, String)>,
    /// Answers wait for its permits.
    gate: Option<Arc<Semaphore>>,
    asked: Vec<String>,
}

impl Provider {
    pub async fn start() -> Self {
        let state = Arc::new(Told::default());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&state));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("bound"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { base, state }
    }

    /// Answers so from now on.
    pub fn tells(&self, path: &str, status: u16, body: impl Into<String>) {
        self.with(path, |path| path.last = Some((status, body.into())));
    }

    /// Answers so once, before everything else.
    pub fn tells_once(&self, path: &str, status: u16, body: &str) {
        self.with(path, |path| path.first.push_back((status, body.to_owned())));
    }

    /// Answers nothing at a path until the gate has permits.
    pub fn holds(&self, path: &str) -> Arc<Semaphore> {
        let gate = Arc::new(Semaphore::new(0));
        self.with(path, |path| path.gate = Some(Arc::clone(&gate)));
        gate
    }

    /// How often a path was asked for.
    pub fn asked(&self, path: &str) -> usize {
        self.with(path, |path| path.asked.len())
    }

    /// Every path that was asked for, with how often.
    pub fn all(&self) -> Vec<(String, usize)> {
        let paths = self.state.paths.lock().expect("nothing panics while it holds this lock");
        let asked = paths.iter().map(|(name, path)| (name.clone(), path.asked.len()));
        asked.filter(|(_, count)| *count > 0).collect()
    }

    fn with<T>(&self, path: &str, act: impl FnOnce(&mut Path) -> T) -> T {
        let mut paths = self.state.paths.lock().expect("nothing panics while it holds this lock");
        act(paths.entry(path.to_owned()).or_default())
    }
}

async fn answer(State(told): State<Arc<Told>>, uri: Uri, headers: HeaderMap) -> (StatusCode, String) {
    let gate = {
        let mut paths = told.paths.lock().expect("nothing panics while it holds this lock");
        let path = paths.entry(uri.path().to_owned()).or_default();
        let token = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        path.asked.push(token.to_owned());
        path.gate.clone()
    };
    if let Some(gate) = gate {
        gate.acquire().await.expect("gates are not closed").forget();
    }
    let mut paths = told.paths.lock().expect("nothing panics while it holds this lock");
    let path = paths.entry(uri.path().to_owned()).or_default();
    let (status, body) =
        path.first.pop_front().or_else(|| path.last.clone()).unwrap_or_else(|| (404, UNKNOWN.to_owned()));
    (StatusCode::from_u16(status).expect("a status"), body)
}
