//! What the clock does on the counter: scripted terminals take and charge, banks stay silent, intents expire, and
//! terminals that are asked to give an intent up do so.
//!
//! Sets no clock.

use crate::in_person::device::{Hands, Mode, restart};
use crate::in_person::{Asked, By, Device, End, Intent, Phase, road};
use crate::time::{Instant, plus_ms};
use crate::world::World;

/// How long a terminal waits for the bank. Source: states of an order on Point, "action required".
const SILENCE_MS: i64 = 40_000;
/// How long a terminal takes to give up an intent that it is asked for. Ours: nothing is said about it.
const GIVE_UP_MS: i64 = 3_000;

enum Deed {
    Take,
    Present,
    GiveUp,
    Lose,
    Expire,
    Restart,
}

/// When the next thing is due.
pub(crate) fn next_due(world: &World) -> Option<Instant> {
    next(world).map(|(at, _, _)| at)
}

/// Does everything that is due now.
pub(crate) fn run_due(world: &mut World) {
    while let Some((at, subject, deed)) = next(world) {
        if at > world.now() {
            return;
        }
        run(world, &subject, &deed);
    }
}

/// The earliest deed, with its terminal or intent.
fn next(world: &World) -> Option<(Instant, String, Deed)> {
    let counter = &world.in_person;
    let of_devices = counter.devices.values().filter_map(|device| {
        let held = device.holds.as_ref().and_then(|id| counter.intents.get(id));
        let of_intent = held.and_then(|intent| of_intent(intent, Some(device)));
        of_intent.into_iter().chain(of_device(device)).min_by_key(|(at, ..)| *at)
    });
    let loose = counter.loose.iter().filter_map(|id| of_intent(counter.intents.get(id)?, None));
    of_devices.chain(loose).min_by_key(|(at, ..)| *at)
}

fn of_device(device: &Device) -> Option<(Instant, String, Deed)> {
    let (_, at) = device.wanted?;
    matches!(device.hands, Hands::Script { .. }).then(|| (at, device.id.clone(), Deed::Restart))
}

fn of_intent(intent: &Intent, device: Option<&Device>) -> Option<(Instant, String, Deed)> {
    let script = device.filter(|device| device.mode == Mode::Pdv).and_then(|device| match device.hands {
        Hands::Script { take_ms, card_ms } => Some((&device.id, take_ms, card_ms)),
        Hands::People => None,
    });
    let scripted = script.and_then(|(device, take_ms, card_ms)| match intent.phase {
        Phase::Open if intent.failures == 0 => {
            Some((plus_ms(intent.since, take_ms), device.clone(), Deed::Take))
        }
        Phase::AtTerminal => Some((plus_ms(intent.since, card_ms), device.clone(), Deed::Present)),
        _ => None,
    });
    let by_time = match intent.phase {
        Phase::Processing(_) => Some((plus_ms(intent.since, SILENCE_MS), Deed::Lose)),
        Phase::Open | Phase::AtTerminal => intent.expires_at.map(|at| (at, Deed::Expire)),
        Phase::Processed | Phase::Ended(_) => None,
    };
    let given_up = intent.cancel_asked_at.filter(|_| intent.phase == Phase::AtTerminal);
    let given_up = given_up.map(|asked| (plus_ms(asked, GIVE_UP_MS), Deed::GiveUp));
    let of_itself = given_up.into_iter().chain(by_time).map(|(at, deed)| (at, intent.id.clone(), deed));
    scripted.into_iter().chain(of_itself).min_by_key(|(at, ..)| *at)
}

fn run(world: &mut World, subject: &str, deed: &Deed) {
    let done = match deed {
        Deed::Take => road::take(world, subject),
        Deed::Present => road::present(world, subject, "visa", "APRO"),
        Deed::GiveUp | Deed::Expire | Deed::Lose | Deed::Restart => {
            run_without_refusal(world, subject, deed);
            Ok(())
        }
    };
    // A refund that the payment does not allow any more ends its intent with an error, which is told there.
    if let Err(refused) = done {
        tracing::debug!(intent.subject = subject, status = %refused.status(), "a scripted deed was refused");
    }
}

fn run_without_refusal(world: &mut World, subject: &str, deed: &Deed) {
    match deed {
        Deed::GiveUp => road::enter(world, subject, Phase::Ended(End::Canceled(By::Api))),
        Deed::Expire => road::enter(world, subject, Phase::Ended(End::Expired)),
        Deed::Restart => {
            if let Some(device) = world.in_person.devices.get_mut(subject) {
                restart(device);
            }
        }
        Deed::Lose => {
            if let Some(intent) = world.in_person.intents.get(subject).cloned() {
                road::lose(world, &intent);
            }
        }
        Deed::Take | Deed::Present => {}
    }
}

/// When an intent of this generation ends by itself.
///
/// An hour is what the in-store API says; the integrations API says "after a certain time", and the same is used.
pub(super) fn expiry(asked: &Asked, created_at: Instant) -> Option<Instant> {
    const HOUR_MS: i64 = 3_600_000;
    match asked {
        Asked::First(_) => None,
        Asked::Second(_) | Asked::Refund(_) => Some(plus_ms(created_at, HOUR_MS)),
        Asked::Third(asked) => asked.is_on_terminal().then(|| plus_ms(created_at, HOUR_MS)),
        Asked::Fourth(asked) => Some(plus_ms(created_at, asked.life_ms())),
    }
}
