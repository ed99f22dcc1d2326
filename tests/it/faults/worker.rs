//! The program as a process that runs beside the test.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use xtask::services::wait;

/// For a process to end by itself.
const PATIENCE: Duration = Duration::from_secs(300);

/// A running `conciliar`; what it says goes to a file. Dropping it kills it.
pub struct Process {
    child: Child,
    said: PathBuf,
}

impl Process {
    /// Starts a command.
    pub fn start(mut command: Command, said: PathBuf) -> Self {
        let file = File::create(&said).expect("a file for what it says");
        let twice = file.try_clone().expect("a file has two ends");
        command.stdin(Stdio::null()).stdout(twice).stderr(file);
        Self { child: command.spawn().expect("the built binary starts"), said }
    }

    /// Kills it at once, as `kill -9` does.
    pub fn kill(mut self) {
        self.assert_runs();
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it is gone");
    }

    /// Fails when it has ended by itself.
    pub fn assert_runs(&mut self) {
        let ended = self.child.try_wait().expect("the system knows");
        assert!(ended.is_none(), "it ended with {ended:?}: {}", self.said());
    }

    /// Waits until it has done its work; fails unless it exits with 0.
    pub fn done(mut self) {
        let what = format!("the process of {} ends", self.said.display());
        let child = &mut self.child;
        let waited = wait::until(PATIENCE, &what, || Ok(child.try_wait()?.is_some()));
        let ended = self.child.try_wait().expect("the system knows");
        assert!(waited.is_ok() && ended.is_some_and(|status| status.success()), "{ended:?}: {}", self.said());
    }

    /// Asks it to finish what it has begun; fails unless it exits with 0.
    pub fn stop(mut self) {
        self.assert_runs();
        let told = Command::new("kill").args(["-s", "TERM", &self.child.id().to_string()]).status();
        assert!(told.expect("kill starts").success(), "a worker can be told to stop");
        self.done();
    }

    fn said(&self) -> String {
        let said = fs::read_to_string(&self.said).unwrap_or_default();
        let lines: Vec<&str> = said.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Those that ended already cannot be killed again.
        let _killed = self.child.kill();
        let _buried = self.child.wait();
    }
}
