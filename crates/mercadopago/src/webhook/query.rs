//! The query of a webhook's address: `data.id` and `type`, or `topic` and `id` of the older channel.
//!
//! Names and values are form-encoded. Of a name that is repeated the first value counts, as in the provider's own libraries;
//! names that mean nothing here are passed over.

use std::borrow::Cow;

/// What the query says.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(super) struct Query<'a> {
    /// `data.id`, which some frameworks on the way rewrite as `data_id`.
    pub subject: Option<Cow<'a, str>>,
    /// `type`.
    pub kind: Option<Cow<'a, str>>,
    /// `topic`.
    pub topic: Option<Cow<'a, str>>,
    /// `id`.
    pub id: Option<Cow<'a, str>>,
}

impl<'a> Query<'a> {
    pub(super) fn read(query: &'a str) -> Self {
        Self {
            subject: value(query, "data.id").or_else(|| value(query, "data_id")),
            kind: value(query, "type"),
            topic: value(query, "topic"),
            id: value(query, "id"),
        }
    }

    /// Whether the address is one of the older channel.
    pub(super) fn is_trigger(&self) -> bool {
        self.topic.is_some() && self.id.is_some() && self.subject.is_none() && self.kind.is_none()
    }

    /// Whether the address says nothing.
    pub(super) fn is_silent(&self) -> bool {
        *self == Self::default()
    }
}

/// The first value of a name that is not blank, without the blanks around it.
#[must_use]
pub fn value<'a>(query: &'a str, name: &str) -> Option<Cow<'a, str>> {
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let mut values = pairs.filter(|(key, _)| decoded(key) == name).map(|(_, value)| decoded(value));
    let first = values.find(|value| !value.trim().is_empty())?;
    Some(match first {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    })
}

/// Form decoding: `+` is a blank, `%41` a byte; what is no text afterwards holds replacement characters.
/// <https://url.spec.whatwg.org/#urlencoded-parsing>
fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains(['+', '%']) {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        bytes.push(match (first, tail) {
            (b'+', _) => b' ',
            (b'%', [high, low, after @ ..]) => match (nibble(*high), nibble(*low)) {
                (Some(high), Some(low)) => {
                    rest = after;
                    high << 4 | low
                }
                _ => b'%',
            },
            (byte, _) => *byte,
        });
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

fn nibble(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(query: &str, name: &str, expected: Option<&str>) {
        assert_eq!(value(query, name).as_deref(), expected, "{name} of {query}");
    }

    #[test]
    fn values_are_decoded_and_trimmed_and_the_first_that_is_not_blank_counts() {
        check("data.id=12&type=payment", "data.id", Some("12"));
        check("data%2Eid=ORD%2b1+&x", "data.id", Some("ORD+1"));
        check("id=&id=+&id=7&id=8", "id", Some("7"));
        check("id", "id", None);
        check("", "", None);
        check("id=%4&type=%zz&topic=%", "id", Some("%4"));
        check("id=%4&type=%zz&topic=%", "type", Some("%zz"));
        check("id=%ff", "id", Some("\u{fffd}"));
    }
}
