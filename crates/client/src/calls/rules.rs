//! Rules that online calls share: periods, addresses, dates.

use chrono::{DateTime, Utc};
use domain::currency::Currency;
use domain::money::Money;
use mercadopago::number::Number;
use url::Url;

use crate::invalid::{Field, Invalid, Problem};

/// An instant as the provider writes them, in UTC: `2026-01-31T23:59:59.000Z`.
pub(super) fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// The amount is more than zero.
pub(super) fn positive(field: Field, amount: Money) -> Result<(), Invalid> {
    if amount.minor > 0 { Ok(()) } else { Err(field.is(Problem::NotPositive(amount.to_string()))) }
}

/// The text is a currency that has minor units.
pub(super) fn currency(field: Field, code: &str) -> Result<Currency, Invalid> {
    let known = "the site's currency";
    code.parse().map_err(|_| is_not(field, known, code))
}

/// The text is one of the words, which are named in the complaint.
pub(super) fn word(field: Field, words: &[&str], known: &'static str, actual: &str) -> Result<(), Invalid> {
    if words.contains(&actual) { Ok(()) } else { Err(one_of(field, known, actual)) }
}

/// Every so many days or months.
pub(super) fn every(frequency: Field, kind: Field, count: u32, unit: &str) -> Result<(), Invalid> {
    frequency.within(1, u32::MAX, count)?;
    word(kind, &["days", "months"], "days, months", unit)
}

/// The text is an address of the web.
pub(super) fn address(field: Field, text: &str) -> Result<(), Invalid> {
    field.filled(text)?;
    let is_web = Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if is_web { Ok(()) } else { Err(is_not(field, "an http or https address", text)) }
}

/// The text looks like an e-mail address: one `@` with something on each side.
pub(super) fn email(field: Field, text: &str) -> Result<(), Invalid> {
    field.filled(text)?;
    let mut parts = text.split('@');
    let halves = (parts.next(), parts.next(), parts.next());
    let is_address = matches!(halves, (Some(name), Some(host), None) if !name.is_empty() && !host.is_empty());
    if is_address { Ok(()) } else { Err(field.is(Problem::NoEmail)) }
}

/// The text is an instant with date, time and zone.
pub(super) fn instant(field: Field, text: &str) -> Result<DateTime<Utc>, Invalid> {
    let at = DateTime::parse_from_rfc3339(text);
    at.map(|at| at.to_utc())
        .map_err(|_| is_not(field, "a date, time and zone as 2026-01-31T23:59:59.000-04:00", text))
}

/// The end is after the beginning.
pub(super) fn after(field: Field, begin: DateTime<Utc>, end: DateTime<Utc>) -> Result<(), Invalid> {
    if end > begin {
        return Ok(());
    }
    Err(field.is(Problem::NotAfter { begin: moment(begin), actual: moment(end) }))
}

fn one_of(field: Field, known: &'static str, actual: &str) -> Invalid {
    field.is(Problem::NotOneOf { known, actual: actual.chars().take(40).collect() })
}

fn is_not(field: Field, wanted: &'static str, actual: &str) -> Invalid {
    field.is(Problem::IsNot { wanted, actual: actual.chars().take(40).collect() })
}

/// The amount is of the same currency as the most, and no more than it.
pub(super) fn no_more(field: Field, most: Money, amount: Money) -> Result<(), Invalid> {
    if amount.currency != most.currency {
        let actual = amount.currency.to_string();
        return Err(field.is(Problem::IsNot { wanted: "the payment's currency", actual }));
    }
    field.within(Money::new(0, most.currency), most, amount)
}

/// A new amount goes with its currency.
pub(super) fn priced(page: &'static str, amount: Option<&Number>, code: Option<&str>) -> Result<(), Invalid> {
    let (price, coin) = (
        Field::new("auto_recurring.transaction_amount", page),
        Field::new("auto_recurring.currency_id", page),
    );
    match (amount, code) {
        (Some(amount), Some(code)) => price.positive(amount, currency(coin, code)?),
        (None, None) => Ok(()),
        (Some(_), None) => Err(price.is(Problem::Without(coin.name))),
        (None, Some(_)) => Err(coin.is(Problem::Without(price.name))),
    }
}
