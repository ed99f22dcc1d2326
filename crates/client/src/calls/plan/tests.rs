//! Plans are sent as the provider's page prints them, and not at all when they break a rule.

use mercadopago::number::Number;
use mercadopago::request::plan::{MethodsAllowed, Named};

use super::*;
use crate::call::Idempotency;
use crate::calls::printed;

const PRINTED: &str = r#"curl -X POST \
      'https://api.mercadopago.com/preapproval_plan' \
      -H 'Authorization: Bearer YOUR_ACCESS_TOKEN' \
      -H 'Content-Type: application/json' \
      -d '{
  "reason": "Yoga classes",
  "auto_recurring": {
    "frequency": 1,
    "frequency_type": "months",
    "repetitions": 12,
    "billing_day": 10,
    "billing_day_proportional": true,
    "free_trial": {
      "frequency": 1,
      "frequency_type": "months"
    },
    "transaction_amount": 10,
    "currency_id": "ARS"
  },
  "payment_methods_allowed": {
    "payment_types": [
      {}
    ],
    "payment_methods": [
      {}
    ]
  },
  "back_url": "https://www.yoursite.com"
}'"#;

fn trial(frequency: u32, unit: &str) -> FreeTrial {
    FreeTrial { frequency, frequency_type: unit.to_owned() }
}

fn request() -> PlanRequest {
    PlanRequest {
        reason: "Yoga classes".to_owned(),
        auto_recurring: PlanRecurring {
            frequency: 1,
            frequency_type: "months".to_owned(),
            repetitions: Some(12),
            billing_day: Some(10),
            billing_day_proportional: Some(true),
            free_trial: Some(trial(1, "months")),
            transaction_amount: Some(Number::from(10)),
            currency_id: "ARS".to_owned(),
        },
        back_url: "https://www.yoursite.com".to_owned(),
        external_reference: None,
        payment_methods_allowed: Some(MethodsAllowed {
            payment_types: vec![Named::default()],
            payment_methods: vec![Named::default()],
        }),
    }
}

/// The field that a change of the request breaks a rule of.
fn refused(change: impl FnOnce(&mut PlanRequest)) -> Option<&'static str> {
    let mut request = request();
    change(&mut request);
    Create { request }.check().err().map(|invalid| invalid.field)
}

#[test]
fn a_plan_is_made_as_the_page_prints_it_and_sent_once() {
    let call = Create { request: request() };
    printed::check(PRINTED, &[], &call);
    assert_eq!(call.idempotency(), Idempotency::Once);
}

#[test]
fn plans_that_the_provider_would_refuse_are_not_sent() {
    let terms = |change: fn(&mut PlanRecurring)| refused(|r| change(&mut r.auto_recurring));
    assert_eq!(refused(|_| ()), None);
    assert_eq!(refused(|r| r.reason.clear()), Some("reason"));
    assert_eq!(refused(|r| r.back_url = "yoursite".to_owned()), Some("back_url"));
    assert_eq!(terms(|t| t.frequency = 0), Some("auto_recurring.frequency"));
    assert_eq!(terms(|t| t.frequency_type = "years".to_owned()), Some("auto_recurring.frequency_type"));
    assert_eq!(terms(|t| t.repetitions = Some(0)), Some("auto_recurring.repetitions"));
    assert_eq!(terms(|t| t.billing_day = Some(0)), Some("auto_recurring.billing_day"));
    assert_eq!(terms(|t| t.billing_day = Some(28)), None);
    assert_eq!(terms(|t| t.billing_day = Some(29)), Some("auto_recurring.billing_day"));
    assert_eq!(terms(|t| t.frequency_type = "days".to_owned()), Some("auto_recurring.billing_day"));
    assert_eq!(terms(|t| t.billing_day = None), Some("auto_recurring.billing_day_proportional"));
    assert_eq!(
        terms(|t| t.transaction_amount = Some(Number::from(0))),
        Some("auto_recurring.transaction_amount")
    );
    assert_eq!(terms(|t| t.transaction_amount = None), None, "the page does not ask for an amount");
    assert_eq!(terms(|t| t.currency_id = "XXX".to_owned()), Some("auto_recurring.currency_id"));
    assert_eq!(terms(|t| t.free_trial = Some(trial(0, "days"))), Some("auto_recurring.free_trial.frequency"));
    assert_eq!(
        terms(|t| t.free_trial = Some(trial(1, "weeks"))),
        Some("auto_recurring.free_trial.frequency_type")
    );
}

#[test]
fn a_free_trial_is_offered_on_the_plan() {
    let call = Update::free_trial("2c93".into(), trial(7, "days"));
    assert_eq!((call.method(), call.path()), (Method::PUT, "/preapproval_plan/2c93".to_owned()));
    let expect = br#"{"auto_recurring":{"free_trial":{"frequency":7,"frequency_type":"days"}}}"#;
    assert_eq!(call.body().as_deref(), Some(expect.as_slice()));
    assert_eq!(call.check(), Ok(()));
}

#[test]
fn changes_that_go_together_are_not_sent_apart() {
    let refused = |terms: PlanRecurringUpdate| {
        let change = PlanUpdate { auto_recurring: Some(terms), ..PlanUpdate::default() };
        Update { id: "1".into(), change }.check().err().map(|invalid| invalid.field)
    };
    let none = PlanRecurringUpdate::default;
    let (ten, ars) = (Some(Number::from(10)), Some("ARS".to_owned()));
    assert_eq!(refused(none()), None);
    assert_eq!(
        refused(PlanRecurringUpdate { transaction_amount: ten.clone(), ..none() }),
        Some("auto_recurring.transaction_amount")
    );
    assert_eq!(
        refused(PlanRecurringUpdate { currency_id: ars.clone(), ..none() }),
        Some("auto_recurring.currency_id")
    );
    assert_eq!(refused(PlanRecurringUpdate { transaction_amount: ten, currency_id: ars, ..none() }), None);
    assert_eq!(
        refused(PlanRecurringUpdate { frequency: Some(2), ..none() }),
        Some("auto_recurring.frequency")
    );
    assert_eq!(
        refused(PlanRecurringUpdate { frequency_type: Some("days".to_owned()), ..none() }),
        Some("auto_recurring.frequency_type")
    );
    assert_eq!(
        refused(PlanRecurringUpdate { billing_day: Some(29), ..none() }),
        Some("auto_recurring.billing_day")
    );
    let status = PlanUpdate { status: Some("paused".to_owned()), ..PlanUpdate::default() };
    let paused = Update { id: "1".into(), change: status };
    assert_eq!(paused.check().map_err(|invalid| invalid.field), Err("status"));
}

#[test]
fn plans_are_read_by_id_and_found_by_status_and_words() {
    assert_eq!(Get { id: "2c93".into() }.path(), "/preapproval_plan/2c93");
    let search = Search {
        status: Some("active".to_owned()),
        words: Some("yoga".to_owned()),
        page: Wanted { offset: 20, limit: 10 },
    };
    let query: Vec<String> =
        search.query().into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(search.path(), "/preapproval_plan/search");
    assert_eq!(query, ["status=active", "q=yoga", "offset=20", "limit=10"]);
}
