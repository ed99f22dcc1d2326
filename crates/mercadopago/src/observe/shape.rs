//! Recognises bare JSON of the provider by its shape, where no one wrote down its kind and topic.
//!
//! Looks at the names of the top-level fields and at very few values; reading them is the modules' own work.

use serde::de::{Deserialize, Deserializer, IgnoredAny};
use serde_json::value::RawValue;

use super::DeliveryKind::{self, Notification, Resource as Thing};
use crate::topics::{NOT_FOLLOWED, Notice, Resource};
use crate::unreadable::Unreadable;
use crate::wire::{self, Literal};

/// One body inside a larger one: its kind, its topic and its bytes as they stand there.
pub type Part<'a> = (DeliveryKind, &'static str, &'a [u8]);

/// Whether a field is there, whatever it holds, `null` included.
#[derive(Default, Clone, Copy)]
struct There(bool);

impl<'de> Deserialize<'de> for There {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self(true))
    }
}

macro_rules! shape {
    ($($field:ident),* $(,)?) => {
        /// The names that tell shapes apart.
        #[derive(Default, serde::Deserialize)]
        #[serde(default)]
        struct Shape<'a> {
            #[serde(borrow)]
            id: Option<Literal<'a>>,
            // Values of any type may stand here in bodies that we do not know.
            #[serde(borrow, rename = "type")]
            kind: Option<&'a RawValue>,
            #[serde(borrow)]
            topic: Option<&'a RawValue>,
            #[serde(borrow)]
            data: Option<&'a RawValue>,
            #[serde(borrow)]
            status: Option<&'a RawValue>,
            $($field: There,)*
        }
    };
}

shape! {
    action, actions, resource, transaction_id, files, created_at, state, amount, payment_id,
    payments, transaction_amount, status_detail, payment_method_id, collector_id, collector, preapproval_id,
    auto_recurring, payer_id, payer_email, next_payment_date, preapproval_plan_id, subscribed, summarized,
    payment_methods_allowed, coverage_applied, coverage_elegible, coverage_eligible, documentation_required,
    documentation_status, date_documentation_deadline, reason_id, source, refund_mode, unique_sequence_number,
    adjustment_amount, transactions, operations, device_id, device_name, cc_type, payment_status,
    payment_intent_id, devices,
}

#[derive(serde::Deserialize)]
struct Page<'a> {
    #[serde(default)]
    paging: There,
    #[serde(borrow)]
    results: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    elements: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

/// Kind and topic of one bare JSON of the provider; `None` when it looks like nothing that it sends.
///
/// A notification of a topic that has no name here gets an empty one: its body tells it.
#[must_use]
pub fn recognise(body: &[u8]) -> Option<(DeliveryKind, &'static str)> {
    let shape: Shape<'_> = wire::read(body).ok()?;
    if let Some(topic) = shape.notification() {
        return Some((Notification, topic));
    }
    shape.resource().map(|resource| (Thing, resource.name()))
}

/// The bodies inside one bare JSON: each element of an array or of a page of search results, else itself.
///
/// # Errors
/// When the bytes are not JSON, or something in them looks like nothing that the provider sends.
pub fn split(body: &[u8]) -> Result<Vec<Part<'_>>, Unreadable> {
    let whole: &RawValue = wire::read(body)?;
    let Some(parts) = parts(whole)? else {
        return known(whole).map(|one| vec![one]);
    };
    parts.into_iter().map(known).collect()
}

fn known(raw: &RawValue) -> Result<Part<'_>, Unreadable> {
    let body = raw.get().as_bytes();
    let (kind, topic) = recognise(body).ok_or(Unreadable::UnknownShape)?;
    Ok((kind, topic, body))
}

/// The elements of an array or page; `None` for a body that stands for itself.
fn parts(whole: &RawValue) -> Result<Option<Vec<&RawValue>>, Unreadable> {
    let text = whole.get();
    if text.starts_with('[') {
        return wire::read(text.as_bytes()).map(Some);
    }
    if !text.starts_with('{') {
        return Err(Unreadable::UnknownShape);
    }
    // A body with other types in these names is no page.
    let Ok(page) = wire::read::<Page<'_>>(text.as_bytes()) else { return Ok(None) };
    if !page.paging.0 {
        return Ok(None);
    }
    if let Some(parts) = page.results.or(page.elements) {
        return Ok(Some(parts));
    }
    // The search of orders keeps its rows in `data`.
    match page.data.map(RawValue::get) {
        Some(rows) if rows.starts_with('[') => wire::read(rows.as_bytes()).map(Some),
        _ => Ok(None),
    }
}

impl Shape<'_> {
    /// The topic, when this announces something.
    fn notification(&self) -> Option<&'static str> {
        if self.transaction_id.0 && self.files.0 {
            return Some(Notice::Report.name());
        }
        let enveloped = self.data.is_some() || self.action.0 || self.actions.0;
        let word = match (self.kind, self.topic) {
            (Some(kind), _) if enveloped => kind,
            (None, Some(topic)) if self.resource.0 => topic,
            _ => {
                let flat_point = self.state.0 && self.created_at.0 && self.amount.0 && !self.device_id.0;
                return flat_point.then(|| Notice::PointIntegration.name());
            }
        };
        let word: String = serde_json::from_str(word.get()).ok()?;
        let followed = Notice::of(&word).map(Notice::name);
        Some(followed.or_else(|| NOT_FOLLOWED.into_iter().find(|known| *known == word)).unwrap_or(""))
    }

    /// The resource. The order matters: later shapes are contained in earlier ones.
    fn resource(&self) -> Option<Resource> {
        let rules: [(bool, Resource); 11] = [
            (self.devices.0 || self.lists_terminals(), Resource::Device),
            (self.preapproval_id.0 && !self.status_detail.0, Resource::AuthorizedPayment),
            (self.auto_recurring.0 && self.is_plan(), Resource::PreapprovalPlan),
            (self.auto_recurring.0, Resource::Preapproval),
            (self.is_payment(), Resource::Payment),
            (self.transactions.0 || self.is_order_id(), Resource::Order),
            (self.operations.0, Resource::InstoreIntent),
            (self.is_point_order(), Resource::PointOrder),
            (
                self.payment_intent_id.0 || (self.amount.0 && (self.state.0 || self.device_id.0)),
                Resource::PaymentIntent,
            ),
            (self.is_chargeback(), Resource::Chargeback),
            (self.is_refund(), Resource::Refund),
        ];
        rules.into_iter().find(|(fits, _)| *fits).map(|(_, resource)| resource)
    }

    fn lists_terminals(&self) -> bool {
        self.data.is_some_and(|data| {
            data.get().trim_start_matches(['{', ' ', '\n', '\t', '\r']).starts_with("\"terminals\"")
        })
    }

    /// A plan has no payer; a subscription is somebody's.
    fn is_plan(&self) -> bool {
        let somebodys = self.payer_id.0
            || self.payer_email.0
            || self.next_payment_date.0
            || self.preapproval_plan_id.0
            || self.summarized.0
            || self.payment_method_id.0;
        self.payment_methods_allowed.0 || self.subscribed.0 || !somebodys
    }

    /// The detail alone does not tell: orders have one too.
    fn is_payment(&self) -> bool {
        let charged = self.transaction_amount.0 && (self.collector_id.0 || self.collector.0);
        charged || (self.status_detail.0 && (self.payment_method_id.0 || self.transaction_amount.0))
    }

    fn is_order_id(&self) -> bool {
        self.id.as_ref().is_some_and(|id| id.as_str().starts_with("ORD"))
    }

    /// The first generation: nothing else has these names, and its shortest answer is only `status` and `id`.
    fn is_point_order(&self) -> bool {
        let bare = self.id.is_some()
            && self.status.is_some_and(|status| matches!(status.get(), "\"OPEN\"" | "\"CLOSED\""));
        self.device_name.0 || self.cc_type.0 || self.payment_status.0 || bare
    }

    fn is_chargeback(&self) -> bool {
        let case = self.coverage_applied.0
            || self.coverage_elegible.0
            || self.coverage_eligible.0
            || self.documentation_required.0
            || self.documentation_status.0
            || self.date_documentation_deadline.0
            || self.reason_id.0;
        self.amount.0 && (self.payments.0 || self.payment_id.0) && case
    }

    fn is_refund(&self) -> bool {
        let returned =
            self.source.0 || self.refund_mode.0 || self.unique_sequence_number.0 || self.adjustment_amount.0;
        self.amount.0 && (self.payment_id.0 || returned)
    }
}
