//! ISO 4217 currencies. Codes outside the list (the provider knows some: `MCN`, `BTC`) are refused.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A three-letter ISO 4217 code with a known number of decimals.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: [u8; 3],
    exponent: u8,
}

/// The code is not a currency of ISO 4217 that has minor units.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{code}` is not an ISO 4217 currency")]
pub struct UnknownCurrency {
    /// The code as it was given.
    pub code: String,
}

impl Currency {
    /// Argentine peso.
    pub const ARS: Self = Self { code: *b"ARS", exponent: 2 };
    /// Brazilian real.
    pub const BRL: Self = Self { code: *b"BRL", exponent: 2 };
    /// Chilean peso, which has no cents.
    pub const CLP: Self = Self { code: *b"CLP", exponent: 0 };
    /// Mexican peso.
    pub const MXN: Self = Self { code: *b"MXN", exponent: 2 };

    /// The three letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.code).expect("a currency is built from ASCII letters only")
    }

    /// Number of decimals of the minor unit (ISO 4217): 2 for ARS, 0 for CLP.
    #[must_use]
    pub fn exponent(self) -> u32 {
        u32::from(self.exponent)
    }
}

impl FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        match code {
            "ARS" => return Ok(Self::ARS),
            "BRL" => return Ok(Self::BRL),
            "MXN" => return Ok(Self::MXN),
            "CLP" => return Ok(Self::CLP),
            _ => {}
        }
        let unknown = || UnknownCurrency { code: code.to_owned() };
        let bytes: [u8; 3] = code.as_bytes().try_into().map_err(|_| unknown())?;
        let known = iso_currency::Currency::from_code(code).ok_or_else(unknown)?;
        let exponent = known.exponent().and_then(|e| u8::try_from(e).ok()).ok_or_else(unknown)?;
        Ok(Self { code: bytes, exponent })
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Code;
        impl serde::de::Visitor<'_> for Code {
            type Value = Currency;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an ISO 4217 currency code")
            }
            fn visit_str<E: serde::de::Error>(self, code: &str) -> Result<Currency, E> {
                code.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Code)
    }
}
