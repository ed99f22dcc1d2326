//! The servers of a run: those that answer on this machine already, else private ones for the time of the run.

use std::process::{Command, Stdio};

use anyhow::Result;

use super::handshake;
use super::postgres::Postgres;
use super::rabbit::Rabbit;

/// Where tests look for a shared PostgreSQL when they are told nothing else.
pub const POSTGRES: &str = "postgres://postgres@127.0.0.1:5432/test";
/// Where tests look for a shared RabbitMQ when they are told nothing else.
pub const RABBIT: &str = "amqp://guest:guest@127.0.0.1:5672";
const RABBIT_PORT: u16 = 5672;

/// A database and a broker; dropping this ends those that are private.
#[derive(Debug)]
pub struct Services {
    postgres: Option<Postgres>,
    rabbit: Option<Rabbit>,
}

impl Services {
    /// Uses what answers, and starts what is missing.
    ///
    /// # Errors
    /// When something is missing and cannot be started.
    pub fn find_or_start() -> Result<Self> {
        let postgres = if has_postgres() { None } else { Some(Postgres::start()?) };
        let rabbit = if handshake::lets_guest_in(RABBIT_PORT) { None } else { Some(Rabbit::start()?) };
        Ok(Self { postgres, rabbit })
    }

    /// Starts both, whatever answers.
    ///
    /// # Errors
    /// When one cannot be started.
    pub fn start() -> Result<Self> {
        Ok(Self { postgres: Some(Postgres::start()?), rabbit: Some(Rabbit::start()?) })
    }

    /// Where the database answers.
    pub fn database(&self) -> String {
        self.postgres.as_ref().map_or_else(|| POSTGRES.to_owned(), Postgres::url)
    }

    /// Where the broker answers.
    pub fn broker(&self) -> String {
        self.rabbit.as_ref().map_or_else(|| RABBIT.to_owned(), Rabbit::url)
    }

    /// Whether any of them ends with this program.
    pub fn has_private(&self) -> bool {
        self.postgres.is_some() || self.rabbit.is_some()
    }
}

fn has_postgres() -> bool {
    let mut psql = Command::new("psql");
    psql.args(["--no-psqlrc", "--no-password", "--command", "select 1", POSTGRES]);
    psql.env("PGCONNECT_TIMEOUT", "3").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    psql.status().is_ok_and(|status| status.success())
}
