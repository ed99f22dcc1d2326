//! Facts about orders, as they are stored. Their names are in [`super::event`], what they lead to in [`super::order`].

use serde::{Deserialize, Serialize};

use crate::ids::RefundId;
use crate::machine::Instant;
use crate::text::Text;

/// A person ordered something. Orders of before had no names, and nothing ever sent them: they are history, and
/// nobody waits for them.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Ordered {
    /// When.
    #[serde(deserialize_with = "crate::instant::read")]
    pub at: Instant,
    /// Name of the order.
    #[serde(default = "unnamed", skip_serializing_if = "is_unnamed")]
    pub request: Text,
    /// Who ordered it.
    pub actor: Text,
    /// Why.
    pub reason: Text,
    /// Minor units, of refunds and captures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_minor: Option<i64>,
    /// The amount is all there is: it is sent without one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_whole: bool,
    /// It waits for a second person.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_held: bool,
}

/// A second person let an order go.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct OrderApproved {
    /// When.
    #[serde(deserialize_with = "crate::instant::read")]
    pub at: Instant,
    /// Name of the order.
    pub request: Text,
    /// Who agreed.
    pub actor: Text,
}

/// A person said no to an order that waited.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct OrderDeclined {
    /// When.
    #[serde(deserialize_with = "crate::instant::read")]
    pub at: Instant,
    /// Name of the order.
    pub request: Text,
    /// Who said no.
    pub actor: Text,
    /// Why.
    pub reason: Text,
}

/// The provider refused an order. What was asked for can be asked for again.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct OrderRefused {
    /// When.
    #[serde(deserialize_with = "crate::instant::read")]
    pub at: Instant,
    /// Name of the order.
    #[serde(default = "unnamed", skip_serializing_if = "is_unnamed")]
    pub request: Text,
    /// Who refused it (`provider`).
    pub actor: Text,
    /// The provider's code.
    #[serde(rename = "reason")]
    pub code: Text,
    /// Minor units, of refunds and captures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_minor: Option<i64>,
}

/// The provider answered an order with a refund, which does not name the order itself.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RefundAnswered {
    /// When.
    #[serde(deserialize_with = "crate::instant::read")]
    pub at: Instant,
    /// Name of the order.
    pub request: Text,
    /// The refund it became.
    pub refund: RefundId,
}

/// The name that orders of before have, and no other can.
const UNNAMED: &str = "unnamed";

fn unnamed() -> Text {
    UNNAMED.into()
}

/// Whether a name is that of orders of before.
pub(super) fn is_unnamed(request: &Text) -> bool {
    request.as_str() == UNNAMED
}
