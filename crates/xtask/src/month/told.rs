//! What the provider says of a payment at a moment of its story: status, detail, and what it gave back so far.

use super::fate::{Fate, Step};
use super::sale::{Refund, Sale, Way};
use super::time::{SECOND, Time};

/// A state of a payment as the API tells it.
#[derive(Clone, Debug)]
pub struct Told {
    /// Status.
    pub status: &'static str,
    /// Detail.
    pub detail: &'static str,
    /// `date_last_updated`.
    pub updated: Time,
    /// Whether its money was credited.
    pub credited: bool,
    /// Refunds made so far.
    pub refunds: Vec<Refund>,
    /// When its charges were given back without a refund: the end of a lost chargeback.
    pub charges_back: Option<Time>,
}

impl Told {
    /// The state after a step.
    pub fn after(sale: &Sale, step: Step) -> Self {
        let (status, detail, updated) = words(sale, step);
        let done = match step {
            Step::Refund(n) => n + 1,
            _ => 0,
        };
        let refunds: Vec<_> = sale.refunds().into_iter().take(done).collect();
        let lost = sale.fate == Fate::ChargebackLost && step == Step::Settle;
        Self {
            status,
            detail,
            updated,
            credited: matches!(status, "approved" | "refunded" | "in_mediation" | "charged_back"),
            refunds,
            charges_back: lost.then_some(updated),
        }
    }

    /// Given back to the payer so far, minor units.
    pub fn refunded_minor(&self) -> i64 {
        self.refunds.iter().map(|refund| refund.amount_minor).sum()
    }
}

fn words(sale: &Sale, step: Step) -> (&'static str, &'static str, Time) {
    match step {
        Step::Open => opened(sale),
        Step::Approve | Step::Release => ("approved", "accredited", sale.approved),
        Step::Lapse => ("cancelled", "expired", sale.expires().plus(40 * SECOND)),
        Step::Refund(n) => {
            let refunds = sale.refunds();
            let back: i64 = refunds[..=n].iter().map(|refund| refund.amount_minor).sum();
            let at = refunds[n].at;
            if back == sale.gross_minor {
                ("refunded", "refunded", at)
            } else {
                ("approved", "partially_refunded", at)
            }
        }
        Step::Dispute if sale.fate == Fate::Mediated => ("in_mediation", "pending", sale.disputed()),
        Step::Dispute => ("charged_back", "in_process", sale.disputed()),
        Step::Settle => match sale.fate {
            Fate::ChargebackLost => ("charged_back", "settled", sale.settled()),
            Fate::ChargebackWon => ("charged_back", "reimbursed", sale.settled()),
            _ => ("approved", "accredited", sale.settled()),
        },
    }
}

fn opened(sale: &Sale) -> (&'static str, &'static str, Time) {
    match sale.fate {
        Fate::Reviewed => ("in_process", "pending_review_manual", sale.created.plus(SECOND)),
        Fate::PaidLater | Fate::Lapsed => ("pending", "pending_waiting_payment", sale.created.plus(SECOND)),
        Fate::Rejected(detail) => ("rejected", detail, sale.created.plus(SECOND)),
        _ if sale.way == Way::CardCheck => ("approved", "accredited", sale.created),
        _ => ("approved", "accredited", sale.approved),
    }
}
