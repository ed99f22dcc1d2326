//! Reading the provider's JSON without floats and, where possible, without copying.
//!
//! Every body is a plain struct of [`Literal`]s (numbers and ids) and [`Word`]s (text); unknown fields are
//! skipped. Nothing here knows what a field means.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use domain::currency::Currency;
use domain::ids::SellerId;
use domain::money::parse_minor;
use domain::text::Text;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::observe::Delivery;
use crate::unreadable::Unreadable;

/// A JSON number or string, as its exact text: `10.105` and `"10.105"` are the same literal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Literal<'a>(Cow<'a, str>);

/// A JSON string, borrowed from the body unless it holds escapes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Word<'a>(Cow<'a, str>);

impl Literal<'_> {
    /// The text: of a string its content, of a number its digits as they were written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, to keep.
    #[must_use]
    pub fn text(&self) -> Text {
        Text::from(&*self.0)
    }

    /// The literal as decimal text in major units, in minor units of the currency.
    ///
    /// # Errors
    /// [`Unreadable::BadAmount`] when it is no decimal number, too precise for the currency or too large.
    pub fn minor(&self, path: &'static str, currency: Currency) -> Result<i64, Unreadable> {
        parse_minor(&self.0, currency).map_err(|source| Unreadable::BadAmount { path, source })
    }

    /// The literal as an id that can be part of a stream's key: not empty, no slash, blank or control character.
    ///
    /// # Errors
    /// [`Unreadable::WrongType`] when it is not.
    pub fn id(&self, path: &'static str) -> Result<Text, Unreadable> {
        let fits = |c: char| c != '/' && !c.is_whitespace() && !c.is_control();
        if self.0.is_empty() || !self.0.chars().all(fits) {
            return Err(Unreadable::WrongType { path, expected: "an id" });
        }
        Ok(self.text())
    }
}

impl Word<'_> {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, to keep.
    #[must_use]
    pub fn text(&self) -> Text {
        Text::from(&*self.0)
    }
}

/// Reads a body as `T`, borrowing from it.
///
/// # Errors
/// When the bytes are not UTF-8, not JSON, or a field that `T` reads has another type.
pub fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Unreadable> {
    let text =
        std::str::from_utf8(body).map_err(|error| Unreadable::NotUtf8 { offset: error.valid_up_to() })?;
    serde_json::from_str(text).map_err(|error| unreadable(&error))
}

/// The field, or the complaint that it is absent or null.
///
/// # Errors
/// [`Unreadable::Missing`] when there is none.
pub fn need<T>(path: &'static str, field: Option<T>) -> Result<T, Unreadable> {
    field.ok_or(Unreadable::Missing { path })
}

/// The seller of a body: its collector, else the delivery's.
///
/// # Errors
/// [`Unreadable::Missing`] when neither names one, [`Unreadable::WrongType`] when it is no id.
pub fn seller(collector: Option<&Literal<'_>>, delivery: &Delivery<'_>) -> Result<SellerId, Unreadable> {
    let path = "collector_id";
    match (collector, delivery.seller) {
        (Some(id), _) => id.id(path).map(SellerId::from),
        (None, Some(id)) => Literal(Cow::Borrowed(id)).id(path).map(SellerId::from),
        (None, None) => Err(Unreadable::Missing { path }),
    }
}

fn unreadable(error: &serde_json::Error) -> Unreadable {
    let (line, column) = (error.line(), error.column());
    let full = error.to_string();
    let problem = full.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&full);
    // A field's own text can be inside the message; 120 characters name the fault.
    let problem = problem.chars().take(120).collect();
    if error.is_data() {
        Unreadable::WrongTypeAt { line, column, problem }
    } else {
        Unreadable::NotJson { line, column, problem }
    }
}

/// Reads a field that the merchant may fill with anything: a number or text, else `None`.
/// For `#[serde(deserialize_with)]` together with `default`.
///
/// # Errors
/// Only when the value is not JSON.
pub fn literal_or_nothing<'de: 'a, 'a, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Literal<'a>>, D::Error> {
    Literal::of_raw(<&'de RawValue>::deserialize(deserializer)?.get()).map_err(D::Error::custom)
}

/// Reads a field that should be an object and sometimes is an empty list or text instead: `T`, else `None`.
/// For `#[serde(deserialize_with)]` together with `default`.
///
/// # Errors
/// When it is an object that `T` cannot be read from.
pub fn object_or_nothing<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_any(ObjectOrNothing(PhantomData))
}

struct ObjectOrNothing<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectOrNothing<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Option<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Some)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Option<T>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_str<E: Error>(self, _text: &str) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, _flag: bool) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_u64<E: Error>(self, _number: u64) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_i64<E: Error>(self, _number: i64) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_f64<E: Error>(self, _number: f64) -> Result<Option<T>, E> {
        Ok(None)
    }
}

impl<'a> Literal<'a> {
    /// `None` when the JSON value is neither number nor text.
    fn of_raw(raw: &'a str) -> Result<Option<Self>, serde_json::Error> {
        let content = match raw.as_bytes() {
            [b'"', ..] if raw.contains('\\') => Cow::Owned(serde_json::from_str(raw)?),
            [b'"', ..] => Cow::Borrowed(&raw[1..raw.len() - 1]),
            [b'-' | b'0'..=b'9', ..] => Cow::Borrowed(raw),
            _ => return Ok(None),
        };
        Ok(Some(Self(content)))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Literal<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::of_raw(<&'de RawValue>::deserialize(deserializer)?.get())
            .map_err(D::Error::custom)?
            .ok_or_else(|| D::Error::custom("expected a number or text"))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Word<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Characters;
        impl<'de> Visitor<'de> for Characters {
            type Value = Word<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }
            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Word<'de>, E> {
                Ok(Word(Cow::Borrowed(text)))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Word<'de>, E> {
                Ok(Word(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Characters)
    }
}

#[cfg(test)]
mod tests;
