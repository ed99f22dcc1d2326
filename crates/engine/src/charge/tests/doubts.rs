//! What says less than it seems to: a refusal of a second try, a payer's old attempts, another site, a reference that is
//! written in another way.

use super::*;
use domain::currency::Currency;

const DAY: TimeDelta = TimeDelta::hours(24);

#[tokio::test]
async fn a_refusal_of_a_second_try_says_nothing_of_the_first() {
    let mut scene = Scene::start().await;
    scene.hide_from_searches();
    scene.next(Fate::LoseAnswer);
    left_open(&scene, &visa("t1")).await;
    // Its key is forgotten, and its token is spent.
    scene.forget_keys();
    scene.next(Fate::Refuse("3003"));
    let doubtful = charge(&scene, &visa("t1")).await;
    assert!(doubtful.is_err(), "nobody knows whether the first was made: {doubtful:?}");
    assert_eq!(blocked(&scene, &visa("t2")).await.why, Why::TwinPending);
    scene.show_in_searches();
    scene.pass(DAY);
    assert_eq!(blocked(&scene, &visa("t2")).await.why, Why::AlreadyPaid);
    assert_eq!(scene.made(), 1);
}

#[tokio::test]
async fn a_refusal_after_a_try_without_an_answer_says_nothing_of_that_one() {
    let mut scene = Scene::start().await;
    scene.retries = 1;
    scene.hide_from_searches();
    scene.next(Fate::LoseAnswerAndKey);
    scene.next(Fate::Refuse("3003"));
    let doubtful = charge(&scene, &visa("t1")).await;
    assert!(doubtful.is_err(), "nobody knows whether the first was made: {doubtful:?}");
    assert_eq!(blocked(&scene, &visa("t2")).await.why, Why::TwinPending);
    assert_eq!(scene.made(), 1);
}

#[tokio::test]
async fn a_refusal_of_a_second_try_is_believed_once_a_search_would_show_the_first() {
    let mut scene = Scene::start().await;
    scene.next(Fate::LoseCall);
    left_open(&scene, &visa("t1")).await;
    scene.pass(DAY);
    scene.next(Fate::Refuse("2006"));
    let refused = charge(&scene, &visa("t1")).await;
    assert!(matches!(refused, Ok(Charged::Refused { .. })), "{refused:?}");
}

#[tokio::test]
async fn white_space_around_a_reference_names_nothing_else() {
    let scene = Scene::start().await;
    assert_eq!(answered(&scene, &visa("t1")).await, paid("1"));
    let spaced = form("t2", "visa", Some(" till-4-0017 "));
    assert_eq!(blocked(&scene, &spaced).await.why, Why::AlreadyPaid);
    let tabbed = form("t1", "visa", Some("till-4-0017\\t"));
    assert_eq!(answered(&scene, &tabbed).await, (Standing::Approved, Some("1".to_owned()), true));
    assert_eq!(scene.made(), 1);
}

#[tokio::test]
async fn one_reference_and_number_in_two_currencies_is_a_wrong_site_and_no_second_charge() {
    let scene = Scene::start().await;
    let whole = |token: &str, amount: &str, currency| {
        let mut ask = Ask { currency, ..visa(token) };
        ask.request.transaction_amount = mercadopago::number::Number::parse(amount).expect("a number");
        ask
    };
    assert_eq!(answered(&scene, &whole("t1", "32000.00", Currency::ARS)).await, paid("1"));
    assert_eq!(blocked(&scene, &whole("t2", "32000", Currency::CLP)).await.why, Why::AlreadyPaid);
    assert_eq!(blocked(&scene, &whole("t3", "32000", Currency::ARS)).await.why, Why::AlreadyPaid);
    assert_eq!(scene.made(), 1);
}

/// A scene that tells payers apart, and what a payer without a reference sends.
async fn payers() -> (Scene, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("key");
    std::fs::write(&path, "a key").expect("a file");
    let mut scene = Scene::start().await;
    let file = format!("[guard]\npayer_key = \"file:{}\"", path.display());
    scene.config = Config::read(Some(("test", &file)), []).expect("a configuration");
    (scene, folder)
}

fn lunch(token: &str) -> Ask {
    form(token, "visa", None)
}

#[tokio::test]
async fn what_a_payer_may_still_pay_is_not_charged_beside_however_old_it_is() {
    let (mut scene, _folder) = payers().await;
    scene.next(Fate::Wait);
    assert_eq!(answered(&scene, &lunch("t1")).await.0, Standing::InReview);
    scene.pass(DAY * 2);
    assert_eq!(blocked(&scene, &lunch("t2")).await.why, Why::TwinPending);
    scene.turn(1, "cancelled", "by_collector");
    scene.pass(TimeDelta::minutes(1));
    assert_eq!(answered(&scene, &lunch("t2")).await, paid("2"));
}

#[tokio::test]
async fn what_a_payer_paid_long_ago_is_not_read_again() {
    let (mut scene, _folder) = payers().await;
    for token in ["t1", "t2", "t3"] {
        answered(&scene, &lunch(token)).await;
        scene.pass(DAY);
    }
    let before = scene.reads();
    answered(&scene, &lunch("t4")).await;
    assert_eq!(scene.reads(), before);
}

#[tokio::test]
async fn without_a_reference_an_attempt_is_found_by_its_name_among_the_payments_of_that_time() {
    let (scene, _folder) = payers().await;
    scene.next(Fate::LoseAnswer);
    left_open(&scene, &lunch("t1")).await;
    assert_eq!(answered(&scene, &lunch("t1")).await, (Standing::Approved, Some("1".to_owned()), true));
    assert_eq!((scene.keys().len(), scene.made()), (1, 1));
}

#[tokio::test]
async fn without_a_reference_an_attempt_that_never_arrived_is_given_up_too() {
    let (mut scene, _folder) = payers().await;
    scene.next(Fate::LoseCall);
    left_open(&scene, &lunch("t1")).await;
    assert_eq!(blocked(&scene, &lunch("t2")).await.why, Why::TwinPending);
    scene.pass(DAY);
    assert_eq!(answered(&scene, &lunch("t2")).await, paid("1"));
}

#[tokio::test]
async fn the_wait_after_a_rejection_counts_from_the_rejection_and_not_from_when_it_was_heard() {
    let mut scene = Scene::start().await;
    scene.now = "2026-03-04T09:59:00Z".parse().expect("a literal instant");
    scene.next(Fate::Wait);
    answered(&scene, &visa("t1")).await;
    scene.turn(1, "rejected", "cc_rejected_insufficient_amount");
    // Nobody looked for three days.
    scene.pass(DAY * 3);
    assert_eq!(answered(&scene, &visa("t2")).await, paid("2"));
}

#[tokio::test]
async fn a_payment_that_names_what_is_owed_bars_it_also_when_its_attempt_is_forgotten() {
    let mut scene = Scene::start().await;
    assert_eq!(answered(&scene, &visa("t1")).await, paid("1"));
    // The books were restored from before it, and the payment shows another amount.
    scene.store = std::sync::Arc::new(store::memory::MemoryStore::new());
    scene.raise(1, "100.75");
    let found = blocked(&scene, &visa("t2")).await;
    assert_eq!((found.why, found.payment.map(|id| id.to_string())), (Why::AlreadyPaid, Some("1".to_owned())));
}

#[tokio::test]
async fn an_attempt_is_given_up_a_day_after_it_was_last_sent_and_not_after_the_first_time() {
    let mut scene = Scene::start().await;
    scene.hide_from_searches();
    scene.next(Fate::LoseCall);
    left_open(&scene, &visa("t1")).await;
    scene.pass(DAY - TimeDelta::minutes(1));
    // This time it is made, and searches do not show it yet.
    scene.next(Fate::LoseAnswer);
    left_open(&scene, &visa("t1")).await;
    scene.pass(TimeDelta::minutes(2));
    assert_eq!(blocked(&scene, &visa("t2")).await.why, Why::TwinPending);
    assert_eq!(scene.made(), 1);
}

#[tokio::test]
async fn an_attempt_that_another_process_gave_up_meanwhile_is_not_sent_again() {
    let mut scene = Scene::start().await;
    scene.next(Fate::LoseCall);
    left_open(&scene, &visa("t1")).await;
    scene.pass(DAY);
    // The first looks before the second, and sends after it.
    let charges = scene.charges();
    let ask = visa("t1");
    let mut case = charges.case(&ask, false).await.expect("it can be looked at");
    let open = case.state.as_ref().and_then(State::open).expect("it is open").asked.request.clone();
    assert_eq!(answered(&scene, &visa("t2")).await, paid("1"));
    let sent = charges.send(&mut case, &open).await;
    assert!(matches!(sent, Ok(None)), "it is judged again: {sent:?}");
    assert_eq!(scene.made(), 1);
}
