//! What the server's refusals of a group say: whether it is written, whose fault it was, and how that is called.

use sqlx::postgres::PgConnection;

use super::history::small;
use super::prepared::Prepared;
use crate::sealed;
use crate::store::StoreError;

/// Whether the server says that it did not commit. After anything else it may have: the answer can be lost together
/// with the connection, or the server stop between the two.
pub(super) fn is_refused(error: &sqlx::Error) -> bool {
    class(error).is_some_and(|class| matches!(&*class, "23" | "40"))
}

/// Whether one commit can have caused it, so that the others of its group would be written without it: a value, a
/// constraint or a bound of the server, or what was found wrong here.
pub(super) fn is_of_one(error: &StoreError) -> bool {
    match error {
        StoreError::Database(error) => {
            matches!(**error, sqlx::Error::Encode(_))
                || class(error).is_some_and(|class| matches!(&*class, "22" | "23" | "54"))
        }
        _ => true,
    }
}

/// The class of a server's refusal: the first two characters of its code.
fn class(error: &sqlx::Error) -> Option<String> {
    error.as_database_error()?.code()?.get(..2).map(str::to_owned)
}

/// The error of a commit that was refused alone, named for its condition; `None` when another shard's writer took a
/// key meanwhile, so that the commit must be looked at again.
pub(super) async fn named(
    conn: &mut PgConnection,
    commit: &Prepared,
    error: StoreError,
) -> Option<StoreError> {
    let StoreError::Database(refused) = &error else { return Some(error) };
    let Some(refused) = refused.as_database_error() else { return Some(error) };
    let found = match (refused.code().as_deref(), refused.constraint()) {
        (Some("23505"), Some("inbox_key" | "attempts_number")) => return None,
        (Some("23505"), Some("entries_posted_once")) => repeated(conn, commit).await,
        (Some("22003"), _) => overflowing(conn, commit).await,
        _ => Ok(None),
    };
    // When the look-up fails too, the first error says more.
    Some(found.ok().flatten().unwrap_or(error))
}

async fn repeated(conn: &mut PgConnection, commit: &Prepared) -> Result<Option<StoreError>, sqlx::Error> {
    let entries: Vec<_> = commit.draft.entries().collect();
    let number: Option<i64> = sqlx::query_scalar(
        "SELECT number FROM unnest($1::smallint[], $2::text[], $3::text[]) WITH ORDINALITY
             AS wanted (shard, stream, id, number)
         JOIN entries USING (shard, stream, id) ORDER BY number LIMIT 1",
    )
    .bind(entries.iter().map(|(_, event)| small(commit.shards[*event])).collect::<Vec<_>>())
    .bind(entries.iter().map(|(entry, _)| entry.stream.to_string()).collect::<Vec<_>>())
    .bind(entries.iter().map(|(entry, _)| &*entry.id.0).collect::<Vec<_>>())
    .fetch_optional(conn)
    .await?;
    let entry = number.and_then(|number| entries.get(usize::try_from(number - 1).ok()?));
    Ok(entry.map(|(entry, _)| StoreError::RepeatedEntry { id: entry.id.clone() }))
}

async fn overflowing(conn: &mut PgConnection, commit: &Prepared) -> Result<Option<StoreError>, sqlx::Error> {
    for ((account, currency, seller, shard), sum) in &commit.sums {
        let before: Option<i64> = sqlx::query_scalar(
            "SELECT balance_minor FROM balances WHERE account = $1 AND currency = $2 AND seller = $3 AND shard = $4",
        )
        .bind(small(account.code()))
        .bind(currency.code())
        .bind(&**seller)
        .bind(small(*shard))
        .fetch_optional(&mut *conn)
        .await?;
        if let Err(error) = sealed::add(before.unwrap_or(0), *sum, *account, *currency, seller) {
            return Ok(Some(error));
        }
    }
    Ok(None)
}
