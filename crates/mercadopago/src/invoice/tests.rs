//! Invoices as the provider writes them.

use domain::currency::Currency;
use domain::machine::Instant;
use domain::preapproval::charge::ChargeStanding;

use super::*;
use crate::observe::{Channel, DeliveryKind};

const SCHEDULED: &str = include_str!("../../../../tests/fixtures/authorized_payment/scheduled.json");
const WITH_PAYMENT: &str =
    include_str!("../../../../tests/fixtures/authorized_payment/scheduled_with_payment.json");
const WAITING: &str = include_str!("../../../../tests/fixtures/authorized_payment/waiting_for_gateway.json");
const RECYCLING: &str = include_str!("../../../../tests/fixtures/authorized_payment/recycling.json");
const APPROVED: &str = include_str!("../../../../tests/fixtures/authorized_payment/processed_approved.json");
const REJECTED: &str = include_str!("../../../../tests/fixtures/authorized_payment/processed_rejected.json");
const CANCELLED: &str = include_str!("../../../../tests/fixtures/authorized_payment/cancelled.json");

fn at(text: &str) -> Instant {
    text.parse().expect("a literal instant")
}

fn read_of(seller: Option<&str>, site: Option<&str>, body: &str) -> Result<Told, Unreadable> {
    observe(&Delivery {
        kind: DeliveryKind::Resource,
        topic: "authorized_payment",
        channel: Channel::Response,
        seller,
        site,
        received_at: at("2026-04-01T00:00:00Z"),
        verified: false,
        body: body.as_bytes(),
    })
}

fn read(body: &str) -> Result<Told, Unreadable> {
    read_of(Some("100200300"), Some("MLA"), body)
}

fn invoiced(body: &str) -> Invoice {
    let told = read(body).expect("the body is readable");
    let [Observed { observation: Observation::Preapproval(preapproval::Observation::Invoiced(i)), .. }] =
        &told.observed[..]
    else {
        panic!("an invoice tells its subscription one thing: {told:?}");
    };
    (**i).clone()
}

#[test]
fn a_scheduled_invoice_tells_the_stream_of_its_subscription() {
    let told = read(SCHEDULED).expect("the body is readable");
    assert_eq!((told.seller.as_str(), told.unclassified), ("100200300", false));
    assert_eq!(told.observed[0].stream.to_string(), "preapproval/100200300/2c938084726fca480172760000000000");
    let expect = Invoice {
        invoice: "6114264375".into(),
        modified_at: Some(at("2020-06-02T14:01:48Z")),
        stage: Stage::Scheduled,
        terms: ChargeTerms {
            attempt: Some(0),
            payment: None,
            currency: Currency::ARS,
            amount_minor: 1000,
            due_at: Some(at("2020-06-02T14:00:15Z")),
            next_retry_at: None,
            rejection: None,
            reference: Some("YG-1234".into()),
            created_at: Some(at("2020-06-02T14:01:48Z")),
        },
    };
    assert_eq!(invoiced(SCHEDULED), expect);
}

#[test]
fn processed_is_collected_only_with_an_approved_payment() {
    use ChargeStanding as C;
    let payment = |outcome, id: &str| Some(ChargePayment { outcome, payment: id.into() });
    let cases = [
        (SCHEDULED, C::Scheduled, None),
        (WITH_PAYMENT, C::Scheduled, payment(PaymentOutcome::Undecided, "19951521071")),
        (WAITING, C::Recycling, payment(PaymentOutcome::Undecided, "19951521071")),
        (RECYCLING, C::Recycling, payment(PaymentOutcome::Failed, "19951521072")),
        (APPROVED, C::Collected, payment(PaymentOutcome::Approved, "19951521071")),
        (REJECTED, C::Uncollected, payment(PaymentOutcome::Failed, "19951521075")),
        (CANCELLED, C::Cancelled, None),
    ];
    for (body, standing, payment) in cases {
        let invoice = invoiced(body);
        assert_eq!((invoice.standing(), invoice.terms.payment), (standing, payment), "{body}");
    }
}

#[test]
fn a_rejected_attempt_tells_its_number_reason_and_next_day() {
    let terms = invoiced(RECYCLING).terms;
    assert_eq!((terms.attempt, terms.amount_minor), (Some(2), 1000));
    assert_eq!(terms.next_retry_at, Some(at("2020-06-07T13:00:00Z")));
    assert_eq!(terms.rejection, Some("cc_rejected_insufficient_amount".into()));
    assert_eq!(invoiced(CANCELLED).terms.attempt, None, "attempts that nobody counted are not none");
}

#[test]
fn every_word_of_a_payment_is_an_outcome() {
    let outcome = |word: &str| {
        let body = APPROVED.replace(r#""approved""#, &format!(r#""{word}""#));
        invoiced(&body).terms.payment.expect("the body names a payment").outcome
    };
    for (expect, words) in [
        (PaymentOutcome::Approved, &["approved", "in_mediation", "refunded", "charged_back"][..]),
        (PaymentOutcome::Undecided, &["pending", "in_process", "authorized"]),
        (PaymentOutcome::Failed, &["rejected", "cancelled"]),
    ] {
        for word in words {
            assert_eq!(outcome(word), expect, "{word}");
        }
    }
}

#[test]
fn seller_and_currency_come_from_the_delivery_when_the_body_is_silent() {
    assert_eq!(read_of(None, None, SCHEDULED), Err(Unreadable::Missing { path: "collector_id" }));
    assert_eq!(read_of(Some("1"), None, WAITING), Err(Unreadable::Missing { path: "currency_id" }));
    assert_eq!(invoiced(WAITING).terms.currency, Currency::ARS);
    let named = SCHEDULED.replacen('{', r#"{"collector_id":7,"#, 1);
    assert_eq!(read(&named).map(|told| told.seller), Ok("7".into()));
}

#[test]
fn what_cannot_be_read_is_named_by_its_path() {
    let unknown = |path, word: &str| Unreadable::UnknownStatus { path, word: word.to_owned() };
    let missing = |path| Unreadable::Missing { path };
    let counted = Unreadable::WrongType { path: "retry_attempt", expected: "a whole number in range" };
    let cases = [
        (r#""status": "processed""#, r#""status": "paid""#, unknown("status", "paid")),
        (r#""status": "approved""#, r#""status": "great""#, unknown("payment.status", "great")),
        (r#""status": "approved","#, "", missing("payment.status")),
        (r#""id": 19951521071,"#, "", missing("payment.id")),
        (r#""preapproval_id""#, r#""preapproval""#, missing("preapproval_id")),
        (r#""id": 6114264375"#, r#""id": null"#, missing("id")),
        (r#""transaction_amount": 10"#, r#""transaction_amount": null"#, missing("transaction_amount")),
        (r#""retry_attempt": 1"#, r#""retry_attempt": -1"#, counted),
    ];
    for (from, to, expect) in cases {
        assert!(APPROVED.contains(from), "{from}");
        assert_eq!(read(&APPROVED.replacen(from, to, 1)), Err(expect), "{to}");
    }
}
