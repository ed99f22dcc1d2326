//! The payment intent of the second generation (`/point/integration-api`), and the intent to refund one, as they
//! are asked for. Reference: "Integrations API" of Mercado Pago Point.

use domain::money::Money;
use serde::{Deserialize, Serialize};

/// A request to charge on a terminal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PaymentIntent {
    /// Hundredths, without a decimal point: `1500` is 15.00.
    pub amount: i64,
    /// What is charged for (Brazil).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How it is to be paid (Brazil).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<Payment>,
    /// References and printing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_info: Option<AdditionalInfo>,
}

/// How an intent is to be paid.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Payment {
    /// Kind of card.
    #[serde(rename = "type")]
    pub kind: CardKind,
    /// Number of instalments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub installments: Option<u32>,
    /// Who pays for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub installments_cost: Option<InstallmentsCost>,
    /// Brand of a voucher card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voucher_type: Option<VoucherKind>,
}

/// A kind of card.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardKind {
    /// Credit.
    CreditCard,
    /// Debit.
    DebitCard,
    /// Meal or food voucher.
    VoucherCard,
}

/// Who pays what instalments cost.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InstallmentsCost {
    /// The seller.
    Seller,
    /// The payer.
    Buyer,
}

/// A brand of voucher cards.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoucherKind {
    /// Sodexo.
    Sodexo,
    /// Alelo.
    Alelo,
}

/// References of an intent, and whether the terminal prints.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct AdditionalInfo {
    /// The merchant's own reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_reference: Option<String>,
    /// Whether the terminal prints the receipt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub print_on_terminal: Option<bool>,
    /// Number of the ticket (Argentina).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket_number: Option<String>,
}

/// A request to refund on the terminal that took the payment (`POST …/devices/{id}/refund`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RefundIntent {
    /// The payment, as digits in a text.
    pub payment_id: String,
    /// What is printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_info: Option<RefundInfo>,
}

/// What the terminal prints for a refund.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RefundInfo {
    /// Which tickets.
    pub print_on_terminal: Vec<Ticket>,
}

/// A printed ticket.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Ticket {
    /// The seller's.
    SellerTicket,
    /// The payer's.
    BuyerTicket,
}

/// An amount as this generation writes it: two implied decimals, also where the currency has none. `None` when it
/// does not fit.
#[must_use]
pub fn amount(money: Money) -> Option<i64> {
    let decimals = money.currency.exponent();
    match 2_u32.checked_sub(decimals) {
        Some(missing) => money.minor.checked_mul(10_i64.pow(missing)),
        None => {
            let surplus = 10_i64.checked_pow(decimals - 2)?;
            (money.minor % surplus == 0).then(|| money.minor / surplus)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Money, amount};

    #[test]
    fn an_amount_is_written_in_hundredths_whatever_the_currency_has() {
        let cases = [
            (1_500, "ARS", Some(1_500)),
            (1_500, "CLP", Some(150_000)),
            (15_000, "KWD", Some(1_500)),
            (15_001, "KWD", None),
            (i64::MAX, "CLP", None),
        ];
        for (minor, code, hundredths) in cases {
            let currency = code.parse().expect("a currency");
            assert_eq!(amount(Money::new(minor, currency)), hundredths, "{minor} {code}");
        }
    }
}
