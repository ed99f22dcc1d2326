//! The provider's rules as values: windows and limits, per site where they differ.

use std::sync::Arc;

use chrono::TimeDelta;

use crate::rejection::RejectionTable;

/// Windows and tables that decisions consult.
#[derive(Clone, Debug)]
pub struct Rules {
    /// A refund must be asked for within this time after approval (provider's rule: 180 days).
    pub refund_window: TimeDelta,
    /// An unconfirmed payment expires after this time (provider's rule: 30 days).
    pub confirmation_window: TimeDelta,
    /// What every rejection means.
    pub rejections: Arc<RejectionTable>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            refund_window: TimeDelta::days(180),
            confirmation_window: TimeDelta::days(30),
            rejections: Arc::new(RejectionTable::builtin()),
        }
    }
}
