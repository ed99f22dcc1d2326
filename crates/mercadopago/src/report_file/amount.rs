//! Amounts of report files: decimal text with a point or a comma, read exactly or not at all.
//!
//! Which mark is the decimal one is a property of the whole row: every amount that can only be read one way
//! votes, the votes must agree, and without a vote `1.234` is an error, because it may mean two amounts.

use domain::currency::Currency;
use domain::money::{MoneyError, parse_minor};

use super::Why;

/// Largest amount, minor units: the reports declare 17 digits. Sums over the columns of a row cannot overflow.
const LARGEST_MINOR: u64 = 99_999_999_999_999_999;

/// The decimal mark.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mark {
    /// `1234.56`, or with thousands `1,234.56`.
    Point,
    /// `1234,56`, or with thousands `1.234,56`.
    Comma,
}

/// What one text says about the mark.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Vote {
    /// Digits only.
    None,
    /// Can only be read this way.
    For(Mark),
    /// Can be read both ways, as two amounts.
    EitherWay,
}

/// The decimal mark of a row, by its amounts; a row of whole numbers reads either way.
///
/// # Errors
/// The position of the amount that cannot be decided, or that speaks against one before it.
pub(crate) fn mark<'a>(amounts: impl Iterator<Item = &'a str>) -> Result<Mark, (usize, Why)> {
    let mut mark = None;
    let mut undecided = None;
    for (index, text) in amounts.enumerate() {
        match (vote(text), mark) {
            (Vote::None, _) => {}
            (Vote::EitherWay, _) => undecided = undecided.or(Some(index)),
            (Vote::For(vote), None) => mark = Some(vote),
            (Vote::For(vote), Some(known)) if vote == known => {}
            (Vote::For(_), Some(_)) => return Err((index, Why::MixedDecimalMarks)),
        }
    }
    match (mark, undecided) {
        (Some(mark), _) => Ok(mark),
        (None, None) => Ok(Mark::Point),
        (None, Some(index)) => Err((index, Why::AmbiguousAmount)),
    }
}

/// Reads an amount in major units into minor units. No exponent: one means that a spreadsheet has rounded it.
///
/// # Errors
/// When the text is no number of this mark, has more decimals than the currency, or more than 17 digits.
pub(crate) fn parse(text: &str, mark: Mark, currency: Currency) -> Result<i64, MoneyError> {
    let not_decimal = || MoneyError::NotDecimal { text: text.chars().take(40).collect() };
    if text.bytes().any(|b| !b.is_ascii_digit() && !matches!(b, b'-' | b'+' | b'.' | b',')) {
        return Err(not_decimal());
    }
    let (point, thousands) = match mark {
        Mark::Point => ('.', ','),
        Mark::Comma => (',', '.'),
    };
    let minor = if mark == Mark::Point && !text.contains(thousands) {
        parse_minor(text, currency)?
    } else {
        let (whole, fraction) = text.split_once(point).unwrap_or((text, ""));
        let digits = whole.trim_start_matches(['-', '+']);
        if fraction.contains(thousands) || (whole.contains(thousands) && !grouped(digits, thousands)) {
            return Err(not_decimal());
        }
        let whole: String = whole.chars().filter(|c| *c != thousands).collect();
        let plain = if text.contains(point) { format!("{whole}.{fraction}") } else { whole };
        parse_minor(&plain, currency)?
    };
    if minor.unsigned_abs() > LARGEST_MINOR { Err(MoneyError::OutOfRange) } else { Ok(minor) }
}

fn vote(text: &str) -> Vote {
    let digits = text.trim_start_matches(['-', '+']);
    let points = digits.bytes().filter(|b| *b == b'.').count();
    let commas = digits.bytes().filter(|b| *b == b',').count();
    match (points, commas) {
        (0, 0) => Vote::None,
        (1, 0) if could_be_thousands(digits, '.') => Vote::EitherWay,
        (0, 1) if could_be_thousands(digits, ',') => Vote::EitherWay,
        (1, 0) | (0, 2..) => Vote::For(Mark::Point),
        (0, 1) | (2.., 0) => Vote::For(Mark::Comma),
        (_, _) if digits.rfind('.') > digits.rfind(',') => Vote::For(Mark::Point),
        (_, _) => Vote::For(Mark::Comma),
    }
}

/// Whether the one mark in the text may stand between thousands: `1.234`, but not `0.234` or `1234.567`.
fn could_be_thousands(digits: &str, mark: char) -> bool {
    !digits.starts_with('0') && grouped(digits, mark)
}

/// Whether the digits are in groups of three, the first of one to three.
fn grouped(digits: &str, mark: char) -> bool {
    let mut groups = digits.split(mark);
    groups.next().is_some_and(|first| (1..=3).contains(&first.len())) && groups.all(|group| group.len() == 3)
}

#[cfg(test)]
mod tests;
