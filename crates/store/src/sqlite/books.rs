//! Reading entries and balances.

use ledger::account::Account;
use ledger::journal::{EntryId, Line};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::read::{Balance, Cut, StoredEntry};
use crate::store::StoreError;
use crate::stored::{self, currency, instant, integer, sql_limit};

/// Entries after a position.
pub(super) async fn scan_entries(
    conn: &mut SqliteConnection,
    after: u64,
    limit: usize,
) -> Result<Vec<StoredEntry>, StoreError> {
    let rows = sqlx::query(
        "SELECT position, id, stream, fact, at, recorded_at, currency, accounts, amounts, evidence, policy
         FROM entries WHERE position > ?1 ORDER BY position LIMIT ?2",
    )
    .bind(integer(after))
    .bind(sql_limit(limit))
    .fetch_all(conn)
    .await?;
    rows.iter().map(entry).collect()
}

/// Balances as projected, or summed from the entries inside a cut. SQLite adds integers exactly, or fails.
pub(super) async fn balances(conn: &mut SqliteConnection, cut: Cut) -> Result<Vec<Balance>, StoreError> {
    let projected = "SELECT account, currency, seller, sum(balance_minor) AS balance FROM balances
         GROUP BY account, currency, seller HAVING balance <> 0 ORDER BY account, currency, seller";
    let summed = "SELECT account, currency, seller, sum(amount_minor) AS balance FROM postings
         WHERE at <= ?1 AND recorded_at <= ?2
         GROUP BY account, currency, seller HAVING balance <> 0 ORDER BY account, currency, seller";
    let query = if cut == Cut::default() {
        sqlx::query(projected)
    } else {
        let bound = |at: Option<domain::machine::Instant>| at.map_or(i64::MAX, |at| at.timestamp_micros());
        sqlx::query(summed).bind(bound(cut.as_of)).bind(bound(cut.known_at))
    };
    query.fetch_all(conn).await?.iter().map(balance).collect()
}

fn entry(row: &SqliteRow) -> Result<StoredEntry, StoreError> {
    let position = row.try_get::<i64, _>(0)?.unsigned_abs();
    let corrupt = |what| StoreError::Corrupt { position, what };
    let stream =
        stored::stream(row.try_get(2)?).ok_or_else(|| corrupt("the stream of the entry is unknown"))?;
    Ok(StoredEntry {
        position,
        id: EntryId(row.try_get::<&str, _>(1)?.into()),
        stream,
        fact: row.try_get::<&str, _>(3)?.into(),
        at: instant(row.try_get(4)?, position)?,
        recorded_at: instant(row.try_get(5)?, position)?,
        currency: currency(row.try_get(6)?, position)?,
        lines: lines(row.try_get(7)?, row.try_get(8)?)
            .ok_or_else(|| corrupt("the lines of the entry cannot be read"))?,
        evidence: stored::evidence(row.try_get(9)?)
            .ok_or_else(|| corrupt("the evidence of the entry is unknown"))?,
        policy: row.try_get(10)?,
    })
}

fn lines(accounts: &str, amounts: &str) -> Option<Vec<Line>> {
    let accounts: Vec<u16> = serde_json::from_str(accounts).ok()?;
    let amounts: Vec<i64> = serde_json::from_str(amounts).ok()?;
    if accounts.len() != amounts.len() {
        return None;
    }
    accounts
        .into_iter()
        .zip(amounts)
        .map(|(code, amount_minor)| Some(Line { account: Account::from_code(code)?, amount_minor }))
        .collect()
}

fn balance(row: &SqliteRow) -> Result<Balance, StoreError> {
    // A balance sums many entries, so no position can be named.
    const POSITION: u64 = 0;
    Ok(Balance {
        account: Account::from_code(row.try_get(0)?)
            .ok_or(StoreError::Corrupt { position: POSITION, what: "a balance has an unknown account" })?,
        currency: currency(row.try_get(1)?, POSITION)?,
        seller: row.try_get::<&str, _>(2)?.into(),
        balance_minor: row.try_get(3)?,
    })
}
