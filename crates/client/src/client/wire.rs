//! One try: the request goes out, the answer comes in, and what is no answer becomes an error.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Response, redirect};
use rustls::crypto::CryptoProvider;
use url::{Host, Url};

use super::prepared::Prepared;
use super::{Options, meters};
use crate::call::Endpoint;
use crate::error::{ClientError, Outage, body};
use crate::invalid::{Field, Problem};
use crate::retry;
use crate::vault::AccessToken;

/// Why a client cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// Plain HTTP would show tokens to the network.
    #[error("the base address `{base}` must be https, or http on loopback, without user, query or fragment")]
    Base {
        /// As configured.
        base: Url,
    },
    /// The process must name one TLS provider before it makes a client.
    #[error("no TLS provider is installed in this process")]
    NoTlsProvider,
    /// The HTTP library refuses the options.
    #[error("the HTTP client cannot be made")]
    Http(#[source] reqwest::Error),
}

/// Connections to the provider.
pub(super) struct Wire {
    http: reqwest::Client,
    json: Bounds,
    file: Bounds,
}

/// How long and how large one answer may be.
struct Bounds {
    timeout: Duration,
    bytes: usize,
}

/// An answer.
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) body: Bytes,
    pub(super) request_id: Option<String>,
}

/// A try that brought no answer, and how long the provider asks to wait.
pub(super) struct Failed {
    pub(super) error: ClientError,
    pub(super) retry_after: Option<Duration>,
}

impl From<ClientError> for Failed {
    fn from(error: ClientError) -> Self {
        Self { error, retry_after: None }
    }
}

impl Wire {
    pub(super) fn new(options: &Options) -> Result<Self, SetupError> {
        let is_plain = is_plain(&options.base)?;
        if CryptoProvider::get_default().is_none() {
            return Err(SetupError::NoTlsProvider);
        }
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("conciliar/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(options.connect_timeout)
            // A redirect could carry the token elsewhere.
            .redirect(redirect::Policy::none());
        if is_plain {
            // Loopback needs neither a proxy nor the system's certificates.
            builder = builder.no_proxy().tls_certs_only([]);
        }
        let http = builder.build().map_err(SetupError::Http)?;
        let json = Bounds { timeout: options.timeout, bytes: options.max_body_bytes };
        let file = Bounds { timeout: options.file_timeout, bytes: options.max_file_bytes };
        Ok(Self { http, json, file })
    }

    /// Sends once.
    pub(super) async fn once(
        &self,
        prepared: &Prepared,
        token: Option<&AccessToken>,
    ) -> Result<Answered, Failed> {
        let began = tokio::time::Instant::now();
        let result = self.exchange(prepared, token).await;
        let took = began.elapsed();
        let outcome = match &result {
            Ok(answered) => answered.status.to_string(),
            Err(failed) => outcome(&failed.error),
        };
        let request_id = match &result {
            Ok(answered) => answered.request_id.as_deref(),
            Err(failed) => failed.error.request_id(),
        };
        meters::tried(&prepared.endpoint, &outcome, took);
        tracing::debug!(
            http.method = %prepared.endpoint.method,
            http.path = prepared.endpoint.template,
            http.status = outcome,
            http.request_id = request_id,
            duration_ms = took.as_millis(),
            "called"
        );
        result
    }

    async fn exchange(&self, prepared: &Prepared, token: Option<&AccessToken>) -> Result<Answered, Failed> {
        let endpoint = &prepared.endpoint;
        let bounds = if prepared.is_file { &self.file } else { &self.json };
        let mut request = self.http.request(endpoint.method.clone(), prepared.url.clone());
        request = request.headers(prepared.headers.clone()).timeout(bounds.timeout);
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, bearer(token, endpoint)?);
        }
        if let Some(body) = &prepared.body {
            request = request.body(body.clone());
        }
        let response = request.send().await.map_err(|error| unavailable(endpoint, error))?;
        let status = response.status().as_u16();
        let request_id =
            response.headers().get("x-request-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
        let retry_after = retry::retry_after(response.headers());
        let body = whole(endpoint, response, bounds.bytes).await?;
        if (200..300).contains(&status) || prepared.answers.contains(&status) {
            return Ok(Answered { status, body, request_id });
        }
        let error = refused(endpoint, status, &body, request_id, retry_after, token);
        Err(Failed { error, retry_after })
    }
}

/// The whole body, unless it is too long.
async fn whole(endpoint: &Endpoint, mut response: Response, limit: usize) -> Result<Bytes, ClientError> {
    let too_large = || ClientError::TooLarge { endpoint: endpoint.clone(), limit };
    if response.content_length().is_some_and(|length| length > limit as u64) {
        return Err(too_large());
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| unavailable(endpoint, error))? {
        if body.len() + chunk.len() > limit {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// Whether the base is plain HTTP, which only loopback may be.
fn is_plain(base: &Url) -> Result<bool, SetupError> {
    let is_bare = base.username().is_empty()
        && base.password().is_none()
        && base.query().is_none()
        && base.fragment().is_none();
    match base.scheme() {
        "https" if is_bare => Ok(false),
        "http" if is_bare && is_loopback(base) => Ok(true),
        _ => Err(SetupError::Base { base: base.clone() }),
    }
}

/// Whether an address is on this machine.
pub(crate) fn is_loopback(address: &Url) -> bool {
    match address.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn bearer(token: &AccessToken, endpoint: &Endpoint) -> Result<HeaderValue, ClientError> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose())).map_err(|_| {
        let rule = Field::new("Authorization", "https://www.rfc-editor.org/rfc/rfc6750");
        let source = Box::new(rule.is(Problem::BadCharacter));
        ClientError::Invalid { endpoint: endpoint.clone(), source }
    })?;
    value.set_sensitive(true);
    Ok(value)
}

fn unavailable(endpoint: &Endpoint, error: reqwest::Error) -> ClientError {
    ClientError::Unavailable { endpoint: endpoint.clone(), outage: outage_of(error) }
}

/// The network's error, without the address: its query may name people.
pub(crate) fn outage_of(error: reqwest::Error) -> Outage {
    let error = error.without_url();
    if error.is_timeout() {
        Outage::TimedOut
    } else if error.is_connect() {
        Outage::NotConnected(error)
    } else {
        Outage::Broken(error)
    }
}

fn refused(
    endpoint: &Endpoint,
    status: u16,
    body: &[u8],
    request_id: Option<String>,
    retry_after: Option<Duration>,
    token: Option<&AccessToken>,
) -> ClientError {
    let endpoint = endpoint.clone();
    match status {
        429 => ClientError::RateLimited { endpoint, retry_after },
        408 | 500.. => ClientError::Unavailable { endpoint, outage: Outage::Answered { status, request_id } },
        _ => {
            let refusal = Box::new(body::refusal(endpoint, status, body, request_id, token));
            match status {
                401 => ClientError::Unauthorized(refusal),
                404 => ClientError::NotFound(refusal),
                _ => ClientError::Refused(refusal),
            }
        }
    }
}

/// A status, or one word where there was none.
fn outcome(error: &ClientError) -> String {
    let word = match error {
        ClientError::Unavailable { outage: Outage::Answered { status, .. }, .. } => {
            return status.to_string();
        }
        ClientError::Refused(refusal)
        | ClientError::NotFound(refusal)
        | ClientError::Unauthorized(refusal) => {
            return refusal.status.to_string();
        }
        ClientError::RateLimited { .. } => "429",
        ClientError::Unavailable { outage: Outage::TimedOut, .. } => "timed_out",
        ClientError::Unavailable { outage: Outage::NotConnected(_), .. } => "not_connected",
        ClientError::Unavailable { outage: Outage::Broken(_), .. } => "broken",
        ClientError::TooLarge { .. } => "too_large",
        ClientError::Invalid { .. } | ClientError::Vault { .. } | ClientError::Unreadable { .. } => {
            "not_sent"
        }
    };
    word.to_owned()
}
