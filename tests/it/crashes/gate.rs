//! An address of the provider, before which a request can be lost, and behind which its answer can.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use simulator::Running;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::fuse::Fuse;

/// An address that passes everything on to a simulator; closed when it is dropped.
pub struct Gate {
    base: String,
    serving: JoinHandle<()>,
}

#[derive(Clone)]
struct Road {
    provider: Arc<Running>,
    fuse: Arc<Fuse>,
}

impl Gate {
    /// Opens an address on a free port.
    pub async fn open(provider: Arc<Running>, fuse: Arc<Fuse>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("it listens"));
        let router = Router::new().fallback(pass).with_state(Road { provider, fuse });
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("the listener holds");
        });
        Self { base, serving }
    }

    /// The address that the provider's own stands for.
    pub fn base(&self) -> &str {
        &self.base
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn pass(State(road): State<Road>, request: Request) -> Response {
    road.fuse.pass("before a request").await;
    let answer = road.provider.answer(request).await;
    road.fuse.pass("after a request").await;
    answer
}
