//! Revenue of months to come: R §6.2 G, with what the payment sold moved into its months.

use domain::preapproval::Event as Subscription;
use domain::preapproval::revenue::{DeferralEnded, RevenueDeferred, RevenueRecognised};

use super::*;

/// The payment is the sale, and VAT is 21 %.
fn paid() -> Policy {
    policy(Recognition::Payment, 21)
}

fn subscription(event: Subscription) -> Told {
    (StreamId::preapproval(&SELLER.into(), &"2c93".into()), Fact::Preapproval(event))
}

fn deferred(amount: &str) -> Told {
    subscription(Subscription::RevenueDeferred(RevenueDeferred {
        at: at(1),
        invoice: "6114".into(),
        payment: "9001".into(),
        currency: Currency::ARS,
        amount_minor: minor(amount),
        months: 12,
        from: at(0),
    }))
}

fn month(month: u32, amount: &str) -> Told {
    subscription(Subscription::RevenueRecognised(RevenueRecognised {
        at: at(30 * month),
        invoice: "6114".into(),
        month,
        currency: Currency::ARS,
        amount_minor: minor(amount),
    }))
}

fn ended(cause: &str, amount: &str) -> Told {
    subscription(Subscription::DeferralEnded(DeferralEnded {
        at: at(121),
        invoice: "6114".into(),
        cause: cause.into(),
        currency: Currency::ARS,
        amount_minor: minor(amount),
    }))
}

/// A year, billed in advance.
fn billed() -> Vec<Told> {
    let sale = booking(Operation::Subscription, terms("1452.00", &[], "1452.00"));
    vec![approved(Some(sale)), deferred("1200.00")]
}

/// Four of its months.
fn four_months_later() -> Vec<Told> {
    let mut told = billed();
    told.extend((1..=4).map(|number| month(number, "100.00")));
    told
}

#[test]
fn case_g_a_year_billed_in_advance_is_owed_to_the_payer() {
    check(&paid(), &billed(), &["D 1121 1452.00", "C 2110 252.00", "C 2120 1200.00"]);
}

#[test]
fn case_g_each_month_earns_a_twelfth() {
    check(&paid(), &[month(1, "100.00")], &["D 2120 100.00", "C 4110 100.00"]);
    let year: Vec<Told> =
        billed().into_iter().chain((1..=12).map(|number| month(number, "100.00"))).collect();
    check(&paid(), &year, &["D 1121 1452.00", "C 2110 252.00", "C 4110 1200.00"]);
}

#[test]
fn case_g_a_refund_after_four_months_gives_back_what_was_never_earned() {
    let given_back = [refunded("r1", "968.00"), ended("refund/r1", "800.00")];
    // Nothing stays on refunds (4190): no sale was allowed, a debt ended.
    check(&paid(), &given_back, &["C 1121 968.00", "D 2110 168.00", "D 2120 800.00"]);
    let mut told = four_months_later();
    told.extend(given_back);
    check(&paid(), &told, &["D 1121 484.00", "C 2110 84.00", "C 4110 400.00"]);
    told.extend([moved("payment", "1452.00"), moved("refund", "-968.00")]);
    check(&paid(), &told, &["D 1120 484.00", "C 2110 84.00", "C 4110 400.00"]);
}

#[test]
fn what_a_refund_gives_back_beyond_the_months_to_come_is_an_allowance() {
    let mut told = four_months_later();
    told.extend([refunded("r1", "1452.00"), ended("refund/r1", "800.00")]);
    check(&paid(), &told, &["C 4110 400.00", "D 4190 400.00"]);
}

#[test]
fn a_chargeback_loses_only_what_was_earned_and_its_tax() {
    let mut told = four_months_later();
    told.extend([payment(payment::Event::LossBooked(amount("1452.00"))), ended("chargeback", "800.00")]);
    // Nobody refunded anything: 4190 stays as it was.
    check(&paid(), &told, &["C 2110 252.00", "C 4110 400.00", "D 5150 652.00"]);
}

#[test]
fn of_a_sale_that_was_withdrawn_nothing_stays_in_the_books() {
    let mut told = four_months_later();
    let sale = booking(Operation::Subscription, terms("1452.00", &[], "1452.00"));
    told.extend([payment(payment::Event::SaleReversed(SaleBooked { at: at(121), sale }))]);
    told.push(ended("withdrawal", "800.00"));
    check(&paid(), &told, &[]);
}

#[test]
fn each_month_and_each_cause_has_an_entry_of_its_own() {
    let told = [month(1, "1.00"), month(2, "1.00"), ended("refund/r1", "1.00"), ended("refund/r2", "1.00")];
    let ids: std::collections::BTreeSet<EntryId> =
        entries(&paid(), &told).iter().map(|entry| entry.id().clone()).collect();
    assert_eq!(ids.len(), told.len());
}

#[test]
fn a_month_that_earns_nothing_has_no_entry() {
    assert_eq!(entries(&paid(), &[month(1, "0.00")]), []);
}
