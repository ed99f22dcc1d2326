//! Since when what the provider shows contradicts a refusal: a cell of the order, so that its time begins with the first
//! contradiction, whoever met it, and neither when the order was given nor with each new process.

use chrono::TimeDelta;
use domain::machine::Instant;

use super::became::Why;
use super::courier::{Courier, Sending};
use crate::error::EngineError;

/// How long what the provider shows may be behind what it did. A refusal that contradicts it is believed from then on.
const LAG: TimeDelta = TimeDelta::minutes(10);

/// Whether an order has been in doubt for so long that its refusal is believed. The first to ask begins the doubt.
///
/// # Errors
/// When the store fails, or another program wrote the cell.
pub(super) async fn is_over(courier: &Courier, sending: &Sending<'_>) -> Result<bool, Why> {
    let (store, now) = (&*courier.desk.store, courier.desk.clock.now());
    let name = format!("doubt/{}", sending.key.as_str());
    let Some(cell) = store.cell(&name).await.map_err(EngineError::from)? else {
        let began = serde_json::to_vec(&now).expect("an instant is JSON");
        // Of several that begin it at once, it does not matter who does.
        store.put_cell(&name, None, &began, now).await.map_err(EngineError::from)?;
        return Ok(false);
    };
    let began: Instant =
        serde_json::from_slice(&cell.value).map_err(|source| EngineError::Cell { name, source })?;
    Ok(now - began >= LAG)
}
