//! What a merchant sets up once to be integrated in person: the mode of the account, and where the second
//! generation announces its intents.
//!
//! References: "Integrate via API" of Mercado Pago Point (the mode), "Integrations API" (the webhook).

use serde::{Deserialize, Serialize};

use crate::number::Number;

/// Switches an account to integrated charges (`/point/services/user/status/integrators`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Enable {
    /// The account.
    pub id: Number,
}

/// Registers where intents are announced (`/point/integration-api/integrators`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Webhook {
    /// Address of the receiver.
    pub webhook: String,
}
