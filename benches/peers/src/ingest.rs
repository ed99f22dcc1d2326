//! Commands through `CqrsFramework`, many at a time, each its own transaction.

use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use cqrs_es::CqrsFramework;
use cqrs_es::persist::PersistedEventStore;
use postgres_es::{PostgresCqrs, PostgresEventRepository};
use tokio::task::JoinSet;

use crate::life::life;
use crate::measured::Measured;
use crate::payment::{Command, Event, Payment};
use crate::tables;

/// The number of the first payment, and how far apart those of two tasks begin.
const FIRST: u64 = 91_000_000_000;
const APART: u64 = 10_000_000;

/// How much, and how many at a time.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Tasks, each with one command under way.
    pub tasks: u64,
    /// Connections of the pool.
    pub connections: u64,
    /// Commands in all.
    pub commands: u64,
    /// Whether each command writes one event, instead of all that a statement of the provider tells.
    pub single: bool,
}

/// Executes commands and measures each.
///
/// # Errors
/// When the database fails or a command is refused.
pub async fn run(url: &str, plan: Plan) -> Result<Measured> {
    let pool = tables::open(url, plan.connections).await?;
    let store = PersistedEventStore::new_event_store(PostgresEventRepository::new(pool));
    let framework: Arc<PostgresCqrs<Payment>> = Arc::new(CqrsFramework::new(store, vec![], ()));
    let mut tasks = JoinSet::new();
    let started = Instant::now();
    for task in 0..plan.tasks {
        tasks.spawn(work(framework.clone(), task, plan));
    }
    let (mut latencies, mut events) = (Vec::new(), 0);
    while let Some(done) = tasks.join_next().await {
        let (of_task, written) = done??;
        latencies.extend(of_task);
        events += written;
    }
    let elapsed = started.elapsed();
    Ok(Measured::new(latencies.len() as u64, events, elapsed, latencies, events))
}

/// The lives of some payments, one after the other, until this task's share of the commands is done.
async fn work(framework: Arc<PostgresCqrs<Payment>>, task: u64, plan: Plan) -> Result<(Vec<u64>, u64)> {
    let (mut latencies, mut events) = (Vec::new(), 0);
    for payment in FIRST + task * APART.. {
        let commands =
            life(payment).into_iter().flat_map(|facts| if plan.single { alone(facts) } else { vec![facts] });
        for facts in commands {
            if latencies.len() as u64 == plan.commands / plan.tasks {
                return Ok((latencies, events));
            }
            events += facts.len() as u64;
            let started = Instant::now();
            framework.execute(&payment.to_string(), Command(facts)).await?;
            latencies.push(u64::try_from(started.elapsed().as_micros())?);
        }
    }
    Ok((latencies, events))
}

fn alone(facts: Vec<Event>) -> Vec<Vec<Event>> {
    facts.into_iter().map(|fact| vec![fact]).collect()
}
