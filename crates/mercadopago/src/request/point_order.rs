//! The order of the first generation (`/point/services/integrations/v1`), as it is asked for.
//!
//! Reference: "Integrate via API" of Mercado Pago Point. It names the phone that takes it by the name that its
//! owner gave it, not by an id.

use domain::money::Money;
use serde::{Deserialize, Serialize};

use crate::number::Number;

/// A request to charge on a phone with a card reader.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PointOrder {
    /// Major units.
    pub amount: Number,
    /// What is charged for.
    pub description: String,
    /// Name of the phone.
    pub device_name: String,
    /// Which kind of card is expected.
    pub cc_type: CardKind,
    /// The merchant's own reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_reference: Option<String>,
    /// Whether the phone's back button closes the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_back_button: Option<bool>,
    /// Where its payment is announced; this generation alone takes one with each order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notification_url: Option<String>,
    /// The payer's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payer_email: Option<String>,
}

/// A kind of card.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardKind {
    /// Credit.
    CreditCard,
    /// Debit.
    DebitCard,
}

/// An amount as this generation writes it: major units, without decimals when there are no cents.
#[must_use]
pub fn amount(money: Money) -> Number {
    let text = money.to_string();
    let whole = text.split_once('.').filter(|(_, cents)| cents.bytes().all(|digit| digit == b'0'));
    let digits = whole.map_or(text.as_str(), |(whole, _)| whole);
    Number::parse(digits).expect("an amount prints as a decimal number")
}

#[cfg(test)]
mod tests {
    use domain::currency::Currency;

    use super::{Money, amount};

    #[test]
    fn an_amount_has_decimals_only_for_cents() {
        let cases = [(10_000, "100"), (10_050, "100.50"), (5, "0.05"), (0, "0"), (-1_000, "-10")];
        for (minor, text) in cases {
            assert_eq!(amount(Money::new(minor, Currency::ARS)).as_str(), text);
        }
        assert_eq!(amount(Money::new(1_500, Currency::CLP)).as_str(), "1500");
    }
}
