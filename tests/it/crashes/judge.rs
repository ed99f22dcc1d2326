//! What must hold when everything is finished: no refund twice, none lost, and the books are the provider's.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::RefundId;
use domain::payment::state::Known;
use domain::payment::{Order, Stage, Wish};
use domain::text::Text;
use engine::errand::{DESTINATION, Errand};
use engine::verify::verify;
use ledger::account::Account;
use store::read::Cut;

use super::provider::{Given, Kept};
use super::scene::Scene;
use crate::bin::cents;

/// What was said to people, and what others did at the provider.
#[derive(Default)]
pub struct Expected {
    /// Payments and orders of which it was answered that they are placed.
    pub promised: BTreeSet<(u64, String)>,
    /// Refunds that nobody ordered through us.
    pub by_hand: usize,
}

/// Everything that is wrong.
pub async fn judge(scene: &Scene, expected: &Expected) -> Vec<String> {
    let mut found = Vec::new();
    let mut by_hand = 0;
    let mut orders = BTreeMap::new();
    for kept in scene.provider.kept().await {
        let known = scene.known(kept.payment).await;
        by_hand += kept.refunds.iter().filter(|given| given.order().is_none()).count();
        refunds(&kept, &known, &mut found);
        ended(&kept, &known.asked.orders, &mut found);
        sums(&kept, &known, &mut found);
        orders.insert(kept.payment, known.asked.orders);
    }
    if by_hand != expected.by_hand {
        found.push(format!("{by_hand} refunds name no order, and {} were made by hand", expected.by_hand));
    }
    for (payment, request) in &expected.promised {
        if !orders.get(payment).is_some_and(|orders| orders.contains_key(request.as_str())) {
            found.push(format!("{payment}: order {request} was placed and is lost"));
        }
    }
    outbox(scene, &mut found).await;
    books(scene, &mut found).await;
    found
}

/// Each refund at the provider is that of one order that is done.
fn refunds(kept: &Kept, known: &Known, found: &mut Vec<String>) {
    let payment = kept.payment;
    let is_by_hand = kept.refunds.iter().any(|given| given.order().is_none());
    for given in &kept.refunds {
        let Some(request) = given.order() else { continue };
        let given_minor = cents(&given.amount);
        match known.asked.orders.get(request) {
            // Everything is less by what somebody else gave back before it was sent.
            Some(Order {
                wish: Wish::Refund { amount_minor, is_whole }, stage: Stage::Done { .. }, ..
            }) if *amount_minor == given_minor
                || (*is_whole && is_by_hand && given_minor < *amount_minor) => {}
            other => found.push(format!("{payment}: refund {given:?} is not that of an order: {other:?}")),
        }
    }
}

/// Each order has ended, and what it says is what the provider did.
fn ended(kept: &Kept, orders: &BTreeMap<Text, Order>, found: &mut Vec<String>) {
    for (request, order) in orders {
        if !has_ended(kept, request, order, orders) {
            found.push(format!("{}: {request} is {order:?}, and the provider has {kept:?}", kept.payment));
        }
    }
}

fn has_ended(kept: &Kept, request: &str, order: &Order, orders: &BTreeMap<Text, Order>) -> bool {
    let made = kept.refunds.iter().filter(|given| given.order() == Some(request)).count();
    match (&order.wish, &order.stage) {
        (_, Stage::Open) => false,
        // What was refused, and given back by hand meanwhile, needs no second refund.
        (Wish::Refund { .. }, Stage::Done { refund }) => {
            made == 1 || (made == 0 && refund.as_ref().is_some_and(|refund| is_by_hand(kept, refund)))
        }
        (Wish::Refund { .. }, Stage::Held | Stage::Refused { .. } | Stage::Declined { .. }) => made == 0,
        (Wish::Capture { amount_minor, .. }, Stage::Done { .. }) => {
            cents(&kept.gross) == *amount_minor && is_captured(kept)
        }
        (Wish::Cancel, Stage::Done { .. }) => kept.status == "cancelled",
        // Nobody else captures or cancels, so what is done was done for an order.
        (Wish::Capture { .. }, _) => {
            !is_captured(kept) || is_done(orders, |wish| matches!(wish, Wish::Capture { .. }))
        }
        (Wish::Cancel, _) => kept.detail != "by_collector" || is_done(orders, |wish| wish == Wish::Cancel),
    }
}

fn is_by_hand(kept: &Kept, refund: &RefundId) -> bool {
    let is_it = |given: &&Given| given.refund.to_string() == refund.as_str();
    kept.refunds.iter().find(is_it).is_some_and(|given| given.order().is_none())
}

fn is_captured(kept: &Kept) -> bool {
    matches!(&*kept.status, "approved" | "refunded")
}

fn is_done(orders: &BTreeMap<Text, Order>, is_meant: impl Fn(Wish) -> bool) -> bool {
    orders.values().any(|order| is_meant(order.wish) && matches!(order.stage, Stage::Done { .. }))
}

/// The payment is known as the provider has it.
fn sums(kept: &Kept, known: &Known, found: &mut Vec<String>) {
    let ours = (known.described.terms.gross_minor, known.keyed.returned_to_payer_minor());
    let theirs = (cents(&kept.gross), cents(&kept.refunded));
    let ids: BTreeSet<String> = known.keyed.refunds.iter().map(|named| named.refund.to_string()).collect();
    let their_ids: BTreeSet<String> = kept.refunds.iter().map(|given| given.refund.to_string()).collect();
    if ours != theirs || ids != their_ids {
        found.push(format!(
            "{}: known as {ours:?} with refunds {ids:?}, and it is {theirs:?} with {their_ids:?}",
            kept.payment
        ));
    }
}

/// No order was put into the outbox twice, and no key is that of two.
async fn outbox(scene: &Scene, found: &mut Vec<String>) {
    let messages = scene.store.outbox(0, 100_000).await.expect("the outbox can be read");
    let (mut requests, mut keys) = (BTreeSet::new(), BTreeSet::new());
    for message in messages.iter().filter(|message| *message.destination == *DESTINATION) {
        let errand: Errand = serde_json::from_str(&message.payload).expect("an errand");
        if !requests.insert((message.caused_by.key().to_owned(), errand.request().to_string())) {
            found.push(format!("{} is in the outbox twice: {errand:?}", message.caused_by));
        }
        if !keys.insert(message.key.clone()) {
            found.push(format!("key {} is that of two orders", message.key));
        }
    }
}

/// The seller's money is what the simulator counts, and the store is what was written.
async fn books(scene: &Scene, found: &mut Vec<String>) {
    let balances = scene.store.balances(Cut::default()).await.expect("balances can be read");
    let mut ours = 0;
    for balance in &balances {
        if matches!(balance.account, Account::Available | Account::Pending | Account::Held) {
            ours += balance.balance_minor;
        }
    }
    let theirs = scene.provider.money().await;
    if ours != theirs {
        found.push(format!("the ledger has {ours} and the simulator {theirs}: {balances:?}"));
    }
    let policies = scene.desk().config.policies();
    let verified = verify(&*scene.store, &policies, |_| ()).await.expect("the store can be read");
    found.extend(verified.differences.iter().map(|difference| format!("{difference:?}")));
}
