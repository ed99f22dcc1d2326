//! The worked cases of the fact sheets (R §6.2, P §9), and what each rule does beside them.

use std::collections::BTreeSet;

use domain::movement::MovementKind;
use domain::payment::Event as Payment;

use super::*;
use ChargeKind::{Coupon, Financing, Marketplace, Other, Processing, Shipping, TransactionTax, Withholding};

/// The invoice of the cases: 1,210.00 with fee 60.50, withholding 30.25 and debit/credit tax 7.26.
const CHARGES: &[(ChargeKind, &str)] =
    &[(Processing, "60.50"), (Withholding, "30.25"), (TransactionTax, "7.26")];

fn invoice_paid() -> Told {
    sold("1210.00", CHARGES, "1111.99")
}

fn moves(kind: MovementKind, amount: &str) -> Told {
    movement_row(kind, amount, "0", "0", amount)
}

#[test]
fn case_b_an_approved_payment_is_pending_net_and_settles_the_receivable() {
    let expected =
        ["D 1121 1111.99", "C 1130 1210.00", "D 1181 10.50", "D 1182 30.25", "D 5110 50.00", "D 5140 7.26"];
    check(&invoiced(), &[invoice_paid()], &expected);
}

#[test]
fn case_c_a_release_makes_pending_money_available() {
    let expected = ["D 1120 1111.99", "C 1121 1111.99"];
    check(&invoiced(), &[moved("payment", "1111.99")], &expected);
}

#[test]
fn case_d_a_payout_is_in_transit_and_its_fee_is_spent() {
    let payout = movement_row(MovementKind::Payout, "-1000.00", "-3.00", "0", "-1003.00");
    check(&invoiced(), std::slice::from_ref(&payout), &["C 1120 1003.00", "D 1123 1000.00", "D 5110 3.00"]);
    let come_back = moves(MovementKind::Payout, "1000.00");
    check(&invoiced(), std::slice::from_ref(&come_back), &["D 1120 1000.00", "C 1123 1000.00"]);
    // The fee of a returned payout stays spent unless the report gives it back.
    check(&invoiced(), &[payout, come_back], &["C 1120 3.00", "D 5110 3.00"]);
}

#[test]
fn case_d_the_reserve_of_a_payout_ends_where_it_began() {
    let taken = moves(MovementKind::Reserve, "-1000.00");
    check(&invoiced(), std::slice::from_ref(&taken), &["C 1120 1000.00", "D 1122 1000.00"]);
    check(&invoiced(), &[taken, moves(MovementKind::Reserve, "1000.00")], &[]);
}

#[test]
fn case_e1_a_partial_refund_with_fee_and_withholding_returned() {
    let told = [
        refunded("r1", "242.00"),
        charge_back_to_us(1, Processing, "12.10"),
        charge_back_to_us(2, Withholding, "6.05"),
        moved("refund", "-223.85"),
    ];
    let expected =
        ["C 1120 223.85", "C 1181 2.10", "C 1182 6.05", "D 2110 42.00", "D 4190 200.00", "C 5110 10.00"];
    check(&invoiced(), &told, &expected);
}

#[test]
fn case_e2_a_partial_refund_with_no_charge_returned() {
    let told = [refunded("r1", "242.00"), moved("refund", "-242.00")];
    check(&invoiced(), &told, &["C 1120 242.00", "D 2110 42.00", "D 4190 200.00"]);
}

#[test]
fn case_e3_a_full_refund_that_keeps_the_transaction_tax() {
    let mut told = vec![
        refunded("r1", "1210.00"),
        charge_back_to_us(1, Processing, "60.50"),
        charge_back_to_us(2, Withholding, "30.25"),
    ];
    let unreleased =
        ["C 1121 1119.25", "C 1181 10.50", "C 1182 30.25", "D 2110 210.00", "D 4190 1000.00", "C 5110 50.00"];
    check(&invoiced(), &told, &unreleased);
    told.push(moved("refund", "-1119.25"));
    let released =
        ["C 1120 1119.25", "C 1181 10.50", "C 1182 30.25", "D 2110 210.00", "D 4190 1000.00", "C 5110 50.00"];
    check(&invoiced(), &told, &released);
}

#[test]
fn case_f1_a_dispute_holds_available_money_without_a_loss() {
    check(&invoiced(), &[held("-1119.25")], &["C 1120 1119.25", "D 1122 1119.25"]);
}

/// The loss as the API and the report tell it, after the hold of F1.
fn lost() -> Vec<Told> {
    vec![
        payment(Payment::LossBooked(amount("1210.00"))),
        payment(Payment::ChargesReturned(returned(&[(Processing, "60.50"), (Withholding, "30.25")]))),
        held("1119.25"),
        moved("mediation", "-1119.25"),
    ]
}

#[test]
fn case_f2_a_lost_dispute_ends_the_hold_in_a_loss() {
    let expected = ["C 1122 1119.25", "C 1181 10.50", "C 1182 30.25", "C 5110 50.00", "D 5150 1210.00"];
    check(&invoiced(), &lost(), &expected);
}

#[test]
fn case_f3_a_won_dispute_gives_the_hold_back() {
    check(&invoiced(), &[held("1119.25")], &["D 1120 1119.25", "C 1122 1119.25"]);
    check(&invoiced(), &[held("-1119.25"), held("1119.25")], &[]);
}

/// The provider took its decision back.
fn loss_taken_back() -> Vec<Told> {
    vec![
        payment(Payment::LossReversed(amount("1210.00"))),
        payment(Payment::ChargesReturnReversed(returned(&[(Processing, "60.50"), (Withholding, "30.25")]))),
        moved("mediation_cancel", "1119.25"),
    ]
}

#[test]
fn case_f4_a_reversed_loss_is_the_mirror_into_the_available_balance() {
    let expected = ["D 1120 1119.25", "D 1181 10.50", "D 1182 30.25", "D 5110 50.00", "C 5150 1210.00"];
    check(&invoiced(), &loss_taken_back(), &expected);
    let all = [vec![held("-1119.25")], lost(), loss_taken_back()].concat();
    check(&invoiced(), &all, &[]);
}

#[test]
fn case_f5_a_dispute_fee_is_spent() {
    check(&invoiced(), &[moves(MovementKind::DisputeFee, "-15.00")], &["C 1120 15.00", "D 5160 15.00"]);
}

#[test]
fn case_h_instalments_without_interest_cost_financing() {
    let told = [sold("1200.00", &[(Processing, "60.00"), (Financing, "120.00")], "1020.00")];
    let expected = ["D 1121 1020.00", "C 1130 1200.00", "D 5110 60.00", "D 5120 120.00"];
    check(&policy(Recognition::Order, 0), &told, &expected);
}

#[test]
fn case_i_a_seller_of_a_marketplace_pays_both_commissions() {
    let told = [sold("1000.00", &[(Processing, "49.90"), (Marketplace, "100.00")], "850.10")];
    check(&policy(Recognition::Order, 0), &told, &["D 1121 850.10", "C 1130 1000.00", "D 5110 149.90"]);
}

#[test]
fn case_j_a_coupon_of_the_seller_is_an_allowance() {
    let told = [sold("1000.00", &[(Coupon, "50.00"), (Processing, "57.25")], "892.75")];
    let expected = ["D 1121 892.75", "C 1130 1000.00", "D 4190 50.00", "D 5110 57.25"];
    check(&policy(Recognition::Order, 0), &told, &expected);
}

#[test]
fn case_k_rows_without_a_payment_go_to_the_account_of_their_kind() {
    let rows = [
        (MovementKind::EarlyReleaseFee, "-20.00", ["C 1120 20.00", "D 5120 20.00"]),
        (MovementKind::Yield, "4.51", ["D 1120 4.51", "C 7100 4.51"]),
        (MovementKind::Yield, "-4.51", ["C 1120 4.51", "D 7100 4.51"]),
        (MovementKind::Perception, "-32.00", ["C 1120 32.00", "D 1182 32.00"]),
        (MovementKind::LoanPayment, "-80.00", ["C 1120 80.00", "D 2210 80.00"]),
        (MovementKind::Tip, "15.00", ["D 1120 15.00", "C 2150 15.00"]),
        (MovementKind::TransactionTax, "-7.26", ["C 1120 7.26", "D 5140 7.26"]),
        (MovementKind::Shipping, "-9.00", ["C 1120 9.00", "D 5130 9.00"]),
        (MovementKind::Cashback, "3.00", ["D 1120 3.00", "C 7110 3.00"]),
        (MovementKind::Unknown, "-1.00", ["C 1120 1.00", "D 1190 1.00"]),
    ];
    for (kind, amount, expected) in rows {
        check(&invoiced(), &[moves(kind, amount)], &expected);
    }
}

#[test]
fn case_m_a_transfer_from_somebody_waits_in_suspense_under_either_recognition() {
    for recognition in [Recognition::Payment, Recognition::Order] {
        for operation in [Operation::Transfer, Operation::TopUp] {
            let told = [
                approved(Some(booking(operation, terms("500.00", &[], "500.00")))),
                moved("payment", "500.00"),
            ];
            check(&policy(recognition, 21), &told, &["D 1120 500.00", "C 1190 500.00"]);
        }
    }
}

#[test]
fn case_p_a_payment_to_somebody_is_a_payout_with_its_tax() {
    let told = [movement_row(MovementKind::Payout, "-300.00", "0", "-1.80", "-301.80")];
    check(&invoiced(), &told, &["C 1120 301.80", "D 1123 300.00", "D 5140 1.80"]);
}

#[test]
fn a_cost_is_that_cost_in_whatever_column_it_is_printed() {
    let told = [movement_row(MovementKind::Perception, "0", "0", "-32.00", "-32.00")];
    check(&invoiced(), &told, &["C 1120 32.00", "D 1182 32.00"]);
    let told = [movement_row(MovementKind::Yield, "4.51", "-0.10", "-0.41", "4.00")];
    check(&invoiced(), &told, &["D 1120 4.00", "D 5110 0.10", "D 5140 0.41", "C 7100 4.51"]);
}

#[test]
fn what_the_columns_of_a_row_do_not_explain_goes_to_suspense() {
    let told = [movement_row(MovementKind::Payout, "-1000.00", "-3.00", "0", "-1005.00")];
    check(&invoiced(), &told, &["C 1120 1005.00", "D 1123 1000.00", "D 1190 2.00", "D 5110 3.00"]);
    let told = [movement_row(MovementKind::Tip, "15.00", "0", "0", "14.00")];
    check(&invoiced(), &told, &["D 1120 14.00", "D 1190 1.00", "C 2150 15.00"]);
}

#[test]
fn example_1_a_withheld_sale_partly_refunded_leaves_the_effective_net_pending() {
    let told = [
        sold("5200.00", &[(Processing, "395.72"), (Withholding, "156.00")], "4648.28"),
        refunded("r1", "1300.00"),
        charge_back_to_us(1, Processing, "98.93"),
        charge_back_to_us(2, Withholding, "39.00"),
    ];
    check(
        &Policy::default(),
        &told[..1],
        &["D 1121 4648.28", "D 1182 156.00", "C 4100 5200.00", "D 5110 395.72"],
    );
    let expected = ["D 1121 3486.21", "D 1182 117.00", "C 4100 5200.00", "D 4190 1300.00", "D 5110 296.79"];
    check(&Policy::default(), &told, &expected);
}

#[test]
fn example_2_what_the_payer_pays_for_financing_is_not_ours() {
    let told = [sold("102.00", &[(Processing, "5.08")], "96.92")];
    check(&Policy::default(), &told, &["D 1121 96.92", "C 4100 102.00", "D 5110 5.08"]);
}

#[test]
fn example_3_a_coupon_paid_by_a_third_party_posts_nothing_of_its_own() {
    let told = [sold("260.20", &[(Processing, "44.23"), (Shipping, "23.45")], "192.52")];
    check(&Policy::default(), &told, &["D 1121 192.52", "C 4100 260.20", "D 5110 44.23", "D 5130 23.45"]);
}

#[test]
fn example_4_partial_refunds_add_up_to_the_whole() {
    let told = [
        sold("100.00", &[], "100.00"),
        refunded("r1", "40.00"),
        refunded("r2", "35.00"),
        refunded("r3", "25.00"),
    ];
    check(&Policy::default(), &told[..3], &["D 1121 25.00", "C 4100 100.00", "D 4190 75.00"]);
    check(&Policy::default(), &told, &["C 4100 100.00", "D 4190 100.00"]);
}

#[test]
fn example_8_a_reimbursed_chargeback_leaves_the_sale_as_it_was() {
    let stood = || payment::Stood {
        at: at(3),
        said: Said { updated_at: None, status: "charged_back".into(), detail: "in_process".into() },
        known_words: true,
        outside_rule: false,
    };
    let told = [
        sold("100.00", &[(Processing, "5.00")], "95.00"),
        moved("payment", "95.00"),
        payment(Payment::ChargebackOpened(stood())),
        held("-95.00"),
        payment(Payment::ChargebackReimbursed(stood())),
        held("95.00"),
    ];
    check(&Policy::default(), &told[..4], &["D 1122 95.00", "C 4100 100.00", "D 5110 5.00"]);
    check(&Policy::default(), &told, &["D 1120 95.00", "C 4100 100.00", "D 5110 5.00"]);
    assert_eq!(entries(&Policy::default(), &told).len(), 4, "standings post nothing");
}

#[test]
fn revenue_with_the_payment_splits_the_output_vat_and_keeps_subscriptions_apart() {
    let charges = &[(Processing, "60.50"), (Shipping, "12.10")];
    let recognised = policy(Recognition::Payment, 21);
    let told = [sold("1210.00", charges, "1137.40")];
    let expected =
        ["D 1121 1137.40", "D 1181 10.50", "C 2110 210.00", "C 4100 1000.00", "D 5110 50.00", "D 5130 12.10"];
    check(&recognised, &told, &expected);
    let told = [approved(Some(booking(Operation::Subscription, terms("1210.00", charges, "1137.40"))))];
    let expected =
        ["D 1121 1137.40", "D 1181 10.50", "C 2110 210.00", "C 4110 1000.00", "D 5110 50.00", "D 5130 12.10"];
    check(&recognised, &told, &expected);
    check(
        &invoiced(),
        &told,
        &["D 1121 1137.40", "C 1130 1210.00", "D 1181 10.50", "D 5110 50.00", "D 5130 12.10"],
    );
}

#[test]
fn input_vat_is_split_from_the_fees_of_the_provider_and_from_nothing_else() {
    let charges = [
        (Processing, ["D 1181 21.00", "D 5110 100.00"].as_slice()),
        (Financing, &["D 1181 21.00", "D 5120 100.00"]),
        (Marketplace, &["D 1181 21.00", "D 5110 100.00"]),
        (Shipping, &["D 5130 121.00"]),
        (Coupon, &["D 4190 121.00"]),
        (Withholding, &["D 1182 121.00"]),
        (TransactionTax, &["D 5140 121.00"]),
        (Other, &["D 1190 121.00"]),
    ];
    for (kind, expected) in charges {
        let told = [sold("121.00", &[(kind, "121.00")], "0")];
        let mut all = written(&balances(&entries(&invoiced(), &told)));
        all.retain(|line| line != "C 1130 121.00");
        assert_eq!(all, expected, "{kind:?}");
    }
}

#[test]
fn the_vat_rate_is_the_sellers_own() {
    let other_seller = StreamId::payment(&"456".into(), &"9001".into());
    let (_, fact) = sold("121.00", &[], "121.00");
    check(&policy(Recognition::Payment, 21), &[(other_seller, fact)], &["D 1121 121.00", "C 4100 121.00"]);
}

#[test]
fn what_the_providers_numbers_leave_over_goes_to_suspense() {
    check(
        &Policy::default(),
        &[sold("100.00", &[(Processing, "5.00")], "94.00")],
        &["D 1121 94.00", "D 1190 1.00", "C 4100 100.00", "D 5110 5.00"],
    );
    check(
        &Policy::default(),
        &[sold("100.00", &[(Processing, "5.00"), (Other, "2.00")], "94.00")],
        &["D 1121 94.00", "D 1190 1.00", "C 4100 100.00", "D 5110 5.00"],
    );
    check(
        &Policy::default(),
        &[sold("100.00", &[(Processing, "5.00")], "96.00")],
        &["D 1121 96.00", "C 1190 1.00", "C 4100 100.00", "D 5110 5.00"],
    );
}

#[test]
fn an_unidentified_refund_waits_in_suspense_until_it_is_named() {
    let unidentified = payment(Payment::RefundUnidentified(amount("40.00")));
    check(&Policy::default(), std::slice::from_ref(&unidentified), &["C 1121 40.00", "D 1190 40.00"]);
    let identified = payment(Payment::RefundIdentified(amount("40.00")));
    let told = [unidentified, identified, refunded("r1", "40.00")];
    check(&Policy::default(), &told, &["C 1121 40.00", "D 4190 40.00"]);
}

#[test]
fn facts_without_money_post_nothing() {
    let told = [
        approved(None),
        sold("0", &[], "0"),
        approved(Some(booking(Operation::Transfer, terms("0", &[(Other, "0")], "0")))),
        moved("payment", "0"),
        refunded("r1", "0"),
        moves(MovementKind::Payout, "0"),
        (refund_stream("r1"), Fact::Refund(refund::Event::Opened(refund_of("40.00")))),
        (refund_stream("r1"), Fact::Refund(refund::Event::Rejected(refund_of("40.00")))),
        (refund_stream("r1"), Fact::Refund(refund::Event::Cancelled(refund_of("40.00")))),
    ];
    assert_eq!(entries(&invoiced(), &told), []);
}

#[test]
fn an_entry_is_dated_by_its_money_and_names_evidence_fact_and_policy() {
    let told = [
        (invoice_paid(), Evidence::Api, 1, "payment.approved"),
        (moved("payment", "1111.99"), Evidence::Report, 2, "payment.released"),
        (payment(Payment::LossBooked(amount("5"))), Evidence::Api, 3, "payment.loss_booked"),
        (refunded("r1", "5"), Evidence::Api, 4, "refund.approved"),
        (charge_back_to_us(1, Processing, "5"), Evidence::Api, 5, "refund.charge_returned"),
        (moves(MovementKind::Tip, "5"), Evidence::Report, 6, "movement.booked"),
    ];
    let seventh =
        Policy::new(7, Recognition::Payment, BTreeMap::new(), ChargeAccounts::default()).expect("no rates");
    for ((stream, fact), evidence, day, name) in told {
        let entry = post(&stream, &fact, &seventh).expect("small amounts").expect("it moves money");
        assert_eq!((entry.evidence(), entry.at(), entry.fact()), (evidence, at(day), name));
        assert_eq!((entry.stream(), entry.currency(), entry.policy()), (&stream, Currency::ARS, 7));
    }
}

/// Every fact that posts, with the cause that names its entry.
fn causes() -> Vec<(Told, &'static str)> {
    let sale = |ordinal| {
        let sale = Booking { ordinal, ..booking(Operation::Sale, terms("1210.00", CHARGES, "1111.99")) };
        SaleBooked { at: sale.at, sale }
    };
    let told = |ordinal| Amount { ordinal, ..amount("5") };
    let charges = |ordinal| ChargesReturned { ordinal, ..returned(&[(Processing, "5")]) };
    let stood = |ordinal| refund::Stood { ordinal, ..refund_of("5") };
    let charge = |number, ordinal| ChargeReturned { ordinal, ..charge_of_refund(number, Processing, "5") };
    let refund = |event| (refund_stream("r1"), Fact::Refund(event));
    vec![
        (invoice_paid(), "sale:0"),
        (payment(Payment::SaleReversed(sale(0))), "sale:0"),
        (payment(Payment::Restated(sale(1))), "sale:1"),
        (payment(Payment::SaleReversed(sale(1))), "sale:1"),
        (payment(Payment::Restated(sale(2))), "sale:2"),
        (payment(Payment::LossBooked(told(0))), "loss:0"),
        (payment(Payment::LossReversed(told(0))), "loss:0"),
        (payment(Payment::LossBooked(told(1))), "loss:1"),
        (payment(Payment::ChargesReturned(charges(0))), "charges:0"),
        (payment(Payment::ChargesReturnReversed(charges(0))), "charges:0"),
        (payment(Payment::ChargesReturned(charges(1))), "charges:1"),
        (payment(Payment::RefundUnidentified(told(0))), "unidentified:0"),
        (payment(Payment::RefundIdentified(told(0))), "unidentified:0"),
        (payment(Payment::RefundUnidentified(told(1))), "unidentified:1"),
        (moved("payment", "5"), "row-payment"),
        (held("-5"), "row-hold-5"),
        (refunded("r1", "5"), "refund:0"),
        (refunded("r2", "5"), "refund:0"),
        (refund(refund::Event::Reversed(stood(0))), "refund:0"),
        (refund(refund::Event::Approved(stood(1))), "refund:1"),
        (refund(refund::Event::ChargeReturned(charge(1, 0))), "charge:9001-001:0"),
        (refund(refund::Event::ChargeReturned(charge(2, 0))), "charge:9001-002:0"),
        (refund(refund::Event::ChargeReturnReversed(charge(1, 0))), "charge:9001-001:0"),
        (refund(refund::Event::ChargeReturned(charge(1, 1))), "charge:9001-001:1"),
        (moves(MovementKind::Tip, "5"), "Tip5"),
    ]
}

#[test]
fn every_cause_has_an_id_of_its_own_whatever_the_policy() {
    let mut ids = BTreeSet::new();
    for ((stream, fact), cause) in causes() {
        let expected = EntryId::of(&stream, fact.name(), cause);
        for policy in [invoiced(), Policy::default()] {
            let entry = post(&stream, &fact, &policy).expect("small amounts").expect("it moves money");
            assert_eq!(entry.id(), &expected, "{} for {cause}", fact.name());
        }
        ids.insert(expected);
    }
    assert_eq!(ids.len(), causes().len());
}

#[test]
fn an_amount_out_of_range_is_an_error_that_names_fact_and_account() {
    let mut huge = terms("0", &[(Processing, "0"), (Processing, "0")], "0");
    for charge in &mut huge.charges {
        charge.amount_minor = i64::MAX;
    }
    let (stream, fact) = approved(Some(booking(Operation::Sale, huge)));
    let refused = post(&stream, &fact, &Policy::default()).expect_err("two such fees exceed 64 bits");
    let account = Account::ProcessingFees;
    let source = Unpostable::Entry(InvalidEntry::OutOfRange { account });
    assert_eq!(refused, PostError { stream: payment_stream(), fact: "payment.approved", source });
    assert_eq!(refused.to_string(), "`payment.approved` of payment/123/9001 cannot be posted");
}
