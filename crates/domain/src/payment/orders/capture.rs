//! Captures: only of a reservation, no more than is reserved, and before the reservation ends by itself.

use super::{By, check_undecided, described, is_placed, ordered};
use crate::machine::Context;
use crate::payment::refusal::Refusal;
use crate::payment::state::{Known, State};
use crate::payment::{Event, Standing, Wish};

/// A person orders a capture; `None` means all that is reserved.
pub(in crate::payment) fn request(
    state: Option<&State>,
    amount_minor: Option<i64>,
    by: By,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let known = described(state)?;
    let is_same = |wish| match (wish, amount_minor) {
        (Wish::Capture { amount_minor: known_minor, .. }, Some(amount_minor)) => known_minor == amount_minor,
        (Wish::Capture { is_whole, .. }, None) => is_whole,
        (Wish::Refund { .. } | Wish::Cancel, _) => false,
    };
    if is_placed(known, &by.request, |order| is_same(order.wish))? {
        return Ok(Vec::new());
    }
    let reserved_minor = known.described.terms.gross_minor;
    let asked_minor = amount_minor.unwrap_or(reserved_minor);
    check(known, asked_minor, context)?;
    check_undecided(known)?;
    let wish = Wish::Capture { amount_minor: asked_minor, is_whole: asked_minor == reserved_minor };
    // What is not taken is let go, as by a cancellation.
    let at_stake_minor = asked_minor.max(reserved_minor.saturating_sub(asked_minor));
    Ok(vec![Event::CaptureRequested(ordered(known, by, wish, at_stake_minor, context))])
}

/// The provider's rules, when it is asked for and again when a second person agrees.
pub(super) fn check(known: &Known, asked_minor: i64, context: &Context<'_>) -> Result<(), Refusal> {
    let standing = known.described.standing;
    if standing != Standing::Authorized {
        return Err(Refusal::NotCapturable { standing });
    }
    match known.capture_closes_at(context.rules) {
        Some(closed_at) if context.now > closed_at => return Err(Refusal::CaptureClosed { closed_at }),
        Some(_) | None => {}
    }
    if asked_minor < 0 {
        return Err(Refusal::NegativeAmount { what: "the capture", amount_minor: asked_minor });
    }
    let terms = &known.described.terms;
    if asked_minor == 0 || asked_minor > terms.gross_minor {
        let (reserved_minor, currency) = (terms.gross_minor, terms.currency);
        return Err(Refusal::AboveReserved { reserved_minor, asked_minor, currency });
    }
    Ok(())
}
