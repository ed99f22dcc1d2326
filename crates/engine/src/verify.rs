//! Proves that the store is what was written: chain, histories, postings and balances, each made again.
//!
//! The chain covers the events' exact bytes; entries are posted again from the events by the policy version they
//! name; balances are summed again from the entries. Every difference is a finding, and the walk goes on as far
//! as it can. A store that is written to meanwhile is walked to where it ended at the start.

use std::collections::BTreeMap;

use domain::currency::Currency;
use domain::stream::StreamKind;
use domain::text::Text;
use ledger::account::Account;
use ledger::policy::PolicyBook;
use serde::Serialize;
use store::read::{Balance, StoredEvent};
use store::store::Store;
use tokio::try_join;
use walk::{Walk, by_position};

use crate::beside::Beside;
use crate::error::EngineError;
use crate::ingest::{fact_of, follow};
use crate::look::chain;

mod walk;

/// Events or entries in one page.
const PAGE: usize = 4_000;

/// The result of a verification.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Verified {
    /// Events read.
    pub events: u64,
    /// Histories folded.
    pub streams: u64,
    /// Entries compared.
    pub entries: u64,
    /// What is not as it was written, in the order it was found.
    pub differences: Vec<Difference>,
}

/// One difference.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Difference {
    /// What differs: `chain`, `history`, `entry` or `balance`.
    pub what: &'static str,
    /// Position of the event in its shard, when one is at fault.
    pub position: Option<u64>,
    /// Which stream or account.
    pub subject: String,
    /// A sentence for a person.
    pub detail: String,
}

type Sums = BTreeMap<(Account, Currency, Text), i64>;

/// Makes everything again and compares, by position and by stream at the same time. `progress` is told after each page
/// by position how many events were read.
///
/// # Errors
/// When the store does not answer; differences are no errors.
pub async fn verify(
    store: &dyn Store,
    policies: &PolicyBook,
    mut progress: impl FnMut(u64) + Send,
) -> Result<Verified, EngineError> {
    let then = store.snapshot().await?;
    let walk = Walk::new(policies.clone());
    // Each event is read twice: in one order alone, every state would have to be held until its last event.
    let (walk, histories) =
        try_join!(by_position(store, &then.heads, walk, &mut progress), by_stream(store))?;
    let Walk { mut verified, sums, .. } = walk;
    verified.streams = histories.streams;
    verified.differences.extend(histories.differences);
    balances(then.balances, &sums, &mut verified);
    Ok(verified)
}

/// Folds every history.
async fn by_stream(store: &dyn Store) -> Result<Verified, EngineError> {
    let mut folding = Beside::begin(Verified::default);
    for kind in StreamKind::ALL {
        let mut after: Option<String> = None;
        loop {
            let page = store.scan_streams(kind, after.as_deref(), PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.stream.key().to_owned());
            let verified = folding.done().await;
            folding = Beside::begin(move || histories(&page, verified));
        }
    }
    Ok(folding.done().await)
}

fn histories(page: &[StoredEvent], mut verified: Verified) -> Verified {
    for history in page.chunk_by(|a, b| a.stream == b.stream) {
        verified.streams += 1;
        if let Err(error) = fold(history) {
            verified.found("history", None, &history[0].stream.to_string(), chain(&error));
        }
    }
    verified
}

fn fold(history: &[StoredEvent]) -> Result<(), EngineError> {
    let mut state = None;
    for event in history {
        state = Some(follow(state, event, &fact_of(event)?)?);
    }
    Ok(())
}

fn balances(stored: Vec<Balance>, sums: &Sums, verified: &mut Verified) {
    let stored: Sums = stored
        .into_iter()
        .map(|balance| ((balance.account, balance.currency, balance.seller), balance.balance_minor))
        .collect();
    let mut keys: Vec<_> = sums.keys().chain(stored.keys()).collect();
    keys.sort();
    keys.dedup();
    for key in keys {
        let (summed, kept) = (sums.get(key).unwrap_or(&0), stored.get(key).unwrap_or(&0));
        if summed != kept {
            let (account, currency, seller) = key;
            let subject = format!("account {} of seller {seller}", account.code());
            let print = |minor: i64| domain::money::format_minor(minor, *currency);
            let detail = format!(
                "the balance says {} {currency}, but its entries sum to {}",
                print(*kept),
                print(*summed)
            );
            verified.found("balance", None, &subject, detail);
        }
    }
}

impl Verified {
    fn found(&mut self, what: &'static str, position: Option<u64>, subject: &str, detail: String) {
        self.differences.push(Difference { what, position, subject: subject.to_owned(), detail });
    }
}

#[cfg(test)]
mod tests;
