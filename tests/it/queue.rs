//! The sample month over the queues: published, worked by four processes on PostgreSQL, and compared with `close`.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use broker::address::Address;
use broker::connection::Broker;
use broker::topology::Topology;
use lapin::options::{ExchangeDeleteOptions, QueueDeleteOptions};
use lapin::{Connection, ConnectionProperties};

use crate::bin::{Desk, OCTOBER, Ran, list};
use crate::process::Process;
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
pub struct Queues {
    /// Where the broker is.
    pub url: String,
    /// Their names.
    pub topology: Topology,
}

impl Queues {
    /// Queues that nobody has declared yet.
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let url = std::env::var("CONCILIAR_TEST_AMQP")
            .unwrap_or_else(|_| "amqp://guest:guest@127.0.0.1:5672".to_owned());
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let prefix = format!("it-{}-{count}.", std::process::id());
        Self { url, topology: Topology { prefix, shards: 8 } }
    }

    /// What every process of the test must be told.
    pub fn variables(&self) -> [(&str, &str); 2] {
        [("CONCILIAR_BROKER", &self.url), ("CONCILIAR__BROKER__PREFIX", &self.topology.prefix)]
    }

    /// Messages that wait in all shard queues, and whether each has a consumer.
    pub async fn standing(&self) -> (u32, bool) {
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

    /// A connection to their broker.
    pub async fn connect(&self) -> Broker {
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
pub fn wait_for<T: Send>(future: impl Future<Output = T> + Send) -> T {
    thread::scope(|scope| {
        let run = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime can be made").block_on(future)
        };
        scope.spawn(run).join().expect("the future ends")
    })
}

/// Looks again and again until there is something to see.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(start.elapsed() < DEADLINE, "{what}: not within {DEADLINE:?}");
        thread::sleep(LOOK);
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

/// Fails unless it exited with 0.
#[track_caller]
pub fn done(ran: Ran) -> Ran {
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

    let args = ["--at", AT, "--db", &url, "work", "--listen", "127.0.0.1:0"];
    let name = |number| format!("worker-{number}");
    let start = |number| Process::start(&desk, &name(number), &args, &queues.variables());
    let mut workers: Vec<_> = (0..4).map(start).collect();
    until("every delivery is in the inbox", || (kept(&desk, &url) == KEPT).then_some(()));
    until("the queues are empty", || (wait_for(queues.standing()) == (0, true)).then_some(()));
    for worker in &mut workers {
        assert!(worker.get("/healthz").starts_with("HTTP/1.1 200"), "{}", worker.told());
        assert!(worker.get("/readyz").starts_with("HTTP/1.1 200"), "{}", worker.get("/readyz"));
    }
    let metrics: String = workers.iter_mut().map(|worker| worker.get("/metrics")).collect();
    assert!(metrics.contains("verdict=\"applied\""), "{metrics}");
    assert!(metrics.contains("conciliar_redelivered_total"), "{metrics}");
    workers.into_iter().for_each(Process::stop);
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
