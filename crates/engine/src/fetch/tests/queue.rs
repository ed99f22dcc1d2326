//! The same over the real RabbitMQ: what is acknowledged when, and what comes again.

use broker::message::Message;
use tokio::sync::Notify;

use super::queues::Queues;
use super::scene::{is_closed, notice, payment, told};
use super::*;
use crate::sink::broker::BrokerSink;

/// Hands on, tells so, and never says that it has.
struct Stuck {
    sink: Arc<BrokerSink>,
    handed_on: Notify,
}

#[async_trait::async_trait]
impl Sink for Stuck {
    async fn accept(&self, items: Vec<Item>) -> Result<(), SinkError> {
        self.sink.accept(items).await
    }

    async fn hand_on(&self, items: Vec<Item>) -> Result<(), SinkError> {
        self.sink.hand_on(items).await?;
        self.handed_on.notify_one();
        std::future::pending().await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn notifications_become_resources_and_leave_their_queue() {
    let queues = Queues::new().await;
    let (scene, provider) = (&queues.scene, &queues.scene.provider);
    let gate = provider.holds("/v1/payments/1");
    provider.tells("/v1/payments/1", 200, payment(1));
    provider.tells_once("/v1/payments/2", 500, "{}");
    provider.tells_once("/v1/payments/2", 502, "<html>");
    provider.tells("/v1/payments/2", 200, payment(2));
    let mut notices: Vec<_> = (0..50).map(|n| notice(&format!("n{n}"), "payment", "1")).collect();
    notices.extend([notice("late", "payment", "2"), notice("gone", "payment", "3")]);
    let (worker, fetcher) = (queues.worker(), queues.fetcher().await);
    queues.publish(&notices[..1]).await;
    scene.until("one question is under way", |_| provider.asked("/v1/payments/1") == 1).await;
    // All that come meanwhile share the next one.
    queues.publish(&notices[1..]).await;
    scene.until("all wait", |_| fetcher.fetcher.fetched().coalesced == 48).await;
    gate.add_permits(2);
    scene.until("all are closed", |rows| rows.len() == 104 && rows.iter().all(is_closed)).await;
    let ended = fetcher.stop().await;
    worker.stop().await;
    assert!(ended.is_drained);
    assert_eq!(["1", "2", "3"].map(|id| provider.asked(&format!("/v1/payments/{id}"))), [2, 3, 1]);
    let rows = scene.inbox().await;
    for n in 0..50 {
        let key = InboxKey(format!("n{n}").into());
        let caused = rows.iter().filter(|row| row.caused_by.as_ref() == Some(&key)).count();
        assert_eq!(caused, 1, "{key} has one delivery that names it");
    }
    assert_eq!(scene.verdict("late").await, Some(Verdict::Applied));
    assert_eq!(&*refused(scene.verdict("gone").await).0, "not_found");
    queues.assert_nearly_empty(8).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_death_between_the_answer_and_the_acknowledgement_ends_the_same() {
    let queues = Queues::new().await;
    let scene = &queues.scene;
    scene.provider.tells("/v1/payments/1", 200, payment(1));
    queues.publish(&[notice("n1", "payment", "1")]).await;
    let sink = queues.sink().await;
    let stuck = Arc::new(Stuck { sink: Arc::clone(&sink), handed_on: Notify::new() });
    let dying = queues.fetcher_over(sink, Arc::clone(&stuck) as _);
    stuck.handed_on.notified().await;
    dying.die().await;
    let (worker, fetcher) = (queues.worker(), queues.fetcher().await);
    scene.until("it is asked again", |_| scene.provider.asked("/v1/payments/1") >= 2).await;
    scene.until("it is done", |_| fetcher.fetcher.health().held() == 0).await;
    scene.until("all are closed", |rows| rows.len() == 2 && rows.iter().all(is_closed)).await;
    fetcher.stop().await;
    queues.assert_empty().await;
    worker.stop().await;
    let rows = scene.inbox().await;
    let told: Vec<_> = rows.iter().map(|row| (&*row.kind, row.verdict.word(), row.attempts)).collect();
    assert_eq!(told.len(), 2, "{rows:#?}");
    assert!(
        told.contains(&("resource", "applied", 1)) && told.contains(&("notification", "applied", 2)),
        "{told:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_seller_in_front_of_the_queue_does_not_hold_up_the_one_behind() {
    let mut queues = Queues::new().await;
    (queues.scene.config.fetch.window, queues.scene.config.fetch.open_seconds) = (10, 1);
    let scene = &queues.scene;
    let mut notices = Vec::new();
    for id in 0..30 {
        scene.provider.tells(&format!("/v1/payments/{id}"), 503, "");
        let body = format!(r#"{{"type":"payment","user_id":666,"data":{{"id":"{id}"}}}}"#);
        notices.push(Item { seller: Some("666".into()), ..told(&format!("dead-{id}"), "payment", &body) });
    }
    for id in 100..105 {
        scene.provider.tells(&format!("/v1/payments/{id}"), 200, payment(id));
        notices.push(notice(&format!("n{id}"), "payment", &id.to_string()));
    }
    queues.publish(&notices).await;
    let (worker, fetcher) = (queues.worker(), queues.fetcher().await);
    let others =
        |rows: &[store::read::Delivery]| rows.iter().filter(|row| row.key.0.starts_with('n')).count();
    scene
        .until("all of the other seller is closed", |rows| {
            others(rows) == 5 && rows.iter().filter(|row| row.key.0.starts_with('n')).all(is_closed)
        })
        .await;
    assert!(fetcher.fetcher.fetched().put_off >= 20, "what does not fit waits in the inbox");
    for id in 0..30 {
        scene.provider.tells(&format!("/v1/payments/{id}"), 404, "{}");
    }
    scene
        .until("the dead one is closed as well", |rows| rows.len() == 70 && rows.iter().all(is_closed))
        .await;
    fetcher.stop().await;
    worker.stop().await;
    queues.assert_empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_gets_its_verdict_and_blocks_nothing() {
    let queues = Queues::new().await;
    let scene = &queues.scene;
    scene.provider.tells("/v1/payments/1", 200, payment(1));
    queues.send(vec![Message { body: b"hello".to_vec(), ..Message::default() }]).await;
    let odd = [
        told("broken", "payment", "{"),
        told("unknown", "delivery", "{}"),
        told("nameless", "payment", r#"{"type":"payment","data":{}}"#),
        notice("n1", "payment", "1"),
    ];
    queues.publish(&odd).await;
    let (worker, fetcher) = (queues.worker(), queues.fetcher().await);
    scene.until("all are closed", |rows| rows.len() == 6 && rows.iter().all(is_closed)).await;
    let ended = fetcher.stop().await;
    worker.stop().await;
    assert_eq!((ended.fetched.notifications, ended.fetched.questions), (5, 1));
    let reasons: Vec<_> = scene
        .inbox()
        .await
        .into_iter()
        .filter_map(|row| match row.verdict {
            Verdict::Refused { reason, .. } | Verdict::Undecodable { reason, .. } => Some(reason.to_string()),
            _ => None,
        })
        .collect();
    for reason in ["bad_envelope", "not_json", "not_followed", "missing"] {
        assert!(reasons.iter().any(|found| found == reason), "{reason} is not among {reasons:?}");
    }
    queues.assert_empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_gives_back_what_was_not_begun() {
    let mut queues = Queues::new().await;
    queues.scene.config.fetch.at_once = 1;
    let scene = &queues.scene;
    let gate = scene.provider.holds("/v1/payments/1");
    for id in 1..=3 {
        scene.provider.tells(&format!("/v1/payments/{id}"), 200, payment(id));
        queues.publish(&[notice(&format!("n{id}"), "payment", &id.to_string())]).await;
    }
    let fetcher = queues.fetcher().await;
    scene.until("all are held", |_| fetcher.fetcher.health().held() == 3).await;
    assert_eq!(fetcher.fetcher.health().ready(), Ok(()));
    fetcher.tell_to_stop();
    gate.add_permits(1);
    let health = fetcher.fetcher.health();
    assert!(fetcher.stop().await.is_drained);
    assert_eq!((health.live(), health.held()), (Err("the fetcher has ended"), 0));
    assert_eq!(scene.provider.asked("/v1/payments/2") + scene.provider.asked("/v1/payments/3"), 0);
    let mut consumer = queues.broker.notifications(10).await.expect("a consumer");
    let batch = consumer.batch(2, Duration::from_secs(60)).await.expect("they came back");
    let ids: Vec<_> = batch.messages.iter().map(|message| message.id.as_str()).collect();
    assert_eq!((ids, batch.redelivered), (vec!["n2", "n3"], 2));
    consumer.ack(&batch).await.expect("they are acknowledged");
}
