//! One order of each kind while nobody dies and answers are lost, late or nonsense: the end is that of a run where all
//! goes well.

use engine::act::Act;
use serde_json::{Value, json};

use super::each::{Case, Outcome, begin, cases, end, memory, order, work};
use super::scene::Scene;

const LOOK: &str = "GET /v1/payments/{id}";
const REFUND: &str = "POST /v1/payments/{id}/refunds";
const REFUNDS: &str = "GET /v1/payments/{id}/refunds";
const CHANGE: &str = "PUT /v1/payments/{id}";

/// The call that carries an order out.
fn sent(case: &Case) -> &'static str {
    match case.act {
        Act::Refund(_) => REFUND,
        _ => CHANGE,
    }
}

/// What leaves open whether a call was carried out, or is no verdict on it.
fn troubles() -> [Value; 6] {
    [
        json!("lost_before"),
        json!("lost_after"),
        json!({"refusal": {"status": 429}}),
        json!({"refusal": {"status": 500}}),
        json!({"refusal": {"status": 503}}),
        json!({"refusal": {"status": 401}}),
    ]
}

/// What calls meet, and how they are refused.
type Obstacles = [(&'static str, Value)];

/// The whole road with obstacles, some before each try, and again when they are gone.
async fn troubled(case: &Case, tries: &[&Obstacles], lag_seconds: u32) -> (Scene, u64) {
    let (scene, payment) = begin(memory(), case).await;
    let mut habits = case.habits.clone();
    habits["payment_lag_seconds"] = lag_seconds.into();
    scene.provider.habits(&habits).await;
    let process = scene.process(None).await;
    order(&scene, &process, payment, case).await.expect("nobody dies");
    for obstacles in tries.iter().copied().chain([&[][..]]) {
        for (call, meets) in obstacles {
            scene.provider.obstacle(call, meets.clone()).await;
        }
        let sent = process.dispatch(scene.provider.now()).await;
        let sent = sent.expect("nobody dies").expect("the store answers");
        assert!(sent.refused.is_empty(), "{} with {tries:?}: {:?}", case.name, sent.refused);
    }
    scene.provider.clear().await;
    scene.provider.habits(&case.habits).await;
    scene.provider.advance(lag_seconds).await;
    work(&scene, &process, payment, case).await.expect("nobody dies");
    (scene, payment)
}

/// The end of a run where all goes well.
async fn wanted(case: &Case) -> Outcome {
    let (scene, payment) = troubled(case, &[], 0).await;
    end(&scene, payment, case, "no trouble").await
}

async fn check(case: &Case, wanted: &Outcome, tries: &[&Obstacles], lag_seconds: u32) {
    let (scene, payment) = troubled(case, tries, lag_seconds).await;
    let what = format!("{tries:?}, {lag_seconds} s behind");
    assert_eq!(end(&scene, payment, case, &what).await, *wanted, "{}: {what}", case.name);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_ends_alike_whichever_answer_is_lost() {
    for case in cases() {
        let wanted = wanted(&case).await;
        for meets in troubles() {
            check(&case, &wanted, &[&[(LOOK, meets.clone())]], 0).await;
            check(&case, &wanted, &[&[(sent(&case), meets.clone())]], 0).await;
            // The answer is lost, and then that of what finds out.
            let lost = [(sent(&case), json!("lost_after"))];
            for call in [LOOK, sent(&case), REFUNDS] {
                check(&case, &wanted, &[&lost, &[(call, meets.clone())]], 0).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_ends_alike_when_its_answer_is_lost_and_reads_are_behind() {
    for case in cases() {
        let lost = [(sent(&case), json!("lost_after"))];
        check(&case, &wanted(&case).await, &[&lost], 60).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_was_carried_out_is_not_refused_because_its_payment_cannot_be_seen() {
    for case in cases() {
        let lost = [(sent(&case), json!("lost_after"))];
        let unseen = [LOOK; 2].map(|look| (look, json!({"refusal": {"code": 2000}})));
        check(&case, &wanted(&case).await, &[&lost, &unseen], 0).await;
    }
}
