//! Making something new, once: the provider makes a second one of the same request (measured), so a cell remembers
//! that it was sent before it is sent.
//!
//! A call whose answer is lost leaves the cell in doubt, and only a person can tell what became of it: the provider
//! does not find a subscription by anything that we chose.

use bytes::Bytes;
use client::call::{Call, IdempotencyKey};
use domain::changes::under_way_until;
use domain::machine::Instant;
use domain::text::Text;
use serde::{Deserialize, Serialize};

use super::Orders;
use super::error::OrderError;
use super::kind::Orderly;
use crate::cell;
use crate::error::EngineError;
use crate::execute::ATTEMPTS;
use crate::item::derived_key;
use crate::look::chain;

/// Something that was made, now or before.
#[derive(Debug)]
pub struct Made {
    /// Its id.
    pub id: Text,
    /// What the provider says of it.
    pub body: Bytes,
    /// Whether an earlier run had made it under the same key, and nothing was sent now.
    pub was_made: bool,
}

/// What a cell holds.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
struct Errand {
    /// When it was sent.
    at: Instant,
    /// Who sent it.
    actor: Text,
    /// Told apart from others who send the same.
    nonce: String,
    /// A hash of what was sent.
    said: Text,
    /// How far it is.
    stage: Stage,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    /// Nobody knows whether it was made; whoever sent it may still wait for the answer.
    Sent,
    /// Nobody knows whether it was made, and no answer will come.
    Lost,
    /// It was.
    Made { id: Text },
    /// It was not, and may be sent again.
    NotMade,
}

impl Orders {
    /// Makes something under a key, unless it was made under the key before. `said` is what the call says without what
    /// differs each time, as a card's token does: the same key for something else is refused.
    ///
    /// # Errors
    /// [`OrderError::InDoubt`] when it was sent and nobody knows whether it was made, [`OrderError::UnderWay`] when an
    /// answer may still come; see [`OrderError`].
    pub async fn create<M: Orderly>(
        &self,
        call: &M::Create,
        key: &str,
        said: &str,
    ) -> Result<Made, OrderError> {
        call.check()
            .map_err(|broken| OrderError::Invalid { endpoint: call.endpoint(), source: Box::new(broken) })?;
        let (name, said) = (self.cell_of::<M>(key), derived_key(&[said.as_bytes()]).0);
        for _ in 0..ATTEMPTS {
            let found = self.errand(&name).await?;
            let (version, before) =
                found.map_or((None, None), |(version, errand)| (Some(version), Some(errand)));
            match before {
                // What was not made may be sent with other words.
                Some(Errand { stage: Stage::NotMade, .. }) | None => {}
                Some(Errand { said: other, at, actor, .. }) if other != said => {
                    return Err(OrderError::KeyTaken { thing: M::NOUN, at, actor });
                }
                Some(Errand { stage: Stage::Made { id }, .. }) => {
                    let (_, body) = self.look::<M>(&id).await?;
                    return Ok(Made { id, body, was_made: true });
                }
                Some(Errand { stage: Stage::Sent, at, actor, .. })
                    if self.desk.clock.now() < under_way_until(at) =>
                {
                    let until = under_way_until(at);
                    return Err(OrderError::UnderWay { thing: M::NOUN, at, actor, until });
                }
                Some(Errand { stage: Stage::Sent | Stage::Lost, at, actor, .. }) => {
                    return Err(OrderError::InDoubt { thing: M::NOUN, at, actor, source: None });
                }
            }
            let (at, actor) = (self.desk.clock.now(), self.actor.clone());
            let nonce = IdempotencyKey::fresh().as_str().to_owned();
            let errand = Errand { at, actor, nonce, said: said.clone(), stage: Stage::Sent };
            if let Some(version) = self.note(&name, version, &errand).await? {
                return self.send_once::<M>(call, &name, version, errand).await;
            }
        }
        Err(OrderError::Contended { attempts: ATTEMPTS })
    }

    async fn send_once<M: Orderly>(
        &self,
        call: &M::Create,
        name: &str,
        version: u64,
        errand: Errand,
    ) -> Result<Made, OrderError> {
        let answered = self.client.send(&self.seller, call).await;
        let (id, told) = match answered.and_then(|reply| Ok((M::id(reply.read()?), reply.body))) {
            Ok((id, body)) => (Text::from(id), body),
            Err(error) => {
                let is_known = error.leaves_nothing_done();
                let stage = if is_known { Stage::NotMade } else { Stage::Lost };
                if let Err(unnoted) =
                    self.note(name, Some(version), &Errand { stage, ..errand.clone() }).await
                {
                    // The cell goes on saying that it was sent: whoever sends it again is told to look first.
                    tracing::warn!(
                        thing = M::NOUN,
                        error = chain(&unnoted),
                        "what became of it was not noted"
                    );
                }
                let Errand { at, actor, .. } = errand;
                return Err(match is_known {
                    true => error.into(),
                    false => OrderError::InDoubt { thing: M::NOUN, at, actor, source: Some(error) },
                });
            }
        };
        let made = Errand { stage: Stage::Made { id: id.clone() }, ..errand };
        let noted = self.note(name, Some(version), &made).await;
        noted.map_err(|source| OrderError::NotNoted { thing: M::NOUN, id: id.clone(), source })?;
        // It is made, whatever becomes of looking at it: the poller sees it too.
        let body = match self.look::<M>(&id).await {
            Ok((_, body)) => body,
            Err(OrderError::Client(error)) => {
                tracing::warn!(thing = M::NOUN, id = %id, error = %error, "what was made could not be read again");
                told
            }
            Err(error) => return Err(OrderError::NotSeen { thing: M::NOUN, id, source: Box::new(error) }),
        };
        Ok(Made { id, body, was_made: false })
    }

    async fn errand(&self, name: &str) -> Result<Option<(u64, Errand)>, EngineError> {
        let Some(cell) = self.desk.store.cell(name).await? else { return Ok(None) };
        let errand = serde_json::from_slice(&cell.value)
            .map_err(|source| EngineError::Cell { name: name.to_owned(), source })?;
        Ok(Some((cell.version, errand)))
    }

    /// Writes an errand over the version that is expected. Answers the new version; `None` when somebody was faster.
    async fn note(
        &self,
        name: &str,
        expected: Option<u64>,
        errand: &Errand,
    ) -> Result<Option<u64>, EngineError> {
        let value = serde_json::to_vec(errand).expect("an errand has text keys only");
        // The nonce makes every errand another one.
        Ok(cell::replace(&*self.desk.store, name, expected, &value, self.desk.clock.now()).await?)
    }

    /// The name of the cell of a key, which may be of any length.
    fn cell_of<M: Orderly>(&self, key: &str) -> String {
        format!("order/{}/{}/{}", self.seller, M::TYPE, derived_key(&[key.as_bytes()]).0)
    }
}
