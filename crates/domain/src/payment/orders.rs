//! Orders of people and of the clock, and the provider's rules on them.

use super::refusal::Refusal;
use super::state::{Known, State};
use super::{Event, Requested, Standing};
use crate::machine::Context;
use crate::text::Text;

/// A refund: only of approved money, within what remains, and within the window after approval.
pub(super) fn refund(
    state: Option<&State>,
    amount_minor: Option<i64>,
    actor: Text,
    reason: Text,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let known = described(state)?;
    let standing = known.described.standing;
    if standing != Standing::Approved {
        return Err(Refusal::NotApproved { standing });
    }
    match known.refund_closes_at(context.rules) {
        Some(closed_at) if context.now > closed_at => return Err(Refusal::WindowClosed { closed_at }),
        Some(_) | None => {}
    }
    let remaining_minor = known.refundable_minor();
    let asked_minor = amount_minor.unwrap_or(remaining_minor);
    let currency = known.described.terms.currency;
    if let Some(amount_minor) = amount_minor.filter(|amount_minor| *amount_minor < 0) {
        return Err(Refusal::NegativeAmount { what: "the refund", amount_minor });
    }
    if asked_minor <= 0 || asked_minor > remaining_minor {
        return Err(Refusal::AboveRemaining { remaining_minor, asked_minor, currency });
    }
    let amount_minor = Some(asked_minor);
    Ok(vec![Event::RefundRequested(Requested { at: context.now, actor, reason, amount_minor })])
}

/// The provider refused a refund; what was asked for can be asked for again.
pub(super) fn refund_refused(
    state: Option<&State>,
    code: Text,
    amount_minor: i64,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let known = described(state)?;
    if !known.asked.refunds_minor.contains(&amount_minor) {
        return Ok(Vec::new());
    }
    let (at, actor) = (context.now, Text::from("provider"));
    let amount_minor = Some(amount_minor);
    Ok(vec![Event::RefundRefused(Requested { at, actor, reason: code, amount_minor })])
}

/// A cancellation: only of a payment that is not decided. An authorised one releases its reservation.
pub(super) fn cancel(
    state: Option<&State>,
    actor: Text,
    reason: Text,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let known = described(state)?;
    match known.described.standing {
        Standing::AwaitingPayer | Standing::InReview | Standing::Authorized => {}
        standing @ (Standing::Rejected
        | Standing::Cancelled
        | Standing::Expired
        | Standing::Approved
        | Standing::Disputed
        | Standing::Refunded
        | Standing::ChargebackOpen
        | Standing::ChargebackLost
        | Standing::ChargebackReimbursed) => return Err(Refusal::NotCancellable { standing }),
    }
    if known.asked.cancel {
        return Ok(Vec::new());
    }
    Ok(vec![Event::CancelRequested(Requested { at: context.now, actor, reason, amount_minor: None })])
}

/// A capture: only of a reservation, no more than is reserved, and before the reservation ends by itself.
pub(super) fn capture(
    state: Option<&State>,
    amount_minor: Option<i64>,
    actor: Text,
    reason: Text,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let known = described(state)?;
    let standing = known.described.standing;
    if standing != Standing::Authorized {
        return Err(Refusal::NotCapturable { standing });
    }
    match known.capture_closes_at(context.rules) {
        Some(closed_at) if context.now > closed_at => return Err(Refusal::CaptureClosed { closed_at }),
        Some(_) | None => {}
    }
    let terms = &known.described.terms;
    let asked_minor = amount_minor.unwrap_or(terms.gross_minor);
    if let Some(amount_minor) = amount_minor.filter(|amount_minor| *amount_minor < 0) {
        return Err(Refusal::NegativeAmount { what: "the capture", amount_minor });
    }
    if asked_minor == 0 || asked_minor > terms.gross_minor {
        let (reserved_minor, currency) = (terms.gross_minor, terms.currency);
        return Err(Refusal::AboveReserved { reserved_minor, asked_minor, currency });
    }
    if known.asked.capture {
        return Ok(Vec::new());
    }
    let amount_minor = Some(asked_minor);
    Ok(vec![Event::CaptureRequested(Requested { at: context.now, actor, reason, amount_minor })])
}

/// The clock's part: an unconfirmed payment lapses at its own date, or 30 days after its creation.
pub(super) fn presume_expired(state: Option<&State>, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let known = described(state)?;
    let standing = known.described.standing;
    if !matches!(standing, Standing::AwaitingPayer | Standing::InReview) {
        return Err(Refusal::NotCancellable { standing });
    }
    if known.asked.expired {
        return Ok(Vec::new());
    }
    match known.lapses_at(context.rules.confirmation_window) {
        Some(due_at) if context.now < due_at => Err(Refusal::NotDue { due_at }),
        Some(due_at) => Ok(vec![Event::PresumedExpired(Requested {
            at: due_at,
            actor: "clock".into(),
            reason: "unconfirmed past its life".into(),
            amount_minor: None,
        })]),
        None => Ok(Vec::new()),
    }
}

fn described(state: Option<&State>) -> Result<&Known, Refusal> {
    state.and_then(State::known).ok_or(Refusal::Unknown)
}
