//! A commit as far as it can be made ready before the writer is free: hashed, compressed, added up.

use std::collections::{BTreeMap, BTreeSet};

use domain::currency::Currency;
use domain::machine::Instant;
use domain::text::Text;
use ledger::account::Account;
use rustc_hash::FxHashSet;

use crate::bodies::{self, BodyName, Packer};
use crate::chain::ONLY_SHARD;
use crate::commit::{Commit, MOST_KEY_BYTES, NewMessage, is_storable_text};
use crate::fresh::{self, Granted};
use crate::inbox::{Attempt, Body, NewDelivery, Verdict};
use crate::sealed::{self, Draft};
use crate::store::StoreError;

/// Sums of debit-positive minor units by the rows of `balances`, in the order in which they are updated.
pub(super) type Sums = BTreeMap<(Account, Currency, Text, u16), i64>;

/// A commit that waits for its writer.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) recorded_at: Instant,
    pub(super) deliveries: Vec<NewDelivery>,
    /// What the rows say of the deliveries' bodies, in the same order.
    pub(super) names: Vec<BodyName>,
    /// Compressed bodies by their SHA-256, each once, in the order of their names.
    pub(super) bodies: BTreeMap<[u8; 32], Vec<u8>>,
    pub(super) attempts: Vec<Attempt>,
    pub(super) draft: Draft,
    /// Shards of the events, in the same order.
    pub(super) shards: Vec<u16>,
    pub(super) sums: Sums,
    pub(super) outbox: Vec<NewMessage>,
    /// Every shard whose lock it needs.
    pub(super) touched: BTreeSet<u16>,
}

impl Prepared {
    /// Prepares a commit; takes milliseconds of processor time for hundreds of bodies.
    ///
    /// # Errors
    /// [`StoreError::RepeatedEntry`], [`StoreError::Overflow`], [`StoreError::Unstorable`].
    pub(super) fn new(commit: Commit, shards: u16) -> Result<Self, StoreError> {
        storable(&commit)?;
        let Commit { recorded_at, mut deliveries, attempts, events, outbox } = commit;
        let names = deliveries.iter().map(|new| bodies::name(&new.body)).collect::<Result<Vec<_>, _>>()?;
        let draft = sealed::draft(recorded_at, events)?;
        let shards: Vec<u16> = draft.events().iter().map(|event| event.stream.shard(shards)).collect();
        let sums = sums(&draft, &shards)?;
        // Messages are numbered by one shard, so that their order is one; what has no events goes there too.
        let anywhere = (!outbox.is_empty() || shards.is_empty()).then_some(ONLY_SHARD);
        let touched = shards.iter().copied().chain(anywhere).collect();
        let bodies = packed(&mut deliveries, &names);
        Ok(Self { recorded_at, deliveries, names, bodies, attempts, draft, shards, sums, outbox, touched })
    }

    /// The shard whose writer takes it, and which numbers its deliveries.
    pub(super) fn home(&self) -> u16 {
        *self.touched.first().expect("every commit touches a shard")
    }

    /// What it takes for granted of notifications.
    pub(super) fn granted(&self) -> Granted<'_> {
        fresh::granted(&self.deliveries, &self.attempts)
    }

    /// About how many rows it writes.
    pub(super) fn rows(&self) -> usize {
        self.deliveries.len() + self.attempts.len() + self.draft.events().len() + self.outbox.len()
    }
}

/// Takes the bytes out of the deliveries: what the rows say of them is in their names.
fn packed(deliveries: &mut [NewDelivery], names: &[BodyName]) -> BTreeMap<[u8; 32], Vec<u8>> {
    let mut packer = Packer::new();
    let mut seen = FxHashSet::default();
    let mut bodies = BTreeMap::new();
    for (new, name) in deliveries.iter_mut().zip(names) {
        let body = std::mem::replace(&mut new.body, Body::whole(vec![]));
        if let Body::Bytes(body) = body
            && seen.insert(name.sha256)
        {
            bodies.insert(name.sha256, packer.pack(body.bytes()));
        }
    }
    bodies
}

fn sums(draft: &Draft, shards: &[u16]) -> Result<Sums, StoreError> {
    let mut sums = Sums::new();
    for (entry, event) in draft.entries() {
        let seller = Text::from(entry.stream.seller());
        for line in &entry.lines {
            let sum = sums.entry((line.account, entry.currency, seller.clone(), shards[event])).or_default();
            *sum = sealed::add(*sum, line.amount_minor, line.account, entry.currency, &seller)?;
        }
    }
    Ok(sums)
}

/// Refuses what PostgreSQL cannot keep, before it is part of a group with others.
fn storable(commit: &Commit) -> Result<(), StoreError> {
    let texts = commit
        .deliveries
        .iter()
        .flat_map(|new| {
            let sent = [&new.key.0, &new.kind, &new.topic, &new.channel, &new.seller, &new.site, &new.origin];
            let cause = new.caused_by.as_ref().map(|cause| &cause.0);
            sent.into_iter().chain(cause).chain(&new.subject).chain(words(&new.verdict))
        })
        .chain(commit.attempts.iter().flat_map(|attempt| words(&attempt.verdict)))
        .map(|text| &**text);
    let payloads = commit.events.iter().map(|event| &*event.payload);
    let sent = commit.outbox.iter().flat_map(|message| {
        [&*message.key, &*message.destination, &*message.payload, message.caused_by.key()]
    });
    let causes = commit.deliveries.iter().filter_map(|new| new.caused_by.as_ref());
    let keys = commit.deliveries.iter().map(|new| &new.key).chain(causes).map(|key| &*key.0);
    let streams = commit.events.iter().map(|event| event.stream.key());
    let ids = commit.events.iter().filter_map(|event| Some(&*event.entry.as_ref()?.id().0));
    let messages = commit.outbox.iter().map(|message| &*message.key);
    if keys.chain(streams.clone()).chain(ids).chain(messages).any(|key| key.len() > MOST_KEY_BYTES) {
        return Err(StoreError::Unstorable { what: "a key is longer than 2,000 bytes" });
    }
    if texts.chain(payloads).chain(sent).chain(streams).any(|text| !is_storable_text(text)) {
        return Err(StoreError::Unstorable { what: "a text holds the character U+0000" });
    }
    Ok(())
}

fn words(verdict: &Verdict) -> impl Iterator<Item = &Text> {
    let (reason, detail) = match verdict {
        Verdict::Applied | Verdict::Unchanged | Verdict::NeedsFetch => (None, None),
        Verdict::Refused { reason, detail } | Verdict::Undecodable { reason, detail } => {
            (Some(reason), Some(detail))
        }
    };
    reason.into_iter().chain(detail)
}
