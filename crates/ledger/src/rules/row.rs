//! What the release report tells: its rows move the available balance, and their signs are its own.

use domain::movement::{MovementKind, Row};
use domain::payment::{Release, ReleaseWay};
use domain::stream::StreamId;

use super::Posting;
use super::draft::Draft;
use crate::account::Account;
use crate::journal::Evidence;

/// A row that names a payment: its money became available or was taken back, was held or freed.
pub(super) fn release(release: &Release) -> Posting {
    let from = match release.way {
        ReleaseWay::Moved => Account::Pending,
        ReleaseWay::Held => Account::Held,
    };
    Posting {
        cause: release.row.as_str().to_owned(),
        at: release.at,
        currency: release.currency,
        evidence: Evidence::Report,
        draft: Draft::transfer(from, Account::Available, release.amount_minor),
    }
}

/// A row that names no payment. What its columns leave unexplained goes to suspense, where it is seen.
pub(super) fn movement(stream: &StreamId, row: &Row) -> Posting {
    let (gross, fee, tax) =
        (i128::from(row.gross_minor), i128::from(row.fee_minor), i128::from(row.tax_minor));
    let mut draft = Draft::new();
    draft.debit(Account::Available, row.net_minor);
    match counterpart(row.kind) {
        Counterpart::Whole(account) => draft.credit(account, gross + fee + tax),
        Counterpart::Gross(account) => {
            draft.credit(account, gross);
            draft.credit(Account::ProcessingFees, fee);
            draft.credit(Account::TransactionTaxes, tax);
        }
    }
    draft.credit(Account::Suspense, i128::from(row.net_minor) - (gross + fee + tax));
    Posting {
        cause: stream.id().to_owned(),
        at: row.at,
        currency: row.currency,
        evidence: Evidence::Report,
        draft,
    }
}

/// The account on the other side of the available balance.
enum Counterpart {
    /// It takes the row whole: whatever column a cost is printed in, it is that cost.
    Whole(Account),
    /// It takes the gross; fees and taxes inside the row are costs of their own.
    Gross(Account),
}

fn counterpart(kind: MovementKind) -> Counterpart {
    use Counterpart::{Gross, Whole};
    match kind {
        MovementKind::Payout => Gross(Account::InTransit),
        MovementKind::Yield => Gross(Account::Yield),
        MovementKind::Cashback => Gross(Account::PromotionalCredits),
        MovementKind::Tip => Gross(Account::Tips),
        MovementKind::LoanPayment => Gross(Account::Loans),
        MovementKind::Reserve => Whole(Account::Held),
        MovementKind::EarlyReleaseFee => Whole(Account::FinancingFees),
        MovementKind::Perception => Whole(Account::Withholdings),
        MovementKind::TransactionTax => Whole(Account::TransactionTaxes),
        MovementKind::Shipping => Whole(Account::Shipping),
        MovementKind::DisputeFee => Whole(Account::DisputeFees),
        MovementKind::Unknown => Whole(Account::Suspense),
    }
}
