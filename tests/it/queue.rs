//! The sample month over the queues: published, worked by four processes on PostgreSQL, and compared with `close`.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use broker::address::Address;
use broker::connection::Broker;
use broker::topology::Topology;
use lapin::options::{ExchangeDeleteOptions, QueueDeleteOptions};
use lapin::{Connection, ConnectionProperties};

use crate::bin::{Desk, OCTOBER, Ran, list};
use crate::schema::Schema;

/// The clock of every run: a report names the instant at which its facts were recorded.
const AT: &str = "2026-11-02T12:00:00Z";
/// When all of it is recorded.
const AFTER: &str = "2026-11-02T12:01:00Z";
/// Deliveries of the month that are no duplicates.
const KEPT: u64 = 1449;
/// Longer than anything here may take.
const DEADLINE: Duration = Duration::from_mins(2);
/// Between two looks at something that is waited for.
const LOOK: Duration = Duration::from_millis(100);

/// Queues of a test's own, deleted in the end.
struct Queues {
    url: String,
    topology: Topology,
}

impl Queues {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let url = std::env::var("CONCILIAR_TEST_AMQP")
            .unwrap_or_else(|_| "amqp://guest:guest@127.0.0.1:5672".to_owned());
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let prefix = format!("it-{}-{count}.", std::process::id());
        Self { url, topology: Topology { prefix, shards: 8 } }
    }

    /// What every process of the test must be told.
    fn variables(&self) -> [(&str, &str); 2] {
        [("CONCILIAR_BROKER", &self.url), ("CONCILIAR__BROKER__PREFIX", &self.topology.prefix)]
    }

    /// Messages that wait in all shard queues, and whether each has a consumer.
    async fn standing(&self) -> (u32, bool) {
        let broker = self.connect().await;
        let (mut ready, mut consumed) = (0, true);
        for shard in 0..self.topology.shards {
            let standing = broker.standing(shard).await.expect("the queue is there");
            ready += standing.ready;
            consumed &= standing.consumers > 0;
        }
        broker.close().await.expect("the connection is open");
        (ready, consumed)
    }

    async fn connect(&self) -> Broker {
        let address = Address::parse(&self.url).expect("the address of the tests is one");
        Broker::connect(&address, self.topology.clone(), "test").await.expect("RabbitMQ answers")
    }
}

impl Drop for Queues {
    fn drop(&mut self) {
        let mut queues: Vec<_> = (0..self.topology.shards).map(|k| self.topology.shard_queue(k)).collect();
        queues.extend([self.topology.notifications_queue(), self.topology.parked_queue()]);
        let exchanges = ["observations", "dead"].map(|name| format!("{}{name}", self.topology.prefix));
        let url = self.url.clone();
        let delete = async move {
            let connected = Connection::connect(&url, ConnectionProperties::default()).await;
            let channel = connected.expect("RabbitMQ answers").create_channel().await.expect("a channel");
            for queue in queues {
                let deleted = channel.queue_delete(queue.into(), QueueDeleteOptions::default()).await;
                deleted.expect("a queue can be deleted");
            }
            for exchange in exchanges {
                let deleted =
                    channel.exchange_delete(exchange.into(), ExchangeDeleteOptions::default()).await;
                deleted.expect("an exchange can be deleted");
            }
        };
        wait_for(delete);
    }
}

/// Runs a future on a thread of its own.
fn wait_for<T: Send>(future: impl Future<Output = T> + Send) -> T {
    thread::scope(|scope| {
        let run = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime can be made").block_on(future)
        };
        scope.spawn(run).join().expect("the future ends")
    })
}

/// Looks again and again until there is something to see.
fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(start.elapsed() < DEADLINE, "{what}: not within {DEADLINE:?}");
        thread::sleep(LOOK);
    }
}

/// A process of `conciliar work` whose log is a file of the desk.
struct Worker<'d> {
    child: Child,
    desk: &'d Desk,
    log: String,
}

impl<'d> Worker<'d> {
    fn start(desk: &'d Desk, number: usize, db: &str, queues: &Queues) -> Self {
        let log = format!("worker-{number}.log");
        let file = std::fs::File::create(desk.path(&log)).expect("a log on the desk");
        let mut command = desk.command(&["--at", AT, "--db", db, "work", "--listen", "127.0.0.1:0"]);
        command.envs(queues.variables()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(file);
        Self { child: command.spawn().expect("the built binary starts"), desk, log }
    }

    fn told(&self) -> String {
        std::fs::read_to_string(self.desk.path(&self.log)).expect("the log of a worker")
    }

    /// What it answers over HTTP.
    fn get(&self, path: &str) -> String {
        let at = until("the worker tells where it listens", || {
            let told = self.told();
            let line = told.lines().find_map(|line| line.strip_prefix("listening on http://"))?;
            Some(line.to_owned())
        });
        let mut stream = TcpStream::connect(at).expect("the worker listens");
        let request = format!("GET {path} HTTP/1.1\r\nhost: worker\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    /// Ends it as a service manager does; fails unless it drains and exits with 0.
    fn stop(mut self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs").success());
        let ended = until("the worker drains", || self.child.try_wait().expect("a child can be asked"));
        assert_eq!(ended.code(), Some(0), "{}", self.told());
    }
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        // It is gone already, but for a test that fails.
        let _gone = self.child.kill();
        let _waited = self.child.wait();
    }
}

/// The files of the month, messages before reports.
fn month() -> Vec<String> {
    let files = |folder: &str, ending: &str| -> Vec<String> {
        let entries = std::fs::read_dir(folder).expect("the sample month is there");
        let paths = entries.map(|entry| entry.expect("an entry").path().display().to_string());
        let mut paths: Vec<_> = paths.filter(|path| path.ends_with(ending)).collect();
        paths.sort();
        paths
    };
    [files(&format!("{OCTOBER}/deliveries"), ".ndjson"), files(OCTOBER, ".csv")].concat()
}

#[track_caller]
fn done(ran: Ran) -> Ran {
    assert_eq!(ran.code, 0, "{}", ran.err);
    ran
}

#[test]
fn october_over_the_queues_ends_as_october_closed_on_sqlite() {
    let (desk, schema, queues) = (Desk::new(), Schema::new(), Queues::new());
    let url = schema.url();
    desk.done(&["--at", AT, "close", OCTOBER, "--as-of", AT]);
    let ran = done(desk.run_with(&["migrate", "--db", &url], &queues.variables(), ""));
    assert!(ran.err.contains("has its queues: 8 shard queues, notifications and parked"), "{}", ran.err);
    let files = month();
    let publish: Vec<&str> =
        ["ingest", "--publish"].into_iter().chain(files.iter().map(String::as_str)).collect();
    let ran = done(desk.run_with(&publish, &queues.variables(), ""));
    assert!(ran.err.starts_with("1460 deliveries are on the queues of `amqp://"), "{}", ran.err);

    let workers: Vec<_> = (0..4).map(|number| Worker::start(&desk, number, &url, &queues)).collect();
    until("every delivery is in the inbox", || (kept(&desk, &url) == KEPT).then_some(()));
    until("the queues are empty", || (wait_for(queues.standing()) == (0, true)).then_some(()));
    for worker in &workers {
        assert!(worker.get("/healthz").starts_with("HTTP/1.1 200"), "{}", worker.told());
        assert!(worker.get("/readyz").starts_with("HTTP/1.1 200"), "{}", worker.get("/readyz"));
    }
    let metrics: String = workers.iter().map(|worker| worker.get("/metrics")).collect();
    assert!(metrics.contains("verdict=\"applied\""), "{metrics}");
    assert!(metrics.contains("conciliar_redelivered_total"), "{metrics}");
    workers.into_iter().for_each(Worker::stop);
    desk.done(&["--at", AT, "sweep", "--db", &url]);
    assert_eq!(kept(&desk, &url), KEPT, "the duplicates are in the inbox once");
    let settlement = format!("{OCTOBER}/settlement-report-1122334455-2026-11-01.csv");
    let release = format!("{OCTOBER}/release-report-1122334455-2026-11-01.csv");
    for args in [
        // Commits at one instant are recorded a microsecond apart, and there are as many as it happens.
        &["report", "balances", "--as-of", AFTER, "--known-at", AFTER][..],
        &["report", "payments"],
        &["report", "refunds"],
        &["report", "intents"],
        &["report", "inbox"],
        &["reconcile", "settlement", &settlement],
        &["reconcile", "release", &release],
    ] {
        let json = [&["--at", AT, "--format", "json"], args].concat();
        let (closed, worked) = (desk.run(&json), desk.run(&[&json[..], &["--db", &url]].concat()));
        assert_eq!((worked.code, worked.err.as_str()), (closed.code, closed.err.as_str()), "{args:?}");
        assert_eq!(worked.out, closed.out, "{args:?} differs");
    }
    let verified = desk.json(&["replay", "--verify", "--db", &url]);
    assert_eq!(list(&verified, "differences").len(), 0, "{verified}");
}

#[test]
fn a_batch_job_works_until_the_queues_are_empty() {
    let (desk, queues) = (Desk::new(), Queues::new());
    let url = queues.url.clone();
    let day = &month()[0];
    let count = std::fs::read_to_string(day).expect("the first day").lines().count();
    let ran = done(desk.run_with(&["ingest", "--publish", "--broker", &url, day], &queues.variables(), ""));
    assert!(ran.err.starts_with(&format!("{count} deliveries are on the queues")), "{}", ran.err);
    assert!(!desk.path("conciliar.db").exists(), "publishing needs no store");
    done(desk.run_with(&["work", "--until-idle", "--shards", "0,1,2,3"], &queues.variables(), ""));
    let half = kept(&desk, "sqlite:conciliar.db");
    assert!(0 < half && half < count as u64, "{half} of {count} are in four shards of eight");
    done(desk.run_with(&["work", "--until-idle"], &queues.variables(), ""));
    desk.done(&["--db", "sqlite:direct.db", "ingest", day]);
    let direct = desk.done(&["--db", "sqlite:direct.db", "report", "inbox"]);
    assert_eq!(desk.done(&["report", "inbox"]), direct);
}

/// Deliveries in the inbox of a store.
fn kept(desk: &Desk, db: &str) -> u64 {
    let counts = desk.json(&["report", "inbox", "--db", db]);
    counts.as_object().expect("counts by verdict").values().filter_map(serde_json::Value::as_u64).sum()
}
