//! Who takes messages: a file, or an address of the merchant.

use std::path::PathBuf;

use client::hook::Hook;
use store::read::StoredMessage;
use store::store::Store;

use super::error::RelayError;
use super::file::Opened;
use crate::place::Place;

/// Who takes messages.
#[derive(Debug)]
pub enum Receiver {
    /// A file to which a line is added for each.
    File(PathBuf),
    /// An address to which each is posted.
    Hook(Box<Hook>),
}

impl Receiver {
    /// Hands a message over that comes after a place. When this answers true, the receiver has it for good; false: the
    /// place is not the newest one, and nothing was handed over.
    pub(super) async fn take(
        &self,
        message: &StoredMessage,
        line: &str,
        store: &dyn Store,
        after: &Place,
    ) -> Result<bool, RelayError> {
        let key = &message.key;
        match self {
            Self::File(path) => {
                // A file has no memory of keys: nobody else writes to it between this look and the line.
                let opened = Opened::open(path, key).await?;
                if !after.is_newest(store).await? {
                    return Ok(false);
                }
                opened.append(key, line).await.map(|()| true)
            }
            Self::Hook(hook) => {
                let posted = hook.post(key, line.to_owned()).await;
                posted.map(|()| true).map_err(|source| RelayError::Receiver { key: key.clone(), source })
            }
        }
    }
}
