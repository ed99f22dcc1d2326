//! The body that refunds part of a payment. The whole is refunded by a call without a body.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::number::Number;

/// What is given back. Reference: `/developers/en/reference/chargebacks/_payments_id_refunds/post`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RefundRequest {
    /// How much; absent for all that remains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Number>,
    /// The merchant's own notes, which come back with the refund.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Box<RawValue>>,
}
