//! Attempts against a provider on loopback: what is written, what is sent, and what is told when something fails.

use chrono::TimeDelta;
use domain::obligation::guard::Why;
use domain::payment::Standing;

use super::*;
use crate::config::Config;
use scene::{Fate, Scene, form, visa};

mod doubts;
mod scene;
mod tokens;

async fn charge(scene: &Scene, ask: &Ask) -> Result<Charged, ChargeError> {
    scene.charges().charge(ask).await
}

/// Where the payment stands, its id, and whether it was made before.
async fn answered(scene: &Scene, ask: &Ask) -> (Standing, Option<String>, bool) {
    match charge(scene, ask).await {
        Ok(Charged::Answered { answer, was_made, .. }) => {
            (answer.standing, answer.payment.map(|id| id.to_string()), was_made)
        }
        other => panic!("it was not answered: {other:?}"),
    }
}

async fn blocked(scene: &Scene, ask: &Ask) -> Block {
    match charge(scene, ask).await {
        Ok(Charged::Blocked { block, .. }) => block,
        other => panic!("it was not blocked: {other:?}"),
    }
}

async fn left_open(scene: &Scene, ask: &Ask) {
    let left = charge(scene, ask).await;
    assert!(matches!(left, Err(ChargeError::Open { .. })), "{left:?}");
}

fn paid(id: &str) -> (Standing, Option<String>, bool) {
    (Standing::Approved, Some(id.to_owned()), false)
}

#[tokio::test]
async fn an_attempt_is_a_fact_before_it_is_sent_and_names_itself_in_the_payment() {
    let scene = Scene::start().await;
    assert_eq!(answered(&scene, &visa("t1")).await, paid("1"));
    assert_eq!(scene.events().await, ["attempt_requested", "attempt_answered"]);
    let stored = scene.stored().await;
    assert!(stored.contains(&scene.keys()[0]), "the key is in the fact: {stored}");
    let note = scene.payment(1)["metadata"]["conciliar_attempt"].clone();
    let (obligation, name) = note.as_str().and_then(|note| note.split_once('/')).expect("two parts");
    assert_eq!(obligation.len(), 32, "{note}");
    assert!(stored.contains(&format!(r#""request":"{name}""#)), "{note}: {stored}");
}

#[tokio::test]
async fn nothing_of_the_payer_and_no_token_is_stored_in_a_fact() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("key");
    std::fs::write(&path, "a key").expect("a file");
    let scene = Scene::start().await;
    let place = format!("[guard]\npayer_key = \"file:{}\"", path.display());
    let config = Config::read(Some(("test", &place)), []).expect("a configuration");
    let charged = scene.charges_with(config).charge(&visa("tok-of-a-card")).await;
    assert!(matches!(charged, Ok(Charged::Answered { .. })), "{charged:?}");
    let stored = scene.stored().await.to_lowercase();
    assert!(!stored.contains("mail.example") && !stored.contains("tok-of-a-card"), "{stored}");
    // HMAC-SHA256 of `email:payer@mail.example` under `a key`.
    assert!(stored.contains(PAYER), "{stored}");
}

/// Made with another program: `printf email:payer@mail.example | openssl dgst -sha256 -hmac 'a key'`.
const PAYER: &str = "310f8940ab1b23ef9d4d0840cdcca18a98a45ba37f4c1b7e8cf417fe22720e9e";

#[tokio::test]
async fn the_same_attempt_again_finds_the_payment_and_charges_nothing() {
    let scene = Scene::start().await;
    answered(&scene, &visa("t1")).await;
    assert_eq!(answered(&scene, &visa("t1")).await, (Standing::Approved, Some("1".to_owned()), true));
    assert_eq!(scene.keys().len(), 1);
    assert_eq!(scene.events().await.len(), 2);
}

#[tokio::test]
async fn an_attempt_whose_answer_was_lost_is_found_by_its_name_and_not_sent_again() {
    let scene = Scene::start().await;
    scene.next(Fate::LoseAnswer);
    left_open(&scene, &visa("t1")).await;
    assert_eq!(answered(&scene, &visa("t1")).await, (Standing::Approved, Some("1".to_owned()), true));
    assert_eq!((scene.keys().len(), scene.made()), (1, 1));
}

#[tokio::test]
async fn one_name_for_two_amounts_of_one_reference_is_two_attempts() {
    let scene = Scene::start().await;
    let named = |ask: Ask| Ask { name: Some("noon".into()), ..ask };
    assert_eq!(answered(&scene, &named(visa("t1"))).await, paid("1"));
    let mut other = named(visa("t2"));
    other.request.transaction_amount = mercadopago::number::Number::parse("7").expect("a number");
    scene.next(Fate::LoseCall);
    left_open(&scene, &other).await;
    // The payment of the first amount is not taken for the one that was lost.
    assert_eq!(answered(&scene, &other).await, paid("2"));
}

#[tokio::test]
async fn an_attempt_that_a_search_does_not_show_yet_is_sent_again_under_its_own_key() {
    let scene = Scene::start().await;
    scene.hide_from_searches();
    scene.next(Fate::LoseAnswer);
    left_open(&scene, &visa("t1")).await;
    assert_eq!(answered(&scene, &visa("t1")).await, paid("1"));
    let keys = scene.keys();
    assert_eq!((keys.len(), &keys[0], scene.made()), (2, &keys[1], 1));
    assert_eq!(scene.events().await, ["attempt_requested", "attempt_repeated", "attempt_answered"]);
}

#[tokio::test]
async fn an_attempt_that_never_arrived_is_sent_again_and_another_one_waits_for_it() {
    let scene = Scene::start().await;
    scene.next(Fate::LoseCall);
    left_open(&scene, &visa("t1")).await;
    let waits = blocked(&scene, &visa("t2")).await;
    assert_eq!((waits.why, waits.payment), (Why::TwinPending, None));
    assert_eq!(answered(&scene, &visa("t1")).await, paid("1"));
    assert_eq!(blocked(&scene, &visa("t2")).await.why, Why::AlreadyPaid);
    assert_eq!(scene.made(), 1);
}

#[tokio::test]
async fn two_at_once_charge_once() {
    let scene = Scene::start().await;
    let (one, two) = (visa("t1"), visa("t2"));
    let (first, second) = (scene.charges(), scene.charges());
    let both = tokio::join!(first.charge(&one), second.charge(&two));
    let is_paid = |charged: &Result<Charged, ChargeError>| matches!(charged, Ok(Charged::Answered { .. }));
    let is_blocked = |charged: &Result<Charged, ChargeError>| matches!(charged, Ok(Charged::Blocked { .. }));
    let (first, second) = &both;
    assert!(is_paid(first) && is_blocked(second) || is_blocked(first) && is_paid(second), "{both:?}");
    assert_eq!(scene.made(), 1);
    // The same one twice is one too.
    let scene = Scene::start().await;
    let (first, second) = (scene.charges(), scene.charges());
    let both = tokio::join!(first.charge(&one), second.charge(&one));
    assert!(is_paid(&both.0) && is_paid(&both.1), "{both:?}");
    assert_eq!(scene.made(), 1);
}

#[tokio::test]
async fn a_twin_of_somebody_else_is_found_by_its_reference_and_amount() {
    let scene = Scene::start().await;
    let other_amount = scene.put("99", "till-4-0017");
    let other_reference = scene.put("100.5", "till-4-0018");
    let twin = scene.put("100.50", "till-4-0017");
    let found = blocked(&scene, &visa("t1")).await;
    assert_eq!((found.why, found.payment.map(|id| id.to_string())), (Why::AlreadyPaid, Some(twin)));
    assert_eq!(
        scene.keys().len(),
        0,
        "{other_amount} and {other_reference} are others, and nothing was sent"
    );
    assert_eq!(scene.events().await, ["attempt_blocked"]);
    // The same no again is no news.
    blocked(&scene, &visa("t1")).await;
    assert_eq!(scene.events().await, ["attempt_blocked"]);
}

#[tokio::test]
async fn a_payment_that_waited_and_was_cancelled_makes_room_for_another() {
    let scene = Scene::start().await;
    scene.next(Fate::Wait);
    assert_eq!(answered(&scene, &visa("t1")).await.0, Standing::InReview);
    let waits = blocked(&scene, &visa("t2")).await;
    assert_eq!((waits.why, waits.payment.map(|id| id.to_string())), (Why::TwinPending, Some("1".to_owned())));
    scene.turn(1, "cancelled", "by_collector");
    assert_eq!(blocked(&scene, &visa("t2")).await.why, Why::CoolDown);
    assert_eq!(answered(&scene, &form("t2", "master", Some("till-4-0017"))).await, paid("2"));
}

#[tokio::test]
async fn what_was_rejected_waits_as_the_provider_advises_and_is_charged_then() {
    let mut scene = Scene::start().await;
    scene.next(Fate::Reject("cc_rejected_insufficient_amount"));
    assert_eq!(answered(&scene, &visa("t1")).await.0, Standing::Rejected);
    let waits = blocked(&scene, &visa("t2")).await;
    assert_eq!((waits.why, waits.until), (Why::TooSoon, Some(scene.now + TimeDelta::hours(24))));
    scene.pass(TimeDelta::hours(24));
    assert_eq!(answered(&scene, &visa("t2")).await, paid("2"));
}

#[tokio::test]
async fn a_rejection_that_comes_as_an_error_is_a_rejection() {
    let scene = Scene::start().await;
    scene.next(Fate::Quote);
    let Ok(Charged::Answered { answer, body, .. }) = charge(&scene, &visa("t1")).await else {
        panic!("it is answered")
    };
    assert_eq!((answer.detail.as_str(), answer.payment, body), ("cc_rejected_high_risk", None, None));
    assert_eq!(blocked(&scene, &visa("t2")).await.why, Why::OtherMethodNeeded);
}

#[tokio::test]
async fn a_refusal_of_the_request_ends_the_attempt_and_one_of_the_caller_does_not() {
    let scene = Scene::start().await;
    scene.next(Fate::Refuse("2006"));
    let refused = charge(&scene, &visa("t1")).await;
    assert!(matches!(refused, Ok(Charged::Refused { .. })), "{refused:?}");
    assert_eq!(scene.events().await, ["attempt_requested", "attempt_refused"]);
    assert_eq!(answered(&scene, &visa("t2")).await, paid("1"));
    for fate in [Fate::Forbid, Fate::Refuse("2001")] {
        let scene = Scene::start().await;
        scene.next(fate);
        left_open(&scene, &visa("t1")).await;
        assert_eq!(answered(&scene, &visa("t1")).await, paid("1"));
    }
}

#[tokio::test]
async fn an_attempt_that_is_refused_the_second_time_may_have_come_through_the_first() {
    let scene = Scene::start().await;
    scene.hide_from_searches();
    scene.next(Fate::LoseAnswer);
    left_open(&scene, &visa("t1")).await;
    // Its key is forgotten, and its token is spent.
    scene.forget_keys();
    scene.next(Fate::RefuseAndShow);
    assert_eq!(answered(&scene, &visa("t1")).await, paid("1"));
    assert_eq!(scene.events().await, ["attempt_requested", "attempt_repeated", "attempt_answered"]);
}

#[tokio::test]
async fn an_attempt_is_given_up_a_day_later_when_the_provider_does_not_show_it() {
    let mut scene = Scene::start().await;
    scene.next(Fate::LoseCall);
    left_open(&scene, &visa("t1")).await;
    scene.pass(TimeDelta::hours(24) - TimeDelta::seconds(1));
    assert_eq!(blocked(&scene, &visa("t2")).await.why, Why::TwinPending);
    scene.pass(TimeDelta::seconds(1));
    assert_eq!(answered(&scene, &visa("t2")).await, paid("1"));
    let expect =
        ["attempt_requested", "attempt_blocked", "attempt_lost", "attempt_requested", "attempt_answered"];
    assert_eq!(scene.events().await, expect);
}

#[tokio::test]
async fn a_trial_says_the_same_and_leaves_nothing_behind() {
    let scene = Scene::start().await;
    let judged = scene.charges().judge(&visa("t1")).await;
    assert!(matches!(judged, Ok(Judged::New { lost: None })), "{judged:?}");
    let twin = scene.put("100.50", "till-4-0017");
    let judged = scene.charges().judge(&visa("t1")).await;
    let Ok(Judged::Blocked { block, .. }) = judged else { panic!("{judged:?}") };
    assert_eq!((block.why, block.payment.map(|id| id.to_string())), (Why::AlreadyPaid, Some(twin)));
    assert_eq!((scene.keys().len(), scene.stored().await), (0, String::new()));
    let head = scene.store.heads().await.expect("the store answers");
    assert!(head.iter().all(|head| head.count == 0), "{head:?}");
    assert_eq!(scene.store.cells("").await.expect("the store answers").len(), 0);
}

#[tokio::test]
async fn what_nothing_tells_apart_or_the_provider_would_refuse_is_not_looked_at() {
    let scene = Scene::start().await;
    let unmarked = charge(&scene, &form("t1", "visa", None)).await;
    assert!(matches!(unmarked, Err(ChargeError::Unmarked)), "{unmarked:?}");
    let mut free = visa("t1");
    free.request.transaction_amount = mercadopago::number::Number::parse("0").expect("a number");
    let invalid = charge(&scene, &free).await;
    assert!(matches!(invalid, Err(ChargeError::Invalid { .. })), "{invalid:?}");
    let mut noted = visa("t1");
    noted.request.metadata = Some(serde_json::value::to_raw_value("text").expect("JSON"));
    let notes = charge(&scene, &noted).await;
    assert!(matches!(notes, Err(ChargeError::Notes(_))), "{notes:?}");
    assert_eq!(scene.events().await.len(), 0);
}
