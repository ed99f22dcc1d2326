//! One row of a provider report, in our words: what matching compares against the ledger.

use serde::{Deserialize, Serialize};

use crate::currency::Currency;
use crate::ids::RowId;
use crate::machine::Instant;
use crate::movement::MovementKind;
use crate::text::Text;

/// Which report a row belongs to. The provider's panels swap the words; these do not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportKind {
    /// Every approved movement, available or not, by approval date; has no balance.
    Settlement,
    /// Statement of the available balance, by release date; has opening and closing balance.
    Release,
}

/// What a row is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// Opening balance of the file.
    Opening,
    /// Closing balance of the file.
    Closing,
    /// Sum of a section, or a note of a balance: moves nothing.
    Note,
    /// A sale: approved (settlement) or released (release).
    Sale,
    /// A refund of a payment.
    Refund,
    /// A chargeback of a payment (negative) or its reversal (positive).
    Chargeback,
    /// A dispute or mediation of a payment: taken (negative) or given back (positive).
    Dispute,
    /// Money of a payment put on hold (negative) or freed (positive).
    Hold,
    /// Money that names no payment.
    Movement(MovementKind),
}

/// One row of a report. All amounts are signed minor units: positive is in, negative is out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReportLine {
    /// Which report.
    pub report: ReportKind,
    /// Line in the file, counted from 1 with the header.
    pub line: u64,
    /// Identity of the row: the same row in an overlapping file has the same.
    pub row: RowId,
    /// What it is about.
    pub kind: LineKind,
    /// The report's own word for it.
    pub word: Text,
    /// The provider's operation id; a payment id where the kind names a payment.
    pub source: Text,
    /// The merchant's reference.
    pub reference: Text,
    /// Settlement: approval or credit. Release: when it hit the available balance.
    pub at: Instant,
    /// When the money is due to be released (settlement only).
    pub release_at: Option<Instant>,
    /// Currency of every amount.
    pub currency: Currency,
    /// Gross of the operation.
    pub gross_minor: i64,
    /// The provider's commission (negative).
    pub fee_minor: i64,
    /// Financing cost (negative).
    pub financing_minor: i64,
    /// Shipping (negative).
    pub shipping_minor: i64,
    /// Withholdings and taxes (negative).
    pub tax_minor: i64,
    /// Seller-funded coupon, as printed.
    pub coupon_minor: i64,
    /// Net effect.
    pub net_minor: i64,
    /// Running available balance after the row, when the file has it.
    pub balance_minor: Option<i64>,
}

impl ReportLine {
    /// Fees of every kind together, minor units, negative when charged.
    #[must_use]
    pub fn fees_minor(&self) -> i64 {
        self.fee_minor + self.financing_minor + self.shipping_minor
    }
}
