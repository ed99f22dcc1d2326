//! The program as a process that runs beside the test.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
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
    pub fn start(command: &Command, said: PathBuf) -> Self {
        Self::start_on(Stdio::null(), command, said)
    }

    /// Starts a command that is told something on its standard input.
    pub fn start_told(command: &Command, said: PathBuf) -> (Self, ChildStdin) {
        let mut process = Self::start_on(Stdio::piped(), command, said);
        let told = process.child.stdin.take().expect("standard input is piped");
        (process, told)
    }

    fn start_on(stdin: Stdio, command: &Command, said: PathBuf) -> Self {
        let file = File::create(&said).expect("a file for what it says");
        let twice = file.try_clone().expect("a file has two ends");
        let started = tied(command).stdin(stdin).stdout(twice).stderr(file).spawn();
        Self { child: started.expect("the built binary starts"), said }
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

    /// Waits until it has done its work; fails unless it exits with 0. Returns the end of what it said.
    pub fn done(mut self) -> String {
        let what = format!("the process of {} ends", self.said.display());
        let child = &mut self.child;
        let waited = wait::until(PATIENCE, &what, || Ok(child.try_wait()?.is_some()));
        let ended = self.child.try_wait().expect("the system knows");
        assert!(waited.is_ok() && ended.is_some_and(|status| status.success()), "{ended:?}: {}", self.said());
        self.said()
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

/// The same command, which ends when the test does, however that comes.
fn tied(command: &Command) -> Command {
    let mut tied = Command::new("setpriv");
    tied.args(["--pdeathsig", "KILL", "--"]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => tied.env(name, value),
            None => tied.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        tied.current_dir(folder);
    }
    tied
}

impl Drop for Process {
    fn drop(&mut self) {
        // Those that ended already cannot be killed again.
        let _killed = self.child.kill();
        let _buried = self.child.wait();
    }
}
