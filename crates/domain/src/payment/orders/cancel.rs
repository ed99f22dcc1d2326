//! Cancellations: only of a payment that is not decided. An authorised one releases its reservation.

use super::{By, check_undecided, described, is_placed, ordered};
use crate::machine::Context;
use crate::payment::refusal::Refusal;
use crate::payment::state::{Known, State};
use crate::payment::{Event, Standing, Wish};

/// A person orders a cancellation.
pub(in crate::payment) fn request(
    state: Option<&State>,
    by: By,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let known = described(state)?;
    if is_placed(known, &by.request, |order| order.wish == Wish::Cancel)? {
        return Ok(Vec::new());
    }
    check(known)?;
    check_undecided(known)?;
    // Only a reservation is money that somebody could want back.
    let is_reserved = known.described.standing == Standing::Authorized;
    let at_stake_minor = if is_reserved { known.described.terms.gross_minor } else { 0 };
    Ok(vec![Event::CancelRequested(ordered(known, by, Wish::Cancel, at_stake_minor, context))])
}

/// The provider's rules, when it is asked for and again when a second person agrees.
pub(super) fn check(known: &Known) -> Result<(), Refusal> {
    let standing = known.described.standing;
    if Wish::Cancel.is_possible(standing) { Ok(()) } else { Err(Refusal::NotCancellable { standing }) }
}
