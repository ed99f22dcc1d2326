//! What an in-store intent is asked for with: operations, their amounts, and the settings of its device.
//!
//! Source: the request schema of the in-store API. Settings are kept as they were sent and given back like that.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::bad;
use crate::money;
use crate::refusal::Refusal;

/// JSON that is kept as it is.
pub(super) type Kept = Box<RawValue>;

/// A request.
#[derive(Deserialize)]
pub(super) struct Create {
    pub(super) description: String,
    pub(super) external_reference: String,
    pub(super) operations: Vec<Operation>,
    pub(super) enabler_configuration: Option<Kept>,
}

/// One thing to do: charge a purchase, or hand out cash with it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Operation {
    #[serde(rename = "type")]
    kind: Kind,
    amount: Option<String>,
    items: Option<Kept>,
    additional_configuration: Option<Kept>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Kind {
    Purchase,
    CashOut,
}

/// An operation as it is answered.
#[derive(Serialize)]
pub(super) struct Told<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<&'a str>,
    #[serde(rename = "type")]
    kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<&'a Kept>,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_configuration: Option<&'a Kept>,
    #[serde(skip_serializing_if = "Option::is_none")]
    results: Option<[Outcome; 1]>,
}

#[derive(Serialize)]
struct Outcome {
    id: u64,
    source: &'static str,
}

#[derive(Deserialize)]
struct Item {
    total_amount: String,
}

/// What is to be paid.
pub(super) struct Total {
    pub(super) minor: i64,
    pub(super) raw: String,
}

/// The longest texts, in characters.
const LONGEST_DESCRIPTION: usize = 255;
const LONGEST_REFERENCE: usize = 100;

impl Create {
    /// What the purchases come to.
    ///
    /// # Errors
    /// When a text is empty or too long, or the operations are not those that the device can do.
    pub(super) fn check(&self, decimals: u32, by_qr: bool) -> Result<Total, Refusal> {
        let is_within = |text: &str, most| (1..=most).contains(&text.chars().count());
        if !is_within(&self.description, LONGEST_DESCRIPTION) {
            return Err(bad("description must have 1 to 255 characters"));
        }
        if !is_within(&self.external_reference, LONGEST_REFERENCE) {
            return Err(bad("external_reference must have 1 to 100 characters"));
        }
        let purchases = self.operations.iter().filter(|operation| operation.kind == Kind::Purchase).count();
        let allowed = if by_qr { 1..=2 } else { 1..=1 };
        if !allowed.contains(&self.operations.len()) || purchases > 1 || (!by_qr && purchases == 0) {
            return Err(bad("operations must be one PURCHASE, or by QR also one CASH_OUT"));
        }
        self.total(decimals)
    }

    fn total(&self, decimals: u32) -> Result<Total, Refusal> {
        let mut total = Total { minor: 0, raw: String::new() };
        for operation in &self.operations {
            total.minor += operation.minor(decimals)?;
            if operation.kind == Kind::Purchase {
                total.raw = operation.amount.clone().unwrap_or_default();
            }
        }
        Ok(total)
    }
}

impl Operation {
    /// Its amount, or that of its items.
    fn minor(&self, decimals: u32) -> Result<i64, Refusal> {
        let read = |text: &str| money::parse(text, decimals).filter(|minor| *minor > 0);
        let wrong = || bad("amount must be a positive decimal text");
        match (&self.amount, &self.items) {
            (Some(amount), _) => read(amount).ok_or_else(wrong),
            (None, Some(items)) => {
                let items: Vec<Item> =
                    serde_json::from_str(items.get()).map_err(|_| bad("items need a total_amount"))?;
                items.iter().map(|item| read(&item.total_amount).ok_or_else(wrong)).sum()
            }
            (None, None) => Err(wrong()),
        }
    }

    /// As it is answered, with what it led to.
    pub(super) fn told(&self, paid: Option<u64>, payout: u64) -> Told<'_> {
        let outcome = paid.map(|payment| match self.kind {
            Kind::Purchase => Outcome { id: payment, source: "PAYMENT" },
            Kind::CashOut => Outcome { id: payout, source: "PAYOUT" },
        });
        Told {
            amount: self.amount.as_deref(),
            kind: self.kind,
            items: self.items.as_ref(),
            additional_configuration: self.additional_configuration.as_ref(),
            results: outcome.map(|outcome| [outcome]),
        }
    }
}
