//! What the holders' names of test cards decide.

use super::{Payment, Scene};

#[tokio::test]
async fn the_holder_of_a_test_card_decides_the_outcome() {
    let scene = Scene::start(1).await;
    let outcomes = [
        ("APRO", "approved", "accredited"),
        ("OTHE", "rejected", "cc_rejected_other_reason"),
        ("CONT", "in_process", "pending_contingency"),
        ("CALL", "rejected", "cc_rejected_call_for_authorize"),
        ("FUND", "rejected", "cc_rejected_insufficient_amount"),
        ("SECU", "rejected", "cc_rejected_bad_filled_security_code"),
        ("EXPI", "rejected", "cc_rejected_bad_filled_date"),
        ("FORM", "rejected", "cc_rejected_bad_filled_other"),
    ];
    for (holder, status, detail) in outcomes {
        let body = format!(r#"{{"cardholder":{{"name":"{holder} GARCIA"}}}}"#);
        let card: serde_json::Value = scene.post("/v1/card_tokens", &body).await.read(201);
        let token = card["id"].as_str().expect("an id");
        let told = scene.pay(holder, "100", &format!(r#","token":"{token}""#)).await;
        // A payment that was rejected was made all the same.
        let payment: Payment = told.read(201);
        assert_eq!((payment.status.as_str(), payment.status_detail.as_str()), (status, detail));
        let spent = scene.pay(&format!("{holder} again"), "100", &format!(r#","token":"{token}""#)).await;
        assert_eq!(spent.refused(), (400, "bad_request".to_owned(), Some(3003)));
    }
}

#[tokio::test]
async fn without_states_in_between_what_would_wait_is_rejected() {
    let scene = Scene::start(1).await;
    let told = scene.pay("k", "100", r#","token":"CONT","binary_mode":true"#).await;
    assert_eq!(told.read::<Payment>(201).status, "rejected");
}

#[tokio::test]
async fn a_token_of_a_card_lives_seven_days_and_not_a_second_longer() {
    let scene = Scene::start(1).await;
    let body = r#"{"cardholder":{"name":"APRO"}}"#;
    for (key, wait, status) in [("in time", 0, 201), ("late", 1, 400)] {
        let card: serde_json::Value = scene.post("/v1/card_tokens", body).await.read(201);
        let token = card["id"].as_str().expect("an id");
        scene.advance(7 * 86_400 + wait).await;
        let told = scene.pay(key, "100", &format!(r#","token":"{token}""#)).await;
        assert_eq!(told.status, status, "{key}");
        if status == 400 {
            assert_eq!(told.refused().2, Some(2006));
        }
    }
}
