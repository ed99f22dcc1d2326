//! What `billing` finds, as breaks with a sentence for an analyst.

use billing::finding::{Figure, Finding as Found, FindingKind};
use chrono::NaiveDate;
use domain::machine::Instant;
use domain::preapproval::Health;
use domain::preapproval::charge::PaymentOutcome;

use super::Settings;
use super::outcome::ChargeLine;
use crate::code::BreakCode;
use crate::run::finding::{Finding, say};

/// A finding about a charge, still without amounts and words. Its source is the invoice, else the subscription.
pub(super) fn about(line: &ChargeLine, code: BreakCode) -> Finding {
    Finding {
        code,
        currency: line.currency,
        internal: None,
        external: None,
        reference: line.reference.clone().unwrap_or_default(),
        source: line.invoice.clone().unwrap_or_else(|| line.subscription.clone()),
        place: None,
        at: line.due_at,
        explanation: String::new(),
    }
}

/// A finding of `billing` about a subscription, of which `line` tells everything that is no charge.
pub(super) fn finding(line: &ChargeLine, found: &Found, settings: &Settings) -> Finding {
    let line = ChargeLine {
        invoice: found.invoice.as_ref().map(|invoice| invoice.as_str().into()),
        due_at: found.due_at,
        currency: found.currency,
        ..line.clone()
    };
    Finding {
        internal: found.expected.and_then(Figure::minor),
        external: found.actual.and_then(Figure::minor),
        explanation: sentence(&line, found, settings),
        ..about(&line, code(found.kind))
    }
}

fn code(kind: FindingKind) -> BreakCode {
    match kind {
        FindingKind::Missing => BreakCode::MissingCharge,
        FindingKind::Duplicated => BreakCode::DuplicateCharge,
        FindingKind::WrongAmount => BreakCode::ChargeAmountMismatch,
        FindingKind::AfterEnd | FindingKind::WhilePaused | FindingKind::OffCalendar => {
            BreakCode::ChargeOutsideTerms
        }
        FindingKind::UncollectedRun => BreakCode::UncollectedRun,
        FindingKind::SummaryDiffers => BreakCode::ProviderSummaryDiffers,
        FindingKind::ChangeIgnored => BreakCode::ChangeIgnored,
    }
}

fn sentence(line: &ChargeLine, found: &Found, settings: &Settings) -> String {
    let print = |figure: Option<Figure>| match figure {
        Some(Figure::Minor(minor)) => say(minor, line.currency),
        Some(Figure::Count(count)) => count.to_string(),
        Some(Figure::Health(health)) => health_word(health).to_owned(),
        Some(Figure::At(at)) => day(at, settings).to_string(),
        None => "nothing".to_owned(),
    };
    let (ours, theirs) = (print(found.expected), print(found.actual));
    let (subscription, day) = (&line.subscription, day(line.due_at, settings));
    let invoice = line.invoice.as_deref().unwrap_or("?");
    let charges = format!("invoice {invoice} charges subscription {subscription} {theirs} on {day}");
    let subject = found.subject.unwrap_or_default();
    match found.kind {
        FindingKind::Missing => {
            format!(
                "subscription {subscription} was to be charged {ours} on {day}, and no invoice tells of it"
            )
        }
        FindingKind::Duplicated => format!("{charges}, for which another invoice charges it"),
        FindingKind::WrongAmount => format!("{charges}, where {ours} were agreed"),
        FindingKind::AfterEnd => format!("{charges}, after its end"),
        FindingKind::WhilePaused => format!("{charges}, while it was paused"),
        FindingKind::OffCalendar => format!("{charges}, when nothing was due"),
        FindingKind::UncollectedRun => {
            format!("{theirs} charges of subscription {subscription} were not collected; with {ours} it ends")
        }
        FindingKind::SummaryDiffers => format!(
            "the provider counts {theirs} as `{subject}` of subscription {subscription}, its charges come to {ours}"
        ),
        FindingKind::ChangeIgnored => format!(
            "the change `{subject}` of subscription {subscription} was accepted on {day}, and not made"
        ),
    }
}

fn health_word(health: Health) -> &'static str {
    match health {
        Health::AllCollected => "all_collected",
        Health::Retrying => "retrying",
        Health::SomeUncollected => "some_uncollected",
        Health::Discounted => "discounted",
    }
}

/// What an invoice says of its payment.
pub(super) fn outcome(outcome: Option<PaymentOutcome>) -> &'static str {
    match outcome {
        Some(PaymentOutcome::Approved) => "was approved",
        Some(PaymentOutcome::Failed) => "failed",
        Some(PaymentOutcome::Undecided) | None => "is not decided",
    }
}

fn day(at: Instant, settings: &Settings) -> NaiveDate {
    at.with_timezone(&settings.options.zone).date_naive()
}
