//! How far the messages of a destination are done: a cell that moves past each when its receiver has it, or its order has
//! ended.

use domain::machine::Instant;
use domain::text::Text;
use serde::{Deserialize, Serialize};
use store::read::StoredMessage;
use store::store::Store;

use crate::error::EngineError;

/// A place in the outbox, and the version of the cell that it was read from.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    name: String,
    version: Option<u64>,
    last: Option<Last>,
}

/// The last message that is done or was passed over.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Last {
    number: u64,
    key: Text,
}

impl Place {
    /// Reads how far a destination is.
    ///
    /// # Errors
    /// When the store fails, or another program wrote the cell.
    pub(crate) async fn read(store: &dyn Store, destination: &str) -> Result<Self, EngineError> {
        let name = format!("relay/{destination}");
        let Some(cell) = store.cell(&name).await? else {
            return Ok(Self { name, version: None, last: None });
        };
        match serde_json::from_slice(&cell.value) {
            Ok(last) => Ok(Self { name, version: Some(cell.version), last: Some(last) }),
            Err(source) => Err(EngineError::Cell { name, source }),
        }
    }

    /// The number of the last message that is done; 0 when there is none.
    pub(crate) fn number(&self) -> u64 {
        self.last.as_ref().map_or(0, |last| last.number)
    }

    /// Whether nobody has moved it since it was read.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn is_newest(&self, store: &dyn Store) -> Result<bool, EngineError> {
        Ok(store.cell(&self.name).await?.map(|cell| cell.version) == self.version)
    }

    /// Moves it past a message, unless somebody else has moved it; answers whether it was moved.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn advance(
        &mut self,
        store: &dyn Store,
        past: &StoredMessage,
        now: Instant,
    ) -> Result<bool, EngineError> {
        let last = Last { number: past.number, key: past.key.clone() };
        let value = serde_json::to_vec(&last).expect("a number and a text are JSON");
        let moved = store.put_cell(&self.name, self.version, &value, now).await?;
        if moved {
            self.version = Some(self.version.unwrap_or(0) + 1);
            self.last = Some(last);
        }
        Ok(moved)
    }
}
