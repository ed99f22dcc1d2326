//! The guard: why an attempt is not made now, and from when on it may be.
//!
//! First what could charge twice: a payment that is paid or may still be, another attempt that is open. Then the card's
//! token, then what the provider advised after earlier rejections. Nothing may be tried before the instant that is
//! named, and at it again; a token is good up to its end and at it.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::state::{Answer, Attempt, Stage, State};
use super::{Mark, Wanted};
use crate::ids::PaymentId;
use crate::machine::{Context, Instant};
use crate::payment::Standing;
use crate::rejection::{CHOOSE_INSTALLMENTS, Rejection, RejectionClass, Retry};
use crate::rules::Rules;
use crate::text::Text;

/// A payer who was asked to act is taken to have done so after this time (the provider's advice on retries: a day).
const PAYER_ACTS: TimeDelta = TimeDelta::hours(24);
/// A day is a length of time: whose calendar would it be?
const DAY: TimeDelta = TimeDelta::hours(24);

/// Why an attempt is not made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It is paid.
    AlreadyPaid,
    /// Another attempt is under way or may still be paid.
    TwinPending,
    /// The card's token was used by another attempt.
    TokenUsed,
    /// The card's token is too old.
    TokenExpired,
    /// What it would be paid with was rejected for good.
    OtherMethodNeeded,
    /// The payer must give the data again.
    NewDataNeeded,
    /// The payer must act first, as by calling the bank.
    PayerMustAct,
    /// The provider's advice is to wait.
    TooSoon,
    /// Too much like an attempt of a moment ago.
    CoolDown,
}

/// Why an attempt is not made, with what a person needs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Block {
    /// Why.
    pub why: Why,
    /// From when on it may be made, where time alone helps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
    /// The payment that stands in the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<PaymentId>,
    /// The attempt that stands in the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<Text>,
    /// The rejection that advises against it, in the provider's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Text>,
}

/// What a payment means for another attempt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Claim {
    Paid,
    Pending,
    Over,
}

impl Why {
    /// Every reason, in the order of the enum.
    pub const ALL: [Self; 9] = [
        Self::AlreadyPaid,
        Self::TwinPending,
        Self::TokenUsed,
        Self::TokenExpired,
        Self::OtherMethodNeeded,
        Self::NewDataNeeded,
        Self::PayerMustAct,
        Self::TooSoon,
        Self::CoolDown,
    ];

    /// The name of the reason, as reports print it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AlreadyPaid => "already_paid",
            Self::TwinPending => "twin_pending",
            Self::TokenUsed => "token_used",
            Self::TokenExpired => "token_expired",
            Self::OtherMethodNeeded => "other_method_needed",
            Self::NewDataNeeded => "new_data_needed",
            Self::PayerMustAct => "payer_must_act",
            Self::TooSoon => "too_soon",
            Self::CoolDown => "cool_down",
        }
    }
}

impl Block {
    fn of(why: Why) -> Self {
        Self { why, until: None, payment: None, other: None, detail: None }
    }
}

/// Why the attempt is not made now; `None` when it may be. An open attempt that was given up is none.
pub(super) fn block(
    state: Option<&State>,
    open: Option<&Attempt>,
    wanted: &Wanted,
    context: &Context<'_>,
) -> Option<Block> {
    claimed(state, wanted, context)
        .or_else(|| {
            open.map(|open| Block { other: Some(open.asked.request.clone()), ..Block::of(Why::TwinPending) })
        })
        .or_else(|| token(wanted, context))
        .or_else(|| state.and_then(|state| advised(state, wanted, context)))
}

/// Whether an open attempt can be taken as never made: the provider was searched for it, long after it was sent.
pub(super) fn is_lost(open: &Attempt, wanted: &Wanted, context: &Context<'_>) -> bool {
    wanted.was_searched && lost_from(open, context.rules) <= context.now
}

/// From when on an attempt without an answer can be taken as never made, if the provider does not show it.
#[must_use]
pub fn lost_from(attempt: &Attempt, rules: &Rules) -> Instant {
    attempt.sent_at + rules.guard.lost_after
}

/// A payment that is paid, else one that may still be.
pub(super) fn claimed(state: Option<&State>, wanted: &Wanted, context: &Context<'_>) -> Option<Block> {
    let ours = || state.into_iter().flat_map(State::answered);
    let is_ours = |payment: &PaymentId| ours().any(|(_, answer)| answer.payment.as_ref() == Some(payment));
    let own = ours().filter(|(_, answer)| stands_in_the_way(&wanted.terms.mark, answer, context));
    let own = own.map(|(_, answer)| (answer.payment.clone(), answer.standing));
    let twins = wanted.twins.iter().filter(|twin| !is_ours(&twin.payment));
    let all: Vec<(Option<PaymentId>, Standing)> =
        own.chain(twins.map(|twin| (Some(twin.payment.clone()), twin.standing))).collect();
    [(Claim::Paid, Why::AlreadyPaid), (Claim::Pending, Why::TwinPending)].into_iter().find_map(
        |(claim, why)| {
            let (payment, _) = all.iter().find(|(_, standing)| claim_of(*standing) == claim)?;
            Some(Block { payment: payment.clone(), ..Block::of(why) })
        },
    )
}

/// Whether another attempt is not made because of what one of ours became. A payer may owe the same amount again; a
/// reference names one thing for ever. What may still be paid is never charged beside.
#[must_use]
pub fn stands_in_the_way(mark: &Mark, answer: &Answer, context: &Context<'_>) -> bool {
    match (claim_of(answer.standing), mark) {
        (Claim::Over, _) => false,
        (Claim::Pending, _) | (Claim::Paid, Mark::Reference(_)) => true,
        (Claim::Paid, Mark::Payer(_)) => context.now < answer.at + context.rules.guard.payer_window,
    }
}

/// Whether one of our attempts keeps any other from being sent.
pub(super) fn is_barred(state: &State, context: &Context<'_>) -> bool {
    state.answered().any(|(_, answer)| stands_in_the_way(&state.terms.mark, answer, context))
}

/// Whether a payment that stands there pays nothing, and will not.
#[must_use]
pub fn is_over(standing: Standing) -> bool {
    claim_of(standing) == Claim::Over
}

/// Whether a payment that stands there pays.
#[must_use]
pub fn is_paid(standing: Standing) -> bool {
    claim_of(standing) == Claim::Paid
}

fn claim_of(standing: Standing) -> Claim {
    match standing {
        Standing::Approved
        | Standing::Authorized
        | Standing::Disputed
        | Standing::ChargebackOpen
        | Standing::ChargebackReimbursed => Claim::Paid,
        Standing::AwaitingPayer | Standing::InReview => Claim::Pending,
        Standing::Rejected
        | Standing::Cancelled
        | Standing::Expired
        | Standing::Refunded
        | Standing::ChargebackLost => Claim::Over,
    }
}

/// A token pays once and lives for days (the provider's rule).
fn token(wanted: &Wanted, context: &Context<'_>) -> Option<Block> {
    let token = wanted.token.as_ref()?;
    if let Some(other) = token.spent_by.as_ref().filter(|other| **other != wanted.request) {
        return Some(Block { other: Some(other.clone()), ..Block::of(Why::TokenUsed) });
    }
    (context.now > token.made_at + context.rules.guard.token_life).then(|| Block::of(Why::TokenExpired))
}

/// What the provider advised after earlier attempts: what helps only with another method first, then the longest wait.
fn advised(state: &State, wanted: &Wanted, context: &Context<'_>) -> Option<Block> {
    let blocks = state.attempts.values().filter_map(|attempt| {
        let found = match &attempt.stage {
            Stage::Answered(answer) => after(attempt, answer, wanted, context),
            // Nothing was charged; only the very same call may be taken for a duplicate.
            Stage::Refused { at, .. } if attempt.asked.body == wanted.body => cooling(*at, context),
            Stage::Open | Stage::Refused { .. } | Stage::Lost => None,
        }?;
        let detail = match &attempt.stage {
            Stage::Answered(answer) if answer.rejection.is_some() => Some(answer.detail.clone()),
            _ => None,
        };
        Some(Block { other: Some(attempt.asked.request.clone()), detail, ..found })
    });
    blocks.max_by_key(|block| (block.until.is_none(), block.until))
}

/// What one earlier attempt says about this one.
fn after(attempt: &Attempt, answer: &Answer, wanted: &Wanted, context: &Context<'_>) -> Option<Block> {
    let alike = attempt.asked.instrument.may_be(&wanted.instrument);
    let is_fraud = matches!(&answer.rejection, Some(Rejection { class: RejectionClass::Fraud, .. }));
    let advice = answer.rejection.as_ref().filter(|_| alike);
    let advice = advice.and_then(|rejection| advice_of(rejection, attempt, answer.at, wanted, context));
    // Prevention of fraud takes two attempts in a row for one, whatever they are paid with.
    advice.or_else(|| if alike || is_fraud { cooling(answer.at, context) } else { None })
}

fn advice_of(
    rejection: &Rejection,
    attempt: &Attempt,
    at: Instant,
    wanted: &Wanted,
    context: &Context<'_>,
) -> Option<Block> {
    let Some(until) = may_again(rejection, at, context.rules) else {
        return Some(Block::of(Why::OtherMethodNeeded));
    };
    let why = match rejection.retry {
        // Another token is no other plan.
        Retry::NewData if *rejection.action == *CHOOSE_INSTALLMENTS => {
            let is_same = attempt.asked.installments == wanted.installments;
            return is_same.then(|| Block::of(Why::NewDataNeeded));
        }
        Retry::NewData => return is_same_data(attempt, wanted).then(|| Block::of(Why::NewDataNeeded)),
        // Who gives a reason says what the payer did.
        Retry::PayerAction if wanted.reason.is_some() => return None,
        Retry::PayerAction => Why::PayerMustAct,
        Retry::Never | Retry::Later(_) | Retry::NextDay => Why::TooSoon,
    };
    (context.now < until).then(|| Block { until: Some(until), ..Block::of(why) })
}

/// From when on what was rejected may be tried again with the same instrument; `None` never. Fraud prevention is never
/// asked again with the same one, whatever a table says, and an unknown word is for a person to read.
#[must_use]
pub fn may_again(rejection: &Rejection, at: Instant, rules: &Rules) -> Option<Instant> {
    let wait = match (rejection.class, rejection.retry) {
        (RejectionClass::Fraud | RejectionClass::Unknown, _) | (_, Retry::Never) => return None,
        (_, Retry::NewData) => rules.guard.cool_down,
        (_, Retry::PayerAction) => PAYER_ACTS,
        (_, Retry::Later(hours)) => TimeDelta::hours(hours.into()),
        (_, Retry::NextDay) => DAY,
    };
    Some(at + wait.max(rules.guard.cool_down))
}

/// A card's data is in its token; other methods have it in the body.
fn is_same_data(attempt: &Attempt, wanted: &Wanted) -> bool {
    match (&attempt.asked.token, &wanted.token) {
        (Some(before), Some(now)) => *before == now.digest,
        (None, None) => attempt.asked.body == wanted.body,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// The provider takes what is alike within a short time for a duplicate.
fn cooling(at: Instant, context: &Context<'_>) -> Option<Block> {
    let until = at + context.rules.guard.cool_down;
    (context.now < until).then(|| Block { until: Some(until), ..Block::of(Why::CoolDown) })
}
