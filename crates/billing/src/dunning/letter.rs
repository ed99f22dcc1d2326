//! One message for the merchant's own sender: the words for the payer, and what the sender needs to find them.
//!
//! Names nobody: the subscription, the charge and the merchant's own reference say whom it is for.

use domain::currency::Currency;
use domain::machine::Instant;
use domain::money::format_minor;
use domain::rejection::{RejectionClass, RejectionTable};
use domain::text::Text;
use serde::Serialize;

use super::Reminder;
use super::template::{Blank, Language, Templates};
use crate::days::Zone;
use crate::timeline::{Charge, Timeline};

/// How letters are written.
#[derive(Clone, Debug)]
pub struct Press {
    /// The words.
    pub templates: Templates,
    /// Of the payers.
    pub language: Language,
    /// Where days begin.
    pub zone: Zone,
    /// What refusals mean.
    pub rejections: RejectionTable,
}

/// A message as its receiver reads it. Amounts are decimal text in major units.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Letter<'a> {
    /// Always `dunning`.
    pub kind: &'static str,
    /// The step.
    pub step: &'a str,
    /// Whose subscription it is.
    pub seller: &'a str,
    /// The provider's id of the subscription.
    pub subscription: &'a str,
    /// The provider's id of the invoice.
    pub invoice: &'a str,
    /// The merchant's own reference of the charge, else of the subscription.
    pub reference: Option<&'a str>,
    /// What is sold.
    pub title: Option<&'a str>,
    /// What is charged.
    pub amount: String,
    /// Its currency.
    pub currency: Currency,
    /// When it is charged.
    pub due_at: Instant,
    /// When it is tried again, while it is.
    pub next_retry_at: Option<Instant>,
    /// Tries so far, when the provider counts them.
    pub attempt: Option<u32>,
    /// Why the last try failed, in the provider's words.
    pub rejection: Option<&'a str>,
    /// Language of subject and body.
    pub language: &'static str,
    /// What the payer reads first.
    pub subject: String,
    /// What the payer reads then.
    pub body: String,
}

impl Press {
    /// The message of a reminder; `None` when its step has no template or its charge is not known.
    #[must_use]
    pub fn letter<'a>(
        &self,
        seller: &'a str,
        subscription: &'a str,
        timeline: &'a Timeline,
        reminder: &'a Reminder,
    ) -> Option<Letter<'a>> {
        let template = self.templates.get(&reminder.step, self.language)?;
        let charge = timeline.charges.get(&reminder.invoice)?;
        let terms = &charge.terms;
        let next_retry_at = next_retry_at(charge);
        let title = timeline.profile.title.as_deref();
        let amount = format_minor(terms.amount_minor, terms.currency);
        let fill = |blank| match blank {
            Blank::Title => title.map(str::to_owned),
            Blank::Amount => Some(format!("{amount} {}", terms.currency)),
            Blank::Due => Some(self.day(charge.due_at())),
            Blank::Retry => next_retry_at.map(|at| self.day(at)),
            Blank::Advice => self.advice(charge),
        };
        Some(Letter {
            kind: "dunning",
            step: &reminder.step,
            seller,
            subscription,
            invoice: reminder.invoice.as_str(),
            reference: text(terms.reference.as_ref().or(timeline.profile.reference.as_ref())),
            title,
            currency: terms.currency,
            due_at: charge.due_at(),
            next_retry_at,
            attempt: terms.attempt,
            rejection: text(rejection(charge)),
            language: self.language.code(),
            subject: template.subject(fill),
            body: template.body(fill),
            amount,
        })
    }

    /// A day as it is written in the language.
    fn day(&self, at: Instant) -> String {
        let form = match self.language {
            Language::Es | Language::Pt => "%d/%m/%Y",
            Language::En => "%Y-%m-%d",
        };
        self.zone.local(at).format(form).to_string()
    }

    /// What the payer can do about the last refusal; nothing is advised about words that nobody knows.
    fn advice(&self, charge: &Charge) -> Option<String> {
        let rejection = self.rejections.classify("rejected", rejection(charge)?);
        if rejection.class == RejectionClass::Unknown {
            return None;
        }
        self.rejections.message(&rejection.action, self.language.code()).map(str::to_owned)
    }
}

/// The provider leaves the next try standing on charges that it is done with.
fn next_retry_at(charge: &Charge) -> Option<Instant> {
    use domain::preapproval::charge::ChargeStanding::Recycling;
    charge.terms.next_retry_at.filter(|_| charge.standing == Recycling)
}

fn rejection(charge: &Charge) -> Option<&Text> {
    charge.terms.rejection.as_ref().or(charge.last_rejection.as_ref())
}

fn text(text: Option<&Text>) -> Option<&str> {
    text.map(Text::as_str)
}

#[cfg(test)]
mod tests;
