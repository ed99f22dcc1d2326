//! The refund resource (`/v1/payments/{id}/refunds/{refund_id}`) and the same item inside a payment.
//!
//! A refund does not tell what kind of payment it returns; alone, it counts as the refund of a sale until the
//! payment itself is told. Who asked for it and why is not read, but for the name of an order of ours in its metadata.

use std::borrow::Cow;
use std::collections::BTreeMap;

use domain::currency::Currency;
use domain::ids::{PaymentId, RefundId};
use domain::machine::Instant;
use domain::observation::{Observation, Observed};
use domain::payment::{self, RefundMention, is_order_name};
use domain::refund::{self, RefundStanding, RefundTerms};
use domain::stream::StreamId;
use domain::text::Text;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::observe::{Delivery, Told};
use crate::unreadable::Unreadable;
use crate::wire::{self, Literal, Word, need};
use crate::{site, time};

/// Under which key of a refund's metadata the name of our order travels to the provider and back.
pub const ORDER_KEY: &str = "conciliar_order";

/// What a refund of a one-off payment is called in [`RefundTerms::source`].
pub(crate) const OF_SALE: &str = "sale";
/// What a refund of a subscription's charge is called in [`RefundTerms::source`].
pub(crate) const OF_SUBSCRIPTION: &str = "subscription";

/// A refund, alone or inside a payment, which then tells the last three fields for it.
#[derive(Deserialize)]
pub(crate) struct Item<'a> {
    #[serde(borrow)]
    id: Option<Literal<'a>>,
    #[serde(borrow)]
    amount: Option<Literal<'a>>,
    #[serde(borrow)]
    status: Option<Word<'a>>,
    #[serde(borrow)]
    date_created: Option<Word<'a>>,
    #[serde(borrow)]
    payment_id: Option<Literal<'a>>,
    #[serde(borrow)]
    collector_id: Option<Literal<'a>>,
    #[serde(borrow)]
    currency_id: Option<Word<'a>>,
    #[serde(borrow)]
    metadata: Option<&'a RawValue>,
}

/// Where an item's fields are, for complaints.
pub(crate) struct Paths {
    id: &'static str,
    amount: &'static str,
    status: &'static str,
    date_created: &'static str,
}

/// A refund as read, before it is told to any stream.
pub(crate) struct Refund {
    pub(crate) id: RefundId,
    pub(crate) standing: RefundStanding,
    pub(crate) amount_minor: i64,
    pub(crate) made_at: Instant,
    order: Option<Text>,
}

/// The paths of a refund inside a payment.
pub(crate) const IN_PAYMENT: Paths = Paths {
    id: "refunds.id",
    amount: "refunds.amount",
    status: "refunds.status",
    date_created: "refunds.date_created",
};

const ALONE: Paths = Paths { id: "id", amount: "amount", status: "status", date_created: "date_created" };

/// Reads a refund resource: what it means for its payment, then the refund itself.
///
/// # Errors
/// When the body is not JSON, lacks its payment, id, amount or time, or holds a status outside the closed list.
pub fn observe(delivery: &Delivery<'_>) -> Result<Told, Unreadable> {
    let item: Item<'_> = wire::read(delivery.body)?;
    let seller = wire::seller(item.collector_id.as_ref(), delivery)?;
    let payment = PaymentId::from(need("payment_id", item.payment_id.as_ref())?.id("payment_id")?);
    let named = item.currency_id.as_ref().map(Word::as_str);
    let currency = site::currency_of("currency_id", named, delivery.site)?;
    let refund = item.read(&ALONE, currency)?;
    let seen = payment::Observation::RefundSeen { mention: refund.mention(), currency, at: refund.made_at };
    let observed = vec![
        Observed { stream: StreamId::payment(&seller, &payment), observation: Observation::Payment(seen) },
        Observed {
            stream: StreamId::refund(&seller, &payment, &refund.id),
            observation: Observation::Refund(refund.described(currency, Text::from(OF_SALE))),
        },
    ];
    Ok(Told { seller, observed, unclassified: false })
}

impl Item<'_> {
    /// Reads the fields, in the currency of the payment.
    pub(crate) fn read(&self, paths: &Paths, currency: Currency) -> Result<Refund, Unreadable> {
        let id = RefundId::from(need(paths.id, self.id.as_ref())?.id(paths.id)?);
        let amount_minor = need(paths.amount, self.amount.as_ref())?.minor(paths.amount, currency)?;
        // The older renderings have no status and list given refunds only.
        let standing = self
            .status
            .as_ref()
            .map_or(Ok(RefundStanding::Approved), |word| standing(paths.status, word.as_str()))?;
        let made_at = time::instant(paths.date_created, self.date_created.as_ref().map(Word::as_str))?;
        let made_at = need(paths.date_created, made_at)?;
        let order = self.metadata.and_then(order);
        Ok(Refund { id, standing, amount_minor, made_at, order })
    }
}

impl Refund {
    /// How its payment mentions it.
    pub(crate) fn mention(&self) -> RefundMention {
        let (refund, order) = (self.id.clone(), self.order.clone());
        RefundMention { refund, amount_minor: self.amount_minor, standing: self.standing, order }
    }

    /// How it is told to its own stream.
    pub(crate) fn described(&self, currency: Currency, source: Text) -> refund::Observation {
        let (amount_minor, made_at) = (self.amount_minor, self.made_at);
        let terms = RefundTerms { amount_minor, currency, made_at, source };
        refund::Observation::Described { standing: self.standing, terms }
    }
}

/// The name of our order in the metadata. Others fill that too, and some renderings make a list of it: what is not a name
/// under our key is nothing to us, and no fault of the refund.
fn order(metadata: &RawValue) -> Option<Text> {
    let entries: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_str(metadata.get()).ok()?;
    let name: String = serde_json::from_str(entries.get(ORDER_KEY)?.get()).ok()?;
    is_order_name(&name).then(|| Text::from(name))
}

fn standing(path: &'static str, word: &str) -> Result<RefundStanding, Unreadable> {
    match word {
        "approved" => Ok(RefundStanding::Approved),
        "in_process" | "authorized" => Ok(RefundStanding::InProcess),
        "rejected" => Ok(RefundStanding::Rejected),
        "cancelled" | "canceled" => Ok(RefundStanding::Cancelled),
        word => Err(Unreadable::UnknownStatus { path, word: word.chars().take(40).collect() }),
    }
}

#[cfg(test)]
mod tests;
