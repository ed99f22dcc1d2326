//! How far a crawl has come: a cell that only moves when what was crawled is durable.
//!
//! Several pollers of one seller share it. Each begins where it stands and moves it from what it read; when another
//! was faster, it reads again and goes on from there. Both may have accepted the same, which does no harm.

use domain::ids::SellerId;
use domain::machine::Instant;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::store::Store;

use super::Crawl;
use super::error::PollError;

/// A place of a crawl, and the version of the cell that it was read from.
#[derive(Clone, Debug)]
pub(super) struct Checkpoint<P> {
    name: String,
    version: Option<u64>,
    pub(super) place: Option<P>,
}

impl<P: Serialize + DeserializeOwned + Clone> Checkpoint<P> {
    /// Reads where a crawl of a seller stands.
    ///
    /// # Errors
    /// When the store fails, or another program wrote the cell.
    pub(super) async fn read(store: &dyn Store, seller: &SellerId, crawl: Crawl) -> Result<Self, PollError> {
        let name = format!("poll/{seller}/{}", crawl.name());
        let Some(cell) = store.cell(&name).await? else {
            return Ok(Self { name, version: None, place: None });
        };
        match serde_json::from_slice(&cell.value) {
            Ok(place) => Ok(Self { name, version: Some(cell.version), place: Some(place) }),
            Err(source) => Err(PollError::Checkpoint { name, source }),
        }
    }

    /// Moves it, unless somebody else has; answers whether it was moved.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn advance(
        &mut self,
        store: &dyn Store,
        place: P,
        now: Instant,
    ) -> Result<bool, PollError> {
        let value = serde_json::to_vec(&place).expect("a place is texts and instants");
        let moved = store.put_cell(&self.name, self.version, &value, now).await?;
        if moved {
            self.version = Some(self.version.unwrap_or(0) + 1);
            self.place = Some(place);
        }
        Ok(moved)
    }
}
