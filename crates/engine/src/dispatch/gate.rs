//! Which orders are tried in a pass: not those of sellers that cannot be acted for, and none during its pause.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use client::error::ClientError;
use domain::ids::SellerId;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::became::Why;
use super::pauses::Pauses;
use crate::config::Config;
use crate::look::chain;

/// The longest time for which an order is left alone because the provider asked for it.
const LONGEST_ASKED: Duration = Duration::from_secs(3600);

/// What the orders of one pass share.
pub(super) struct Gate {
    /// Whose orders are sent; empty for everybody's.
    only: Vec<SellerId>,
    stop: CancellationToken,
    held: Mutex<Held>,
}

struct Held {
    /// Sellers that this pass found it cannot act for.
    away: BTreeSet<SellerId>,
    /// Sellers that are not configured, and that was told.
    strangers: BTreeSet<SellerId>,
    /// Messages that only a person can mend, and that was told.
    told: BTreeSet<u64>,
    sellers: Pauses<SellerId>,
    rows: Pauses<u64>,
}

impl Gate {
    pub(super) fn new(config: &Config, only: &[SellerId], stop: &CancellationToken) -> Self {
        let options = &config.relay;
        let (shortest, longest) =
            (Duration::from_millis(options.retry_min_ms), Duration::from_millis(options.retry_max_ms));
        let (sellers, rows) = (Pauses::new(shortest, longest), Pauses::new(shortest, longest));
        let (away, strangers, told) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let held = Mutex::new(Held { away, strangers, told, sellers, rows });
        Self { only: only.to_vec(), stop: stop.clone(), held }
    }

    /// A new pass begins, over messages after a number.
    pub(super) fn begin(&self, after: u64) {
        let mut held = self.held();
        held.away.clear();
        held.told.retain(|number| *number > after);
        held.rows.keep(|number| *number > after);
    }

    /// Whether nothing more is to be sent.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Whether a seller's orders are looked after here.
    pub(super) fn is_asked_for(&self, seller: &SellerId) -> bool {
        self.only.is_empty() || self.only.contains(seller)
    }

    /// Whether nobody was told of an order yet that only a person can mend: telling it each pass would hide the rest.
    pub(super) fn is_news(&self, row: u64) -> bool {
        self.held().told.insert(row)
    }

    /// Why an order is not tried now; `None` when it is.
    pub(super) fn holds(&self, config: &Config, seller: &SellerId, row: u64) -> Option<Why> {
        let (now, mut held) = (Instant::now(), self.held());
        if !config.sellers.accept(seller.as_str()) {
            if held.strangers.insert(seller.clone()) {
                tracing::warn!(%seller, "orders of a seller that is not configured wait");
            }
            return Some(Why::Stranger { seller: seller.clone() });
        }
        if held.away.contains(seller) || held.sellers.holds(seller, now) {
            return Some(Why::Away { seller: seller.clone() });
        }
        held.rows.holds(&row, now).then_some(Why::Paused)
    }

    /// An order was tried and is still open.
    pub(super) fn failed(&self, seller: &SellerId, row: u64, why: &Why) {
        let (now, mut held) = (Instant::now(), self.held());
        if why.is_of_seller() {
            held.sellers.failed(seller.clone(), now, Duration::ZERO);
            if held.away.insert(seller.clone()) {
                tracing::warn!(%seller, error = chain(why), "orders of a seller wait: its account cannot be used");
            }
        } else {
            held.rows.failed(row, now, asked(why));
        }
    }

    /// An order ended, so its seller can be acted for.
    pub(super) fn ended(&self, seller: &SellerId, row: u64) {
        let mut held = self.held();
        held.sellers.ended(seller);
        held.rows.ended(&row);
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long the provider asks to wait.
fn asked(why: &Why) -> Duration {
    match why {
        Why::Client(ClientError::RateLimited { retry_after: Some(asked), .. }) => (*asked).min(LONGEST_ASKED),
        _ => Duration::ZERO,
    }
}
