//! Orders about payments: placed by one person, approved or declined by a second one.
//!
//! What is placed is a fact, with its line of the outbox in the same commit; sending it is [`crate::dispatch`]'s. What
//! may be ordered is the machine's to decide.

use std::error::Error;

use domain::currency::Currency;
use domain::ids::{PaymentId, SellerId};
use domain::money::Money;
use domain::payment::machine::Payment;
use domain::payment::refusal::Refusal;
use domain::payment::state::{Known, State};
use domain::payment::{Command, Funds, Order, Stage};
use domain::stream::StreamId;
use domain::text::Text;

use crate::error::EngineError;
use crate::execute::{ATTEMPTS, By, Desk, ExecuteError, Wrote};

pub mod available;
pub mod intent;
pub mod lines;
pub mod rehearsal;

use available::Available;

/// Places orders about the payments of one seller, in the name of one person.
#[derive(Clone)]
pub struct Acts {
    desk: Desk,
    seller: SellerId,
    actor: Text,
}

/// What a person does about a payment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Act {
    /// Gives money back; without an amount all that remains.
    Refund(Ask),
    /// Takes reserved money; without an amount all of it.
    Capture(Ask),
    /// Cancels what is not decided. It has no amount.
    Cancel(Ask),
    /// Lets an order go that waits for a second person.
    Approve {
        /// Its name; needed only when several wait.
        request: Option<Text>,
    },
    /// Ends an order that waits for a second person.
    Decline {
        /// Its name; needed only when several wait.
        request: Option<Text>,
        /// Why.
        reason: Text,
    },
}

/// A new order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ask {
    /// Its name: the same name again is the same order. `None` makes a new one up.
    pub request: Option<Text>,
    /// How much, in the currency of the payment.
    pub amount: Option<Money>,
    /// Why.
    pub reason: Text,
}

/// An order as it stands, with its payment.
#[derive(Clone, PartialEq, Debug)]
pub struct Placed {
    /// Its name.
    pub request: Text,
    /// What it is and how far.
    pub order: Order,
    /// Whether it was there before, and nothing was written now.
    pub was_placed: bool,
    /// The payment as it stands with the order.
    pub known: Box<Known>,
}

/// Why nothing was ordered.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// The rules do not allow it.
    #[error(transparent)]
    Refused(Refusal),
    /// An amount in another currency than the payment's.
    #[error("the amount is in {asked}, and the payment is in {known}")]
    OtherCurrency {
        /// Of the payment.
        known: Currency,
        /// Of the amount.
        asked: Currency,
    },
    /// No order waits for a second person.
    #[error("no order of this payment waits for a second person")]
    NothingWaits,
    /// Several orders wait, and none was named.
    #[error("several orders of this payment wait for a second person: {}", .requests.join(", "))]
    SeveralWait {
        /// Their names.
        requests: Vec<Text>,
    },
    /// Others wrote to the payment again and again.
    #[error("gave up after {attempts} attempts: others keep writing to the same payment")]
    Contended {
        /// How often it was tried.
        attempts: u32,
    },
    /// The store failed, or a history is corrupt.
    #[error("the books could not be read")]
    Books(#[from] EngineError),
    /// The books failed while it was written, or before that could be read again.
    #[error("whether order `{request}` was written is not known")]
    Unsure {
        /// Its name: under it, what was written is found and not written twice.
        request: Text,
        /// What failed.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl Act {
    /// The same, as a person agreed to it: with the amount and the order that were shown.
    #[must_use]
    pub fn agreed(self, shown: &Placed) -> Self {
        let currency = shown.known.described.terms.currency;
        let amount = shown.order.wish.amount_minor().map(|minor| Money::new(minor, currency));
        let request = Some(shown.request.clone());
        match self {
            Self::Refund(ask) => Self::Refund(Ask { amount, ..ask }),
            Self::Capture(ask) => Self::Capture(Ask { amount, ..ask }),
            Self::Cancel(ask) => Self::Cancel(ask),
            Self::Approve { .. } => Self::Approve { request },
            Self::Decline { reason, .. } => Self::Decline { request, reason },
        }
    }
}

impl Placed {
    /// How far it is for people; see [`Known::stage_of`].
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.known.stage_of(&self.request, &self.order)
    }
}

impl Acts {
    /// Over a store, for one seller, in one name.
    #[must_use]
    pub fn new(desk: Desk, seller: SellerId, actor: Text) -> Self {
        Self { desk, seller, actor }
    }

    /// Whose payments.
    #[must_use]
    pub fn seller(&self) -> &SellerId {
        &self.seller
    }

    /// Where orders are written.
    #[must_use]
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// The history of a payment.
    #[must_use]
    pub fn stream(&self, payment: &PaymentId) -> StreamId {
        StreamId::payment(&self.seller, payment)
    }

    /// What is known of a payment.
    ///
    /// # Errors
    /// [`ActError::Refused`] when nobody described it yet; [`ActError::Books`].
    pub async fn known(&self, payment: &PaymentId) -> Result<Box<Known>, ActError> {
        described(self.desk.state::<Payment>(&self.stream(payment)).await?)
    }

    /// What the books say is available to the seller.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn available(&self) -> Result<Available, ActError> {
        let balances = self.desk.store.balances(store::read::Cut::default()).await;
        Ok(Available::of(&self.seller, &balances.map_err(EngineError::from)?))
    }

    /// Writes it. Refunds of released money are held against what is available; `None` leaves that to the provider.
    ///
    /// # Errors
    /// See [`ActError`]; nothing was written then, but where it says otherwise.
    pub async fn place(
        &self,
        payment: &PaymentId,
        act: &Act,
        available: Option<&Available>,
    ) -> Result<Placed, ActError> {
        let stream = self.stream(payment);
        let by = By::person(self.actor.clone());
        for _ in 0..ATTEMPTS {
            let state = self.desk.state::<Payment>(&stream).await?;
            let known = described(state)?;
            let request = self.request(&known, act, &by)?;
            let command = self.command(&known, act, request.clone(), available)?;
            match self.desk.execute::<Payment>(&stream, command, by.clone()).await {
                Ok(Wrote::Conflict) => {}
                Ok(wrote) => {
                    // A name that was just made up can only be known from a commit whose answer was lost.
                    let was_placed = wrote == Wrote::Nothing && request != by.key;
                    return match self.desk.state::<Payment>(&stream).await {
                        Ok(state) => Ok(placed(described(state)?, request, was_placed)),
                        Err(source) => Err(ActError::Unsure { request, source: Box::new(source) }),
                    };
                }
                Err(ExecuteError::Refused(refusal)) => return Err(ActError::Refused(refusal)),
                Err(ExecuteError::Failed(source)) => return Err(ActError::Unsure { request, source }),
                Err(illegal @ ExecuteError::Illegal(_)) => {
                    return Err(ActError::Unsure { request, source: Box::new(illegal) });
                }
            }
        }
        Err(ActError::Contended { attempts: ATTEMPTS })
    }

    /// The name of the order that it is about.
    fn request(&self, known: &Known, act: &Act, by: &By) -> Result<Text, ActError> {
        match act {
            Act::Refund(ask) | Act::Capture(ask) | Act::Cancel(ask) => {
                Ok(ask.request.clone().unwrap_or_else(|| by.key.clone()))
            }
            Act::Approve { request: Some(request) } | Act::Decline { request: Some(request), .. } => {
                Ok(request.clone())
            }
            Act::Approve { request: None } | Act::Decline { request: None, .. } => {
                let mut waiting: Vec<Text> =
                    known.asked.waiting().map(|(request, _)| request.clone()).collect();
                match waiting.len() {
                    0 | 1 => waiting.pop().ok_or(ActError::NothingWaits),
                    _ => Err(ActError::SeveralWait { requests: waiting }),
                }
            }
        }
    }

    fn command(
        &self,
        known: &Known,
        act: &Act,
        request: Text,
        available: Option<&Available>,
    ) -> Result<Command, ActError> {
        let currency = known.described.terms.currency;
        let actor = self.actor.clone();
        let funds =
            available.map_or(Funds::Unchecked, |books| Funds::Available { minor: books.minor(currency) });
        Ok(match act {
            Act::Refund(ask) => {
                let (amount_minor, reason) = (amount_in(currency, ask)?, ask.reason.clone());
                Command::RequestRefund { request, amount_minor, funds, actor, reason }
            }
            Act::Capture(ask) => {
                let (amount_minor, reason) = (amount_in(currency, ask)?, ask.reason.clone());
                Command::RequestCapture { request, amount_minor, actor, reason }
            }
            Act::Cancel(ask) => Command::RequestCancel { request, actor, reason: ask.reason.clone() },
            Act::Approve { .. } => Command::ApproveOrder { request, funds, actor },
            Act::Decline { reason, .. } => Command::DeclineOrder { request, actor, reason: reason.clone() },
        })
    }
}

/// An amount in minor units, if it is in the payment's currency.
fn amount_in(known: Currency, ask: &Ask) -> Result<Option<i64>, ActError> {
    match ask.amount {
        Some(amount) if amount.currency != known => {
            Err(ActError::OtherCurrency { known, asked: amount.currency })
        }
        amount => Ok(amount.map(|amount| amount.minor)),
    }
}

/// A payment that somebody described.
fn described(state: Option<State>) -> Result<Box<Known>, ActError> {
    match state {
        Some(State::Known(known)) => Ok(known),
        Some(State::Foretold(_)) | None => Err(ActError::Refused(Refusal::Unknown)),
    }
}

fn placed(known: Box<Known>, request: Text, was_placed: bool) -> Placed {
    let order = known.asked.orders.get(&request).cloned();
    let order = order.expect("a command that was taken left its order in the state");
    Placed { request, order, was_placed, known }
}

#[cfg(test)]
mod tests;
