//! Whose turn it is: what waits holds up only what is about the same thing, and the checkpoint only moves past what ended.

use super::*;

/// Writes a message as another program would.
async fn write(scene: &Scene, key: &str, destination: &'static str, payload: &str, id: u64) {
    let message = NewMessage {
        key: key.into(),
        destination: destination.into(),
        payload: payload.to_owned(),
        caused_by: stream(id),
    };
    let commit = Commit {
        recorded_at: at(NOW),
        deliveries: vec![],
        attempts: vec![],
        events: vec![],
        outbox: vec![message],
    };
    let outcome = scene.store.commit(commit).await.expect("the store answers");
    assert!(matches!(outcome, Outcome::Committed { .. }));
}

const THREE: [(&str, &str, &str); 3] =
    [("57", "approved", "accredited"), ("58", "approved", "accredited"), ("59", "approved", "accredited")];

#[tokio::test]
async fn orders_about_one_payment_go_in_their_order_and_others_beside_them() {
    let scene = Scene::with(&THREE).await;
    scene.refund(57, "a", Some(100)).await;
    scene.refund(57, "b", Some(200)).await;
    scene.refund(58, "c", Some(300)).await;
    scene.world().next("POST /v1/payments/57", Fate::Answer(500, String::new()));
    let waiting = "57/a waiting: POST /v1/payments/{id}/refunds had no answer: the provider answered 500";
    let behind = "57/b waiting: an earlier order about the same thing waits";
    assert_eq!(told(&scene.once().await), ["58/c done", waiting, behind]);
    assert_eq!(scene.world().refunds("57"), 0);
    assert_eq!(told(&scene.once().await), ["57/a done", "57/b done"]);
}

#[tokio::test]
async fn the_checkpoint_stays_before_the_first_open_order_and_what_ended_behind_it_is_recognised() {
    let scene = Scene::with(&THREE).await;
    write(&scene, "letter", "dunning", "{}", 57).await;
    scene.refund(57, "a", Some(100)).await;
    scene.refund(58, "b", Some(100)).await;
    scene.refund(59, "c", Some(100)).await;
    scene.world().next("POST /v1/payments/58", Fate::Answer(500, String::new()));
    assert_eq!(scene.once().await.done.len(), 2);
    assert_eq!(scene.place().await, 2, "the letter and the first order are behind it");
    scene.calls();
    assert_eq!(told(&scene.once().await), ["58/b done"]);
    assert_eq!(scene.calls().len(), 3, "the third is not asked about again");
    assert_eq!(scene.place().await, 4);
}

#[tokio::test]
async fn orders_of_a_seller_without_access_wait_and_are_not_tried_one_by_one() {
    let scene = Scene::with(&THREE).await;
    for (id, request) in [(57, "a"), (57, "b"), (58, "c")] {
        scene.refund(id, request, Some(100)).await;
    }
    let config = Config::read(Some(("test", "[relay]\norders_at_once = 1")), []).expect("it fits");
    let unlinked = scene.dispatcher_without("7");
    let waiting = told(&once(&unlinked).await);
    assert_eq!(waiting.len(), 3);
    let lost = "57/a waiting: GET /v1/payments/{id} was not sent: the account of seller 7 is not linked";
    assert_eq!(waiting[0], lost);
    assert_eq!(waiting[1], "57/b waiting: there is no access to the account of seller 7");
    assert_eq!(scene.calls(), Vec::<String>::new());
    // The same with a token that the provider does not take: it is asked once.
    scene.world().next("GET", Fate::Answer(401, String::new()));
    let refused = scene.dispatcher_with(config, Arc::new(client::vault::Fixed::new("old")));
    let waiting = told(&once(&refused).await);
    assert_eq!(waiting[0], "57/a waiting: the provider refused the token: GET /v1/payments/{id} with 401");
    assert_eq!(waiting[2], "58/c waiting: there is no access to the account of seller 7");
    assert_eq!(scene.calls(), [LOOK]);
    assert_eq!(scene.place().await, 0);
    assert_eq!(scene.once().await.done.len(), 3);
}

#[tokio::test]
async fn an_order_that_the_token_may_not_send_holds_up_no_others_of_its_seller() {
    let scene = Scene::with(&THREE).await;
    scene.refund(57, "a", Some(100)).await;
    scene.refund(58, "b", Some(100)).await;
    let config = Config::read(Some(("test", "[relay]\norders_at_once = 1")), []).expect("it fits");
    scene.world().next("POST", Fate::Answer(401, String::new()));
    let dispatcher = scene.dispatcher_with(config, Arc::new(client::vault::Fixed::new("token")));
    let refused = "57/a waiting: the provider refused the token: POST /v1/payments/{id}/refunds with 401";
    assert_eq!(told(&once(&dispatcher).await), ["58/b done", refused]);
}

#[tokio::test]
async fn orders_of_a_seller_that_is_not_configured_wait_without_a_call() {
    let scene = Scene::paid().await;
    scene.refund(57, "a", Some(100)).await;
    let text = "[sellers.8]\nsite = \"MLA\"";
    let config = Config::read(Some(("test", text)), []).expect("it fits");
    let token = Arc::new(client::vault::Fixed::new("token"));
    let other = scene.dispatcher_with(config, token);
    assert_eq!(told(&once(&other).await), ["57/a waiting: seller 7 is not configured"]);
    assert_eq!(scene.calls(), Vec::<String>::new());
}

#[tokio::test]
async fn of_sellers_that_are_named_only_theirs_are_looked_after() {
    let scene = Scene::paid().await;
    scene.refund(57, "a", Some(100)).await;
    write(&scene, "lone", "provider", r#"{"errand":"cancel","request":"nobody"}"#, 58).await;
    write(&scene, "new", "provider", r#"{"errand":"split","request":"s"}"#, 59).await;
    let theirs = scene.dispatcher().only(vec!["8".into()]);
    assert_eq!(told(&once(&theirs).await), Vec::<String>::new());
    assert_eq!((scene.place().await, scene.calls().len()), (0, 0));
    let ours = scene.dispatcher().only(vec!["8".into(), "7".into()]);
    let lines = told(&once(&ours).await);
    assert_eq!((lines.len(), &*lines[0]), (3, "57/a done"), "{lines:?}");
}

#[tokio::test]
async fn a_message_of_a_newer_program_holds_up_only_its_own_payment() {
    let scene = Scene::with(&THREE).await;
    write(&scene, "new", "provider", r#"{"errand":"split","request":"s"}"#, 57).await;
    write(&scene, "lone", "provider", r#"{"errand":"cancel","request":"nobody"}"#, 58).await;
    scene.refund(57, "a", Some(100)).await;
    scene.refund(59, "b", Some(100)).await;
    let lines = told(&scene.once().await);
    assert_eq!(lines[0], "59/b done");
    assert!(lines[1].starts_with("57/new waiting: message new of the outbox cannot be read: "), "{lines:?}");
    assert_eq!(lines[2], "58/nobody waiting: payment/7/58 knows no order of this name");
    assert_eq!(lines[3], "57/a waiting: an earlier order about the same thing waits");
    assert_eq!(scene.place().await, 0);
}

#[tokio::test]
async fn more_orders_than_a_page_has_are_all_carried_out() {
    let scene = Scene::with(&THREE).await;
    for n in 0..PAGE {
        write(&scene, &format!("letter-{n}"), "dunning", "{}", 57).await;
    }
    scene.refund(57, "a", Some(100)).await;
    scene.refund(58, "b", Some(100)).await;
    assert_eq!(told(&scene.once().await), ["57/a done", "58/b done"]);
    assert_eq!(scene.place().await, PAGE as u64 + 2);
}

#[tokio::test]
async fn who_goes_on_does_not_look_again_at_what_has_ended() {
    let scene = Scene::with(&THREE).await;
    for (id, request) in [(57, "a"), (58, "b"), (59, "c")] {
        scene.refund(id, request, Some(100)).await;
    }
    let dispatcher = scene.dispatcher();
    let (gate, patience) =
        (dispatcher.gate(&CancellationToken::new()), Patience::For(std::time::Duration::ZERO));
    let mut over = Over::default();
    let mut lines = Vec::new();
    scene.world().next("POST /v1/payments/57", Fate::Answer(500, String::new()));
    for _ in 0..2 {
        let mut told = |followed: Followed| lines.push(line(&followed));
        dispatcher.pass(&gate, &patience, &mut over, &mut told).await.expect("the outbox can be read");
    }
    let paused = "57/a waiting: it was tried a moment ago, and is tried again after a pause";
    assert_eq!(lines.len(), 4, "the two that ended are told once: {lines:?}");
    assert_eq!(lines[3], paused);
    assert!(over.has(2) && over.has(3) && !over.has(1));
    assert_eq!(scene.place().await, 0);
}

#[tokio::test]
async fn after_a_stop_nothing_more_is_sent() {
    let scene = Scene::paid().await;
    scene.refund(57, "a", Some(100)).await;
    let stop = CancellationToken::new();
    stop.cancel();
    let dispatcher = scene.dispatcher();
    let stopped = dispatcher.once(&stop).await.expect("nothing is asked");
    assert_eq!((told(&stopped), scene.calls()), (vec![], vec![]));
    assert_eq!(dispatcher.run(&stop).await.expect("it stops"), Ended::default());
}

#[tokio::test]
async fn it_goes_on_with_what_comes_until_it_is_stopped() {
    let scene = Scene::with(&THREE).await;
    scene.refund(57, "a", Some(100)).await;
    let dispatcher = Arc::new(scene.dispatcher());
    let stop = CancellationToken::new();
    let running = tokio::spawn({
        let (dispatcher, stop) = (Arc::clone(&dispatcher), stop.clone());
        async move { dispatcher.run(&stop).await }
    });
    while scene.place().await < 1 {
        tokio::task::yield_now().await;
    }
    stop.cancel();
    let ended = running.await.expect("no panic").expect("the outbox can be read");
    assert_eq!(ended, Ended { done: 1, refused: 0 });
}

#[tokio::test]
async fn a_cell_that_another_program_wrote_stops_it() {
    let scene = Scene::paid().await;
    scene.refund(57, "a", Some(100)).await;
    scene.store.put_cell("relay/provider", None, b"soon", at(NOW)).await.expect("the store answers");
    let failed = scene.dispatcher().once(&CancellationToken::new()).await.expect_err("it cannot be read");
    assert_eq!(failed.to_string(), "the cell `relay/provider` cannot be read");
    assert_eq!(scene.calls(), Vec::<String>::new());
}

#[tokio::test]
async fn an_order_that_failed_is_left_alone_for_a_while_and_others_are_not() {
    let scene = Scene::paid().await;
    let config = scene.desk().config;
    let gate = Gate::new(&config, &[], &CancellationToken::new());
    let seller = SellerId::from("7");
    gate.begin(0);
    gate.failed(&seller, 1, &Why::NotShown);
    assert!(matches!(gate.holds(&config, &seller, 1), Some(Why::Paused)));
    assert!(gate.holds(&config, &seller, 2).is_none());
    gate.ended(&seller, 1);
    assert!(gate.holds(&config, &seller, 1).is_none());
}

#[tokio::test]
async fn what_only_a_person_can_mend_is_told_once_and_not_each_pass() {
    let scene = Scene::paid().await;
    let gate = Gate::new(&scene.desk().config, &[], &CancellationToken::new());
    let mut told = Vec::new();
    for _ in 0..2 {
        gate.begin(0);
        told.extend([gate.is_news(1), gate.is_news(2)]);
    }
    gate.begin(1);
    gate.begin(0);
    told.push(gate.is_news(1));
    assert_eq!(told, [true, true, false, false, true], "what the checkpoint passed is forgotten");
}
