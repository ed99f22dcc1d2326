//! How an intent goes from phase to phase: by the API, on the terminal, and by the bank. Every change passes through
//! [`enter`], which tells the world.
//!
//! Knows no path and no word of a generation.

use axum::http::StatusCode;

use crate::charge::{Charge, Outcome};
use crate::in_person::decide::{Course, course};
use crate::in_person::device::Mode;
use crate::in_person::{Asked, By, Card, Device, End, Intent, Phase, notices};
use crate::payment::{Channel, Method, Operation};
use crate::refusal::Refusal;
use crate::world::World;

/// What happens when somebody presses the wrong key.
fn conflict(message: &str) -> Refusal {
    Refusal::new(StatusCode::CONFLICT, "conflict", message)
}

/// Puts a new intent on the line of its terminal, or beside all lines when it is paid by QR code.
pub(super) fn open(world: &mut World, intent: Intent) {
    let counter = &mut world.in_person;
    match counter.devices.get_mut(&intent.device) {
        Some(device) => device.holds = Some(intent.id.clone()),
        None => {
            counter.loose.insert(intent.id.clone());
        }
    }
    counter.intents.insert(intent.id.clone(), intent);
}

/// Moves an intent: the one place where a phase changes.
pub(super) fn enter(world: &mut World, id: &str, phase: Phase) {
    let now = world.moment();
    let counter = &mut world.in_person;
    let Some(intent) = counter.intents.get_mut(id) else { return };
    intent.phase = phase;
    intent.since = now;
    intent.version += 1;
    if intent.is_final() {
        counter.loose.remove(id);
        if let Some(device) = counter.devices.get_mut(&intent.device) {
            if device.holds.as_deref() == Some(id) {
                device.holds = None;
            }
            device.last = Some(id.to_owned());
        }
    }
    notices::tell(world, id);
}

/// The terminal fetches what waits for it: its green key.
pub(super) fn take(world: &mut World, device: &str) -> Result<(), Refusal> {
    let held = held(world, device)?;
    if held.device.mode == Mode::Standalone {
        return Err(conflict("the terminal does not take intents in STANDALONE mode"));
    }
    match held.intent {
        Some(intent) if intent.phase == Phase::Open => enter(world, &intent.id, Phase::AtTerminal),
        Some(_) => return Err(conflict("the terminal has taken its intent already")),
        None => return Err(conflict("no intent waits for the terminal")),
    }
    Ok(())
}

/// The customer cancels, or the operator: the red key.
pub(super) fn cancel_on_device(world: &mut World, device: &str) -> Result<(), Refusal> {
    let intent = at_terminal(world, device)?;
    enter(world, &intent.id, Phase::Ended(End::Canceled(By::Terminal)));
    Ok(())
}

/// A card is presented to the terminal.
pub(super) fn present(world: &mut World, device: &str, card: &str, holder: &str) -> Result<(), Refusal> {
    let intent = at_terminal(world, device)?;
    let card = Card::named(card)
        .ok_or_else(|| Refusal::new(StatusCode::BAD_REQUEST, "bad_request", "the card is not known"))?;
    pay(world, &intent, card, holder)
}

/// Pays an intent with a card, wherever it is paid.
pub(super) fn pay(world: &mut World, intent: &Intent, card: Card, holder: &str) -> Result<(), Refusal> {
    let is_loose = world.in_person.loose.contains(&intent.id);
    // The amounts that decide are those of terminals.
    let raw = if is_loose { "" } else { intent.raw.as_str() };
    let course = course(raw, holder)
        .ok_or_else(|| Refusal::new(StatusCode::BAD_REQUEST, "bad_request", "the name is on no test card"))?;
    if let Some(kept) = world.in_person.intents.get_mut(&intent.id) {
        kept.card = Some(card);
    }
    if let Asked::Refund(refund) = &intent.asked {
        return give_back(world, intent, refund.payment);
    }
    match course {
        Course::Failed => {
            enter(world, &intent.id, Phase::Processing(None));
            fail(world, intent);
        }
        Course::Unanswered => {
            let charged = charge(world, intent, card, Outcome::Approved);
            let charged = world.charge(charged);
            enter(world, &intent.id, Phase::Processing(Some(charged)));
        }
        Course::Answered(outcome) => {
            enter(world, &intent.id, Phase::Processing(None));
            let charged = charge(world, intent, card, outcome);
            let charged = world.charge(charged);
            if charged.status == "rejected" && is_loose {
                // Who pays by QR code may try another card.
                enter(world, &intent.id, Phase::Open);
            } else {
                end(world, &intent.id, End::Charged(charged));
            }
        }
        Course::Reversed => {
            enter(world, &intent.id, Phase::Processing(None));
            let charged = charge(world, intent, card, Outcome::Approved);
            let charged = world.charge(charged);
            // A seller without the money for the costs that stay cannot give it back.
            let reversed = world.refund(intent.seller, charged.id, None).is_ok();
            let ended = if reversed { End::Reversed(charged) } else { End::Charged(charged) };
            end(world, &intent.id, ended);
        }
    }
    Ok(())
}

/// The terminal gives up waiting for the bank.
pub(super) fn lose(world: &mut World, intent: &Intent) {
    let Phase::Processing(payment) = &intent.phase else { return };
    let has_no_word = matches!(intent.asked, Asked::First(_)) || world.in_person.loose.contains(&intent.id);
    let ended = match payment {
        // It ends with what the bank says in the end.
        Some(payment) if has_no_word => End::Charged(*payment),
        payment => End::Unconfirmed(*payment),
    };
    enter(world, &intent.id, Phase::Ended(ended));
}

fn end(world: &mut World, id: &str, end: End) {
    enter(world, id, Phase::Processed);
    enter(world, id, Phase::Ended(end));
}

/// An error on the terminal. The first generation has no word for that: the order waits again.
fn fail(world: &mut World, intent: &Intent) {
    if matches!(intent.asked, Asked::First(_)) {
        if let Some(kept) = world.in_person.intents.get_mut(&intent.id) {
            kept.failures += 1;
        }
        enter(world, &intent.id, Phase::Open);
    } else {
        enter(world, &intent.id, Phase::Ended(End::Failed));
    }
}

fn give_back(world: &mut World, intent: &Intent, payment: u64) -> Result<(), Refusal> {
    enter(world, &intent.id, Phase::Processing(None));
    let refunded = world.refund(intent.seller, payment, None);
    let ended = if refunded.is_ok() { End::GivenBack } else { End::Failed };
    enter(world, &intent.id, Phase::Ended(ended));
    refunded.map(|_| ())
}

/// What charging an intent means.
pub(super) fn charge(world: &World, intent: &Intent, card: Card, outcome: Outcome) -> Charge {
    let channel = match world.in_person.devices.get(&intent.device) {
        Some(device) => Channel::Point {
            serial: device.id.clone(),
            store: Some(device.store.to_string()),
            pos: Some(device.pos.to_string()),
        },
        None => Channel::Qr { store: String::new(), pos: intent.device.clone() },
    };
    let is_on_terminal = matches!(channel, Channel::Point { .. });
    Charge {
        seller: intent.seller,
        amount_minor: intent.amount_minor,
        method: Method { id: card.method.into(), kind: card.kind.into() },
        installments: intent.asked.installments(intent.amount_minor),
        reference: intent.reference.clone(),
        description: intent.description.clone().unwrap_or_else(|| "Venta presencial".to_owned()),
        operation: if is_on_terminal { Operation::PointOfSale } else { Operation::Regular },
        outcome,
        channel,
    }
}

impl Asked {
    fn installments(&self, amount_minor: i64) -> u16 {
        match self {
            Self::Second(asked) => asked.installments(amount_minor),
            Self::Fourth(asked) => asked.installments(),
            Self::First(_) | Self::Refund(_) | Self::Third(_) => 1,
        }
    }
}

struct Held<'w> {
    device: &'w Device,
    intent: Option<Intent>,
}

fn held<'w>(world: &'w World, device: &str) -> Result<Held<'w>, Refusal> {
    let counter = &world.in_person;
    let device = counter
        .devices
        .get(device)
        .ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "not_found", "there is no such terminal"))?;
    let intent = device.holds.as_ref().and_then(|id| counter.intents.get(id)).cloned();
    Ok(Held { device, intent })
}

fn at_terminal(world: &World, device: &str) -> Result<Intent, Refusal> {
    let intent = held(world, device)?.intent.filter(|intent| intent.phase == Phase::AtTerminal);
    intent.ok_or_else(|| conflict("the terminal has no intent to charge"))
}
