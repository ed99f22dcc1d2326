//! A verb that runs for long and can be watched: `/healthz`, `/readyz` and `/metrics` beside its work.

use std::io;
use std::sync::Arc;

use anyhow::Context;
use server::metrics::Metrics;
use server::ops::{self, Check, Health, Limits};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// A port that was taken, with what was measured.
pub struct Watched {
    listener: TcpListener,
    metrics: Metrics,
}

/// Answers while the verb works.
pub struct Serving {
    stop: CancellationToken,
    task: JoinHandle<io::Result<()>>,
}

/// Takes a port.
pub async fn bind(at: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(at).await.with_context(|| format!("--listen `{at}` cannot be listened on"))
}

/// Ready until it is told to stop.
pub fn until(stop: CancellationToken, stopping: &'static str, ready: Check) -> Check {
    Arc::new(move || if stop.is_cancelled() { Err(stopping) } else { ready() })
}

impl Watched {
    /// Takes the port, if one is wanted, so that what cannot be watched does not begin. `describe` names its metrics.
    pub async fn listen(app: &App, at: Option<&str>, describe: fn()) -> anyhow::Result<Option<Self>> {
        let Some(at) = at else { return Ok(None) };
        let listener = bind(at).await?;
        let metrics = Metrics::install()?;
        describe();
        app.tell(&format!("listening on http://{}", listener.local_addr()?));
        Ok(Some(Self { listener, metrics }))
    }

    /// Begins to answer.
    pub fn serve(self, live: Check, ready: Check) -> Serving {
        let Self { listener, metrics } = self;
        let stop = CancellationToken::new();
        let health = Health { live, ready, metrics };
        let task = tokio::spawn(ops::serve(listener, health, Limits::default(), stop.clone()));
        Serving { stop, task }
    }
}

impl Serving {
    /// Answers no more.
    ///
    /// # Errors
    /// When it could not answer meanwhile.
    pub async fn end(self) -> anyhow::Result<()> {
        self.stop.cancel();
        Ok(self.task.await.context("answering over HTTP was stopped")??)
    }
}
