//! Which ways a payment goes by the provider's own rules, on one screen.
//!
//! Source: the provider's status tables, capture and cancellation guides. An observation may show a standing
//! several steps on, so a way is listed when it can be walked. Everything else is applied all the same and
//! marked as outside the rules.

use super::Standing;

impl Standing {
    /// All standings, by rank: the order that decides between statements of the same time.
    pub const ALL: [Self; 12] = [
        Self::AwaitingPayer,
        Self::InReview,
        Self::Authorized,
        Self::Rejected,
        Self::Cancelled,
        Self::Expired,
        Self::Approved,
        Self::Disputed,
        Self::Refunded,
        Self::ChargebackOpen,
        Self::ChargebackLost,
        Self::ChargebackReimbursed,
    ];

    /// Standings the provider can go to in one step.
    #[must_use]
    pub fn next(self) -> &'static [Self] {
        use Standing as S;
        match self {
            S::AwaitingPayer => {
                &[S::InReview, S::Authorized, S::Rejected, S::Cancelled, S::Expired, S::Approved]
            }
            S::InReview => &[S::Authorized, S::Rejected, S::Cancelled, S::Expired, S::Approved],
            S::Authorized => &[S::Cancelled, S::Expired, S::Approved],
            S::Approved => &[S::Disputed, S::Refunded, S::ChargebackOpen],
            S::Disputed => &[S::Approved, S::Refunded],
            S::ChargebackOpen => &[S::ChargebackLost, S::ChargebackReimbursed],
            S::Rejected
            | S::Cancelled
            | S::Expired
            | S::Refunded
            | S::ChargebackLost
            | S::ChargebackReimbursed => &[],
        }
    }

    /// Whether the provider's rules list a way from here to there, in any number of steps.
    #[must_use]
    pub fn leads_to(self, to: Self) -> bool {
        // The only cycle is approved <-> disputed, and nothing is more than five steps away.
        fn walk(from: Standing, to: Standing, steps: u8) -> bool {
            from == to || (steps > 0 && from.next().iter().any(|next| walk(*next, to, steps - 1)))
        }
        walk(self, to, 5)
    }

    /// Whether the money of the sale is credited to the seller while a payment stands here.
    #[must_use]
    pub fn is_credited(self) -> bool {
        match self {
            Self::Approved
            | Self::Disputed
            | Self::Refunded
            | Self::ChargebackOpen
            | Self::ChargebackLost
            | Self::ChargebackReimbursed => true,
            Self::AwaitingPayer
            | Self::InReview
            | Self::Authorized
            | Self::Rejected
            | Self::Cancelled
            | Self::Expired => false,
        }
    }

    /// The name of the standing, as reports and errors print it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AwaitingPayer => "awaiting_payer",
            Self::InReview => "in_review",
            Self::Authorized => "authorized",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Approved => "approved",
            Self::Disputed => "disputed",
            Self::Refunded => "refunded",
            Self::ChargebackOpen => "chargeback_open",
            Self::ChargebackLost => "chargeback_lost",
            Self::ChargebackReimbursed => "chargeback_reimbursed",
        }
    }
}
