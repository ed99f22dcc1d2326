//! Subscriptions are made and managed as the provider's pages print it, and not at all against their rules.

use domain::currency::Currency;
use domain::money::Money;
use mercadopago::number::Number;

use super::*;
use crate::call::Idempotency;
use crate::calls::printed;

const WITH_PLAN: &str = r#"curl -X POST \
      'https://api.mercadopago.com/preapproval' \
      -H 'Authorization: Bearer YOUR_ACCESS_TOKEN' \
      -H 'Content-Type: application/json' \
      -d '{
  "preapproval_plan_id": "2c938084726fca480172750000000000",
  "reason": "Yoga classes",
  "external_reference": "YG-1234",
  "payer_email": "test_user@testuser.com",
  "card_token_id": "e3ed6f098462036dd2cbabe314b9de2a",
  "auto_recurring": {
    "frequency": 1,
    "frequency_type": "months",
    "start_date": "2020-06-02T13:07:14.260Z",
    "end_date": "2022-07-20T15:59:52.581Z",
    "transaction_amount": 10,
    "currency_id": "ARS"
  },
  "back_url": "https://www.mercadopago.com.ar",
  "status": "authorized"
}'"#;

const PENDING: &str = r#"curl --location --request POST 'https://api.mercadopago.com/preapproval' \
--header 'Authorization: Bearer YOU_ACCESS_TOKEN' \
--header 'Content-Type: application/json' \
--data-raw '{
    "reason": "Yoga classes",
    "external_reference": "YG-1234",
    "payer_email": "test_user_75650838@testuser.com",
    "auto_recurring": {
        "frequency": 1,
        "frequency_type": "months",
        "end_date": "2023-07-20T15:59:52.581Z",
        "transaction_amount": 10,
        "currency_id": "BRL"
    },
    "back_url": "https://www.yoursite.com",
    "status": "pending"
}'"#;

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn pending() -> PreapprovalRequest {
    PreapprovalRequest {
        preapproval_plan_id: None,
        reason: text("Yoga classes"),
        external_reference: text("YG-1234"),
        payer_email: "test_user_75650838@testuser.com".to_owned(),
        card_token_id: None,
        auto_recurring: Some(Recurring {
            frequency: 1,
            frequency_type: "months".to_owned(),
            start_date: None,
            end_date: text("2023-07-20T15:59:52.581Z"),
            free_trial: None,
            transaction_amount: Number::from(10),
            currency_id: "BRL".to_owned(),
        }),
        back_url: text("https://www.yoursite.com"),
        status: text("pending"),
    }
}

fn with_plan() -> PreapprovalRequest {
    let terms = pending().auto_recurring.map(|terms| Recurring {
        start_date: text("2020-06-02T13:07:14.260Z"),
        end_date: text("2022-07-20T15:59:52.581Z"),
        currency_id: "ARS".to_owned(),
        ..terms
    });
    PreapprovalRequest {
        preapproval_plan_id: text("2c938084726fca480172750000000000"),
        payer_email: "test_user@testuser.com".to_owned(),
        card_token_id: text("e3ed6f098462036dd2cbabe314b9de2a"),
        auto_recurring: terms,
        back_url: text("https://www.mercadopago.com.ar"),
        status: text("authorized"),
        ..pending()
    }
}

fn authorized() -> PreapprovalRequest {
    PreapprovalRequest { card_token_id: text("e3ed"), status: text("authorized"), ..pending() }
}

/// The field that a change of the request breaks a rule of.
fn refused(mut request: PreapprovalRequest, change: fn(&mut PreapprovalRequest)) -> Option<&'static str> {
    change(&mut request);
    Create { request }.check().err().map(|invalid| invalid.field)
}

#[test]
fn each_mode_is_sent_as_its_page_prints_it_and_once() {
    printed::check(WITH_PLAN, &[], &Create { request: with_plan() });
    printed::check(PENDING, &[], &Create { request: pending() });
    let call = Create { request: authorized() };
    assert_eq!(call.check(), Ok(()));
    assert_eq!(call.idempotency(), Idempotency::Once, "the provider ignores keys here");
}

#[test]
fn each_mode_has_its_own_rules() {
    assert_eq!(refused(with_plan(), |r| r.card_token_id = None), Some("card_token_id"));
    assert_eq!(refused(with_plan(), |r| r.status = text("pending")), Some("status"));
    assert_eq!(refused(with_plan(), |r| r.auto_recurring = None), None, "the plan has the terms");
    assert_eq!(refused(authorized(), |r| r.card_token_id = None), Some("card_token_id"));
    assert_eq!(refused(pending(), |r| r.card_token_id = text("e3ed")), Some("card_token_id"));
    for request in [pending, authorized] {
        assert_eq!(refused(request(), |r| r.reason = None), Some("reason"));
        assert_eq!(refused(request(), |r| r.external_reference = None), Some("external_reference"));
        assert_eq!(refused(request(), |r| r.back_url = None), Some("back_url"));
        assert_eq!(refused(request(), |r| r.auto_recurring = None), Some("auto_recurring"));
        assert_eq!(refused(request(), |r| r.status = None), Some("status"));
        assert_eq!(refused(request(), |r| r.payer_email.clear()), Some("payer_email"));
        assert_eq!(refused(request(), |r| r.back_url = text("yoursite")), Some("back_url"));
    }
}

#[test]
fn terms_that_the_provider_would_refuse_are_not_sent() {
    let terms = |change: fn(&mut Recurring)| {
        let mut request = pending();
        request.auto_recurring.as_mut().map(change).expect("a pending one has terms");
        Create { request }.check().err().map(|invalid| invalid.field)
    };
    assert_eq!(terms(|t| t.frequency = 0), Some("auto_recurring.frequency"));
    assert_eq!(terms(|t| t.frequency_type = "years".to_owned()), Some("auto_recurring.frequency_type"));
    assert_eq!(terms(|t| t.transaction_amount = Number::from(0)), Some("auto_recurring.transaction_amount"));
    assert_eq!(terms(|t| t.end_date = text("2023-07-20")), Some("auto_recurring.end_date"));
    assert_eq!(terms(|t| t.start_date = text("2023-07-20T15:59:52.581Z")), Some("auto_recurring.end_date"));
    assert_eq!(terms(|t| t.start_date = text("2023-07-20T15:59:52.580Z")), None);
}

/// One row of the provider's table of management: what is sent, as JSON.
#[track_caller]
fn row(change: Change, expect: &str) {
    let call = Update { id: "2c93".into(), change };
    assert_eq!(call.check(), Ok(()));
    assert_eq!((call.method(), call.path()), (Method::PUT, "/preapproval/2c93".to_owned()));
    let body = String::from_utf8(call.body().expect("a body")).expect("text");
    assert_eq!(printed::canonical(&body), printed::canonical(expect));
}

#[test]
fn every_row_of_the_management_table_is_sent() {
    row(
        Change::Amount(Money::new(1999, Currency::ARS)),
        r#"{"auto_recurring":{"transaction_amount":19.99,"currency_id":"ARS"}}"#,
    );
    row(Change::Card { token: "t".to_owned() }, r#"{"card_token_id":"t"}"#);
    row(
        Change::SecondCard { token: "t".to_owned(), method: "visa".to_owned() },
        r#"{"card_token_id_secondary":"t","payment_method_id_secondary":"visa"}"#,
    );
    row(
        Change::SecondMethod { method: "account_money".to_owned() },
        r#"{"payment_method_id_secondary":"account_money"}"#,
    );
    row(Change::Cancel, r#"{"status":"cancelled"}"#);
    row(Change::Pause, r#"{"status":"paused"}"#);
    row(Change::Reactivate { until: None }, r#"{"status":"authorized"}"#);
    let until = "2026-12-31T23:59:59Z".parse().ok();
    row(
        Change::Reactivate { until },
        r#"{"status":"authorized","auto_recurring":{"end_date":"2026-12-31T23:59:59.000Z"}}"#,
    );
    row(Change::BillingDay(28), r#"{"auto_recurring":{"billing_day":28}}"#);
    row(Change::Proportional(true), r#"{"auto_recurring":{"billing_day_proportional":true}}"#);
    row(Change::Reason("Yoga".to_owned()), r#"{"reason":"Yoga"}"#);
    row(Change::ExternalReference("YG-2".to_owned()), r#"{"external_reference":"YG-2"}"#);
    row(Change::BackUrl("https://a.b/".to_owned()), r#"{"back_url":"https://a.b/"}"#);
}

#[test]
fn changes_that_the_provider_would_refuse_are_not_sent() {
    for (change, field) in [
        (Change::Amount(Money::new(0, Currency::ARS)), "auto_recurring.transaction_amount"),
        (Change::Card { token: String::new() }, "card_token_id"),
        (Change::SecondCard { token: String::new(), method: "visa".to_owned() }, "card_token_id_secondary"),
        (Change::SecondCard { token: "t".to_owned(), method: String::new() }, "payment_method_id_secondary"),
        (Change::SecondMethod { method: String::new() }, "payment_method_id_secondary"),
        (Change::BillingDay(0), "auto_recurring.billing_day"),
        (Change::BillingDay(29), "auto_recurring.billing_day"),
        (Change::Reason(" ".to_owned()), "reason"),
        (Change::ExternalReference(String::new()), "external_reference"),
        (Change::BackUrl("b".to_owned()), "back_url"),
    ] {
        let call = Update { id: "1".into(), change: change.clone() };
        assert_eq!(call.check().map_err(|invalid| invalid.field), Err(field), "{change:?}");
    }
}

#[test]
fn subscriptions_are_read_by_id_and_found_whatever_their_status() {
    assert_eq!(Get { id: "2c93".into() }.path(), "/preapproval/2c93");
    let search = Search {
        plan: Some("p".into()),
        payer_email: text("a@b.c"),
        status: text("authorized,paused"),
        page: Wanted::first(20),
    };
    let query: Vec<String> =
        search.query().into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    let expect =
        ["preapproval_plan_id=p", "payer_email=a@b.c", "status=authorized,paused", "offset=0", "limit=20"];
    assert_eq!((search.path().as_str(), query), ("/preapproval/search", expect.map(str::to_owned).to_vec()));
}
