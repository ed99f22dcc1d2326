//! An id that the provider takes as digits or as text, written as it was given.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::number::Number;

/// An id as JSON: `310` or `"310"`.
#[derive(Clone)]
pub struct Id(Box<RawValue>);

impl Id {
    /// An id that is sent as text.
    #[must_use]
    pub fn text(id: &str) -> Self {
        Self(serde_json::value::to_raw_value(id).expect("text becomes JSON"))
    }

    /// The id without quotes, however it is sent.
    #[must_use]
    pub fn as_text(&self) -> Cow<'_, str> {
        if self.0.get().starts_with('"') {
            Cow::Owned(serde_json::from_str(self.0.get()).expect("what starts with a quote is a JSON string"))
        } else {
            Cow::Borrowed(self.0.get())
        }
    }
}

/// An id that is sent as digits.
impl From<Number> for Id {
    fn from(number: Number) -> Self {
        Self(serde_json::value::to_raw_value(&number).expect("a number becomes JSON"))
    }
}

/// Equal when the ids are, whether they are sent as digits or as text.
impl PartialEq for Id {
    fn eq(&self, other: &Self) -> bool {
        self.as_text() == other.as_text()
    }
}

impl Eq for Id {}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({})", self.0.get())
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let fits =
            raw.get().starts_with(|first: char| first == '"' || first == '-' || first.is_ascii_digit());
        if fits { Ok(Self(raw)) } else { Err(D::Error::custom("expected digits or text")) }
    }
}
