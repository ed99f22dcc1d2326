//! Observing one delivery: from bytes to what they tell, or to the verdict that they tell nothing.

use domain::currency::Currency;
use domain::ids::{ChargebackId, PaymentId, PlanId, PreapprovalId, SellerId};
use domain::intent::Generation;
use domain::machine::Instant;
use domain::observation::Observed;
use domain::stream::StreamId;
use domain::text::Text;
use mercadopago::observe::{Delivery, DeliveryKind, Seen, observe};
use mercadopago::report_file::{Options, Place, read_row};
use mercadopago::topics::Resource;
use mercadopago::{release, unreadable::Unreadable};
use serde::{Deserialize, Serialize};
use store::inbox::Verdict;

use crate::config::Sellers;
use crate::item::{Answer, Broken, Item, Kind};

/// What a delivery turned out to be.
#[derive(Clone, PartialEq, Debug)]
pub enum Looked {
    /// It tells something.
    Told {
        /// Whose it is.
        seller: SellerId,
        /// What was told.
        observed: Vec<Observed>,
        /// It holds words outside the known list.
        unclassified: bool,
    },
    /// It already has its verdict.
    Settled {
        /// Whose it is, when known.
        seller: Option<SellerId>,
        /// The verdict.
        verdict: Verdict,
        /// The history that it is about, when it names one: what comes of it keeps its place in that order.
        named: Option<StreamId>,
        /// What it points at that has no history of that name, as `topic/id`.
        pointed: Option<Text>,
    },
}

/// What a release row needs beside its bytes to be read again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RowContext {
    /// Line in its file.
    pub line: u64,
    /// How many rows of the same essence came before it.
    pub ordinal: u32,
    /// Time of the row before it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub after: Option<Instant>,
    /// Currency of rows that name none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub currency: Option<Currency>,
    /// Seller of rows that name none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub seller: Option<SellerId>,
}

impl RowContext {
    /// The stored body of a row: its context, the header and its bytes, one line each.
    #[must_use]
    pub fn body(&self, header: &[u8], raw: &[u8]) -> Vec<u8> {
        let mut body = serde_json::to_vec(self).expect("a row context has text keys and no floats");
        body.push(b'\n');
        body.extend_from_slice(header);
        body.push(b'\n');
        body.extend_from_slice(raw);
        body
    }
}

impl Looked {
    /// A verdict without more to tell.
    #[must_use]
    pub fn settled(seller: Option<SellerId>, verdict: Verdict) -> Self {
        Self::Settled { seller, verdict, named: None, pointed: None }
    }

    /// Whose it is, when known.
    #[must_use]
    pub fn seller(&self) -> Option<&SellerId> {
        match self {
            Self::Told { seller, .. } => Some(seller),
            Self::Settled { seller, .. } => seller.as_ref(),
        }
    }

    /// What it tells or points at, as `kind/id`: the first history that is told, else the one that is named, else the
    /// topic and id of what must be fetched.
    #[must_use]
    pub fn subject(&self) -> Option<Text> {
        let (stream, pointed) = match self {
            Self::Told { observed, .. } => (observed.first().map(|one| &one.stream), None),
            Self::Settled { named, pointed, .. } => (named.as_ref(), pointed.as_ref()),
        };
        let of_stream = |stream: &StreamId| Text::from(format!("{}/{}", stream.kind().name(), stream.id()));
        stream.map(of_stream).or_else(|| pointed.cloned())
    }
}

/// Observes one delivery.
#[must_use]
pub fn look(item: &Item, sellers: &Sellers) -> Looked {
    match item.kind {
        Kind::Message(kind) => match observe(&delivery_of(item, kind)) {
            Ok(seen) => settle(seen, item, sellers),
            Err(unreadable) => undecodable(item, &unreadable),
        },
        Kind::Row => look_at_row(item, sellers),
        Kind::File => Looked::settled(item.seller.as_deref().map(SellerId::from), Verdict::Unchanged),
        Kind::Answer(answer) => {
            Looked::settled(item.seller.as_deref().map(SellerId::from), answer_verdict(answer, item))
        }
        Kind::Broken(broken) => Looked::settled(None, broken_verdict(broken, item)),
    }
}

/// An item as its reader wants it.
pub(crate) fn delivery_of(item: &Item, kind: DeliveryKind) -> Delivery<'_> {
    Delivery {
        kind,
        topic: &item.topic,
        channel: item.channel,
        seller: item.seller.as_deref(),
        site: item.site.as_deref(),
        received_at: item.received_at,
        verified: item.verified,
        body: item.bytes(),
    }
}

fn settle(seen: Seen, item: &Item, sellers: &Sellers) -> Looked {
    match seen {
        Seen::Told(told) => admit(told.seller, told.observed, told.unclassified, sellers),
        Seen::NeedsFetch { seller, topic, id } => {
            let named = seller.as_ref().and_then(|seller| stream_of(topic, seller, &id));
            let pointed = named.is_none().then(|| format!("{topic}/{id}").into());
            Looked::Settled { seller, verdict: Verdict::NeedsFetch, named, pointed }
        }
        Seen::Linked { seller, .. } => Looked::settled(Some(seller), Verdict::Unchanged),
        Seen::NotFollowed { topic } => {
            let detail = format!("topic `{topic}` is not followed");
            let verdict = Verdict::Refused { reason: "not_followed".into(), detail: detail.into() };
            Looked::settled(item.seller.as_deref().map(SellerId::from), verdict)
        }
    }
}

fn admit(seller: SellerId, observed: Vec<Observed>, unclassified: bool, sellers: &Sellers) -> Looked {
    if sellers.accept(seller.as_str()) {
        return Looked::Told { seller, observed, unclassified };
    }
    let detail = format!("seller {seller} is not configured; add it under [sellers] and retry");
    let verdict = Verdict::Refused { reason: "unknown_seller".into(), detail: detail.into() };
    let named = observed.into_iter().next().map(|one| one.stream);
    Looked::Settled { seller: Some(seller), verdict, named, pointed: None }
}

/// The history of a resource that is to be fetched, where its name tells it: an invoice does not tell its
/// subscription, nor an order of the older generation its payments.
fn stream_of(topic: &str, seller: &SellerId, id: &Text) -> Option<StreamId> {
    let intent = |generation: Generation| StreamId::intent(seller, &generation.id(id));
    match Resource::of(topic)? {
        Resource::Payment => Some(StreamId::payment(seller, &PaymentId::from(&**id))),
        Resource::Chargeback => Some(StreamId::chargeback(seller, &ChargebackId::from(&**id))),
        Resource::Preapproval => Some(StreamId::preapproval(seller, &PreapprovalId::from(&**id))),
        Resource::PreapprovalPlan => Some(StreamId::plan(seller, &PlanId::from(&**id))),
        Resource::PointOrder => Some(intent(Generation::A)),
        Resource::PaymentIntent => Some(intent(Generation::B)),
        Resource::InstoreIntent => Some(intent(Generation::C)),
        Resource::Order => Some(intent(Generation::D)),
        Resource::Refund | Resource::AuthorizedPayment | Resource::Device => None,
    }
}

fn undecodable(item: &Item, unreadable: &Unreadable) -> Looked {
    let detail = chain(unreadable).into();
    let verdict = Verdict::Undecodable { reason: unreadable.reason().into(), detail };
    Looked::settled(item.seller.as_deref().map(SellerId::from), verdict)
}

fn look_at_row(item: &Item, sellers: &Sellers) -> Looked {
    let fail = |detail: String| {
        let verdict = Verdict::Undecodable { reason: "bad_row".into(), detail: detail.into() };
        Looked::settled(item.seller.as_deref().map(SellerId::from), verdict)
    };
    let mut parts = item.bytes().splitn(3, |byte| *byte == b'\n');
    let (Some(context), Some(header), Some(raw)) = (parts.next(), parts.next(), parts.next()) else {
        return fail("a stored row has a context, a header and its bytes".to_owned());
    };
    let context: RowContext = match serde_json::from_slice(context) {
        Ok(context) => context,
        Err(error) => return fail(chain(&error)),
    };
    let place = Place { line: context.line, ordinal: context.ordinal, after: context.after };
    let options = Options { currency: context.currency, seller: context.seller.clone(), kind: None };
    let line = match read_row(header, raw, place, &options) {
        Ok(line) => line,
        Err(error) => return fail(chain(&error)),
    };
    let Some(seller) = context.seller.or_else(|| item.seller.as_deref().map(SellerId::from)) else {
        return fail("the row does not tell its seller; name it under [sellers]".to_owned());
    };
    let observed: Vec<Observed> = release::observe(&line, &seller).into_iter().collect();
    admit(seller, observed, false, sellers)
}

/// The verdict that an answer passes on to its notification.
fn answer_verdict(answer: Answer, item: &Item) -> Verdict {
    let detail = |otherwise: &str| Text::from(item.problem.as_deref().unwrap_or(otherwise));
    let refused =
        |reason: &str, otherwise| Verdict::Refused { reason: reason.into(), detail: detail(otherwise) };
    match answer {
        Answer::Leads => Verdict::Unchanged,
        Answer::NotFound => refused("not_found", "the provider does not know it"),
        Answer::NoAccess => refused("no_access", "the seller's account cannot be read"),
        Answer::Declined => refused("fetch_refused", "the provider refused to tell"),
        Answer::Unaskable => refused("cannot_fetch", "it does not say what to fetch for whom"),
        Answer::Unreadable => Verdict::Undecodable {
            reason: "unreadable_answer".into(),
            detail: detail("the provider's answer cannot be read"),
        },
    }
}

fn broken_verdict(broken: Broken, item: &Item) -> Verdict {
    let reason: Text = match broken {
        Broken::Line => "not_json",
        Broken::TooLarge => "too_large",
        Broken::Shape => "unknown_shape",
        Broken::Row => "bad_row",
        Broken::Envelope => "bad_envelope",
    }
    .into();
    let problem = item.problem.as_deref().unwrap_or("not a delivery");
    Verdict::Undecodable { reason, detail: problem.into() }
}

/// An error with its sources, as one sentence.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests;
