//! What the states of a payment and its refunds say of it.

use domain::payment::books::Books;
use domain::payment::state::{Keyed, Known};
use domain::payment::{Amount, Asked, Booking, Description, Operation, Profile, Said, Standing, Terms};
use domain::refund::RefundTerms;
use domain::refund::machine::{State as Refund, Told};
use rust_decimal::Decimal;

use super::*;

fn payment(operation: Operation) -> Known {
    let terms = Terms { currency: Currency::ARS, gross_minor: 145_200, charges: vec![], net_minor: 139_000 };
    let profile = Profile {
        operation,
        reference: None,
        method: "visa".into(),
        method_type: "credit_card".into(),
        installments: 1,
        device: None,
        preapproval: None,
        created_at: None,
        approved_at: None,
        expires_at: None,
        release_at: None,
    };
    let mut books = Books::default();
    let sale = Booking { at: at("2026-01-10"), ordinal: 0, operation, terms: terms.clone() };
    (books.sale.standing, books.sale.made) = (Some(sale), 1);
    let said =
        Said { updated_at: Some(at("2026-03-01")), status: "approved".into(), detail: "accredited".into() };
    let described = Description {
        said,
        standing: Standing::Approved,
        known_words: true,
        terms,
        returned: vec![],
        profile,
    };
    Known { described, keyed: Keyed::new(Currency::ARS), books, asked: Asked::default() }
}

fn refund(amount_minor: i64) -> Refund {
    let made_at = at("2026-05-10");
    let terms = RefundTerms { amount_minor, currency: Currency::ARS, made_at, source: "collector".into() };
    let mut refund = Refund { told: Told::Foretold, booked: Default::default(), returned: vec![] };
    (refund.booked.standing, refund.booked.made) = (Some(terms), 1);
    refund
}

fn paid(payment: &Known, refunds: &[Refund]) -> Option<Paid> {
    let id = "7".into();
    let refunds = refunds.iter().map(|refund| (&id, refund));
    Paid::of(payment, refunds, Decimal::from(21)).expect("21 is a rate")
}

#[test]
fn a_sale_and_its_refund_count_without_their_tax() {
    let paid = paid(&payment(Operation::Subscription), &[refund(96_800)]);
    assert_eq!(
        paid,
        Some(Paid {
            sold: Sold::Booked { at: at("2026-01-10"), currency: Currency::ARS, net_minor: 120_000 },
            given_back: vec![GivenBack { cause: "refund/7".into(), at: at("2026-05-10"), net_minor: 80_000 }],
        })
    );
}

#[test]
fn a_refund_that_is_not_booked_gives_nothing_back() {
    let mut undecided = refund(96_800);
    undecided.booked.standing = None;
    let paid = paid(&payment(Operation::Subscription), &[undecided]);
    assert_eq!(paid.map(|paid| paid.given_back), Some(vec![]));
}

#[test]
fn a_lost_chargeback_gives_all_of_it_back() {
    let mut lost = payment(Operation::Subscription);
    let loss = Amount { at: at("2026-06-01"), ordinal: 0, currency: Currency::ARS, amount_minor: 145_200 };
    (lost.books.loss.standing, lost.books.loss.made) = (Some(loss), 1);
    let expect = GivenBack { cause: "chargeback".into(), at: at("2026-06-01"), net_minor: 120_000 };
    assert_eq!(paid(&lost, &[]).map(|paid| paid.given_back), Some(vec![expect]));
}

#[test]
fn a_sale_that_was_reversed_is_withdrawn() {
    let mut reversed = payment(Operation::Subscription);
    reversed.books.sale.standing = None;
    let expect = Sold::Withdrawn { at: Some(at("2026-03-01")) };
    assert_eq!(paid(&reversed, &[]).map(|paid| paid.sold), Some(expect));
}

#[test]
fn what_no_subscription_sold_or_nobody_booked_is_no_sale_to_defer() {
    assert_eq!(paid(&payment(Operation::Sale), &[]), None);
    assert_eq!(paid(&payment(Operation::CardValidation), &[]), None);
    let mut unbooked = payment(Operation::Subscription);
    unbooked.books = Books::default();
    assert_eq!(paid(&unbooked, &[]), None);
}
