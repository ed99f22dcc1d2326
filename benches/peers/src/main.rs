//! The stock framework, for comparison: `cqrs-es` over `postgres-es`, with events like those of our payments.
//!
//! A process of its own, started by the benches of the product, because `postgres-es` is tied to an older sqlx.
//! Prints its result as one JSON line; says nothing of what it is compared with.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};

mod ingest;
mod life;
mod measured;
mod payment;
mod replay;
mod tables;

const USAGE: &str = "peers ingest --url URL [--tasks 64] [--connections 64] [--single 0] --commands N
peers replay --url URL --events N";

fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let verb = words.next().context(USAGE)?;
    let options = Options::read(words)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let measured = runtime.block_on(async {
        match verb.as_str() {
            "ingest" => {
                let plan = ingest::Plan {
                    tasks: options.number("tasks", 64)?,
                    connections: options.number("connections", 64)?,
                    commands: options.number("commands", 10_000)?,
                    single: options.number("single", 0)? > 0,
                };
                ingest::run(options.text("url")?, plan).await
            }
            "replay" => replay::run(options.text("url")?, options.number("events", 10_000)?).await,
            _ => bail!(USAGE),
        }
    })?;
    println!("{}", serde_json::to_string(&measured)?);
    Ok(())
}

/// `--name value` pairs.
struct Options(HashMap<String, String>);

impl Options {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = HashMap::new();
        while let Some(word) = words.next() {
            let name = word.strip_prefix("--").context(USAGE)?;
            options.insert(name.to_owned(), words.next().context(USAGE)?);
        }
        Ok(Self(options))
    }

    fn text(&self, name: &str) -> Result<&str> {
        self.0.get(name).map(String::as_str).with_context(|| format!("--{name} is missing\n{USAGE}"))
    }

    fn number(&self, name: &str, default: u64) -> Result<u64> {
        self.0.get(name).map_or(Ok(default), |text| text.parse().with_context(|| format!("--{name} {text}")))
    }
}
