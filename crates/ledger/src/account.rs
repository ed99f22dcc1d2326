//! The chart of accounts: a closed list by four-digit code, with labels in three languages.
//!
//! The codes are the customary ones for a merchant who collects through a payment provider, with three
//! additions. 4110 keeps sales of subscriptions apart from one-off sales, because recurring revenue is reported
//! by itself. 2210 takes the instalments of a loan from the provider, which would else look like an expense.
//! 7110 takes promotional money the provider gives, which is neither a sale nor a yield.
//!
//! Names are for people and live in `config/accounts.toml`; nothing here decides what is posted where.

use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The side on which an account usually stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Side {
    /// Balances are usually positive.
    Debit,
    /// Balances are usually negative.
    Credit,
}

/// Which part of the financial statements an account belongs to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Class {
    /// What is owned or owed to us.
    Asset,
    /// What we owe.
    Liability,
    /// What was earned, less allowances.
    Income,
    /// What was spent or lost.
    Expense,
}

/// A language of labels.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Lang {
    /// English.
    En,
    /// Spanish.
    Es,
    /// Portuguese.
    Pt,
}

macro_rules! chart {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $class:ident, $side:ident;)*) => {
        /// An account of the chart. Ordered by code; serialised as the code.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u16)]
        pub enum Account { $( $(#[$doc])* $name = $code, )* }

        impl Account {
            /// Every account, in the order of the codes.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The account of a code; `None` when the chart has no such code.
            #[must_use]
            pub fn from_code(code: u16) -> Option<Self> {
                match code {
                    $( $code => Some(Self::$name), )*
                    _ => None,
                }
            }

            /// The part of the statements it belongs to.
            #[must_use]
            pub fn class(self) -> Class {
                match self { $( Self::$name => Class::$class, )* }
            }

            /// The side it usually stands on. Suspense (1190), differences (5190) and exchange (7200) may stand
            /// on either; for them it is the side of their class.
            #[must_use]
            pub fn normal(self) -> Side {
                match self { $( Self::$name => Side::$side, )* }
            }
        }
    };
}

chart! {
    /// Bank.
    Bank = 1110, Asset, Debit;
    /// The provider's balance that can be used.
    Available = 1120, Asset, Debit;
    /// The provider's balance that is not released yet.
    Pending = 1121, Asset, Debit;
    /// The provider's balance on hold (disputes, reserves).
    Held = 1122, Asset, Debit;
    /// Payouts that left the provider and have not reached the bank.
    InTransit = 1123, Asset, Debit;
    /// Accounts receivable from customers.
    Receivable = 1130, Asset, Debit;
    /// Input VAT on fees, before the provider's invoice.
    InputVat = 1181, Asset, Debit;
    /// Withholdings and perceptions that can be recovered.
    Withholdings = 1182, Asset, Debit;
    /// Input VAT on fees that the provider's invoice documents.
    InputVatInvoiced = 1183, Asset, Debit;
    /// Money of the provider's that is not identified.
    Suspense = 1190, Asset, Debit;
    /// Output VAT.
    OutputVat = 2110, Liability, Credit;
    /// Deferred revenue.
    DeferredRevenue = 2120, Liability, Credit;
    /// Customer credits and refunds payable.
    CustomerCredits = 2130, Liability, Credit;
    /// Payable to the sellers of a marketplace.
    PayableToSellers = 2140, Liability, Credit;
    /// Tips payable.
    Tips = 2150, Liability, Credit;
    /// Loans from the provider.
    Loans = 2210, Liability, Credit;
    /// Revenue of one-off sales.
    Sales = 4100, Income, Credit;
    /// Revenue of subscriptions.
    SubscriptionSales = 4110, Income, Credit;
    /// Refunds and allowances: reduces revenue.
    Refunds = 4190, Income, Debit;
    /// Commission earned as a marketplace.
    MarketplaceIncome = 4200, Income, Credit;
    /// Processing fees.
    ProcessingFees = 5110, Expense, Debit;
    /// Financing and early-release fees.
    FinancingFees = 5120, Expense, Debit;
    /// Shipping charged by the provider.
    Shipping = 5130, Expense, Debit;
    /// Transaction taxes that cannot be recovered.
    TransactionTaxes = 5140, Expense, Debit;
    /// Chargeback losses.
    ChargebackLosses = 5150, Expense, Debit;
    /// Fees for disputes and chargebacks.
    DisputeFees = 5160, Expense, Debit;
    /// Rounding and reconciliation differences.
    Differences = 5190, Expense, Debit;
    /// Yield on the provider's balance.
    Yield = 7100, Income, Credit;
    /// Promotional money from the provider.
    PromotionalCredits = 7110, Income, Credit;
    /// Exchange gain and loss.
    Exchange = 7200, Income, Credit;
}

impl Account {
    /// The four-digit code.
    #[must_use]
    pub fn code(self) -> u16 {
        self as u16
    }

    /// Its name for people.
    #[must_use]
    pub fn label(self, lang: Lang) -> &'static str {
        let at = Self::ALL.binary_search(&self).expect("every account is in the list of all, in order");
        let labels = &LABELS[at];
        match lang {
            Lang::En => &labels.en,
            Lang::Es => &labels.es,
            Lang::Pt => &labels.pt,
        }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.code(), f)
    }
}

impl Serialize for Account {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.code())
    }
}

impl<'de> Deserialize<'de> for Account {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = u16::deserialize(deserializer)?;
        Self::from_code(code).ok_or_else(|| serde::de::Error::custom(UnknownAccount { code }))
    }
}

/// The chart has no account of this code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the chart has no account {code}")]
pub struct UnknownAccount {
    /// The code as it was given.
    pub code: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Labels {
    en: String,
    es: String,
    pt: String,
}

/// In the order of [`Account::ALL`].
static LABELS: LazyLock<Vec<Labels>> = LazyLock::new(|| {
    let mut written: std::collections::BTreeMap<String, Labels> =
        toml::from_str(include_str!("../../../config/accounts.toml"))
            .expect("a test reads the compiled-in labels");
    let in_order = Account::ALL.iter().map(|account| written.remove(&account.to_string()));
    in_order.map(|labels| labels.expect("a test asks every account for its labels")).collect()
});

#[cfg(test)]
mod tests;
