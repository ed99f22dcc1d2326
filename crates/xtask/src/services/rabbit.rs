//! A RabbitMQ of this program: a node of its own, with its own name, cookie, ports and name server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::epmd::Epmd;
use super::instance::Instance;
use super::tls::Tls;
use super::{handshake, port};

/// Who may run it when this program runs as root.
pub(super) const USERS: [&str; 2] = ["rabbitmq", "nobody"];
const PATIENCE: Duration = Duration::from_secs(60);

/// Quorum queues tell their counts every 5 s by default, and tests wait for counts.
const COUNTS: &str = "[{rabbit, [{quorum_tick_interval, 500}]}].\n";

/// A running or stopped node; dropping it removes it.
#[derive(Debug)]
pub struct Rabbit {
    scripts: PathBuf,
    instance: Instance,
    epmd: Arc<Epmd>,
    port: u16,
    distribution_port: u16,
    tls: Option<Tls>,
}

impl Rabbit {
    /// Makes a node and starts it.
    ///
    /// # Errors
    /// When RabbitMQ is not installed or does not start.
    pub fn start() -> Result<Self> {
        let epmd = Arc::new(Epmd::start()?);
        port::with_tries(|| Self::prepare(&epmd)?.started(""))
    }

    /// Makes a node that speaks TLS too, under a certificate of its own.
    ///
    /// # Errors
    /// When RabbitMQ or openssl is not installed, or the node does not start.
    pub fn start_with_tls() -> Result<Self> {
        let epmd = Arc::new(Epmd::start()?);
        port::with_tries(|| {
            let mut node = Self::prepare(&epmd)?;
            let tls = Tls::make(&node.instance)?;
            let settings = tls.settings();
            node.tls = Some(tls);
            node.started(&settings)
        })
    }

    /// Where it answers.
    pub fn url(&self) -> String {
        format!("amqp://guest:guest@127.0.0.1:{}", self.port)
    }

    /// Its other listener, if it speaks TLS.
    pub fn tls(&self) -> Option<&Tls> {
        self.tls.as_ref()
    }

    /// Its name among the nodes of its cluster.
    pub fn name(&self) -> String {
        let folder = self.instance.folder().file_name().and_then(|name| name.to_str());
        format!("{}@localhost", folder.expect("instances have names"))
    }

    /// Runs `rabbitmqctl` on it, and returns what that printed.
    ///
    /// # Errors
    /// When the command fails.
    pub fn ctl(&self, arguments: &[&str]) -> Result<String> {
        let mut command = self.tool("rabbitmqctl");
        let ran = command.arg("-q").args(arguments).output().context("rabbitmqctl does not start")?;
        let error = String::from_utf8_lossy(&ran.stderr);
        ensure!(ran.status.success(), "rabbitmqctl {arguments:?} fails: {}", error.trim());
        Ok(String::from_utf8_lossy(&ran.stdout).into_owned())
    }

    /// Stops it as an operator would.
    ///
    /// # Errors
    /// When it does not end.
    pub fn stop(&mut self) -> Result<()> {
        self.instance.end("TERM")
    }

    /// Kills it at once.
    ///
    /// # Errors
    /// When it cannot be killed.
    pub fn kill(&mut self) -> Result<()> {
        self.instance.kill()
    }

    /// Starts it where it was, and says how long it took until it let a user in.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn start_again(&mut self) -> Result<Duration> {
        let command = self.tool("rabbitmq-server");
        self.instance.spawn(command)?;
        let port = self.port;
        self.instance.until_it_answers(PATIENCE, || Ok(handshake::lets_guest_in(port)))
    }

    /// A node that has not started yet.
    fn prepare(epmd: &Arc<Epmd>) -> Result<Self> {
        let scripts = scripts().context("RabbitMQ is not installed")?;
        let instance = Instance::new("rabbit", &USERS, "KILL")?;
        instance.write(".erlang.cookie", epmd.cookie())?;
        instance.write("enabled_plugins", "[].\n")?;
        instance.write("environment.conf", "")?;
        instance.write("advanced.config", COUNTS)?;
        let (port, distribution_port) = (port::free()?, port::free()?);
        Ok(Self { scripts, instance, epmd: Arc::clone(epmd), port, distribution_port, tls: None })
    }

    /// The same with these settings, when it has started.
    fn started(mut self, settings: &str) -> Result<Self> {
        self.instance.write("rabbitmq.conf", settings)?;
        self.start_again()?;
        Ok(self)
    }

    /// The configuration of a node that joins another one at its first start.
    fn joining(&self, other: &str) -> String {
        format!(
            "cluster_formation.peer_discovery_backend = classic_config\n\
             cluster_formation.classic_config.nodes.1 = {other}\n\
             cluster_formation.classic_config.nodes.2 = {}\n",
            self.name()
        )
    }

    /// One of its programs, with nothing of the system's configuration around it.
    fn tool(&self, program: &str) -> Command {
        let mut command = self.instance.command(&self.scripts.join(program));
        let folder = self.instance.folder();
        command.env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        // Without it a shell stands between us and the node, and may end before it.
        command.env("RUNNING_UNDER_SYSTEMD", "true");
        command.env("LANG", "C.UTF-8").env("HOME", folder);
        command.env("ERL_EPMD_PORT", self.epmd.port().to_string());
        command.env("ERL_EPMD_ADDRESS", "127.0.0.1");
        command.env("ERL_FLAGS", "-kernel inet_dist_use_interface {127,0,0,1}");
        command.env("RABBITMQ_NODENAME", self.name());
        command.env("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1");
        command.env("RABBITMQ_NODE_PORT", self.port.to_string());
        command.env("RABBITMQ_DIST_PORT", self.distribution_port.to_string());
        for (variable, path) in [
            ("RABBITMQ_MNESIA_BASE", "mnesia"),
            ("RABBITMQ_LOG_BASE", "log"),
            ("RABBITMQ_GENERATED_CONFIG_DIR", "generated"),
            ("RABBITMQ_ENABLED_PLUGINS_FILE", "enabled_plugins"),
            ("RABBITMQ_CONF_ENV_FILE", "environment.conf"),
            ("RABBITMQ_CONFIG_FILE", "rabbitmq.conf"),
            ("RABBITMQ_CONFIG_FILES", "conf.d"),
            ("RABBITMQ_ADVANCED_CONFIG_FILE", "advanced.config"),
        ] {
            command.env(variable, folder.join(path));
        }
        command
    }
}

/// Nodes that know each other: quorum queues have a member on each.
#[derive(Debug)]
pub struct Cluster {
    /// Its nodes; each can be killed and started again.
    pub nodes: Vec<Rabbit>,
}

impl Cluster {
    /// Makes so many nodes and starts them as one cluster.
    ///
    /// # Errors
    /// When RabbitMQ is not installed, or a node does not start.
    pub fn start(nodes: usize) -> Result<Self> {
        let epmd = Arc::new(Epmd::start()?);
        let first = port::with_tries(|| Rabbit::prepare(&epmd)?.started(""))?;
        let name = first.name();
        let mut cluster = Self { nodes: vec![first] };
        for _ in 1..nodes {
            cluster.nodes.push(port::with_tries(|| {
                let node = Rabbit::prepare(&epmd)?;
                let joining = node.joining(&name);
                node.started(&joining)
            })?);
        }
        Ok(cluster)
    }
}

/// The folder with the programs of RabbitMQ, if they and Erlang's are there.
pub fn scripts() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let has_erlang = std::env::split_paths(&path).any(|folder| folder.join("erl").is_file());
    // Those on the PATH of Debian insist on the user of the shared node.
    let scripts = Path::new("/usr/lib/rabbitmq/bin");
    let has_scripts = fs::metadata(scripts.join("rabbitmq-server")).is_ok();
    (has_erlang && has_scripts).then(|| scripts.to_path_buf())
}
