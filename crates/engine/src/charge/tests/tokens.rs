//! A card's token pays once, for whatever it was used first, and lives for seven days.

use super::*;

#[tokio::test]
async fn a_token_that_paid_for_one_thing_pays_for_no_other() {
    let scene = Scene::start().await;
    answered(&scene, &visa("t1")).await;
    let again = blocked(&scene, &form("t1", "visa", Some("till-4-0018"))).await;
    assert_eq!(again.why, Why::TokenUsed);
    assert!(again.other.as_deref().is_some_and(|other| other.contains('/')), "{again:?}");
    assert_eq!(scene.made(), 1);
}

#[tokio::test]
async fn a_name_alone_does_not_make_it_the_same_attempt() {
    let scene = Scene::start().await;
    let named = |ask: Ask| Ask { name: Some("noon".into()), ..ask };
    answered(&scene, &named(visa("t1"))).await;
    let other = named(form("t1", "visa", Some("till-4-0018")));
    assert_eq!(blocked(&scene, &other).await.why, Why::TokenUsed);
    // The name belongs to what was sent under it.
    let taken = charge(&scene, &named(visa("t2"))).await;
    assert!(matches!(taken, Err(ChargeError::Refused(_))), "{taken:?}");
}

#[tokio::test]
async fn two_that_use_one_token_at_once_charge_once() {
    let scene = Scene::start().await;
    let (one, two) = (visa("t1"), form("t1", "visa", Some("till-4-0018")));
    let (first, second) = (scene.charges(), scene.charges());
    let both = tokio::join!(first.charge(&one), second.charge(&two));
    let paid = [&both.0, &both.1].iter().filter(|one| matches!(one, Ok(Charged::Answered { .. }))).count();
    let used = |one: &Result<Charged, ChargeError>| match one {
        Ok(Charged::Blocked { block, .. }) => block.why == Why::TokenUsed,
        _ => false,
    };
    assert_eq!((paid, used(&both.0) || used(&both.1), scene.made()), (1, true, 1), "{both:?}");
}

#[tokio::test]
async fn a_token_is_too_old_a_second_after_seven_days() {
    for (seconds, is_made) in [(-1, true), (0, true), (1, false)] {
        let mut scene = Scene::start().await;
        let token_at = Some(scene.now);
        scene.pass(TimeDelta::days(7) + TimeDelta::seconds(seconds));
        let charged = charge(&scene, &Ask { token_at, ..visa("t1") }).await;
        assert_eq!(matches!(charged, Ok(Charged::Answered { .. })), is_made, "{seconds}: {charged:?}");
        let is_old = matches!(&charged, Ok(Charged::Blocked { block, .. }) if block.why == Why::TokenExpired);
        assert_eq!(is_old, !is_made, "{seconds}: {charged:?}");
    }
}

#[tokio::test]
async fn a_token_of_unknown_age_counts_from_when_it_was_first_seen_and_never_from_later() {
    let mut scene = Scene::start().await;
    scene.put("100.5", "till-4-0017");
    assert_eq!(blocked(&scene, &visa("t1")).await.why, Why::AlreadyPaid);
    scene.turn(1, "cancelled", "by_collector");
    scene.pass(TimeDelta::days(7) + TimeDelta::seconds(1));
    assert_eq!(blocked(&scene, &visa("t1")).await.why, Why::TokenExpired);
    let claimed = Ask { token_at: Some(scene.now), ..visa("t1") };
    assert_eq!(blocked(&scene, &claimed).await.why, Why::TokenExpired);
}
