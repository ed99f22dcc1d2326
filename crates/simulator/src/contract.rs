//! What the provider keeps of a sale, and how long it keeps the rest: an invented contract, not the real prices.
//!
//! Names of the costs are those that payments were seen with; taxes exist in Argentina alone.

use chrono::TimeDelta;

use crate::money::rate;
use crate::payment::{Channel, Operation};
use crate::site::Site;

/// VAT on the commission in Argentina, basis points; the fee's amount includes it.
const VAT_BPS: i64 = 2_100;
/// Gross-income withholding in Argentina, basis points of the gross.
const WITHHOLDING_BPS: i64 = 250;
/// Tax on bank debits and credits in Argentina, basis points of the gross.
const BANK_TAX_BPS: i64 = 60;

/// What a cost is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum CostKind {
    /// The provider's commission with its VAT.
    Fee,
    /// Interest-free instalments.
    Financing,
    /// Withheld on account of gross-income tax.
    Withholding,
    /// Tax on bank debits and credits.
    BankTax,
}

/// A cost of a sale.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Cost {
    pub(crate) kind: CostKind,
    pub(crate) amount_minor: i64,
}

/// What a sale costs; costs of nothing are left out.
pub(crate) fn costs(
    site: Site,
    kind: &str,
    channel: &Channel,
    installments: u16,
    gross_minor: i64,
) -> Vec<Cost> {
    let commission = rate(gross_minor, commission_bps(kind, channel));
    let argentine = site == Site::Mla;
    let of = |bps: i64| if argentine { rate(gross_minor, bps) } else { 0 };
    let fee = if argentine { commission + rate(commission, VAT_BPS) } else { commission };
    let all = [
        (CostKind::Fee, fee),
        (CostKind::Financing, rate(gross_minor, financing_bps(installments))),
        (CostKind::Withholding, of(WITHHOLDING_BPS)),
        (CostKind::BankTax, of(BANK_TAX_BPS)),
    ];
    let charged = all.into_iter().filter(|(_, amount_minor)| *amount_minor > 0);
    charged.map(|(kind, amount_minor)| Cost { kind, amount_minor }).collect()
}

/// How long money stays pending after its approval.
pub(crate) fn pending_for(kind: &str, operation: Operation) -> TimeDelta {
    match (kind, operation) {
        ("credit_card", Operation::Regular | Operation::Recurring) => TimeDelta::days(10),
        ("credit_card", Operation::PointOfSale) => TimeDelta::days(2),
        _ => TimeDelta::zero(),
    }
}

impl CostKind {
    /// The name in `charges_details`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Fee => "mercadopago_fee",
            Self::Financing => "financing_fee",
            Self::Withholding => "tax_withholding_sirtac-buenos_aires",
            Self::BankTax => "tax_withholding_collector-debitos_creditos",
        }
    }

    /// What a tax is called in reports: its detail and who takes it.
    pub(crate) fn tax(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Fee | Self::Financing => None,
            Self::Withholding | Self::BankTax => self.name().split_once('-'),
        }
    }

    /// Whether it comes back with what is given back.
    pub(crate) fn comes_back(self) -> bool {
        match self {
            Self::Fee | Self::Withholding => true,
            Self::Financing | Self::BankTax => false,
        }
    }
}

fn commission_bps(kind: &str, channel: &Channel) -> i64 {
    match (kind, channel) {
        ("ticket", _) => 499,
        ("account_money", _) => 80,
        ("bank_transfer", _) => 99,
        ("debit_card" | "prepaid_card", Channel::Qr { .. }) => 135,
        ("debit_card" | "prepaid_card", _) => 325,
        (_, Channel::Point { .. }) => 389,
        _ => 439,
    }
}

fn financing_bps(installments: u16) -> i64 {
    match installments {
        0 | 1 => 0,
        2..=3 => 820,
        _ => 1_540,
    }
}

#[cfg(test)]
mod tests {
    use super::{Cost, CostKind, costs};
    use crate::payment::Channel;
    use crate::site::Site;

    #[test]
    fn an_argentine_card_sale_costs_a_fee_financing_and_two_taxes() {
        let expected = [
            (CostKind::Fee, 5_312),
            (CostKind::Financing, 8_200),
            (CostKind::Withholding, 2_500),
            (CostKind::BankTax, 600),
        ];
        let expected = expected.map(|(kind, amount_minor)| Cost { kind, amount_minor });
        assert_eq!(costs(Site::Mla, "credit_card", &Channel::Online, 3, 100_000), expected);
    }

    #[test]
    fn a_sale_elsewhere_costs_the_commission_alone() {
        let paid = costs(Site::Mlb, "bank_transfer", &Channel::Online, 1, 10_000);
        assert_eq!(paid, [Cost { kind: CostKind::Fee, amount_minor: 99 }]);
    }
}
