//! Observing one delivery: from bytes to what they tell, or to the verdict that they tell nothing.

use domain::currency::Currency;
use domain::ids::SellerId;
use domain::machine::Instant;
use domain::observation::Observed;
use domain::text::Text;
use mercadopago::observe::{Delivery, Seen, observe};
use mercadopago::report_file::{Options, Place, read_row};
use mercadopago::{release, unreadable::Unreadable};
use serde::{Deserialize, Serialize};
use store::inbox::Verdict;

use crate::config::Sellers;
use crate::item::{Broken, Item, Kind};

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

/// Observes one delivery.
#[must_use]
pub fn look(item: &Item, sellers: &Sellers) -> Looked {
    match item.kind {
        Kind::Message(kind) => {
            let seen = observe(&Delivery {
                kind,
                topic: &item.topic,
                channel: item.channel,
                seller: item.seller.as_deref(),
                site: item.site.as_deref(),
                received_at: item.received_at,
                // Files are brought by an operator, who answers for them.
                verified: true,
                body: item.bytes(),
            });
            match seen {
                Ok(seen) => settle(seen, item, sellers),
                Err(unreadable) => undecodable(item, &unreadable),
            }
        }
        Kind::Row => look_at_row(item, sellers),
        Kind::File => Looked::Settled {
            seller: item.seller.as_deref().map(SellerId::from),
            verdict: Verdict::Unchanged,
        },
        Kind::Broken(broken) => Looked::Settled { seller: None, verdict: broken_verdict(broken, item) },
    }
}

fn settle(seen: Seen, item: &Item, sellers: &Sellers) -> Looked {
    match seen {
        Seen::Told(told) => admit(told.seller, told.observed, told.unclassified, sellers),
        Seen::NeedsFetch { seller, .. } => Looked::Settled { seller, verdict: Verdict::NeedsFetch },
        Seen::Linked { seller, .. } => Looked::Settled { seller: Some(seller), verdict: Verdict::Unchanged },
        Seen::NotFollowed { topic } => Looked::Settled {
            seller: item.seller.as_deref().map(SellerId::from),
            verdict: Verdict::Refused {
                reason: "not_followed".into(),
                detail: format!("topic `{topic}` is not followed").into(),
            },
        },
    }
}

fn admit(seller: SellerId, observed: Vec<Observed>, unclassified: bool, sellers: &Sellers) -> Looked {
    if sellers.accept(seller.as_str()) {
        return Looked::Told { seller, observed, unclassified };
    }
    let detail = format!("seller {seller} is not configured; add it under [sellers] and retry");
    let verdict = Verdict::Refused { reason: "unknown_seller".into(), detail: detail.into() };
    Looked::Settled { seller: Some(seller), verdict }
}

fn undecodable(item: &Item, unreadable: &Unreadable) -> Looked {
    Looked::Settled {
        seller: item.seller.as_deref().map(SellerId::from),
        verdict: Verdict::Undecodable {
            reason: unreadable.reason().into(),
            detail: chain(unreadable).into(),
        },
    }
}

fn look_at_row(item: &Item, sellers: &Sellers) -> Looked {
    let fail = |detail: String| Looked::Settled {
        seller: item.seller.as_deref().map(SellerId::from),
        verdict: Verdict::Undecodable { reason: "bad_row".into(), detail: detail.into() },
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

fn broken_verdict(broken: Broken, item: &Item) -> Verdict {
    let reason: Text = match broken {
        Broken::Line => "not_json",
        Broken::TooLarge => "too_large",
        Broken::Shape => "unknown_shape",
        Broken::Row => "bad_row",
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
