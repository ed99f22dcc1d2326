//! A verb that runs for long, as a process whose log is a file of the desk.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use crate::bin::Desk;
use crate::queue::until;

/// A running program; ended with the test.
pub struct Process<'d> {
    child: Child,
    desk: &'d Desk,
    log: String,
}

impl<'d> Process<'d> {
    /// Starts the program with its standard error in a log of that name.
    pub fn start(desk: &'d Desk, name: &str, args: &[&str], variables: &[(&str, &str)]) -> Self {
        let log = format!("{name}.log");
        let file = std::fs::File::create(desk.path(&log)).expect("a log on the desk");
        let mut command = desk.command(args);
        command.envs(variables.iter().copied());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(file);
        Self { child: command.spawn().expect("the built binary starts"), desk, log }
    }

    /// What it wrote on standard error so far.
    pub fn told(&self) -> String {
        std::fs::read_to_string(self.desk.path(&self.log)).expect("the log of a process")
    }

    /// Where it listens, as it tells.
    pub fn address(&mut self) -> String {
        until("the program tells where it listens", || {
            let told = self.told();
            assert_eq!(self.child.try_wait().expect("a child can be asked"), None, "{told}");
            told.lines().find_map(|line| line.strip_prefix("listening on http://")).map(str::to_owned)
        })
    }

    /// What it answers over HTTP.
    pub fn get(&mut self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.address()).expect("the program listens");
        let request = format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    /// Ends it as a service manager does; fails unless it drains and exits with 0.
    pub fn stop(mut self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs").success());
        let ended = until("the program drains", || self.child.try_wait().expect("a child can be asked"));
        assert_eq!(ended.code(), Some(0), "{}", self.told());
    }
}

impl Drop for Process<'_> {
    fn drop(&mut self) {
        // It is gone already, but for a test that fails.
        let _gone = self.child.kill();
        let _waited = self.child.wait();
    }
}
