//! How a terminal is told who decides what it charges.
//!
//! References: "Integrations API", devices (one terminal a call); "Orders", terminals (a list).

use serde::{Deserialize, Serialize};

/// Who decides what a terminal charges. A change takes effect when the terminal is restarted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum OperatingMode {
    /// The merchant's system, through the API.
    Pdv,
    /// Whoever stands before it; the factory's setting.
    Standalone,
}

/// The mode of one terminal (`PATCH /point/integration-api/devices/{id}`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Mode {
    /// The mode it is to have.
    pub operating_mode: OperatingMode,
}

/// The modes of several terminals (`PATCH /terminals/v1/setup`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Setup {
    /// Each terminal with its mode.
    pub terminals: Vec<TerminalMode>,
}

/// The mode of one terminal of several.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TerminalMode {
    /// Id of the terminal.
    pub id: String,
    /// The mode it is to have.
    pub operating_mode: OperatingMode,
}
