//! Posting rules: what each fact moves in the books.
//!
//! The API tells what was sold, charged and returned; those facts post against the pending balance (1121) only.
//! A payment's release rows only move money between pending (1121), available (1120) and held (1122). So what an
//! accountant writes as one entry of a refund or a lost dispute is here the sum of entries with different
//! evidence, and each source of evidence can be proven by itself.
//!
//! A subscription charge that pays for months to come is sold by its payment, deferred, and earned month by month by
//! facts of the subscription.
//!
//! A reversal posts the booking it reverses with every line negated; with the policy of the booking the two
//! cancel exactly. Nothing here reads a state or a clock: the fact carries all the money it moves.

use domain::currency::Currency;
use domain::fact::Fact;
use domain::machine::Instant;
use domain::money::MoneyError;
use domain::stream::StreamId;
use domain::{movement, payment, refund};

use crate::journal::{Evidence, Heading, InvalidEntry, JournalEntry};
use crate::policy::Policy;
use draft::Draft;

mod booking;
mod draft;
mod revenue;
mod row;

/// A fact that cannot be posted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{fact}` of {stream} cannot be posted")]
pub struct PostError {
    /// Whose history.
    pub stream: StreamId,
    /// Stored name of the fact.
    pub fact: &'static str,
    /// What is wrong with its money.
    pub source: Unpostable,
}

/// What is wrong with the money of a fact.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unpostable {
    /// A tax share cannot be computed.
    #[error("the VAT share of {amount_minor} minor units cannot be computed")]
    Tax {
        /// The amount that includes the tax, minor units.
        amount_minor: i64,
        /// Why not.
        source: MoneyError,
    },
    /// The lines make no entry.
    #[error("the lines make no entry")]
    Entry(#[source] InvalidEntry),
}

/// What a fact moves: the cause that names the entry, its day and its lines.
struct Posting {
    cause: String,
    at: Instant,
    currency: Currency,
    evidence: Evidence,
    draft: Draft,
}

/// The entry of a fact; `None` when it moves no money.
///
/// # Errors
/// When an amount does not fit 64 bits of minor units.
pub fn post(stream: &StreamId, fact: &Fact, policy: &Policy) -> Result<Option<JournalEntry>, PostError> {
    let failed = |source| PostError { stream: stream.clone(), fact: fact.name(), source };
    let books = Books { policy, vat: policy.vat_percent(stream.seller()) };
    let Some(posting) = books.posting(stream, fact).map_err(failed)? else { return Ok(None) };
    let lines = posting.draft.into_lines().map_err(|e| failed(Unpostable::Entry(e)))?;
    if lines.is_empty() {
        return Ok(None);
    }
    let heading = Heading {
        stream: stream.clone(),
        fact: fact.name().into(),
        at: posting.at,
        currency: posting.currency,
        evidence: posting.evidence,
        policy: policy.version(),
    };
    JournalEntry::new(heading, &posting.cause, lines).map(Some).map_err(|e| failed(Unpostable::Entry(e)))
}

/// The policy as it stands for one seller.
struct Books<'a> {
    policy: &'a Policy,
    /// Percent.
    vat: rust_decimal::Decimal,
}

impl Books<'_> {
    fn posting(&self, stream: &StreamId, fact: &Fact) -> Result<Option<Posting>, Unpostable> {
        match fact {
            // What people ask for, agree on or argue about moves nothing until a payment or refund says so.
            Fact::Intent(_) | Fact::Plan(_) | Fact::Chargeback(_) | Fact::Obligation(_) => Ok(None),
            Fact::Preapproval(event) => Ok(revenue::posting(event)),
            Fact::Payment(event) => self.payment(event),
            Fact::Refund(event) => self.refund(event),
            Fact::Movement(movement::Event::Booked(booked)) => Ok(Some(row::movement(stream, &booked.row))),
        }
    }

    fn payment(&self, event: &payment::Event) -> Result<Option<Posting>, Unpostable> {
        use payment::Event::{
            Approved, Authorized, AwaitedPayer, CancelRefused, CancelRequested, Cancelled, CaptureRefused,
            CaptureRequested, Captured, ChargebackLost, ChargebackOpened, ChargebackReimbursed,
            ChargesReturnReversed, ChargesReturned, DisputeClosed, DisputeOpened, Expired, FullyRefunded,
            LossBooked, LossReversed, Opened, OrderApproved, OrderDeclined, PlacedInReview, PresumedExpired,
            Reaffirmed, Redescribed, RefundAnswered, RefundForetold, RefundIdentified, RefundNamed,
            RefundRefused, RefundRequested, RefundUnidentified, RefundsAccumulated, Reinstated, Rejected,
            Released, Restated, SaleReversed,
        };
        match event {
            Approved(approved) => approved.sale.as_ref().map(|sale| self.sale(sale)).transpose(),
            Restated(booked) => self.sale(&booked.sale).map(Some),
            SaleReversed(booked) => self.sale(&booked.sale).map(Posting::reversed).map(Some),
            LossBooked(loss) => Ok(Some(booking::loss(loss))),
            LossReversed(loss) => Ok(Some(booking::loss(loss).reversed())),
            ChargesReturned(returned) => self.charges_returned(returned).map(Some),
            ChargesReturnReversed(returned) => {
                self.charges_returned(returned).map(Posting::reversed).map(Some)
            }
            RefundUnidentified(amount) => Ok(Some(booking::unidentified(amount))),
            RefundIdentified(amount) => Ok(Some(booking::unidentified(amount).reversed())),
            Released(released) => Ok(Some(row::release(&released.release))),
            // Standings and words: the money that follows from them has facts of its own.
            Opened(_)
            | PlacedInReview(_)
            | AwaitedPayer(_)
            | Authorized(_)
            | Captured(_)
            | Reinstated(_)
            | Rejected(_)
            | Cancelled(_)
            | Expired(_)
            | DisputeOpened(_)
            | DisputeClosed(_)
            | FullyRefunded(_)
            | ChargebackOpened(_)
            | ChargebackLost(_)
            | ChargebackReimbursed(_)
            | RefundsAccumulated(_)
            | RefundNamed(_)
            | RefundForetold(_)
            | Redescribed(_)
            | Reaffirmed(_)
            | RefundRequested(_)
            | RefundRefused(_)
            | RefundAnswered(_)
            | CancelRequested(_)
            | CancelRefused(_)
            | CaptureRequested(_)
            | CaptureRefused(_)
            | OrderApproved(_)
            | OrderDeclined(_)
            | PresumedExpired(_) => Ok(None),
        }
    }

    fn refund(&self, event: &refund::Event) -> Result<Option<Posting>, Unpostable> {
        use refund::Event::{
            Approved, Cancelled, ChargeReturnReversed, ChargeReturned, Opened, Rejected, Reversed,
        };
        match event {
            Approved(stood) => self.refunded(stood).map(Some),
            Reversed(stood) => self.refunded(stood).map(Posting::reversed).map(Some),
            ChargeReturned(returned) => self.charge_returned(returned).map(Some),
            ChargeReturnReversed(returned) => self.charge_returned(returned).map(Posting::reversed).map(Some),
            Opened(_) | Rejected(_) | Cancelled(_) => Ok(None),
        }
    }
}

impl Posting {
    /// The exact mirror: the same cause and day, every line negated.
    fn reversed(self) -> Self {
        Self { draft: self.draft.reversed(), ..self }
    }
}

#[cfg(test)]
mod tests;
