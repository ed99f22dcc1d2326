//! Obligation: one thing that is owed to a seller, and every attempt of ours to be paid for it.
//!
//! An attempt is a fact, with its idempotency key, before the provider is called; so a crash leaves it open, and the
//! same attempt is sent again under the same key. A second one is not made while one is open, may still be paid, or is
//! paid, nor against what the provider advised after a rejection. What was not allowed is a fact too.
//!
//! It posts nothing: money is booked by the payment. It holds no name, e-mail, document or card token: a payer is a
//! keyed digest, a token a digest. [`crate::attempt`] ties payments together for reports, whoever made them; this is
//! about those that we make, at the time of the order. This module holds the nouns; [`guard`] says no, [`judge`] tells
//! attempts apart, [`machine`] decides and evolves, [`blocks`] counts what was not allowed.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::currency::Currency;
use crate::event::events;
use crate::ids::{ObligationId, PaymentId};
use crate::machine::Instant;
use crate::payment::Standing;
use crate::rejection::Rejection;
use crate::text::Text;

pub mod blocks;
pub mod guard;
pub mod judge;
pub mod machine;
pub mod state;

use guard::Block;

/// What tells something owed apart from everything else that is owed to the seller.
///
/// A reference names one thing, whoever pays it: with the payer beside it, a person who tries again with another e-mail
/// could pay twice. Only what has no reference is told apart by its payer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// The merchant's own reference.
    Reference(Text),
    /// The payer, as a keyed digest.
    Payer(Text),
}

/// What is owed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Terms {
    /// What tells it apart.
    pub mark: Mark,
    /// How much, minor units.
    pub amount_minor: i64,
    /// Currency of the amount.
    pub currency: Currency,
}

/// What an attempt is paid with, as far as it is known: a card's token is another one each time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Instrument {
    /// Payment method in the provider's words.
    pub method: Text,
    /// Who issued the card, in the provider's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<Text>,
    /// The payer, as a keyed digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer: Option<Text>,
}

/// The token of a card, as far as it is known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Token {
    /// Its SHA-256.
    pub digest: Text,
    /// When it was made, else when it was first seen.
    pub made_at: Instant,
    /// The attempt that used it.
    pub spent_by: Option<Text>,
}

/// A payment of somebody else's making that is found at the provider with the same reference and amount.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Twin {
    /// Its id.
    pub payment: PaymentId,
    /// Where it stands.
    pub standing: Standing,
}

/// An attempt that somebody wants to make.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// The name of the attempt: the same name again is the same attempt.
    pub request: Text,
    /// The idempotency key that it would be sent under.
    pub key: Text,
    /// Who wants it.
    pub actor: Text,
    /// Why, where somebody says so.
    pub reason: Option<Text>,
    /// What is owed.
    pub terms: Terms,
    /// What it is paid with.
    pub instrument: Instrument,
    /// The card's token; methods without a card have none.
    pub token: Option<Token>,
    /// How many instalments, where the method has them.
    pub installments: Option<u32>,
    /// SHA-256 of what would be sent.
    pub body: Text,
    /// What was found at the provider.
    pub twins: Vec<Twin>,
    /// The provider was searched, and shows no payment that names the open attempt.
    pub was_searched: bool,
}

/// What an obligation can be told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// Somebody wants to be paid for it.
    Request(Box<Wanted>),
    /// The open attempt is about to be sent again.
    Repeat {
        /// Name of the attempt.
        request: Text,
        /// How often it had been sent when that was decided: when another sends it too, one of them looks again.
        sends: u32,
    },
    /// The provider says what became of an attempt.
    RecordAnswer {
        /// Name of the attempt.
        request: Text,
        /// The payment; a rejection that is told as an error has none.
        payment: Option<PaymentId>,
        /// Where it stands.
        standing: Standing,
        /// Status in the provider's words.
        status: Text,
        /// Detail in the provider's words.
        detail: Text,
        /// Since when, by the provider's clock, where it says so.
        since: Option<Instant>,
    },
    /// The provider refused the call: nothing was charged.
    RecordRefusal {
        /// Name of the attempt.
        request: Text,
        /// The provider's code.
        code: Text,
        /// Which time of sending it is about: who sent it after that waits for an answer that may be another.
        sends: u32,
    },
}

/// An attempt is about to be sent.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AttemptRequested {
    /// When.
    pub at: Instant,
    /// The name of the attempt.
    pub request: Text,
    /// The idempotency key that it is sent under, however often.
    pub key: Text,
    /// Who wants it.
    pub actor: Text,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
    /// What is owed.
    pub terms: Terms,
    /// What it is paid with.
    pub instrument: Instrument,
    /// SHA-256 of the card's token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Text>,
    /// How many instalments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installments: Option<u32>,
    /// SHA-256 of what is sent.
    pub body: Text,
}

/// An attempt of which nobody knows the end is about to be sent again, under its own key.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AttemptRepeated {
    /// When.
    pub at: Instant,
    /// The name of the attempt.
    pub request: Text,
}

/// An attempt was not allowed; nothing was sent.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AttemptBlocked {
    /// When.
    pub at: Instant,
    /// The name of the attempt.
    pub request: Text,
    /// Who wanted it.
    pub actor: Text,
    /// Why they wanted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
    /// What is owed.
    pub terms: Terms,
    /// What it would have been paid with.
    pub instrument: Instrument,
    /// Why not.
    #[serde(flatten)]
    pub block: Block,
}

/// The provider said what became of an attempt.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AttemptAnswered {
    /// Since when it is so, as far as the provider says; never before the attempt, nor later than it was heard.
    pub at: Instant,
    /// The name of the attempt.
    pub request: Text,
    /// The payment; a rejection that is told as an error has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<PaymentId>,
    /// Where it stands.
    pub standing: Standing,
    /// Status in the provider's words.
    pub status: Text,
    /// Detail in the provider's words.
    pub detail: Text,
    /// What the rejection means, when it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejection: Option<Rejection>,
}

/// The provider refused the call: nothing was charged.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AttemptRefused {
    /// When.
    pub at: Instant,
    /// The name of the attempt.
    pub request: Text,
    /// The provider's code.
    pub code: Text,
}

/// No answer came, and long after it the provider shows no payment of the attempt: it was never made.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AttemptLost {
    /// When that was found.
    pub at: Instant,
    /// The name of the attempt.
    pub request: Text,
}

events! {
    /// What happened to an obligation.
    pub enum Event {
        /// An attempt is about to be sent.
        AttemptRequested(AttemptRequested) = "obligation.attempt_requested",
        /// An open attempt is about to be sent again.
        AttemptRepeated(AttemptRepeated) = "obligation.attempt_repeated",
        /// An attempt was not allowed; nothing was sent.
        AttemptBlocked(AttemptBlocked) = "obligation.attempt_blocked",
        /// The provider said what became of an attempt.
        AttemptAnswered(AttemptAnswered) = "obligation.attempt_answered",
        /// The provider refused the call.
        AttemptRefused(AttemptRefused) = "obligation.attempt_refused",
        /// It was never made.
        AttemptLost(AttemptLost) = "obligation.attempt_lost",
    }
}

impl Terms {
    /// The id of what is owed: the same terms have the same id, and it shows none of them.
    #[must_use]
    pub fn id(&self) -> ObligationId {
        let (kind, mark) = match &self.mark {
            Mark::Reference(reference) => ("reference", reference),
            Mark::Payer(payer) => ("payer", payer),
        };
        let amount = self.amount_minor.to_string();
        let mut hasher = Sha256::new();
        for part in [kind, mark.as_str(), &amount, self.currency.code()] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part.as_bytes());
        }
        // 128 bits tell everything apart that a seller will ever be owed.
        hasher.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
    }
}

impl Instrument {
    /// Whether it may be the other one: what is not known of one of them tells nothing apart.
    #[must_use]
    pub fn may_be(&self, other: &Self) -> bool {
        let may_be =
            |a: &Option<Text>, b: &Option<Text>| a.as_ref().zip(b.as_ref()).is_none_or(|(a, b)| a == b);
        self.method == other.method
            && may_be(&self.issuer, &other.issuer)
            && may_be(&self.payer, &other.payer)
    }
}

#[cfg(test)]
mod tests;
