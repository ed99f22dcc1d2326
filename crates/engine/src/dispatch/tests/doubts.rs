//! Answers that are lost, empty, late or not to be believed: the next look ends the doubt, and money moves once.

use super::*;

#[tokio::test]
async fn a_refund_whose_answer_is_lost_is_found_by_its_note_and_not_sent_again() {
    let scene = Scene::paid().await;
    scene.refund(57, "r1", Some(1250)).await;
    scene.world().next("POST", Fate::LoseAnswer);
    let lost = "57/r1 waiting: POST /v1/payments/{id}/refunds had no answer: the provider answered 500";
    assert_eq!(told(&scene.once().await), [lost]);
    assert_eq!(scene.facts().await, ["payment.refund_requested ana"]);
    assert_eq!(told(&scene.once().await), ["57/r1 done"]);
    assert_eq!(scene.calls(), [LOOK, PART, LOOK]);
    assert_eq!(scene.world().refunds("57"), 1);
}

#[tokio::test]
async fn a_refund_that_never_arrived_is_sent_again_under_its_key() {
    let scene = Scene::paid().await;
    scene.refund(57, "r1", Some(1250)).await;
    scene.world().next("POST", Fate::Answer(503, String::new()));
    assert_eq!(scene.once().await.waiting.len(), 1);
    assert_eq!(told(&scene.once().await), ["57/r1 done"]);
    assert_eq!(scene.calls(), [LOOK, PART, LOOK, PART, LOOK]);
    assert_eq!(scene.world().refunds("57"), 1);
}

#[tokio::test]
async fn without_notes_the_answer_names_the_refund() {
    let scene = Scene::paid().await;
    scene.world().echoes = false;
    scene.refund(57, "r1", Some(1250)).await;
    assert_eq!(told(&scene.once().await), ["57/r1 done"]);
    assert_eq!(scene.calls(), [LOOK, PART, LOOK]);
    let facts = scene.facts().await;
    assert!(facts.iter().any(|fact| fact == "payment.refund_answered provider"), "{facts:?}");
    assert_eq!(scene.stage(57, "r1").await, Stage::Done { refund: Some("571".into()) });
}

#[tokio::test]
async fn without_notes_and_answer_the_repetition_is_empty_and_the_list_tells() {
    let scene = Scene::paid().await;
    scene.world().echoes = false;
    scene.world().refund_elsewhere("57", 1250, "admin");
    scene.refund(57, "r1", Some(1250)).await;
    scene.world().next("POST", Fate::LoseAnswer);
    assert_eq!(scene.once().await.waiting.len(), 1);
    scene.calls();
    assert_eq!(told(&scene.once().await), ["57/r1 done"]);
    assert_eq!(scene.calls(), [LOOK, PART, LIST, LOOK]);
    // Refund 571 is as large, and was given by the provider's staff.
    assert_eq!(scene.stage(57, "r1").await, Stage::Done { refund: Some("572".into()) });
    assert_eq!(scene.world().refunds("57"), 2);
}

#[tokio::test]
async fn a_refund_that_was_made_is_not_refused_because_its_repetition_is() {
    let scene = Scene::paid().await;
    scene.world().echoes = false;
    scene.refund(57, "r1", Some(1250)).await;
    scene.world().next("POST", Fate::LoseAnswer);
    assert_eq!(scene.once().await.waiting.len(), 1);
    let (status, body) = refusal(400, 2084);
    scene.world().next("POST", Fate::Answer(status, body));
    assert_eq!(told(&scene.once().await), ["57/r1 done"]);
    assert_eq!(scene.stage(57, "r1").await, Stage::Done { refund: Some("571".into()) });
    assert_eq!(scene.world().refunds("57"), 1);
}

#[tokio::test]
async fn a_refund_whose_key_the_provider_may_have_forgotten_is_looked_for_before_it_is_sent_again() {
    let scene = Scene::paid().await;
    scene.world().echoes = false;
    scene.refund(57, "r1", Some(1250)).await;
    scene.world().next("POST", Fate::LoseAnswer);
    assert_eq!(scene.once().await.waiting.len(), 1);
    scene.world().forget_keys();
    scene.calls();
    assert_eq!(told(&scene.once_at("2026-03-08T22:00:00Z").await), ["57/r1 done"]);
    assert_eq!(scene.calls(), [LOOK, LIST]);
    assert_eq!(scene.world().refunds("57"), 1, "it is not given back twice");
    assert_eq!(scene.stage(57, "r1").await, Stage::Done { refund: Some("571".into()) });
}

#[tokio::test]
async fn an_old_refund_that_was_never_made_is_sent() {
    let scene = Scene::paid().await;
    scene.refund(57, "r1", Some(1250)).await;
    scene.world().refund_elsewhere("57", 1249, "collector");
    assert_eq!(told(&scene.once_at("2026-03-08T22:00:00Z").await), ["57/r1 done"]);
    assert_eq!(scene.calls(), [LOOK, LIST, PART, LOOK]);
}

#[tokio::test]
async fn a_whole_refund_that_is_refused_is_not_done_because_a_part_was_given_back_by_hand() {
    let scene = Scene::paid().await;
    scene.world().echoes = false;
    scene.refund(57, "r1", None).await;
    scene.world().refund_elsewhere("57", 1250, "collector");
    let (status, body) = refusal(400, 2031);
    scene.world().next("POST", Fate::Answer(status, body));
    assert_eq!(told(&scene.once().await), ["57/r1 refused 2031"]);
}

#[tokio::test]
async fn a_refund_that_the_provider_took_and_did_not_give_is_refused_and_not_sent_again() {
    for notes in [r#"{"conciliar_order":"r1"}"#, "[]"] {
        let scene = Scene::paid().await;
        scene.refund(57, "r1", Some(1250)).await;
        let body = format!(
            r#"{{"id":571,"payment_id":57,"amount":12.50,"status":"rejected","date_created":"{NOW}","metadata":{notes}}}"#
        );
        scene.world().next("POST", Fate::Answer(201, body));
        assert_eq!(told(&scene.once().await), ["57/r1 refused refund_rejected"]);
        assert_eq!(told(&scene.once().await), Vec::<String>::new());
        assert_eq!(scene.calls(), [LOOK, PART]);
    }
}

#[tokio::test]
async fn two_equal_refunds_without_notes_are_told_apart() {
    let scene = Scene::paid().await;
    scene.world().echoes = false;
    // Both are ordered before either is made.
    scene.refund(57, "r1", Some(1250)).await;
    scene.refund(57, "r2", Some(1250)).await;
    for request in ["r1", "r2"] {
        scene.world().next("POST", Fate::LoseAnswer);
        let (dispatcher, name) = (scene.dispatcher(), Text::from(request));
        let one = async || line(&dispatcher.one(&stream(57), &name).await.expect("the outbox can be read"));
        assert!(one().await.contains("waiting"));
        assert_eq!(one().await, format!("57/{request} done"));
    }
    assert_eq!(scene.stage(57, "r1").await, Stage::Done { refund: Some("571".into()) });
    assert_eq!(scene.stage(57, "r2").await, Stage::Done { refund: Some("572".into()) });
    assert_eq!(scene.world().refunds("57"), 2);
}

#[tokio::test]
async fn an_empty_answer_that_no_refund_explains_leaves_the_order_open() {
    let scene = Scene::paid().await;
    scene.world().echoes = false;
    scene.world().refund_elsewhere("57", 1249, "collector");
    scene.refund(57, "r1", Some(1250)).await;
    scene.world().next("POST", Fate::Answer(200, " \n".to_owned()));
    let open =
        "57/r1 waiting: the provider did it before, and none of the payment's refunds can be told to be it";
    assert_eq!(told(&scene.once().await), [open]);
    assert_eq!(scene.calls(), [LOOK, PART, LIST, LOOK]);
    assert_eq!(scene.stage(57, "r1").await, Stage::Open);
    assert_eq!(told(&scene.once().await), ["57/r1 done"]);
}

#[tokio::test]
async fn a_cancellation_that_was_done_and_is_refused_when_it_is_sent_again_is_done() {
    let scene = Scene::with(&[("57", "pending", "pending_waiting_payment")]).await;
    scene.cancel(57, "c1").await;
    scene.world().next("PUT", Fate::LoseAnswer);
    assert_eq!(scene.once().await.waiting.len(), 1);
    scene.calls();
    // The first look still shows it undecided, so it is sent again.
    scene.world().stale_reads = 1;
    assert_eq!(told(&scene.once().await), ["57/c1 done"]);
    assert_eq!(scene.calls(), [LOOK, CANCEL, LOOK]);
    assert_eq!(scene.facts().await, ["payment.cancel_requested ana", "payment.cancelled"]);
}

#[tokio::test]
async fn a_change_that_was_done_is_not_refused_while_every_look_is_behind() {
    let scene = Scene::with(&[("57", "authorized", "pending_capture")]).await;
    scene.capture(57, "c1", None).await;
    scene.world().next("PUT", Fate::LoseAnswer);
    assert_eq!(scene.once().await.waiting.len(), 1);
    scene.world().stale_reads = 2;
    let waits = "57/c1 waiting: the provider refused it with 2018, and shows a payment that allows it";
    assert_eq!(told(&scene.once().await), [waits]);
    scene.world().stale_reads = 2;
    let (status, body) = refusal(400, 3005);
    scene.world().next("PUT", Fate::Answer(status, body));
    let waits = "57/c1 waiting: the provider refused it with 3005, and shows a payment that allows it";
    assert_eq!(told(&scene.once().await), [waits]);
    assert_eq!(told(&scene.once().await), ["57/c1 done"]);
}

#[tokio::test]
async fn a_refusal_that_what_is_shown_contradicts_is_believed_ten_minutes_after_the_first() {
    let scene = Scene::with(&[("57", "pending", "pending_waiting_payment")]).await;
    scene.cancel(57, "c1").await;
    let waits = "waiting: the provider refused it with 2018, and shows a payment that allows it";
    // It is first sent two hours after it was given.
    for (now, ended) in [
        ("2026-03-08T12:00:00Z", waits),
        ("2026-03-08T12:09:59Z", waits),
        ("2026-03-08T12:10:00Z", "refused 2018"),
    ] {
        let (status, body) = refusal(400, 2018);
        scene.world().next("PUT", Fate::Answer(status, body));
        assert_eq!(told(&scene.once_at(now).await), [format!("57/c1 {ended}")]);
    }
    assert_eq!(scene.facts().await, ["payment.cancel_requested ana", "payment.cancel_refused provider"]);
}

#[tokio::test]
async fn an_answer_that_says_that_the_same_is_under_way_refuses_nothing() {
    let same = refusal(400, 2001);
    let answers = [(409, ""), (409, "{}"), (423, ""), (425, ""), (same.0, same.1.as_str())];
    for (status, body) in answers {
        let scene =
            Scene::with(&[("57", "approved", "accredited"), ("58", "authorized", "pending_capture")]).await;
        scene.refund(57, "r1", Some(1250)).await;
        scene.capture(58, "c1", None).await;
        for call in ["POST", "PUT"] {
            scene.world().next(call, Fate::Answer(status, body.to_owned()));
        }
        let lines = told(&scene.once().await);
        assert!(lines.iter().all(|line| line.contains(" waiting: the provider refused ")), "{lines:?}");
        assert_eq!((scene.stage(57, "r1").await, scene.stage(58, "c1").await), (Stage::Open, Stage::Open));
        assert_eq!(told(&scene.once().await), ["57/r1 done", "58/c1 done"], "{status} {body}");
    }
    // A code that is known says more than the status.
    let scene = Scene::paid().await;
    scene.refund(57, "r1", Some(1250)).await;
    let (_, body) = refusal(409, 2031);
    scene.world().next("POST", Fate::Answer(409, body));
    assert_eq!(told(&scene.once().await), ["57/r1 refused 2031"]);
}

#[tokio::test]
async fn a_statement_that_lags_behind_the_answer_does_not_reopen_the_order() {
    let scene = Scene::with(&[("57", "authorized", "pending_capture")]).await;
    scene.capture(57, "c1", None).await;
    assert_eq!(told(&scene.once().await), ["57/c1 done"]);
    scene.world().stale_reads = 1;
    scene.refund(57, "r1", Some(1250)).await;
    assert_eq!(told(&scene.once().await), ["57/r1 done"], "the look is behind what the answer told");
    assert_eq!(scene.stage(57, "c1").await, Stage::Done { refund: None });
}

#[tokio::test]
async fn a_change_that_is_answered_without_a_body_is_looked_at() {
    let scene = Scene::with(&[("57", "pending", "pending_waiting_payment")]).await;
    scene.cancel(57, "c1").await;
    scene.world().next("PUT", Fate::DoAndAnswer(200, String::new()));
    assert_eq!(told(&scene.once().await), ["57/c1 done"]);
    assert_eq!(scene.calls(), [LOOK, CANCEL, LOOK]);
}

#[tokio::test]
async fn a_change_that_is_accepted_and_not_shown_is_tried_again() {
    let scene = Scene::with(&[("57", "pending", "pending_waiting_payment")]).await;
    scene.cancel(57, "c1").await;
    let unchanged = scene.world().body("57").to_string();
    scene.world().next("PUT", Fate::Answer(200, unchanged));
    let open = "57/c1 waiting: the provider accepted it, and does not show it yet";
    assert_eq!(told(&scene.once().await), [open]);
    assert_eq!(told(&scene.once().await), ["57/c1 done"]);
}

#[tokio::test]
async fn what_is_refused_by_a_rule_of_ours_is_sent_by_nobody_until_it_is_mended() {
    let scene = Scene::paid().await;
    scene.refund(57, "r1", Some(1250)).await;
    let mut other = scene.world().body("57");
    other["currency_id"] = "BRL".into();
    for _ in 0..2 {
        scene.world().next("GET", Fate::Answer(200, other.to_string()));
        let waiting = told(&scene.once().await);
        let begins = "57/r1 waiting: what the provider says of it was not taken in; `conciliar inbox show ";
        assert!(waiting[0].starts_with(begins), "{waiting:?}");
    }
    assert_eq!(scene.calls(), [LOOK, LOOK], "the same words again are refused again");
    assert_eq!(told(&scene.once().await), ["57/r1 done"]);
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_kept_and_the_next_look_tells() {
    let scene = Scene::paid().await;
    scene.refund(57, "r1", Some(1250)).await;
    scene.world().next("POST", Fate::DoAndAnswer(201, "done".to_owned()));
    let waiting = told(&scene.once().await);
    let key = waiting[0].split(' ').nth_back(2).expect("it names the key").trim_end_matches('`');
    let shown = scene.store.inbox_show(&store::inbox::InboxKey(key.into())).await;
    let (delivery, _) = shown.expect("the store answers").expect("the inbox has it");
    assert_eq!((&*delivery.topic, delivery.verdict.word()), ("refund", "undecodable"));
    assert_eq!(told(&scene.once().await), ["57/r1 done"]);
    assert_eq!(scene.world().refunds("57"), 1);
}

#[tokio::test]
async fn what_may_pass_leaves_the_order_open_and_others_go_on() {
    for (call, status, why) in [
        ("POST /v1/payments/57", 429, "the provider limits POST /v1/payments/{id}/refunds"),
        ("GET /v1/payments/57", 429, "the provider limits GET /v1/payments/{id}"),
        ("GET /v1/payments/57", 502, "GET /v1/payments/{id} had no answer: the provider answered 502"),
        ("POST /v1/payments/57", 302, "the provider refused POST /v1/payments/{id}/refunds with 302"),
    ] {
        let scene = Scene::with(&[("57", "approved", "accredited"), ("58", "approved", "accredited")]).await;
        scene.refund(57, "r1", Some(1250)).await;
        scene.refund(58, "r2", Some(1250)).await;
        scene.world().next(call, Fate::Answer(status, String::new()));
        assert_eq!(told(&scene.once().await), ["58/r2 done".to_owned(), format!("57/r1 waiting: {why}")]);
        assert_eq!(scene.stage(57, "r1").await, Stage::Open);
        assert_eq!(told(&scene.once().await), ["57/r1 done"]);
        let world = scene.world();
        assert_eq!((world.refunds("57"), world.refunds("58")), (1, 1));
    }
}
