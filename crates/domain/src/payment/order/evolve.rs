//! What facts make of the orders of a payment.

use super::{Asked, Order, Stage, Wish};
use crate::ids::RefundId;
use crate::payment::ordered::{OrderRefused, Ordered, is_unnamed};
use crate::payment::state::Keyed;
use crate::payment::{Event, Standing};
use crate::text::Text;

impl Asked {
    /// Takes a fact about an order, or the clock's; false when it cannot follow.
    pub(in crate::payment) fn evolve(&mut self, event: &Event) -> bool {
        match event {
            Event::RefundRequested(e) => {
                let is_whole = e.is_whole;
                self.ask(e, e.amount_minor.map(|amount_minor| Wish::Refund { amount_minor, is_whole }))
            }
            Event::CaptureRequested(e) => {
                let is_whole = e.is_whole;
                self.ask(e, e.amount_minor.map(|amount_minor| Wish::Capture { amount_minor, is_whole }))
            }
            Event::CancelRequested(e) => self.ask(e, Some(Wish::Cancel)),
            Event::OrderApproved(e) => self.advance(&e.request, |order| {
                order.approved_by = Some(e.actor.clone());
                (order.stage == Stage::Held).then_some(Stage::Open)
            }),
            Event::OrderDeclined(e) => self.advance(&e.request, |order| {
                let (actor, reason) = (e.actor.clone(), e.reason.clone());
                (order.stage == Stage::Held).then_some(Stage::Declined { actor, reason })
            }),
            Event::RefundRefused(e) => self.refuse(e, |wish| matches!(wish, Wish::Refund { .. })),
            Event::CaptureRefused(e) => self.refuse(e, |wish| matches!(wish, Wish::Capture { .. })),
            Event::CancelRefused(e) => self.refuse(e, |wish| matches!(wish, Wish::Cancel)),
            Event::RefundAnswered(e) => match self.orders.get_mut(&e.request) {
                Some(order)
                    if order.refund_minor().is_some()
                        && matches!(order.stage, Stage::Open | Stage::Refused { .. }) =>
                {
                    order.stage = Stage::Done { refund: Some(e.refund.clone()) };
                    true
                }
                Some(_) | None => false,
            },
            Event::PresumedExpired(_) => {
                self.expired = true;
                true
            }
            _ => false,
        }
    }

    /// Refunds name the orders they were made for, whatever became of those by our own knowledge.
    pub(in crate::payment) fn echo(&mut self, keyed: &Keyed) {
        for mention in &keyed.refunds {
            let named = mention.order.as_ref().and_then(|request| self.orders.get_mut(request));
            if let Some(order) = named.filter(|order| order.refund_minor().is_some()) {
                order.became(&mention.refund, |refund| keyed.refund(refund).is_some());
            }
        }
    }

    /// The payment stands somewhere: that can be the end of a cancellation or a capture.
    pub(in crate::payment) fn show(&mut self, standing: Standing) {
        let is_cancelled = matches!(standing, Standing::Cancelled | Standing::Expired);
        for order in self.orders.values_mut().filter(|order| order.stage == Stage::Open) {
            let is_shown = match order.wish {
                Wish::Refund { .. } => false,
                Wish::Capture { .. } => standing.is_credited(),
                Wish::Cancel => is_cancelled,
            };
            if is_shown {
                order.stage = Stage::Done { refund: None };
            }
        }
    }

    fn ask(&mut self, asked: &Ordered, wish: Option<Wish>) -> bool {
        if is_unnamed(&asked.request) {
            return true;
        }
        let Some(wish) = wish.filter(|_| !self.orders.contains_key(&asked.request)) else { return false };
        let order = Order {
            wish,
            at: asked.at,
            actor: asked.actor.clone(),
            reason: asked.reason.clone(),
            approved_by: None,
            stage: if asked.is_held { Stage::Held } else { Stage::Open },
        };
        self.orders.insert(asked.request.clone(), order);
        true
    }

    fn refuse(&mut self, refused: &OrderRefused, is_meant: impl Fn(Wish) -> bool) -> bool {
        is_unnamed(&refused.request)
            || self.advance(&refused.request, |order| {
                let code = refused.code.clone();
                (is_meant(order.wish) && order.stage == Stage::Open).then_some(Stage::Refused { code })
            })
    }

    fn advance(&mut self, request: &Text, next: impl Fn(&mut Order) -> Option<Stage>) -> bool {
        let Some(order) = self.orders.get_mut(request) else { return false };
        let Some(stage) = next(order) else { return false };
        order.stage = stage;
        true
    }
}

impl Order {
    /// A refund names it. Of several the first by id counts as the order's; but one that it was answered with and that is
    /// not told yet stays, because nothing else keeps its amount.
    fn became(&mut self, refund: &RefundId, is_told: impl Fn(&RefundId) -> bool) {
        let first = match &self.stage {
            Stage::Done { refund: Some(answered) } if !is_told(answered) => answered,
            Stage::Done { refund: Some(known) } => known.min(refund),
            Stage::Done { refund: None }
            | Stage::Held
            | Stage::Open
            | Stage::Refused { .. }
            | Stage::Declined { .. } => refund,
        };
        self.stage = Stage::Done { refund: Some(first.clone()) };
    }
}
