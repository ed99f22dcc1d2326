//! Drawn business: sales over a span of days, each with its story, and payouts to the seller's bank each week.

use chrono::{Days, TimeDelta};

use crate::agenda::What;
use crate::charge::{Charge, Extra, Outcome};
use crate::fate::{Plan, Story, plan};
use crate::payment::{Channel, Method, Operation};
use crate::site::Place;
use crate::time::plus_ms;
use crate::world::World;

/// The terminal of drawn sales.
const TERMINAL: &str = "PAX_A910__SMARTPOS1490000001";
/// Days until a drawn voucher lapses.
const VOUCHER_DAYS: u64 = 3;
/// Cost of a payout, minor units.
const PAYOUT_FEE_MINOR: i64 = 300;
/// A payout is whole thousands of the major unit; a smaller balance is not paid out. Minor units.
const PAYOUT_STEP_MINOR: i64 = 100_000;

impl World {
    /// Draws sales of a seller over the days to come. They are made when the clock gets there.
    pub(crate) fn draw_sales(&mut self, seller: u64, count: u64, days: u32) {
        let start = self.now();
        let span_ms = i64::from(days) * 86_400_000;
        let slot_ms = (span_ms / i64::try_from(count.max(1)).unwrap_or(i64::MAX)).max(1);
        for place in 0..count {
            let number = self.drawn + place;
            let slot = i64::try_from(place).unwrap_or(i64::MAX).saturating_mul(slot_ms);
            let at = plus_ms(start, slot.saturating_add(self.draw.below_i64(slot_ms)).min(span_ms));
            // A dispute needs the rest of the span to end in it.
            let early = place < count * 2 / 5;
            self.agenda.note(at, What::Sell { seller, number, early });
        }
        self.drawn += count;
        for week in 1..=u64::from(days) / 7 {
            self.agenda.note(start + Days::new(week * 7), What::PayOut { seller });
        }
    }

    /// Makes a drawn sale and notes what becomes of it.
    pub(crate) fn sell_drawn(&mut self, seller: u64, number: u64, early: bool) {
        let site = self.seller(seller).site;
        let plan = plan(self.seed, site, number, early);
        let expires = (plan.way.place == Place::Voucher).then(|| self.now() + Days::new(VOUCHER_DAYS));
        let story = plan.story;
        let charged = self.charge_with(charge(seller, plan), Extra { expires, ..Extra::default() });
        let (id, now) = (charged.id, self.now());
        let mut note = |after_ms: i64, what: What| self.agenda.note(plus_ms(now, after_ms), what);
        match story {
            Story::Plain | Story::Rejected(_) | Story::Voucher { paid_after_ms: None } => {}
            Story::Reviewed { after_ms, approved: true } => note(after_ms, What::Approve(id)),
            Story::Reviewed { after_ms, approved: false } => note(after_ms, What::Reject(id)),
            Story::Voucher { paid_after_ms: Some(after_ms) } => note(after_ms, What::Approve(id)),
            Story::Refunded { shares_bps, after_ms } => {
                for (share_bps, day) in shares_bps.iter().zip(0..) {
                    let after_ms = after_ms + day * TimeDelta::days(1).num_milliseconds();
                    note(after_ms, What::Refund { payment: id, share_bps: *share_bps });
                }
            }
            Story::Disputed { chargeback, won, after_ms } => {
                note(after_ms, What::Dispute { payment: id, chargeback, days: 5, won });
            }
        }
    }

    /// Pays out four fifths of what is available, in whole thousands.
    pub(crate) fn pay_out(&mut self, seller: u64) {
        let available = self.seller(seller).account.available_minor;
        let minor = available / 5 * 4 / PAYOUT_STEP_MINOR * PAYOUT_STEP_MINOR;
        if minor <= 0 {
            return;
        }
        let at = self.moment();
        let owner = self.seller_mut(seller);
        owner.payouts += 1;
        // Numbers of payouts share their space with payments and must not meet them.
        let payout = 2_026_101_000_000 + seller % 100_000 * 1_000_000 + owner.payouts;
        let reference = format!("COELSA{:010}", 7_700_000 + owner.payouts);
        owner.account.pay_out(at, payout, &reference, minor, PAYOUT_FEE_MINOR);
    }
}

fn charge(seller: u64, plan: Plan) -> Charge {
    let Plan { way, installments, amount_minor, reference, story } = plan;
    let (operation, channel, description) = match way.place {
        Place::Online | Place::Voucher => (Operation::Regular, Channel::Online, "Compra en la tienda"),
        Place::Qr => {
            let (store, pos) = ("51234567".to_owned(), "84512301".to_owned());
            (Operation::Regular, Channel::Qr { store, pos }, "Venta con QR")
        }
        Place::Point => {
            let (serial, store) = (TERMINAL.to_owned(), Some("51234567".to_owned()));
            (Operation::PointOfSale, Channel::Point { serial, store, pos: None }, "Venta en el local")
        }
    };
    let outcome = match story {
        Story::Plain | Story::Refunded { .. } | Story::Disputed { .. } => Outcome::Approved,
        Story::Reviewed { .. } => Outcome::InReview("pending_review_manual"),
        Story::Voucher { .. } => Outcome::Pending("pending_waiting_payment"),
        Story::Rejected(detail) => Outcome::Rejected(detail),
    };
    Charge {
        seller,
        amount_minor,
        method: Method { id: way.method.to_owned(), kind: way.kind.to_owned() },
        installments,
        reference: Some(reference),
        description: description.to_owned(),
        operation,
        outcome,
        channel,
    }
}
