//! How many and how much: the two numbers of every cell of a revenue report.

use std::collections::BTreeMap;

use domain::currency::Currency;
use domain::text::Text;

/// A count with its sum.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Level {
    /// How many.
    pub count: u64,
    /// Their sum, minor units: of many amounts, so wider than one of them.
    pub minor: i128,
}

impl Level {
    pub(crate) fn add(&mut self, amount_minor: impl Into<i128>) {
        self.count += 1;
        self.minor += amount_minor.into();
    }
}

/// Something for each seller and currency, in that order.
#[derive(Clone, Debug)]
pub(crate) struct BySeller<T>(BTreeMap<Text, BTreeMap<Currency, T>>);

impl<T> BySeller<T> {
    pub(crate) fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// What there is of a seller and currency; made when there is nothing yet.
    pub(crate) fn of(&mut self, seller: &str, currency: Currency, make: impl FnOnce() -> T) -> &mut T {
        if !self.0.contains_key(seller) {
            self.0.insert(seller.into(), BTreeMap::new());
        }
        let currencies = self.0.get_mut(seller).expect("it was put there when it was missing");
        currencies.entry(currency).or_insert_with(make)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Text, Currency, &T)> {
        self.0.iter().flat_map(|(seller, currencies)| {
            currencies.iter().map(move |(currency, of)| (seller, *currency, of))
        })
    }
}
