//! A name server for the Erlang nodes of this program, so that they neither use nor leave behind a shared one.

use std::fs::File;
use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use super::instance::Instance;
use super::{port, rabbit};

const PATIENCE: Duration = Duration::from_secs(10);

/// A running name server.
#[derive(Debug)]
pub struct Epmd {
    _instance: Instance,
    port: u16,
    cookie: String,
}

impl Epmd {
    /// Starts one.
    pub fn start() -> Result<Self> {
        port::with_tries(Self::try_start).context("cannot start epmd")
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What its nodes show each other: whoever knows it may run code in them, so it is drawn anew each time.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    fn try_start() -> Result<Self> {
        let mut instance = Instance::new("epmd", &rabbit::USERS, "KILL")?;
        let port = port::free()?;
        let mut command = instance.command(Path::new("epmd"));
        command.args(["-address", "127.0.0.1", "-port"]).arg(port.to_string());
        instance.spawn(command)?;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        instance.until_it_answers(PATIENCE, || Ok(TcpStream::connect(address).is_ok()))?;
        Ok(Self { _instance: instance, port, cookie: draw_cookie()? })
    }
}

fn draw_cookie() -> Result<String> {
    let mut drawn = [0; 20];
    let source = File::open("/dev/urandom").and_then(|mut source| source.read_exact(&mut drawn));
    source.context("cannot draw a cookie")?;
    Ok(drawn.iter().map(|byte| char::from(b'a' + byte % 26)).collect())
}
