//! What becomes of a card that is presented: the simulator's amounts decide before the name on the card does.
//!
//! Moves nothing.

use crate::charge::Outcome;

/// What the terminal goes through after the card was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Course {
    /// The bank answers.
    Answered(Outcome),
    /// The bank approves and the terminal takes it back.
    Reversed,
    /// The terminal fails before it asks the bank.
    Failed,
    /// The bank approves and its answer is lost.
    Unanswered,
}

/// A name of ours, beside those of the provider's test cards: the bank's answer never arrives.
const LOST: &str = "LOST";

/// The course of an amount, as it was sent, and of a name on the card; `None` for a name nobody knows.
///
/// Source of the amounts: the simulator page of the integrations API, "Point Simulator". They are compared with
/// what was sent, whatever its unit: hundredths in one generation, pesos in another.
pub(super) fn course(raw: &str, holder: &str) -> Option<Course> {
    let by_amount = match whole(raw) {
        "1100" => Some(Course::Reversed),
        "1200" => Some(Course::Answered(Outcome::Rejected("cc_rejected_other_reason"))),
        "1300" => Some(Course::Failed),
        _ => None,
    };
    let by_name = match holder {
        LOST => Some(Course::Unanswered),
        holder => Outcome::of_holder(holder).map(Course::Answered),
    };
    by_name.map(|by_name| by_amount.unwrap_or(by_name))
}

/// The number without zeros behind its point.
fn whole(raw: &str) -> &str {
    match raw.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole,
        _ => raw,
    }
}

#[cfg(test)]
mod tests {
    use super::{Course, course};
    use crate::charge::Outcome;

    #[test]
    fn the_amount_decides_before_the_name() {
        let approved = || Some(Course::Answered(Outcome::Approved));
        assert_eq!(course("1500", "APRO"), approved());
        assert_eq!(course("1100", "FUND"), Some(Course::Reversed));
        assert_eq!(course("1100.00", "APRO"), Some(Course::Reversed));
        assert_eq!(course("1100.01", "APRO"), approved());
        let rejected = Outcome::Rejected("cc_rejected_other_reason");
        assert_eq!(course("1200", "APRO"), Some(Course::Answered(rejected)));
        assert_eq!(course("1300.0", "APRO"), Some(Course::Failed));
        assert_eq!(course("1500", "LOST"), Some(Course::Unanswered));
        assert_eq!(course("1100", "NOBODY"), None);
    }
}
