//! A provider on loopback that knows payments, counts what it is asked, and can keep silent.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;

/// The seller of every payment.
pub const SELLER: &str = "1122334455";

/// It ends with the process of its tests.
pub struct Provider {
    pub base: String,
    state: Arc<(Mutex<State>, Condvar)>,
}

#[derive(Default)]
struct State {
    asked: BTreeMap<String, usize>,
    is_silent: bool,
}

impl Provider {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("bound"));
        let state: Arc<(Mutex<State>, Condvar)> = Arc::default();
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, shared) = (stream.expect("a connection"), Arc::clone(&shared));
                // A caller that was killed has no use for its answer.
                thread::spawn(move || answer(stream, &shared).unwrap_or_default());
            }
        });
        Self { base, state }
    }

    /// Answers nothing from now on, or again, those who wait first.
    pub fn keep_silent(&self, is_silent: bool) {
        self.state().is_silent = is_silent;
        self.state.1.notify_all();
    }

    /// How often a path was asked for.
    pub fn asked(&self, path: &str) -> usize {
        self.state().asked.get(path).copied().unwrap_or_default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.0.lock().expect("nothing panics while it holds this lock")
    }
}

fn answer(mut stream: TcpStream, shared: &(Mutex<State>, Condvar)) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let mut token = String::new();
    for line in lines {
        let line = line?.to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("authorization: ") {
            value.clone_into(&mut token);
        }
    }
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut state = shared.0.lock().expect("nothing panics while it holds this lock");
    *state.asked.entry(path.clone()).or_default() += 1;
    let state = shared.1.wait_while(state, |state| state.is_silent);
    drop(state.expect("nothing panics while it holds this lock"));
    let (status, body) = told(&path, &token);
    let length = body.len();
    write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
}

/// Payments of two digits are there, others are not; nobody is told without the token.
fn told(path: &str, token: &str) -> (&'static str, String) {
    if token != "bearer a-token" {
        return ("401 Unauthorized", r#"{"message":"invalid token"}"#.to_owned());
    }
    match path.strip_prefix("/v1/payments/") {
        Some(id) if id.len() == 2 => ("200 OK", payment(id)),
        _ => (
            "404 Not Found",
            r#"{"message":"Payment not found","error":"not_found","status":404}"#.to_owned(),
        ),
    }
}

fn payment(id: &str) -> String {
    format!(
        r#"{{"id":{id},"collector_id":{SELLER},"currency_id":"ARS","status":"approved",
        "status_detail":"accredited","transaction_amount":100,
        "transaction_details":{{"net_received_amount":100}},"charges_details":[],
        "date_created":"2026-10-02T13:00:00Z","date_approved":"2026-10-02T14:00:00Z",
        "date_last_updated":"2026-10-02T14:00:00Z"}}"#
    )
}
