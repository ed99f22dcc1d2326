//! Which shard a delivery goes to: all that touches one root goes one way, so that its order holds.

use domain::stream;
use mercadopago::observe::DeliveryKind;
use store::inbox::Verdict;

use crate::item::{Item, Kind};
use crate::look::Looked;

/// The shard of a delivery that was looked at.
///
/// A notification goes the way of what it names, so that it is taken before the resource that is fetched for it.
/// What touches no history is spread by its key.
#[must_use]
pub fn shard_of(item: &Item, looked: &Looked, shards: u16) -> u16 {
    let stream = match looked {
        Looked::Told { observed, .. } => observed.first().map(|one| &one.stream),
        Looked::Settled { named, .. } => named.as_ref(),
    };
    stream.map_or_else(|| stream::shard_of(&item.key.0, shards), |stream| stream.shard(shards))
}

/// Whether the fetcher must see a delivery before it is applied: it points at a resource, or tells of a link to a
/// seller's account, which is the only notification that is settled without refusal.
#[must_use]
pub fn is_for_fetcher(item: &Item, looked: &Looked) -> bool {
    let Looked::Settled { verdict, .. } = looked else { return false };
    let is_notification = item.kind == Kind::Message(DeliveryKind::Notification);
    is_notification && matches!(verdict, Verdict::NeedsFetch | Verdict::Unchanged)
}

#[cfg(test)]
mod tests;
