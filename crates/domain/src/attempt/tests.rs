//! What a payment tells as an attempt, and invented attempts for the tests of what is made of them.

use super::{Attempt, Way};
use crate::currency::Currency;
use crate::ids::{PaymentId, SellerId};
use crate::machine::Instant;
use crate::payment::books::Books;
use crate::payment::state::{Keyed, Known};
use crate::payment::{Asked, Description, Operation, Order, Profile, Said, Stage, Standing, Terms, Wish};
use crate::rules::Rules;
use crate::stream::StreamId;
use crate::text::Text;

pub fn day(day: u32) -> Instant {
    format!("2026-03-{day:02}T10:00:00Z").parse().expect("a day of March")
}

/// 100.00 by card for `order-7`, made on a day of March.
pub fn attempt(payment: &str, on: u32, standing: Standing) -> Attempt {
    let credited = standing == Standing::Approved;
    Attempt {
        payment: payment.into(),
        seller: "7".into(),
        at: Some(day(on)),
        approved_at: credited.then(|| day(on)),
        standing,
        status: standing.name().into(),
        detail: "told".into(),
        way: Way::Online,
        method: "visa".into(),
        device: None,
        reference: Some("order-7".into()),
        subscription: None,
        amount_minor: 10_000,
        currency: Currency::ARS,
        held_minor: if credited { 10_000 } else { 0 },
        refund_closes_at: Some(day(28)),
    }
}

pub fn rejected(payment: &str, on: u32, detail: &str) -> Attempt {
    let detail = Text::from(detail);
    Attempt { status: "rejected".into(), detail, ..attempt(payment, on, Standing::Rejected) }
}

fn known(standing: Standing, operation: Operation) -> Known {
    let profile = Profile {
        operation,
        reference: None,
        method: "visa".into(),
        method_type: "credit_card".into(),
        installments: 1,
        device: None,
        preapproval: None,
        created_at: None,
        approved_at: Some(day(2)),
        expires_at: None,
        release_at: None,
    };
    let said = Said { updated_at: Some(day(3)), status: "word".into(), detail: "told".into() };
    let terms =
        Terms { currency: Currency::ARS, gross_minor: 10_000, charges: Vec::new(), net_minor: 10_000 };
    let described = Description { said, standing, known_words: true, terms, returned: Vec::new(), profile };
    let (keyed, books, asked) = (Keyed::new(Currency::ARS), Books::default(), Asked::default());
    Known { described, keyed, books, asked }
}

fn of(known: &Known) -> Attempt {
    let stream = StreamId::payment(&SellerId::from("7"), &PaymentId::from("1"));
    Attempt::of(&stream, known, &Rules::default())
}

#[test]
fn only_a_payment_that_was_paid_and_not_given_back_holds_money() {
    for (standing, held_minor) in [
        (Standing::Approved, 10_000),
        (Standing::Disputed, 10_000),
        (Standing::ChargebackOpen, 10_000),
        (Standing::ChargebackReimbursed, 10_000),
        (Standing::AwaitingPayer, 0),
        (Standing::InReview, 0),
        (Standing::Authorized, 0),
        (Standing::Rejected, 0),
        (Standing::Cancelled, 0),
        (Standing::Expired, 0),
        (Standing::Refunded, 0),
        (Standing::ChargebackLost, 0),
    ] {
        assert_eq!(of(&known(standing, Operation::Sale)).held_minor, held_minor, "{standing:?}");
    }
    assert_eq!(of(&known(Standing::Approved, Operation::CardValidation)).held_minor, 0);
}

/// A refund that is on its way.
fn ordered(amount_minor: i64) -> Order {
    let wish = Wish::Refund { amount_minor, is_whole: false };
    let (actor, reason) = ("ana".into(), "returned goods".into());
    Order { wish, at: day(4), actor, reason, approved_by: None, stage: Stage::Open }
}

#[test]
fn what_is_being_given_back_is_held_no_more() {
    let mut known = known(Standing::Approved, Operation::Sale);
    known.keyed.refunded_minor = 3_000;
    known.asked.orders.insert("r-1".into(), ordered(2_000));
    assert_eq!(of(&known).held_minor, 5_000);
    known.asked.orders.insert("r-2".into(), ordered(6_000));
    assert_eq!(of(&known).held_minor, 0);
}

#[test]
fn its_time_and_way_are_the_best_known() {
    let mut known = known(Standing::Approved, Operation::Sale);
    assert_eq!((of(&known).at, of(&known).way), (Some(day(2)), Way::Online));
    known.described.profile.created_at = Some(day(1));
    known.described.profile.device = Some("PAX_1".into());
    assert_eq!((of(&known).at, of(&known).way), (Some(day(1)), Way::Point));
    known.described.profile.preapproval = Some("aa".into());
    assert_eq!(of(&known).way, Way::Subscription);
}
