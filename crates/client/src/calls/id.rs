//! An id that one endpoint writes as a number and the next one as text; only its characters count.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error};
use serde_json::value::RawValue;

/// An id of the provider, as its characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Id(String);

impl Id {
    /// The characters: of a text its content, of a number its digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        match raw.get().as_bytes() {
            [b'"', ..] => serde_json::from_str(raw.get()).map(Self).map_err(D::Error::custom),
            [b'0'..=b'9', ..] => Ok(Self(raw.get().to_owned())),
            _ => Err(D::Error::custom("expected an id: a number or text")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Id;

    #[test]
    fn a_number_and_a_text_of_the_same_digits_are_the_same_id() {
        let read = |json: &str| serde_json::from_str::<Id>(json).ok().map(|id| id.to_string());
        assert_eq!(read("90071992547409931"), Some("90071992547409931".to_owned()));
        assert_eq!(read(r#""90071992547409931""#), read("90071992547409931"));
        assert_eq!(read(r#""a\"b""#), Some("a\"b".to_owned()));
        for json in ["null", "true", "-1", "{}", "[1]"] {
            assert_eq!(read(json), None, "{json}");
        }
    }
}
