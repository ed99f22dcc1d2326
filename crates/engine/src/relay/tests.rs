//! Messages reach a file and an address on loopback: each, in order, whatever fails meanwhile.

use std::path::Path;
use std::sync::Mutex;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use client::hook::{Hook, KEY};
use store::commit::{Commit, NewMessage, Outcome};
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::*;
use crate::samples::{at, config, sqlite, stores, stream};

const NOW: &str = "2026-11-03T12:00:00Z";

/// The address of a receiver that answers from a script and keeps what it takes.
struct Shop {
    address: String,
    said: Arc<Said>,
}

#[derive(Default)]
struct Said {
    answers: Mutex<Vec<(u16, Option<&'static str>)>>,
    taken: Mutex<Vec<String>>,
    /// Where another relay moves on while this one hands its first message over.
    rival: Mutex<Option<Arc<dyn Store>>>,
}

impl Shop {
    /// A receiver that answers so, in this order, then always with 200.
    async fn answering(answers: &[(u16, Option<&'static str>)]) -> Self {
        let said = Arc::new(Said::default());
        *said.answers.lock().expect("no panic") = answers.iter().rev().copied().collect();
        let router = Router::new().fallback(take).with_state(Arc::clone(&said));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}/letters", listener.local_addr().expect("bound"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, said }
    }

    fn receiver(&self) -> Receiver {
        // Another test may have been first; the provider is the same.
        drop(rustls::crypto::ring::default_provider().install_default());
        let address = self.address.parse().expect("an address");
        Receiver::Hook(Box::new(Hook::new(address, None, config().relay.options()).expect("on loopback")))
    }

    /// The keys of all posts that came, also of those that were refused.
    fn keys(&self) -> Vec<String> {
        self.said.taken.lock().expect("no panic").clone()
    }
}

async fn take(State(said): State<Arc<Said>>, headers: HeaderMap, body: String) -> impl IntoResponse {
    let key = headers[KEY].to_str().expect("text").to_owned();
    assert!(body.contains(&format!(r#""key":"{key}""#)), "{body}");
    said.taken.lock().expect("no panic").push(key);
    let rival = said.rival.lock().expect("no panic").take();
    if let Some(store) = rival {
        let put = store.put_cell("relay/dunning", None, br#"{"number":1,"key":"a"}"#, at(NOW)).await;
        assert!(put.expect("the store answers"));
    }
    let (status, wait) = said.answers.lock().expect("no panic").pop().unwrap_or((200, None));
    let headers: Vec<_> = wait.map(|wait| ("retry-after", wait)).into_iter().collect();
    (StatusCode::from_u16(status).expect("a status"), axum::response::AppendHeaders(headers))
}

/// Puts messages into the outbox, a commit each.
async fn write(store: &dyn Store, messages: &[(&str, &'static str)]) {
    for (key, destination) in messages {
        let message = NewMessage {
            key: (*key).into(),
            destination: (*destination).into(),
            payload: format!(r#"{{"text":"of {key}"}}"#),
            caused_by: stream(1),
        };
        let commit = Commit {
            recorded_at: at("2026-11-03T11:59:00Z"),
            deliveries: vec![],
            attempts: vec![],
            events: vec![],
            outbox: vec![message],
        };
        let outcome = store.commit(commit).await.expect("the store answers");
        assert!(matches!(outcome, Outcome::Committed { .. }));
    }
}

fn options() -> Options {
    Options { retry_min_ms: 1, retry_max_ms: 2, every_seconds: 1, patience_seconds: 1, ..config().relay }
}

fn relay(store: &Arc<dyn Store>, receiver: Receiver) -> Relay {
    Relay::new(Arc::clone(store), receiver, "dunning", options(), Clock::Fixed(at(NOW)))
}

fn letters(folder: &TempDir) -> std::path::PathBuf {
    folder.path().join("letters.ndjson")
}

/// The keys of the lines of a file.
fn keys(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let key = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
        line["key"].as_str().expect("a key").to_owned()
    };
    text.lines().map(key).collect()
}

/// Leaves what a crash leaves: the receiver has the last message, the checkpoint stands before it.
async fn lose(store: &dyn Store, place: &str) {
    let cell = store.cell("relay/dunning").await.expect("the store answers").expect("a checkpoint");
    let put = store.put_cell("relay/dunning", Some(cell.version), place.as_bytes(), at(NOW)).await;
    assert!(put.expect("the store answers"));
}

async fn once(relay: &Relay) -> Result<u64, RelayError> {
    relay.once(&CancellationToken::new()).await
}

#[tokio::test]
async fn messages_of_the_destination_are_handed_over_once_in_their_order() {
    let (folder, stores) = stores().await;
    for (n, store) in stores.iter().enumerate() {
        let path = folder.path().join(format!("{n}.ndjson"));
        write(&**store, &[("b", "dunning"), ("x", "elsewhere"), ("a", "dunning")]).await;
        let relay = relay(store, Receiver::File(path.clone()));
        assert_eq!(once(&relay).await.expect("a file"), 2);
        assert_eq!(once(&relay).await.expect("a file"), 0);
        write(&**store, &[("y", "elsewhere"), ("c", "dunning")]).await;
        assert_eq!(once(&relay).await.expect("a file"), 1);
        assert_eq!(keys(&path), ["b", "a", "c"]);
        let first = std::fs::read_to_string(&path).expect("the file");
        let expected = r#"{"key":"b","destination":"dunning","recorded_at":"2026-11-03T11:59:00Z","message":{"text":"of b"}}"#;
        assert_eq!(first.lines().next(), Some(expected));
    }
}

#[tokio::test]
async fn a_crash_before_the_checkpoint_repeats_one_message_and_a_file_not_even_that() {
    let (folder, [store, _]) = stores().await;
    write(&*store, &[("a", "dunning"), ("b", "dunning")]).await;
    let shop = Shop::answering(&[]).await;
    let relay_there = relay(&store, shop.receiver());
    assert_eq!(once(&relay_there).await.expect("it is taken"), 2);
    lose(&*store, r#"{"number":1,"key":"a"}"#).await;
    assert_eq!(once(&relay_there).await.expect("it is taken"), 1);
    assert_eq!(shop.keys(), ["a", "b", "b"]);

    write(&*store, &[("c", "dunning")]).await;
    let path = letters(&folder);
    let relay_here = relay(&store, Receiver::File(path.clone()));
    assert_eq!(once(&relay_here).await.expect("a file"), 1);
    lose(&*store, r#"{"number":2,"key":"b"}"#).await;
    assert_eq!(once(&relay_here).await.expect("a file"), 1);
    assert_eq!(keys(&path), ["c"]);
}

#[tokio::test]
async fn a_receiver_that_is_away_is_asked_again_with_the_same_message() {
    let (_folder, [store, _]) = stores().await;
    write(&*store, &[("a", "dunning"), ("b", "dunning")]).await;
    let shop = Shop::answering(&[(503, None), (429, Some("0")), (200, None), (500, None)]).await;
    assert_eq!(once(&relay(&store, shop.receiver())).await.expect("it is taken"), 2);
    assert_eq!(shop.keys(), ["a", "a", "a", "b", "b"]);
}

#[tokio::test]
async fn a_receiver_that_asks_for_more_time_than_there_is_ends_a_single_run() {
    let (_folder, [store, _]) = stores().await;
    write(&*store, &[("a", "dunning")]).await;
    let shop = Shop::answering(&[(503, Some("30"))]).await;
    let refused = once(&relay(&store, shop.receiver())).await.expect_err("it asks for 30 seconds");
    assert_eq!(chain(&refused), "message a was not taken: the receiver answered 503");
    assert_eq!(once(&relay(&store, shop.receiver())).await.expect("it is taken"), 1);
}

#[tokio::test]
async fn a_message_whose_key_cannot_be_sent_is_told_and_not_tried_again() {
    let (_folder, [store, _]) = stores().await;
    write(&*store, &[("a\u{7f}b", "dunning")]).await;
    let shop = Shop::answering(&[]).await;
    let refused = once(&relay(&store, shop.receiver())).await.expect_err("it cannot be sent");
    let told = "message a\u{7f}b was not taken: its key has characters that no header can carry";
    assert_eq!((chain(&refused).as_str(), refused.is_transient()), (told, false));
}

#[tokio::test]
async fn a_refused_message_holds_up_those_behind_it_until_it_is_passed_over() {
    let (_folder, [store, _]) = stores().await;
    write(&*store, &[("x", "elsewhere"), ("a", "dunning"), ("b", "dunning")]).await;
    let shop = Shop::answering(&[(422, None), (422, None)]).await;
    let relay = relay(&store, shop.receiver());
    for _ in 0..2 {
        let refused = once(&relay).await.expect_err("it is refused");
        assert_eq!(chain(&refused), "message a was not taken: the receiver refused it with 422");
    }
    let other = relay.skip("b").await.expect_err("it is not the first");
    assert_eq!(other.to_string(), "message b is not the one that waits first, which is a");
    relay.skip("a").await.expect("it is the first");
    assert_eq!(once(&relay).await.expect("it is taken"), 1);
    assert_eq!(shop.keys(), ["a", "a", "b"]);
    let nothing = relay.skip("b").await.expect_err("it was handed over");
    assert_eq!(nothing.to_string(), "message b does not wait: nothing does");
}

#[tokio::test]
async fn two_relays_at_once_leave_out_nothing_and_repeat_nothing_in_a_file() {
    let (folder, [_, store]) = stores().await;
    let names: Vec<String> = (0..40).map(|n| format!("{n:02}")).collect();
    let all: Vec<(&str, &'static str)> = names.iter().map(|name| (name.as_str(), "dunning")).collect();
    write(&*store, &all).await;
    let path = letters(&folder);
    let (one, two) = (relay(&store, Receiver::File(path.clone())), sqlite(&folder).await);
    let two = relay(&two, Receiver::File(path.clone()));
    let (first, second) = tokio::join!(once(&one), once(&two));
    assert!(first.expect("a file") + second.expect("a file") >= 40);
    assert_eq!(keys(&path), names);
    assert_eq!(once(&one).await.expect("a file"), 0);
}

#[tokio::test]
async fn a_relay_that_was_overtaken_goes_on_from_there() {
    let (_folder, [store, _]) = stores().await;
    write(&*store, &[("a", "dunning"), ("b", "dunning"), ("c", "dunning")]).await;
    let shop = Shop::answering(&[]).await;
    *shop.said.rival.lock().expect("no panic") = Some(Arc::clone(&store));
    once(&relay(&store, shop.receiver())).await.expect("it is taken");
    assert_eq!(shop.keys(), ["a", "b", "c"]);
}

#[tokio::test]
async fn it_goes_on_with_what_comes_until_it_is_stopped() {
    let (folder, [store, _]) = stores().await;
    let path = letters(&folder);
    let relay = Arc::new(relay(&store, Receiver::File(path.clone())));
    let stop = CancellationToken::new();
    let running = tokio::spawn({
        let (relay, stop) = (Arc::clone(&relay), stop.clone());
        async move { relay.run(&stop).await }
    });
    write(&*store, &[("a", "dunning")]).await;
    while keys(&path).is_empty() {
        tokio::task::yield_now().await;
    }
    stop.cancel();
    assert_eq!(running.await.expect("no panic").expect("a file"), 1);
    assert_eq!(keys(&path), ["a"]);
}

#[tokio::test]
async fn a_cell_that_another_program_wrote_stops_it() {
    let (folder, [store, _]) = stores().await;
    write(&*store, &[("a", "dunning")]).await;
    store.put_cell("relay/dunning", None, b"soon", at(NOW)).await.expect("the store answers");
    let refused =
        once(&relay(&store, Receiver::File(letters(&folder)))).await.expect_err("it cannot be read");
    assert!(chain(&refused).contains("the cell `relay/dunning` cannot be read"), "{}", chain(&refused));
    assert!(keys(&letters(&folder)).is_empty(), "nothing is sent that may have been sent");
}
