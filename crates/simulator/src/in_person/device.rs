//! Terminals: what stands where, how it works, and what it holds. Every seller finds two at the start: one that works
//! by script and one that waits for people.
//!
//! A terminal holds at most one intent. Its mode changes when it restarts, not when the API says so.

use crate::in_person::Counter;
use crate::time::{Instant, plus_ms};
use crate::world::World;

/// How a terminal works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// It takes the intents of the API.
    Pdv,
    /// It knows nothing of them: as it leaves the factory.
    Standalone,
}

/// Who presses its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hands {
    /// It takes what waits after some virtual time, and presents a card after some more.
    Script { take_ms: i64, card_ms: i64 },
    /// Somebody at its page.
    People,
}

/// A terminal.
#[derive(Clone, Debug)]
pub(crate) struct Device {
    pub(super) id: String,
    /// The first generation addresses it by this.
    pub(super) name: String,
    pub(super) seller: u64,
    /// Its own numbers in the first generation's list.
    pub(super) number: u64,
    pub(super) caller: u64,
    pub(super) pos: u64,
    pub(super) store: u64,
    pub(super) external_pos: String,
    pub(super) mode: Mode,
    /// The mode after its next restart, and when it restarts by itself.
    pub(super) wanted: Option<(Mode, Instant)>,
    pub(super) hands: Hands,
    /// The intent that waits for it or is on it.
    pub(super) holds: Option<String>,
    /// The one that ended on it last.
    pub(super) last: Option<String>,
}

/// A scripted terminal, unless its administration says otherwise.
pub(super) const SCRIPT: Hands = Hands::Script { take_ms: 2_000, card_ms: 5_000 };
/// How long a scripted terminal takes to be started again after its mode was changed.
const RESTART_MS: i64 = 30_000;

impl Mode {
    /// The provider's word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Pdv => "PDV",
            Self::Standalone => "STANDALONE",
        }
    }

    /// Reads the provider's word.
    pub(super) fn named(word: &str) -> Option<Self> {
        [Self::Pdv, Self::Standalone].into_iter().find(|mode| mode.word() == word)
    }
}

impl Device {
    /// A terminal at a point of sale of its own.
    pub(super) fn new(seller: u64, id: String, number: u64, hands: Hands) -> Self {
        let number = seller % 1_000_000 * 100 + number;
        Self {
            name: format!("caja-{}", number % 100),
            external_pos: format!("SUC01POS{:02}", number % 100),
            seller,
            id,
            number,
            caller: number + 7,
            pos: 47_000_000 + number % 1_000_000,
            store: 48_000_000 + seller % 1_000_000,
            mode: Mode::Pdv,
            wanted: None,
            hands,
            holds: None,
            last: None,
        }
    }

    /// Its id as reading an intent tells it: another prefix, one underscore less. It is not to be joined on.
    pub(super) fn echoed(&self, with_prefix: bool) -> String {
        let id = self.id.replacen("__", "_", 1);
        if with_prefix { format!("{}_{id}", self.number) } else { id }
    }
}

/// The terminals that every seller finds.
pub(super) fn first_of(seller: u64) -> [Device; 2] {
    let mut scripted = Device::new(seller, format!("PAX_A910__SMARTPOS{seller}"), 1, SCRIPT);
    "dispositivo".clone_into(&mut scripted.name);
    let by_hand = Device::new(seller, format!("NEWLAND_N950__N950NCB{seller}"), 2, Hands::People);
    [scripted, by_hand]
}

impl Counter {
    /// The seller's terminals, which are put up when they are first looked for.
    pub(super) fn of_seller(&mut self, seller: u64) -> impl Iterator<Item = &Device> {
        self.put_up(seller);
        self.devices.values().filter(move |device| device.seller == seller)
    }

    /// Puts up the first terminals of a seller that has none.
    pub(super) fn put_up(&mut self, seller: u64) {
        if self.open.insert(seller) {
            let first = first_of(seller).into_iter().map(|device| (device.id.clone(), device));
            self.devices.extend(first);
        }
    }

    /// The seller's terminal of this id.
    pub(super) fn device(&mut self, seller: u64, id: &str) -> Option<&mut Device> {
        self.put_up(seller);
        self.devices.get_mut(id).filter(|device| device.seller == seller)
    }

    /// The id of the seller's terminal of this name, as the first generation has it.
    pub(super) fn named(&mut self, seller: u64, name: &str) -> Option<String> {
        self.of_seller(seller).find(|device| device.name == name).map(|device| device.id.clone())
    }

    /// The id of the seller's terminal at this point of sale; one that takes intents before one that does not.
    pub(super) fn at_pos(&mut self, seller: u64, external_pos: &str) -> Option<String> {
        let there = self.of_seller(seller).filter(|device| device.external_pos == external_pos);
        there.min_by_key(|device| device.mode == Mode::Standalone).map(|device| device.id.clone())
    }
}

/// Why a mode cannot be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotSet {
    /// The seller has no such terminal.
    Unknown,
    /// Another terminal at the same point of sale takes intents.
    Occupied,
}

/// Sets the mode after the terminal's next restart. A point of sale has one terminal that takes intents.
pub(super) fn set_mode(world: &mut World, seller: u64, id: &str, mode: Mode) -> Result<(), NotSet> {
    let now = world.now();
    let counter = &mut world.in_person;
    let pos = counter.device(seller, id).ok_or(NotSet::Unknown)?.pos;
    let is_taken = |other: &Device| {
        let after = other.wanted.map_or(other.mode, |(wanted, _)| wanted);
        other.pos == pos && other.id != id && after == Mode::Pdv
    };
    if mode == Mode::Pdv && counter.of_seller(seller).any(is_taken) {
        return Err(NotSet::Occupied);
    }
    let device = counter.device(seller, id).ok_or(NotSet::Unknown)?;
    device.wanted = (mode != device.mode).then(|| (mode, plus_ms(now, RESTART_MS)));
    Ok(())
}

/// Starts a terminal again: its mode becomes the one that was set.
pub(super) fn restart(device: &mut Device) {
    if let Some((mode, _)) = device.wanted.take() {
        device.mode = mode;
    }
}
