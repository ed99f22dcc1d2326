use domain::currency::Currency;
use domain::ids::{PaymentId, SellerId};
use domain::payment::books::Books;
use domain::payment::state::Keyed;
use domain::payment::{
    Asked, Description, Operation, Order, Profile, RefundMention, Said, Stage, Standing, Terms, Wish,
};
use domain::refund::RefundStanding;
use domain::rules::Rules;
use domain::stream::StreamId;

use super::*;
use crate::deadlines::{DeadlineRow, Horizon};
use crate::samples::at;

/// An approved payment of 100.00 with orders of these wishes and stages, given in this order.
fn known(orders: &[(Wish, Stage)]) -> Known {
    let profile = Profile {
        operation: Operation::Sale,
        reference: None,
        method: "visa".into(),
        method_type: "credit_card".into(),
        installments: 1,
        device: None,
        preapproval: None,
        created_at: None,
        approved_at: Some(at(2, 12)),
        expires_at: None,
        release_at: None,
    };
    let said = Said { updated_at: Some(at(2, 12)), status: "approved".into(), detail: "".into() };
    let terms =
        Terms { currency: Currency::ARS, gross_minor: 10_000, charges: Vec::new(), net_minor: 10_000 };
    let standing = Standing::Approved;
    let described = Description { said, standing, known_words: true, terms, returned: Vec::new(), profile };
    let mut asked = Asked::default();
    for (place, (wish, stage)) in (0..).zip(orders) {
        let (actor, reason) = ("ana".into(), "broken".into());
        let order = Order {
            wish: *wish,
            at: at(3 + place, 12),
            actor,
            reason,
            approved_by: None,
            stage: stage.clone(),
        };
        asked.orders.insert(format!("r-{place}").into(), order);
    }
    Known { described, keyed: Keyed::new(Currency::ARS), books: Books::default(), asked }
}

fn refund(amount_minor: i64) -> Wish {
    Wish::Refund { amount_minor, is_whole: amount_minor == 10_000 }
}

fn refused() -> Stage {
    Stage::Refused { code: "2063".into() }
}

/// The deadline of a payment, looked for in its last week.
fn row(known: &Known) -> Option<DeadlineRow> {
    let rules = Rules::default();
    let stream = StreamId::payment(&SellerId::from("123"), &PaymentId::from("1"));
    let closes_at = known.refund_closes_at(&rules).expect("it was approved");
    Horizon::new(closes_at - chrono::TimeDelta::days(7), 7).payment(&stream, known, &rules)
}

#[test]
fn a_refund_window_needs_a_person_where_somebody_argued_or_wanted_the_money_back() {
    let declined = Stage::Declined { actor: "luis".into(), reason: "no".into() };
    for (orders, was_disputed, expected) in [
        (vec![], false, Attention::IfPaidTwice),
        (vec![], true, Attention::Needed),
        (vec![(refund(4_000), Stage::Held)], false, Attention::Needed),
        (vec![(refund(4_000), refused())], false, Attention::Needed),
        (vec![(refund(4_000), declined)], false, Attention::IfPaidTwice),
        (vec![(refund(4_000), Stage::Open)], false, Attention::IfPaidTwice),
        (vec![(Wish::Cancel, refused())], false, Attention::IfPaidTwice),
    ] {
        let known = known(&orders);
        assert_eq!(attention(DeadlineKind::RefundWindow, &known, was_disputed), expected, "{orders:?}");
    }
}

#[test]
fn what_was_refused_and_given_by_a_later_order_is_owed_no_more() {
    let done = || Stage::Done { refund: None };
    for (orders, expected) in [
        (vec![(refund(4_000), refused()), (refund(4_000), done())], Attention::IfPaidTwice),
        (vec![(refund(4_000), refused()), (refund(4_000), Stage::Open)], Attention::IfPaidTwice),
        (
            vec![(refund(4_000), refused()), (refund(3_000), done()), (refund(1_000), done())],
            Attention::IfPaidTwice,
        ),
        (vec![(refund(4_000), refused()), (refund(3_999), done())], Attention::Needed),
        (vec![(refund(4_000), refused()), (refund(4_000), refused())], Attention::Needed),
        (vec![(refund(4_000), done()), (refund(4_000), refused())], Attention::Needed),
        (vec![(refund(4_000), Stage::Held), (refund(4_000), done())], Attention::Needed),
    ] {
        let known = known(&orders);
        assert_eq!(attention(DeadlineKind::RefundWindow, &known, false), expected, "{orders:?}");
    }
}

#[test]
fn a_refund_that_the_provider_took_and_did_not_give_is_still_wanted() {
    for (standing, expected) in [
        (RefundStanding::Approved, Attention::IfPaidTwice),
        (RefundStanding::InProcess, Attention::IfPaidTwice),
        (RefundStanding::Rejected, Attention::Needed),
    ] {
        let mut known = known(&[(refund(4_000), Stage::Done { refund: Some("9".into()) })]);
        let order = Some("r-0".into());
        known.keyed.refunds.push(RefundMention { refund: "9".into(), amount_minor: 4_000, standing, order });
        assert_eq!(attention(DeadlineKind::RefundWindow, &known, false), expected, "{standing:?}");
    }
}

#[test]
fn what_the_clock_does_by_itself_needs_nobody() {
    let known = known(&[]);
    for kind in [DeadlineKind::Confirmation, DeadlineKind::Intent] {
        assert_eq!(attention(kind, &known, true), Attention::Unneeded);
    }
    assert_eq!(attention(DeadlineKind::CaptureWindow, &known, false), Attention::Needed);
}

#[test]
fn what_waits_for_a_second_person_can_still_be_too_late_and_what_is_on_its_way_cannot() {
    let amount = |orders: &[(Wish, Stage)]| row(&known(orders)).and_then(|row| row.amount_minor);
    assert_eq!(amount(&[]), Some(10_000));
    assert_eq!(amount(&[(refund(10_000), Stage::Held)]), Some(10_000));
    assert_eq!(amount(&[(refund(10_000), Stage::Open)]), None);
    assert_eq!(amount(&[(refund(4_000), Stage::Open), (refund(6_000), Stage::Held)]), Some(6_000));
}
