//! The dictionary as a table: every word that is known, and what it means.

use super::*;

fn check(expect: LineKind, words: &[&str]) {
    for word in words {
        assert_eq!(line(RELEASE, word, true, 100), expect, "{word}");
    }
}

#[test]
fn words_that_name_a_payment() {
    check(LineKind::Sale, &["payment", "PAYMENT"]);
    check(LineKind::Refund, &["refund"]);
    check(LineKind::Chargeback, &["chargeback", "chargeback_cancel"]);
    check(LineKind::Dispute, &["dispute", "mediation", "mediation_cancel"]);
    check(
        LineKind::Hold,
        &[
            "reserve_for_dispute",
            "reserve_for_refund",
            "reserve_for_bpp_shipping_return",
            "reserve_for_chargeback",
        ],
    );
}

#[test]
fn words_of_money_without_a_payment() {
    let table: [(M, &[&str]); 11] = [
        (
            M::Reserve,
            &[
                "reserve_for_payout",
                "reserve_for_payment",
                "reserve_for_debt_payment",
                "reserve_for_cbk_cross_recovery",
                "reserve_for_embargo_invested",
                "restriction",
                "judgment_bacen",
                "fraud",
                "trava_de_recibibles",
                "trava_de_recebivel",
            ],
        ),
        (M::Payout, &["payout", "payouts", "withdrawal", "withdrawals", "withdrawal_cancel"]),
        (M::Yield, &["asset_management", "asset_management_gain", "asset_management_loss"]),
        (M::EarlyReleaseFee, &["fee_release_in_advance", "fee-release_in_advance"]),
        (
            M::Perception,
            &[
                "tax_withholding",
                "tax_withholding_cancel",
                "tax_withdholding",
                "tax_withdholding_cancel",
                "tax_payment_iibb",
                "tax_payment_iibb_cancel",
                "tax_payment_ibcf",
                "tax_payment_ibcf_cancel",
                "tax_payment_ibex",
                "tax_iibb_cordoba",
                "tax_payment_iibb_cre_salta",
                "tax_iva",
                "tax_iva_cre",
            ],
        ),
        (
            M::TransactionTax,
            &[
                "tax_withholding_collector",
                "tax_withholding_payer",
                "tax_withholding_payout",
                "tax_withholding_shipping",
                "tax_withdholding_payout",
                "tax_credit_debit",
            ],
        ),
        (M::Shipping, &["shipping", "shipping_cancel", "shipping_refund", "shipping_return"]),
        (M::Cashback, &["cashback", "cashback_cancel", "promo_bonus"]),
        (M::Tip, &["tip"]),
        (M::LoanPayment, &["credit_payment"]),
        (
            M::Unknown,
            &[
                "",
                "digitalchange_transaction",
                "release_in_advance",
                "reserve_for_something_new",
                "tax_of_tomorrow",
                "shippings",
                "payments",
            ],
        ),
    ];
    for (kind, words) in table {
        check(LineKind::Movement(kind), words);
    }
}

#[test]
fn a_word_that_needs_a_payment_is_placed_only_with_its_id() {
    assert_eq!(line(RELEASE, "payment", false, 100), LineKind::Movement(M::Unknown));
    assert_eq!(line(RELEASE, "mediation", false, -100), LineKind::Movement(M::Unknown));
    assert_eq!(line(RELEASE, "reserve_for_dispute", false, -100), LineKind::Movement(M::Reserve));
}

#[test]
fn a_payment_made_with_the_account_is_no_sale() {
    assert_eq!(line(RELEASE, "payment", true, -1), LineKind::Movement(M::Unknown));
    assert_eq!(line(RELEASE, "payment", true, 0), LineKind::Sale);
}

#[test]
fn record_types_of_every_era() {
    let check = |record_type, description, names_source, expect| {
        assert_eq!(line(record_type, description, names_source, -1), expect, "{record_type} {description}");
    };
    check("initial_available_balance", "", false, LineKind::Opening);
    check("total", "", false, LineKind::Closing);
    check("subtotal", "release", false, LineKind::Note);
    check("available_balance", "pre_payout_9", false, LineKind::Note);
    check("release", "pos_withdrawal_9", false, LineKind::Note);
    check("block", "dispute", true, LineKind::Hold);
    check("unblock", "chargeback", true, LineKind::Hold);
    check("block", "", true, LineKind::Hold);
    check("block", "payout", true, LineKind::Movement(M::Reserve));
    check("block", "dispute", false, LineKind::Movement(M::Reserve));
    check("fullblock", "restriction", true, LineKind::Movement(M::Reserve));
    check("something_new", "payment", true, LineKind::Movement(M::Unknown));
}
