//! Subscriptions as the API answers them; rows of a search lack the next date and the summary: measured.

use serde::Serialize;

use super::terms::Told;
use super::{Preapproval, Standing};
use crate::money::Amount;
use crate::time::Api;

/// The application that everything is made through.
pub(super) const APPLICATION: u64 = 6_677_889_900_112_233;

/// A subscription.
#[derive(Serialize)]
pub(super) struct Answer<'a> {
    id: &'a str,
    version: u64,
    payer_id: u64,
    payer_email: &'static str,
    back_url: Option<&'a str>,
    collector_id: u64,
    application_id: u64,
    status: &'static str,
    reason: &'a str,
    external_reference: Option<&'a str>,
    date_created: Api,
    last_modified: Api,
    init_point: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    preapproval_plan_id: Option<&'a str>,
    auto_recurring: Told,
    #[serde(skip_serializing_if = "Option::is_none")]
    summarized: Option<Summary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_payment_date: Option<Api>,
    payment_method_id: Option<&'static str>,
    payment_method_id_secondary: Option<&'a str>,
    card_id: Option<u64>,
    card_id_secondary: Option<u64>,
    first_invoice_offset: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payer_first_name: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payer_last_name: Option<&'static str>,
}

#[derive(Serialize)]
struct Summary {
    quotas: Option<u32>,
    charged_quantity: Option<u32>,
    pending_charge_quantity: Option<u32>,
    charged_amount: Option<Amount>,
    pending_charge_amount: Option<Amount>,
    semaphore: Option<&'static str>,
    last_charged_date: Option<Api>,
    last_charged_amount: Option<Amount>,
}

impl<'a> Answer<'a> {
    /// A subscription in full.
    pub(super) fn of(preapproval: &'a Preapproval) -> Self {
        let secondary = preapproval.secondary.as_ref();
        let is_begun = preapproval.standing != Standing::Pending;
        Self {
            id: &preapproval.id,
            version: preapproval.version,
            payer_id: preapproval.payer,
            // It comes back empty: measured.
            payer_email: "",
            back_url: preapproval.back_url.as_deref(),
            collector_id: preapproval.seller,
            application_id: APPLICATION,
            status: preapproval.standing.word(),
            reason: &preapproval.reason,
            external_reference: preapproval.reference.as_deref(),
            date_created: Api(preapproval.created),
            last_modified: Api(preapproval.modified),
            init_point: format!(
                "https://www.mercadopago.com.ar/subscriptions/checkout?preapproval_id={}",
                preapproval.id
            ),
            preapproval_plan_id: preapproval.plan.as_deref(),
            auto_recurring: preapproval.terms.of_preapproval(preapproval.begun),
            summarized: Some(summary(preapproval)),
            next_payment_date: preapproval.next().filter(|_| is_begun).map(Api),
            payment_method_id: preapproval.card.as_ref().map(|_| "master"),
            payment_method_id_secondary: secondary.and_then(|second| second.method.as_deref()),
            card_id: preapproval.card.as_ref().map(|card| card.id),
            card_id_secondary: secondary.and_then(|second| second.card),
            first_invoice_offset: preapproval.terms.trial.map(super::Span::in_days),
            payer_first_name: None,
            payer_last_name: None,
        }
    }

    /// A row of a search.
    pub(super) fn row(preapproval: &'a Preapproval) -> Self {
        Self {
            summarized: None,
            next_payment_date: None,
            payer_first_name: Some("Test"),
            payer_last_name: Some("Test"),
            ..Self::of(preapproval)
        }
    }
}

fn summary(preapproval: &Preapproval) -> Summary {
    let tally = &preapproval.tally;
    let printed = |minor| preapproval.terms.printed(minor);
    let is_charged = tally.quantity > 0;
    let pending = preapproval.quotas.map(|all| all.saturating_sub(tally.quantity));
    let each = preapproval.terms.amount_minor;
    Summary {
        quotas: preapproval.quotas,
        charged_quantity: is_charged.then_some(tally.quantity),
        pending_charge_quantity: pending,
        charged_amount: is_charged.then(|| printed(tally.amount_minor)),
        pending_charge_amount: pending.zip(each).map(|(count, each)| printed(i64::from(count) * each)),
        semaphore: preapproval.light().map(super::Light::word),
        last_charged_date: tally.last.map(|(at, _)| Api(at)),
        last_charged_amount: tally.last.map(|(_, minor)| printed(minor)),
    }
}
