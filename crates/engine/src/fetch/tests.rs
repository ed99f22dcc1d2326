//! From notifications to the books: what is asked, how often, and how each notification is closed.

use std::time::Duration;

use domain::text::Text;
use store::inbox::{InboxKey, Verdict};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::ingest::Ingester;
use crate::item::Item;
use crate::samples::at;

mod provider;
mod queue;
mod queues;
mod scene;

use scene::{Closed, Scene, Told, is_closed, notice, payment, told};

fn refused(verdict: Option<Verdict>) -> (Text, Text) {
    match verdict {
        Some(Verdict::Refused { reason, detail }) => (reason, detail),
        other => panic!("{other:?} is no refusal"),
    }
}

fn row(kind: &str, topic: &str, verdict: &'static str) -> (String, String, &'static str) {
    (kind.to_owned(), topic.to_owned(), verdict)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notification_becomes_the_payment_that_it_names() {
    let scene = Scene::new().await;
    scene.provider.tells("/v1/payments/1", 200, payment(1));
    scene.receive(notice("n1", "payment", "1")).await;
    assert_eq!(scene.verdict("n1").await, Some(Verdict::NeedsFetch));
    let fetched = scene.once().await;
    assert_eq!(fetched, Fetched { notifications: 1, questions: 1, ..Fetched::default() });
    assert_eq!(scene.fetched_for("n1").await, [row("resource", "payment", "applied")]);
    assert_eq!(scene.verdict("n1").await, Some(Verdict::Applied), "the payment passes its verdict on");
    assert_eq!(scene.once().await, Fetched::default(), "nothing lies open");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_notifications_of_one_payment_are_one_question_and_each_is_closed() {
    let scene = Scene::new().await;
    scene.provider.tells("/v1/payments/1", 200, payment(1));
    for key in ["n1", "n2", "n3"] {
        scene.receive(notice(key, "payment", "1")).await;
    }
    assert_eq!(scene.once().await.coalesced, 2);
    assert_eq!(scene.provider.asked("/v1/payments/1"), 1);
    let mut verdicts = Vec::new();
    for key in ["n1", "n2", "n3"] {
        verdicts.extend(scene.fetched_for(key).await.into_iter().map(|(.., verdict)| verdict));
        assert!(scene.verdict(key).await.is_some_and(|verdict| verdict != Verdict::NeedsFetch), "{key}");
    }
    verdicts.sort_unstable();
    assert_eq!(
        verdicts,
        ["applied", "unchanged", "unchanged"],
        "each has its own delivery of the same bytes"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_does_not_know_is_refused_and_not_asked_again() {
    let scene = Scene::new().await;
    scene.receive(notice("n1", "payment", "404")).await;
    assert_eq!(scene.once().await.not_found, 1);
    assert_eq!(scene.provider.asked("/v1/payments/404"), 1);
    let (reason, detail) = refused(scene.verdict("n1").await);
    assert_eq!(&*reason, "not_found");
    assert!(detail.contains("GET /v1/payments/{id}") && detail.contains("404"), "{detail}");
    assert_eq!(scene.fetched_for("n1").await, [row("not_found", "payment", "refused")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_outlasted() {
    let scene = Scene::new().await;
    scene.provider.tells_once("/v1/payments/1", 500, "{}");
    scene.provider.tells_once("/v1/payments/1", 503, "");
    scene.provider.tells("/v1/payments/1", 200, payment(1));
    scene.receive(notice("n1", "payment", "1")).await;
    assert_eq!(scene.once().await, Fetched { notifications: 1, questions: 3, ..Fetched::default() });
    assert_eq!(scene.verdict("n1").await, Some(Verdict::Applied));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_answer_a_notification_stays_open_until_there_is_one() {
    let mut scene = Scene::new().await;
    scene.config.fetch.patience_seconds = 0;
    scene.provider.tells("/v1/payments/1", 500, "{}");
    scene.receive(notice("n1", "payment", "1")).await;
    assert_eq!(scene.once().await.put_off, 1);
    assert_eq!(scene.verdict("n1").await, Some(Verdict::NeedsFetch));
    scene.provider.tells("/v1/payments/1", 200, payment(1));
    scene.once().await;
    assert_eq!(scene.verdict("n1").await, Some(Verdict::Applied));
}

#[tokio::test(flavor = "multi_thread")]
async fn refunds_that_a_payment_hides_are_read_from_their_own_list() {
    let scene = Scene::new().await;
    let hidden = payment(1).replace(
        r#""charges_details":[]"#,
        r#""charges_details":[],"transaction_amount_refunded":40,"refunds":[]"#,
    );
    scene.provider.tells("/v1/payments/1", 200, hidden);
    let refunds = r#"[{"id":11,"payment_id":1,"amount":30,"status":"approved","date_created":"2026-03-03T10:00:00Z"},
        {"id":12,"payment_id":1,"amount":10,"status":"approved","date_created":"2026-03-04T10:00:00Z"}]"#;
    scene.provider.tells("/v1/payments/1/refunds", 200, refunds);
    scene.receive(notice("n1", "payment", "1")).await;
    scene.once().await;
    let fetched = scene.fetched_for("n1").await;
    let topics: Vec<_> = fetched.iter().map(|(_, topic, verdict)| (topic.as_str(), *verdict)).collect();
    assert_eq!(topics, [("payment", "applied"), ("refund", "applied"), ("refund", "applied")]);
    assert_eq!(scene.verdict("n1").await, Some(Verdict::Applied));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_stands_when_its_refunds_cannot_be_read() {
    let scene = Scene::new().await;
    let hidden =
        payment(1).replace(r#""charges_details""#, r#""transaction_amount_refunded":40,"charges_details""#);
    scene.provider.tells("/v1/payments/1", 200, hidden);
    scene.receive(notice("n1", "payment", "1")).await;
    scene.once().await;
    let fetched = scene.fetched_for("n1").await;
    assert_eq!(fetched, [row("resource", "payment", "applied"), row("not_found", "payment", "refused")]);
    assert_eq!(scene.verdict("n1").await, Some(Verdict::Applied));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_of_the_older_generation_leads_to_its_payments() {
    let scene = Scene::new().await;
    scene.provider.tells("/merchant_orders/55", 200, r#"{"id":55,"payments":[{"id":1},{"id":2}]}"#);
    scene.provider.tells("/merchant_orders/56", 200, r#"{"id":56,"payments":[]}"#);
    for id in [1, 2] {
        scene.provider.tells(&format!("/v1/payments/{id}"), 200, payment(id));
    }
    scene
        .receive(told(
            "n1",
            "merchant_order",
            r#"{"resource":"https://elsewhere/merchant_orders/55","topic":"merchant_order"}"#,
        ))
        .await;
    scene.receive(told("n2", "merchant_order", r#"{"resource":"56","topic":"merchant_order"}"#)).await;
    scene.once().await;
    let payments = [row("resource", "payment", "applied"), row("resource", "payment", "applied")];
    assert_eq!(scene.fetched_for("n1").await, payments);
    assert_eq!(scene.verdict("n1").await, Some(Verdict::Applied));
    assert_eq!(scene.fetched_for("n2").await, [row("answer", "merchant_order", "unchanged")]);
    assert_eq!(
        scene.verdict("n2").await,
        Some(Verdict::Unchanged),
        "an order without payments is closed too"
    );
    let kept = scene.inbox().await.into_iter().filter(|row| &*row.kind == "answer").count();
    assert_eq!(kept, 2, "both orders are kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_and_the_order_that_leads_to_it_share_a_question() {
    let scene = Scene::new().await;
    let gate = scene.provider.holds("/v1/payments/1");
    scene.provider.tells("/merchant_orders/55", 200, r#"{"id":55,"payments":[{"id":1}]}"#);
    scene.provider.tells("/v1/payments/1", 200, payment(1));
    let fetcher = Arc::new(scene.fetcher());
    let embedded = scene.embedded(Arc::clone(&fetcher));
    scene.receive(notice("n1", "payment", "1")).await;
    scene.until("the first question", |_| scene.provider.asked("/v1/payments/1") == 1).await;
    // Its answer may be older than what these two tell of, so they share the next one.
    scene.receive(notice("n2", "payment", "1")).await;
    scene.receive(told("n3", "merchant_order", r#"{"resource":"55","topic":"merchant_order"}"#)).await;
    scene.until("the order has led to it", |_| fetcher.fetched().coalesced == 1).await;
    gate.add_permits(2);
    scene.until("all are closed", |rows| rows.len() == 7 && rows.iter().all(is_closed)).await;
    embedded.stop().await;
    assert_eq!(scene.provider.asked("/v1/payments/1"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_leads_to_its_payment_and_others_are_refused() {
    let scene = Scene::new().await;
    scene.provider.tells(
        "/post-purchase/v1/claims/5",
        200,
        r#"{"id":5,"resource":"payment","resource_id":1}"#,
    );
    scene.provider.tells(
        "/post-purchase/v1/claims/6",
        200,
        r#"{"id":6,"resource":"shipment","resource_id":9}"#,
    );
    scene.provider.tells("/post-purchase/v1/claims/7", 200, "<html>");
    scene.provider.tells("/v1/payments/1", 200, payment(1));
    for id in ["5", "6", "7"] {
        scene.receive(notice(&format!("n{id}"), "topic_claims_integration_wh", id)).await;
    }
    scene.once().await;
    assert_eq!(scene.fetched_for("n5").await, [row("resource", "payment", "applied")]);
    assert_eq!(&*refused(scene.verdict("n6").await).0, "cannot_fetch");
    assert_eq!(scene.fetched_for("n7").await, [row("unreadable_answer", "claim", "undecodable")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_topic_is_asked_for_where_its_thing_is() {
    let scene = Scene::new().await;
    let topics = [
        ("payment", "1"),
        ("topic_merchant_order_wh", "2"),
        ("topic_claims_integration_wh", "3"),
        ("order", "ORD4"),
        ("point_integration_wh", "5"),
        ("topic_instore_integration_wh", "6"),
        ("subscription_preapproval", "7"),
        ("subscription_preapproval_plan", "8"),
        ("subscription_authorized_payment", "9"),
        ("topic_chargebacks_wh", "10"),
    ];
    for (topic, id) in topics {
        scene.receive(notice(&format!("n{id}"), topic, id)).await;
    }
    let ready = |kind: &str, name: &str| {
        format!(r#"{{"report_type":"{kind}","files":[{{"type":"csv","name":"{name}"}}]}}"#)
    };
    scene.receive(told("r1", "report", &ready("release", "a.csv"))).await;
    scene.receive(told("r2", "report", &ready("settlement", "b.csv"))).await;
    scene.receive(told("r3", "report", &ready("other", "c.csv"))).await;
    scene.once().await;
    let asked: Vec<String> =
        scene.provider.all().into_iter().map(|(path, count)| format!("{count} {path}")).collect();
    assert_eq!(
        asked,
        [
            "1 /authorized_payments/9",
            "1 /instore-api/integrations/v1/intents/6/point",
            "1 /instore-api/integrations/v1/intents/6/qr",
            "1 /merchant_orders/2",
            "1 /point/integration-api/payment-intents/5",
            "1 /post-purchase/v1/claims/3",
            "1 /preapproval/7",
            "1 /preapproval_plan/8",
            "1 /v1/account/release_report/a.csv",
            "1 /v1/account/release_report/c.csv",
            "1 /v1/account/settlement_report/b.csv",
            "1 /v1/account/settlement_report/c.csv",
            "1 /v1/chargebacks/10",
            "1 /v1/orders/ORD4",
            "1 /v1/payments/1",
        ]
    );
    let rows = scene.inbox().await;
    assert!(rows.iter().all(is_closed), "{rows:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_downloaded_and_its_rows_are_kept_as_those_of_a_file() {
    let scene = Scene::new().await;
    let header = "DATE,SOURCE_ID,EXTERNAL_REFERENCE,RECORD_TYPE,DESCRIPTION,NET_CREDIT_AMOUNT,NET_DEBIT_AMOUNT,\
        GROSS_AMOUNT,MP_FEE_AMOUNT,FINANCING_FEE_AMOUNT,SHIPPING_FEE_AMOUNT,TAXES_AMOUNT,COUPON_AMOUNT,INSTALLMENTS,\
        PAYMENT_METHOD,PAYMENT_METHOD_TYPE,TAXES_DISAGGREGATED,TRANSACTION_APPROVAL_DATE,CURRENCY,BALANCE_AMOUNT";
    let row = "2026-10-01T01:00:00.000-03:00,101,,release,payment,10.00,0.00,10.00,0.00,0.00,0.00,0.00,0.00,1,\
        visa,credit_card,[],2026-10-01T01:00:00.000-03:00,ARS,0.00";
    let report = format!("{header}\n{row}\n");
    scene.provider.tells("/v1/account/release_report/a.csv", 200, report);
    let ready = r#"{"report_type":"release","files":[{"type":"csv","url":"https://elsewhere/a.csv","name":"a.csv"}]}"#;
    scene.receive(told("r1", "report", ready)).await;
    scene.once().await;
    assert_eq!(scene.verdict("r1").await, Some(Verdict::Unchanged));
    let rows = scene.inbox().await;
    let kept: Vec<_> = rows.iter().filter(|row| &*row.kind == "row").collect();
    assert_eq!(kept.len(), 1, "{rows:#?}");
    assert_eq!((&*kept[0].channel, &*kept[0].seller, &*kept[0].origin), ("response", "7", "a.csv:2"));
    assert!(kept[0].key.0.starts_with("row:"), "its key is that of the row in any file");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_access_a_notification_is_refused_and_can_be_tried_again() {
    let scene = Scene::new().await;
    scene.provider.tells("/v1/payments/1", 401, r#"{"message":"invalid token","status":401}"#);
    scene.provider.tells("/v1/payments/2", 403, r#"{"message":"forbidden","status":403}"#);
    scene.provider.tells("/v1/payments/3", 400, r#"{"message":"bad request","status":400}"#);
    for id in ["1", "2", "3"] {
        scene.receive(notice(&format!("n{id}"), "payment", id)).await;
    }
    scene.once().await;
    for (key, reason) in [("n1", "no_access"), ("n2", "no_access"), ("n3", "fetch_refused")] {
        assert_eq!(&*refused(scene.verdict(key).await).0, reason, "{key}");
    }
    scene.provider.tells("/v1/payments/1", 200, payment(1));
    assert_eq!(scene.once().await, Fetched::default(), "what is refused is not tried by itself");
    let ingester = Ingester::new(Arc::clone(&scene.store), scene.config.clone(), Clock::System);
    let verdict = ingester.retry(&InboxKey("n1".into())).await.expect("it is in the inbox");
    assert_eq!(verdict, Verdict::NeedsFetch);
    assert_eq!(scene.once().await.notifications, 1);
    assert_eq!(scene.verdict("n1").await, Some(Verdict::Applied));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seller_without_a_link_is_refused_and_a_vault_without_a_key_only_waits() {
    let mut scene = Scene::new().await;
    scene.config.fetch.patience_seconds = 0;
    scene.receive(notice("n1", "payment", "1")).await;
    let once = async |is_locked| {
        let vault = Arc::new(Closed { is_locked });
        let fetcher = scene.fetcher_with(Arc::clone(&scene.sink) as Arc<dyn Sink>, vault);
        let ended = fetcher.once(Arc::clone(&scene.store), CancellationToken::new()).await;
        ended.expect("it was not stopped").fetched
    };
    assert_eq!(once(true).await.put_off, 1);
    assert_eq!(scene.verdict("n1").await, Some(Verdict::NeedsFetch));
    assert_eq!(once(false).await.put_off, 0);
    let (reason, detail) = refused(scene.verdict("n1").await);
    assert_eq!(&*reason, "no_access");
    assert!(detail.contains("seller 7 is not linked"), "{detail}");
    assert_eq!(scene.provider.all(), [], "nobody was asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_try_closes_even_when_the_answer_is_the_same() {
    let scene = Scene::new().await;
    scene.receive(notice("n1", "payment", "1")).await;
    scene.once().await;
    let ingester = Ingester::new(Arc::clone(&scene.store), scene.config.clone(), Clock::System);
    ingester.retry(&InboxKey("n1".into())).await.expect("it is in the inbox");
    scene.once().await;
    assert_eq!(&*refused(scene.verdict("n1").await).0, "not_found");
    assert_eq!(scene.provider.asked("/v1/payments/1"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_asked_for_a_seller_that_is_not_ours() {
    let mut scene = Scene::new().await;
    let ours = "[sellers]\n\"8\" = { site = \"MLA\" }\n\"9\" = { site = \"MLA\" }\n";
    scene.config.sellers = Config::read(Some(("sellers", ours)), []).expect("it fits").sellers;
    scene.receive(notice("n1", "payment", "1")).await;
    let nobodys = Item {
        seller: None,
        ..told("n2", "subscription_preapproval", r#"{"type":"subscription_preapproval","data":{"id":"1"}}"#)
    };
    scene.receive(nobodys).await;
    scene.once().await;
    assert_eq!(scene.provider.all(), []);
    let (reason, detail) = refused(scene.verdict("n1").await);
    assert_eq!(&*reason, "cannot_fetch");
    assert!(detail.contains("seller 7 is not configured"), "{detail}");
    assert!(refused(scene.verdict("n2").await).1.contains("names no seller"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_seller_does_not_hold_up_another() {
    let mut scene = Scene::new().await;
    (scene.config.fetch.at_once, scene.config.fetch.per_seller) = (4, 2);
    let gates: Vec<_> = (0..20).map(|id| scene.provider.holds(&format!("/v1/payments/{id}"))).collect();
    let dead = |id: u32| Item {
        seller: Some("666".into()),
        ..told(
            &format!("dead-{id}"),
            "payment",
            &format!(r#"{{"type":"payment","user_id":666,"data":{{"id":"{id}"}}}}"#),
        )
    };
    for id in 0..20 {
        scene.receive(dead(id)).await;
    }
    for id in 100..110 {
        scene.provider.tells(&format!("/v1/payments/{id}"), 200, payment(id));
        scene.receive(notice(&format!("n{id}"), "payment", &id.to_string())).await;
    }
    let embedded = scene.embedded(Arc::new(scene.fetcher()));
    scene
        .until("all of the other seller is closed", |rows| {
            rows.iter().filter(|row| row.key.0.starts_with('n')).all(is_closed)
        })
        .await;
    let open = scene
        .inbox()
        .await
        .iter()
        .filter(|row| row.key.0.starts_with("dead"))
        .filter(|row| !is_closed(row))
        .count();
    assert_eq!(open, 20, "the dead one is still waited for");
    gates.iter().for_each(|gate| gate.add_permits(1000));
    scene.until("what answers late is closed", |rows| rows.iter().all(is_closed)).await;
    embedded.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_fetch_again_leaves_no_trace() {
    let scene = Scene::new().await;
    scene.provider.tells("/v1/payments/1", 200, payment(1));
    scene.receive(notice("n1", "payment", "1")).await;
    let fetcher = scene.fetcher();
    for _ in 0..3 {
        // As after a death between the answer and the acknowledgement.
        let mut desk = fetcher.desk();
        desk.take(notice("n1", "payment", "1"), None, 1);
        while !desk.is_idle() {
            desk.next().await.expect("the store takes it");
        }
    }
    assert_eq!(scene.provider.asked("/v1/payments/1"), 3);
    let rows = scene.inbox().await;
    assert_eq!(rows.len(), 2, "{rows:#?}");
    assert!(rows.iter().all(|row| row.verdict == Verdict::Applied), "{rows:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_vault_is_told_of_links_that_are_signed() {
    let scene = Scene::new().await;
    let links = Arc::new(Told::default());
    let embedded = scene.embedded(Arc::new(scene.fetcher().telling(Arc::clone(&links) as Arc<dyn Links>)));
    let link =
        |action: &str| format!(r#"{{"type":"mp-connect","action":"application.{action}","user_id":7}}"#);
    scene.receive(Item { verified: false, ..told("forged", "mp-connect", &link("deauthorized")) }).await;
    scene.receive(told("n1", "mp-connect", &link("deauthorized"))).await;
    scene.receive(told("n2", "mp-connect", &link("authorized"))).await;
    let of = |authorized| ("7".to_owned(), authorized, at("2026-03-02T14:00:02Z"));
    scene.until("both are told", |_| links.0.lock().expect("nobody panicked").len() == 2).await;
    embedded.stop().await;
    let mut told = links.0.lock().expect("nobody panicked").clone();
    told.sort_unstable();
    assert_eq!(told, [of(false), of(true)]);
    assert_eq!(scene.verdict("n1").await, Some(Verdict::Unchanged));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_finishes_what_was_begun_and_leaves_the_rest_open() {
    let mut scene = Scene::new().await;
    scene.config.fetch.at_once = 1;
    let gate = scene.provider.holds("/v1/payments/1");
    for id in 1..=2 {
        scene.provider.tells(&format!("/v1/payments/{id}"), 200, payment(id));
        scene.receive(notice(&format!("n{id}"), "payment", &id.to_string())).await;
    }
    let embedded = scene.embedded(Arc::new(scene.fetcher()));
    scene.until("the first question", |_| scene.provider.asked("/v1/payments/1") == 1).await;
    embedded.tell_to_stop();
    gate.add_permits(1);
    assert!(embedded.stop().await.is_drained);
    assert_eq!(scene.verdict("n1").await, Some(Verdict::Applied));
    assert_eq!(
        (scene.verdict("n2").await, scene.provider.asked("/v1/payments/2")),
        (Some(Verdict::NeedsFetch), 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_finished_in_time_is_left_open() {
    let mut scene = Scene::new().await;
    scene.config.fetch.drain_seconds = 0;
    let _gate = scene.provider.holds("/v1/payments/1");
    scene.receive(notice("n1", "payment", "1")).await;
    let embedded = scene.embedded(Arc::new(scene.fetcher()));
    scene.until("the question", |_| scene.provider.asked("/v1/payments/1") == 1).await;
    assert!(
        !tokio::time::timeout(Duration::from_secs(60), embedded.stop()).await.expect("it ends").is_drained
    );
    assert_eq!(scene.verdict("n1").await, Some(Verdict::NeedsFetch));
}
