//! Every known pair (status, status_detail) and what happens to the others.

use std::collections::BTreeSet;

use domain::payment::Standing;

use super::{described, told};
use crate::payment::words::KNOWN;
use crate::unreadable::Unreadable;

fn standing(status: &str, detail: &str) -> (Standing, bool, bool) {
    let body = format!(
        r#"{{"id":1,"collector_id":7,"currency_id":"ARS","status":"{status}","status_detail":"{detail}","transaction_amount":100}}"#
    );
    let told = told(&body).expect("the status is one of the nine");
    let description = described(&told).0;
    (description.standing, description.known_words, told.unclassified)
}

/// The documented pairs, status by status: written down apart from the table that the product uses.
const DOCUMENTED: &[(&str, Standing, &[&str])] = &[
    (
        "approved",
        Standing::Approved,
        &["accredited", "partially_refunded", "partially_bpp_refunded", "partially_bpp_covered"],
    ),
    ("authorized", Standing::Authorized, &["pending_capture"]),
    (
        "pending",
        Standing::AwaitingPayer,
        &[
            "pending_waiting_payment",
            "pending_waiting_transfer",
            "pending_challenge",
            "pending_waiting_for_remedy",
            "pending",
            "pending_card_validation",
            "pending_online_validation",
            "pending_additional_info",
            "pending_review_auto",
            "pending_form_bad_filled_card_number",
            "pending_form_bad_filled_security_code",
            "pending_form_bad_filled_date",
            "pending_form_bad_filled_other",
        ],
    ),
    (
        "in_process",
        Standing::InReview,
        &[
            "pending_contingency",
            "pending_review_manual",
            "offline_process",
            "pending_provider_response",
            "waiting_bank_confirmation",
        ],
    ),
    (
        "rejected",
        Standing::Rejected,
        &[
            "cc_rejected_bad_filled_card_number",
            "cc_rejected_bad_filled_date",
            "cc_rejected_bad_filled_other",
            "cc_rejected_bad_filled_security_code",
            "cc_rejected_bad_filled_invalid_date",
            "cc_rejected_call_for_authorize",
            "cc_rejected_card_disabled",
            "cc_rejected_duplicated_payment",
            "cc_rejected_insufficient_amount",
            "cc_rejected_invalid_installments",
            "cc_rejected_max_attempts",
            "cc_rejected_blacklist",
            "cc_rejected_high_risk",
            "cc_rejected_other_reason",
            "cc_rejected_fraud",
            "rejected_high_risk",
            "account_rejected_high_risk",
            "cc_rejected_3ds_challenge",
            "cc_rejected_3ds_mandatory",
            "cc_rejected_card_error",
            "cc_rejected_time_out",
            "cc_rejected_card_type_not_allowed",
            "cc_rejected_expired_operation",
            "cc_unsupported_unsupported",
            "cc_amount_rate_limit_exceeded",
            "rejected_cap_exceeded",
            "bank_rejected",
            "bank_error",
            "rejected_by_bank",
            "rejected_insufficient_data",
            "rejected_by_regulations",
            "insufficient_amount",
            "am_insufficient_amount",
            "insufficent_amount",
            "rejected_other_reason",
            "rejected_call_for_authorize",
            "authorization_revoked",
            "collector_unavailable",
            "payer_unavailable",
            "invalid_user_identification_number",
            "review_fail",
            "rejected",
            "rejected_by_biz_rule",
        ],
    ),
    ("cancelled", Standing::Expired, &["expired"]),
    ("cancelled", Standing::Cancelled, &["by_collector", "by_payer", "by_admin"]),
    ("refunded", Standing::Refunded, &["by_admin", "refunded", "bpp_refunded", "bpp_covered"]),
    ("charged_back", Standing::ChargebackOpen, &["in_process"]),
    ("charged_back", Standing::ChargebackLost, &["settled"]),
    ("charged_back", Standing::ChargebackReimbursed, &["reimbursed"]),
];

#[test]
fn every_known_pair_has_its_standing() {
    for (status, expected, details) in DOCUMENTED {
        for detail in *details {
            assert_eq!(standing(status, detail), (*expected, true, false), "{status}/{detail}");
        }
    }
}

#[test]
fn the_table_holds_the_76_documented_words_in_order_and_no_other() {
    assert!(KNOWN.is_sorted(), "the search needs order");
    let documented: BTreeSet<(&str, &str)> = DOCUMENTED
        .iter()
        .flat_map(|(status, _, details)| details.iter().map(move |d| (*status, *d)))
        .collect();
    assert_eq!(KNOWN.iter().copied().collect::<BTreeSet<_>>(), documented);
    let words: BTreeSet<&str> = KNOWN.iter().map(|(_, detail)| *detail).collect();
    // `by_admin` is the one word of two statuses.
    assert_eq!((KNOWN.len(), words.len()), (77, 76));
}

#[test]
fn an_unknown_detail_is_applied_by_its_status_and_said_to_be_unknown() {
    for (status, expected) in [
        ("pending", Standing::AwaitingPayer),
        ("in_process", Standing::InReview),
        ("authorized", Standing::Authorized),
        ("approved", Standing::Approved),
        ("rejected", Standing::Rejected),
        ("cancelled", Standing::Cancelled),
        ("refunded", Standing::Refunded),
        ("charged_back", Standing::ChargebackOpen),
    ] {
        for detail in ["never_seen", "", "pending_contingencies"] {
            assert_eq!(standing(status, detail), (expected, false, true), "{status}/{detail}");
        }
    }
    // The pair is the key: a word of another status is not known.
    assert_eq!(standing("approved", "refunded"), (Standing::Approved, false, true));
    assert_eq!(standing("pending", "expired"), (Standing::AwaitingPayer, false, true));
}

#[test]
fn a_dispute_is_known_whatever_its_detail() {
    for detail in ["", "in_process", "pending", "accredited", "never_seen"] {
        assert_eq!(standing("in_mediation", detail), (Standing::Disputed, true, false), "{detail}");
    }
}

#[test]
fn both_spellings_of_cancelled_are_one_word() {
    for status in ["cancelled", "canceled"] {
        assert_eq!(standing(status, "expired"), (Standing::Expired, true, false));
        assert_eq!(standing(status, "by_collector"), (Standing::Cancelled, true, false));
    }
    let body = |status: &str| {
        format!(
            r#"{{"id":1,"collector_id":7,"currency_id":"ARS","status":"{status}","status_detail":"by_payer","transaction_amount":1}}"#
        )
    };
    assert_eq!(told(&body("canceled")), told(&body("cancelled")));
}

#[test]
fn a_status_outside_the_nine_is_refused() {
    for word in ["settled", "", "Approved", "processed"] {
        let body = format!(
            r#"{{"id":1,"collector_id":7,"currency_id":"ARS","status":"{word}","transaction_amount":100}}"#
        );
        assert_eq!(told(&body), Err(Unreadable::UnknownStatus { path: "status", word: word.to_owned() }));
    }
}
