//! Names for orders that come from the lines of a file and have none of their own.
//!
//! A line is named by what it says, and among lines that say the same by which of them it is. So the same line in
//! another file, or in the same one after other lines were corrected, is the same order.

use std::collections::BTreeMap;

use domain::ids::PaymentId;
use domain::money::Money;
use domain::text::Text;

/// Names the lines of one file, from its first to its last.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct LineNames(BTreeMap<String, u64>);

impl LineNames {
    /// The name of the next order that asks for this; without an amount for all that remains.
    #[must_use]
    pub fn next(&self, payment: &PaymentId, amount: Option<Money>) -> Text {
        let said = said(payment, amount);
        let before = self.0.get(&said).copied().unwrap_or_default();
        format!("{said}/{}", before + 1).into()
    }

    /// An order has that name now. A line that was refused keeps none: were it taken out of the file, the lines that
    /// say the same would be other orders than before.
    pub fn take(&mut self, payment: &PaymentId, amount: Option<Money>) {
        *self.0.entry(said(payment, amount)).or_default() += 1;
    }
}

fn said(payment: &PaymentId, amount: Option<Money>) -> String {
    let amount = amount.map_or_else(|| "all".to_owned(), |amount| amount.to_string());
    format!("file/{payment}/{amount}")
}

#[cfg(test)]
mod tests {
    use domain::currency::Currency;

    use super::*;

    #[test]
    fn a_line_is_named_by_what_it_says_and_which_of_its_like_it_is() {
        let payment = PaymentId::from("57837458321");
        let pesos = |text: &str| Some(Money::parse(text, Currency::ARS).expect("an amount"));
        let mut names = LineNames::default();
        assert_eq!(names.next(&payment, pesos("1500")).as_str(), "file/57837458321/1500.00/1");
        assert_eq!(
            names.next(&payment, pesos("1500.00")).as_str(),
            "file/57837458321/1500.00/1",
            "no order yet"
        );
        names.take(&payment, pesos("1500"));
        assert_eq!(names.next(&payment, pesos("1500.0")).as_str(), "file/57837458321/1500.00/2");
        assert_eq!(names.next(&payment, pesos("15")).as_str(), "file/57837458321/15.00/1");
        assert_eq!(names.next(&payment, None).as_str(), "file/57837458321/all/1");
        assert_eq!(names.next(&PaymentId::from("5"), pesos("1500")).as_str(), "file/5/1500.00/1");
    }
}
