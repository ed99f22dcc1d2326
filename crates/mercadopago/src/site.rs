//! The provider's sites: which currency a country's site sells in.
//!
//! Knows nothing else of a site; limits and windows are rules of `domain`.

use domain::currency::Currency;

use crate::unreadable::Unreadable;

/// The currency of a site (`MLA` is Argentina), for bodies that do not name theirs; `None` for a site we do not know.
#[must_use]
pub fn currency(site: &str) -> Option<Currency> {
    let code = match site {
        "MLA" => "ARS",
        "MLB" => "BRL",
        "MLM" => "MXN",
        "MLC" => "CLP",
        "MCO" => "COP",
        "MLU" => "UYU",
        "MPE" => "PEN",
        _ => return None,
    };
    Some(code.parse().expect("every site of the table sells in a currency of ISO 4217"))
}

/// The site that sells in a currency; `None` for a currency of none.
#[must_use]
pub fn selling_in(wanted: Currency) -> Option<&'static str> {
    ["MLA", "MLB", "MLM", "MLC", "MCO", "MLU", "MPE"].into_iter().find(|site| currency(site) == Some(wanted))
}

/// The currency of a body: the one it names at `path`, else the one of the delivery's site.
///
/// # Errors
/// When the code is not of ISO 4217, or nothing tells the currency.
pub fn currency_of(
    path: &'static str,
    named: Option<&str>,
    site: Option<&str>,
) -> Result<Currency, Unreadable> {
    match named {
        Some(code) => code
            .parse()
            .map_err(|_| Unreadable::UnknownCurrency { path, code: code.chars().take(40).collect() }),
        None => site.and_then(currency).ok_or(Unreadable::Missing { path }),
    }
}

#[cfg(test)]
mod tests;
