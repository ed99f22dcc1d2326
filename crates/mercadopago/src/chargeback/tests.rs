//! Both shapes of a case, word by word.

use domain::chargeback::{Case, Description, Documentation, DocumentationStatus, Observation, Standing};
use domain::currency::Currency;
use domain::ids::PaymentId;
use domain::machine::Instant;
use domain::observation::Observation as Any;

use super::observe;
use crate::observe::{Channel, Delivery, DeliveryKind, Told};
use crate::unreadable::Unreadable;

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../../../tests/fixtures/chargeback/", $name, ".json"))
    };
}

fn time(text: &str) -> Instant {
    text.parse().expect("a time")
}

fn read(body: &str) -> Result<Told, Unreadable> {
    observe(&Delivery {
        kind: DeliveryKind::Resource,
        topic: "chargeback",
        channel: Channel::Response,
        seller: Some("9"),
        site: None,
        received_at: time("2026-01-02T03:04:05Z"),
        verified: false,
        body: body.as_bytes(),
    })
}

fn described(body: &str) -> (Description, Vec<PaymentId>, Instant) {
    let told = read(body).expect("a case");
    assert_eq!(told.observed.len(), 1);
    match told.observed.into_iter().next().map(|observed| observed.observation) {
        Some(Any::Chargeback(Observation::Described { description, payments, at })) => {
            (*description, payments, at)
        }
        other => panic!("a case tells about a case: {other:?}"),
    }
}

#[test]
fn the_shape_of_the_api_is_read_whole() {
    let body = fixture!("documentation_requested");
    let (description, payments, at) = described(body);
    let updated_at = time("2024-07-03T12:00:00Z");
    assert_eq!(
        description,
        Description {
            updated_at: Some(updated_at),
            standing: Standing::DocumentationRequested,
            case: Case {
                amount_minor: 15050,
                currency: Currency::BRL,
                reason: Some("general".into()),
                eligible: Some(true),
                documentation: Documentation {
                    required: true,
                    status: DocumentationStatus::Pending,
                    deadline: Some(time("2024-07-13T03:59:59Z")),
                },
                word: Some("pending".into()),
                opened_at: Some(time("2024-07-03T02:03:24Z")),
            },
        }
    );
    assert_eq!(payments, ["57837458321", "57837458399"].map(PaymentId::from));
    assert_eq!(at, updated_at);
    let told = read(body).expect("a case");
    assert_eq!(told.observed[0].stream.to_string(), "chargeback/9/217000061307271001");
    assert!(!told.unclassified);
}

#[test]
fn the_coverage_decides_a_case_in_a_currency_of_any_exponent() {
    let (covered, _, _) = described(fixture!("covered"));
    assert_eq!((covered.standing, covered.case.amount_minor), (Standing::Covered, 15050));
    assert_eq!(covered.case.eligible, Some(true));
    let (lost, payments, _) = described(fixture!("lost_in_chile"));
    assert_eq!((lost.standing, lost.case.amount_minor), (Standing::Lost, 12000));
    assert_eq!(payments, ["57837458400"].map(PaymentId::from));
    let told = read(fixture!("lost_in_chile")).expect("a case");
    assert_eq!(told.observed[0].stream.id(), "217000061307271003");
}

#[test]
fn the_shape_of_the_client_libraries_is_read_whole() {
    let (description, payments, _) = described(fixture!("client_library_shape"));
    assert_eq!(
        description,
        Description {
            updated_at: Some(time("2024-07-05T13:30:00Z")),
            standing: Standing::DocumentationSent,
            case: Case {
                amount_minor: 9990,
                currency: Currency::BRL,
                reason: Some("no cardholder authorization".into()),
                eligible: None,
                documentation: Documentation {
                    required: false,
                    status: DocumentationStatus::NotApplicable,
                    deadline: None,
                },
                word: Some("in_review".into()),
                opened_at: Some(time("2024-07-03T02:03:24Z")),
            },
        }
    );
    assert_eq!(payments, ["57837458321"].map(PaymentId::from));
}

#[test]
fn an_unknown_word_is_kept_and_reported() {
    let body = fixture!("unknown_words");
    let (description, _, at) = described(body);
    assert_eq!(description.standing, Standing::Open);
    assert_eq!(description.case.documentation.status, DocumentationStatus::Unknown);
    assert_eq!(description.case.word.as_deref(), Some("lost_in_the_post"));
    assert_eq!((description.updated_at, at), (None, time("2024-07-03T02:03:24Z")));
    assert!(read(body).expect("a case").unclassified);
    let odd_status = r#"{"id":"1","payment_id":2,"amount":1,"currency_id":"BRL","status":"paused"}"#;
    assert!(read(odd_status).expect("a case").unclassified);
}

#[test]
fn every_word_has_its_standing() {
    for (fields, standing) in [
        (r#""coverage_applied":null"#, Standing::Open),
        (r#""documentation_status":"not_applicable""#, Standing::Open),
        (r#""documentation_status":"pending""#, Standing::Open),
        (r#""documentation_required":true"#, Standing::DocumentationRequested),
        (
            r#""documentation_required":true,"documentation_status":"pending""#,
            Standing::DocumentationRequested,
        ),
        (
            r#""documentation_required":true,"documentation_status":"review_pending""#,
            Standing::DocumentationSent,
        ),
        (r#""documentation_status":"valid""#, Standing::DocumentationSent),
        (r#""documentation_status":"invalid""#, Standing::DocumentationSent),
        (
            r#""documentation_required":true,"documentation_status":"not_supplied""#,
            Standing::DocumentationMissed,
        ),
        (r#""coverage_applied":false,"documentation_status":"not_supplied""#, Standing::Lost),
        (r#""status":"new""#, Standing::Open),
        (r#""status":"in_review""#, Standing::DocumentationSent),
        (r#""status":"won""#, Standing::Covered),
        (r#""status":"lost""#, Standing::Lost),
        (r#""status":"lost","coverage_applied":true"#, Standing::Covered),
    ] {
        let body = format!(r#"{{"id":"1","payments":[2],"amount":1,"currency":"BRL",{fields}}}"#);
        assert_eq!(described(&body).0.standing, standing, "{fields}");
        assert!(!read(&body).expect("a case").unclassified, "{fields}");
    }
}

#[test]
fn without_any_time_the_receipt_is_the_best_one() {
    let (description, _, at) = described(r#"{"id":"1","payments":[2],"amount":1,"currency":"BRL"}"#);
    assert_eq!((description.updated_at, at), (None, time("2026-01-02T03:04:05Z")));
}

#[test]
fn what_a_case_cannot_lack_is_named() {
    for (body, missing) in [
        (r#"{"payments":[2],"amount":1,"currency":"BRL"}"#, "id"),
        (r#"{"id":"1","payments":[2],"currency":"BRL"}"#, "amount"),
        (r#"{"id":"1","payments":[2],"amount":1}"#, "currency"),
    ] {
        assert_eq!(read(body), Err(Unreadable::Missing { path: missing }));
    }
    let too_fine = r#"{"id":"1","payments":[2],"amount":1.005,"currency":"BRL"}"#;
    assert_eq!(read(too_fine).map_err(|error| error.reason()), Err("bad_amount"));
    let bad_date = r#"{"id":"1","amount":1,"currency":"BRL","date_created":"2022-07-23T23:03:5704:00"}"#;
    assert_eq!(read(bad_date).map_err(|error| error.reason()), Err("bad_time"));
}
