//! The plan resource (`/preapproval_plan/{id}` and each result of its search), read into what it tells the plan.
//!
//! Reads nothing about who subscribed; the number of subscribers in search rows is not read either.

use domain::ids::PlanId;
use domain::observation::{Observation, Observed};
use domain::plan::{self, Description, Profile, Standing};
use domain::stream::StreamId;
use domain::text::Text;
use serde::Deserialize;

use crate::observe::{Delivery, Told};
use crate::time::instant;
use crate::unreadable::Unreadable;
use crate::wire::{self, Literal, Word, literal_or_nothing, need, object_or_nothing};

pub(crate) mod recurring;

use recurring::Recurring;

/// What we read of a plan. Reference: `/preapproval_plan`.
#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    id: Option<Literal<'a>>,
    #[serde(borrow)]
    collector_id: Option<Literal<'a>>,
    #[serde(borrow)]
    status: Option<Word<'a>>,
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    reason: Option<Literal<'a>>,
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    external_reference: Option<Literal<'a>>,
    #[serde(borrow)]
    auto_recurring: Option<Recurring<'a>>,
    #[serde(borrow, default, deserialize_with = "object_or_nothing")]
    payment_methods_allowed: Option<Allowed<'a>>,
    #[serde(borrow)]
    date_created: Option<Word<'a>>,
    #[serde(borrow)]
    last_modified: Option<Word<'a>>,
}

#[derive(Deserialize)]
struct Allowed<'a> {
    #[serde(borrow)]
    payment_types: Option<Vec<Named<'a>>>,
    #[serde(borrow)]
    payment_methods: Option<Vec<Named<'a>>>,
}

/// The documentation's own sample names nothing in it: `[{}]`.
#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    id: Option<Literal<'a>>,
}

/// Reads a plan.
///
/// # Errors
/// When the body is not JSON, lacks its id, status or recurrence, or holds an amount, time, currency or word that
/// cannot be read.
pub fn observe(delivery: &Delivery<'_>) -> Result<Told, Unreadable> {
    let body: Body<'_> = wire::read(delivery.body)?;
    let seller = wire::seller(body.collector_id.as_ref(), delivery)?;
    let id = PlanId::from(need("id", body.id.as_ref())?.id("id")?);
    let description = Description {
        modified_at: instant("last_modified", body.last_modified.as_ref().map(Word::as_str))?,
        standing: standing(need("status", body.status.as_ref())?.as_str())?,
        terms: need("auto_recurring", body.auto_recurring.as_ref())?.read(delivery.site)?,
        profile: profile(&body)?,
    };
    let told = plan::Observation::Described(Box::new(description));
    let stream = StreamId::plan(&seller, &id);
    let observed = vec![Observed { stream, observation: Observation::Plan(told) }];
    Ok(Told { seller, observed, unclassified: false })
}

fn standing(word: &str) -> Result<Standing, Unreadable> {
    match word {
        "active" => Ok(Standing::Active),
        "inactive" => Ok(Standing::Inactive),
        "cancelled" | "canceled" => Ok(Standing::Cancelled),
        _ => Err(unknown_word("status", word)),
    }
}

fn profile(body: &Body<'_>) -> Result<Profile, Unreadable> {
    let allowed = body.payment_methods_allowed.as_ref();
    Ok(Profile {
        title: filled(body.reason.as_ref()),
        reference: filled(body.external_reference.as_ref()),
        method_types: names(allowed.and_then(|allowed| allowed.payment_types.as_deref())),
        methods: names(allowed.and_then(|allowed| allowed.payment_methods.as_deref())),
        created_at: instant("date_created", body.date_created.as_ref().map(Word::as_str))?,
    })
}

fn names(listed: Option<&[Named<'_>]>) -> Vec<Text> {
    let mut names: Vec<Text> =
        listed.unwrap_or_default().iter().filter_map(|named| filled(named.id.as_ref())).collect();
    names.sort();
    names
}

/// Text that says something: the provider writes an empty one where the merchant gave none.
pub(crate) fn filled(text: Option<&Literal<'_>>) -> Option<Text> {
    text.filter(|text| !text.as_str().is_empty()).map(Literal::text)
}

/// A word outside a closed list, cut to 40 characters.
pub(crate) fn unknown_word(path: &'static str, word: &str) -> Unreadable {
    Unreadable::UnknownStatus { path, word: word.chars().take(40).collect() }
}

#[cfg(test)]
mod tests;
