//! The words of an order: status and detail, of the order and of its payment.
//!
//! Source: "Status of an order and of its transactions" for Point. What became of the payment since is asked of the
//! payment itself.

use crate::in_person::{By, End, Intent, Phase};
use crate::payment::Payment;
use crate::world::World;

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::in_person) struct Standing {
    pub(in crate::in_person) status: &'static str,
    pub(in crate::in_person) detail: &'static str,
    /// Of its payment.
    pub(in crate::in_person) payment_detail: &'static str,
}

/// Where an order stands now.
pub(in crate::in_person) fn standing(world: &World, intent: &Intent) -> Standing {
    let of = |status, payment_detail| Standing { status, detail: status, payment_detail };
    match &intent.phase {
        Phase::Open => of("created", "created"),
        Phase::AtTerminal if intent.cancel_asked_at.is_some() => of("at_terminal", "cancellation_requested"),
        Phase::AtTerminal | Phase::Processing(_) | Phase::Processed => of("at_terminal", "at_terminal"),
        Phase::Ended(End::Charged(charged)) => match world.payment(charged.id) {
            Some(payment) => paid(payment),
            None => of("failed", "processing_error"),
        },
        // What the terminal took back was never paid, in the words of orders.
        Phase::Ended(End::Reversed(_) | End::Failed | End::GivenBack) => of("failed", "processing_error"),
        Phase::Ended(End::Canceled(By::Api)) => of("canceled", "canceled_by_api"),
        Phase::Ended(End::Canceled(By::Terminal)) => of("canceled", "canceled_on_terminal"),
        Phase::Ended(End::Expired) => of("expired", "expired"),
        Phase::Ended(End::Unconfirmed(_)) => of("action_required", "check_on_terminal"),
    }
}

fn paid(payment: &Payment) -> Standing {
    let of = |status, payment_detail| Standing { status, detail: status, payment_detail };
    match payment.status() {
        "approved" if payment.refunded_minor() > 0 => Standing {
            status: "processed",
            detail: "partially_refunded",
            payment_detail: "partially_refunded",
        },
        "approved" | "in_mediation" => of("processed", "accredited"),
        "refunded" => of("refunded", "refunded"),
        "charged_back" => of("charged_back", payment.detail()),
        "in_process" | "pending" | "authorized" => of("action_required", "waiting_payment"),
        "cancelled" => of("expired", "expired"),
        _ => of("failed", declined(payment.detail())),
    }
}

/// The order's word for the detail of a rejected payment.
fn declined(detail: &str) -> &'static str {
    match detail {
        "cc_rejected_call_for_authorize" => "required_call_for_authorize",
        "cc_rejected_insufficient_amount" => "insufficient_amount",
        "cc_rejected_high_risk" => "high_risk",
        "cc_rejected_card_disabled" => "card_disabled",
        "cc_rejected_max_attempts" => "max_attempts_exceeded",
        "cc_rejected_invalid_installments" => "invalid_installments",
        "cc_rejected_other_reason" => "rejected_by_issuer",
        detail if detail.starts_with("cc_rejected_bad_filled") => "bad_filled_card_data",
        _ => "processing_error",
    }
}

/// The rejection behind an order's word.
pub(super) fn rejection(detail: &str) -> Option<&'static str> {
    Some(match detail {
        "required_call_for_authorize" => "cc_rejected_call_for_authorize",
        "insufficient_amount" => "cc_rejected_insufficient_amount",
        "high_risk" => "cc_rejected_high_risk",
        "card_disabled" => "cc_rejected_card_disabled",
        "max_attempts_exceeded" => "cc_rejected_max_attempts",
        "invalid_installments" => "cc_rejected_invalid_installments",
        "bad_filled_card_data" => "cc_rejected_bad_filled_other",
        "rejected_by_issuer" => "cc_rejected_other_reason",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{declined, rejection};

    #[test]
    fn each_word_for_a_decline_has_its_rejection_and_back() {
        for word in [
            "required_call_for_authorize",
            "insufficient_amount",
            "high_risk",
            "card_disabled",
            "max_attempts_exceeded",
            "invalid_installments",
            "bad_filled_card_data",
            "rejected_by_issuer",
        ] {
            assert_eq!(rejection(word).map(declined), Some(word));
        }
        assert_eq!((rejection("eaten_by_dog"), declined("eaten_by_dog")), (None, "processing_error"));
    }
}
