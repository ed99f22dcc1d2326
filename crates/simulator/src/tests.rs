//! The simulator from outside, over HTTP. What the product reads of it is tested where the product may be named.

use std::sync::Once;

use mercadopago::number::Number;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::{Credentials, Options, Running, SellerOptions, Simulator, Site};

mod behaviour;
mod cards;
mod month;
mod notices;
mod oauth;
mod payments;
mod refunds;
mod reports;
mod search;

/// A simulator with two sellers, and a client that calls it as the first of them.
struct Scene {
    running: Running,
    client: reqwest::Client,
    sellers: Vec<Credentials>,
}

/// An answer as it came.
struct Told {
    status: u16,
    body: String,
}

/// What the tests look at of a payment.
#[derive(Deserialize, Debug)]
struct Payment {
    id: u64,
    status: String,
    status_detail: String,
    transaction_amount: Number,
    transaction_amount_refunded: Number,
    captured: bool,
    date_last_updated: String,
}

#[derive(Deserialize)]
struct Refused {
    error: String,
    status: u16,
    cause: Vec<Cause>,
}

#[derive(Deserialize)]
struct Cause {
    code: Code,
}

/// Codes of causes are numbers in some services and words in others.
#[derive(Deserialize)]
#[serde(untagged)]
enum Code {
    Number(u32),
    Word(String),
}

impl Scene {
    async fn start(seed: u64) -> Self {
        Self::with(Options::new(seed)).await
    }

    async fn with(options: Options) -> Self {
        static INSTALLED: Once = Once::new();
        INSTALLED.call_once(|| {
            // Other tests of this crate install the same one.
            let _same = rustls::crypto::ring::default_provider().install_default();
        });
        let seller = |id, site| SellerOptions { id, site, webhook: None };
        let sellers = vec![seller(1_122_334_455, Site::Mla), seller(2_233_445_566, Site::Mlc)];
        let running = Simulator::start(Options { sellers, ..options }).await.expect("the simulator starts");
        let (client, sellers) = (reqwest::Client::new(), running.sellers());
        Self { running, client, sellers }
    }

    /// Calls as a seller, by its place.
    async fn call(&self, seller: usize, method: &str, path: &str, key: Option<&str>, body: &str) -> Told {
        let method = method.parse().expect("a method");
        let mut request = self.client.request(method, format!("{}{path}", self.running.base()));
        request = request.bearer_auth(&self.sellers[seller].token).body(body.to_owned());
        if let Some(key) = key {
            request = request.header("X-Idempotency-Key", key);
        }
        let answer = request.send().await.expect("the simulator answers");
        let status = answer.status().as_u16();
        Told { status, body: answer.text().await.expect("answers are text") }
    }

    async fn get(&self, path: &str) -> Told {
        self.call(0, "GET", path, None, "").await
    }

    async fn post(&self, path: &str, body: &str) -> Told {
        self.call(0, "POST", path, None, body).await
    }

    async fn pay(&self, key: &str, amount: &str, more: &str) -> Told {
        let body = format!(
            r#"{{"transaction_amount":{amount},"payment_method_id":"visa","installments":1,"payer":{{"email":"a@example.com"}}{more}}}"#
        );
        self.call(0, "POST", "/v1/payments", Some(key), &body).await
    }

    async fn paid(&self, key: &str, amount: &str) -> Payment {
        self.pay(key, amount, r#","token":"APRO""#).await.read(201)
    }

    async fn refund(&self, id: u64, key: &str, body: &str) -> Told {
        self.call(0, "POST", &format!("/v1/payments/{id}/refunds"), Some(key), body).await
    }

    async fn payment(&self, id: u64) -> Payment {
        self.get(&format!("/v1/payments/{id}")).await.read(200)
    }

    async fn advance(&self, seconds: i64) {
        self.post("/admin/advance", &format!(r#"{{"by_seconds":{seconds}}}"#)).await.is(200);
    }
}

impl Told {
    /// The body, if the status is the expected one.
    fn is(self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    fn read<T: DeserializeOwned>(self, status: u16) -> T {
        let body = self.is(status);
        serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}"))
    }

    /// The status, the error's word and the number of the first cause; a word is an error's word of its own.
    fn refused(self) -> (u16, String, Option<u32>) {
        let refused: Refused = serde_json::from_str(&self.body).expect("a refusal");
        assert_eq!(refused.status, self.status);
        match refused.cause.into_iter().next().map(|cause| cause.code) {
            None => (self.status, refused.error, None),
            Some(Code::Number(code)) => (self.status, refused.error, Some(code)),
            Some(Code::Word(word)) => (self.status, word, None),
        }
    }
}
