//! One server of this program: its folder, its user, its process, and the guard that outlives this program.

use std::fs::{self, File, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::account::Account;
use super::{processes, wait};

/// For a server to end after it was told to.
const PATIENCE: Duration = Duration::from_secs(60);
/// For the kernel to bury what was killed.
const BURIAL: Duration = Duration::from_secs(10);

/// Numbers the instances of this program.
static STARTED: AtomicU32 = AtomicU32::new(0);

/// A server's folder and, while it runs, its process.
#[derive(Debug)]
pub struct Instance {
    folder: PathBuf,
    account: Option<Account>,
    guard: Guard,
    child: Option<Child>,
}

impl Instance {
    /// An empty folder for a server that will run as one of these users when this program runs as root. Its end is
    /// brought about by the given signal when this program dies first.
    pub fn new(kind: &str, users: &[&str], ends_by: &str) -> Result<Self> {
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("conciliar-{kind}-{}-{number}", std::process::id()));
        fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let guard = Guard::start(&folder, ends_by)?;
        let account = Account::for_root(users)?;
        if let Some(account) = account {
            account.own(&folder)?;
        }
        Ok(Self { folder, account, guard, child: None })
    }

    /// Where it keeps everything.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes a file of its folder, readable by its user alone.
    pub fn write(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.folder.join(name);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        fs::set_permissions(&path, Permissions::from_mode(0o600))?;
        if let Some(account) = self.account {
            account.own(&path)?;
        }
        Ok(path)
    }

    /// A command run as its user in its folder, apart from the keyboard of this program.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder).process_group(0).stdin(Stdio::null());
        if let Some(account) = self.account {
            account.take(&mut command);
        }
        command
    }

    /// Starts the server; what it prints is added to a file of its folder.
    pub fn spawn(&mut self, mut command: Command) -> Result<()> {
        let log = File::options().create(true).append(true).open(self.log())?;
        let child = command.stdout(log.try_clone()?).stderr(log).spawn();
        let child = child.with_context(|| format!("cannot start {}", command.get_program().display()))?;
        self.guard.watch(Some(child.id()))?;
        self.child = Some(child);
        Ok(())
    }

    /// Waits until the started server answers.
    pub fn until_it_answers(
        &mut self,
        limit: Duration,
        mut answers: impl FnMut() -> Result<bool>,
    ) -> Result<Duration> {
        let Self { child, folder, .. } = self;
        let what = format!("the server in {} does not answer", folder.display());
        let waited = wait::until(limit, &what, || {
            if let Some(child) = child
                && let Some(status) = child.try_wait()?
            {
                bail!("the server in {} ended: {status}", folder.display());
            }
            answers()
        });
        waited.with_context(|| self.last_words())
    }

    /// Sends a signal and waits until the server and all that it started have ended; kills them when they do not.
    pub fn end(&mut self, signal: &str) -> Result<()> {
        let Some(child) = &mut self.child else { return Ok(()) };
        let family = processes::family(child.id())?;
        processes::signal(signal, &[child.id()])?;
        // Waiting for the child also buries it; its family is buried by others.
        let ended = wait::until(PATIENCE, "a server does not end", || {
            Ok(child.try_wait()?.is_some() && processes::none_is_alive(&family))
        });
        self.kill()?;
        ended.map(drop)
    }

    /// Kills the server and all that it started, at once.
    pub fn kill(&mut self) -> Result<()> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        if child.try_wait()?.is_none() {
            // Stopped first, so that it starts nobody while its family is counted.
            processes::signal("STOP", &[child.id()])?;
            let family = processes::family(child.id())?;
            processes::signal("KILL", &family)?;
            child.wait()?;
            let gone = || Ok(processes::none_is_alive(&family));
            wait::until(BURIAL, "a killed process still runs", gone)?;
        }
        self.guard.watch(None)
    }

    fn log(&self) -> PathBuf {
        self.folder.join("printed.log")
    }

    /// The end of what the server printed.
    fn last_words(&self) -> String {
        let printed = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = printed.lines().collect();
        format!("its last words:\n{}", lines[lines.len().saturating_sub(12)..].join("\n"))
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // The guard kills what this cannot.
        let _killed = self.kill();
    }
}

/// A process of its own that waits for the end of this program, however it comes: then it ends the server and
/// removes the folder.
#[derive(Debug)]
struct Guard {
    process: Child,
    told: Option<ChildStdin>,
}

/// Reads the process to end, a line each time it changes, until this program is gone.
const GUARD: &str = r#"
watched=
while read -r line; do watched=$line; done
if [ "$watched" ]; then
    kill -s "$2" "$watched"
    for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$watched" || break; sleep 0.2; done
    kill -s KILL -- "-$watched"
fi 2>/dev/null
rm -rf "$1" || { sleep 1; rm -rf "$1"; }
"#;

impl Guard {
    fn start(folder: &Path, ends_by: &str) -> Result<Self> {
        let mut command = Command::new("sh");
        command.args(["-c", GUARD, "sh"]).arg(folder).arg(ends_by);
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut process = command.spawn().context("sh does not start")?;
        let told = process.stdin.take();
        Ok(Self { process, told })
    }

    fn watch(&mut self, process: Option<u32>) -> Result<()> {
        let told = self.told.as_mut().context("the guard is gone")?;
        let process = process.map(|id| id.to_string()).unwrap_or_default();
        writeln!(told, "{process}").context("the guard is gone")
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.told.take());
        let _removed = self.process.wait();
    }
}
