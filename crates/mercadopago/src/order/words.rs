//! The words of an order: its type, its status and its details.
//!
//! Source: the status pages of orders on terminals, by QR and online, joined.

use domain::intent::{Channel, Progress};

use crate::plan::unknown_word;
use crate::unreadable::Unreadable;

/// Where it is paid, and whether we know the word; an order need not tell.
pub(super) fn channel(kind: Option<&str>) -> (Option<Channel>, bool) {
    match kind {
        None => (None, true),
        Some("point") => (Some(Channel::Point), true),
        Some("qr") => (Some(Channel::Qr), true),
        Some("online") => (Some(Channel::Online), true),
        Some(_) => (None, false),
    }
}

/// How far it went. A refunded or charged back order ended before: what came after is its payments' matter.
///
/// On a terminal an action of a person is asked for and the order does not move on by itself; elsewhere payer or
/// seller act and it goes on.
pub(super) fn progress(status: &str, channel: Option<Channel>) -> Result<Progress, Unreadable> {
    match status {
        "created" => Ok(Progress::Open),
        "at_terminal" => Ok(Progress::AtTerminal),
        "processing" | "in_review" => Ok(Progress::Processing),
        "action_required" => Ok(match channel {
            Some(Channel::Qr | Channel::Online) => Progress::AwaitingAction,
            // Where nothing tells the channel, looking once too often costs least.
            Some(Channel::Point) | None => Progress::ConfirmationRequired,
        }),
        "processed" | "refunded" | "charged_back" | "in_mediation" => Ok(Progress::Finished),
        "canceled" | "cancelled" => Ok(Progress::Canceled),
        "expired" => Ok(Progress::Expired),
        "failed" => Ok(Progress::Failed),
        _ => Err(unknown_word("status", status)),
    }
}

/// Whether the tables list the detail for the status, at the level of the order or of its transaction: notifications
/// show either. No detail is known, and so is the status itself.
pub(super) fn is_known(status: &str, detail: &str) -> bool {
    let listed: &[&str] = match status {
        "at_terminal" => &["cancellation_requested"],
        "processing" => &["in_process", "pending_review_manual"],
        "action_required" => &[
            "waiting_payment",
            "waiting_capture",
            "waiting_transfer",
            "waiting_retry",
            "pending_challenge",
            "check_on_terminal",
        ],
        "processed" => &["accredited", "partially_refunded"],
        "canceled" | "cancelled" => &["canceled", "cancelled", "canceled_by_api", "canceled_on_terminal"],
        "charged_back" => &["in_process", "settled", "reimbursed"],
        "failed" => &[
            "bad_filled_card_data",
            "high_risk",
            "rejected_by_issuer",
            "required_call_for_authorize",
            "max_attempts_exceeded",
            "card_disabled",
            "insufficient_amount",
            "amount_limit_exceeded",
            "processing_error",
            "invalid_installments",
            "in_review",
        ],
        _ => &[],
    };
    detail.is_empty() || detail == status || listed.contains(&detail)
}
