//! What a request to the receiver claims to be, by its form: which of the provider's channels, about what, and with which
//! proof.
//!
//! Reads no header but those it is given, checks nothing and believes nothing: proofs are checked by
//! [`crate::signature`], and whether a body's state counts is for [`crate::observe`].

use std::borrow::Cow;

use crate::signature::Signed;
use crate::signature::report::Ready;
use crate::topics::Notice;

mod body;
pub mod query;

use body::Body;
use query::Query;

/// A request as it came.
#[derive(Clone, Copy, Debug)]
pub struct Push<'a> {
    /// Query of its address, as it was sent.
    pub query: &'a str,
    /// Header `x-signature`; of several the first.
    pub signature: Option<&'a [u8]>,
    /// Header `x-request-id`; of several the first.
    pub request_id: Option<&'a [u8]>,
    /// Its body.
    pub body: &'a [u8],
}

/// A request as it was understood.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reading<'a> {
    /// Topic: that of the address before that of the body; empty when neither names one.
    pub topic: Cow<'a, str>,
    /// `data.id` of the address.
    pub subject: Option<Cow<'a, str>>,
    /// What it claims to be.
    pub claim: Claim<'a>,
}

/// What a request claims to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Claim<'a> {
    /// A webhook with a signature in its header.
    Signed {
        /// Whether address and body are about the same thing, as far as both say.
        agrees: bool,
        /// Whether the body could be read to find that out.
        is_read: bool,
    },
    /// The older channel, which nobody can verify.
    Trigger {
        /// What it points at, where the body does not say the same.
        body: Option<String>,
    },
    /// A report is ready; the proof is in the body.
    Report {
        /// `transaction_id`.
        transaction_id: Cow<'a, str>,
        /// `generation_date`.
        generation_date: Cow<'a, str>,
        /// `signature`.
        signature: Cow<'a, str>,
    },
    /// A state of a terminal's charge request as the first edition told it, without a proof.
    Flat,
    /// Nothing that the provider sends, or a webhook that lost its signature.
    Unsigned,
}

impl<'a> Push<'a> {
    /// Recognises the request.
    #[must_use]
    pub fn read(&self) -> Reading<'a> {
        let query = Query::read(self.query);
        let read = Body::read(self.body);
        let is_read = read.is_some();
        let body = read.unwrap_or_default();
        let subject = query.subject.clone();
        let topic = query.kind.clone().or_else(|| body.kind()).or_else(|| query.topic.clone());
        let topic = topic.or_else(|| body.topic()).unwrap_or_default();
        if query.is_trigger() || (query.is_silent() && self.signature.is_none() && body.is_trigger()) {
            let topic = query.topic.clone().filter(|_| query.is_trigger()).unwrap_or(topic);
            let body = query.id.as_deref().filter(|id| body.pointed() != Some(*id));
            let body = body.map(|id| trigger(&topic, id));
            return Reading { topic, subject: None, claim: Claim::Trigger { body } };
        }
        let claim = match body.ready() {
            Some((transaction_id, generation_date, signature)) if query.is_silent() => {
                let topic = Cow::Borrowed(Notice::Report.name());
                let claim = Claim::Report { transaction_id, generation_date, signature };
                return Reading { topic, subject: None, claim };
            }
            _ if self.signature.is_some() => {
                Claim::Signed { agrees: body.agrees(subject.as_deref()), is_read }
            }
            _ if body.is_flat() => Claim::Flat,
            _ => Claim::Unsigned,
        };
        Reading { topic, subject, claim }
    }

    /// What the header's signature is over, once the address was read.
    #[must_use]
    pub fn signed<'b>(&'b self, reading: &'b Reading<'_>) -> Option<Signed<'b>> {
        let header = self.signature?;
        Some(Signed { header, request_id: self.request_id, subject: reading.subject.as_deref() })
    }
}

impl Claim<'_> {
    /// The proof of a report's message.
    #[must_use]
    pub fn ready(&self) -> Option<Ready<'_>> {
        match self {
            Self::Report { transaction_id, generation_date, signature } => {
                Some(Ready { transaction_id, generation_date, signature })
            }
            _ => None,
        }
    }

    /// The same, without its request.
    #[must_use]
    pub fn into_owned(self) -> Claim<'static> {
        let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        match self {
            Self::Signed { agrees, is_read } => Claim::Signed { agrees, is_read },
            Self::Trigger { body } => Claim::Trigger { body },
            Self::Report { transaction_id, generation_date, signature } => Claim::Report {
                transaction_id: own(transaction_id),
                generation_date: own(generation_date),
                signature: own(signature),
            },
            Self::Flat => Claim::Flat,
            Self::Unsigned => Claim::Unsigned,
        }
    }
}

/// A body of the older channel for what its address says.
fn trigger(topic: &str, id: &str) -> String {
    let text = |text: &str| serde_json::to_string(text).expect("a text is JSON");
    format!(r#"{{"resource":{},"topic":{}}}"#, text(id), text(topic))
}

#[cfg(test)]
mod tests;
