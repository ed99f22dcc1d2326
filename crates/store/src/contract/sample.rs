//! Small commits to store.

use domain::currency::Currency;
use domain::ids::{PaymentId, RefundId, SellerId};
use domain::machine::Instant;
use domain::stream::StreamId;
use ledger::account::Account;
use ledger::journal::{EntryId, Evidence, Heading, JournalEntry, Line};

use crate::chain::ONLY_SHARD;
use crate::commit::{Commit, NewEvent, NewMessage, Outcome};
use crate::inbox::{Attempt, Body, InboxKey, NewDelivery, Verdict};
use crate::read::StoredEvent;
use crate::store::Store;

/// Seconds after a fixed day, with nanoseconds that no store keeps.
pub(crate) fn at(seconds: i64) -> Instant {
    Instant::from_timestamp(1_800_000_000 + seconds, 123_456_789).expect("a date in range")
}

/// The same, as stores keep it.
pub(crate) fn kept(seconds: i64) -> Instant {
    Instant::from_timestamp(1_800_000_000 + seconds, 123_456_000).expect("a date in range")
}

pub(crate) fn payment(id: &str) -> StreamId {
    StreamId::payment(&SellerId::from("446566691"), &PaymentId::from(id))
}

pub(crate) fn refund(payment: &str, id: &str) -> StreamId {
    StreamId::refund(&SellerId::from("446566691"), &PaymentId::from(payment), &RefundId::from(id))
}

pub(crate) fn key(text: &str) -> InboxKey {
    InboxKey(text.into())
}

/// A commit recorded so many seconds after the day.
pub(crate) fn commit(recorded: i64) -> Commit {
    Commit { recorded_at: at(recorded), deliveries: vec![], attempts: vec![], events: vec![], outbox: vec![] }
}

impl Commit {
    pub(crate) fn delivery(mut self, delivery: NewDelivery) -> Self {
        self.deliveries.push(delivery);
        self
    }

    pub(crate) fn attempt(mut self, key_text: &str, seconds: i64, verdict: Verdict) -> Self {
        self.attempts.push(Attempt { key: key(key_text), at: at(seconds), verdict });
        self
    }

    pub(crate) fn message(mut self, message: NewMessage) -> Self {
        self.outbox.push(message);
        self
    }

    pub(crate) fn event(mut self, event: NewEvent) -> Self {
        self.events.push(event);
        self
    }
}

pub(crate) fn delivery(key_text: &str, body: &[u8], verdict: Verdict) -> NewDelivery {
    NewDelivery {
        key: key(key_text),
        kind: "resource".into(),
        topic: "payment".into(),
        channel: "poll".into(),
        seller: "446566691".into(),
        site: "MLA".into(),
        origin: "day.ndjson:7".into(),
        received_at: at(1),
        caused_by: None,
        subject: None,
        body: Body::whole(body.to_vec()),
        verdict,
        unclassified: false,
    }
}

pub(crate) fn refused(reason: &str) -> Verdict {
    Verdict::Refused { reason: reason.into(), detail: "the currency differs from the payment's".into() }
}

/// An event without an entry, whose payload names its place.
pub(crate) fn event(stream: &StreamId, sequence: u64) -> NewEvent {
    NewEvent {
        stream: stream.clone(),
        sequence,
        name: "payment.approved",
        version: 1,
        payload: format!(r#"{{"stream":"{stream}","sequence":{sequence}}}"#),
        occurred_at: at(-3_600),
        caused_by: None,
        actor: None,
        entry: None,
    }
}

/// An event that posts: debit 1121, credit 4100.
pub(crate) fn sale(stream: &StreamId, sequence: u64, entry_id: &str, amount_minor: i64) -> NewEvent {
    sale_at(stream, sequence, entry_id, amount_minor, -3_600)
}

pub(crate) fn sale_at(
    stream: &StreamId,
    sequence: u64,
    entry_id: &str,
    amount_minor: i64,
    seconds: i64,
) -> NewEvent {
    let heading = Heading {
        stream: stream.clone(),
        fact: "payment.approved".into(),
        at: at(seconds),
        currency: Currency::ARS,
        evidence: Evidence::Api,
        policy: 3,
    };
    let lines = vec![line(1121, amount_minor), line(4100, -amount_minor)];
    let entry =
        JournalEntry::from_stored(EntryId(entry_id.into()), heading, lines).expect("the two lines balance");
    NewEvent { occurred_at: at(seconds), entry: Some(entry), ..event(stream, sequence) }
}

pub(crate) fn line(code: u16, amount_minor: i64) -> Line {
    Line { account: account(code), amount_minor }
}

pub(crate) fn account(code: u16) -> Account {
    Account::from_code(code).expect("a code of the chart")
}

/// Commits and requires that it was written; answers the head.
pub(crate) async fn committed(store: &dyn Store, commit: Commit) -> u64 {
    match store.commit(commit).await.expect("the store answers") {
        Outcome::Committed { head } => head,
        Outcome::Stale { streams, keys } => panic!("stale: {streams:?} {keys:?}"),
    }
}

pub(crate) async fn stale(store: &dyn Store, commit: Commit) -> (Vec<StreamId>, Vec<InboxKey>) {
    match store.commit(commit).await.expect("the store answers") {
        Outcome::Committed { head } => panic!("committed up to {head}"),
        Outcome::Stale { streams, keys } => (streams, keys),
    }
}

/// All events, read in pages.
pub(crate) async fn all_events(store: &dyn Store, limit: usize) -> Vec<StoredEvent> {
    let mut events: Vec<StoredEvent> = Vec::new();
    loop {
        let after = events.last().map_or(0, |event| event.position);
        let page = store.scan(ONLY_SHARD, after, limit).await.expect("the store is whole");
        assert!(page.len() <= limit, "a page is within its limit");
        if page.is_empty() {
            return events;
        }
        events.extend(page);
    }
}
