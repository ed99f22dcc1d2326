//! A process of `conciliar serve`.

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use xtask::services::wait;

use super::AT;
use super::http::Connection;
use crate::bin::Desk;

/// Longer than anything here may take.
const DEADLINE: Duration = Duration::from_mins(2);
/// What it says is written here, on its desk.
const LOG: &str = "serve.log";

/// A receiver that runs on a desk.
pub struct Served<'d> {
    child: Child,
    desk: &'d Desk,
    at: SocketAddr,
}

/// Looks again and again until there is something to see.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let mut seen = None;
    let look = || {
        seen = look();
        Ok(seen.is_some())
    };
    wait::until(DEADLINE, what, look).expect("it happens in time");
    seen.expect("it was seen")
}

impl<'d> Served<'d> {
    /// Starts it and waits until it listens.
    pub fn start(desk: &'d Desk, options: &[&str]) -> Self {
        let file = std::fs::File::create(desk.path(LOG)).expect("a log on the desk");
        let usual = ["--at", AT, "--config", "shop.toml", "serve", "--listen", "127.0.0.1:0"];
        let mut command = desk.command(&[&usual[..], options].concat());
        command.env("CONCILIAR_TOKEN", "a-token").env("CONCILIAR__CLIENT__BASE", "http://127.0.0.1:1");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(file);
        let mut child = command.spawn().expect("the built binary starts");
        let at = until("it tells where it listens", || {
            let told = told(desk);
            assert!(child.try_wait().expect("a child can be asked").is_none(), "{told}");
            let line = told.lines().find_map(|line| line.strip_prefix("listening on http://"))?;
            Some(line.parse().expect("an address"))
        });
        Self { child, desk, at }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.at
    }

    /// Waits until it can take webhooks.
    pub fn until_ready(&self) {
        until("it is ready", || (self.get("/readyz") == 200).then_some(()));
    }

    /// The status of a page.
    pub fn get(&self, path: &str) -> u16 {
        self.send(format!("GET {path} HTTP/1.1\r\nhost: shop\r\n\r\n").as_bytes())
    }

    /// The status of a request.
    pub fn send(&self, request: &[u8]) -> u16 {
        let mut connection = Connection::open(self.at).expect("it listens");
        connection.send(request).unwrap_or_else(|error| panic!("{error}: {}", told(self.desk)))
    }

    /// Ends it as a service manager does; fails unless it exits with 0. Returns what it said.
    pub fn stop(mut self) -> String {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs").success());
        let ended = until("it ends", || self.child.try_wait().expect("a child can be asked"));
        let told = told(self.desk);
        assert_eq!(ended.code(), Some(0), "{told}");
        told
    }
}

impl Drop for Served<'_> {
    fn drop(&mut self) {
        // It is gone already, but for a test that fails.
        let _gone = self.child.kill();
        let _waited = self.child.wait();
    }
}

fn told(desk: &Desk) -> String {
    std::fs::read_to_string(desk.path(LOG)).expect("the log of a receiver")
}
