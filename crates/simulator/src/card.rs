//! Tokens of cards: each is spent once, and lives seven days, as the provider documents.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::refusal::Refusal;
use crate::time::Instant;
use crate::world::World;

/// How long a token can be spent.
const LIFE: TimeDelta = TimeDelta::days(7);

/// Cards by the tokens that stand for them.
#[derive(Default)]
pub(crate) struct Cards(BTreeMap<String, Card>);

struct Card {
    holder: String,
    made: Instant,
    is_spent: bool,
}

impl Cards {
    /// Keeps a card under a token.
    pub(crate) fn put(&mut self, token: String, holder: String, made: Instant) {
        self.0.insert(token, Card { holder, made, is_spent: false });
    }

    /// The holder's name of the card behind a token.
    pub(crate) fn holder(&self, token: &str) -> Option<&str> {
        self.0.get(token).map(|card| card.holder.as_str())
    }
}

impl World {
    /// Spends a card's token; gives its holder's name. A token that was not made here is its own holder's name.
    ///
    /// # Errors
    /// When it was spent before, or is too old.
    pub(crate) fn spend_card(&mut self, token: &str) -> Result<String, Refusal> {
        let now = self.now();
        let Some(card) = self.cards.0.get_mut(token) else { return Ok(token.to_owned()) };
        if card.is_spent {
            return Err(Refusal::bad_request(3003, "Invalid card_token_id"));
        }
        if now > card.made + LIFE {
            return Err(Refusal::bad_request(2006, "Card Token not found"));
        }
        card.is_spent = true;
        Ok(card.holder.clone())
    }
}
