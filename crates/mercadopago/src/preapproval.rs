//! The subscription resource (`/preapproval/{id}` and each result of its search), read into what it tells the
//! subscription.
//!
//! Reads nothing about the payer: no names, e-mails or ids; cards only by the id of the stored card. Rows of a search
//! lack the next date and the summary; which of two statements counts is the machine's business.

use domain::currency::Currency;
use domain::ids::{PlanId, PreapprovalId};
use domain::observation::{Observation, Observed};
use domain::preapproval::{
    self, Description, Health, Methods, Profile, Progress, Said, Standing, Summary, Terms,
};
use domain::stream::StreamId;
use serde::Deserialize;

use crate::observe::{Delivery, Told};
use crate::plan::recurring::{Recurring, minor, optional_number};
use crate::plan::{filled, unknown_word};
use crate::time::instant;
use crate::unreadable::Unreadable;
use crate::wire::{self, Literal, Word, literal_or_nothing, need, object_or_nothing};

/// What we read of a subscription. Reference: `/preapproval`.
#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    id: Option<Literal<'a>>,
    #[serde(borrow)]
    collector_id: Option<Literal<'a>>,
    #[serde(borrow)]
    status: Option<Word<'a>>,
    #[serde(borrow)]
    version: Option<Literal<'a>>,
    #[serde(borrow)]
    last_modified: Option<Word<'a>>,
    #[serde(borrow)]
    date_created: Option<Word<'a>>,
    #[serde(borrow)]
    next_payment_date: Option<Word<'a>>,
    #[serde(borrow, default, deserialize_with = "object_or_nothing")]
    summarized: Option<Summarized<'a>>,
    #[serde(borrow)]
    auto_recurring: Option<Recurring<'a>>,
    #[serde(borrow)]
    first_invoice_offset: Option<Literal<'a>>,
    #[serde(borrow)]
    preapproval_plan_id: Option<Literal<'a>>,
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    reason: Option<Literal<'a>>,
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    external_reference: Option<Literal<'a>>,
    #[serde(borrow)]
    payment_method_id: Option<Literal<'a>>,
    #[serde(borrow)]
    card_id: Option<Literal<'a>>,
    #[serde(borrow)]
    payment_method_id_secondary: Option<Literal<'a>>,
    #[serde(borrow)]
    card_id_secondary: Option<Literal<'a>>,
}

/// The provider's own count; its libraries type some of the numbers as text.
#[derive(Deserialize)]
struct Summarized<'a> {
    #[serde(borrow)]
    quotas: Option<Literal<'a>>,
    #[serde(borrow)]
    charged_quantity: Option<Literal<'a>>,
    #[serde(borrow)]
    charged_amount: Option<Literal<'a>>,
    #[serde(borrow)]
    pending_charge_quantity: Option<Literal<'a>>,
    #[serde(borrow)]
    pending_charge_amount: Option<Literal<'a>>,
    #[serde(borrow)]
    last_charged_date: Option<Word<'a>>,
    #[serde(borrow)]
    last_charged_amount: Option<Literal<'a>>,
    #[serde(borrow)]
    semaphore: Option<Word<'a>>,
}

/// Reads a subscription.
///
/// # Errors
/// When the body is not JSON, lacks its id, status or recurrence, or holds an amount, time, currency or word that
/// cannot be read. An unknown colour of its semaphore is left out and said to be unclassified.
pub fn observe(delivery: &Delivery<'_>) -> Result<Told, Unreadable> {
    let body: Body<'_> = wire::read(delivery.body)?;
    let seller = wire::seller(body.collector_id.as_ref(), delivery)?;
    let id = PreapprovalId::from(need("id", body.id.as_ref())?.id("id")?);
    let terms = terms(&body, delivery.site)?;
    let (progress, unclassified) = progress(&body, terms.recurring.currency)?;
    let description = Description {
        said: Said {
            modified_at: instant("last_modified", text(body.last_modified.as_ref()))?,
            version: optional_number("version", body.version.as_ref())?,
        },
        standing: standing(need("status", body.status.as_ref())?.as_str())?,
        progress,
        terms,
        methods: methods(&body),
        profile: profile(&body)?,
    };
    let told = preapproval::Observation::Described(Box::new(description));
    let stream = StreamId::preapproval(&seller, &id);
    let observed = vec![Observed { stream, observation: Observation::Preapproval(told) }];
    Ok(Told { seller, observed, unclassified })
}

fn standing(word: &str) -> Result<Standing, Unreadable> {
    match word {
        "pending" => Ok(Standing::Pending),
        "authorized" => Ok(Standing::Authorized),
        "paused" => Ok(Standing::Paused),
        "cancelled" | "canceled" => Ok(Standing::Cancelled),
        _ => Err(unknown_word("status", word)),
    }
}

fn terms(body: &Body<'_>, site: Option<&str>) -> Result<Terms, Unreadable> {
    let told = need("auto_recurring", body.auto_recurring.as_ref())?;
    let mut recurring = told.read(site)?;
    // Subscriptions tell the offset beside the recurrence, plans inside their trial.
    if recurring.first_charge_after_days.is_none() {
        recurring.first_charge_after_days =
            optional_number("first_invoice_offset", body.first_invoice_offset.as_ref())?;
    }
    Ok(Terms {
        recurring,
        starts_at: instant("auto_recurring.start_date", text(told.start_date.as_ref()))?,
        ends_at: instant("auto_recurring.end_date", text(told.end_date.as_ref()))?,
    })
}

/// How far it is, and whether a word of it is unknown.
fn progress(body: &Body<'_>, currency: Currency) -> Result<(Progress, bool), Unreadable> {
    let next_charge_at = instant("next_payment_date", text(body.next_payment_date.as_ref()))?;
    let Some(told) = &body.summarized else {
        return Ok((Progress { next_charge_at, summary: None }, false));
    };
    let colour = text(told.semaphore.as_ref()).filter(|colour| !colour.is_empty());
    let health = colour.and_then(health);
    let summary = Summary {
        charged_count: optional_number("summarized.charged_quantity", told.charged_quantity.as_ref())?,
        charged_minor: minor("summarized.charged_amount", told.charged_amount.as_ref(), currency)?,
        last_charged_at: instant("summarized.last_charged_date", text(told.last_charged_date.as_ref()))?,
        last_charged_minor: minor(
            "summarized.last_charged_amount",
            told.last_charged_amount.as_ref(),
            currency,
        )?,
        total_count: optional_number("summarized.quotas", told.quotas.as_ref())?,
        pending_count: optional_number(
            "summarized.pending_charge_quantity",
            told.pending_charge_quantity.as_ref(),
        )?,
        pending_minor: minor(
            "summarized.pending_charge_amount",
            told.pending_charge_amount.as_ref(),
            currency,
        )?,
        health,
    };
    let unknown = colour.is_some() && health.is_none();
    Ok((Progress { next_charge_at, summary: Some(summary) }, unknown))
}

fn health(colour: &str) -> Option<Health> {
    match colour {
        "green" => Some(Health::AllCollected),
        "yellow" => Some(Health::Retrying),
        "red" => Some(Health::SomeUncollected),
        "blank" => Some(Health::Discounted),
        _ => None,
    }
}

fn methods(body: &Body<'_>) -> Methods {
    Methods {
        main: filled(body.payment_method_id.as_ref()),
        main_card: filled(body.card_id.as_ref()),
        secondary: filled(body.payment_method_id_secondary.as_ref()),
        secondary_card: filled(body.card_id_secondary.as_ref()),
    }
}

fn profile(body: &Body<'_>) -> Result<Profile, Unreadable> {
    Ok(Profile {
        plan: filled(body.preapproval_plan_id.as_ref()).map(PlanId::from),
        title: filled(body.reason.as_ref()),
        reference: filled(body.external_reference.as_ref()),
        created_at: instant("date_created", text(body.date_created.as_ref()))?,
    })
}

fn text<'a>(word: Option<&'a Word<'_>>) -> Option<&'a str> {
    word.map(Word::as_str)
}

#[cfg(test)]
mod tests;
