//! Links in the store: one cell a seller, sealed. A cell that holds nothing is a link that was forgotten.

use std::sync::Arc;

use domain::ids::SellerId;
use domain::machine::Instant;
use secrecy::zeroize::Zeroizing;
use store::store::Store;

use super::fault::Fault;
use super::link::Link;
use super::seal::{self, Keyring};
use crate::cell;
use crate::config::auth::place::Place;

/// Before the seller's id in the name of a cell.
const PREFIX: &str = "vault/";

/// The cells of all links.
pub struct Cells {
    store: Arc<dyn Store>,
    keys: Place,
}

/// A cell as it was found.
#[derive(Debug)]
pub struct Found {
    /// The version, for writing over it.
    pub version: u64,
    /// What it holds; none when it was forgotten.
    pub link: Option<Link>,
}

impl Cells {
    /// The cells of a store, sealed with the keys that lie in a place.
    pub fn new(store: Arc<dyn Store>, keys: Place) -> Self {
        Self { store, keys }
    }

    /// The cell of a seller.
    pub async fn load(&self, seller: &SellerId) -> Result<Option<Found>, Fault> {
        let Some(cell) = self.store.cell(&name(seller)).await? else { return Ok(None) };
        let link = if cell.value.is_empty() { None } else { Some(self.open(seller, &cell.value)?) };
        Ok(Some(Found { version: cell.version, link }))
    }

    /// Writes a link over the version that is expected. Answers the new version; `None` when somebody was faster.
    pub async fn put(
        &self,
        seller: &SellerId,
        expected: Option<u64>,
        link: &Link,
        at: Instant,
    ) -> Result<Option<u64>, Fault> {
        let plain = Zeroizing::new(serde_json::to_vec(link).expect("a link has text keys only"));
        let sealed = self.keyring()?.seal(seller, &plain)?;
        self.write(seller, expected, &sealed, at).await
    }

    /// The version of a seller's cell, without opening it; none when there is nothing in it.
    pub async fn version(&self, seller: &SellerId) -> Result<Option<u64>, Fault> {
        let cell = self.store.cell(&name(seller)).await?;
        Ok(cell.filter(|cell| !cell.value.is_empty()).map(|cell| cell.version))
    }

    /// Reads the keys, so that what is wrong with them is told before anything is done.
    pub fn check_keys(&self) -> Result<(), Fault> {
        self.keyring().map(|_| ())
    }

    /// Writes nothing over the version that is expected. Answers whether it did.
    pub async fn clear(&self, seller: &SellerId, expected: u64, at: Instant) -> Result<bool, Fault> {
        Ok(self.write(seller, Some(expected), &[], at).await?.is_some())
    }

    /// The sellers that have a cell which was not forgotten, each with what it holds or why that does not open.
    pub async fn all(&self) -> Result<Vec<(SellerId, Result<Link, Fault>)>, Fault> {
        let cells = self.store.cells(PREFIX).await?;
        let kept = cells.into_iter().filter(|(_, cell)| !cell.value.is_empty());
        let opened = kept.map(|(name, cell)| {
            let seller = SellerId::from(&name[PREFIX.len()..]);
            let link = self.open(&seller, &cell.value);
            (seller, link)
        });
        Ok(opened.collect())
    }

    /// Whether what is kept of a seller is sealed with another key than new values are.
    pub async fn is_sealed_otherwise(&self, seller: &SellerId) -> Result<bool, Fault> {
        let Some(cell) = self.store.cell(&name(seller)).await? else { return Ok(false) };
        if cell.value.is_empty() {
            return Ok(false);
        }
        let key = seal::key_of(&cell.value);
        let key = key.map_err(|source| Fault::Sealed { seller: seller.clone(), source })?;
        Ok(key != *self.keyring()?.sealing())
    }

    async fn write(
        &self,
        seller: &SellerId,
        expected: Option<u64>,
        value: &[u8],
        at: Instant,
    ) -> Result<Option<u64>, Fault> {
        // Sealed values are never alike.
        Ok(cell::replace(&*self.store, &name(seller), expected, value, at).await?)
    }

    fn open(&self, seller: &SellerId, sealed: &[u8]) -> Result<Link, Fault> {
        let opened = self.keyring()?.open(seller, sealed);
        let opened = opened.map_err(|source| Fault::Sealed { seller: seller.clone(), source })?;
        serde_json::from_slice(&opened)
            .map_err(|error| Fault::Unreadable { seller: seller.clone(), column: error.column() })
    }

    /// The keys as they are now: after a rotation the program need not be started again.
    fn keyring(&self) -> Result<Keyring, Fault> {
        Ok(Keyring::parse(&self.keys.read()?)?)
    }
}

fn name(seller: &SellerId) -> String {
    format!("{PREFIX}{seller}")
}
