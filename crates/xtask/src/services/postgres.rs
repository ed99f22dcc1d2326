//! A PostgreSQL of this program. Its writes are as durable as in production; only its caches are small.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::instance::Instance;
use super::port;

const USERS: [&str; 2] = ["postgres", "nobody"];
/// Recovery of a busy instance that was killed takes some seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running or stopped instance; dropping it removes it.
#[derive(Debug)]
pub struct Postgres {
    binaries: PathBuf,
    instance: Instance,
    port: u16,
}

impl Postgres {
    /// Makes an instance and starts it.
    ///
    /// # Errors
    /// When PostgreSQL is not installed or does not start.
    pub fn start() -> Result<Self> {
        let binaries = binaries().context("PostgreSQL is not installed")?;
        port::with_tries(|| {
            let instance = Instance::new("postgres", &USERS, "QUIT")?;
            initialise(&instance, &binaries)?;
            let mut postgres = Self { binaries: binaries.clone(), instance, port: port::free()? };
            postgres.start_again()?;
            Ok(postgres)
        })
    }

    /// Where it answers.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Where it answers without the network's detour.
    pub fn socket_url(&self) -> String {
        let folder = self.instance.folder().display();
        format!("postgres://postgres@localhost:{}/postgres?host={folder}", self.port)
    }

    /// Runs a statement in a session of its own, and returns the rows as psql prints them: `a|b`, one a line.
    ///
    /// # Errors
    /// When it does not answer, or refuses the statement.
    pub fn ask(&self, statement: &str) -> Result<String> {
        let mut psql = Command::new(self.binaries.join("psql"));
        psql.args(["-XAtqw", "-v", "ON_ERROR_STOP=1", "-c", statement, &self.socket_url()]);
        let ran = psql.stdin(Stdio::null()).output().context("psql does not start")?;
        ensure!(ran.status.success(), "psql fails: {}", String::from_utf8_lossy(&ran.stderr).trim());
        Ok(String::from_utf8_lossy(&ran.stdout).trim().to_owned())
    }

    /// Kills the postmaster and all of its children at once: the disk stays as it is.
    ///
    /// # Errors
    /// When they cannot be killed.
    pub fn kill(&mut self) -> Result<()> {
        self.instance.kill()
    }

    /// Starts it where it was, and says how long it took until it answered.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn start_again(&mut self) -> Result<Duration> {
        let mut command = self.instance.command(&self.binaries.join("postgres"));
        command.arg("-D").arg(self.data()).args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-k"]);
        command.arg(self.instance.folder());
        for setting in ["fsync=on", "synchronous_commit=on", "shared_buffers=256MB", "max_connections=100"] {
            command.args(["-c", setting]);
        }
        self.instance.spawn(command)?;
        let (ready, port) = (self.binaries.join("pg_isready"), self.port.to_string());
        self.instance.until_it_answers(PATIENCE, || {
            let asked = Command::new(&ready)
                .args(["-q", "-h", "127.0.0.1", "-p", &port])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            Ok(asked.context("pg_isready does not start")?.success())
        })
    }

    fn data(&self) -> PathBuf {
        self.instance.folder().join("data")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // What this leaves, the instance kills.
        let _ended = self.instance.end("QUIT");
    }
}

/// The folder with the programs of the newest PostgreSQL here, if there is any.
pub fn binaries() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).filter_map(|folder| {
        // Debian keeps the server's programs together and links only some of them elsewhere.
        folder.join("initdb").canonicalize().ok()?.parent().map(Path::to_path_buf)
    });
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<_> =
        versions.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok()).collect();
    versions.sort_unstable_by(|a, b| b.cmp(a));
    let installed =
        versions.iter().map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")));
    let has_all = |folder: &PathBuf| {
        ["initdb", "postgres", "pg_isready", "psql"].iter().all(|program| folder.join(program).is_file())
    };
    on_path.chain(installed).find(has_all)
}

fn initialise(instance: &Instance, binaries: &Path) -> Result<()> {
    let mut command = instance.command(&binaries.join("initdb"));
    command.args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C"]);
    // An empty instance that a power cut spoils is made again.
    command.arg("--no-sync").arg("-D").arg(instance.folder().join("data"));
    let made = command.output().context("initdb does not start")?;
    ensure!(made.status.success(), "initdb fails: {}", String::from_utf8_lossy(&made.stderr).trim());
    Ok(())
}
