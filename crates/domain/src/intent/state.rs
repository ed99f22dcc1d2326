//! What is known of an intent: the best statements, the latest telling of every field, and what people asked.
//!
//! Every part merges by a maximum, so the order in which statements arrive does not matter.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::{
    CancelAnswer, Generation, NamedPayment, Presumption, Profile, Progress, Requested, Resolution, Said,
    Standing, Terms,
};
use crate::currency::Currency;
use crate::machine::Instant;
use crate::text::Text;

/// What is known of an intent.
#[derive(Clone, PartialEq, Debug)]
pub struct State {
    /// Which API.
    pub generation: Generation,
    /// Best time known of its creation when we first heard of it: an estimate that depends on what came first.
    pub requested_at: Instant,
    /// What the provider said of its progress.
    pub heard: Heard,
    /// What it is about.
    pub known: Known,
    /// Every payment that any statement named.
    pub payments: BTreeSet<NamedPayment>,
    /// The last request to cancel, if somebody made one.
    pub cancel: Option<Cancel>,
    /// What the clock presumes, until the intent moves.
    pub presumed: Option<Presumption>,
    /// What somebody found who looked.
    pub resolution: Option<Resolution>,
}

/// A request to cancel.
#[derive(Clone, PartialEq, Debug)]
pub enum Cancel {
    /// Not answered for good.
    Pending {
        /// Name of the order.
        request: Option<Text>,
        /// Who asked.
        actor: Text,
        /// Why.
        reason: Text,
        /// The terminal was asked and has not obeyed yet.
        deferred: bool,
    },
    /// Answered for good.
    Answered {
        /// Name of the order.
        request: Option<Text>,
        /// How.
        answer: CancelAnswer,
    },
}

/// The best statement that has a time and the best one that has none.
#[derive(Clone, PartialEq, Debug)]
pub struct Heard {
    timed: Option<Statement>,
    untimed: Option<Statement>,
}

/// One statement of progress; the greater one is right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    /// How far it went.
    pub progress: Progress,
    /// Words and time.
    pub said: Said,
}

/// The latest telling of every field that bodies tell or leave out.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Known {
    channel: Option<Told<super::Channel>>,
    terms: Option<Told<Terms>>,
    reference: Option<Told<Text>>,
    device: Option<Told<Text>>,
    created_at: Option<Told<Instant>>,
    expires_at: Option<Told<Instant>>,
}

/// A value and which statement told it; the greater one is right.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Told<T> {
    version: Version,
    value: T,
}

/// Place of a statement among all of one intent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Version {
    updated_at: Option<Instant>,
    progress: Progress,
    revision: Option<u64>,
}

impl State {
    /// What is known after the first fact.
    pub(super) fn of_first(first: &Requested) -> Self {
        let mut state = Self {
            generation: first.generation,
            requested_at: first.at,
            heard: Heard { timed: None, untimed: None },
            known: Known::default(),
            payments: BTreeSet::new(),
            cancel: None,
            presumed: None,
            resolution: None,
        };
        state.hear(first.progress, &first.said, &first.profile);
        state
    }

    /// Takes in one statement, whether it is news or not.
    pub(super) fn hear(&mut self, progress: Progress, said: &Said, profile: &Profile) {
        self.heard.hear(Statement { progress, said: said.clone() });
        self.known.learn(progress, said, profile);
    }

    /// How far the provider says it went.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.heard.current().progress
    }

    /// The provider's words for its progress.
    #[must_use]
    pub fn said(&self) -> &Said {
        &self.heard.current().said
    }

    /// Where it stands for us.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let progress = self.progress();
        match (&self.resolution, self.presumed) {
            (Some(found), _) if progress == Progress::ConfirmationRequired => {
                Standing::Resolved(found.verdict)
            }
            (_, Some(presumed)) => Standing::Presumed(presumed),
            _ => Standing::Told(progress),
        }
    }

    /// How the request to cancel ended; `None` while nobody asked or nobody knows. The intent's own end goes before
    /// the answer we got, and is not stored beside it, so that statements may arrive in any order.
    #[must_use]
    pub fn cancel_answer(&self) -> Option<CancelAnswer> {
        let progress = self.progress();
        match self.cancel.as_ref()? {
            Cancel::Answered { answer: refused @ CancelAnswer::Refused { .. }, .. } => Some(refused.clone()),
            Cancel::Pending { .. } | Cancel::Answered { .. } if progress == Progress::Canceled => {
                Some(CancelAnswer::Accepted)
            }
            Cancel::Pending { .. } | Cancel::Answered { .. } if progress.is_final() => {
                Some(CancelAnswer::Overtaken)
            }
            Cancel::Pending { deferred: true, .. } => Some(CancelAnswer::AcceptedLater),
            Cancel::Pending { deferred: false, .. } => None,
            Cancel::Answered { answer, .. } => Some(answer.clone()),
        }
    }

    /// When its life is over: the date it names, else its creation and the life of its kind; `None` where it has neither.
    #[must_use]
    pub fn ends_at(&self, life: Option<TimeDelta>) -> Option<Instant> {
        let profile = self.profile();
        let ends_at = || {
            let life = life.or_else(|| self.generation.life(profile.channel))?;
            profile.created_at.unwrap_or(self.requested_at).checked_add_signed(life)
        };
        profile.expires_at.or_else(ends_at)
    }

    /// What it is about, each field as told last.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.known.profile()
    }

    /// Its currency, where told.
    pub(super) fn currency(&self) -> Option<Currency> {
        self.known.terms.as_ref().and_then(|told| told.value.currency)
    }
}

impl Cancel {
    /// Name of the order; the first ones had none.
    #[must_use]
    pub fn request(&self) -> Option<&Text> {
        match self {
            Self::Pending { request, .. } | Self::Answered { request, .. } => request.as_ref(),
        }
    }
}

impl Heard {
    /// The statement that counts: one without a time counts against one with a time only where it goes further.
    pub(super) fn current(&self) -> &Statement {
        let best = match (&self.timed, &self.untimed) {
            (Some(timed), Some(untimed)) if untimed.progress > timed.progress => Some(untimed),
            (None, untimed) => untimed.as_ref(),
            (timed, _) => timed.as_ref(),
        };
        best.expect("a state is made of a first statement")
    }

    /// A body that tells no state has no time of a state either: it only has the lowest rank.
    fn hear(&mut self, told: Statement) {
        let is_timed = told.said.updated_at.is_some() && told.progress != Progress::Requested;
        let best = if is_timed { &mut self.timed } else { &mut self.untimed };
        if best.as_ref().is_none_or(|best| *best < told) {
            *best = Some(told);
        }
    }
}

impl Statement {
    /// Time, then rank, then content.
    fn key(&self) -> (Version, &str, &str) {
        (Version::of(self.progress, &self.said), &self.said.status, &self.said.detail)
    }
}

impl Version {
    fn of(progress: Progress, said: &Said) -> Self {
        Self { updated_at: said.updated_at, progress, revision: said.revision }
    }
}

impl Ord for Statement {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Statement {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Known {
    fn learn(&mut self, progress: Progress, said: &Said, profile: &Profile) {
        let version = Version::of(progress, said);
        let Profile { channel, terms, reference, device, created_at, expires_at } = profile;
        let plain = |_: &Text| true;
        learn(&mut self.channel, version, channel.as_ref(), |_| true);
        // An amount in a known currency says more than one in hundredths of we do not know what.
        learn(&mut self.terms, version, terms.as_ref(), |terms| terms.currency.is_some());
        learn(&mut self.reference, version, reference.as_ref(), plain);
        learn(&mut self.device, version, device.as_ref(), plain);
        learn(&mut self.created_at, version, created_at.as_ref(), |_| true);
        learn(&mut self.expires_at, version, expires_at.as_ref(), |_| true);
    }

    fn profile(&self) -> Profile {
        Profile {
            channel: value(self.channel.as_ref()),
            terms: value(self.terms.as_ref()),
            reference: value(self.reference.as_ref()),
            device: value(self.device.as_ref()),
            created_at: value(self.created_at.as_ref()),
            expires_at: value(self.expires_at.as_ref()),
        }
    }
}

fn value<T: Clone>(told: Option<&Told<T>>) -> Option<T> {
    told.map(|told| told.value.clone())
}

/// Keeps the greater telling: complete ones before incomplete ones, then by version, then by value.
fn learn<T: Clone + Ord>(
    slot: &mut Option<Told<T>>,
    version: Version,
    value: Option<&T>,
    is_complete: impl Fn(&T) -> bool,
) {
    let Some(value) = value else { return };
    let new = Told { version, value: value.clone() };
    let is_news =
        slot.as_ref().is_none_or(|old| (is_complete(&old.value), old) < (is_complete(&new.value), &new));
    if is_news {
        *slot = Some(new);
    }
}
