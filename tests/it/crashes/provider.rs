//! The provider of a sequence: a simulator in this process, asked past every gate, and its own books.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::Method;
use domain::machine::Instant;
use serde::Deserialize;
use serde_json::{Value, json};
use simulator::{Options, Running, Simulator};

use crate::bin::cents;

/// A simulator and how to act as its seller.
pub struct Provider {
    pub running: Arc<Running>,
    token: String,
    made: usize,
}

/// How a payment begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Begins {
    /// A card that is charged at once.
    Paid,
    /// A card on which money is reserved.
    Reserved,
    /// A voucher that nobody has paid yet.
    Unpaid,
}

/// A payment in the simulator's own books.
#[derive(Deserialize, Debug)]
pub struct Kept {
    pub payment: u64,
    pub reference: Option<String>,
    pub status: String,
    pub detail: String,
    pub gross: String,
    notes: Option<Notes>,
    pub refunds: Vec<Given>,
    pub refunded: String,
}

/// A refund in the simulator's own books.
#[derive(Deserialize, Debug)]
pub struct Given {
    pub refund: u64,
    pub amount: String,
    notes: Option<Notes>,
}

#[derive(Deserialize, Debug)]
struct Notes {
    conciliar_order: Option<String>,
    conciliar_attempt: Option<String>,
}

#[derive(Deserialize)]
struct Books {
    available: String,
    pending: String,
    held: String,
}

impl Provider {
    /// Starts a simulator.
    pub async fn start(seed: u64) -> Self {
        // Another test of this process may have installed it.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let running = Simulator::start(Options::new(seed)).await.expect("the simulator starts");
        let token = running.sellers().remove(0).token;
        Self { running: Arc::new(running), token, made: 0 }
    }

    /// The token of its seller.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Its virtual time.
    pub fn now(&self) -> Instant {
        self.running.now()
    }

    /// Charges, reserves, or issues a voucher; answers the payment's id.
    pub async fn pay(&mut self, begins: Begins, amount_minor: i64) -> u64 {
        self.made += 1;
        let method = match begins {
            Begins::Paid | Begins::Reserved => {
                r#""payment_method_id":"visa","installments":1,"token":"APRO""#
            }
            Begins::Unpaid => r#""payment_method_id":"rapipago""#,
        };
        let capture = if begins == Begins::Reserved { r#","capture":false"# } else { "" };
        let body = format!(
            r#"{{"transaction_amount":{amount},{method}{capture},"external_reference":"sale-{number}","payer":{{"email":"a@example.com"}}}}"#,
            amount = major(amount_minor),
            number = self.made,
        );
        let key = format!("sale-{}", self.made);
        let answer = self.ask(Method::POST, "/v1/payments", &key, body).await;
        let (status, answer) = answer.expect("a charge is answered");
        assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
        let made: Value = serde_json::from_slice(&answer).expect("a payment");
        made["id"].as_u64().expect("an id")
    }

    /// A payment as it is read.
    pub async fn read(&self, payment: u64) -> Vec<u8> {
        let read = self.try_read(payment).await;
        read.unwrap_or_else(|| panic!("payment {payment} can be read"))
    }

    /// A payment as it is read, unless something is in the way.
    pub async fn try_read(&self, payment: u64) -> Option<Vec<u8>> {
        let path = format!("/v1/payments/{payment}");
        let (status, body) = self.ask(Method::GET, &path, "", String::new()).await?;
        (status == 200).then_some(body)
    }

    /// Somebody gives money back on the provider's own pages, if it can be; answers whether it was.
    pub async fn give_back_by_hand(&mut self, payment: u64, amount_minor: i64) -> bool {
        self.made += 1;
        let before = self.by_hand().await;
        let (path, key) = (format!("/v1/payments/{payment}/refunds"), format!("by hand {}", self.made));
        let body = format!(r#"{{"amount":{}}}"#, major(amount_minor));
        // What is in the way of other calls may be in the way of this one, before or after it was done.
        let _answer = self.ask(Method::POST, &path, &key, body).await;
        self.by_hand().await > before
    }

    /// Refunds that name no order.
    async fn by_hand(&self) -> usize {
        let kept = self.kept().await;
        kept.iter().flat_map(|kept| &kept.refunds).filter(|given| given.order().is_none()).count()
    }

    /// The payer pays a voucher, or never will.
    pub async fn decide(&self, payment: u64, status: &str) {
        let body = json!({"payment": payment, "status": status}).to_string();
        self.done(Method::POST, "/admin/decide", body).await;
    }

    /// Time passes.
    pub async fn advance(&self, seconds: u32) {
        self.done(Method::POST, "/admin/advance", json!({"by_seconds": seconds}).to_string()).await;
    }

    /// What the next call meets.
    pub async fn obstacle(&self, call: &str, meets: Value) {
        self.done(Method::POST, "/admin/obstacles", json!({"call": call, "meets": meets}).to_string()).await;
    }

    /// Takes all obstacles away.
    pub async fn clear(&self) {
        self.done(Method::DELETE, "/admin/obstacles", String::new()).await;
    }

    /// Sets its habits.
    pub async fn habits(&self, habits: &Value) {
        self.done(Method::PUT, "/admin/habits", habits.to_string()).await;
    }

    /// Every payment in its own books.
    pub async fn kept(&self) -> Vec<Kept> {
        let answer = self.done(Method::GET, "/admin/books/payments", String::new()).await;
        serde_json::from_slice(&answer).expect("a list of payments")
    }

    /// What its own books say of the money that is the seller's, minor units; the simulator counts it twice.
    pub async fn money(&self) -> i64 {
        let answer = self.done(Method::GET, "/admin/books", String::new()).await;
        let Books { available, pending, held } = serde_json::from_slice(&answer).expect("books");
        [available, pending, held].iter().map(|amount| cents(amount)).sum()
    }

    async fn done(&self, method: Method, path: &str, body: String) -> Vec<u8> {
        let asked = format!("{method} {path} {body}");
        let (status, answer) = self.ask(method, path, "", body).await.expect("its own pages answer");
        assert!((200..300).contains(&status), "{asked}: {status} {}", String::from_utf8_lossy(&answer));
        answer
    }

    /// Asks; `None` when the answer is lost.
    async fn ask(&self, method: Method, path: &str, key: &str, body: String) -> Option<(u16, Vec<u8>)> {
        let request = Request::builder().method(method).uri(path);
        let request = request.header("Authorization", format!("Bearer {}", self.token));
        let request = request.header("X-Idempotency-Key", key).body(Body::from(body));
        let answer = self.running.answer(request.expect("a request")).await;
        let status = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), usize::MAX).await.ok()?;
        Some((status, body.to_vec()))
    }
}

/// Decimal text of an amount with two decimals.
fn major(minor: i64) -> String {
    format!("{}.{:02}", minor / 100, minor % 100)
}

impl Kept {
    /// The attempt that it says it was made by.
    pub fn attempt(&self) -> Option<&str> {
        self.notes.as_ref()?.conciliar_attempt.as_deref()
    }
}

impl Given {
    /// The order that it says it was made for.
    pub fn order(&self) -> Option<&str> {
        self.notes.as_ref()?.conciliar_order.as_deref()
    }
}
