//! The dictionary of the release report: what each word means for the money of a row.
//!
//! Source: the provider's glossary of the report, its older generations, and the spellings seen in exports. A word
//! that is not listed is `Unknown`: it is kept, goes to suspense and is reported.

use std::borrow::Cow;

use domain::movement::MovementKind as M;
use domain::report_line::LineKind;

/// Record type of the opening balance.
pub(super) const OPENING: &str = "initial_available_balance";
/// Record type of the closing balance.
pub(super) const CLOSING: &str = "total";
/// Record type of a balance printed beside a payout.
pub(super) const NOTE: &str = "available_balance";
/// Record type of a movement.
pub(super) const RELEASE: &str = "release";

/// What a row is, by its record type and description.
pub(super) fn line(record_type: &str, description: &str, names_source: bool, gross_minor: i64) -> LineKind {
    if let Some(balance) = balance(record_type, description) {
        return balance;
    }
    let by_word = kind(&description.to_ascii_lowercase(), gross_minor);
    let kind = match record_type {
        RELEASE => by_word,
        // Reports before October 2022 name holds by record type and say in the description what is held.
        "block" | "unblock" => match by_word {
            LineKind::Movement(M::Unknown) if description.is_empty() => LineKind::Hold,
            LineKind::Movement(_) => LineKind::Movement(M::Reserve),
            _ => LineKind::Hold,
        },
        "fullblock" => LineKind::Movement(M::Reserve),
        _ => LineKind::Movement(M::Unknown),
    };
    with_source(kind, names_source)
}

/// The kind of a row that prints a balance and moves nothing.
pub(super) fn balance(record_type: &str, description: &str) -> Option<LineKind> {
    match record_type {
        OPENING => Some(LineKind::Opening),
        CLOSING => Some(LineKind::Closing),
        NOTE | "subtotal" => Some(LineKind::Note),
        RELEASE if is_note(description) => Some(LineKind::Note),
        _ => None,
    }
}

/// Whether a description is of a balance printed before or after a payout.
pub(super) fn is_note(description: &str) -> bool {
    ["pre_payout_", "pos_payout_", "pre_withdrawal_", "pos_withdrawal_"]
        .iter()
        .any(|prefix| description.starts_with(prefix))
}

/// A kind that needs a payment's id, on a row that names none, is money we cannot place.
pub(crate) fn with_source(kind: LineKind, names_source: bool) -> LineKind {
    match kind {
        LineKind::Hold if !names_source => LineKind::Movement(M::Reserve),
        LineKind::Sale | LineKind::Refund | LineKind::Chargeback | LineKind::Dispute if !names_source => {
            LineKind::Movement(M::Unknown)
        }
        kind => kind,
    }
}

/// What a lower-case word means; `gross_minor` tells a sale from a purchase made with the account.
pub(crate) fn kind(word: &str, gross_minor: i64) -> LineKind {
    match word {
        "payment" if gross_minor < 0 => LineKind::Movement(M::Unknown),
        "payment" => LineKind::Sale,
        "refund" => LineKind::Refund,
        "chargeback" | "chargeback_cancel" => LineKind::Chargeback,
        "dispute" | "mediation" | "mediation_cancel" => LineKind::Dispute,
        "reserve_for_dispute"
        | "reserve_for_refund"
        | "reserve_for_bpp_shipping_return"
        | "reserve_for_chargeback" => LineKind::Hold,
        other => LineKind::Movement(movement(other)),
    }
}

fn movement(word: &str) -> M {
    match word {
        "reserve_for_payout"
        | "reserve_for_payment"
        | "reserve_for_debt_payment"
        | "reserve_for_cbk_cross_recovery"
        | "restriction"
        | "judgment"
        | "judgment_bacen"
        | "fraud"
        | "trava_de_recibibles"
        | "trava_de_recebivel" => M::Reserve,
        "payout" | "payouts" | "payout_cancel" | "withdrawal" | "withdrawals" | "withdrawal_cancel" => {
            M::Payout
        }
        "asset_management" | "asset_management_gain" | "asset_management_loss" => M::Yield,
        "fee_release_in_advance" | "fee-release_in_advance" => M::EarlyReleaseFee,
        "cashback" | "cashback_cancel" | "promo_bonus" => M::Cashback,
        "tip" => M::Tip,
        "credit_payment" => M::LoanPayment,
        other if other.starts_with("reserve_for_embargo") => M::Reserve,
        other if other == "shipping" || other.starts_with("shipping_") => M::Shipping,
        other if other.starts_with("tax_") => tax(other),
        _ => M::Unknown,
    }
}

fn tax(word: &str) -> M {
    // The provider's own documentation also spells it with a d too many.
    let word = match word.strip_prefix("tax_withdholding") {
        Some(rest) => Cow::Owned(format!("tax_withholding{rest}")),
        None => Cow::Borrowed(word),
    };
    match &*word {
        "tax_withholding_collector"
        | "tax_withholding_payer"
        | "tax_withholding_payout"
        | "tax_withholding_shipping"
        | "tax_credit_debit" => M::TransactionTax,
        "tax_withholding" | "tax_withholding_cancel" => M::Perception,
        other
            if ["tax_payment_iibb", "tax_payment_ibcf", "tax_payment_ibex", "tax_iibb_", "tax_iva"]
                .iter()
                .any(|prefix| other.starts_with(prefix)) =>
        {
            M::Perception
        }
        _ => M::Unknown,
    }
}

#[cfg(test)]
mod tests;
