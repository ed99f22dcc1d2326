//! What the next calls of a kind meet: a refusal, a connection that ends without an answer, a delay.
//!
//! Set by the administration, used up by the calls that fit, in the order in which they were set. Faults that come by
//! themselves are [`crate::notice::faults`].

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// Everything that stands in the way of calls.
#[derive(Clone, Default, Debug)]
pub(crate) struct Obstacles(Vec<Obstacle>);

/// What stands in the way of the next calls of a kind.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Obstacle {
    /// Method and path as they are documented, `POST /v1/payments/{id}/refunds`; what stands in braces fits anything.
    call: String,
    meets: Meets,
    /// How many calls meet it.
    #[serde(default = "once")]
    times: u32,
}

/// What a call meets.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Meets {
    /// It is refused, and nothing is done.
    Refusal {
        /// Number of the cause; absent for an answer without one.
        code: Option<u32>,
        /// The usual one of the code when absent.
        status: Option<u16>,
    },
    /// The connection ends before anything is done.
    LostBefore,
    /// Everything is done, and the connection ends without an answer.
    LostAfter,
    /// It waits so long first, by the machine's clock.
    Delay {
        /// How long.
        ms: u64,
    },
}

/// An obstacle that no call could meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Wrong {
    /// It names no method and path.
    #[error("`call` is a method and a path, such as POST /v1/payments/{{id}}/refunds")]
    Call,
    /// No call meets it.
    #[error("`times` is at least 1")]
    Times,
    /// The answer would be no refusal.
    #[error("`status` is a status of 400 to 599")]
    Status,
    /// Nothing says how it is refused.
    #[error("a refusal has a `code` or a `status`")]
    Refusal,
}

fn once() -> u32 {
    1
}

impl Obstacle {
    /// Checks that calls can meet it.
    ///
    /// # Errors
    /// See [`Wrong`].
    pub(crate) fn check(self) -> Result<Self, Wrong> {
        let is_call = self
            .call
            .split_once(' ')
            .is_some_and(|(method, path)| !method.is_empty() && path.starts_with('/'));
        if !is_call {
            return Err(Wrong::Call);
        }
        if self.times == 0 {
            return Err(Wrong::Times);
        }
        match self.meets {
            Meets::Refusal { code: None, status: None } => Err(Wrong::Refusal),
            Meets::Refusal { status: Some(status), .. } if !(400..600).contains(&status) => {
                Err(Wrong::Status)
            }
            _ => Ok(self),
        }
    }

    fn fits(&self, method: &str, path: &str) -> bool {
        let Some((wanted, template)) = self.call.split_once(' ') else { return false };
        let fits = |wanted: &str, part: &str| {
            wanted == part || (wanted.starts_with('{') && wanted.ends_with('}') && !part.is_empty())
        };
        wanted == method
            && template.split('/').count() == path.split('/').count()
            && template.split('/').zip(path.split('/')).all(|(wanted, part)| fits(wanted, part))
    }
}

impl Obstacles {
    /// Puts one behind those that stand already.
    pub(crate) fn put(&mut self, obstacle: Obstacle) {
        self.0.push(obstacle);
    }

    /// Takes all away.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Those that are left.
    pub(crate) fn left(&self) -> &[Obstacle] {
        &self.0
    }

    /// What a call meets, if anything; that is used up by it.
    pub(crate) fn meet(&mut self, method: &str, path: &str) -> Option<Meets> {
        let place = self.0.iter().position(|obstacle| obstacle.fits(method, path))?;
        let obstacle = &mut self.0[place];
        let meets = obstacle.meets;
        obstacle.times -= 1;
        if obstacle.times == 0 {
            self.0.remove(place);
        }
        Some(meets)
    }
}

/// A refusal with a code, under the status that it usually has.
pub(crate) fn refusal(code: Option<u32>, status: Option<u16>) -> Refusal {
    let status = status.unwrap_or(match code {
        Some(2000 | 2032) => 404,
        Some(4 | 3002) => 403,
        _ => 400,
    });
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let word = match status.as_u16() {
        400 => "bad_request",
        401 => "unauthorized",
        403 => "forbidden",
        404 => "not_found",
        409 => "conflict",
        429 => "local_rate_limited",
        _ => "internal_error",
    };
    let refusal = Refusal::new(status, word, "Refused by the administration of the simulator");
    match code {
        Some(code) => refusal.because(code, "Refused by the administration of the simulator"),
        None => refusal,
    }
}

#[cfg(test)]
mod tests;
