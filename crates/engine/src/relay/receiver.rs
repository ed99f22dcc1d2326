//! Who takes messages: a file, or an address of the merchant.

use std::path::PathBuf;

use client::hook::Hook;
use domain::text::Text;

use super::error::RelayError;
use super::file;

/// Who takes messages.
#[derive(Debug)]
pub enum Receiver {
    /// A file to which a line is added for each.
    File(PathBuf),
    /// An address to which each is posted.
    Hook(Box<Hook>),
}

impl Receiver {
    /// Hands a message over; when this returns, the receiver has it for good.
    pub(super) async fn take(&self, key: &Text, line: &str) -> Result<(), RelayError> {
        match self {
            Self::File(path) => file::append(path, key, line).await,
            Self::Hook(hook) => {
                let posted = hook.post(key, line.to_owned()).await;
                posted.map_err(|source| RelayError::Receiver { key: key.clone(), source })
            }
        }
    }
}
