//! The provider's pairs (status, status_detail): where each puts a payment, and which are known.
//!
//! The list of statuses is closed, the list of details is open: an unknown detail is applied by its status alone
//! and said to be unknown. `settled` is a lost chargeback and `reimbursed` a won one, whatever they sound like.

use domain::payment::Standing;

use crate::unreadable::Unreadable;

/// What a pair says.
pub(super) struct Read {
    /// Where it puts the payment.
    pub(super) standing: Standing,
    /// Whether the pair is known.
    pub(super) known: bool,
    /// The status in its usual spelling.
    pub(super) status: &'static str,
}

/// Known pairs, sorted. From the API reference, the documentation's table of order statuses, the official shop plugins and
/// old checkouts. A dispute has no documented details, so all are known.
pub(super) static KNOWN: &[(&str, &str)] = &[
    ("approved", "accredited"),
    ("approved", "partially_bpp_covered"),
    ("approved", "partially_bpp_refunded"),
    ("approved", "partially_refunded"),
    ("authorized", "pending_capture"),
    ("cancelled", "by_admin"),
    ("cancelled", "by_collector"),
    ("cancelled", "by_payer"),
    ("cancelled", "expired"),
    ("charged_back", "in_process"),
    ("charged_back", "reimbursed"),
    ("charged_back", "settled"),
    ("in_process", "offline_process"),
    ("in_process", "pending_contingency"),
    ("in_process", "pending_provider_response"),
    ("in_process", "pending_review_manual"),
    ("in_process", "waiting_bank_confirmation"),
    ("pending", "pending"),
    ("pending", "pending_additional_info"),
    ("pending", "pending_card_validation"),
    ("pending", "pending_challenge"),
    ("pending", "pending_form_bad_filled_card_number"),
    ("pending", "pending_form_bad_filled_date"),
    ("pending", "pending_form_bad_filled_other"),
    ("pending", "pending_form_bad_filled_security_code"),
    ("pending", "pending_online_validation"),
    ("pending", "pending_review_auto"),
    ("pending", "pending_waiting_for_remedy"),
    ("pending", "pending_waiting_payment"),
    ("pending", "pending_waiting_transfer"),
    ("refunded", "bpp_covered"),
    ("refunded", "bpp_refunded"),
    ("refunded", "by_admin"),
    ("refunded", "refunded"),
    ("rejected", "account_rejected_high_risk"),
    ("rejected", "am_insufficient_amount"),
    ("rejected", "authorization_revoked"),
    ("rejected", "bank_error"),
    ("rejected", "bank_rejected"),
    ("rejected", "cc_amount_rate_limit_exceeded"),
    ("rejected", "cc_rejected_3ds_challenge"),
    ("rejected", "cc_rejected_3ds_mandatory"),
    ("rejected", "cc_rejected_bad_filled_card_number"),
    ("rejected", "cc_rejected_bad_filled_date"),
    ("rejected", "cc_rejected_bad_filled_invalid_date"),
    ("rejected", "cc_rejected_bad_filled_other"),
    ("rejected", "cc_rejected_bad_filled_security_code"),
    ("rejected", "cc_rejected_blacklist"),
    ("rejected", "cc_rejected_call_for_authorize"),
    ("rejected", "cc_rejected_card_disabled"),
    ("rejected", "cc_rejected_card_error"),
    ("rejected", "cc_rejected_card_type_not_allowed"),
    ("rejected", "cc_rejected_duplicated_payment"),
    ("rejected", "cc_rejected_expired_operation"),
    ("rejected", "cc_rejected_fraud"),
    ("rejected", "cc_rejected_high_risk"),
    ("rejected", "cc_rejected_insufficient_amount"),
    ("rejected", "cc_rejected_invalid_installments"),
    ("rejected", "cc_rejected_max_attempts"),
    ("rejected", "cc_rejected_other_reason"),
    ("rejected", "cc_rejected_time_out"),
    ("rejected", "cc_unsupported_unsupported"),
    ("rejected", "collector_unavailable"),
    ("rejected", "insufficent_amount"),
    ("rejected", "insufficient_amount"),
    ("rejected", "invalid_user_identification_number"),
    ("rejected", "payer_unavailable"),
    ("rejected", "rejected"),
    ("rejected", "rejected_by_bank"),
    ("rejected", "rejected_by_biz_rule"),
    ("rejected", "rejected_by_regulations"),
    ("rejected", "rejected_call_for_authorize"),
    ("rejected", "rejected_cap_exceeded"),
    ("rejected", "rejected_high_risk"),
    ("rejected", "rejected_insufficient_data"),
    ("rejected", "rejected_other_reason"),
    ("rejected", "review_fail"),
];

/// Reads a pair.
///
/// # Errors
/// [`Unreadable::UnknownStatus`] when the status is none of the nine.
pub(super) fn read(status: &str, detail: &str) -> Result<Read, Unreadable> {
    let (status, standing) = match status {
        "pending" => ("pending", Standing::AwaitingPayer),
        "in_process" => ("in_process", Standing::InReview),
        "authorized" => ("authorized", Standing::Authorized),
        "approved" => ("approved", Standing::Approved),
        "in_mediation" => ("in_mediation", Standing::Disputed),
        "rejected" => ("rejected", Standing::Rejected),
        // Other services of the provider spell it with one l.
        "cancelled" | "canceled" => ("cancelled", cancelled(detail)),
        "refunded" => ("refunded", Standing::Refunded),
        "charged_back" => ("charged_back", charged_back(detail)),
        word => {
            let word = word.chars().take(40).collect();
            return Err(Unreadable::UnknownStatus { path: "status", word });
        }
    };
    let known = status == "in_mediation" || KNOWN.binary_search(&(status, detail)).is_ok();
    Ok(Read { standing, known, status })
}

fn cancelled(detail: &str) -> Standing {
    if detail == "expired" { Standing::Expired } else { Standing::Cancelled }
}

fn charged_back(detail: &str) -> Standing {
    match detail {
        "settled" => Standing::ChargebackLost,
        "reimbursed" => Standing::ChargebackReimbursed,
        _ => Standing::ChargebackOpen,
    }
}
