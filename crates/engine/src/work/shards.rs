//! Which shards a worker takes.

use std::str::FromStr;

/// The shards of a worker.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub enum Shards {
    /// All of them, shared out among the workers that run.
    #[default]
    All,
    /// These and no others; they are never handed on.
    Listed(Vec<u16>),
}

/// Why a text names no shards.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{text}` is neither `all` nor shard numbers such as `0,3`")]
pub struct ShardsError {
    /// As it was given.
    pub text: String,
}

impl Shards {
    /// Their numbers, where there are `count`.
    #[must_use]
    pub fn numbers(&self, count: u16) -> Vec<u16> {
        match self {
            Self::All => (0..count).collect(),
            Self::Listed(listed) => {
                let mut numbers = listed.clone();
                numbers.sort_unstable();
                numbers.dedup();
                numbers
            }
        }
    }
}

impl FromStr for Shards {
    type Err = ShardsError;

    fn from_str(text: &str) -> Result<Self, ShardsError> {
        if text == "all" {
            return Ok(Self::All);
        }
        let numbers = text.split(',').map(|part| part.trim().parse().ok()).collect::<Option<Vec<_>>>();
        numbers.map(Self::Listed).ok_or_else(|| ShardsError { text: text.to_owned() })
    }
}
