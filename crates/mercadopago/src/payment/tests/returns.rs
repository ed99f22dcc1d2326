//! Refunds that a payment lists, and charges that came back with or without them.

use domain::currency::Currency;
use domain::ids::{ChargeId, PaymentId, RefundId, SellerId};
use domain::observation::{Observation, Observed};
use domain::payment::{ChargeKind, RefundMention, Standing};
use domain::refund::{self, RefundStanding, RefundTerms, ReturnedCharge};
use domain::stream::StreamId;

use super::{at, described, description, fixture, listed, small_with, told};

const SELLER: &str = "20359978";

fn on(payment: &str, refund: &str, observation: refund::Observation) -> Observed {
    let (payment, refund) = (PaymentId::from(payment), RefundId::from(refund));
    let stream = StreamId::refund(&SellerId::from(SELLER), &payment, &refund);
    Observed { stream, observation: Observation::Refund(observation) }
}

fn refund(standing: RefundStanding, amount_minor: i64, made_at: &str, source: &str) -> refund::Observation {
    let terms =
        RefundTerms { amount_minor, currency: Currency::ARS, made_at: at(made_at), source: source.into() };
    refund::Observation::Described { standing, terms }
}

fn charge(
    id: &str,
    kind: ChargeKind,
    name: &str,
    amount_minor: i64,
    returned_at: &str,
) -> refund::Observation {
    refund::Observation::ChargeReturned(ReturnedCharge {
        charge: ChargeId::from(id),
        kind,
        name: name.into(),
        amount_minor,
        currency: Currency::ARS,
        returned_at: at(returned_at),
    })
}

#[test]
fn a_partial_refund_tells_itself_and_each_charge_that_came_back() {
    let (payment, id) = ("91000000102", "1500000011");
    let told = told(fixture!("partial_refund_with_charges")).expect("the fixture is readable");
    let (described, refunded_minor, refunds) = described(&told);
    assert_eq!((described.standing, refunded_minor), (Standing::Approved, 130_000));
    let standing = RefundStanding::Approved;
    let given = RefundMention { refund: RefundId::from(id), amount_minor: 130_000, standing, order: None };
    assert_eq!(refunds, [given]);
    assert!(described.returned.is_empty(), "the refund names all that came back");
    let back = "2026-03-10T13:00:01Z";
    let tax = "tax_withholding_sirtac/buenos_aires";
    assert_eq!(
        told.observed[1..],
        [
            on(payment, id, refund(standing, 130_000, "2026-03-10T13:00:00Z", "sale")),
            on(
                payment,
                id,
                charge("91000000102-001", ChargeKind::Processing, "mercadopago_fee", 9_893, back)
            ),
            on(payment, id, charge("91000000102-002", ChargeKind::Withholding, tax, 3_900, back)),
        ]
    );
    let effective = described.terms.net_minor - (130_000 - 9_893 - 3_900);
    assert_eq!(effective, 348_621);
}

#[test]
fn three_partials_each_bring_their_share_of_the_fee() {
    let told = told(fixture!("refunded_by_partials")).expect("the fixture is readable");
    let (described, refunded_minor, refunds) = described(&told);
    assert_eq!((described.standing, refunded_minor), (Standing::Refunded, 10_000));
    let amounts: Vec<i64> = refunds.iter().map(|r| r.amount_minor).collect();
    assert_eq!(amounts, [4_000, 3_500, 2_500]);
    assert!(described.returned.is_empty());
    let fee = |amount, day| charge("91000000109-001", ChargeKind::Processing, "mercadopago_fee", amount, day);
    assert_eq!(
        told.observed[4..],
        [
            on("91000000109", "1500000021", fee(200, "2026-03-05T13:00:00Z")),
            on("91000000109", "1500000022", fee(175, "2026-03-06T13:00:00Z")),
            on("91000000109", "1500000023", fee(125, "2026-03-07T13:00:00Z")),
        ]
    );
}

#[test]
fn a_refund_of_a_subscription_says_so() {
    let told = told(fixture!("subscription_charge")).expect("the fixture is readable");
    let refund = refund(RefundStanding::InProcess, 1_000, "2026-03-03T13:00:00Z", "subscription");
    assert_eq!(told.observed[1..], [on("91000000111", "1500000031", refund)]);
}

#[test]
fn what_came_back_without_a_refund_is_told_with_the_payment() {
    let described = description(fixture!("charge_returned_without_refund"));
    assert_eq!(described.standing, Standing::ChargebackLost);
    let fee = [("91000000110-001", ChargeKind::Processing, "mercadopago_fee", 6_150)];
    assert_eq!(listed(&described.returned), fee);
}

/// A charge of 10.00 of which `refunded` came back, in the given parts; what no refund names, and what each does.
fn split(refunded: &str, parts: &str) -> (i64, Vec<(String, i64)>) {
    let fields = format!(
        r#""refunds":[{{"id":5,"amount":1,"date_created":"2026-01-02T00:00:00Z"}}],"charges_details":[{{"id":"1-1","type":"fee","name":"n","accounts":{{"from":"collector"}},"amounts":{{"original":10,"refunded":{refunded}}},"refund_charges":{parts}}}]"#
    );
    let told = told(&small_with(&fields)).expect("readable");
    let nameless = described(&told).0.returned.iter().map(|c| c.amount_minor).sum();
    let named = told.observed[2..].iter().map(|observed| match &observed.observation {
        Observation::Refund(refund::Observation::ChargeReturned(returned)) => {
            (format!("{} {}", observed.stream.id(), returned.returned_at.date_naive()), returned.amount_minor)
        }
        other => panic!("charges come after the refunds, not {other:?}"),
    });
    (nameless, named.collect())
}

#[test]
fn what_came_back_is_split_between_the_refunds_and_the_rest() {
    let day_2 = "5 2026-01-02".to_owned();
    let day_3 = "5 2026-01-03".to_owned();
    let other = "6 2026-01-04".to_owned();
    for (refunded, parts, nameless, named) in [
        ("0", "[]", 0, vec![]),
        ("null", "null", 0, vec![]),
        ("4", "[]", 400, vec![]),
        // Without a date of its own it came back when the refund was made.
        (
            "4",
            r#"[{"amount":3,"operation":{"id":5,"type":"refund_payment"}}]"#,
            100,
            vec![(day_2.clone(), 300)],
        ),
        // An operation of another kind counts when its id is a refund we see.
        ("3", r#"[{"amount":3,"operation":{"id":"5","type":"other"}}]"#, 0, vec![(day_2.clone(), 300)]),
        ("3", r#"[{"amount":3,"operation":{"id":"6","type":"other"}}]"#, 300, vec![]),
        ("null", r#"[{"amount":3,"operation":null}]"#, 300, vec![]),
        // A refund that is not listed (hidden ones are not) keeps its charge.
        (
            "3",
            r#"[{"amount":3,"date_created":"2026-01-04T00:00:00Z","operation":{"id":6,"type":"refund_payment"}}]"#,
            0,
            vec![(other, 300)],
        ),
        // Two parts with one refund are one return, dated by the later.
        (
            "3",
            r#"[{"amount":2,"date_created":"2026-01-03T00:00:00Z","operation":{"id":5}},{"amount":1,"operation":{"id":5}}]"#,
            0,
            vec![(day_3, 300)],
        ),
        // The parts say more than the total.
        ("1", r#"[{"amount":2,"operation":{"id":5}}]"#, 0, vec![(day_2, 200)]),
    ] {
        assert_eq!(split(refunded, parts), (nameless, named), "{refunded} {parts}");
    }
}

#[test]
fn what_came_back_to_others_is_not_told() {
    let body = small_with(
        r#""charges_details":[{"id":"1-1","type":"fee","name":"n","accounts":{"from":"payer"},"amounts":{"original":10,"refunded":10},"refund_charges":[{"amount":10,"operation":{"id":5}}]}]"#,
    );
    let told = told(&body).expect("readable");
    assert_eq!(told.observed.len(), 1);
    assert!(described(&told).0.returned.is_empty());
}

#[test]
fn a_listed_refund_mentions_the_order_that_its_metadata_names() {
    let item = |id: u8, metadata: &str| {
        format!(r#"{{"id":{id},"amount":1,"date_created":"2026-01-02T00:00:00Z","metadata":{metadata}}}"#)
    };
    let items =
        [item(1, r#"{"conciliar_order":"r-7"}"#), item(2, r#"[{"conciliar_order":"r-8"}]"#), item(3, "null")];
    let told = told(&small_with(&format!(r#""refunds":[{}]"#, items.join(",")))).expect("readable");
    let orders: Vec<_> = described(&told).2.iter().map(|mention| mention.order.as_deref()).collect();
    assert_eq!(orders, [Some("r-7"), None, None]);
}
