//! Reading entries, balances and the outbox.

use domain::machine::Instant;
use ledger::account::Account;
use ledger::journal::{EntryId, Line};
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Connection, Row};

use super::address::ANY_PLAN;
use super::history::small;
use crate::read::{Balance, Cut, StoredEntry, StoredMessage};
use crate::store::StoreError;
use crate::stored::{self, currency, instant, integer, sql_limit};

/// Entries of a shard after a position.
pub(super) async fn scan_entries(
    conn: &mut PgConnection,
    shard: u16,
    after: u64,
    limit: usize,
) -> Result<Vec<StoredEntry>, StoreError> {
    let rows = sqlx::query(
        "SELECT position, id, stream, fact, at, recorded_at, currency, accounts, amounts, evidence, policy
         FROM entries WHERE shard = $1 AND position > $2 ORDER BY position LIMIT $3",
    )
    .bind(small(shard))
    .bind(integer(after))
    .bind(sql_limit(limit))
    .fetch_all(conn)
    .await?;
    rows.iter().map(entry).collect()
}

/// Balances as projected, or summed from the entries inside a cut. PostgreSQL adds without bounds; the cast fails
/// when the sum is out of range.
pub(super) async fn balances(conn: &mut PgConnection, cut: Cut) -> Result<Vec<Balance>, StoreError> {
    if cut == Cut::default() {
        return projected(conn).await;
    }
    let bound = |at: Option<Instant>| at.map_or(i64::MAX, |at| at.timestamp_micros());
    let mut tx = conn.begin_with(ANY_PLAN).await?;
    let rows = sqlx::query(
        "SELECT account, currency, seller, sum(amount_minor)::bigint FROM postings
         WHERE at <= $1 AND recorded_at <= $2
         GROUP BY account, currency, seller HAVING sum(amount_minor) <> 0 ORDER BY account, currency, seller",
    )
    .bind(bound(cut.as_of))
    .bind(bound(cut.known_at))
    .fetch_all(&mut *tx)
    .await?;
    tx.rollback().await?;
    rows.iter().map(balance).collect()
}

/// Balances as projected.
pub(super) async fn projected(conn: &mut PgConnection) -> Result<Vec<Balance>, StoreError> {
    let rows = sqlx::query(
        "SELECT account, currency, seller, sum(balance_minor)::bigint FROM balances
         GROUP BY account, currency, seller HAVING sum(balance_minor) <> 0 ORDER BY account, currency, seller",
    )
    .fetch_all(conn)
    .await?;
    rows.iter().map(balance).collect()
}

/// Messages after a number.
pub(super) async fn outbox(
    conn: &mut PgConnection,
    after: u64,
    limit: usize,
) -> Result<Vec<StoredMessage>, StoreError> {
    let rows = sqlx::query(
        "SELECT number, key, destination, stream, payload, recorded_at
         FROM outbox WHERE number > $1 ORDER BY number LIMIT $2",
    )
    .bind(integer(after))
    .bind(sql_limit(limit))
    .fetch_all(conn)
    .await?;
    rows.iter().map(message).collect()
}

fn entry(row: &PgRow) -> Result<StoredEntry, StoreError> {
    let position = row.try_get::<i64, _>(0)?.unsigned_abs();
    let corrupt = |what| StoreError::Corrupt { position, what };
    Ok(StoredEntry {
        position,
        id: EntryId(row.try_get::<&str, _>(1)?.into()),
        stream: stored::stream(row.try_get(2)?)
            .ok_or_else(|| corrupt("the stream of the entry is unknown"))?,
        fact: row.try_get::<&str, _>(3)?.into(),
        at: instant(row.try_get(4)?, position)?,
        recorded_at: instant(row.try_get(5)?, position)?,
        currency: currency(row.try_get(6)?, position)?,
        lines: lines(row.try_get(7)?, row.try_get(8)?)
            .ok_or_else(|| corrupt("the lines of the entry cannot be read"))?,
        evidence: stored::evidence(row.try_get(9)?)
            .ok_or_else(|| corrupt("the evidence of the entry is unknown"))?,
        policy: u32::try_from(row.try_get::<i64, _>(10)?)
            .map_err(|_| corrupt("the policy of the entry is out of range"))?,
    })
}

fn lines(accounts: Vec<i16>, amounts: Vec<i64>) -> Option<Vec<Line>> {
    accounts
        .into_iter()
        .zip(amounts)
        .map(|(code, amount_minor)| Some(Line { account: account(code)?, amount_minor }))
        .collect()
}

fn account(code: i16) -> Option<Account> {
    Account::from_code(u16::try_from(code).ok()?)
}

fn balance(row: &PgRow) -> Result<Balance, StoreError> {
    // A balance sums many entries, so no position can be named.
    const POSITION: u64 = 0;
    Ok(Balance {
        account: account(row.try_get(0)?)
            .ok_or(StoreError::Corrupt { position: POSITION, what: "a balance has an unknown account" })?,
        currency: currency(row.try_get(1)?, POSITION)?,
        seller: row.try_get::<&str, _>(2)?.into(),
        balance_minor: row.try_get(3)?,
    })
}

fn message(row: &PgRow) -> Result<StoredMessage, StoreError> {
    let number = row.try_get::<i64, _>(0)?.unsigned_abs();
    let caused_by = stored::stream(row.try_get(3)?)
        .ok_or(StoreError::Corrupt { position: number, what: "the stream of the message is unknown" })?;
    Ok(StoredMessage {
        number,
        key: row.try_get::<&str, _>(1)?.into(),
        destination: row.try_get::<&str, _>(2)?.into(),
        payload: row.try_get(4)?,
        caused_by,
        recorded_at: instant(row.try_get(5)?, number)?,
    })
}
