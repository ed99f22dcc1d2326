//! Which facts put a message into the outbox, as what, and under which key: in the commit of the fact, or not at all.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::ids::SellerId;
use domain::payment::machine::Payment;
use domain::payment::refusal::Refusal;
use domain::payment::{Command, Funds};
use mercadopago::topics::Resource;
use store::memory::MemoryStore;
use store::store::Store;

use super::*;
use crate::clock::Clock;
use crate::execute::{By, Desk, ExecuteError, Wrote};
use crate::response::Response;
use crate::samples::{SELLER, at, config, stream};

/// Books with payment 57 of so much in a currency, and a person who orders something about it.
struct Books {
    desk: Desk,
    store: Arc<MemoryStore>,
}

impl Books {
    async fn with(status: &str, amount: &str, currency: &str) -> Self {
        let store = Arc::new(MemoryStore::new());
        let shared = Arc::clone(&store) as Arc<dyn Store>;
        let desk = Desk { store: shared, config: config(), clock: Clock::Fixed(at("2026-03-08T10:00:00Z")) };
        let books = Self { desk, store };
        books.told(status, amount, currency, 2).await;
        books
    }

    /// The provider tells of it on a day of March.
    async fn told(&self, status: &str, amount: &str, currency: &str, day: u8) {
        let body = format!(
            r#"{{"id":57,"collector_id":{SELLER},"currency_id":"{currency}","status":"{status}",
            "transaction_amount":{amount},"transaction_details":{{"net_received_amount":{amount}}},
            "charges_details":[],"date_created":"2026-03-02T13:00:00Z",
            "date_approved":"2026-03-02T14:00:00Z","date_last_updated":"2026-03-{day:02}T14:00:00Z"}}"#
        );
        let seller = SellerId::from(SELLER);
        let response =
            Response { seller: &seller, resource: Resource::Payment, id: "57", body: body.as_bytes() };
        self.desk.take(response).await.expect("the store answers");
    }

    /// The same where a second person is needed from an amount on.
    fn with_limit(mut self, currency: &str, limit: &str) -> Self {
        let text = format!("[approval.above]\n{currency} = \"{limit}\"");
        self.desk.config = crate::config::Config::read(Some(("test", &text)), []).expect("it fits");
        self
    }

    async fn order(&self, key: &str, command: Command) -> Result<Wrote, ExecuteError<Refusal>> {
        let by = By { actor: "ana".into(), key: key.into(), errand: None };
        self.desk.execute::<Payment>(&stream(57), command, by).await
    }

    /// The outbox, a line each: key, destination, whose facts, what.
    async fn outbox(&self) -> Vec<String> {
        let messages = self.store.outbox(0, 100).await.expect("the store answers");
        let line = |message: &store::read::StoredMessage| {
            format!("{} {} {} {}", message.key, message.destination, message.caused_by, message.payload)
        };
        messages.iter().map(line).collect()
    }
}

fn refund(request: &str, amount_minor: Option<i64>) -> Command {
    let (request, actor, reason) = (Text::from(request), Text::from("ana"), Text::from("wrong size"));
    Command::RequestRefund { request, amount_minor, funds: Funds::Unchecked, actor, reason }
}

#[tokio::test]
async fn an_order_is_in_the_outbox_with_its_fact_under_its_own_key() {
    let books = Books::with("approved", "100.00", "ARS").await;
    assert_eq!(books.order("k1", refund("r1", Some(1250))).await.expect("it is allowed"), Wrote::Facts);
    assert_eq!(books.order("k2", refund("r1", Some(1250))).await.expect("it is known"), Wrote::Nothing);
    let row =
        r#"k1 provider payment/7/57 {"errand":"refund","request":"r1","amount":"12.50","currency":"ARS"}"#;
    assert_eq!(books.outbox().await, [row]);
}

#[tokio::test]
async fn amounts_are_written_in_major_units_and_left_out_where_it_is_all() {
    for (currency, amount, minor, row) in [
        ("ARS", "100.00", Some(7), r#","amount":"0.07","currency":"ARS"}"#),
        ("CLP", "100", Some(7), r#","amount":"7","currency":"CLP"}"#),
        ("ARS", "100.00", Some(10_000), r#","currency":"ARS"}"#),
        ("ARS", "100.00", None, r#","currency":"ARS"}"#),
    ] {
        let books = Books::with("approved", amount, currency).await;
        books.order("k", refund("r", minor)).await.expect("it is allowed");
        let begins = r#"k provider payment/7/57 {"errand":"refund","request":"r""#;
        assert_eq!(books.outbox().await, [format!("{begins}{row}")]);
    }
}

#[tokio::test]
async fn captures_and_cancellations_are_sent_too() {
    let (actor, reason) = (Text::from("ana"), Text::from("it is sent"));
    let capture = Command::RequestCapture {
        request: "c".into(),
        amount_minor: Some(7550),
        actor: actor.clone(),
        reason,
    };
    let books = Books::with("authorized", "100.00", "ARS").await;
    books.order("k", capture).await.expect("it is allowed");
    let row =
        r#"k provider payment/7/57 {"errand":"capture","request":"c","amount":"75.50","currency":"ARS"}"#;
    assert_eq!(books.outbox().await, [row]);
    let books = Books::with("pending", "100.00", "ARS").await;
    let cancel = Command::RequestCancel { request: "c".into(), actor, reason: "out of stock".into() };
    books.order("k", cancel).await.expect("it is allowed");
    assert_eq!(books.outbox().await, [r#"k provider payment/7/57 {"errand":"cancel","request":"c"}"#]);
}

#[tokio::test]
async fn an_order_without_a_key_is_not_written() {
    let books = Books::with("approved", "100.00", "ARS").await;
    let refused = books.order("", refund("r1", None)).await.expect_err("it has no key");
    let told = crate::look::chain(&refused);
    assert!(told.ends_with("payment/7/57: an order cannot be written without a key of its own"), "{told}");
    let state = books.desk.state::<Payment>(&stream(57)).await.expect("the store answers").expect("known");
    assert_eq!(state.known().expect("described").asked.orders, BTreeMap::new());
    assert_eq!(books.outbox().await, Vec::<String>::new());
}

#[tokio::test]
async fn an_order_that_waits_for_a_second_person_is_sent_when_that_one_agrees() {
    let books = Books::with("approved", "100.00", "ARS").await.with_limit("ARS", "50.00");
    books.order("k1", refund("r1", Some(6000))).await.expect("it is allowed");
    assert_eq!(books.outbox().await, Vec::<String>::new());
    let agree = Command::ApproveOrder { request: "r1".into(), funds: Funds::Unchecked, actor: "eva".into() };
    books.order("k2", agree).await.expect("it is another person");
    let row =
        r#"k2 provider payment/7/57 {"errand":"refund","request":"r1","amount":"60.00","currency":"ARS"}"#;
    assert_eq!(books.outbox().await, [row]);
}

#[tokio::test]
async fn no_more_is_sent_than_a_second_person_agreed_to_when_the_payment_is_told_anew() {
    let (actor, reason) = (Text::from("ana"), Text::from("shipped"));
    let capture = Command::RequestCapture { request: "r".into(), amount_minor: None, actor, reason };
    for (status, word, order) in
        [("approved", "refund", refund("r", None)), ("authorized", "capture", capture)]
    {
        let books = Books::with(status, "100.00", "ARS").await.with_limit("ARS", "50.00");
        books.order("k1", order).await.expect("it is allowed");
        books.told(status, "120.00", "ARS", 3).await;
        let agree =
            Command::ApproveOrder { request: "r".into(), funds: Funds::Unchecked, actor: "eva".into() };
        books.order("k2", agree).await.expect("it is another person");
        let begins = format!(r#"k2 provider payment/7/57 {{"errand":"{word}","request":"r""#);
        assert_eq!(books.outbox().await, [format!(r#"{begins},"amount":"100.00","currency":"ARS"}}"#)]);
    }
}

#[tokio::test]
async fn what_becomes_of_an_order_is_sent_to_nobody() {
    let books = Books::with("approved", "100.00", "ARS").await;
    books.order("k1", refund("r1", None)).await.expect("it is allowed");
    let refused = Command::RecordRefusal { request: "r1".into(), code: "2031".into() };
    books.order("", refused).await.expect("it needs no key");
    assert_eq!(books.outbox().await.len(), 1);
}

#[test]
fn a_message_is_read_as_it_was_written_and_nothing_else_is() {
    let all = [
        Errand::Refund { request: "r".into(), amount: Some("1.50".into()), currency: Currency::ARS },
        Errand::Capture { request: "r".into(), amount: None, currency: Currency::CLP },
        Errand::Cancel { request: "r".into() },
    ];
    for errand in all {
        let text = serde_json::to_string(&errand).expect("it is JSON");
        assert_eq!(serde_json::from_str::<Errand>(&text).expect("it is read"), errand);
        assert_eq!(errand.request(), &Text::from("r"));
    }
    for odd in
        [r#"{"errand":"cancel","request":"r","amount":"1"}"#, r#"{"errand":"split","request":"r"}"#, "{}"]
    {
        assert!(serde_json::from_str::<Errand>(odd).is_err(), "{odd}");
    }
}
