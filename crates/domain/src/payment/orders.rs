//! Orders of people and of the clock, and the provider's rules on them: what all kinds of orders share.
//!
//! What above a limit is ordered waits for a second person, and every rule is asked again when that one agrees.

use super::order::is_order_name;
use super::ordered::is_unnamed;
use super::refusal::Refusal;
use super::state::{Known, State};
use super::{Event, Funds, Order, OrderApproved, OrderDeclined, OrderRefused, Ordered, Requested, Stage};
use super::{Standing, Wish};
use crate::machine::Context;
use crate::text::Text;

pub(super) mod cancel;
pub(super) mod capture;
mod person;
pub(super) mod refund;

use person::is_same_person;

/// Who says what about which order.
pub(super) struct By {
    /// Name of the order.
    pub(super) request: Text,
    /// Who.
    pub(super) actor: Text,
    /// Why.
    pub(super) reason: Text,
}

/// The second person's part: not the first one, and all that held at the asking holds now.
pub(super) fn approve(
    state: Option<&State>,
    request: Text,
    funds: Funds,
    actor: Text,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let known = described(state)?;
    let order = find(known, &request)?;
    if order.approved_by.as_ref().is_some_and(|known| is_same_person(known, &actor)) {
        return Ok(Vec::new());
    }
    if order.stage != Stage::Held {
        return Err(Refusal::NotHeld { request, stage: order.stage.name() });
    }
    if is_same_person(&order.actor, &actor) {
        return Err(Refusal::SamePerson { request, actor: order.actor.clone() });
    }
    match order.wish {
        Wish::Refund { amount_minor, .. } => {
            let remaining_minor = known.refundable_minor().saturating_add(amount_minor);
            refund::check(known, amount_minor, remaining_minor, funds, context)?;
        }
        Wish::Capture { amount_minor, .. } => capture::check(known, amount_minor, context)?,
        Wish::Cancel => cancel::check(known)?,
    }
    Ok(vec![Event::OrderApproved(OrderApproved { at: context.now, request, actor })])
}

/// Anybody may say no, also who gave the order.
pub(super) fn decline(state: Option<&State>, by: By, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let By { request, actor, reason } = by;
    match &find(described(state)?, &request)?.stage {
        Stage::Held => {
            Ok(vec![Event::OrderDeclined(OrderDeclined { at: context.now, request, actor, reason })])
        }
        Stage::Declined { actor: known, .. } if is_same_person(known, &actor) => Ok(Vec::new()),
        stage @ (Stage::Open | Stage::Done { .. } | Stage::Refused { .. } | Stage::Declined { .. }) => {
            Err(Refusal::NotHeld { request, stage: stage.name() })
        }
    }
}

/// The provider refused an order: what was asked for can be asked for again.
pub(super) fn record_refusal(
    state: Option<&State>,
    request: Text,
    code: Text,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let order = find(described(state)?, &request)?;
    match &order.stage {
        Stage::Open => {}
        Stage::Done { .. } | Stage::Refused { .. } => return Ok(Vec::new()),
        stage @ (Stage::Held | Stage::Declined { .. }) => {
            return Err(Refusal::NotSent { request, stage: stage.name() });
        }
    }
    let (amount_minor, at, actor) = (order.wish.amount_minor(), context.now, Text::from("provider"));
    let refused = OrderRefused { at, request, actor, code, amount_minor };
    Ok(vec![match order.wish {
        Wish::Refund { .. } => Event::RefundRefused(refused),
        Wish::Capture { .. } => Event::CaptureRefused(refused),
        Wish::Cancel => Event::CancelRefused(refused),
    }])
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

fn find<'a>(known: &'a Known, request: &Text) -> Result<&'a Order, Refusal> {
    let order = known.asked.orders.get(request);
    order.ok_or_else(|| Refusal::UnknownOrder { request: request.clone() })
}

/// Whether an order is there already: one of the same wish is the same order, and any other has taken the name. So has
/// a refund that was made under it, when the order itself is not known: by another installation, or before the books
/// were lost and made again. What no order can be called is refused.
fn is_placed(known: &Known, request: &Text, is_same: impl Fn(&Order) -> bool) -> Result<bool, Refusal> {
    if !is_order_name(request) {
        return Err(Refusal::UnfitName { request: request.clone() });
    }
    let is_echoed = || known.keyed.refunds.iter().any(|refund| refund.order.as_ref() == Some(request));
    match known.asked.orders.get(request) {
        Some(order) if is_same(order) => Ok(true),
        None if !is_echoed() && !is_unnamed(request) => Ok(false),
        Some(_) | None => Err(Refusal::RequestTaken { request: request.clone() }),
    }
}

/// A capture and a cancellation exclude each other, and themselves.
fn check_undecided(known: &Known) -> Result<(), Refusal> {
    match known.asked.deciding() {
        Some((request, _)) => Err(Refusal::OrderOpen { request: request.clone() }),
        None => Ok(()),
    }
}

/// The fact of an order. It waits for a second person when what is at stake, with all that was moved of this payment on
/// the word of one person alone, is above the limit: an amount in parts is no way around it.
fn ordered(known: &Known, by: By, wish: Wish, at_stake_minor: i64, context: &Context<'_>) -> Ordered {
    let limit_minor = context.rules.approval_above.get(&known.described.terms.currency);
    let total_minor = known.asked.alone_minor().saturating_add(at_stake_minor);
    let By { request, actor, reason } = by;
    let (amount_minor, is_whole) = match wish {
        Wish::Refund { amount_minor, is_whole } | Wish::Capture { amount_minor, is_whole } => {
            (Some(amount_minor), is_whole)
        }
        Wish::Cancel => (None, false),
    };
    let is_held = limit_minor.is_some_and(|limit_minor| total_minor > *limit_minor);
    Ordered { at: context.now, request, actor, reason, amount_minor, is_whole, is_held }
}
