//! Orders to cancel a request to charge. It is looked at first, so that the books know it, and what does not allow it is
//! refused before anything is sent; sending it is [`crate::dispatch`]'s.

use client::client::Client;
use client::error::ClientError;
use domain::ids::SellerId;
use domain::intent::machine::Intent;
use domain::intent::refusal::Refusal;
use domain::intent::state::{Cancel, State};
use domain::intent::{CancelAnswer, Command};
use domain::stream::StreamId;
use domain::text::Text;

use crate::error::EngineError;
use crate::execute::{ATTEMPTS, By, Desk, ExecuteError, Wrote};
use crate::intent_call::Address;
use crate::response::{Response, Taken};

/// Places orders to cancel requests to charge of one seller, in the name of one person.
pub struct Cancels {
    desk: Desk,
    client: Client,
    seller: SellerId,
    actor: Text,
}

/// What is to be cancelled.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Which.
    pub address: Address,
    /// Name of the order: the same name again is the same order. `None` makes a new one up.
    pub request: Option<Text>,
    /// Why.
    pub reason: Text,
    /// The terminal is asked too when it has it already.
    pub at_terminal: bool,
}

/// An order to cancel, and how far it is.
#[derive(Clone, PartialEq, Debug)]
pub struct Asked {
    /// What it is about.
    pub stream: StreamId,
    /// Its name.
    pub request: Text,
    /// How it ended; `None` while it is to be sent, or nobody knows.
    pub answer: Option<CancelAnswer>,
    /// The request to charge with it.
    pub state: State,
    /// Whether it was there before, and nothing was written now.
    pub was_placed: bool,
}

/// Why nothing was ordered.
#[derive(Debug, thiserror::Error)]
pub enum CancelError {
    /// The rules do not allow it.
    #[error(transparent)]
    Refused(Refusal),
    /// The provider could not be asked, or does not show it.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The books refused what the provider says of it.
    #[error("what the provider says of it was not taken in; `conciliar inbox show {key}` says why")]
    NotTaken {
        /// The key of the delivery.
        key: Text,
    },
    /// The provider told of something else than was asked for.
    #[error("the provider told of {told} instead")]
    Elsewhere {
        /// Of what.
        told: StreamId,
    },
    /// Others wrote to it again and again.
    #[error("gave up after {attempts} attempts: others keep writing to the same request to charge")]
    Contended {
        /// How often it was tried.
        attempts: u32,
    },
    /// The store failed, or a history is corrupt.
    #[error("the books could not be read")]
    Books(#[from] EngineError),
    /// The command could not be run; it may have been written all the same.
    #[error(transparent)]
    Failed(ExecuteError<Refusal>),
}

impl Cancels {
    /// Over a store, for one seller, in one name.
    #[must_use]
    pub fn new(desk: Desk, client: Client, seller: SellerId, actor: Text) -> Self {
        Self { desk, client, seller, actor }
    }

    /// Where orders are written.
    #[must_use]
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// The order of this name, when it was given before.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn given(&self, wanted: &Wanted) -> Result<Option<Asked>, CancelError> {
        let Some(request) = &wanted.request else { return Ok(None) };
        let stream = wanted.address.stream(&self.seller);
        let asked = self.asked(stream, true).await?;
        Ok(asked.filter(|asked| asked.request == *request))
    }

    /// Reads it and takes in what the provider says; answers where it stands.
    ///
    /// # Errors
    /// See [`CancelError`].
    pub async fn look(&self, wanted: &Wanted) -> Result<State, CancelError> {
        let address = &wanted.address;
        let body = address.read(&self.client, &self.seller).await?;
        let (seller, resource) = (&self.seller, address.resource());
        let response = Response { seller, resource, id: &address.id, body: &body };
        let stream = address.stream(seller);
        match self.desk.take(response).await? {
            Taken::Told(told) if told == stream => {}
            Taken::Told(told) => return Err(CancelError::Elsewhere { told }),
            Taken::Kept { key } => return Err(CancelError::NotTaken { key }),
        }
        let state = self.desk.state::<Intent>(&stream).await?;
        state.ok_or(CancelError::Refused(Refusal::NotKnown))
    }

    /// Writes the order.
    ///
    /// # Errors
    /// See [`CancelError`]; nothing was written then, but where it says otherwise.
    pub async fn place(&self, wanted: &Wanted) -> Result<Asked, CancelError> {
        let Wanted { address, request, reason, at_terminal } = wanted;
        let stream = address.stream(&self.seller);
        let by = By::person(self.actor.clone());
        let request = request.clone().unwrap_or_else(|| by.key.clone());
        let by = By { errand: Some(address.errand(request.clone(), *at_terminal)), ..by };
        for _ in 0..ATTEMPTS {
            let (actor, reason) = (self.actor.clone(), reason.clone());
            let command =
                Command::RequestCancel { request: request.clone(), actor, reason, at_terminal: *at_terminal };
            match self.desk.execute::<Intent>(&stream, command, by.clone()).await {
                Ok(Wrote::Conflict) => {}
                Ok(wrote) => {
                    let asked = self.asked(stream, wrote == Wrote::Nothing).await?;
                    return Ok(asked.expect("a command that was taken left its order in the state"));
                }
                Err(ExecuteError::Refused(refusal)) => return Err(CancelError::Refused(refusal)),
                Err(failed) => return Err(CancelError::Failed(failed)),
            }
        }
        Err(CancelError::Contended { attempts: ATTEMPTS })
    }

    /// The last order, as it stands now.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn asked(&self, stream: StreamId, was_placed: bool) -> Result<Option<Asked>, CancelError> {
        let Some(state) = self.desk.state::<Intent>(&stream).await? else { return Ok(None) };
        let request = state.cancel.as_ref().and_then(Cancel::request).cloned();
        Ok(request.map(|request| Asked { stream, request, answer: state.cancel_answer(), state, was_placed }))
    }
}
