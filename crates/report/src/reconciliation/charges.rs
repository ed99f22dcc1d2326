//! The charges that a reconciliation of subscriptions compared, one a row: due, invoiced, paid, booked. It decides nothing.

use std::io::{self, Write};

use domain::currency::Currency;
use domain::machine::Instant;
use domain::text::Text;
use ledger::account::Lang;

use super::Summary;
use crate::listing::{Cell, Column, Listing, numbers, text, words};
use crate::words::Word;

/// A charge, from the calendar to the ledger. Amounts are minor units.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChargeRow {
    /// The subscription.
    pub subscription: Text,
    /// The account that sells.
    pub seller: Text,
    /// When it is due.
    pub due_at: Instant,
    /// Currency of every amount.
    pub currency: Currency,
    /// What is due by the terms; nothing where they have no such charge.
    pub expected_minor: Option<i64>,
    /// The provider's invoice.
    pub invoice: Option<Text>,
    /// Its amount.
    pub invoiced_minor: Option<i64>,
    /// Attempts made.
    pub attempts: Option<u32>,
    /// What became of it, such as `collected_late`.
    pub standing: Text,
    /// The payment of the last attempt.
    pub payment: Option<Text>,
    /// What was paid.
    pub paid_minor: Option<i64>,
    /// When.
    pub paid_at: Option<Instant>,
    /// What the ledger credits for it, tax included.
    pub booked_minor: Option<i64>,
    /// What went back to the payer.
    pub refunded_minor: Option<i64>,
    /// What a chargeback took.
    pub lost_minor: Option<i64>,
}

impl Listing for &ChargeRow {
    const NAME: &'static str = "charges";
    // There is no file: the whole list is in the JSON.
    const FILE: &'static str = "--format json";
    const COLUMNS: &'static [Column] = &[
        words("subscription", Word::Subscription),
        words("seller", Word::Seller),
        words("due_at", Word::Due),
        words("currency", Word::Currency),
        numbers("expected", Word::Expected),
        words("invoice", Word::Invoice),
        numbers("invoiced", Word::Invoiced),
        numbers("attempts", Word::Attempts),
        words("standing", Word::Standing),
        words("payment", Word::Payment),
        numbers("paid", Word::Paid),
        words("paid_at", Word::PaidAt),
        numbers("booked", Word::Booked),
        numbers("refunded", Word::Refunded),
        numbers("lost", Word::LostToChargeback),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        let amount = |minor| Cell::maybe_amount(minor, Some(self.currency));
        vec![
            Cell::text(&self.subscription),
            Cell::text(&self.seller),
            Cell::At(self.due_at),
            Cell::maybe_currency(Some(self.currency)),
            amount(self.expected_minor),
            Cell::maybe(self.invoice.as_ref()),
            amount(self.invoiced_minor),
            self.attempts.map_or(Cell::Nothing, |made| Cell::Count(made.into())),
            Cell::text(&self.standing),
            Cell::maybe(self.payment.as_ref()),
            amount(self.paid_minor),
            Cell::maybe_at(self.paid_at),
            amount(self.booked_minor),
            amount(self.refunded_minor),
            amount(self.lost_minor),
        ]
    }
}

/// Writes counts, proofs, the first `limit` breaks and the first `limit` charges as tables.
///
/// # Errors
/// When the writer fails.
pub fn write_text(
    summary: &Summary,
    charges: &[ChargeRow],
    limit: usize,
    lang: Lang,
    out: &mut impl Write,
) -> io::Result<()> {
    super::write_findings(summary, limit, lang, out)?;
    let total = u64::try_from(charges.len()).expect("a length fits 64 bits");
    writeln!(out, "\n{} {total}", Word::Charges.say(lang))?;
    text::write(charges.iter(), limit, total, lang, out)
}

#[cfg(test)]
mod tests;
