//! Tokens of cards: each pays once. A cell remembers the digest of each, when it was first seen and which attempt used
//! it.

use domain::machine::Instant;
use domain::obligation::Token;
use domain::stream::StreamId;
use domain::text::Text;
use serde::{Deserialize, Serialize};

use super::Charges;
use super::ask::Owed;
use super::error::ChargeError;
use crate::cell;
use crate::error::EngineError;
use crate::execute::ATTEMPTS;

/// What a cell holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Remembered {
    /// When it was first seen.
    seen_at: Instant,
    /// Who used it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    used_by: Option<User>,
    /// Makes every value another one.
    nonce: String,
}

/// An attempt at an obligation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct User {
    obligation: Text,
    request: Text,
}

impl User {
    fn of(stream: &StreamId, request: &Text) -> Self {
        Self { obligation: stream.id().into(), request: request.clone() }
    }
}

impl Charges {
    /// What is known of the token of an attempt; a trial does not note that it was seen.
    pub(super) async fn token(&self, owed: &Owed, is_trial: bool) -> Result<Option<Token>, ChargeError> {
        let Some(digest) = &owed.token else { return Ok(None) };
        let name = self.cell_of(digest);
        let mut found = self.remembered(&name).await?;
        if found.is_none() && !is_trial {
            self.note(&name, None, self.now(), None).await?;
            found = self.remembered(&name).await?;
        }
        let (seen_at, used_by) = found.map_or((self.now(), None), |(_, cell)| (cell.seen_at, cell.used_by));
        // Of another obligation the name alone would not tell which.
        let spent_by = used_by.map(|user| match user.obligation.as_str() == owed.stream.id() {
            true => user.request,
            false => format!("{}/{}", user.obligation, user.request).into(),
        });
        // Nothing that was seen was made later.
        let made_at = owed.token_at.map_or(seen_at, |told| told.min(seen_at));
        Ok(Some(Token { digest: digest.clone(), made_at, spent_by }))
    }

    /// Uses the token of an attempt, before it is sent; false when another attempt was faster.
    pub(super) async fn use_token(&self, owed: &Owed, request: &Text) -> Result<bool, ChargeError> {
        let Some(digest) = &owed.token else { return Ok(true) };
        let (name, user) = (self.cell_of(digest), User::of(&owed.stream, request));
        for _ in 0..ATTEMPTS {
            let found = self.remembered(&name).await?;
            let (version, seen_at) = match found {
                Some((_, Remembered { used_by: Some(used_by), .. })) => return Ok(used_by == user),
                Some((version, cell)) => (Some(version), cell.seen_at),
                None => (None, self.now()),
            };
            if self.note(&name, version, seen_at, Some(user.clone())).await? {
                return Ok(true);
            }
        }
        Err(ChargeError::Contended { attempts: ATTEMPTS })
    }

    async fn remembered(&self, name: &str) -> Result<Option<(u64, Remembered)>, EngineError> {
        let Some(cell) = self.desk.store.cell(name).await? else { return Ok(None) };
        let remembered = serde_json::from_slice(&cell.value)
            .map_err(|source| EngineError::Cell { name: name.to_owned(), source })?;
        Ok(Some((cell.version, remembered)))
    }

    /// Writes a cell over the version that is expected; false when somebody was faster.
    async fn note(
        &self,
        name: &str,
        expected: Option<u64>,
        seen_at: Instant,
        used_by: Option<User>,
    ) -> Result<bool, EngineError> {
        let nonce = client::call::IdempotencyKey::fresh().as_str().to_owned();
        let value = serde_json::to_vec(&Remembered { seen_at, used_by, nonce });
        let value = value.expect("a cell has text keys only");
        let written = cell::replace(&*self.desk.store, name, expected, &value, self.now()).await?;
        Ok(written.is_some())
    }

    fn cell_of(&self, digest: &str) -> String {
        format!("card-token/{}/{digest}", self.seller)
    }
}
