//! Processes that die while they work, and several that work at once: money moves once.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use domain::stream::StreamId;

use super::*;

/// Polls what it holds so many times, and then drops it, as the death of its process does.
struct Mortal<F> {
    work: F,
    polls: usize,
}

impl<F: Future + Unpin> Future for Mortal<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            return Poll::Ready(None);
        }
        self.polls -= 1;
        Pin::new(&mut self.work).poll(context).map(Some)
    }
}

/// Works on an order, and dies at the nth wait; whether it had come to the end by then.
async fn die(scene: &Scene, stream: &StreamId, request: &Text, polls: usize) -> bool {
    let dispatcher = scene.dispatcher();
    let work = pin!(dispatcher.one(stream, request));
    Mortal { work, polls }.await.is_some()
}

#[tokio::test]
async fn wherever_the_process_dies_a_refund_is_made_once() {
    for echoes in [true, false] {
        let mut polls = 1;
        loop {
            let folder = tempfile::tempdir().expect("a folder");
            let scene = Scene::over(sqlite(&folder).await, &[("57", "approved", "accredited")]).await;
            scene.world().echoes = echoes;
            scene.refund(57, "r1", Some(1250)).await;
            let is_over = die(&scene, &stream(57), &"r1".into(), polls).await;
            let after = scene.once().await;
            assert_eq!(after.waiting.len(), 0, "dead after {polls} waits: {:?}", told(&after));
            assert!(matches!(scene.stage(57, "r1").await, Stage::Done { refund: Some(_) }), "{polls}");
            assert_eq!(scene.world().refunds("57"), 1, "dead after {polls} waits");
            let facts = scene.facts().await;
            let named = facts.iter().filter(|fact| **fact == "payment.refund_named").count();
            assert_eq!(named, 1, "{facts:?}");
            if is_over {
                break;
            }
            polls += 1;
        }
        assert!(polls > 4, "it died at every wait: {polls}");
    }
}

#[tokio::test]
async fn wherever_the_process_dies_a_cancellation_ends_as_done() {
    let mut polls = 1;
    loop {
        let folder = tempfile::tempdir().expect("a folder");
        let payments = [("57", "pending", "pending_waiting_payment")];
        let scene = Scene::over(sqlite(&folder).await, &payments).await;
        scene.cancel(57, "c1").await;
        let is_over = die(&scene, &stream(57), &"c1".into(), polls).await;
        let after = told(&scene.once().await);
        assert!(after.is_empty() || after == ["57/c1 done"], "dead after {polls} waits: {after:?}");
        assert_eq!(scene.facts().await, ["payment.cancel_requested ana", "payment.cancelled"]);
        if is_over {
            break;
        }
        polls += 1;
    }
}

#[tokio::test]
async fn what_the_provider_did_while_the_process_died_is_found() {
    let scene = Scene::paid().await;
    scene.world().echoes = false;
    scene.refund(57, "r1", Some(1250)).await;
    scene.world().next("POST", Fate::Hang);
    let dispatcher = scene.dispatcher();
    let waits = async {
        while scene.world().refunds("57") == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        ended = once(&dispatcher) => panic!("it is killed while it waits: {ended:?}"),
        () = waits => {}
    }
    assert_eq!(told(&scene.once().await), ["57/r1 done"]);
    assert_eq!(scene.world().refunds("57"), 1);
    assert_eq!(scene.calls(), [LOOK, PART, LOOK, PART, LIST, LOOK]);
}

#[tokio::test]
async fn of_several_senders_at_once_one_makes_the_refund() {
    for echoes in [true, false] {
        let scene = Scene::paid().await;
        scene.world().echoes = echoes;
        scene.refund(57, "a", Some(1250)).await;
        scene.refund(57, "b", Some(1250)).await;
        let (one, two, three) = (scene.dispatcher(), scene.dispatcher(), scene.dispatcher());
        let all = tokio::join!(once(&one), once(&two), once(&three));
        let lines = [told(&all.0), told(&all.1), told(&all.2)];
        assert_eq!(scene.world().refunds("57"), 2, "{lines:?}");
        assert!(lines.iter().flatten().all(|line| line.ends_with(" done")), "{lines:?}");
        for request in ["a", "b"] {
            assert!(matches!(scene.stage(57, request).await, Stage::Done { refund: Some(_) }), "{lines:?}");
        }
        assert_eq!(scene.place().await, 2);
    }
}

#[tokio::test]
async fn a_refund_that_was_made_counts_though_another_sender_was_refused_meanwhile() {
    let scene = Scene::paid().await;
    scene.world().echoes = false;
    scene.refund(57, "r1", Some(1250)).await;
    // The one waits for its answer while the other is refused, and the list is behind.
    let (slow, fast) = (scene.dispatcher(), scene.dispatcher());
    scene.world().next("POST", Fate::Delay);
    let refused = async {
        while scene.world().refunds("57") == 0 {
            tokio::task::yield_now().await;
        }
        let (status, body) = refusal(400, 2031);
        scene.world().next("POST", Fate::Answer(status, body));
        scene.world().next(LIST, Fate::Answer(200, "[]".to_owned()));
        let lines = told(&once(&fast).await);
        scene.world().delay.notify_one();
        lines
    };
    let (made, refused) = tokio::join!(once(&slow), refused);
    assert_eq!(refused, ["57/r1 refused 2031"]);
    assert_eq!(told(&made), ["57/r1 done"]);
    assert_eq!(scene.stage(57, "r1").await, Stage::Done { refund: Some("571".into()) });
}
