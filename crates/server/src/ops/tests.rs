use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::*;

/// Longer than anything here may take.
const DEADLINE: Duration = Duration::from_secs(20);

struct Served {
    at: SocketAddr,
    is_alive: Arc<AtomicBool>,
    is_ready: Arc<AtomicBool>,
    stop: CancellationToken,
    task: JoinHandle<io::Result<()>>,
}

async fn served(limits: Limits, metrics: Metrics) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let at = listener.local_addr().expect("a bound listener has an address");
    let (is_alive, is_ready) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicBool::new(true)));
    let live = switch(&is_alive, "the worker has ended");
    let ready = switch(&is_ready, "the broker is not connected");
    let stop = CancellationToken::new();
    let task = tokio::spawn(serve(listener, Health { live, ready, metrics }, limits, stop.clone()));
    Served { at, is_alive, is_ready, stop, task }
}

fn switch(is_on: &Arc<AtomicBool>, reason: &'static str) -> Check {
    let is_on = Arc::clone(is_on);
    Arc::new(move || if is_on.load(Ordering::Relaxed) { Ok(()) } else { Err(reason) })
}

async fn plain() -> Served {
    served(Limits::default(), Metrics::detached().1).await
}

/// Sends a request and reads until the other side closes.
async fn ask(at: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(at).await.expect("the server listens");
    stream.write_all(request.as_bytes()).await.expect("the request is sent");
    read(&mut stream).await
}

async fn read(stream: &mut TcpStream) -> String {
    let mut answer = String::new();
    let read = timeout(DEADLINE, stream.read_to_string(&mut answer)).await.expect("an answer in time");
    read.expect("text, then the end");
    answer
}

async fn get(at: SocketAddr, path: &str) -> String {
    ask(at, &format!("GET {path} HTTP/1.1\r\nhost: worker\r\nconnection: close\r\n\r\n")).await
}

#[track_caller]
fn check(answer: &str, status: &str, body: &str) {
    assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
    assert!(answer.ends_with(&format!("\r\n\r\n{body}")), "{answer}");
}

#[tokio::test]
async fn a_process_that_works_says_so() {
    let served = plain().await;
    check(&get(served.at, "/healthz").await, "200", "ok\n");
    check(&get(served.at, "/readyz").await, "200", "ok\n");
}

#[tokio::test]
async fn an_unready_process_says_why_and_still_lives() {
    let served = plain().await;
    served.is_ready.store(false, Ordering::Relaxed);
    check(&get(served.at, "/readyz").await, "503", "the broker is not connected\n");
    check(&get(served.at, "/healthz").await, "200", "ok\n");
}

#[tokio::test]
async fn a_process_that_has_ended_its_work_is_not_healthy() {
    let served = plain().await;
    served.is_alive.store(false, Ordering::Relaxed);
    check(&get(served.at, "/healthz").await, "503", "the worker has ended\n");
}

#[tokio::test]
async fn durations_and_sizes_are_histograms() {
    let (recorder, metrics) = Metrics::detached();
    ::metrics::with_local_recorder(&recorder, || {
        ::metrics::counter!("deliveries_total", "verdict" => "applied").increment(3);
        ::metrics::histogram!("commit_seconds").record(0.004);
        ::metrics::histogram!("batch_deliveries").record(480.0);
    });
    let served = served(Limits::default(), metrics).await;
    let answer = get(served.at, "/metrics").await;
    assert!(answer.contains("content-type: text/plain; version=0.0.4"), "{answer}");
    for line in [
        "deliveries_total{verdict=\"applied\"} 3\n",
        "commit_seconds_bucket{le=\"0.0025\"} 0\n",
        "commit_seconds_bucket{le=\"0.005\"} 1\n",
        "batch_deliveries_bucket{le=\"250\"} 0\n",
        "batch_deliveries_bucket{le=\"500\"} 1\n",
    ] {
        assert!(answer.contains(line), "no {line} in {answer}");
    }
}

#[tokio::test]
async fn nothing_else_is_there() {
    let served = plain().await;
    check(&get(served.at, "/").await, "404", "");
    let posted = "POST /healthz HTTP/1.1\r\nhost: worker\r\nconnection: close\r\n\r\n";
    check(&ask(served.at, posted).await, "405", "");
}

#[tokio::test]
async fn a_body_is_refused_unread() {
    let served = plain().await;
    for head in ["content-length: 1000000000", "transfer-encoding: chunked"] {
        let request = format!("GET /healthz HTTP/1.1\r\nhost: worker\r\nconnection: close\r\n{head}\r\n\r\n");
        check(&ask(served.at, &request).await, "413", "no body is read here\n");
    }
}

#[tokio::test]
async fn a_client_that_stalls_loses_its_connection_and_its_place() {
    for limits in [
        Limits { connections: 1, life: Duration::from_millis(200), ..Limits::default() },
        Limits { connections: 1, stall: Duration::from_millis(200), ..Limits::default() },
    ] {
        lose_place(limits).await;
    }
}

async fn lose_place(limits: Limits) {
    let served = served(limits, Metrics::detached().1).await;
    let mut stalled = TcpStream::connect(served.at).await.expect("the server listens");
    stalled.write_all(b"GET /healthz HTTP/1.1\r\nhos").await.expect("half a request is sent");
    // The only place is taken, so this is answered only when the other is gone.
    check(&get(served.at, "/healthz").await, "200", "ok\n");
    let answer = read(&mut stalled).await;
    assert!(!answer.contains("200"), "half a request is not answered: {answer}");
}

#[tokio::test]
async fn a_stop_ends_the_server_even_under_an_open_connection() {
    let served = plain().await;
    let mut open = TcpStream::connect(served.at).await.expect("the server listens");
    open.write_all(b"GET /hea").await.expect("half a request is sent");
    check(&get(served.at, "/healthz").await, "200", "ok\n");
    served.stop.cancel();
    let ended = timeout(DEADLINE, served.task).await.expect("it ends in time").expect("it does not panic");
    ended.expect("a stop is no failure");
    assert!(TcpStream::connect(served.at).await.is_err(), "nobody listens any more");
}
