//! The simulator as the decade speaks to it: in this process, and every answer is one that succeeded.

use axum::http::Method;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use simulator::rules::Rules;
use simulator::{Options, Running, Simulator};

use super::lot::{Lot, Way, text};

/// A simulator and what it told so far.
pub struct Provider {
    running: Running,
    token: String,
    /// Notices that were followed.
    heard: usize,
}

#[derive(Deserialize)]
struct Notices {
    notices: Vec<Noted>,
}

#[derive(Deserialize)]
struct Noted {
    topic: String,
    id: String,
}

#[derive(Deserialize)]
struct Invoiced {
    preapproval_id: String,
}

#[derive(Deserialize)]
struct Made {
    id: String,
}

impl Provider {
    pub async fn start(seed: u64, billing: Rules) -> Self {
        // Another test of this process may have installed it.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let options = Options { billing, ..Options::new(seed) };
        let running = Simulator::start(options).await.expect("the simulator starts");
        let token = running.sellers().remove(0).token;
        Self { running, token, heard: 0 }
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.running.now()
    }

    async fn call(&self, method: Method, path: &str, body: String) -> Vec<u8> {
        let asked = format!("{method} {path} {body}");
        let (status, answer) = self.running.call(method, path, &self.token, body).await;
        assert!(status.is_success(), "{asked}: {status} {}", String::from_utf8_lossy(&answer));
        answer.to_vec()
    }

    pub async fn advance(&self, to: DateTime<Utc>) {
        self.call(Method::POST, "/admin/advance", format!(r#"{{"to":"{}"}}"#, text(to))).await;
    }

    /// What was told since the last time: subscriptions and invoices, each once.
    pub async fn heard(&mut self) -> Vec<(String, String)> {
        let path = format!("/admin/notices?from={}", self.heard);
        let told = self.call(Method::GET, &path, String::new()).await;
        let Notices { notices } = serde_json::from_slice(&told).expect("a list of notices");
        self.heard += notices.len();
        let mut heard: Vec<_> = notices.into_iter().map(|noted| (noted.topic, noted.id)).collect();
        heard.retain(|(topic, _)| {
            topic == "subscription_preapproval" || topic == "subscription_authorized_payment"
        });
        heard.sort_unstable();
        heard.dedup();
        heard
    }

    pub async fn preapproval(&self, id: &str) -> Vec<u8> {
        self.call(Method::GET, &format!("/preapproval/{id}"), String::new()).await
    }

    /// An invoice, and the subscription it is of.
    pub async fn invoice(&self, id: &str) -> (String, Vec<u8>) {
        let answer = self.call(Method::GET, &format!("/authorized_payments/{id}"), String::new()).await;
        let Invoiced { preapproval_id } = serde_json::from_slice(&answer).expect("an invoice");
        (preapproval_id, answer)
    }

    /// Somebody signs up. The id, and the subscription as it is answered.
    pub async fn sign_up(&self, lot: &Lot) -> (String, Vec<u8>) {
        let common = format!(
            r#""reason":"Yoga","external_reference":"YG-1","back_url":"https://shop.example","payer_email":"payer@shop.example","auto_recurring":{}"#,
            lot.own
        );
        let body = match lot.way {
            Way::Plan => {
                let plan = format!(
                    r#"{{"reason":"Yoga","back_url":"https://shop.example","auto_recurring":{}}}"#,
                    lot.recurring
                );
                let Made { id } = made(&self.call(Method::POST, "/preapproval_plan", plan).await);
                format!(
                    r#"{{{common},"preapproval_plan_id":"{id}","card_token_id":"good","status":"authorized"}}"#
                )
            }
            Way::Card => format!(r#"{{{common},"card_token_id":"good","status":"authorized"}}"#),
            Way::Link(_) => format!(r#"{{{common},"status":"pending"}}"#),
        };
        let answer = self.call(Method::POST, "/preapproval", body).await;
        let Made { id } = made(&answer);
        for (number, holders) in &lot.failing {
            let body =
                format!(r#"{{"holders":{}}}"#, serde_json::to_string(holders).expect("words are JSON"));
            self.call(Method::POST, &format!("/admin/subscriptions/{id}/instalments/{number}"), body).await;
        }
        (id, answer)
    }

    /// The payer follows the link.
    pub async fn accept(&self, id: &str) -> Vec<u8> {
        let body = r#"{"holder":"APRO"}"#.to_owned();
        self.call(Method::POST, &format!("/admin/subscriptions/{id}/accept"), body).await
    }

    /// What the card does from now on.
    pub async fn card(&self, id: &str, holder: &str) {
        let body = format!(r#"{{"holder":"{holder}"}}"#);
        self.call(Method::POST, &format!("/admin/subscriptions/{id}/card"), body).await;
    }

    /// A change, and the subscription as it is answered.
    pub async fn change(&self, id: &str, body: String) -> Vec<u8> {
        self.call(Method::PUT, &format!("/preapproval/{id}"), body).await
    }
}

fn made(answer: &[u8]) -> Made {
    serde_json::from_slice(answer).expect("what was made has an id")
}
