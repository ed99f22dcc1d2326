//! Answers to webhooks: a status for the sender, a word for the counters, a line for the log.
//!
//! The provider takes 200 and 201 as received and sends everything else again. Whoever forges one learns nothing but 401.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use engine::look::chain;
use engine::sink::SinkError;
use mercadopago::signature::Unproven;
use metrics::{Unit, counter, describe_counter, describe_histogram, histogram};
use tokio::time::Instant;

const ANSWERED: &str = "conciliar_webhooks_total";
const SECONDS: &str = "conciliar_webhook_seconds";

/// How a request is answered.
#[derive(Debug)]
pub(super) enum Answer {
    /// It is durable.
    Taken,
    /// The answer to a challenge, as JSON.
    Challenge(String),
    /// A challenge without a code that can be answered.
    NoCode,
    /// It ended before its body did.
    Cut,
    /// It is not proven to come from the provider.
    Unproven(Unproven),
    /// Nobody is here.
    Nobody,
    /// Its body did not arrive in time.
    Slow,
    /// Its body is too long.
    TooLarge,
    /// Its body is no JSON, or is packed.
    NotJson,
    /// Too much is under way.
    Busy,
    /// It could not be made durable.
    Unsafe(SinkError),
    /// It took too long.
    Late,
}

impl Answer {
    /// The answer to what the sink could not do.
    pub(super) fn of(error: SinkError) -> Self {
        match error {
            SinkError::Full => Self::Busy,
            SinkError::TooLarge { .. } => Self::TooLarge,
            other => Self::Unsafe(other),
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Taken | Self::Challenge(_) => StatusCode::OK,
            Self::NoCode | Self::Cut => StatusCode::BAD_REQUEST,
            Self::Unproven(_) => StatusCode::UNAUTHORIZED,
            Self::Nobody => StatusCode::NOT_FOUND,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Busy => StatusCode::TOO_MANY_REQUESTS,
            Self::Unsafe(_) | Self::Late => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// A stable word for counters.
    fn word(&self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Challenge(_) => "challenge",
            Self::NoCode => "no_code",
            Self::Cut => "cut",
            Self::Unproven(why) => why.reason(),
            Self::Nobody => "nobody",
            Self::Slow => "slow",
            Self::TooLarge => "too_large",
            Self::NotJson => "not_json",
            Self::Busy => "busy",
            Self::Unsafe(_) => "not_durable",
            Self::Late => "late",
        }
    }

    fn text(&self) -> &'static str {
        match self {
            Self::Taken | Self::Challenge(_) => "ok\n",
            Self::NoCode => "no code that can be answered\n",
            Self::Cut => "the body ended early\n",
            Self::Unproven(_) => "not proven\n",
            Self::Nobody => "nobody is here\n",
            Self::Slow => "the body is too slow\n",
            Self::TooLarge => "the body is too long\n",
            Self::NotJson => "only plain JSON is read\n",
            Self::Busy => "too much is under way\n",
            Self::Unsafe(_) | Self::Late => "not now\n",
        }
    }
}

impl From<Unproven> for Answer {
    fn from(why: Unproven) -> Self {
        Self::Unproven(why)
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = match self {
            Self::Challenge(body) => ([(CONTENT_TYPE, "application/json")], body).into_response(),
            other => other.text().into_response(),
        };
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

/// A webhook whose time runs.
pub(super) struct Timed(Instant);

impl Timed {
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    /// Counts it and tells what somebody may have to mend.
    pub(super) fn end(self, seller: &str, answer: &Answer) {
        counter!(ANSWERED, "answer" => answer.word()).increment(1);
        histogram!(SECONDS).record(self.0.elapsed());
        match answer {
            Answer::Unsafe(error) => tracing::warn!(seller.id = seller, error = chain(error), "not durable"),
            Answer::Late => tracing::warn!(seller.id = seller, "not durable in time"),
            Answer::Unproven(why) => {
                tracing::warn!(seller.id = seller, why = %why, "a webhook is not proven and is refused");
            }
            _ => {}
        }
    }
}

/// Says what is counted.
pub fn describe() {
    describe_counter!(ANSWERED, "Webhooks, by answer");
    describe_histogram!(SECONDS, Unit::Seconds, "From the head of a webhook to its answer");
}
