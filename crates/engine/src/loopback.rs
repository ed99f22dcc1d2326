//! A provider on loopback, for tests: a router that answers until it is dropped, and clients that ask it.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use client::client::{Client, Options};
use client::vault::{Fixed, TokenVault};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

/// A router that answers until it is dropped.
pub(crate) struct Loopback {
    base: Url,
    serving: JoinHandle<()>,
}

impl Loopback {
    pub(crate) async fn serve(router: Router) -> Self {
        // Another test may have installed it before.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("it is bound"));
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("the listener stays");
        });
        Self { base: base.parse().expect("an address"), serving }
    }

    /// Asks once, with a token that everybody takes.
    pub(crate) fn client(&self) -> Client {
        self.client_with(0, Arc::new(Fixed::new("token")))
    }

    /// Asks so many times more when there is no answer.
    pub(crate) fn client_with(&self, retries: usize, vault: Arc<dyn TokenVault>) -> Client {
        let many = NonZeroU32::new(100_000).expect("not zero");
        let options = Options {
            base: self.base.clone(),
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(10),
            file_timeout: Duration::from_secs(10),
            max_body_bytes: 1 << 24,
            max_file_bytes: 1 << 24,
            retries,
            retry_min: Duration::from_millis(1),
            retry_max: Duration::from_millis(1),
            calls_per_second: many,
            in_person_reads_per_second: many,
        };
        Client::new(options, vault).expect("loopback may be plain")
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
