//! Where a story plays: a simulator, a desk with the program, and the store between them.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::Method;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;
use simulator::{Clock, Options, Running, Simulator};
use store::chain::ONLY_SHARD;
use store::postgres::{PostgresOptions, PostgresStore};
use store::read::{StoredEntry, StoredEvent, StoredMessage};
use store::sqlite::{SqliteOptions, SqliteStore};
use store::store::Store;
use tokio::runtime::Runtime;

use crate::bin::{Desk, Ran};
use crate::schema::Schema;

const ALL: usize = 1_000_000;

/// A simulator, a desk and a store.
pub struct Scene {
    pub desk: Desk,
    db: String,
    store: Arc<dyn Store>,
    running: Running,
    token: String,
    /// Notices that the provider sent so far.
    sent: usize,
    /// Those that nobody followed yet.
    pub unheard: Vec<(String, String)>,
    /// What ids are called in the story, and how often each kind of name was given.
    names: BTreeMap<String, String>,
    given: BTreeMap<&'static str, u32>,
    /// Facts, entries and messages that were told.
    told: [usize; 3],
    _schema: Option<Schema>,
    // The last to go: the simulator runs on it.
    runtime: Runtime,
}

impl Scene {
    pub fn on_sqlite() -> Self {
        let (desk, runtime) = (Desk::new(), Runtime::new().expect("a runtime"));
        let path = desk.path("conciliar.db").display().to_string();
        let store = runtime.block_on(SqliteStore::open(&path, &SqliteOptions::default()));
        let db = format!("sqlite:{path}");
        Self::of(desk, runtime, db, Arc::new(store.expect("a store")), None)
    }

    pub fn on_postgres() -> Self {
        let (desk, runtime, schema) = (Desk::new(), Runtime::new().expect("a runtime"), Schema::new());
        let db = schema.url();
        let store = runtime.block_on(PostgresStore::open(&db, &PostgresOptions::default()));
        Self::of(desk, runtime, db, Arc::new(store.expect("a store")), Some(schema))
    }

    fn of(desk: Desk, runtime: Runtime, db: String, store: Arc<dyn Store>, schema: Option<Schema>) -> Self {
        // Another test of this process may have installed it.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        // Noon in Greenwich is the same day everywhere it sells.
        let start = "2026-10-01T12:00:00Z".parse().expect("an instant");
        let options = Options { clock: Clock::Held { start }, ..Options::new(7) };
        let running = runtime.block_on(Simulator::start(options)).expect("the simulator starts");
        let credentials = running.sellers().remove(0);
        desk.write("shop.toml", format!("[sellers]\n\"{}\" = {{ site = \"MLA\" }}\n", credentials.seller));
        desk.write("card", "a1b2c3d4e5f60718293a4b5c6d7e8f90\n");
        Self {
            desk,
            db,
            store,
            running,
            token: credentials.token,
            sent: 0,
            unheard: Vec::new(),
            names: BTreeMap::new(),
            given: BTreeMap::new(),
            told: [0; 3],
            _schema: schema,
            runtime,
        }
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.running.now()
    }

    /// Something asked of the provider that it does.
    #[track_caller]
    pub fn ask(&self, method: Method, path: &str, body: String) -> Vec<u8> {
        let asked = format!("{method} {path} {body}");
        let (status, answer) = self.runtime.block_on(self.running.call(method, path, &self.token, body));
        assert!(status.is_success(), "{asked}: {status} {}", String::from_utf8_lossy(&answer));
        answer.to_vec()
    }

    /// The same, of what must not be done twice.
    #[track_caller]
    pub fn ask_once(&self, path: &str, body: String) {
        let request = reqwest::Client::new().post(format!("{}{path}", self.running.base()));
        let request = request.bearer_auth(&self.token).header("x-idempotency-key", format!("{path} {body}"));
        let answer = self.runtime.block_on(async { request.body(body).send().await });
        let status = answer.expect("the simulator answers").status();
        assert!(status.is_success(), "{path}: {status}");
    }

    /// What the provider told since the last time, which waits to be heard; each thing once.
    pub fn listen(&mut self) {
        let told = self.ask(Method::GET, &format!("/admin/notices?from={}", self.sent), String::new());
        let told: Value = serde_json::from_slice(&told).expect("JSON");
        let notices = told["notices"].as_array().expect("a list");
        self.sent += notices.len();
        for notice in notices {
            let word = |key: &str| notice[key].as_str().expect("a word").to_owned();
            let notice = (word("topic"), word("id"));
            if !self.unheard.contains(&notice) {
                self.unheard.push(notice);
            }
        }
    }

    /// The arguments of the program: its store and clock, and what a step asks of it.
    pub fn args(&self, words: &[&str]) -> Vec<String> {
        let at = self.now().to_rfc3339_opts(SecondsFormat::Millis, true);
        let usual = ["--config", "shop.toml", "--db", &self.db, "--at", &at];
        usual.iter().chain(words).map(|word| self.id(word)).collect()
    }

    /// The provider, for the program's client.
    pub fn variables(&self) -> [(&'static str, String); 2] {
        [("CONCILIAR__CLIENT__BASE", self.running.base()), ("CONCILIAR_TOKEN", self.token.clone())]
    }

    pub fn run(&self, words: &[&str], input: &str) -> Ran {
        let args = self.args(words);
        let args: Vec<_> = args.iter().map(String::as_str).collect();
        let variables = self.variables();
        let variables = variables.each_ref().map(|(name, value)| (*name, value.as_str()));
        self.desk.run_with(&args, &variables, input)
    }

    /// Calls an id by a name from now on.
    pub fn call(&mut self, id: &str, name: &str) {
        self.names.insert(id.to_owned(), name.to_owned());
    }

    /// Calls an id by its kind and the next number, unless it has a name.
    pub fn number(&mut self, id: &str, kind: &'static str) {
        if !self.names.contains_key(id) {
            let given = self.given.entry(kind).or_default();
            *given += 1;
            let name = format!("{kind}-{given}");
            self.names.insert(id.to_owned(), name);
        }
    }

    /// The id that a name stands for, or the word itself.
    pub fn id(&self, word: &str) -> String {
        let named = self.names.iter().find(|(_, name)| *name == word);
        named.map_or(word, |(id, _)| id).to_owned()
    }

    /// A text with names instead of ids.
    pub fn named(&self, text: &str) -> String {
        let is_part = |c: char| c.is_ascii_alphanumeric();
        let mut named = String::with_capacity(text.len());
        for word in text.split_inclusive(|c| !is_part(c)) {
            let id = word.trim_end_matches(|c| !is_part(c));
            named += self.names.get(id).map_or(id, String::as_str);
            named += &word[id.len()..];
        }
        named
    }

    /// Facts, entries and messages that were written since the last time.
    pub fn written(&mut self) -> (Vec<StoredEvent>, Vec<StoredEntry>, Vec<StoredMessage>) {
        let (events, entries, messages) = self.runtime.block_on(async {
            let events = self.store.scan(ONLY_SHARD, 0, ALL).await.expect("the store can be read");
            let entries = self.store.scan_entries(ONLY_SHARD, 0, ALL).await.expect("the store can be read");
            let messages = self.store.outbox(0, ALL).await.expect("the store can be read");
            (events, entries, messages)
        });
        let before = std::mem::replace(&mut self.told, [events.len(), entries.len(), messages.len()]);
        (
            events.into_iter().skip(before[0]).collect(),
            entries.into_iter().skip(before[1]).collect(),
            messages.into_iter().skip(before[2]).collect(),
        )
    }
}
