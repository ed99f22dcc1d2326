//! Plans as the provider writes them.

use domain::currency::Currency;
use domain::machine::Instant;
use domain::plan::{Period, PeriodUnit, Terms};

use super::*;
use crate::observe::{Channel, DeliveryKind};

const CREATED: &str = include_str!("../../../../tests/fixtures/preapproval_plan/created.json");
const REQUEST: &str = include_str!("../../../../tests/fixtures/preapproval_plan/request.json");
const CANCELLED: &str = include_str!("../../../../tests/fixtures/preapproval_plan/cancelled_in_search.json");

fn at(text: &str) -> Instant {
    text.parse().expect("a literal instant")
}

fn read(body: &str) -> Result<Told, Unreadable> {
    observe(&Delivery {
        kind: DeliveryKind::Resource,
        topic: "preapproval_plan",
        channel: Channel::Response,
        seller: Some("999"),
        site: Some("MLA"),
        received_at: at("2026-04-01T00:00:00Z"),
        verified: false,
        body: body.as_bytes(),
    })
}

fn described(body: &str) -> Description {
    let told = read(body).expect("the body is readable");
    let [Observed { observation: Observation::Plan(plan::Observation::Described(described)), .. }] =
        &told.observed[..]
    else {
        panic!("a plan tells one description: {told:?}");
    };
    (**described).clone()
}

/// The terms of the guide's sample.
fn yoga() -> Terms {
    let month = Period { count: 1, unit: PeriodUnit::Months };
    Terms {
        currency: Currency::ARS,
        amount_minor: Some(1000),
        every: month,
        repetitions: Some(12),
        billing_day: Some(10),
        proportional: true,
        first_amount_minor: None,
        free_trial: Some(month),
        first_charge_after_days: None,
    }
}

#[test]
fn a_created_plan_tells_its_terms_and_the_prorated_first_amount() {
    let told = read(CREATED).expect("the body is readable");
    assert_eq!(told.seller.as_str(), "100200300");
    assert!(!told.unclassified);
    assert_eq!(told.observed[0].stream.to_string(), "plan/100200300/2c938084726fca480172750000000000");
    let expect = Description {
        modified_at: Some(at("2026-03-05T13:15:30.456Z")),
        standing: Standing::Active,
        terms: Terms { first_amount_minor: Some(167), first_charge_after_days: Some(30), ..yoga() },
        profile: Profile {
            title: Some("Yoga classes".into()),
            reference: None,
            method_types: vec![],
            methods: vec![],
            created_at: Some(at("2026-03-05T13:15:30.123Z")),
        },
    };
    assert_eq!(described(CREATED), expect);
}

#[test]
fn the_sample_of_the_guide_reads_once_it_has_an_id_and_a_status() {
    assert_eq!(read(REQUEST), Err(Unreadable::Missing { path: "id" }));
    let named = REQUEST.replacen('{', r#"{"id":"2c93","#, 1);
    assert_eq!(read(&named), Err(Unreadable::Missing { path: "status" }));
    let answered = named.replacen('{', r#"{"status":"inactive","#, 1);
    let told = described(&answered);
    assert_eq!((told.terms, told.standing, told.modified_at), (yoga(), Standing::Inactive, None));
    assert_eq!(read(&answered).map(|told| told.seller), Ok("999".into()));
}

#[test]
fn a_row_of_a_search_tells_days_a_currency_without_cents_and_sorted_methods() {
    let told = described(CANCELLED);
    assert_eq!(told.standing, Standing::Cancelled);
    let expect = Terms {
        currency: Currency::CLP,
        amount_minor: Some(14_990),
        every: Period { count: 15, unit: PeriodUnit::Days },
        repetitions: None,
        billing_day: None,
        proportional: false,
        first_amount_minor: None,
        free_trial: None,
        first_charge_after_days: None,
    };
    assert_eq!(told.terms, expect);
    assert_eq!(told.profile.reference, Some("778899".into()));
    assert_eq!(told.profile.method_types, ["credit_card", "debit_card"].map(Text::from));
    assert_eq!(told.profile.methods, ["visa"].map(Text::from));
}

#[test]
fn what_cannot_be_read_is_named_by_its_path() {
    let unknown = |path, word: &str| Unreadable::UnknownStatus { path, word: word.to_owned() };
    let wrong = |path| Unreadable::WrongType { path, expected: "a whole number in range" };
    let missing = |path| Unreadable::Missing { path };
    let cases = [
        (r#""status": "active""#, r#""status": "asleep""#, unknown("status", "asleep")),
        (r#""auto_recurring""#, r#""auto""#, missing("auto_recurring")),
        (r#""frequency": 1"#, r#""frequency": null"#, missing("auto_recurring.frequency")),
        (r#""frequency": 1"#, r#""frequency": 1.5"#, wrong("auto_recurring.frequency")),
        (r#""months""#, r#""years""#, unknown("auto_recurring.frequency_type", "years")),
        (r#""billing_day": 10"#, r#""billing_day": 300"#, wrong("auto_recurring.billing_day")),
        (
            r#""first_invoice_offset": 30"#,
            r#""first_invoice_offset": -1"#,
            wrong("auto_recurring.free_trial.first_invoice_offset"),
        ),
        (
            r#""currency_id": "ARS""#,
            r#""currency_id": "MCN""#,
            Unreadable::UnknownCurrency { path: "auto_recurring.currency_id", code: "MCN".into() },
        ),
        (
            "2026-03-05T09:15:30.456-04:00",
            "yesterday",
            Unreadable::BadTime { path: "last_modified", text: "yesterday".into() },
        ),
    ];
    for (from, to, expect) in cases {
        assert!(CREATED.contains(from), "{from}");
        assert_eq!(read(&CREATED.replacen(from, to, 1)), Err(expect), "{to}");
    }
    let cents = read(&CREATED.replace("10.0,", "10.001,")).expect_err("thousandths are no amount");
    assert_eq!(cents.reason(), "bad_amount");
}
