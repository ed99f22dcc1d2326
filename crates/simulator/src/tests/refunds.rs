//! Refunds: what is given back, when no more is, and how repetitions are answered.

use mercadopago::number::Number;
use serde::Deserialize;

use super::Scene;

#[derive(Deserialize)]
struct Refund {
    id: u64,
    amount: Number,
    status: String,
}

#[derive(Deserialize)]
struct Charged {
    charges_details: Vec<Charge>,
    transaction_details: Details,
}

#[derive(Deserialize)]
struct Charge {
    name: String,
    amounts: Amounts,
    refund_charges: Vec<Returned>,
}

#[derive(Deserialize)]
struct Amounts {
    original: Number,
    refunded: Number,
}

#[derive(Deserialize)]
struct Returned {
    amount: Number,
}

#[derive(Deserialize)]
struct Details {
    net_received_amount: Number,
}

#[tokio::test]
async fn partial_refunds_add_up_to_a_total_one_and_give_the_fee_back() {
    let scene = Scene::start(1).await;
    let payment = scene.paid("k", "100").await;
    for (key, amount, status, detail) in [
        ("a", "40", "approved", "partially_refunded"),
        ("b", "35", "approved", "partially_refunded"),
        ("c", "25", "refunded", "refunded"),
    ] {
        let refund: Refund =
            scene.refund(payment.id, key, &format!(r#"{{"amount":{amount}}}"#)).await.read(201);
        assert_eq!((refund.amount.as_str(), refund.status.as_str()), (amount, "approved"));
        let payment = scene.payment(payment.id).await;
        assert_eq!((payment.status.as_str(), payment.status_detail.as_str()), (status, detail));
    }
    let charged: Charged = scene.get(&format!("/v1/payments/{}", payment.id)).await.read(200);
    let told: Vec<_> = charged
        .charges_details
        .iter()
        .map(|charge| {
            let parts = charge.refund_charges.iter().map(|part| part.amount.as_str()).collect::<Vec<_>>();
            let amounts = (charge.amounts.original.as_str(), charge.amounts.refunded.as_str());
            (charge.name.as_str(), amounts, parts)
        })
        .collect();
    assert_eq!(
        told,
        [
            ("mercadopago_fee", ("5.31", "5.31"), vec!["2.12", "1.86", "1.33"]),
            ("tax_withholding_sirtac-buenos_aires", ("2.5", "2.5"), vec!["1", "0.88", "0.62"]),
            ("tax_withholding_collector-debitos_creditos", ("0.6", "0"), vec![]),
        ]
    );
    // The net keeps its first value.
    assert_eq!(charged.transaction_details.net_received_amount.as_str(), "91.59");
    assert_eq!(scene.refund(payment.id, "d", "").await.refused().2, Some(2063));
    scene.get("/admin/books").await.is(200);
}

#[tokio::test]
async fn a_repetition_is_answered_without_a_body_and_changes_nothing() {
    let scene = Scene::start(1).await;
    let payment = scene.paid("k", "100").await;
    let first: Refund = scene.refund(payment.id, "key", r#"{"amount":10}"#).await.read(201);
    let again = scene.refund(payment.id, "key", r#"{"amount":10}"#).await;
    assert_eq!((again.status, again.body.as_str()), (200, ""));
    let path = format!("/v1/payments/{}/refunds", payment.id);
    let listed: Vec<Refund> = scene.get(&path).await.read(200);
    assert_eq!(listed.iter().map(|refund| refund.id).collect::<Vec<_>>(), [first.id]);
    let one: Refund = scene.get(&format!("{path}/{}", first.id)).await.read(200);
    assert_eq!(one.amount.as_str(), "10");
    assert_eq!(scene.payment(payment.id).await.transaction_amount_refunded.as_str(), "10");
}

#[tokio::test]
async fn refunds_are_refused_with_the_codes_of_the_provider() {
    let scene = Scene::start(1).await;
    let payment = scene.paid("k", "100").await;
    let rejected: super::Payment = scene.pay("r", "100", r#","token":"FUND""#).await.read(201);
    let refused = [
        (payment.id, r#"{"amount":100.01}"#, 2017),
        (payment.id, r#"{"amount":0}"#, 4040),
        (payment.id, r#"{"amount":0.001}"#, 4041),
        (rejected.id, "", 2063),
        (1, "", 2000),
    ];
    for (id, body, code) in refused {
        assert_eq!(scene.refund(id, "key", body).await.refused().2, Some(code), "{body}");
    }
    let keyless = scene.post(&format!("/v1/payments/{}/refunds", payment.id), "").await;
    assert_eq!(keyless.refused().2, Some(4292));
    let path = format!("/v1/payments/{}/refunds", payment.id);
    assert_eq!(scene.call(1, "POST", &path, Some("x"), "").await.refused().2, Some(2000));
}

#[tokio::test]
async fn money_is_given_back_for_180_days_and_not_a_second_longer() {
    let scene = Scene::start(1).await;
    let payment = scene.paid("k", "100").await;
    scene.advance(180 * 86_400 - 1).await;
    scene.refund(payment.id, "in time", r#"{"amount":1}"#).await.is(201);
    scene.advance(1).await;
    assert_eq!(scene.refund(payment.id, "late", r#"{"amount":1}"#).await.refused().2, Some(2024));
}

#[tokio::test]
async fn released_money_that_was_paid_out_cannot_be_given_back() {
    let scene = Scene::start(1).await;
    let payment = scene.paid("k", "2000").await;
    // The payout after a week finds nothing, the one after two takes what was released meanwhile.
    scene.post("/admin/sell", r#"{"count":0,"days":14}"#).await.is(201);
    scene.advance(15 * 86_400).await;
    assert_eq!(scene.refund(payment.id, "all", "").await.refused().2, Some(2031));
    scene.refund(payment.id, "some", r#"{"amount":100}"#).await.is(201);
    scene.get("/admin/books").await.is(200);
}
