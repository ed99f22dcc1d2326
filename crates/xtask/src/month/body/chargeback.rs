//! The body of `/v1/chargebacks/{id}`.

use serde::Serialize;

use crate::month::fate::Fate;
use crate::month::money::Pesos;
use crate::month::sale::Sale;
use crate::month::time::{DAY, Time};

/// A chargeback as the API returns it.
#[derive(Serialize)]
pub struct Chargeback {
    id: String,
    payments: [u64; 1],
    currency: &'static str,
    amount: Pesos,
    reason: &'static str,
    coverage_applied: Option<bool>,
    coverage_elegible: bool,
    documentation_required: bool,
    documentation_status: &'static str,
    documentation: [u8; 0],
    date_documentation_deadline: Time,
    date_created: Time,
    date_last_updated: Time,
    live_mode: bool,
}

/// The provider's id of a sale's chargeback.
pub fn id_of(sale: &Sale) -> String {
    format!("217{:012}000", sale.id)
}

impl Chargeback {
    /// The case of a sale, open or ended.
    pub fn new(sale: &Sale, ended: bool) -> Self {
        let won = sale.fate == Fate::ChargebackWon;
        let documentation_status = match (ended, won) {
            (false, _) => "pending",
            (true, true) => "valid",
            (true, false) => "not_supplied",
        };
        Self {
            id: id_of(sale),
            payments: [sale.id],
            currency: "ARS",
            amount: Pesos(sale.gross_minor),
            reason: "general",
            coverage_applied: ended.then_some(won),
            coverage_elegible: true,
            documentation_required: true,
            documentation_status,
            documentation: [],
            date_documentation_deadline: sale.disputed().plus(10 * DAY),
            date_created: sale.disputed(),
            date_last_updated: if ended { sale.settled() } else { sale.disputed() },
            live_mode: true,
        }
    }
}
