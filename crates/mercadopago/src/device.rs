//! Terminals of a seller, as three generations of the API list them.
//!
//! A list of terminals is read and nothing follows from it: terminals have no history here, and their ids are
//! never joined on, because the provider echoes them in other forms.

use serde::Deserialize;

use crate::observe::{Delivery, Told};
use crate::unreadable::Unreadable;
use crate::wire::{self, Literal};

/// One terminal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Device {
    /// Its id; the first generation addresses it by name instead.
    pub id: String,
    /// The name the seller gave it (first generation).
    pub name: Option<String>,
    /// `PDV` or `STANDALONE` (second and later generations), in the provider's words.
    pub operating_mode: Option<String>,
    /// The point of sale it stands at.
    pub pos_id: Option<String>,
    /// The shop it stands in.
    pub store_id: Option<String>,
    /// The charge request it holds (first generation).
    pub holds: Option<String>,
}

#[derive(Deserialize)]
struct List<'a> {
    #[serde(borrow)]
    devices: Option<Vec<Wire<'a>>>,
    #[serde(borrow)]
    data: Option<Terminals<'a>>,
}

#[derive(Deserialize)]
struct Terminals<'a> {
    #[serde(borrow)]
    terminals: Option<Vec<Wire<'a>>>,
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    id: Option<Literal<'a>>,
    #[serde(borrow)]
    name: Option<Literal<'a>>,
    #[serde(borrow)]
    operating_mode: Option<Literal<'a>>,
    #[serde(borrow)]
    pos_id: Option<Literal<'a>>,
    #[serde(borrow)]
    store_id: Option<Literal<'a>>,
    #[serde(borrow)]
    status: Option<Status<'a>>,
}

#[derive(Deserialize)]
struct Status<'a> {
    #[serde(borrow)]
    payment_attempt: Option<Literal<'a>>,
}

/// Reads a list of terminals, so that it is known to be one. It tells nothing about any stream.
///
/// # Errors
/// When the body is not a list of terminals, or the delivery names no seller.
pub fn observe(delivery: &Delivery<'_>) -> Result<Told, Unreadable> {
    let _devices = list(delivery.body)?;
    Ok(Told { seller: wire::seller(None, delivery)?, observed: Vec::new(), unclassified: false })
}

/// The terminals of a list of any generation.
///
/// # Errors
/// When the body is not a list of terminals.
pub fn list(body: &[u8]) -> Result<Vec<Device>, Unreadable> {
    let list: List<'_> = wire::read(body)?;
    let devices = list.devices.or_else(|| list.data.and_then(|data| data.terminals));
    wire::need("devices", devices)?.into_iter().map(device).collect()
}

fn device(wire: Wire<'_>) -> Result<Device, Unreadable> {
    Ok(Device {
        id: wire::need("devices[].id", kept(wire.id))?,
        name: kept(wire.name),
        operating_mode: kept(wire.operating_mode),
        pos_id: kept(wire.pos_id),
        store_id: kept(wire.store_id),
        holds: kept(wire.status.and_then(|status| status.payment_attempt)),
    })
}

fn kept(field: Option<Literal<'_>>) -> Option<String> {
    field.map(|literal| literal.as_str().to_owned())
}

#[cfg(test)]
mod tests;
