//! Refunds: only of approved money, within what remains, within the window after approval, and of money that is there.

use super::{By, described, find, is_placed, ordered};
use crate::ids::RefundId;
use crate::machine::Context;
use crate::payment::refusal::Refusal;
use crate::payment::state::{Known, State};
use crate::payment::{Event, Funds, Order, RefundAnswered, Stage, Standing, Wish};
use crate::refund::RefundStanding;
use crate::text::Text;

/// A person orders a refund; `None` means all that remains.
pub(in crate::payment) fn request(
    state: Option<&State>,
    amount_minor: Option<i64>,
    funds: Funds,
    by: By,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let known = described(state)?;
    if is_placed(known, &by.request, |order| is_same(known, order, amount_minor))? {
        return Ok(Vec::new());
    }
    let remaining_minor = known.refundable_minor();
    let asked_minor = amount_minor.unwrap_or(remaining_minor);
    if let Some(amount_minor) = amount_minor.filter(|amount_minor| *amount_minor < 0) {
        return Err(Refusal::NegativeAmount { what: "the refund", amount_minor });
    }
    check(known, asked_minor, remaining_minor, funds, context)?;
    // All that was paid remains only where nothing was returned, undecided or ordered.
    let is_whole = asked_minor == known.described.terms.gross_minor;
    let wish = Wish::Refund { amount_minor: asked_minor, is_whole };
    Ok(vec![Event::RefundRequested(ordered(known, by, wish, asked_minor, context))])
}

/// The provider's rules, when it is asked for and again when a second person agrees.
pub(super) fn check(
    known: &Known,
    asked_minor: i64,
    remaining_minor: i64,
    funds: Funds,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let standing = known.described.standing;
    if standing != Standing::Approved {
        return Err(Refusal::NotApproved { standing });
    }
    match known.refund_closes_at(context.rules) {
        Some(closed_at) if context.now > closed_at => return Err(Refusal::WindowClosed { closed_at }),
        Some(_) | None => {}
    }
    let currency = known.described.terms.currency;
    if asked_minor <= 0 || asked_minor > remaining_minor {
        return Err(Refusal::AboveRemaining { remaining_minor, asked_minor, currency });
    }
    match funds {
        Funds::Available { minor } if known.keyed.is_released() && asked_minor > minor => {
            Err(Refusal::NotEnoughFunds { available_minor: minor, asked_minor, currency })
        }
        Funds::Available { .. } | Funds::Unchecked => Ok(()),
    }
}

/// The provider answered an order with a refund. Reality wins over a refusal that was recorded before.
pub(in crate::payment) fn record(
    state: Option<&State>,
    request: Text,
    refund: RefundId,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let known = described(state)?;
    let order = find(known, &request)?;
    if order.refund_minor().is_none() {
        return Err(Refusal::UnknownOrder { request });
    }
    match &order.stage {
        Stage::Open | Stage::Refused { .. } => {}
        Stage::Done { .. } => return Ok(Vec::new()),
        stage @ (Stage::Held | Stage::Declined { .. }) => {
            return Err(Refusal::NotSent { request, stage: stage.name() });
        }
    }
    let named = known.keyed.refund(&refund).and_then(|mention| mention.order.as_ref());
    let other = named.or_else(|| known.asked.order_of(&refund)).filter(|other| **other != request);
    if let Some(other) = other {
        return Err(Refusal::RefundTaken { refund, request: other.clone() });
    }
    Ok(vec![Event::RefundAnswered(RefundAnswered { at: context.now, request, refund })])
}

/// Whether an order that has the name wants the same. All that remains is what would remain without it.
fn is_same(known: &Known, order: &Order, amount_minor: Option<i64>) -> bool {
    match (order.wish, amount_minor) {
        (Wish::Refund { amount_minor: known_minor, .. }, Some(amount_minor)) => known_minor == amount_minor,
        (Wish::Refund { is_whole: true, .. }, None) => true,
        (Wish::Refund { amount_minor, is_whole: false }, None) => {
            amount_minor == known.refundable_minor().saturating_add(taken_minor(known, order))
        }
        (Wish::Capture { .. } | Wish::Cancel, _) => false,
    }
}

/// What an order takes of what remains, minor units: its own amount until its refund is told, and then what that is.
fn taken_minor(known: &Known, order: &Order) -> i64 {
    let amount_minor = order.refund_minor().unwrap_or_default();
    match &order.stage {
        Stage::Held | Stage::Open => amount_minor,
        Stage::Done { refund } => match refund.as_ref().and_then(|refund| known.keyed.refund(refund)) {
            None => amount_minor,
            Some(told) => match told.standing {
                RefundStanding::InProcess | RefundStanding::Approved => told.amount_minor,
                RefundStanding::Cancelled | RefundStanding::Rejected => 0,
            },
        },
        Stage::Refused { .. } | Stage::Declined { .. } => 0,
    }
}
