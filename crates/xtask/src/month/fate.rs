//! What becomes of a payment: the few stories of the month, and the steps each is told in.

use super::draw::Draw;
use super::sale::{Sale, Way};
use super::time::{DAY, HOUR, MINUTE, SECOND, Time};

/// The detail that no version of the product knows.
pub const UNKNOWN_DETAIL: &str = "cc_rejected_new_reason_2026";
/// Number of the one sale with that detail.
const UNKNOWN_DETAIL_INDEX: u64 = 33;
/// From creation to approval, when nothing stands between.
const INSTANT: i64 = 2 * SECOND;

/// A story.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// Approved at once, and nothing more.
    Plain,
    /// Reviewed first, then approved.
    Reviewed,
    /// A voucher, paid the next day.
    PaidLater,
    /// A voucher that nobody pays.
    Lapsed,
    /// Rejected, with the provider's detail.
    Rejected(&'static str),
    /// All given back at once.
    Refunded,
    /// A part given back.
    PartlyRefunded,
    /// All given back, in three parts.
    RefundedInParts,
    /// A chargeback that ends against the store.
    ChargebackLost,
    /// A chargeback that ends for the store.
    ChargebackWon,
    /// A mediation that ends for the store.
    Mediated,
}

/// A moment of a payment's story.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Step {
    /// It is created.
    Open,
    /// It is approved, later than created.
    Approve,
    /// It lapses unpaid.
    Lapse,
    /// Its money becomes available.
    Release,
    /// A refund, by its number.
    Refund(usize),
    /// A mediation or chargeback opens.
    Dispute,
    /// The mediation or chargeback ends.
    Settle,
}

impl Fate {
    /// The story that a sale's number forces; such sales are card sales of the web shop.
    ///
    /// The disputes recur every thousand sales, early enough in the month to end inside it.
    pub fn forced(index: u64, payments: u64) -> Option<Self> {
        if index == UNKNOWN_DETAIL_INDEX {
            return Some(Self::Rejected(UNKNOWN_DETAIL));
        }
        if index >= payments * 2 / 5 {
            return None;
        }
        match index % 1_000 {
            40 => Some(Self::ChargebackLost),
            55 => Some(Self::ChargebackWon),
            70 => Some(Self::Mediated),
            _ => None,
        }
    }

    /// The story of a sale.
    pub fn of(index: u64, payments: u64, way: Way, draw: &mut Draw) -> Self {
        if let Some(forced) = Self::forced(index, payments) {
            return forced;
        }
        let number = draw.below(1_000);
        if way == Way::Voucher {
            return if number < 650 { Self::PaidLater } else { Self::Lapsed };
        }
        match number {
            0..=19 => Self::Refunded,
            20..=49 => Self::PartlyRefunded,
            50..=59 => Self::RefundedInParts,
            60..=139 => Self::Rejected(draw.pick(rejections(way))),
            140..=169 if way == Way::OnlineCard => Self::Reviewed,
            _ => Self::Plain,
        }
    }

    /// When a payment of this story is approved, if it is.
    pub fn approved_at(self, created: Time, draw: &mut Draw) -> Time {
        match self {
            Self::Reviewed => created.plus(2 * HOUR + draw.below_i64(30 * HOUR)),
            Self::PaidLater => created.plus(5 * HOUR + draw.below_i64(40 * HOUR)),
            _ => created.plus(INSTANT),
        }
    }

    /// Whether it is ever approved.
    pub fn is_paid(self) -> bool {
        !matches!(self, Self::Lapsed | Self::Rejected(_))
    }

    /// Shares of the gross that its refunds give back, basis points.
    pub fn refund_shares(self) -> &'static [i64] {
        match self {
            Self::Refunded => &[10_000],
            Self::PartlyRefunded => &[2_750],
            Self::RefundedInParts => &[4_000, 3_500, 2_500],
            _ => &[],
        }
    }
}

impl Sale {
    /// The moments of its story after creation, with their times.
    pub fn later_steps(&self) -> Vec<(Time, Step)> {
        let mut steps = Vec::new();
        match self.fate {
            Fate::Reviewed | Fate::PaidLater => steps.push((self.approved, Step::Approve)),
            Fate::Lapsed => steps.push((self.expires(), Step::Lapse)),
            _ => {}
        }
        if self.fate.is_paid() && self.way != Way::CardCheck {
            steps.push((self.release, Step::Release));
        }
        steps.extend(self.refunds().iter().enumerate().map(|(n, refund)| (refund.at, Step::Refund(n))));
        if matches!(self.fate, Fate::ChargebackLost | Fate::ChargebackWon | Fate::Mediated) {
            steps.push((self.disputed(), Step::Dispute));
            steps.push((self.settled(), Step::Settle));
        }
        steps
    }

    /// When an unpaid voucher lapses.
    pub fn expires(&self) -> Time {
        self.created.plus(3 * DAY)
    }

    /// When its dispute opens.
    pub fn disputed(&self) -> Time {
        self.release.plus(DAY + 3 * HOUR + 7 * MINUTE)
    }

    /// When its dispute ends.
    pub fn settled(&self) -> Time {
        self.disputed().plus(5 * DAY + 2 * HOUR)
    }
}

fn rejections(way: Way) -> &'static [&'static str] {
    match way {
        Way::Qr => &["rejected_high_risk", "am_insufficient_amount", "rejected_by_bank"],
        Way::Point => {
            &["cc_rejected_insufficient_amount", "cc_rejected_other_reason", "cc_rejected_card_disabled"]
        }
        _ => &[
            "cc_rejected_bad_filled_security_code",
            "cc_rejected_bad_filled_date",
            "cc_rejected_call_for_authorize",
            "cc_rejected_insufficient_amount",
            "cc_rejected_high_risk",
            "cc_rejected_max_attempts",
            "cc_rejected_duplicated_payment",
            "cc_rejected_time_out",
        ],
    }
}
