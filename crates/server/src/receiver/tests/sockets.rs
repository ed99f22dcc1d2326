//! Over real sockets: the addresses, and the end.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use super::*;
use crate::metrics::Metrics;

/// Longer than anything here may take.
const DEADLINE: Duration = Duration::from_secs(30);

async fn served(shop: &Shop) -> (SocketAddr, CancellationToken, JoinHandle<io::Result<()>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let at = listener.local_addr().expect("a bound listener has an address");
    let stop = CancellationToken::new();
    let metrics = Metrics::detached().1;
    let health = Health { live: Arc::new(|| Ok(())), ready: Arc::new(|| Err("not yet")), metrics };
    let serving = serve(listener, Arc::clone(&shop.receiver), health, stop.clone());
    (at, stop, tokio::spawn(serving))
}

/// Sends bytes and reads until the other side closes.
async fn ask(at: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(at).await.expect("the server listens");
    stream.write_all(request.as_bytes()).await.expect("the request is sent");
    let mut answer = String::new();
    let read = timeout(DEADLINE, stream.read_to_string(&mut answer)).await.expect("an answer in time");
    read.expect("text, then the end");
    answer
}

fn wire(method: &str, path: &str, headers: &str, body: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n{headers}\r\n{body}")
}

/// A webhook as bytes.
fn push(path: &str) -> String {
    let body = payment("77");
    let signature = sign(SECRET.as_bytes(), Some("77"), Some(b"r"), &NOW.to_string());
    let headers = format!(
        "content-type: application/json\r\ncontent-length: {}\r\nx-signature: {signature}\r\nx-request-id: r\r\n",
        body.len()
    );
    wire("POST", &format!("{path}?data.id=77&type=payment"), &headers, &body)
}

#[tokio::test]
async fn the_address_tells_the_seller() {
    let shop = Shop::new();
    let (at, stop, serving) = served(&shop).await;
    let hook = format!("/hooks/{SELLER}");
    let behind = format!("{hook}/{POINT_PATH}");
    for (request, status) in [
        (push(&hook), "200"),
        (push(&behind), "200"),
        (push("/hooks/9"), "404"),
        (push("/hooks"), "404"),
        (push(&format!("{behind}/more")), "404"),
        (wire("GET", &format!("{hook}?challengeCode=a"), "", ""), "200"),
        (wire("GET", &format!("{behind}?challengeCode=a"), "", ""), "200"),
        (wire("GET", &hook, "", ""), "400"),
        (wire("PUT", &hook, "", ""), "405"),
        (wire("GET", "/healthz", "", ""), "200"),
        (wire("GET", "/readyz", "", ""), "503"),
        (wire("GET", "/metrics", "", ""), "200"),
    ] {
        let answer = ask(at, &request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{request}\n\n{answer}");
    }
    assert_eq!(shop.taken().len(), 2);
    stop.cancel();
    serving.await.expect("it does not panic").expect("a stop is no failure");
}

#[tokio::test]
async fn what_is_under_way_at_the_stop_is_still_answered() {
    let shop = Shop::new();
    let (at, stop, serving) = served(&shop).await;
    let request = push(&format!("/hooks/{SELLER}"));
    let (begin, end) = request.split_at(request.len() - 5);
    let mut stream = TcpStream::connect(at).await.expect("the server listens");
    stream.write_all(begin.as_bytes()).await.expect("most of it is sent");
    // Another one is answered, so that the server has accepted the first.
    ask(at, &wire("GET", "/healthz", "", "")).await;
    stop.cancel();
    stream.write_all(end.as_bytes()).await.expect("the rest is sent");
    let mut answer = String::new();
    let read = timeout(DEADLINE, stream.read_to_string(&mut answer)).await.expect("an answer in time");
    read.expect("text, then the end");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert_eq!(shop.taken().len(), 1);
    timeout(DEADLINE, serving).await.expect("it ends").expect("it does not panic").expect("no failure");
}
