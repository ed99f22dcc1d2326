//! What one batch of deliveries writes, together or not at all. Pure: no await, no clock of its own.
//!
//! Each delivery is decided on the state that the deliveries before it left. One that is refused leaves nothing
//! but its verdict.

use std::collections::{HashMap, HashSet};

use domain::fact::Fact;
use domain::machine::{Context, Instant};
use domain::observation::Observed;
use domain::rules::Rules;
use domain::stream::StreamId;
use domain::text::Text;
use ledger::policy::Policy;
use ledger::rules::{PostError, post};
use store::commit::{Commit, NewEvent};
use store::inbox::{Attempt, InboxKey, NewDelivery, Verdict};

use crate::item::{Item, channel_word, derived_key};
use crate::look::Looked;
use crate::machines::{self, AnyState, Refused};

/// What a plan is made on.
#[derive(Clone, Debug, Default)]
pub struct Ground {
    /// States with the last sequence of their histories; absent streams are not in the map.
    pub states: HashMap<StreamId, (AnyState, u64)>,
    /// Deliveries that are in the inbox, with the SHA-256 of their bodies.
    pub known: HashMap<InboxKey, Text>,
    /// Verdicts of what was fetched for notifications, for those notifications that are new.
    pub answers: HashMap<InboxKey, Verdict>,
}

/// What plans consult.
#[derive(Clone, Debug)]
pub struct Book {
    /// The provider's rules.
    pub rules: Rules,
    /// The posting policy in force.
    pub policy: Policy,
}

/// A plan: what to write, and what it leaves out because it is known.
#[derive(Debug)]
pub struct Plan {
    /// What to write.
    pub commit: Commit,
    /// Deliveries that are already in the inbox.
    pub duplicates: u64,
}

/// What the inbox keeps of a delivery beside its envelope.
struct Told {
    seller: Option<Text>,
    subject: Option<Text>,
    verdict: Verdict,
    unclassified: bool,
}

struct Planner<'a> {
    book: &'a Book,
    ground: Ground,
    now: Instant,
    commit: Commit,
    taken: HashMap<InboxKey, Text>,
    closed: HashSet<InboxKey>,
}

/// Plans a batch of deliveries that were looked at.
///
/// # Errors
/// When a fact cannot be posted: amounts out of range.
pub fn plan(batch: &[(Item, Looked)], ground: Ground, now: Instant, book: &Book) -> Result<Plan, PostError> {
    let mut planner = Planner {
        book,
        ground,
        now,
        commit: Commit {
            recorded_at: now,
            deliveries: Vec::with_capacity(batch.len()),
            attempts: Vec::new(),
            events: Vec::with_capacity(batch.len() * 2),
            outbox: Vec::new(),
        },
        taken: HashMap::with_capacity(batch.len()),
        closed: HashSet::new(),
    };
    let mut duplicates = 0;
    for (item, looked) in batch {
        duplicates += u64::from(!planner.deliver(item, looked)?);
    }
    Ok(Plan { commit: planner.commit, duplicates })
}

/// Plans another attempt at a delivery that is in the inbox, which the notification shares that it was fetched for.
///
/// # Errors
/// When a fact cannot be posted.
pub fn replan(
    key: &InboxKey,
    caused_by: Option<&InboxKey>,
    looked: &Looked,
    ground: Ground,
    now: Instant,
    book: &Book,
) -> Result<Commit, PostError> {
    let commit =
        Commit { recorded_at: now, deliveries: vec![], attempts: vec![], events: vec![], outbox: vec![] };
    let (taken, closed) = (HashMap::new(), HashSet::new());
    let mut planner = Planner { book, ground, now, commit, taken, closed };
    let (_, verdict, _) = planner.judge(looked, Some(key))?;
    if let Some(cause) = caused_by {
        planner.close(cause, &verdict);
    }
    planner.commit.attempts.push(Attempt { key: key.clone(), at: now, verdict });
    Ok(planner.commit)
}

/// Plans facts that no delivery caused: orders of people and of the clock.
///
/// # Errors
/// When a fact cannot be posted.
pub fn plan_facts(
    facts: Vec<(StreamId, u64, Fact)>,
    actor: &Text,
    now: Instant,
    policy: &Policy,
) -> Result<Commit, PostError> {
    let mut events = Vec::with_capacity(facts.len());
    for (stream, sequence, fact) in facts {
        let mut event = new_event(&stream, sequence, &fact, policy)?;
        event.actor = Some(actor.clone());
        events.push(event);
    }
    Ok(Commit { recorded_at: now, deliveries: vec![], attempts: vec![], events, outbox: vec![] })
}

impl Planner<'_> {
    /// Takes one delivery in; false when it is already in the inbox.
    fn deliver(&mut self, item: &Item, looked: &Looked) -> Result<bool, PostError> {
        let sha256 = item.body_sha256();
        let former = self.ground.known.get(&item.key).or_else(|| self.taken.get(&item.key));
        match former {
            // A row's identity is its content; its place in another file may differ.
            Some(former) if *former == sha256 || item.kind_word() == "row" => return Ok(false),
            Some(_) => return Ok(self.refuse_reused(item, looked, &sha256)),
            None => {}
        }
        let (seller, verdict, unclassified) = self.judge(looked, Some(&item.key))?;
        if let Some(cause) = &item.caused_by {
            self.close(cause, &verdict);
            self.ground.answers.insert(cause.clone(), verdict.clone());
        }
        let answer = self.ground.answers.get(&item.key).filter(|_| verdict == Verdict::NeedsFetch).cloned();
        self.taken.insert(item.key.clone(), sha256);
        let told = Told { seller, subject: looked.subject(), verdict, unclassified };
        self.keep(item, item.key.clone(), item.caused_by.clone(), told);
        if let Some(verdict) = answer {
            self.close(&item.key, &verdict);
        }
        Ok(true)
    }

    /// Another body came under a known key: it is kept under a key of its own.
    fn refuse_reused(&mut self, item: &Item, looked: &Looked, sha256: &Text) -> bool {
        let key = derived_key(&[b"key_reused", item.key.0.as_bytes(), sha256.as_bytes()]);
        if self.ground.known.contains_key(&key) || self.taken.contains_key(&key) {
            return false;
        }
        let detail = format!("key `{}` is known with another body; send it under a key of its own", item.key);
        let verdict = Verdict::Refused { reason: "key_reused".into(), detail: detail.into() };
        self.taken.insert(key.clone(), sha256.clone());
        let (seller, subject) = (item.seller.clone(), looked.subject());
        self.keep(item, key, None, Told { seller, subject, verdict, unclassified: false });
        true
    }

    fn judge(
        &mut self,
        looked: &Looked,
        cause: Option<&InboxKey>,
    ) -> Result<(Option<Text>, Verdict, bool), PostError> {
        match looked {
            Looked::Settled { seller, verdict, .. } => {
                let seller = seller.as_ref().map(|s| Text::from(s.as_str()));
                Ok((seller, verdict.clone(), false))
            }
            Looked::Told { seller, observed, unclassified } => {
                let verdict = self.apply(observed, cause)?;
                Ok((Some(seller.as_str().into()), verdict, *unclassified))
            }
        }
    }

    /// Decides all that a delivery tells; all of it counts, or none when a machine refuses any of it.
    fn apply(&mut self, observed: &[Observed], cause: Option<&InboxKey>) -> Result<Verdict, PostError> {
        let context = Context { now: self.now, rules: &self.book.rules };
        let mark = self.commit.events.len();
        let mut undo: Vec<(StreamId, Option<(AnyState, u64)>)> = Vec::new();
        for one in observed {
            let held = self.ground.states.get(&one.stream);
            let facts = match machines::decide(held.map(|(s, _)| s), one.observation.clone(), &context) {
                Ok(facts) => facts,
                Err(Refused { reason, detail }) => {
                    self.commit.events.truncate(mark);
                    for (stream, former) in undo.into_iter().rev() {
                        match former {
                            Some(former) => self.ground.states.insert(stream, former),
                            None => self.ground.states.remove(&stream),
                        };
                    }
                    return Ok(Verdict::Refused {
                        reason,
                        detail: format!("{}: {detail}", one.stream).into(),
                    });
                }
            };
            if facts.is_empty() {
                continue;
            }
            undo.push((one.stream.clone(), held.cloned()));
            self.append(&one.stream, &facts, cause)?;
        }
        Ok(if self.commit.events.len() > mark { Verdict::Applied } else { Verdict::Unchanged })
    }

    fn append(
        &mut self,
        stream: &StreamId,
        facts: &[Fact],
        cause: Option<&InboxKey>,
    ) -> Result<(), PostError> {
        let (mut state, mut sequence) = match self.ground.states.remove(stream) {
            Some((state, sequence)) => (Some(state), sequence),
            None => (None, 0),
        };
        for fact in facts {
            sequence += 1;
            let next = machines::evolve(state.take(), fact);
            state = Some(next.expect("evolve accepts whatever decide writes: a property of every machine"));
            let mut event = new_event(stream, sequence, fact, &self.book.policy)?;
            event.caused_by = cause.cloned();
            self.commit.events.push(event);
        }
        if let Some(state) = state {
            self.ground.states.insert(stream.clone(), (state, sequence));
        }
        Ok(())
    }

    /// Closes the notification that made us fetch this: it shares the verdict.
    fn close(&mut self, cause: &InboxKey, verdict: &Verdict) {
        let known = self.ground.known.contains_key(cause) || self.taken.contains_key(cause);
        if known && self.closed.insert(cause.clone()) {
            self.commit.attempts.push(Attempt { key: cause.clone(), at: self.now, verdict: verdict.clone() });
        }
    }

    fn keep(&mut self, item: &Item, key: InboxKey, caused_by: Option<InboxKey>, told: Told) {
        let Told { seller, subject, verdict, unclassified } = told;
        self.commit.deliveries.push(NewDelivery {
            key,
            kind: item.kind_word().into(),
            topic: item.topic.clone(),
            channel: channel_word(item.channel).into(),
            seller: seller.or_else(|| item.seller.clone()).unwrap_or_default(),
            site: item.site.clone().unwrap_or_default(),
            origin: item.origin.clone(),
            received_at: item.received_at,
            caused_by,
            subject,
            body: item.body.clone(),
            verdict,
            unclassified,
        });
    }
}

fn new_event(stream: &StreamId, sequence: u64, fact: &Fact, policy: &Policy) -> Result<NewEvent, PostError> {
    Ok(NewEvent {
        stream: stream.clone(),
        sequence,
        name: fact.name(),
        version: fact.version(),
        payload: fact.payload(),
        occurred_at: fact.occurred_at(),
        caused_by: None,
        actor: None,
        entry: post(stream, fact, policy)?,
    })
}
