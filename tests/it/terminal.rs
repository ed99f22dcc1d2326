//! The virtual terminal in a real browser: an intent made over the API is taken, paid and seen to end on the page.

use serde_json::{Value, json};
use simulator::{Credentials, Options, Running, Simulator};

use crate::bin::{list, text};
use browser::Browser;

mod browser;

/// The simulator, as the shop's own system talks to it.
struct Shop {
    running: Running,
    seller: Credentials,
    client: reqwest::Client,
}

impl Shop {
    async fn open() -> Self {
        // Another test of this process may have installed it.
        let _there = rustls::crypto::ring::default_provider().install_default();
        let running = Simulator::start(Options::new(7)).await.expect("the simulator starts");
        let seller = running.sellers().remove(0);
        Self { running, seller, client: reqwest::Client::builder().no_proxy().build().expect("a client") }
    }

    /// The terminal that waits for people.
    fn terminal(&self) -> String {
        format!("NEWLAND_N950__N950NCB{}", self.seller.seller)
    }

    fn page(&self) -> String {
        format!("{}/terminal/{}", self.running.base(), self.terminal())
    }

    async fn read(&self, path: &str) -> String {
        let request = self.client.get(format!("{}{path}", self.running.base()));
        let answer = request.bearer_auth(&self.seller.token).send().await.expect("an answer");
        answer.text().await.expect("a body")
    }

    async fn get(&self, path: &str) -> Value {
        serde_json::from_str(&self.read(path).await).expect("JSON")
    }

    /// Makes an intent of so many hundredths, and gives its id.
    async fn charge(&self, amount: u64) -> String {
        let path = format!("/point/integration-api/devices/{}/payment-intents", self.terminal());
        let body = json!({"amount": amount, "additional_info": {"external_reference": "till-4-0017"}});
        let request = self.client.post(format!("{}{path}", self.running.base()));
        let request = request.bearer_auth(&self.seller.token).body(body.to_string());
        let answer = request.send().await.expect("an answer").bytes().await.expect("a body");
        let made: Value = serde_json::from_slice(&answer).expect("JSON");
        text(&made, "id").to_owned()
    }

    async fn intent(&self, id: &str) -> Value {
        self.get(&format!("/point/integration-api/payment-intents/{id}")).await
    }
}

#[tokio::test]
async fn a_charge_is_taken_with_the_green_key_and_paid_with_a_card() {
    let shop = Shop::open().await;
    let browser = Browser::start().await;
    browser.open(&shop.page()).await;
    browser.find("#screen[data-screen='idle']").await;
    let id = shop.charge(123_450).await;
    browser.find("#screen[data-screen='waiting']").await;
    assert_eq!(browser.text("#amount").await, "ARS 1\u{202f}234.50");
    browser.click("#go:enabled").await;
    browser.find("#screen[data-screen='card']").await;
    assert_eq!(text(&shop.intent(&id).await, "state"), "ON_TERMINAL");
    browser.click("input[value='master']").await;
    browser.click("#present:enabled").await;
    browser.find("#screen[data-screen='result'][data-tone='good']").await;
    assert_eq!(browser.text("#title").await, "Approved");

    let ended = shop.intent(&id).await;
    assert_eq!(text(&ended, "state"), "FINISHED");
    let printed = shop.read(&format!("/v1/payments/{}", text(&ended["payment"], "id"))).await;
    assert!(printed.contains(r#""transaction_amount":1234.5,"#), "{printed}");
    let payment: Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!((text(&payment, "status"), text(&payment, "payment_method_id")), ("approved", "master"));
    assert_eq!(text(&payment, "external_reference"), "till-4-0017");
    assert!(browser.text("#facts").await.contains(&payment["id"].to_string()));

    // The page is whole in itself: it fetched nothing but the state of its terminal.
    let fetched = browser.run("return performance.getEntriesByType('resource').map((one) => one.name)").await;
    let home = format!("{}/admin/devices/{}", shop.running.base(), shop.terminal());
    let fetched = fetched.as_array().expect("a list");
    assert!(!fetched.is_empty());
    for address in fetched {
        assert!(address.as_str().is_some_and(|address| address.starts_with(&home)), "{address}");
    }
    browser.close().await;
}

#[tokio::test]
async fn a_terminal_is_used_by_keyboard_alone() {
    let shop = Shop::open().await;
    let browser = Browser::start().await;
    let first = shop.charge(1_500).await;
    browser.open(&shop.page()).await;
    browser.find("#go:enabled").await;
    browser.press("\u{e032}").await; // F2
    browser.find("#stop:enabled").await;
    browser.press("\u{e00c}").await; // Escape
    browser.find("#screen[data-screen='result'][data-tone='bad']").await;
    assert_eq!(browser.text("#title").await, "Canceled");
    assert_eq!(text(&shop.intent(&first).await, "state"), "CANCELED");

    let second = shop.charge(1_500).await;
    browser.press("\u{e032}").await;
    browser.find("#screen[data-screen='waiting']").await;
    browser.press("\u{e032}").await;
    browser.find("#present:enabled").await;
    // From the first name to the fifth, with the arrows of a group of choices, and Enter.
    browser
        .find("input[value='APRO']")
        .await
        .send_keys("\u{e015}\u{e015}\u{e015}\u{e015}")
        .await
        .expect("arrows");
    browser.find("input[value='FUND']:checked").await;
    browser.press("\u{e007}").await;
    browser.find("#screen[data-screen='result'][data-tone='bad']").await;
    assert_eq!(browser.text("#title").await, "Declined");
    assert_eq!(browser.text("#hint").await, "Insufficient funds");
    let ended = shop.intent(&second).await;
    let payment = shop.get(&format!("/v1/payments/{}", text(&ended["payment"], "id"))).await;
    assert_eq!(text(&payment, "status_detail"), "cc_rejected_insufficient_amount");
    browser.close().await;
}

#[tokio::test]
async fn every_control_of_the_page_has_a_name() {
    let shop = Shop::open().await;
    let browser = Browser::start().await;
    browser.open(&shop.page()).await;
    browser.find("#screen[data-screen='idle']").await;
    // A button by its text, a choice by its label and the legend of its group.
    let nameless = browser
        .run(
            "return [...document.querySelectorAll('button, input')].filter((one) => one.tagName === 'BUTTON' \
             ? !one.textContent.trim() : !(one.labels.length && one.labels[0].textContent.trim() \
             && one.closest('fieldset').querySelector('legend').textContent.trim())).map((one) => one.outerHTML)",
        )
        .await;
    assert_eq!(nameless, json!([]));
    let live = browser.find("#screen[role='status'][aria-live='polite']").await;
    assert!(live.is_displayed().await.expect("the screen is there"));
    assert_eq!(list(&shop.get("/admin/devices").await, "devices").len(), 2);
    browser.close().await;
}
