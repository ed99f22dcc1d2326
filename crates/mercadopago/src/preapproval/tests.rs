//! Subscriptions as the provider writes them.

use domain::machine::Instant;
use domain::plan::{self, Period, PeriodUnit};

use super::*;
use crate::observe::{Channel, DeliveryKind};

const WITH_PLAN: &str = include_str!("../../../../tests/fixtures/preapproval/authorized_with_plan.json");
const PENDING: &str = include_str!("../../../../tests/fixtures/preapproval/pending.json");
const PAUSED: &str = include_str!("../../../../tests/fixtures/preapproval/paused_after_changes.json");
const ROW: &str = include_str!("../../../../tests/fixtures/preapproval/search_row.json");
const REQUEST_WITH_PLAN: &str = include_str!("../../../../tests/fixtures/preapproval/request_with_plan.json");
const REQUEST_PENDING: &str = include_str!("../../../../tests/fixtures/preapproval/request_pending.json");

fn at(text: &str) -> Instant {
    text.parse().expect("a literal instant")
}

fn read(body: &str) -> Result<Told, Unreadable> {
    observe(&Delivery {
        kind: DeliveryKind::Resource,
        topic: "preapproval",
        channel: Channel::Response,
        seller: Some("999"),
        site: None,
        received_at: at("2026-04-01T00:00:00Z"),
        verified: false,
        body: body.as_bytes(),
    })
}

fn described(body: &str) -> Description {
    let told = read(body).expect("the body is readable");
    let [Observed { observation: Observation::Preapproval(preapproval::Observation::Described(d)), .. }] =
        &told.observed[..]
    else {
        panic!("a subscription tells one description: {told:?}");
    };
    (**d).clone()
}

/// The terms of the guide's sample with a plan.
fn yoga() -> Terms {
    Terms {
        recurring: plan::Terms {
            currency: Currency::ARS,
            amount_minor: Some(1000),
            every: Period { count: 1, unit: PeriodUnit::Months },
            repetitions: None,
            billing_day: None,
            proportional: false,
            first_amount_minor: None,
            free_trial: None,
            first_charge_after_days: None,
        },
        starts_at: Some(at("2020-06-02T13:07:14.260Z")),
        ends_at: Some(at("2022-07-20T15:59:52.581Z")),
    }
}

#[test]
fn an_authorized_subscription_tells_plan_terms_card_and_next_charge() {
    let told = read(WITH_PLAN).expect("the body is readable");
    assert_eq!((told.seller.as_str(), told.unclassified), ("100200300", false));
    assert_eq!(told.observed[0].stream.to_string(), "preapproval/100200300/2c938084726fca480172760000000000");
    let mut terms = yoga();
    terms.recurring.first_charge_after_days = Some(7);
    let expect = Description {
        said: Said { modified_at: Some(at("2020-06-02T13:07:15Z")), version: Some(0) },
        standing: Standing::Authorized,
        progress: Progress { next_charge_at: Some(at("2020-07-02T15:07:14Z")), summary: None },
        terms,
        methods: Methods {
            main: Some("master".into()),
            main_card: Some("9001".into()),
            secondary: None,
            secondary_card: None,
        },
        profile: Profile {
            plan: Some("2c938084726fca480172750000000000".into()),
            title: Some("Yoga classes".into()),
            reference: Some("YG-1234".into()),
            created_at: Some(at("2020-06-02T13:07:14.260Z")),
        },
    };
    assert_eq!(described(WITH_PLAN), expect);
}

#[test]
fn a_pending_subscription_has_no_method_no_start_and_no_next_charge() {
    let told = described(PENDING);
    assert_eq!(told.standing, Standing::Pending);
    assert_eq!(told.methods, Methods::default());
    assert_eq!(told.progress, Progress { next_charge_at: None, summary: None });
    assert_eq!((told.terms.starts_at, told.profile.plan), (None, None));
    assert_eq!(told.terms.recurring.currency, Currency::BRL);
    assert_eq!(told.profile.created_at, Some(at("2022-07-20T10:00:00Z")));
}

#[test]
fn the_samples_of_the_guide_read_once_they_have_an_id() {
    for (request, standing, currency, ends) in [
        (REQUEST_WITH_PLAN, Standing::Authorized, Currency::ARS, "2022-07-20T15:59:52.581Z"),
        (REQUEST_PENDING, Standing::Pending, Currency::BRL, "2023-07-20T15:59:52.581Z"),
    ] {
        assert_eq!(read(request), Err(Unreadable::Missing { path: "id" }));
        let told = described(&request.replacen('{', r#"{"id":"2c93","#, 1));
        assert_eq!((told.standing, told.terms.ends_at), (standing, Some(at(ends))));
        let terms = yoga();
        let starts_at = terms.starts_at.filter(|_| standing == Standing::Authorized);
        let recurring = plan::Terms { currency, ..terms.recurring };
        assert_eq!(told.terms, Terms { recurring, starts_at, ends_at: Some(at(ends)) });
        assert_eq!(told.profile.reference, Some("YG-1234".into()));
    }
}

#[test]
fn the_summary_is_read_whether_its_numbers_are_numbers_or_text() {
    let told = described(PAUSED);
    assert_eq!(told.said, Said { modified_at: Some(at("2020-09-15T22:30:00Z")), version: Some(12) });
    assert_eq!((told.standing, told.terms.recurring.amount_minor), (Standing::Paused, Some(1250)));
    let summary = Summary {
        charged_count: Some(3),
        charged_minor: Some(3250),
        last_charged_at: Some(at("2020-09-02T15:09:00Z")),
        last_charged_minor: Some(1250),
        total_count: Some(25),
        pending_count: Some(22),
        pending_minor: Some(27_500),
        health: Some(Health::Retrying),
    };
    assert_eq!(told.progress.summary, Some(summary));
    let methods = Methods {
        main: Some("visa".into()),
        main_card: Some("9002".into()),
        secondary: Some("account_money".into()),
        secondary_card: None,
    };
    assert_eq!(told.methods, methods);
}

#[test]
fn a_row_of_a_search_tells_no_version_no_next_charge_and_no_summary() {
    let told = described(ROW);
    assert_eq!((told.standing, told.said.version), (Standing::Cancelled, None));
    assert_eq!(told.progress, Progress { next_charge_at: None, summary: None });
    assert_eq!(told.profile.reference, Some("1234".into()));
    assert_eq!(told.terms.starts_at, yoga().starts_at, "-04:00 and Z are the same instant");
}

#[test]
fn nothing_about_the_payer_is_kept() {
    for body in [WITH_PLAN, PENDING, PAUSED, ROW] {
        let told = format!("{:?}", read(body).expect("the body is readable"));
        assert!(
            !told.contains("400500600") && !told.contains("testuser") && !told.contains("Test\""),
            "{told}"
        );
    }
}

#[test]
fn each_colour_is_a_health_and_an_unknown_one_is_unclassified() {
    let health = |colour: &str| {
        let body = PAUSED.replace(r#""yellow""#, colour);
        let told = read(&body).expect("the body is readable");
        let summary = described(&body).progress.summary.expect("the body has a summary");
        (summary.health, told.unclassified)
    };
    assert_eq!(health(r#""green""#), (Some(Health::AllCollected), false));
    assert_eq!(health(r#""red""#), (Some(Health::SomeUncollected), false));
    assert_eq!(health(r#""blank""#), (Some(Health::Discounted), false));
    assert_eq!(health("null"), (None, false));
    assert_eq!(health(r#""purple""#), (None, true));
}

#[test]
fn what_cannot_be_read_is_named_by_its_path() {
    let unknown = Unreadable::UnknownStatus { path: "status", word: "asleep".into() };
    let wrong = |path| Unreadable::WrongType { path, expected: "a whole number in range" };
    let bad_time = |path| Unreadable::BadTime { path, text: "soon".into() };
    let missing = |path| Unreadable::Missing { path };
    let cases = [
        (r#""status": "paused""#, r#""status": "asleep""#, unknown),
        (r#""status": "paused""#, r#""status": null"#, missing("status")),
        (r#""version": 12"#, r#""version": 1.5"#, wrong("version")),
        (r#""auto_recurring""#, r#""auto""#, missing("auto_recurring")),
        (r#""currency_id": "ARS""#, r#""currency_id": null"#, missing("auto_recurring.currency_id")),
        (r#""quotas": "25""#, r#""quotas": "many""#, wrong("summarized.quotas")),
        ("2020-10-02T11:07:14.000-04:00", "soon", bad_time("next_payment_date")),
        ("2022-07-20T15:59:52.581Z", "soon", bad_time("auto_recurring.end_date")),
    ];
    for (from, to, expect) in cases {
        assert!(PAUSED.contains(from), "{from}");
        assert_eq!(read(&PAUSED.replacen(from, to, 1)), Err(expect), "{to}");
    }
}
