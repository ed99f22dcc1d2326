//! One transaction of a group of commits: the locks first, each as a statement of its own, so that everything after
//! them sees all that earlier holders wrote.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::stream::StreamId;
use domain::text::Text;
use rustc_hash::{FxHashMap, FxHashSet};
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{AssertSqlSafe, Row};

use super::deliveries::{answers, texts};
use super::history::small;
use super::insert::{self, Arrived, Attempted, Counters, Sent};
use super::prepared::{Prepared, Sums};
use super::refusal::is_refused;
use crate::chain::ONLY_SHARD;
use crate::commit::Outcome;
use crate::fresh;
use crate::inbox::InboxKey;
use crate::read::{Head, StoredEntry, StoredEvent};
use crate::sealed;
use crate::store::StoreError;
use crate::stored::{digest, instant};

/// What a caller is answered.
pub(super) type Answer = Result<Outcome, StoreError>;

/// A group that did not end with answers.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) error: StoreError,
    /// Whether it may be written nevertheless.
    pub(super) in_doubt: bool,
    /// Whether the connection is as it was before.
    pub(super) sound: bool,
}

/// Where the group runs.
pub(super) struct Place<'p> {
    pub(super) conn: &'p mut PgConnection,
    /// Key of the lock of shard 0.
    pub(super) first_lock: i64,
    pub(super) shards: u16,
}

/// What the group's commits are checked against; each that fits changes it for the ones after it.
struct Known {
    heads: BTreeMap<u16, Counters>,
    last: HashMap<StreamId, u64>,
    /// Arrivals and numbers of attempts.
    inbox: FxHashMap<InboxKey, (i64, i32)>,
    /// Notifications that something was fetched for.
    answered: FxHashSet<InboxKey>,
    messages: FxHashSet<Text>,
}

/// The rows of the commits that fit.
#[derive(Default)]
struct Rows<'c> {
    arrived: Vec<Arrived<'c>>,
    attempted: Vec<Attempted<'c>>,
    sent: Vec<Sent<'c>>,
    sums: Sums,
    written: Vec<&'c Prepared>,
}

/// Writes those commits of a group that fit, in order, and answers every one. All have the same home.
///
/// # Errors
/// When the database does not answer or refuses any of it; nothing is written then, unless it is in doubt.
pub(super) async fn run(place: &mut Place<'_>, commits: &mut [Box<Prepared>]) -> Result<Vec<Answer>, Failed> {
    let ended = match written(place, commits).await {
        Ok((answers, true)) => {
            let done = sqlx::raw_sql("COMMIT").execute(&mut *place.conn).await;
            return done.map(|_| answers).map_err(|error| {
                let refused = is_refused(&error);
                Failed { error: error.into(), in_doubt: !refused, sound: refused }
            });
        }
        Ok((answers, false)) => Ok(answers),
        Err(error) => Err(error),
    };
    let back = sqlx::raw_sql("ROLLBACK").execute(&mut *place.conn).await;
    let sound = back.is_ok();
    let failed = |error| Failed { error, in_doubt: false, sound };
    let answers = ended.map_err(failed)?;
    back.map(|_| answers).map_err(|error| failed(error.into()))
}

async fn written(
    place: &mut Place<'_>,
    commits: &mut [Box<Prepared>],
) -> Result<(Vec<Answer>, bool), StoreError> {
    let mut known = Known {
        heads: begin(place, commits).await?,
        last: last_sequences(place, commits).await?,
        inbox: arrivals(place.conn, commits).await?,
        answered: answered(place.conn, commits).await?,
        messages: messages(place.conn, commits).await?,
    };
    let mut answers: Vec<Answer> = Vec::with_capacity(commits.len());
    let mut rows = Rows::default();
    for commit in commits {
        let answer = match known.check(commit)? {
            Some(answer) => answer,
            None => {
                known.place(commit);
                let commit: &Prepared = commit;
                rows.add(commit, &mut known, place.shards)?;
                Ok(Outcome::Committed { head: known.heads[&commit.home()].head.position })
            }
        };
        answers.push(answer);
    }
    if rows.written.is_empty() {
        return Ok((answers, false));
    }
    rows.write(place.conn).await?;
    insert::heads(place.conn, &known.heads).await?;
    Ok((answers, true))
}

/// Begins, takes the locks in ascending order and reads the heads, in one round trip of separate statements.
async fn begin(
    place: &mut Place<'_>,
    commits: &[Box<Prepared>],
) -> Result<BTreeMap<u16, Counters>, StoreError> {
    let touched: BTreeSet<u16> = commits.iter().flat_map(|commit| commit.touched.iter().copied()).collect();
    // Said in full: a server, a role or a pooler may have defaults of its own.
    let mut script = String::from("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;");
    for shard in &touched {
        let lock = place.first_lock + i64::from(*shard);
        script.push_str(&format!("SELECT pg_advisory_xact_lock({lock});"));
    }
    let list: Vec<String> = touched.iter().map(u16::to_string).collect();
    script.push_str(&format!(
        "SELECT heads.shard, heads.position, count, arrivals, messages, heads.digest, recorded_at
         FROM heads LEFT JOIN events ON events.shard = heads.shard AND events.position = heads.position
         WHERE heads.shard IN ({})",
        list.join(",")
    ));
    let rows = sqlx::raw_sql(AssertSqlSafe(script)).fetch_all(&mut *place.conn).await?;
    // Each lock answers a row too.
    let heads =
        rows.iter().filter(|row| row.len() == 7).map(counters).collect::<Result<BTreeMap<_, _>, _>>()?;
    if heads.len() != touched.len() {
        return Err(StoreError::Corrupt { position: 0, what: "the head of a shard is missing" });
    }
    Ok(heads)
}

fn counters(row: &PgRow) -> Result<(u16, Counters), StoreError> {
    let position = row.try_get::<i64, _>(1)?.unsigned_abs();
    let sha256: Vec<u8> = row.try_get(5)?;
    let recorded_at: Option<i64> = row.try_get(6)?;
    let head = Head {
        position,
        count: row.try_get::<i64, _>(2)?.unsigned_abs(),
        digest: digest(&sha256, position)?,
        recorded_at: recorded_at.map(|micros| instant(micros, position)).transpose()?,
    };
    let shard = row.try_get::<i16, _>(0)?.unsigned_abs();
    Ok((shard, Counters { head, arrivals: row.try_get(3)?, messages: row.try_get(4)? }))
}

/// Last sequences of the streams; absent streams are not in the map.
async fn last_sequences(
    place: &mut Place<'_>,
    commits: &[Box<Prepared>],
) -> Result<HashMap<StreamId, u64>, StoreError> {
    let mut seen: FxHashSet<&StreamId> = FxHashSet::default();
    let streams: Vec<(&StreamId, u16)> = commits
        .iter()
        .flat_map(|commit| commit.draft.events().iter().zip(&commit.shards))
        .map(|(event, shard)| (&event.stream, *shard))
        .filter(|(stream, _)| seen.insert(stream))
        .collect();
    if streams.is_empty() {
        return Ok(HashMap::new());
    }
    let sequences: Vec<i64> = sqlx::query_scalar(
        "SELECT ARRAY(
             SELECT coalesce((
                 SELECT sequence FROM events
                 WHERE events.shard = wanted.shard AND aggregate_type = kind AND aggregate_id = wanted.key
                 ORDER BY sequence DESC LIMIT 1), 0)
             FROM unnest($1::smallint[], $2::text[], $3::text[]) WITH ORDINALITY AS wanted (shard, kind, key, number)
             ORDER BY number)",
    )
    .bind(streams.iter().map(|(_, shard)| small(*shard)).collect::<Vec<_>>())
    .bind(streams.iter().map(|(stream, _)| stream.kind().name()).collect::<Vec<_>>())
    .bind(streams.iter().map(|(stream, _)| stream.key()).collect::<Vec<_>>())
    .fetch_one(&mut *place.conn)
    .await?;
    let last = streams.into_iter().zip(sequences).filter(|(_, sequence)| *sequence > 0);
    Ok(last.map(|((stream, _), sequence)| (stream.clone(), sequence.unsigned_abs())).collect())
}

/// Arrivals and numbers of attempts of those deliveries that are in the inbox.
async fn arrivals(
    conn: &mut PgConnection,
    commits: &[Box<Prepared>],
) -> Result<FxHashMap<InboxKey, (i64, i32)>, StoreError> {
    let keys: FxHashSet<&InboxKey> = commits
        .iter()
        .flat_map(|commit| {
            let attempted = commit.attempts.iter().map(|attempt| &attempt.key);
            commit.deliveries.iter().map(|new| &new.key).chain(attempted).chain(commit.granted().absent)
        })
        .collect();
    if keys.is_empty() {
        return Ok(FxHashMap::default());
    }
    let rows = sqlx::query(
        "SELECT inbox.key, arrival, attempts
         FROM unnest($1::text[]) AS wanted (key) JOIN inbox ON inbox.key = wanted.key",
    )
    .bind(texts(keys))
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| Ok((InboxKey(row.try_get::<&str, _>(0)?.into()), (row.try_get(1)?, row.try_get(2)?))))
        .collect()
}

/// Those of the new notifications that something was fetched for.
async fn answered(
    conn: &mut PgConnection,
    commits: &[Box<Prepared>],
) -> Result<FxHashSet<InboxKey>, StoreError> {
    let waiting = commits.iter().flat_map(|commit| commit.granted().waiting);
    Ok(answers(conn, waiting).await?.into_keys().collect())
}

/// Those keys of the messages that are stored already.
async fn messages(conn: &mut PgConnection, commits: &[Box<Prepared>]) -> Result<FxHashSet<Text>, StoreError> {
    let keys: Vec<&str> =
        commits.iter().flat_map(|commit| &commit.outbox).map(|message| &*message.key).collect();
    if keys.is_empty() {
        return Ok(FxHashSet::default());
    }
    let rows: Vec<String> = sqlx::query_scalar("SELECT key FROM outbox WHERE key = ANY ($1::text[])")
        .bind(keys)
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(Text::from).collect())
}

impl Known {
    /// The answer to a commit that does not fit; `None` for one that does.
    fn check(&self, commit: &Prepared) -> Result<Option<Answer>, StoreError> {
        let streams = fresh::stale_streams(commit.draft.events(), &self.last);
        let known = |key: &InboxKey| self.inbox.contains_key(key);
        let answered = |key: &InboxKey| self.answered.contains(key);
        let keys = fresh::stale_keys(&commit.deliveries, &commit.granted(), known, answered);
        if !streams.is_empty() || !keys.is_empty() {
            return Ok(Some(Ok(Outcome::Stale { streams, keys })));
        }
        let new: FxHashSet<&InboxKey> = commit.deliveries.iter().map(|new| &new.key).collect();
        let is_known = |key: &InboxKey| new.contains(key) || self.inbox.contains_key(key);
        if let Some(attempt) = commit.attempts.iter().find(|attempt| !is_known(&attempt.key)) {
            return Ok(Some(Err(StoreError::UnknownDelivery { key: attempt.key.clone() })));
        }
        let distinct = fresh::distinct_messages(&commit.outbox, |key| self.messages.contains(key));
        Ok(distinct.err().map(Err))
    }

    /// Gives a commit's events their places.
    fn place(&mut self, commit: &mut Prepared) {
        let mut heads: BTreeMap<u16, Head> =
            self.heads.iter().map(|(shard, at)| (*shard, at.head.clone())).collect();
        commit.draft.place(&mut heads, &commit.shards);
        for (shard, head) in heads {
            self.heads.get_mut(&shard).expect("the same heads").head = head;
        }
        for event in commit.draft.events() {
            match self.last.get_mut(&event.stream) {
                Some(last) => *last = event.sequence,
                None => {
                    self.last.insert(event.stream.clone(), event.sequence);
                }
            }
        }
    }
}

impl<'c> Rows<'c> {
    fn add(&mut self, commit: &'c Prepared, known: &mut Known, shards: u16) -> Result<(), StoreError> {
        let home = commit.home();
        let counters = known.heads.get_mut(&home).expect("the home of a commit is locked");
        for (new, name) in commit.deliveries.iter().zip(&commit.names) {
            // Unique among the shards, in order for each.
            let arrival = counters.arrivals * i64::from(shards) + i64::from(home) + 1;
            counters.arrivals += 1;
            known.inbox.insert(new.key.clone(), (arrival, 1));
            known.answered.extend(new.caused_by.clone());
            self.arrived.push(Arrived { arrival, new, name, recorded_at: commit.recorded_at });
        }
        for attempt in &commit.attempts {
            let (arrival, number) = known.inbox.get_mut(&attempt.key).expect("its delivery was checked");
            *number += 1;
            let (arrival, number, at, verdict) = (*arrival, *number, attempt.at, &attempt.verdict);
            self.attempted.push(Attempted { arrival, number, at, verdict });
        }
        for message in &commit.outbox {
            let counters =
                known.heads.get_mut(&ONLY_SHARD).expect("a commit with messages locks their shard");
            counters.messages += 1;
            known.messages.insert(message.key.clone());
            self.sent.push(Sent { number: counters.messages, message, recorded_at: commit.recorded_at });
        }
        for ((account, currency, seller, shard), amount_minor) in &commit.sums {
            let sum = self.sums.entry((*account, *currency, seller.clone(), *shard)).or_default();
            *sum = sealed::add(*sum, *amount_minor, *account, *currency, seller)?;
        }
        self.written.push(commit);
        Ok(())
    }

    fn events(&self) -> Vec<(u16, &'c StoredEvent)> {
        let placed = |commit: &&'c Prepared| commit.shards.iter().copied().zip(commit.draft.events());
        self.written.iter().flat_map(placed).collect()
    }

    fn entries(&self) -> Vec<(u16, &'c StoredEntry)> {
        let mut placed = Vec::new();
        for commit in &self.written {
            placed.extend(commit.draft.entries().map(|(entry, event)| (commit.shards[event], entry)));
        }
        placed
    }

    fn bodies(&self) -> BTreeMap<&'c [u8; 32], &'c Vec<u8>> {
        self.written.iter().flat_map(|commit| &commit.bodies).collect()
    }

    async fn write(&self, conn: &mut PgConnection) -> Result<(), sqlx::Error> {
        let (events, entries, bodies) = (self.events(), self.entries(), self.bodies());
        insert::deliveries(conn, &self.arrived).await?;
        insert::attempts(conn, &self.attempted).await?;
        insert::bodies(conn, &bodies).await?;
        insert::events(conn, &events).await?;
        insert::entries(conn, &entries).await?;
        insert::messages(conn, &self.sent).await?;
        insert::balances(conn, &self.sums).await
    }
}
