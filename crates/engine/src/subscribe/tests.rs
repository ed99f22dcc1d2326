//! Orders against a provider on loopback: what is written, what is sent, and what is told when something fails.

use client::calls::preapproval::{Change as Ask, Create, Update};
use client::error::ClientError;
use domain::changes::{Answer, Settlement};
use domain::currency::Currency;
use domain::ids::{PlanId, PreapprovalId};
use domain::money::Money;
use domain::plan::{self, Period, PeriodUnit, machine::Plan};
use domain::preapproval::change::Change;
use domain::preapproval::machine::Preapproval;

use super::change::{Ordered, Wanted};
use super::create::Made;
use super::*;
use scene::{Fate, Scene, yoga_request};

mod scene;

const ID: &str = "2c938084726fca480172750000000001";
const PLAN: &str = "2c938084726fca480172750000000000";

fn wanted(change: Change, ask: Ask, name: Option<&str>) -> Wanted<Change, Update> {
    let call = Update { id: PreapprovalId::from(ID), change: ask };
    Wanted { change, call, amount: None, name: name.map(Text::from) }
}

fn pause(name: Option<&str>) -> Wanted<Change, Update> {
    wanted(Change::Pause, Ask::Pause, name)
}

fn amount(amount: Money, name: Option<&str>) -> Wanted<Change, Update> {
    let change = Change::Amount { amount_minor: amount.minor };
    Wanted { amount: Some(amount), ..wanted(change, Ask::Amount(amount), name) }
}

fn dearer(name: Option<&str>) -> Wanted<Change, Update> {
    amount(Money::new(1200, Currency::ARS), name)
}

async fn order(scene: &Scene, wanted: &Wanted<Change, Update>) -> Result<Ordered, OrderError> {
    scene.orders().change::<Preapproval, _>(ID, wanted).await
}

async fn ordered(scene: &Scene, wanted: &Wanted<Change, Update>) -> Ordered {
    order(scene, wanted).await.unwrap_or_else(|error| panic!("{error}"))
}

async fn made(scene: &Scene, key: &str) -> Result<Made, OrderError> {
    scene.orders().create::<Preapproval>(&Create { request: yoga_request() }, key, "yoga").await
}

#[tokio::test]
async fn a_change_is_ordered_sent_read_again_and_done() {
    let scene = Scene::with_yoga().await;
    let ordered = ordered(&scene, &dearer(Some("dearer"))).await;
    assert_eq!((ordered.outcome, ordered.was_sent), (Settlement::Done, false));
    assert!(
        String::from_utf8_lossy(&ordered.body).contains(r#""transaction_amount":12"#),
        "the re-read is told"
    );
    let put = r#"{"auto_recurring":{"transaction_amount":12.00,"currency_id":"ARS"}}"#;
    assert_eq!(
        scene.asked(),
        [
            format!("GET /preapproval/{ID}"),
            format!("PUT /preapproval/{ID} {put}"),
            format!("GET /preapproval/{ID}")
        ]
    );
    assert_eq!(
        scene.events().await,
        [
            "preapproval.opened",
            "preapproval.authorized",
            "preapproval.change_asked ana",
            "preapproval.terms_changed",
            "preapproval.change_settled ana",
        ]
    );
}

#[tokio::test]
async fn a_change_that_the_provider_ignores_is_a_finding() {
    let scene = Scene::with_yoga().await;
    scene.next(Fate::Ignore);
    let day = wanted(Change::BillingDay { day: 10 }, Ask::BillingDay(10), None);
    assert_eq!(ordered(&scene, &day).await.outcome, Settlement::Ignored);
    let written = scene.events().await;
    assert_eq!(written[2..], ["preapproval.change_asked ana", "preapproval.change_settled ana"]);
}

#[tokio::test]
async fn a_refusal_of_the_provider_is_kept_with_its_code() {
    let scene = Scene::with_yoga().await;
    scene.next(Fate::Refuse);
    let refused = ordered(&scene, &pause(None)).await;
    assert_eq!(refused.outcome, Settlement::Refused { code: "CC_VAL_433".into() });
    assert!(matches!(refused.failure, Some(ClientError::Refused(_))), "{:?}", refused.failure);
    // It is settled: another order may be given.
    assert_eq!(ordered(&scene, &pause(None)).await.outcome, Settlement::Done);
}

#[tokio::test]
async fn an_order_whose_answer_is_lost_is_done_when_the_next_look_shows_it() {
    let scene = Scene::with_yoga().await;
    scene.next(Fate::LoseAnswer);
    let lost = ordered(&scene, &pause(None)).await;
    assert_eq!(lost.outcome, Settlement::Done);
    assert_eq!(scene.sent("PUT"), 1);
}

#[tokio::test]
async fn an_order_that_never_arrived_is_sent_again_under_its_name() {
    let scene = Scene::with_yoga().await;
    scene.next(Fate::LoseCall);
    let lost = ordered(&scene, &pause(None)).await;
    assert_eq!(lost.outcome, Settlement::Unknown);
    assert!(matches!(lost.failure, Some(ClientError::Unavailable { .. })), "{:?}", lost.failure);
    let again = ordered(&scene, &pause(None)).await;
    assert_eq!((again.outcome, &again.request), (Settlement::Done, &lost.request));
    assert_eq!(scene.sent("PUT"), 2);
    assert_eq!(
        scene.events().await[2..],
        [
            "preapproval.change_asked ana",
            "preapproval.change_settled ana",
            "preapproval.change_settled ana",
            "preapproval.paused",
            "preapproval.change_settled ana",
        ],
        "unknown, undelivered, done"
    );
}

#[tokio::test]
async fn a_success_that_cannot_be_looked_at_is_a_doubt_that_the_next_order_ends() {
    let scene = Scene::with_yoga().await;
    scene.next(Fate::ApplyAndHide);
    let hidden = ordered(&scene, &pause(None)).await;
    assert_eq!(hidden.outcome, Settlement::Unknown);
    let again = ordered(&scene, &pause(None)).await;
    assert_eq!((again.outcome, again.was_sent), (Settlement::Done, true));
    assert_eq!(scene.sent("PUT"), 1, "what was done is not sent again");
}

#[tokio::test]
async fn another_order_ends_the_doubt_of_the_first() {
    let scene = Scene::with_yoga().await;
    scene.next(Fate::LoseCall);
    assert_eq!(ordered(&scene, &pause(None)).await.outcome, Settlement::Unknown);
    let cancel = wanted(Change::Cancel, Ask::Cancel, None);
    assert_eq!(ordered(&scene, &cancel).await.outcome, Settlement::Done);
    assert_eq!(scene.sent("PUT"), 2);
}

#[tokio::test]
async fn what_the_rules_refuse_is_not_sent() {
    let scene = Scene::with_yoga().await;
    assert_eq!(ordered(&scene, &pause(None)).await.outcome, Settlement::Done);
    let refused = order(&scene, &dearer(None)).await;
    let Err(OrderError::Refused { reason, detail }) = refused else { panic!("{refused:?}") };
    assert_eq!(
        (reason, detail.as_str()),
        ("paused", "the subscription is paused: it can only be resumed or cancelled")
    );
    let reals = order(&scene, &amount(Money::new(1200, Currency::BRL), None)).await;
    let asked_in_reals =
        matches!(reals, Err(OrderError::OtherCurrency { known: Currency::ARS, asked: Currency::BRL }));
    assert!(asked_in_reals, "{reals:?}");
    let nothing = order(&scene, &amount(Money::new(0, Currency::ARS), None)).await;
    assert!(matches!(nothing, Err(OrderError::Invalid { .. })), "{nothing:?}");
    assert_eq!(scene.sent("PUT"), 1);
}

#[tokio::test]
async fn an_order_of_the_same_name_is_carried_out_once() {
    let scene = Scene::with_yoga().await;
    assert_eq!(ordered(&scene, &dearer(Some("rise"))).await.outcome, Settlement::Done);
    let again = ordered(&scene, &dearer(Some("rise"))).await;
    assert_eq!((again.outcome, again.was_sent, scene.sent("PUT")), (Settlement::Done, true, 1));
    let other = order(&scene, &pause(Some("rise"))).await;
    assert!(matches!(other, Err(OrderError::NameTaken { change: "amount", .. })), "{other:?}");
}

#[tokio::test]
async fn an_order_of_another_process_that_is_under_way_is_left_alone_until_it_is_over() {
    let mut scene = Scene::with_yoga().await;
    let orders = scene.orders();
    let (stream, _) = orders.look::<Preapproval>(ID).await.expect("the provider tells of it");
    let ask = Preapproval::ask("theirs".into(), "eva".into(), Change::Pause);
    assert_eq!(orders.execute::<Preapproval>(&stream, ask).await.expect("it is allowed"), Wrote::Facts);
    for mine in [pause(None), dearer(None)] {
        let refused = order(&scene, &mine).await;
        let Err(OrderError::Refused { reason, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(reason, "change_under_way");
    }
    assert_eq!(scene.sent("PUT"), 0);
    scene.pass_minutes(5);
    assert_eq!(ordered(&scene, &dearer(None)).await.outcome, Settlement::Done);
    let settle = Preapproval::settle("theirs".into(), Answer::Accepted);
    assert_eq!(
        scene.orders().execute::<Preapproval>(&stream, settle).await.expect("it is known"),
        Wrote::Facts
    );
}

#[tokio::test]
async fn of_two_processes_that_order_the_same_at_once_one_sends() {
    let scene = Scene::with_yoga().await;
    let (one, other) = (pause(Some("rest")), pause(Some("rest")));
    let (one, other) = tokio::join!(order(&scene, &one), order(&scene, &other));
    assert_eq!(scene.sent("PUT"), 1, "{one:?} {other:?}");
    assert!(
        [&one, &other].iter().any(|ended| matches!(ended, Ok(Ordered { outcome: Settlement::Done, .. })))
    );
}

#[tokio::test]
async fn what_was_made_under_a_key_is_found_and_not_made_again() {
    let scene = Scene::start().await;
    let first = made(&scene, "YG-1234").await.expect("it is made");
    let again = made(&scene, "YG-1234").await.expect("it is found");
    assert_eq!((first.was_made, again.was_made, &first.id), (false, true, &again.id));
    assert_eq!(scene.sent("POST"), 1);
    assert_eq!(scene.events().await, ["preapproval.opened", "preapproval.authorized"]);
    let other = made(&scene, "YG-1235").await.expect("it is made");
    assert_ne!(other.id, first.id);
    assert_eq!(scene.sent("POST"), 2);
}

#[tokio::test]
async fn a_key_under_which_something_else_was_made_is_refused() {
    let scene = Scene::start().await;
    scene.next(Fate::Refuse);
    made(&scene, "spring").await.expect_err("the provider refuses it");
    let create = Create { request: yoga_request() };
    let orders = scene.orders();
    let corrected = orders.create::<Preapproval>(&create, "spring", "gym").await.expect("nothing was made");
    assert!(!corrected.was_made);
    let other = made(&scene, "spring").await;
    assert!(matches!(other, Err(OrderError::KeyTaken { thing: "subscription", .. })), "{other:?}");
    assert_eq!(scene.sent("POST"), 2);
}

#[tokio::test]
async fn what_the_provider_refused_to_make_may_be_sent_again() {
    let scene = Scene::start().await;
    scene.next(Fate::Refuse);
    let refused = made(&scene, "YG-1234").await;
    assert!(matches!(refused, Err(OrderError::Client(ClientError::Refused(_)))), "{refused:?}");
    assert!(!made(&scene, "YG-1234").await.expect("it is made").was_made);
    assert_eq!(scene.sent("POST"), 2);
}

#[tokio::test]
async fn what_may_have_been_made_is_in_doubt_and_not_sent_again() {
    for fate in [Fate::LoseAnswer, Fate::LoseCall] {
        let scene = Scene::start().await;
        scene.next(fate);
        let lost = made(&scene, "YG-1234").await;
        assert!(matches!(lost, Err(OrderError::InDoubt { source: Some(_), .. })), "{lost:?}");
        let again = made(&scene, "YG-1234").await;
        // No answer will come: nothing is waited for.
        let Err(OrderError::InDoubt { thing, actor, source: None, .. }) = again else { panic!("{again:?}") };
        assert_eq!((thing, &*actor, scene.sent("POST")), ("subscription", "ana", 1));
        assert!(!made(&scene, "YG-1234-again").await.expect("another key is another order").was_made);
    }
}

#[tokio::test]
async fn of_two_processes_that_make_the_same_at_once_one_sends() {
    let scene = Scene::start().await;
    let (one, other) = tokio::join!(made(&scene, "YG-1234"), made(&scene, "YG-1234"));
    assert_eq!(scene.sent("POST"), 1, "{one:?} {other:?}");
    let (made, late) = if one.is_ok() { (one, other) } else { (other, one) };
    let made = made.expect("one makes it");
    match late {
        Ok(found) => assert_eq!((found.was_made, found.id), (true, made.id)),
        // Nobody is told to send it under another key while the answer may come.
        Err(late) => assert!(matches!(late, OrderError::UnderWay { .. }), "{late:?}"),
    }
}

#[tokio::test]
async fn what_a_process_sent_before_it_died_is_under_way_for_minutes_and_then_in_doubt() {
    let mut scene = Scene::start().await;
    scene.next(Fate::Hang);
    tokio::select! {
        ended = made(&scene, "YG-1234") => panic!("it is killed while it waits: {ended:?}"),
        () = scene.taken("POST") => {}
    }
    let again = made(&scene, "YG-1234").await;
    let Err(OrderError::UnderWay { thing, at, until, .. }) = again else { panic!("{again:?}") };
    assert_eq!((thing, until - at), ("subscription", chrono::TimeDelta::minutes(5)));
    scene.pass_minutes(5);
    let again = made(&scene, "YG-1234").await;
    assert!(matches!(again, Err(OrderError::InDoubt { source: None, .. })), "{again:?}");
    assert_eq!(scene.sent("POST"), 1);
}

#[tokio::test]
async fn what_was_made_and_could_not_be_taken_in_is_told_with_its_id() {
    let scene = Scene::start().await;
    scene.next(Fate::ApplyAndGarble);
    let unseen = made(&scene, "YG-1234").await;
    let Err(OrderError::NotSeen { id, source, .. }) = unseen else { panic!("{unseen:?}") };
    assert!(matches!(*source, OrderError::NotTaken { .. }), "{source:?}");
    let again = made(&scene, "YG-1234").await.expect("it is found");
    assert_eq!((again.was_made, again.id, scene.sent("POST")), (true, id, 1));
}

#[tokio::test]
async fn a_change_that_was_sent_and_could_not_be_settled_is_told_with_its_name() {
    let scene = Scene::with_yoga().await;
    scene.next(Fate::ApplyAndGarble);
    let unsettled = order(&scene, &pause(None)).await;
    let Err(OrderError::NotSettled { request, source }) = unsettled else { panic!("{unsettled:?}") };
    assert!(matches!(*source, OrderError::NotTaken { .. }), "{source:?}");
    let again = ordered(&scene, &pause(Some(&request))).await;
    assert_eq!((again.outcome, again.was_sent, again.request), (Settlement::Done, true, request));
    assert_eq!(scene.sent("PUT"), 1);
}

#[tokio::test]
async fn a_trial_of_a_plan_is_ordered_in_the_same_way() {
    let scene = Scene::start().await;
    scene.put_plan(PLAN);
    let period = Period { count: 14, unit: PeriodUnit::Days };
    let call = || {
        let trial =
            mercadopago::request::plan::FreeTrial { frequency: 14, frequency_type: "days".to_owned() };
        client::calls::plan::Update::free_trial(PlanId::from(PLAN), trial)
    };
    let wanted =
        || Wanted { change: plan::Change::FreeTrial { period }, call: call(), amount: None, name: None };
    scene.next(Fate::Ignore);
    let ignored = scene.orders().change::<Plan, _>(PLAN, &wanted()).await.expect("it is ordered");
    assert_eq!(ignored.outcome, Settlement::Ignored);
    let done = scene.orders().change::<Plan, _>(PLAN, &wanted()).await.expect("it is ordered");
    assert_eq!(done.outcome, Settlement::Done);
    assert_eq!(
        scene.events().await,
        [
            "plan.opened",
            "plan.change_asked ana",
            "plan.change_settled ana",
            "plan.change_asked ana",
            "plan.restated",
            "plan.change_settled ana",
        ]
    );
}

#[tokio::test]
async fn what_belongs_to_another_seller_is_not_ordered() {
    let scene = Scene::with_yoga().await;
    let text = "[sellers]\n\"8\" = { site = \"MLA\" }";
    let config = Config::read(Some(("test", text)), []).expect("the test's configuration fits");
    let refused = scene.orders_with(config).change::<Preapproval, _>(ID, &pause(None)).await;
    assert!(matches!(refused, Err(OrderError::NotTaken { thing: "subscription", .. })), "{refused:?}");
    assert_eq!(scene.sent("PUT"), 0);
}
