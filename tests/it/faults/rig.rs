//! Private servers, workers, and a load between them.

use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use xtask::services::postgres::Postgres;
use xtask::services::rabbit::{Cluster, Rabbit};
use xtask::services::wait;

use super::RECOVERY;
use super::feed::Feed;
use super::load::Load;
use super::worker::Process;
use crate::bin::Desk;

/// Small batches, so that there are many moments to be hit at; a quick look at who holds what.
const CONFIG: &str = "[ingest]\nbatch = 25\n[work]\nbatch = 25\nshare_seconds = 1\n";
/// The name of a worker's connection.
pub const WORKER: &str = "conciliar worker";
/// The name of a publisher's.
const PUBLISHER: &str = "conciliar publisher";
/// Shard queues by default.
const SHARDS: usize = 8;

/// The machine has few cores: two of these tests at once would only measure each other.
static ALONE: Mutex<()> = Mutex::new(());

/// A database and the nodes of a broker.
pub struct Servers {
    pub postgres: Postgres,
    pub nodes: Vec<Rabbit>,
    _alone: MutexGuard<'static, ()>,
}

impl Servers {
    /// A broker of one node.
    pub fn one() -> Self {
        Self::start(|| vec![Rabbit::start().expect("RabbitMQ starts")])
    }

    /// A broker of several nodes.
    pub fn cluster(nodes: usize) -> Self {
        Self::start(|| Cluster::start(nodes).expect("the cluster starts").nodes)
    }

    fn start(nodes: impl FnOnce() -> Vec<Rabbit>) -> Self {
        // A test that failed leaves nothing behind that could harm the next.
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        Self { postgres: Postgres::start().expect("PostgreSQL starts"), nodes: nodes(), _alone: alone }
    }
}

/// One test's everything. Fields are dropped in order: workers before the servers they would miss.
pub struct Rig {
    pub workers: Vec<Process>,
    pub load: Load,
    pub servers: Servers,
    pub desk: Desk,
    published: Vec<usize>,
    started: usize,
    lost: Option<usize>,
}

impl Rig {
    /// Prepares the books and writes the parts of the load as files.
    pub fn new(servers: Servers, load: Load) -> Self {
        let desk = Desk::new();
        desk.write("rig.toml", CONFIG);
        for part in 0..load.parts() {
            desk.write(&part_name(part), load.text(part));
        }
        let mut rig =
            Self { workers: Vec::new(), load, servers, desk, published: Vec::new(), started: 0, lost: None };
        rig.run(&["migrate"]).done();
        rig.servers.nodes.iter().for_each(|node| {
            node.ctl(&["await_startup"]).expect("the node is up");
        });
        rig
    }

    /// The options that point the program at the books and at all nodes.
    pub fn options(&self) -> Vec<String> {
        let nodes: Vec<String> = self.servers.nodes.iter().map(Rabbit::url).collect();
        let config = self.desk.path("rig.toml").display().to_string();
        [("--db", self.servers.postgres.url()), ("--broker", nodes.join(",")), ("--config", config)]
            .into_iter()
            .flat_map(|(option, value)| [option.to_owned(), value])
            .collect()
    }

    /// Starts a worker.
    pub fn hire(&mut self) {
        let worker = self.run(&["work", "--listen", "127.0.0.1:0"]);
        self.workers.push(worker);
    }

    /// Kills a worker with -9.
    pub fn fire(&mut self, worker: usize) {
        self.workers.remove(worker).kill();
    }

    /// Starts publishing a part.
    pub fn publish(&mut self, part: usize) -> Process {
        self.published.push(part);
        self.run(&["ingest", "--publish", &part_name(part)])
    }

    /// Starts a publisher that is told later what to publish.
    pub fn feed(&mut self) -> Feed {
        let (command, said) = self.command(&["ingest", "--publish", "-"]);
        Feed::new(Process::start_told(&command, said))
    }

    /// Has a part published by a publisher that runs.
    pub fn tell(&mut self, feed: &Feed, part: usize) {
        self.published.push(part);
        feed.tell(self.load.text(part));
    }

    /// The node that the publisher is connected to; a worker is too, and is hired for it if need be.
    pub fn shared_node(&mut self) -> usize {
        let node = self.nodes_of(PUBLISHER)[0];
        while !self.nodes_of(WORKER).contains(&node) {
            self.hire();
            let is_connected = || Ok(self.nodes_of(WORKER).len() == self.workers.len());
            wait::until(RECOVERY, "the worker is connected", is_connected).expect("it is");
        }
        node
    }

    /// Kills a node.
    pub fn lose(&mut self, node: usize) {
        self.servers.nodes[node].kill().expect("the node can be killed");
        self.lost = Some(node);
    }

    /// Starts the lost node again.
    pub fn find_the_node(&mut self) {
        let lost = self.lost.take().expect("a node is lost");
        self.servers.nodes[lost].start_again().expect("the node starts again");
    }

    /// The nodes that processes of this name are connected to, one for each process.
    pub fn nodes_of(&self, name: &str) -> Vec<usize> {
        let listed = self.ctl(&["list_connections", "--no-table-headers", "client_properties", "port"]);
        let label = format!("{{\"connection_name\",\"{name}\"}}");
        let urls: Vec<String> = self.servers.nodes.iter().map(Rabbit::url).collect();
        let row = |row: &str| {
            let (_, port) = row.split_once('\t').filter(|(properties, _)| properties.contains(&label))?;
            urls.iter().position(|url| url.ends_with(&format!(":{}", port.trim())))
        };
        listed.lines().filter_map(row).collect()
    }

    /// How many different deliveries are published, or are being.
    pub fn sent(&self) -> usize {
        self.published.iter().map(|part| self.load.new_keys(*part)).sum()
    }

    /// The files that were published.
    pub fn files(&self) -> Vec<String> {
        self.published.iter().map(|part| part_name(*part)).collect()
    }

    /// How many deliveries the books have.
    pub fn taken(&self) -> usize {
        let count = self.servers.postgres.ask("select count(*) from inbox").expect("PostgreSQL answers");
        count.parse().expect("a count is a number")
    }

    /// Waits until the books have so many deliveries.
    pub fn until_taken(&self, count: usize, limit: Duration) -> Duration {
        let what = format!("{count} of {} deliveries are in the books", self.sent());
        wait::until(limit, &what, || Ok(self.taken() >= count)).expect("deliveries are taken in")
    }

    /// Waits until a worker holds deliveries that it has not acknowledged.
    pub fn until_held(&self, limit: Duration) {
        wait::until(limit, "a worker holds deliveries", || Ok(self.queued("messages_unacknowledged") > 0))
            .expect("deliveries are held");
    }

    /// Waits until nobody holds deliveries.
    pub fn until_given_back(&self, limit: Duration) {
        wait::until(limit, "deliveries are given back", || Ok(self.queued("messages_unacknowledged") == 0))
            .expect("deliveries are given back");
    }

    /// Waits until all workers stand in line at every shard, no others do, and one of each line is served.
    pub fn until_every_shard_is_worked(&self, limit: Duration) -> Duration {
        let worked = || {
            let lines = self.lines();
            let served = lines.iter().filter(|is_served| **is_served).count();
            Ok(lines.len() == SHARDS * self.workers.len() && served == SHARDS)
        };
        wait::until(limit, "every shard is worked", worked).expect("every shard is worked")
    }

    /// Waits until everything that was published is in the books and the queues are empty.
    pub fn until_worked_off(&self, limit: Duration) {
        self.until_taken(self.sent(), limit);
        wait::until(limit, "the queues are empty", || Ok(self.queued("messages") == 0)).expect("they are");
    }

    /// The same, and then stops the workers.
    pub fn settle(&mut self, limit: Duration) {
        self.until_worked_off(limit);
        for worker in self.workers.drain(..) {
            worker.stop();
        }
    }

    /// Sum of a number of all queues, `parked` among them.
    pub fn queued(&self, number: &str) -> usize {
        let rows = self.ctl(&["list_queues", "--no-table-headers", number]);
        rows.lines().map(|row| row.trim().parse::<usize>().expect("a number a queue")).sum()
    }

    /// Lets nobody write to the books until it is dropped.
    pub fn lock_the_books(&self) -> Lock {
        let mut psql = Command::new("psql");
        psql.args(["-XqAt", "-d", &self.servers.postgres.socket_url()]);
        let mut session = psql.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("psql starts");
        let mut told = session.stdin.take().expect("standard input is piped");
        std::io::Write::write_all(&mut told, b"begin; lock table inbox in exclusive mode;\n")
            .expect("psql reads");
        let held = "select count(*) from pg_locks where mode = 'ExclusiveLock' and relation = 'inbox'::regclass and granted";
        let is_held = || Ok(self.servers.postgres.ask(held)? == "1");
        wait::until(Duration::from_secs(10), "the books are locked", is_held).expect("they are");
        Lock { session, told: Some(told) }
    }

    /// The consumers of all shard queues, and whether each is the one that is served.
    fn lines(&self) -> Vec<bool> {
        let listed = self.ctl(&["list_consumers", "--no-table-headers", "queue_name", "active"]);
        let row = |row: &str| match row.split_once('\t') {
            Some((queue, active)) if queue.starts_with("observations.") => Some(active.trim() == "true"),
            _ => None,
        };
        listed.lines().filter_map(row).collect()
    }

    /// Asks a node that is not lost.
    fn ctl(&self, arguments: &[&str]) -> String {
        let asked = if self.lost == Some(0) { 1 } else { 0 };
        self.servers.nodes[asked].ctl(arguments).expect("a node that runs answers")
    }

    fn run(&mut self, args: &[&str]) -> Process {
        let (command, said) = self.command(args);
        Process::start(&command, said)
    }

    /// The program, and a file for what it says.
    fn command(&mut self, args: &[&str]) -> (Command, PathBuf) {
        let mut command = self.desk.command(args);
        command.args(self.options());
        self.started += 1;
        (command, self.desk.path(&format!("{}-{}.log", args[0], self.started)))
    }
}

/// A session that holds a lock.
pub struct Lock {
    session: Child,
    told: Option<ChildStdin>,
}

impl Drop for Lock {
    fn drop(&mut self) {
        drop(self.told.take());
        let _ended = self.session.wait();
    }
}

fn part_name(part: usize) -> String {
    format!("part-{part:03}.ndjson")
}
