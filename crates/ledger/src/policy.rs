//! Posting policy: the choices of the merchant's accountant, as versioned data.
//!
//! A policy says where revenue is credited, what is split for VAT and which account takes each kind of charge.
//! It does not say what a fact moves; that is [`rules`](crate::rules). Every entry stores the version that made
//! it, so that a history can be posted again with the policies it was posted with.

use std::collections::BTreeMap;

use domain::ids::SellerId;
use domain::payment::ChargeKind;
use domain::text::Text;
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::account::Account;

/// What an approved payment credits.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recognition {
    /// Revenue: the payment is the sale.
    #[default]
    Payment,
    /// The receivable that an order or invoice debited when it recognised the revenue.
    Order,
}

/// Which account takes each kind of charge.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChargeAccounts {
    /// The provider's commission.
    pub processing: Account,
    /// Cost of instalments or of early release.
    pub financing: Account,
    /// Shipping charged by the provider.
    pub shipping: Account,
    /// Commission of a marketplace.
    pub marketplace: Account,
    /// Discount paid by the seller.
    pub coupon: Account,
    /// Tax withheld that can be recovered.
    pub withholding: Account,
    /// Tax on the transaction that cannot be recovered.
    pub transaction_tax: Account,
    /// A charge of a name we do not know.
    pub other: Account,
}

/// One version of the choices.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "Written")]
pub struct Policy {
    version: u32,
    recognition: Recognition,
    vat_percent: BTreeMap<Text, Decimal>,
    charges: ChargeAccounts,
}

/// Every version that was ever in force.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PolicyBook {
    current: u32,
    versions: BTreeMap<u32, Policy>,
}

/// Why a policy is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPolicy {
    /// A rate is not decimal text.
    #[error("the VAT rate `{text}` of seller {seller} is not a decimal number")]
    NotARate {
        /// Whose rate.
        seller: SellerId,
        /// The rate as it was written.
        text: String,
    },
    /// A rate is below zero or above one hundred percent.
    #[error("the VAT rate {percent} of seller {seller} is not between 0 and 100")]
    RateOutOfRange {
        /// Whose rate.
        seller: SellerId,
        /// The rate, percent.
        percent: Decimal,
    },
    /// A charge is taken from the provider's balances, so it cannot be booked on one.
    #[error("charges cannot be booked on account {account}, a balance held with the provider or the bank")]
    ChargeOnBalance {
        /// The account.
        account: Account,
    },
    /// Two policies have the same version and different choices.
    #[error("version {version} of the posting policy is already another policy")]
    VersionTaken {
        /// The version.
        version: u32,
    },
}

impl Policy {
    /// One version of the choices. Sellers without a rate have no VAT split; rates are percent (`21`).
    ///
    /// # Errors
    /// When a rate lies outside 0 to 100, or a charge is booked on the provider's own balances.
    pub fn new(
        version: u32,
        recognition: Recognition,
        vat_percent: BTreeMap<SellerId, Decimal>,
        charges: ChargeAccounts,
    ) -> Result<Self, InvalidPolicy> {
        for (seller, &percent) in &vat_percent {
            if percent < Decimal::ZERO || percent > Decimal::ONE_HUNDRED {
                return Err(InvalidPolicy::RateOutOfRange { seller: seller.clone(), percent });
            }
        }
        if let Some(account) = charges.all().into_iter().find(|account| is_balance(*account)) {
            return Err(InvalidPolicy::ChargeOnBalance { account });
        }
        let vat_percent =
            vat_percent.into_iter().map(|(seller, percent)| (seller.as_str().into(), percent)).collect();
        Ok(Self { version, recognition, vat_percent, charges })
    }

    /// The version that entries store.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// What an approved payment credits.
    #[must_use]
    pub fn recognition(&self) -> Recognition {
        self.recognition
    }

    /// The VAT rate of a seller, percent; zero when none is set: nothing is split.
    #[must_use]
    pub fn vat_percent(&self, seller: &str) -> Decimal {
        self.vat_percent.get(seller).copied().unwrap_or(Decimal::ZERO)
    }

    /// Which account takes each kind of charge.
    #[must_use]
    pub fn charges(&self) -> &ChargeAccounts {
        &self.charges
    }
}

impl Default for Policy {
    /// Version 1: revenue with the payment, no VAT split, the customary accounts.
    fn default() -> Self {
        Self {
            version: 1,
            recognition: Recognition::default(),
            vat_percent: BTreeMap::new(),
            charges: ChargeAccounts::default(),
        }
    }
}

impl ChargeAccounts {
    /// The account of one kind.
    #[must_use]
    pub fn of(&self, kind: ChargeKind) -> Account {
        match kind {
            ChargeKind::Processing => self.processing,
            ChargeKind::Financing => self.financing,
            ChargeKind::Shipping => self.shipping,
            ChargeKind::Marketplace => self.marketplace,
            ChargeKind::Coupon => self.coupon,
            ChargeKind::Withholding => self.withholding,
            ChargeKind::TransactionTax => self.transaction_tax,
            ChargeKind::Other => self.other,
        }
    }

    fn all(&self) -> [Account; 8] {
        let Self {
            processing,
            financing,
            shipping,
            marketplace,
            coupon,
            withholding,
            transaction_tax,
            other,
        } = *self;
        [processing, financing, shipping, marketplace, coupon, withholding, transaction_tax, other]
    }
}

impl Default for ChargeAccounts {
    fn default() -> Self {
        Self {
            processing: Account::ProcessingFees,
            financing: Account::FinancingFees,
            shipping: Account::Shipping,
            marketplace: Account::ProcessingFees,
            coupon: Account::Refunds,
            withholding: Account::Withholdings,
            transaction_tax: Account::TransactionTaxes,
            other: Account::Suspense,
        }
    }
}

fn is_balance(account: Account) -> bool {
    use Account::{Available, Bank, Held, InTransit, Pending};
    [Bank, Available, Pending, Held, InTransit].contains(&account)
}

impl PolicyBook {
    /// A book with one policy, which is in force.
    #[must_use]
    pub fn new(current: Policy) -> Self {
        Self { current: current.version, versions: BTreeMap::from([(current.version, current)]) }
    }

    /// Adds a policy that was in force earlier.
    ///
    /// # Errors
    /// When its version is already another policy's.
    pub fn add(&mut self, former: Policy) -> Result<(), InvalidPolicy> {
        let version = former.version;
        let kept = self.versions.entry(version).or_insert_with(|| former.clone());
        if *kept == former { Ok(()) } else { Err(InvalidPolicy::VersionTaken { version }) }
    }

    /// The policy in force, which posts new facts.
    #[must_use]
    pub fn current(&self) -> &Policy {
        &self.versions[&self.current]
    }

    /// The policy of a version that an entry stores; `None` when the book does not hold it.
    #[must_use]
    pub fn version(&self, version: u32) -> Option<&Policy> {
        self.versions.get(&version)
    }
}

impl Default for PolicyBook {
    fn default() -> Self {
        Self::new(Policy::default())
    }
}

/// A policy as the configuration file has it: rates are text, because TOML numbers with decimals are floats.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Written {
    version: u32,
    recognition: Recognition,
    vat_percent: BTreeMap<SellerId, String>,
    charges: ChargeAccounts,
}

impl Default for Written {
    fn default() -> Self {
        let Policy { version, recognition, vat_percent: _none, charges } = Policy::default();
        Self { version, recognition, vat_percent: BTreeMap::new(), charges }
    }
}

impl TryFrom<Written> for Policy {
    type Error = InvalidPolicy;

    fn try_from(written: Written) -> Result<Self, InvalidPolicy> {
        let rate = |(seller, text): (SellerId, String)| match Decimal::from_str_exact(&text) {
            Ok(percent) => Ok((seller, percent)),
            Err(_) => Err(InvalidPolicy::NotARate { seller, text }),
        };
        let rates = written.vat_percent.into_iter().map(rate).collect::<Result<_, _>>()?;
        Self::new(written.version, written.recognition, rates, written.charges)
    }
}

#[cfg(test)]
mod tests;
