//! The countries it stands in: currency, decimals, the zone of reports, and the methods that are paid with there.
//!
//! Decimals and currencies: ISO 4217. Reservation lives: the provider's guide on reserving funds.

use std::str::FromStr;

/// A country's site.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Site {
    /// Argentina.
    Mla,
    /// Brazil.
    Mlb,
    /// Chile.
    Mlc,
    /// Colombia.
    Mco,
    /// Mexico.
    Mlm,
    /// Uruguay.
    Mlu,
    /// Peru.
    Mpe,
}

/// The word names no site.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is none of MLA, MLB, MLC, MCO, MLM, MLU and MPE")]
pub struct UnknownSite {
    /// The word.
    pub word: String,
}

/// A way to pay, as sales are drawn with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Way {
    /// The provider's word for the method.
    pub(crate) method: &'static str,
    /// The provider's word for its family.
    pub(crate) kind: &'static str,
    /// Where it is paid.
    pub(crate) place: Place,
    /// How many of a hundred sales are paid so.
    pub(crate) percent: u64,
}

/// Where a sale is paid.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// In the web shop, at once.
    Online,
    /// In the web shop, by a voucher that is paid later or never.
    Voucher,
    /// In the shop, by QR code.
    Qr,
    /// In the shop, on a terminal.
    Point,
}

const fn way(percent: u64, place: Place, method: &'static str, kind: &'static str) -> Way {
    Way { method, kind, place, percent }
}

const ARGENTINA: &[Way] = &[
    way(22, Place::Online, "visa", "credit_card"),
    way(18, Place::Online, "master", "credit_card"),
    way(6, Place::Voucher, "rapipago", "ticket"),
    way(20, Place::Qr, "account_money", "account_money"),
    way(14, Place::Qr, "debvisa", "debit_card"),
    way(12, Place::Point, "visa", "credit_card"),
    way(8, Place::Point, "debmaster", "debit_card"),
];

const BRAZIL: &[Way] = &[
    way(30, Place::Online, "master", "credit_card"),
    way(15, Place::Online, "visa", "credit_card"),
    way(10, Place::Voucher, "bolbradesco", "ticket"),
    way(25, Place::Qr, "pix", "bank_transfer"),
    way(20, Place::Point, "elo", "credit_card"),
];

const ELSEWHERE: &[Way] = &[
    way(40, Place::Online, "visa", "credit_card"),
    way(25, Place::Online, "master", "credit_card"),
    way(20, Place::Qr, "account_money", "account_money"),
    way(15, Place::Point, "visa", "credit_card"),
];

impl Site {
    /// All of them.
    pub const ALL: [Self; 7] = [Self::Mla, Self::Mlb, Self::Mlc, Self::Mco, Self::Mlm, Self::Mlu, Self::Mpe];

    /// The provider's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Mla => "MLA",
            Self::Mlb => "MLB",
            Self::Mlc => "MLC",
            Self::Mco => "MCO",
            Self::Mlm => "MLM",
            Self::Mlu => "MLU",
            Self::Mpe => "MPE",
        }
    }

    /// The currency's code.
    #[must_use]
    pub fn currency(self) -> &'static str {
        match self {
            Self::Mla => "ARS",
            Self::Mlb => "BRL",
            Self::Mlc => "CLP",
            Self::Mco => "COP",
            Self::Mlm => "MXN",
            Self::Mlu => "UYU",
            Self::Mpe => "PEN",
        }
    }

    /// Decimals of its currency.
    #[must_use]
    pub fn decimals(self) -> u32 {
        match self {
            Self::Mlc => 0,
            Self::Mla | Self::Mlb | Self::Mco | Self::Mlm | Self::Mlu | Self::Mpe => 2,
        }
    }

    /// Hours from UTC of the days of its books.
    pub(crate) fn offset_hours(self) -> i32 {
        match self {
            Self::Mla | Self::Mlb | Self::Mlu | Self::Mlc => -3,
            Self::Mco | Self::Mpe => -5,
            Self::Mlm => -6,
        }
    }

    /// Days until a reservation that was not captured ends.
    pub(crate) fn reservation_days(self) -> u64 {
        match self {
            Self::Mlb => 5,
            Self::Mpe => 22,
            Self::Mla | Self::Mlc | Self::Mco | Self::Mlm | Self::Mlu => 7,
        }
    }

    /// How is paid there.
    pub(crate) fn ways(self) -> &'static [Way] {
        match self {
            Self::Mla => ARGENTINA,
            Self::Mlb => BRAZIL,
            Self::Mlc | Self::Mco | Self::Mlm | Self::Mlu | Self::Mpe => ELSEWHERE,
        }
    }
}

impl FromStr for Site {
    type Err = UnknownSite;

    fn from_str(word: &str) -> Result<Self, UnknownSite> {
        let known = Self::ALL.into_iter().find(|site| site.word() == word);
        known.ok_or_else(|| UnknownSite { word: word.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::Site;

    #[test]
    fn the_ways_of_a_site_are_a_hundred_in_a_hundred() {
        for site in Site::ALL {
            assert_eq!(site.ways().iter().map(|way| way.percent).sum::<u64>(), 100, "{}", site.word());
        }
    }

    #[test]
    fn a_site_is_read_by_its_word() {
        for site in Site::ALL {
            assert_eq!(site.word().parse(), Ok(site));
        }
        assert_eq!("MLX".parse::<Site>().map_err(|e| e.word), Err("MLX".to_owned()));
    }
}
