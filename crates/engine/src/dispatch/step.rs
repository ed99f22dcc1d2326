//! One message of the outbox: whether its order is open, whether it is its turn, and what became of it.

use domain::ids::SellerId;
use domain::stream::{StreamId, StreamKind};
use domain::text::Text;
use store::read::StoredMessage;

use super::became::{Became, Followed, Why};
use super::courier::{Courier, Sending};
use super::gate::Gate;
use super::{intent, meters, payment};
use crate::errand::Errand;
use crate::look::chain;

/// How a message was passed.
pub(super) enum Step {
    /// Its order had ended before.
    Over,
    /// It is nobody's turn: another's order, or a stop.
    Left,
    /// It was looked after.
    Followed(Followed),
}

impl Step {
    /// Whether the message needs no more looking after, ever.
    pub(super) fn is_over(&self) -> bool {
        match self {
            Self::Over => true,
            Self::Left => false,
            Self::Followed(followed) => !matches!(followed.became, Became::Waiting(_)),
        }
    }
}

/// Looks after one message. `is_behind`: an earlier one about the same thing waits.
pub(super) async fn step(courier: &Courier, gate: &Gate, row: &StoredMessage, is_behind: bool) -> Step {
    let stream = row.caused_by.clone();
    let is_asked_for = gate.is_asked_for(&SellerId::from(stream.seller()));
    let errand = match serde_json::from_str::<Errand>(&row.payload) {
        Ok(errand) => errand,
        Err(_) if !is_asked_for => return Step::Left,
        Err(source) => {
            let why = Why::Unreadable { key: row.key.clone(), source };
            if gate.is_news(row.number) {
                tracing::error!(error = chain(&why), "an order cannot be sent");
            }
            let became = Became::Waiting(why);
            return Step::Followed(Followed { stream, request: row.key.clone(), errand: None, became });
        }
    };
    let request = errand.request().clone();
    let became = match standing(courier, &stream, &request).await {
        Ok(Some(_)) => return Step::Over,
        Ok(None) => match turn(courier, gate, row, is_behind) {
            Turn::Now => Became::of(try_now(courier, gate, row, &errand).await),
            Turn::Later(why) => Became::Waiting(why),
            Turn::NotHere => return Step::Left,
        },
        Err(_) if !is_asked_for => return Step::Left,
        Err(why) => {
            if gate.is_news(row.number) {
                tracing::error!(
                    order.stream = %stream, order.request = %request, error = chain(&why),
                    "an order cannot be looked after"
                );
            }
            Became::Waiting(why)
        }
    };
    Step::Followed(Followed { stream, request, errand: Some(errand), became })
}

/// How an order ended; `None` while it is open.
///
/// # Errors
/// When it is not known, or not to be sent, or the store fails.
pub(super) async fn standing(
    courier: &Courier,
    stream: &StreamId,
    request: &Text,
) -> Result<Option<Became>, Why> {
    match stream.kind() {
        StreamKind::Payment => payment::standing(courier, stream, request).await,
        StreamKind::Intent => intent::standing(courier, stream, request).await,
        _ => Err(Why::Unknown { stream: stream.clone() }),
    }
}

enum Turn {
    Now,
    Later(Why),
    NotHere,
}

fn turn(courier: &Courier, gate: &Gate, row: &StoredMessage, is_behind: bool) -> Turn {
    let seller = SellerId::from(row.caused_by.seller());
    if gate.is_stopped() || !gate.is_asked_for(&seller) {
        Turn::NotHere
    } else if let Some(why) = gate.holds(&courier.desk.config, &seller, row.number) {
        Turn::Later(why)
    } else if is_behind {
        Turn::Later(Why::Behind)
    } else {
        Turn::Now
    }
}

async fn try_now(
    courier: &Courier,
    gate: &Gate,
    row: &StoredMessage,
    errand: &Errand,
) -> Result<Became, Why> {
    let sending = Sending::new(row, errand);
    let tried = match row.caused_by.kind() {
        StreamKind::Intent => intent::carry_out(courier, &sending).await,
        _ => payment::carry_out(courier, &sending).await,
    };
    let (stream, request) = (sending.stream, sending.request());
    match &tried {
        Ok(became) => {
            gate.ended(&sending.seller, row.number);
            meters::ended(became);
            match became {
                Became::Refused { code } => {
                    tracing::warn!(order.stream = %stream, order.request = %request, order.code = %code, "an order was refused");
                }
                Became::Done | Became::Asked | Became::Waiting(_) => {
                    tracing::debug!(order.stream = %stream, order.request = %request, "an order was carried out");
                }
            }
        }
        Err(why) => {
            gate.failed(&sending.seller, row.number, why);
            meters::failed();
            let problem = chain(why);
            tracing::warn!(order.stream = %stream, order.request = %request, error = problem, "an order waits");
        }
    }
    tried
}

impl Became {
    fn of(tried: Result<Self, Why>) -> Self {
        tried.unwrap_or_else(Self::Waiting)
    }
}
