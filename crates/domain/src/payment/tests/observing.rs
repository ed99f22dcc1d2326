//! What the provider says, and the facts that follow.

use super::*;
use crate::machine::{IllegalEvent, fold};

fn bounced(mut description: Description) -> Description {
    description.profile.operation = Operation::CardValidation;
    description
}

fn in_reals(mut description: Description) -> Description {
    description.terms.currency = Currency::BRL;
    description
}

fn of(mut description: Description, gross_minor: i64, net_minor: i64) -> Description {
    description.terms = Terms { gross_minor, net_minor, charges: Vec::new(), ..description.terms };
    description
}

fn above_paid(refunded_minor: i64) -> Refusal {
    Refusal::RefundsAbovePaid { paid_minor: GROSS, refunded_minor, currency: Currency::ARS }
}

const APPROVED: &str = "approved #0 10000 net 9500 on 03-04";

#[test]
fn an_approved_payment_first_seen_is_opened_and_booked_on_its_approval() {
    check(&[], &says(5, Standing::Approved), Ok(&["opened", APPROVED]));
}

#[test]
fn a_reservation_that_is_approved_was_captured() {
    check(
        &[says(3, Standing::Authorized)],
        &says(5, Standing::Approved),
        Ok(&["redescribed", "captured", APPROVED]),
    );
}

#[test]
fn a_lost_chargeback_first_seen_tells_what_we_missed_and_books_the_loss() {
    let expect = ["opened", APPROVED, "chargeback_opened", "chargeback_lost", "loss_booked #0 10000"];
    check(&[], &says(9, Standing::ChargebackLost), Ok(&expect));
}

#[test]
fn pending_after_approved_is_stale_and_changes_nothing() {
    check(&[says(5, Standing::Approved)], &says(4, Standing::AwaitingPayer), Ok(&[]));
}

#[test]
fn approved_after_refunded_is_stale_and_changes_nothing() {
    let refunded = returning(told(8, Standing::Refunded), GROSS, &[given_back("r1", GROSS)]);
    check(&[refunded], &says(5, Standing::Approved), Ok(&[]));
}

#[test]
fn a_stale_statement_still_names_its_refunds() {
    let stale = returning(told(6, Standing::Approved), 4_000, &[given_back("r1", 4_000)]);
    let expect = ["refund_named r1 4000 approved", "refunds_accumulated 4000"];
    check(&[says(8, Standing::Disputed)], &stale, Ok(&expect));
}

#[test]
fn a_dispute_that_ends_for_the_seller_is_closed_and_the_sale_stays_booked() {
    check(&[says(6, Standing::Disputed)], &says(9, Standing::Approved), Ok(&["dispute_closed"]));
}

#[test]
fn a_dispute_that_ends_for_the_payer_is_closed_and_refunded() {
    let refunded = returning(told(9, Standing::Refunded), GROSS, &[given_back("r1", GROSS)]);
    let expect =
        ["refund_named r1 10000 approved", "refunds_accumulated 10000", "dispute_closed", "fully_refunded"];
    check(&[says(6, Standing::Disputed)], &refunded, Ok(&expect));
}

#[test]
fn partial_refunds_end_in_a_full_one_and_a_fourth_is_refused() {
    let partial = |on, total, refunds: &[_]| returning(told(on, Standing::Approved), total, refunds);
    let (a, b, c) = (given_back("a", 4_000), given_back("b", 3_500), given_back("c", 2_500));
    let first = partial(6, 4_000, std::slice::from_ref(&a));
    let second = partial(7, 7_500, &[a.clone(), b.clone()]);
    let third = returning(told(8, Standing::Refunded), GROSS, &[a, b, c]);
    let approved = says(5, Standing::Approved);
    check(
        after(&approved),
        &first,
        Ok(&["refund_named a 4000 approved", "refunds_accumulated 4000", "reaffirmed"]),
    );
    check(
        &[approved.clone(), first.clone()],
        &second,
        Ok(&["refund_named b 3500 approved", "refunds_accumulated 7500", "reaffirmed"]),
    );
    check(
        &[approved.clone(), first.clone(), second.clone()],
        &third,
        Ok(&["refund_named c 2500 approved", "refunds_accumulated 10000", "fully_refunded"]),
    );
    check(&[approved, first, second, third], &seen(given_back("d", 1)), Err(above_paid(10_001)));
}

#[test]
fn a_reimbursed_chargeback_keeps_the_sale_and_books_nothing() {
    let open = says(6, Standing::ChargebackOpen);
    check(&[says(5, Standing::Approved)], &open, Ok(&["chargeback_opened"]));
    check(&[open], &says(20, Standing::ChargebackReimbursed), Ok(&["chargeback_reimbursed"]));
}

#[test]
fn a_lost_chargeback_that_is_reimbursed_after_all_is_marked_and_its_loss_reversed() {
    let expect = ["chargeback_reimbursed outside_rule", "loss_reversed #0 10000"];
    check(&[says(7, Standing::ChargebackLost)], &says(9, Standing::ChargebackReimbursed), Ok(&expect));
}

#[test]
fn the_loss_of_a_chargeback_is_what_was_not_returned_before() {
    let lost = returning(told(7, Standing::ChargebackLost), 4_000, &[given_back("r1", 4_000)]);
    let expect = [
        "refund_named r1 4000 approved",
        "refunds_accumulated 4000",
        "chargeback_opened",
        "chargeback_lost",
        "loss_booked #0 6000",
    ];
    check(&[says(5, Standing::Approved)], &lost, Ok(&expect));
}

#[test]
fn a_voucher_paid_after_its_expiry_is_applied_booked_and_marked() {
    let expect = ["redescribed", "approved #0 10000 net 9500 on 03-04 outside_rule"];
    check(&[says(3, Standing::Expired)], &says(5, Standing::Approved), Ok(&expect));
}

#[test]
fn an_approval_taken_back_reverses_the_sale_and_a_second_one_books_it_again() {
    let (approved, cancelled) = (says(5, Standing::Approved), says(6, Standing::Cancelled));
    let expect = ["redescribed", "cancelled outside_rule", "sale_reversed #0 10000 net 9500 on 03-04"];
    check(after(&approved), &cancelled, Ok(&expect));
    let expect = ["redescribed", "approved #1 10000 net 9500 on 03-04 outside_rule"];
    check(&[approved, cancelled], &says(7, Standing::Approved), Ok(&expect));
}

#[test]
fn restated_charges_reverse_the_sale_exactly_then_book_it_again() {
    let expect = [
        "redescribed",
        "reaffirmed",
        "sale_reversed #0 10000 net 9500 on 03-04",
        "restated #1 10000 net 9450 on 03-04",
    ];
    check(&[says(5, Standing::Approved)], &describe(dearer(told(6, Standing::Approved))), Ok(&expect));
}

#[test]
fn an_approval_date_learned_later_moves_the_sale_to_its_day() {
    let mut undated = told(6, Standing::Approved);
    undated.profile.approved_at = None;
    check(&[], &describe(undated.clone()), Ok(&["opened", "approved #0 10000 net 9500 on 03-06"]));
    let expect = [
        "redescribed",
        "reaffirmed",
        "sale_reversed #0 10000 net 9500 on 03-06",
        "restated #1 10000 net 9500 on 03-04",
    ];
    check(&[describe(undated)], &says(7, Standing::Approved), Ok(&expect));
}

#[test]
fn an_unidentified_refund_is_booked_and_reversed_exactly_as_its_parts_are_named() {
    let whole = returning(told(6, Standing::Refunded), GROSS, &[]);
    let expect = ["refunds_accumulated 10000", "fully_refunded", "refund_unidentified #0 10000"];
    check(&[says(5, Standing::Approved)], &whole, Ok(&expect));

    let first = seen(given_back("r1", 6_000));
    let expect =
        ["refund_named r1 6000 approved", "refund_identified #0 10000", "refund_unidentified #1 4000"];
    check(after(&whole), &first, Ok(&expect));
    let last = seen(given_back("r2", 4_000));
    check(&[whole, first], &last, Ok(&["refund_named r2 4000 approved", "refund_identified #1 4000"]));
}

#[test]
fn a_refund_not_decided_identifies_nothing() {
    let partial = returning(told(6, Standing::Approved), 4_000, &[]);
    let undecided = seen(refund("r1", 4_000, RefundStanding::InProcess));
    check(after(&partial), &undecided, Ok(&["refund_named r1 4000 in_process"]));
    let expect = ["refund_named r1 4000 approved", "refund_identified #0 4000"];
    check(&[partial, undecided], &seen(given_back("r1", 4_000)), Ok(&expect));
}

#[test]
fn charges_that_come_back_are_booked_and_more_of_them_reverse_the_former() {
    let with = |on, amount| {
        let mut description = told(on, Standing::Approved);
        description.returned = vec![charge("fee", ChargeKind::Processing, amount)];
        describe(description)
    };
    let expect = ["opened", APPROVED, "charges_returned #0 fee 100"];
    check(&[], &with(5, 100), Ok(&expect));
    let expect =
        ["redescribed", "reaffirmed", "charges_return_reversed #0 fee 100", "charges_returned #1 fee 150"];
    check(&[with(5, 100)], &with(6, 150), Ok(&expect));
}

#[test]
fn a_card_validation_books_nothing_whatever_becomes_of_it() {
    let lost = describe(bounced(told(7, Standing::ChargebackLost)));
    let approved = describe(bounced(told(5, Standing::Approved)));
    check(&[], &approved, Ok(&["opened", "approved nothing"]));
    check(&[approved], &lost, Ok(&["chargeback_opened", "chargeback_lost"]));
}

#[test]
fn a_payment_of_nothing_books_nothing() {
    check(&[], &describe(of(told(5, Standing::Approved), 0, 0)), Ok(&["opened", "approved nothing"]));
}

#[test]
fn a_rejection_carries_its_class() {
    let mut rejected = told(2, Standing::Rejected);
    rejected.said.status = "rejected".into();
    rejected.said.detail = "cc_rejected_bad_filled_date".into();
    check(&[], &describe(rejected), Ok(&["opened", "rejected DataEntry"]));
}

#[test]
fn the_same_standing_at_a_later_time_is_reaffirmed() {
    check(&[says(5, Standing::Approved)], &says(6, Standing::Approved), Ok(&["reaffirmed"]));
}

#[test]
fn without_a_time_the_further_standing_is_the_newer() {
    let (pending, approved) =
        (timeless(told(1, Standing::AwaitingPayer)), timeless(told(1, Standing::Approved)));
    check(&[describe(pending.clone())], &describe(approved.clone()), Ok(&["redescribed", APPROVED]));
    check(&[describe(approved)], &describe(pending), Ok(&[]));
}

#[test]
fn a_release_row_may_be_the_first_thing_heard() {
    let row = released("row-1", 9_500);
    check(&[], &row, Ok(&["released 9500"]));
    check(after(&row), &row, Ok(&[]));
    check(after(&row), &released("row-2", -500), Ok(&["released -500"]));
    check(&[row], &says(5, Standing::Approved), Ok(&["opened", APPROVED]));
}

#[test]
fn a_refund_may_be_the_first_thing_heard() {
    let (undecided, given) =
        (seen(refund("r1", 4_000, RefundStanding::InProcess)), seen(given_back("r1", 4_000)));
    check(&[], &undecided, Ok(&["refund_foretold r1 4000 in_process"]));
    check(&[undecided], &given, Ok(&["refund_named r1 4000 approved"]));
    let described = returning(told(6, Standing::Approved), 4_000, &[given_back("r1", 4_000)]);
    check(&[given], &described, Ok(&["opened", "refunds_accumulated 4000", APPROVED]));
}

#[test]
fn refunds_above_what_was_paid_are_refused() {
    let over = returning(told(6, Standing::Approved), GROSS + 1, &[]);
    check(&[], &over, Err(above_paid(10_001)));
    let approved = says(5, Standing::Approved);
    check(after(&approved), &seen(given_back("r1", GROSS + 1)), Err(above_paid(10_001)));
    let named = [given_back("r1", 6_000), given_back("r2", 4_001)];
    check(&[approved], &returning(told(6, Standing::Approved), 0, &named), Err(above_paid(10_001)));
}

#[test]
fn a_newer_statement_of_less_than_was_returned_is_refused() {
    let refunded = returning(told(6, Standing::Approved), 8_000, &[]);
    let less = describe(of(told(7, Standing::Approved), 5_000, 5_000));
    let refusal =
        Refusal::RefundsAbovePaid { paid_minor: 5_000, refunded_minor: 8_000, currency: Currency::ARS };
    check(&[refunded], &less, Err(refusal));
}

#[test]
fn another_currency_is_refused_whatever_tells_it() {
    let conflict = || Err(Refusal::CurrencyConflict { known: Currency::BRL, told: Currency::ARS });
    let reals = describe(in_reals(told(5, Standing::Approved)));
    check(after(&reals), &says(6, Standing::Approved), conflict());
    check(after(&reals), &seen(given_back("r1", 1)), conflict());
    check(&[reals], &released("row-1", 1), conflict());
    let foretold = Refusal::CurrencyConflict { known: Currency::ARS, told: Currency::BRL };
    check(&[released("row-1", 1)], &describe(in_reals(told(5, Standing::Approved))), Err(foretold));
}

#[test]
fn negative_amounts_are_refused() {
    let negative = |what| Err(Refusal::NegativeAmount { what, amount_minor: -1 });
    let approved = || told(5, Standing::Approved);
    let mut charged = approved();
    charged.terms.charges[1].amount_minor = -1;
    let mut returned = approved();
    returned.returned = vec![charge("fee", ChargeKind::Processing, -1)];
    check(&[], &describe(of(approved(), -1, 0)), negative("the amount"));
    check(&[], &returning(approved(), -1, &[]), negative("the refunded amount"));
    check(&[], &describe(charged), negative("a charge"));
    check(&[], &describe(returned), negative("a charge"));
    check(&[], &returning(approved(), 0, &[given_back("r1", -1)]), negative("a refund"));
    check(&[], &seen(given_back("r1", -1)), negative("a refund"));
    // A net below zero is real: charges may exceed a small sale.
    check(&[], &describe(of(approved(), 100, -50)), Ok(&["opened", "approved #0 100 net -50 on 03-04"]));
}

#[test]
fn amounts_that_cannot_be_summed_are_refused() {
    let (limit, refused) = (i64::MAX / 4, || Err(Refusal::AmountOutOfRange));
    let approved = || told(5, Standing::Approved);
    check(&[], &describe(of(approved(), limit, 1)), refused());
    check(&[], &describe(of(approved(), i64::MAX, i64::MAX)), refused());
    check(&[], &describe(of(approved(), 0, i64::MIN)), refused());
    check(&[], &released("row-1", i64::MIN), refused());
    check(&[], &seen(given_back("r1", limit + 1)), refused());
    let undecided = refund("r2", 1, RefundStanding::InProcess);
    let foretold = seen(refund("r1", limit, RefundStanding::InProcess));
    check(&[foretold], &returning(approved(), 0, &[undecided]), refused());
    // Each may be told, but no payment can be refunded so often.
    check(&[seen(given_back("r1", limit))], &seen(given_back("r2", 1)), refused());
    check(&[seen(refund("r1", limit, RefundStanding::InProcess))], &seen(given_back("r2", 1)), refused());
}

#[test]
fn the_remainder_of_accepted_terms_is_exact_at_the_limit() {
    let limit = i64::MAX / 4;
    let largest = describe(of(told(5, Standing::Approved), 0, -limit));
    let state = known(&[largest]).expect("accepted");
    assert_eq!(state.known().expect("described").described.terms.remainder_minor(), limit);
    assert_eq!(told(5, Standing::Approved).terms.remainder_minor(), 0);
}

#[test]
fn every_refusal_has_a_word_and_names_what_it_met() {
    let refusal = above_paid(10_001);
    assert_eq!(refusal.reason(), "refunds_above_paid");
    assert_eq!(refusal.to_string(), "refunds of 100.01 are above the 100.00 paid");
    assert_eq!(Refusal::AmountOutOfRange.reason(), "amount_out_of_range");
    let conflict = Refusal::CurrencyConflict { known: Currency::BRL, told: Currency::ARS };
    assert_eq!(
        (conflict.reason(), conflict.to_string().as_str()),
        ("currency_conflict", "told in ARS, but known in BRL")
    );
}

#[test]
fn a_history_that_books_or_releases_twice_is_corrupt() {
    let facts = |told: &[Observation]| -> Vec<Event> {
        let (_, decided) = tell(known(&told[..told.len() - 1]), told.last().expect("a last one"));
        decided.expect("accepted")
    };
    let illegal = |event, state| Err(IllegalEvent { event, state });
    let approved = facts(&[says(5, Standing::Approved)]);
    assert_eq!(fold::<Payment>(&approved[1..]), illegal("payment.approved", "absent"));
    let twice = approved.iter().chain(&approved[1..]);
    assert_eq!(fold::<Payment>(twice), illegal("payment.approved", "approved"));
    let opened_twice = approved.iter().chain(&approved);
    assert_eq!(fold::<Payment>(opened_twice), illegal("payment.opened", "approved"));
    let release = facts(&[released("row-1", 9_500)]);
    assert_eq!(fold::<Payment>(release.iter().chain(&release)), illegal("payment.released", "foretold"));
    let released_twice = approved.iter().chain(&release).chain(&release);
    assert_eq!(fold::<Payment>(released_twice), illegal("payment.released", "approved"));
    let lost = facts(&[says(5, Standing::Approved), says(7, Standing::ChargebackLost)]);
    let lost_twice = approved.iter().chain(&lost).chain(&lost[2..]);
    assert_eq!(fold::<Payment>(lost_twice), illegal("payment.loss_booked", "chargeback_lost"));
}
