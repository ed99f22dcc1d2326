//! What is told of plans, subscriptions and invoices: that one was made or changed, with the count of its changes.

use crate::notice::{Body, Notice, Query};
use crate::time::Instant;
use crate::world::World;

/// Tells that a plan was made or changed.
pub(super) fn plan(world: &mut World, id: &str) {
    let told = world.subscriptions.plans.get(id).map(|plan| (plan.seller, plan.version, plan.modified));
    if let Some(told) = told {
        tell(world, ("subscription_preapproval_plan", "preapproval_plan"), id.to_owned(), told);
    }
}

/// Tells that a subscription was made or changed.
pub(super) fn preapproval(world: &mut World, id: &str) {
    let found = world.subscriptions.preapprovals.get(id);
    let told = found.map(|found| (found.seller, found.version, found.modified));
    if let Some(told) = told {
        tell(world, ("subscription_preapproval", "preapproval"), id.to_owned(), told);
    }
}

/// Tells that an invoice was made or changed.
pub(super) fn invoice(world: &mut World, id: u64) {
    let found = world.subscriptions.invoices.get(&id);
    let told = found.map(|found| (found.seller, found.version, found.modified));
    if let Some(told) = told {
        tell(world, ("subscription_authorized_payment", "authorized_payment"), id.to_string(), told);
    }
}

fn tell(
    world: &mut World,
    (topic, entity): (&'static str, &'static str),
    resource: String,
    (seller, version, date): (u64, u64, Instant),
) {
    let action = if version == 0 { "created" } else { "updated" };
    world.notify(Notice {
        seller,
        topic,
        resource,
        body: Body::Subscription { entity, action, version, date },
        signed: true,
        target: None,
        query: Query::DataId,
        ipn: None,
    });
}
