//! The chart of accounts.

use serde::{Deserialize, Serialize};

/// An account of the chart, by its four-digit code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Account(pub u16);
