//! Making something new, once: the provider makes a second one of the same request (measured), so a cell remembers
//! that it was sent before it is sent.
//!
//! A call whose answer is lost leaves the cell in doubt, and only a person can tell what became of it: the provider
//! does not find a subscription by anything that we chose.

use bytes::Bytes;
use client::call::{Call, IdempotencyKey};
use client::error::{ClientError, Outage};
use domain::machine::Instant;
use domain::text::Text;
use serde::{Deserialize, Serialize};

use super::error::OrderError;
use super::kind::Orderly;
use super::{ATTEMPTS, Orders};
use crate::error::EngineError;
use crate::item::derived_key;

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
    /// How far it is.
    stage: Stage,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    /// Nobody knows whether it was made.
    Sent,
    /// It was.
    Made { id: Text },
    /// It was not, and may be sent again.
    NotMade,
}

impl Orders {
    /// Makes something under a key, unless it was made under the key before.
    ///
    /// # Errors
    /// [`OrderError::InDoubt`] when it was sent and nobody knows whether it was made; see [`OrderError`].
    pub async fn create<M: Orderly>(&self, call: &M::Create, key: &str) -> Result<Made, OrderError> {
        call.check()
            .map_err(|broken| OrderError::Invalid { endpoint: call.endpoint(), source: Box::new(broken) })?;
        let name = self.cell_of::<M>(key);
        for _ in 0..ATTEMPTS {
            let found = self.errand(&name).await?;
            let (version, before) =
                found.map_or((None, None), |(version, errand)| (Some(version), Some(errand)));
            match before {
                Some(Errand { stage: Stage::Made { id }, .. }) => {
                    let (_, body) = self.look::<M>(&id).await?;
                    return Ok(Made { id, body, was_made: true });
                }
                Some(Errand { stage: Stage::Sent, at, actor, .. }) => {
                    return Err(OrderError::InDoubt { thing: M::NOUN, at, actor, source: None });
                }
                Some(Errand { stage: Stage::NotMade, .. }) | None => {}
            }
            let nonce = IdempotencyKey::fresh().as_str().to_owned();
            let errand =
                Errand { at: self.clock.now(), actor: self.actor.clone(), nonce, stage: Stage::Sent };
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
        let in_doubt = |source| OrderError::InDoubt {
            thing: M::NOUN,
            at: errand.at,
            actor: errand.actor.clone(),
            source: Some(source),
        };
        let reply = match self.client.send(&self.seller, call).await {
            Ok(reply) => reply,
            Err(error) if was_not_made(&error) => {
                let errand = Errand { stage: Stage::NotMade, ..errand };
                self.note(name, Some(version), &errand).await?;
                return Err(error.into());
            }
            Err(error) => return Err(in_doubt(error)),
        };
        let id = Text::from(M::id(reply.read().map_err(in_doubt)?));
        let made = Errand { stage: Stage::Made { id: id.clone() }, ..errand };
        let noted = self.note(name, Some(version), &made).await;
        noted.map_err(|source| OrderError::NotNoted { thing: M::NOUN, id: id.clone(), source })?;
        // It is made, whatever becomes of looking at it: the poller sees it too.
        let body = match self.look::<M>(&id).await {
            Ok((_, body)) => body,
            Err(OrderError::Client(error)) => {
                tracing::warn!(thing = M::NOUN, id = %id, error = %error, "what was made could not be read again");
                reply.body
            }
            Err(error) => return Err(error),
        };
        Ok(Made { id, body, was_made: false })
    }

    async fn errand(&self, name: &str) -> Result<Option<(u64, Errand)>, EngineError> {
        let Some(cell) = self.store.cell(name).await? else { return Ok(None) };
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
        let written = expected.unwrap_or(0) + 1;
        if self.store.put_cell(name, expected, &value, self.clock.now()).await? {
            return Ok(Some(written));
        }
        // The first try may have been written and its answer lost; no two errands are alike.
        let found = self.store.cell(name).await?;
        Ok(found.filter(|cell| cell.version == written && cell.value == value).map(|_| written))
    }

    /// The name of the cell of a key, which may be of any length.
    fn cell_of<M: Orderly>(&self, key: &str) -> String {
        format!("order/{}/{}/{}", self.seller, M::TYPE, derived_key(&[key.as_bytes()]).0)
    }
}

/// Whether it is certain that nothing was made.
fn was_not_made(error: &ClientError) -> bool {
    match error {
        ClientError::Invalid { .. }
        | ClientError::Vault { .. }
        | ClientError::Refused(_)
        | ClientError::NotFound(_)
        | ClientError::Unauthorized(_)
        | ClientError::RateLimited { .. }
        | ClientError::Unavailable { outage: Outage::NotConnected(_), .. } => true,
        ClientError::Unavailable { .. } | ClientError::TooLarge { .. } | ClientError::Unreadable { .. } => {
            false
        }
    }
}
