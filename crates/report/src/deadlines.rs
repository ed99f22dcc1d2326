//! What falls due within some days, one row each: refund windows, expiries of unconfirmed payments, capture windows,
//! requests to charge, documents of chargebacks, tokens, and attempts to be paid that nobody knows the end of.
//!
//! What is still open although its time is over is listed too, as overdue, but for refund windows: every old payment
//! has one that is closed.

use chrono::TimeDelta;
use domain::chargeback;
use domain::currency::Currency;
use domain::intent;
use domain::machine::Instant;
use domain::obligation::{self, Mark};
use domain::payment::Standing;
use domain::payment::state::Known;
use domain::rules::Rules;
use domain::stream::StreamId;
use domain::text::Text;

use crate::listing::{Cell, Column, Listing, numbers, words, writers};
use crate::words::Word;

pub mod alert;

/// Longer than an attempt to be paid takes, with every repetition of its call.
const ANSWER: TimeDelta = TimeDelta::minutes(5);

/// What falls due. The order is that of rows of one instant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum DeadlineKind {
    /// The last instant of a refund.
    RefundWindow,
    /// An unconfirmed payment lapses.
    Confirmation,
    /// The last instant of a capture.
    CaptureWindow,
    /// A request to charge lapses.
    Intent,
    /// The last instant of a chargeback's documents.
    ChargebackDocuments,
    /// A seller's token ends.
    Token,
    /// The provider should have answered an attempt to be paid, and nobody knows whether it was made.
    Attempt,
}

/// Something that falls due.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeadlineRow {
    /// When.
    pub due_at: Instant,
    /// What.
    pub kind: DeadlineKind,
    /// Whose.
    pub seller: Text,
    /// The provider's id of the thing; of a token, the application it was made through; of an attempt, our own of what is
    /// owed.
    pub id: Text,
    /// Where the thing stands, in our words.
    pub standing: Text,
    /// What can be refunded, captured, paid or lost, minor units.
    pub amount_minor: Option<i64>,
    /// Currency of the amount.
    pub currency: Option<Currency>,
    /// The shop's own reference.
    pub reference: Option<Text>,
    /// Whether its time is over already.
    pub is_overdue: bool,
}

/// A link to a seller's account as far as its end goes. Holds no token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TokenEnd {
    /// Whose account.
    pub seller: Text,
    /// The application it was made through; imported tokens name none.
    pub application: Option<Text>,
    /// Where the link stands, in our words.
    pub standing: Text,
    /// When the token runs out.
    pub expires_at: Instant,
}

/// The time that is looked at: from an instant on, both ends included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Horizon {
    as_of: Instant,
    until: Instant,
}

impl Horizon {
    /// So many times 24 hours from an instant on.
    #[must_use]
    pub fn new(as_of: Instant, days: u32) -> Self {
        let until = as_of.checked_add_signed(TimeDelta::days(days.into())).unwrap_or(Instant::MAX_UTC);
        Self { as_of, until }
    }

    /// Whether a payment's refund window closes, it lapses, or its reservation ends. Where it stands says which.
    #[must_use]
    pub fn payment(&self, stream: &StreamId, known: &Known, rules: &Rules) -> Option<DeadlineRow> {
        let standing = known.described.standing;
        let (kind, due_at, amount_minor) = match standing {
            Standing::Approved if unsent_minor(known) > 0 => {
                let due_at = known.refund_closes_at(rules).filter(|at| *at >= self.as_of)?;
                (DeadlineKind::RefundWindow, due_at, unsent_minor(known))
            }
            Standing::AwaitingPayer | Standing::InReview if !known.asked.expired => {
                let due_at = known.lapses_at(rules.confirmation_window)?;
                (DeadlineKind::Confirmation, due_at, known.described.terms.gross_minor)
            }
            Standing::Authorized => {
                let due_at = known.capture_closes_at(rules)?;
                (DeadlineKind::CaptureWindow, due_at, known.described.terms.gross_minor)
            }
            _ => return None,
        };
        let row = self.row(due_at, kind, stream, standing.name())?;
        Some(DeadlineRow {
            amount_minor: Some(amount_minor),
            currency: Some(known.described.terms.currency),
            reference: known.described.profile.reference.clone(),
            ..row
        })
    }

    /// Whether a request to charge lapses that nobody decided.
    #[must_use]
    pub fn intent(&self, stream: &StreamId, state: &intent::state::State) -> Option<DeadlineRow> {
        if state.progress().is_final() || state.presumed.is_some() {
            return None;
        }
        let profile = state.profile();
        let row = self.row(state.ends_at(None)?, DeadlineKind::Intent, stream, state.progress().name())?;
        Some(DeadlineRow {
            amount_minor: profile.terms.as_ref().map(|terms| terms.amount_minor),
            currency: profile.terms.as_ref().and_then(|terms| terms.currency),
            reference: profile.reference,
            ..row
        })
    }

    /// Whether the documents of a case are due.
    #[must_use]
    pub fn chargeback(&self, stream: &StreamId, state: &chargeback::machine::State) -> Option<DeadlineRow> {
        let due_at = state.documents_until()?;
        let row = self.row(due_at, DeadlineKind::ChargebackDocuments, stream, state.standing.name())?;
        let (amount_minor, currency) = (Some(state.case.amount_minor), Some(state.case.currency));
        Some(DeadlineRow { amount_minor, currency, ..row })
    }

    /// Whether an attempt at something that is owed should have been answered. One that is still under way is no news.
    #[must_use]
    pub fn attempt(&self, stream: &StreamId, state: &obligation::state::State) -> Option<DeadlineRow> {
        let asked = &state.open()?.asked;
        let row = self.row(asked.at + ANSWER, DeadlineKind::Attempt, stream, "open")?;
        let reference = match &asked.terms.mark {
            Mark::Reference(reference) => Some(reference.clone()),
            Mark::Payer(_) => None,
        };
        let (amount_minor, currency) = (Some(asked.terms.amount_minor), Some(asked.terms.currency));
        row.is_overdue.then_some(DeadlineRow { amount_minor, currency, reference, ..row })
    }

    /// Whether a token ends.
    #[must_use]
    pub fn token(&self, token: TokenEnd) -> Option<DeadlineRow> {
        let TokenEnd { seller, application, standing, expires_at } = token;
        let is_overdue = self.overdue(expires_at)?;
        Some(DeadlineRow {
            due_at: expires_at,
            kind: DeadlineKind::Token,
            seller,
            id: application.unwrap_or_default(),
            standing,
            amount_minor: None,
            currency: None,
            reference: None,
            is_overdue,
        })
    }

    fn row(
        &self,
        due_at: Instant,
        kind: DeadlineKind,
        stream: &StreamId,
        standing: &str,
    ) -> Option<DeadlineRow> {
        let is_overdue = self.overdue(due_at)?;
        Some(DeadlineRow {
            due_at,
            kind,
            seller: stream.seller().into(),
            id: stream.id().into(),
            standing: standing.into(),
            amount_minor: None,
            currency: None,
            reference: None,
            is_overdue,
        })
    }

    /// Whether an end has passed; `None` when it is too far ahead to be told.
    fn overdue(&self, due_at: Instant) -> Option<bool> {
        (due_at <= self.until).then_some(due_at < self.as_of)
    }
}

/// What can be refunded, with what waits for a second person: that is not on its way, and the window closes on it too.
fn unsent_minor(known: &Known) -> i64 {
    let held = known.asked.waiting().filter_map(|(_, order)| order.refund_minor());
    held.fold(known.refundable_minor(), i64::saturating_add)
}

/// Puts rows in the order in which they fall due.
pub fn sort(rows: &mut [DeadlineRow]) {
    rows.sort_by(|a, b| (a.due_at, a.kind, &a.seller, &a.id).cmp(&(b.due_at, b.kind, &b.seller, &b.id)));
}

impl DeadlineKind {
    /// Its word in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RefundWindow => "refund_window",
            Self::Confirmation => "confirmation",
            Self::CaptureWindow => "capture_window",
            Self::Intent => "intent",
            Self::ChargebackDocuments => "chargeback_documents",
            Self::Token => "token",
            Self::Attempt => "attempt",
        }
    }
}

impl Listing for DeadlineRow {
    const NAME: &'static str = "deadlines";
    const FILE: &'static str = "deadlines.csv";
    const COLUMNS: &'static [Column] = &[
        words("due_at", Word::Due),
        words("kind", Word::Kind),
        words("seller", Word::Seller),
        words("id", Word::Id),
        words("standing", Word::Standing),
        numbers("amount", Word::Amount),
        words("currency", Word::Currency),
        words("reference", Word::Reference),
        words("overdue", Word::Overdue),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::At(self.due_at),
            Cell::text(self.kind.name()),
            Cell::text(&self.seller),
            Cell::text(&self.id),
            Cell::text(&self.standing),
            Cell::maybe_amount(self.amount_minor, self.currency),
            Cell::maybe_currency(self.currency),
            Cell::maybe(self.reference.as_ref()),
            Cell::Flag(self.is_overdue),
        ]
    }
}

writers!(DeadlineRow);

#[cfg(test)]
mod tests;
