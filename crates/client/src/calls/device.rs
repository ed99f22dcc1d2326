//! Terminals of a seller in three generations: phones by name, terminals of the second generation, and terminals
//! of the current one. References: "Integrate via API", "Integrations API", "Orders" (terminals).
//!
//! Lists of all three are read by `mercadopago::device`.

use mercadopago::request::device::{Mode, OperatingMode, Setup, TerminalMode};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::id::Id;
use super::page::Paging;
use crate::call::{Call, Idempotency, Method, json, segment};
use crate::invalid::{Field, Invalid};

const PHONES: &str =
    "https://github.com/mercadopago/devsite-docs/blob/master/guides/mp-point/integrate-via-api.en.md";
const DEVICES: &str = "https://github.com/mercadopago/devsite-docs/blob/master/guides/mp-point/integration-api/configure-devices-pdv.en.md";
const TERMINALS: &str = "https://www.mercadopago.com.br/developers/en/reference/in-person-payments/point/terminals/get-terminals/get";

/// Lists the phones of the first generation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Phones;

impl Call for Phones {
    type Answer = PhoneList;

    fn method(&self) -> Method {
        Method::GET
    }

    fn template(&self) -> &'static str {
        "/point/services/integrations/v1/devices"
    }

    fn check(&self) -> Result<(), Invalid> {
        Ok(())
    }
}

/// Forgets a phone of the first generation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ForgetPhone {
    /// Its name.
    pub name: String,
}

impl Call for ForgetPhone {
    type Answer = Option<IgnoredAny>;

    fn method(&self) -> Method {
        Method::DELETE
    }

    fn template(&self) -> &'static str {
        "/point/services/integrations/v1/devices/{device_name}"
    }

    fn path(&self) -> String {
        format!("/point/services/integrations/v1/devices/{}", segment(&self.name))
    }

    fn check(&self) -> Result<(), Invalid> {
        Field::new("device_name", PHONES).filled(&self.name)
    }
}

/// Which terminals of a list, and which part of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Page {
    /// Only those in this shop.
    pub store_id: Option<String>,
    /// Only those at this point of sale.
    pub pos_id: Option<String>,
    /// How many.
    pub limit: Option<u32>,
    /// After how many.
    pub offset: Option<u32>,
}

impl Page {
    fn query(&self) -> Vec<(&'static str, String)> {
        let text = |name, value: &Option<String>| value.clone().map(|value| (name, value));
        let number = |name, value: Option<u32>| value.map(|value| (name, value.to_string()));
        let all = [
            text("store_id", &self.store_id),
            text("pos_id", &self.pos_id),
            number("limit", self.limit),
            number("offset", self.offset),
        ];
        all.into_iter().flatten().collect()
    }
}

/// Lists the terminals of the second generation.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Devices {
    /// Which of them.
    pub page: Page,
}

impl Call for Devices {
    type Answer = DeviceList;

    fn method(&self) -> Method {
        Method::GET
    }

    fn template(&self) -> &'static str {
        "/point/integration-api/devices"
    }

    fn query(&self) -> Vec<(&'static str, String)> {
        self.page.query()
    }

    fn check(&self) -> Result<(), Invalid> {
        Ok(())
    }
}

/// Sets who decides what a terminal of the second generation charges. The terminal must be restarted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SetMode {
    /// Its id.
    pub device: String,
    /// The mode it is to have.
    pub mode: OperatingMode,
}

impl Call for SetMode {
    type Answer = Mode;

    fn method(&self) -> Method {
        Method::PATCH
    }

    fn template(&self) -> &'static str {
        "/point/integration-api/devices/{device_id}"
    }

    fn path(&self) -> String {
        format!("/point/integration-api/devices/{}", segment(&self.device))
    }

    fn body(&self) -> Option<Vec<u8>> {
        Some(json(&Mode { operating_mode: self.mode }))
    }

    /// It has the mode afterwards, however often it is sent.
    fn idempotency(&self) -> Idempotency {
        Idempotency::Safe
    }

    fn check(&self) -> Result<(), Invalid> {
        Field::new("device_id", DEVICES).filled(&self.device)
    }
}

/// Lists the terminals of the current generation.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Terminals {
    /// Which of them.
    pub page: Page,
}

impl Call for Terminals {
    type Answer = TerminalList;

    fn method(&self) -> Method {
        Method::GET
    }

    fn template(&self) -> &'static str {
        "/terminals/v1/list"
    }

    fn query(&self) -> Vec<(&'static str, String)> {
        self.page.query()
    }

    fn check(&self) -> Result<(), Invalid> {
        self.page.limit.map_or(Ok(()), |limit| Field::new("limit", TERMINALS).within(1, 50, limit))
    }
}

/// Sets who decides what a terminal of the current generation charges. The terminal must be restarted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SetTerminalMode {
    /// Its id.
    pub terminal: String,
    /// The mode it is to have.
    pub mode: OperatingMode,
}

impl Call for SetTerminalMode {
    type Answer = Setup;

    fn method(&self) -> Method {
        Method::PATCH
    }

    fn template(&self) -> &'static str {
        "/terminals/v1/setup"
    }

    fn body(&self) -> Option<Vec<u8>> {
        let terminal = TerminalMode { id: self.terminal.clone(), operating_mode: self.mode };
        Some(json(&Setup { terminals: vec![terminal] }))
    }

    /// It has the mode afterwards, however often it is sent.
    fn idempotency(&self) -> Idempotency {
        Idempotency::Safe
    }

    fn check(&self) -> Result<(), Invalid> {
        Field::new("terminals.id", TERMINALS).filled(&self.terminal)
    }
}

/// Phones of the first generation.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct PhoneList {
    /// Each phone.
    pub devices: Vec<Phone>,
}

/// A phone with a card reader.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Phone {
    /// Its name, by which it is addressed.
    pub name: String,
    /// The account that uses it.
    #[serde(default)]
    pub caller: Option<Id>,
    /// The provider's number for it.
    pub id: Id,
    /// Whether it holds an order.
    pub status: Occupation,
}

/// Whether a phone holds an order.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Occupation {
    /// `FREE` or `BUSY`.
    pub status: String,
    /// The order that it holds.
    #[serde(default)]
    pub payment_attempt: Option<Id>,
}

/// Terminals of the second generation.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct DeviceList {
    /// Each terminal.
    pub devices: Vec<Device>,
    /// Which part of the list it is; first editions do not say.
    #[serde(default)]
    pub paging: Option<Paging>,
}

/// Terminals of the current generation.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct TerminalList {
    /// The terminals.
    pub data: TerminalPage,
    /// Which part of the list it is.
    #[serde(default)]
    pub paging: Option<Paging>,
}

/// The terminals of a list of the current generation.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct TerminalPage {
    /// Each terminal.
    pub terminals: Vec<Device>,
}

/// A terminal. First editions of the list show its id only.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Device {
    /// Its id: the type, two underscores, the number on its label.
    pub id: String,
    /// `PDV`, `STANDALONE` or, in the current generation, `UNDEFINED`.
    #[serde(default)]
    pub operating_mode: Option<String>,
    /// The point of sale it stands at.
    #[serde(default)]
    pub pos_id: Option<Id>,
    /// The shop it stands in.
    #[serde(default)]
    pub store_id: Option<Id>,
    /// The merchant's id of the point of sale.
    #[serde(default)]
    pub external_pos_id: Option<String>,
}

#[cfg(test)]
mod tests;
