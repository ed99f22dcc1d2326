//! An order as it is printed: the fields of its JSON, which a table shows line by line.

use anyhow::Context;
use domain::ids::{PaymentId, SellerId};
use domain::money::format_minor;
use domain::payment::{Stage, Wish};
use domain::rules::Rules;
use domain::text::Text;
use engine::act::available::Available;
use engine::act::{Act, Placed};
use report::listing::moment;
use serde::Serialize;

use super::sending::Fate;
use super::sends::Sends;
use super::told;

/// What a table shows, in its order: what it does first, then what became of it, then who and why.
pub const FIELDS: [&str; 22] = [
    "wish",
    "amount",
    "currency",
    "payment",
    "stage",
    "refund",
    "code",
    "advice",
    "why",
    "gross",
    "remaining",
    "available",
    "until",
    "order",
    "actor",
    "reason",
    "approved_by",
    "asked_at",
    "seller",
    "sends.method",
    "sends.path",
    "sends.body",
];

/// An order, its payment, and what became of it. The names of the fields are stable.
#[derive(Clone, Debug, Serialize)]
pub struct Shown {
    /// Which payment.
    pub payment: Text,
    /// Whose.
    pub seller: Text,
    /// Name of the order; none while it is only looked at and would be made up.
    pub order: Option<Text>,
    /// `refund`, `capture` or `cancel`.
    pub wish: &'static str,
    /// How much, decimal text in major units.
    pub amount: Option<String>,
    /// Of every amount here.
    pub currency: String,
    /// Whether it is all that was paid, or all that is reserved.
    pub is_whole: bool,
    /// How far it is: `held`, `open`, `done`, `refused` or `declined`.
    pub stage: &'static str,
    /// When it was ordered.
    pub asked_at: String,
    /// Who ordered it.
    pub actor: Text,
    /// Why.
    pub reason: Text,
    /// The second person, when one was needed and agreed.
    pub approved_by: Option<Text>,
    /// What the payer paid, or what is reserved.
    pub gross: String,
    /// What can still be refunded after it.
    pub remaining: Option<String>,
    /// The last instant at which it can be refunded or captured.
    pub until: Option<String>,
    /// What the books say is available to the seller; none when that is left to the provider.
    pub available: Option<String>,
    /// The provider's refund.
    pub refund: Option<Text>,
    /// The provider's code, when it refused.
    pub code: Option<Text>,
    /// What the code means.
    pub advice: Option<&'static str>,
    /// Why it still waits, when it was to be sent at once.
    pub why: Option<String>,
    /// What the provider would be sent, where it is only looked at.
    pub sends: Option<Sends>,
    /// Whether it was there before.
    pub was_placed: bool,
    /// Whether it is in the books.
    pub is_written: bool,
}

impl Shown {
    pub fn of(
        seller: &SellerId,
        payment: &PaymentId,
        placed: &Placed,
        available: Option<&Available>,
        rules: &Rules,
    ) -> Self {
        let Placed { request, order, was_placed, known } = placed;
        let terms = &known.described.terms;
        let money = |minor| format_minor(minor, terms.currency);
        let (is_refund, is_whole, until) = match order.wish {
            Wish::Refund { is_whole, .. } => (true, is_whole, known.refund_closes_at(rules)),
            Wish::Capture { is_whole, .. } => (false, is_whole, known.capture_closes_at(rules)),
            Wish::Cancel => (false, true, None),
        };
        let stage = placed.stage();
        let (refund, code) = match &stage {
            Stage::Done { refund } => (refund.as_ref(), None),
            Stage::Refused { code } => (None, Some(code.clone())),
            Stage::Held | Stage::Open | Stage::Declined { .. } => (None, None),
        };
        Self {
            payment: payment.as_str().into(),
            seller: seller.as_str().into(),
            order: Some(request.clone()),
            wish: order.wish.name(),
            amount: order.wish.amount_minor().map(money),
            currency: terms.currency.to_string(),
            is_whole,
            stage: stage.name(),
            asked_at: moment(order.at),
            actor: order.actor.clone(),
            reason: order.reason.clone(),
            approved_by: order.approved_by.clone(),
            gross: money(terms.gross_minor),
            remaining: is_refund.then(|| money(known.refundable_minor())),
            until: until.map(moment),
            available: available.filter(|_| is_refund).map(|books| money(books.minor(terms.currency))),
            refund: refund.map(|refund| refund.as_str().into()),
            advice: code.as_deref().and_then(told::advice),
            code,
            why: None,
            sends: None,
            was_placed: *was_placed,
            is_written: true,
        }
    }

    /// Only looked at, with what would be sent. A name that would be made up is not told.
    pub fn of_nothing_written(mut self, act: &Act, payment: &PaymentId, rehearsed: &Placed) -> Self {
        self.is_written = false;
        if let Act::Refund(ask) | Act::Capture(ask) | Act::Cancel(ask) = act
            && ask.request.is_none()
        {
            self.order = None;
        }
        self.sends = Sends::of(payment, rehearsed, self.order.as_ref());
        self
    }

    /// With the reason why it still waits.
    pub fn with_reason_of(mut self, fate: &Fate) -> Self {
        if let Fate::Waiting { why } = fate {
            self.why.clone_from(why);
        }
        self
    }

    /// What would come after it was written.
    pub fn what_would_follow(&self) -> &'static str {
        match (self.was_placed, self.stage) {
            (true, _) => "; the order is there already",
            (false, "held") => "; a second person would have to approve it",
            (false, _) => "",
        }
    }

    /// What the person is asked.
    pub fn question(&self, act: &Act) -> String {
        let Self { wish, payment, currency, .. } = self;
        let verb = if matches!(act, Act::Approve { .. }) { "approve: " } else { "" };
        let amount =
            self.amount.as_ref().map(|amount| format!(" {amount} {currency} of")).unwrap_or_default();
        let held = if self.stage == "held" { " A second person must approve it." } else { "" };
        format!("{verb}{wish}{amount} payment {payment}?{held}")
    }

    pub fn json(&self) -> anyhow::Result<Vec<u8>> {
        serde_json::to_vec(self).context("texts and flags are JSON")
    }
}
