//! Orders against a provider on loopback: what is sent, what is written, and what is told, whatever fails.

use client::error::code::ErrorCode;
use domain::payment::Stage;
use domain::text::Text;
use store::commit::{Commit, NewMessage, Outcome};

use super::*;
use crate::samples::{at, sqlite, stream};
use provider::{Fate, refusal};
use scene::{NOW, Scene, line, once, told};

mod approvals;
mod crashes;
mod doubts;
mod provider;
mod scene;
mod turns;

const LOOK: &str = "GET /v1/payments/57";
const LIST: &str = "GET /v1/payments/57/refunds";
/// A part of payment 57, ordered as `r1`.
const PART: &str =
    r#"POST /v1/payments/57/refunds key-r1 {"amount":12.50,"metadata":{"conciliar_order":"r1"}}"#;
const CANCEL: &str = r#"PUT /v1/payments/57 key-c1 {"status":"cancelled"}"#;

#[tokio::test]
async fn a_refund_is_looked_at_sent_and_done() {
    let scene = Scene::paid().await;
    scene.refund(57, "r1", Some(1250)).await;
    assert_eq!(told(&scene.once().await), ["57/r1 done"]);
    assert_eq!(scene.calls(), [LOOK, PART, LOOK]);
    assert_eq!(
        scene.facts().await[..3],
        ["payment.refund_requested ana", "payment.refund_named", "refund.approved"],
        "its own answer names the order"
    );
    assert_eq!(scene.stage(57, "r1").await, Stage::Done { refund: Some("571".into()) });
    assert_eq!(told(&scene.once().await), Vec::<String>::new());
    assert_eq!(scene.calls(), Vec::<String>::new(), "what is done is not looked at again");
}

#[tokio::test]
async fn a_whole_refund_names_no_amount() {
    let scene = Scene::paid().await;
    scene.refund(57, "all", None).await;
    assert_eq!(told(&scene.once().await), ["57/all done"]);
    let whole = r#"POST /v1/payments/57/refunds key-all {"metadata":{"conciliar_order":"all"}}"#;
    assert_eq!(scene.calls(), [LOOK, whole, LOOK]);
}

#[tokio::test]
async fn after_a_refund_its_payment_is_read_once_more_and_the_order_is_done_also_without_that() {
    for (read, last) in [
        (None, "payment.fully_refunded"),
        (Some((502, "")), "refund.approved"),
        (Some((200, "{")), "refund.approved"),
    ] {
        let scene = Scene::paid().await;
        scene.refund(57, "all", None).await;
        if let Some((status, body)) = read {
            scene.world().after("POST", LOOK, Fate::Answer(status, body.to_owned()));
        }
        assert_eq!(told(&scene.once().await), ["57/all done"], "{read:?}");
        assert_eq!(scene.calls().len(), 3, "{read:?}");
        assert_eq!(scene.facts().await.last().map(String::as_str), Some(last), "{read:?}");
        assert_eq!(scene.stage(57, "all").await, Stage::Done { refund: Some("571".into()) });
    }
}

#[tokio::test]
async fn a_capture_takes_all_or_a_part() {
    for (cents, body) in [
        (None, r#"{"capture":true}"#),
        (Some(10_000), r#"{"capture":true}"#),
        (Some(7550), r#"{"capture":true,"transaction_amount":75.50}"#),
    ] {
        let scene = Scene::with(&[("57", "authorized", "pending_capture")]).await;
        scene.capture(57, "c1", cents).await;
        assert_eq!(told(&scene.once().await), ["57/c1 done"]);
        assert_eq!(scene.calls(), [LOOK.to_owned(), format!("PUT /v1/payments/57 key-c1 {body}")]);
        assert_eq!(
            scene.facts().await,
            ["payment.capture_requested ana", "payment.redescribed", "payment.captured", "payment.approved"],
            "the answer is the statement that ends it"
        );
    }
}

#[tokio::test]
async fn what_nobody_decided_is_cancelled_and_a_reservation_released() {
    for (status, detail) in [("pending", "pending_waiting_payment"), ("authorized", "pending_capture")] {
        let scene = Scene::with(&[("57", status, detail)]).await;
        scene.cancel(57, "c1").await;
        assert_eq!(told(&scene.once().await), ["57/c1 done"]);
        assert_eq!(scene.calls(), [LOOK, CANCEL]);
        assert_eq!(scene.facts().await, ["payment.cancel_requested ana", "payment.cancelled"]);
    }
}

/// Every code of the reference for refunds, with the status that it lists it under.
const REFUSALS: [(u16, u32); 26] = [
    (400, 2063),
    (400, 2085),
    (400, 2017),
    (400, 2022),
    (400, 2025),
    (400, 2027),
    (400, 2029),
    (400, 2030),
    (400, 2031),
    (400, 2024),
    (400, 15016),
    (404, 2032),
    (400, 2084),
    (400, 3024),
    (401, 4040),
    (401, 4041),
    (400, 4292),
    (404, 2000),
    (400, 4211),
    (400, 4248),
    (400, 4291),
    (400, 4293),
    (400, 4294),
    (400, 4295),
    (400, 4296),
    (400, 4297),
];

#[tokio::test]
async fn a_refund_that_the_provider_refuses_ends_with_its_code_and_can_be_asked_for_again() {
    for (status, code) in REFUSALS {
        let scene = Scene::paid().await;
        scene.refund(57, "r1", Some(1250)).await;
        let (status, body) = refusal(status, code);
        scene.world().next("POST", Fate::Answer(status, body));
        assert_eq!(told(&scene.once().await), [format!("57/r1 refused {code}")]);
        assert_eq!(scene.calls(), [LOOK, PART, LOOK, LIST], "it is looked at again before it is believed");
        let refused = ["payment.refund_requested ana", "payment.refund_refused provider"];
        assert_eq!(scene.facts().await, refused, "{code}");
        assert_eq!(scene.stage(57, "r1").await, Stage::Refused { code: code.to_string().into() });
        assert!(ErrorCode::of(&code.to_string()).advice().is_some_and(|advice| !advice.is_empty()), "{code}");
        scene.refund(57, "r2", None).await;
        assert_eq!(told(&scene.once().await), ["57/r2 done"]);
    }
}

#[tokio::test]
async fn a_change_that_the_provider_refuses_ends_with_its_code() {
    let codes = [(400, 8), (400, 1004), (400, 2078), (400, 2079), (403, 4), (403, 3002), (404, 2000)];
    for (status, code) in codes {
        let scene = Scene::with(&[("57", "authorized", "pending_capture")]).await;
        scene.capture(57, "c1", None).await;
        let (status, body) = refusal(status, code);
        scene.world().next("PUT", Fate::Answer(status, body.clone()));
        assert_eq!(told(&scene.once().await), [format!("57/c1 refused {code}")]);
        scene.cancel(57, "c2").await;
        scene.world().next("PUT", Fate::Answer(status, body));
        assert_eq!(told(&scene.once().await), [format!("57/c2 refused {code}")]);
        let facts = [
            "payment.capture_requested ana",
            "payment.capture_refused provider",
            "payment.cancel_requested ana",
            "payment.cancel_refused provider",
        ];
        assert_eq!(scene.facts().await, facts);
    }
}

#[tokio::test]
async fn a_refusal_without_a_code_is_kept_by_its_card_code_or_its_status() {
    let quoted = r#"{"message":"cc_rejected_other_reason","status":400,"cause":[]}"#;
    for (status, body, code) in [(400, quoted, "cc_rejected_other_reason"), (403, "no", "403")] {
        let scene = Scene::with(&[("57", "authorized", "pending_capture")]).await;
        scene.capture(57, "c1", None).await;
        scene.world().next("PUT", Fate::Answer(status, body.to_owned()));
        assert_eq!(told(&scene.once().await), [format!("57/c1 refused {code}")]);
    }
}

#[tokio::test]
async fn an_order_about_a_payment_that_the_provider_does_not_show_waits_and_nothing_is_sent() {
    let scene = Scene::paid().await;
    scene.refund(57, "r1", Some(1250)).await;
    let (status, body) = refusal(404, 2000);
    scene.world().next("GET", Fate::Answer(status, body));
    let waits = told(&scene.once().await).concat();
    assert!(waits.starts_with("57/r1 waiting: ") && waits.contains("2000"), "{waits}");
    assert_eq!(scene.calls(), [LOOK]);
    assert_eq!(scene.stage(57, "r1").await, Stage::Open);
}

#[tokio::test]
async fn one_order_is_tried_alone_and_what_ended_before_is_told() {
    let scene = Scene::with(&[("57", "approved", "accredited"), ("58", "approved", "accredited")]).await;
    scene.refund(58, "other", None).await;
    scene.refund(57, "first", Some(100)).await;
    scene.refund(57, "second", Some(200)).await;
    scene.refund(57, "third", Some(300)).await;
    let dispatcher = scene.dispatcher();
    let one = async |request: &str| {
        line(&dispatcher.one(&stream(57), &Text::from(request)).await.expect("the outbox can be read"))
    };
    assert_eq!(one("second").await, "57/second done");
    assert_eq!(scene.world().refunds("57"), 2, "the one before it goes first");
    assert_eq!(scene.calls().len(), 6);
    assert_eq!(one("second").await, "57/second done");
    assert_eq!(one("nobody").await, "57/nobody waiting: payment/7/57 knows no order of this name");
    assert_eq!(scene.world().refunds("58"), 0);
    assert_eq!(told(&scene.once().await), ["58/other done", "57/third done"]);
    assert_eq!(one("first").await, "57/first done", "the checkpoint has passed it");
}
