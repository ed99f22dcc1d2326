//! Publishing: every message is confirmed by the broker, or given back.
//!
//! lapin hands a returned message to whichever confirm comes next, and its own waiting loses refusals. So each confirm is
//! kept, only an acknowledgement counts, and a returned message is found by its id and its way.

use std::collections::{HashSet, VecDeque};
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use futures_util::FutureExt;
use lapin::message::BasicReturnMessage;
use lapin::options::BasicPublishOptions;
use lapin::types::ShortString;
use lapin::{BasicProperties, Channel, Confirmation};

use crate::connection::{Broker, answered, close};
use crate::error::{BrokerError, Doing};
use crate::message::Message;

/// Where a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// The queue of a shard.
    Shard(u16),
    /// The queue of notifications.
    Notifications,
}

/// Messages that the broker did not confirm.
#[derive(Debug, thiserror::Error)]
#[error("{} messages are not confirmed", .unconfirmed.len())]
pub struct PublishError {
    /// In their order. Some may have arrived all the same; whoever sends them again sends those twice.
    pub unconfirmed: Vec<(Route, Message)>,
    /// Why; of several reasons one that will not pass.
    pub source: BrokerError,
}

/// Publishes on a channel of its own.
#[derive(Debug)]
pub struct Publisher {
    broker: Broker,
    channel: Channel,
    window: usize,
    /// Confirms of an earlier call may still come and take returned messages of a later one with them.
    is_unsettled: bool,
}

/// What is known of the messages of one call.
struct Account {
    is_acknowledged: Vec<bool>,
    /// Positions of messages that were refused.
    refused: Vec<usize>,
    returned: HashSet<Returned>,
    /// What ended the channel or the connection, or left a confirm out.
    failure: Option<BrokerError>,
}

/// How a returned message is known: its exchange, its routing key, its id.
type Returned = (String, String, String);

/// Resolves with the broker's confirm.
type Confirmed<'a> = Pin<Box<dyn Future<Output = lapin::Result<Confirmation>> + Send + 'a>>;

impl Publisher {
    pub(crate) async fn open(broker: Broker, window: usize) -> Result<Self, BrokerError> {
        let channel = broker.confirming_channel().await?;
        Ok(Self { broker, channel, window: window.max(1), is_unsettled: false })
    }

    /// Publishes in order and returns when every message is in its queue, on disk.
    ///
    /// # Errors
    /// [`PublishError`] holds what is not confirmed. When the future is dropped instead, nothing is known of its messages and
    /// this publisher sends no more: every later call fails as on a lost connection.
    pub async fn publish(&mut self, messages: Vec<(Route, Message)>) -> Result<(), PublishError> {
        let mut account = Account::new(messages.len());
        match self.prepare(&messages) {
            Ok(properties) => self.send(&messages, properties, &mut account).await,
            Err(error) => account.failure = Some(error),
        }
        account.settle(self.broker.topology(), messages)
    }

    /// Ends the channel.
    ///
    /// # Errors
    /// [`BrokerError`]: the broker does not answer.
    pub async fn close(self) -> Result<(), BrokerError> {
        close(&self.channel).await
    }

    /// Finds messages that cannot be sent before any is sent.
    fn prepare(&self, messages: &[(Route, Message)]) -> Result<Vec<BasicProperties>, BrokerError> {
        if self.is_unsettled {
            return Err(BrokerError::Gone { doing: Doing::Publish });
        }
        messages.iter().map(|(_, message)| message.properties()).collect()
    }

    async fn send(
        &mut self,
        messages: &[(Route, Message)],
        properties: Vec<BasicProperties>,
        account: &mut Account,
    ) {
        self.is_unsettled = true;
        let mut under_way = VecDeque::with_capacity(self.window.min(messages.len()));
        for (position, ((route, message), properties)) in messages.iter().zip(properties).enumerate() {
            if under_way.len() == self.window {
                account.next(&mut under_way).await;
            }
            if account.failure.is_some() {
                break;
            }
            let (exchange, key) = self.broker.topology().way(*route);
            let options = BasicPublishOptions { mandatory: true, ..Default::default() };
            let (exchange, key) = (ShortString::from(exchange), ShortString::from(key));
            let sending = self.channel.basic_publish(exchange, key, options, &message.body, properties);
            let mut confirmed: Confirmed<'_> = Box::pin(async move { sending.await?.await });
            // The first poll puts the message into the channel's queue: in order, and without waiting for the socket.
            match poll_fn(|context| Poll::Ready(confirmed.as_mut().poll(context))).await {
                Poll::Pending => under_way.push_back((position, confirmed)),
                Poll::Ready(Ok(confirmation)) => account.note(position, confirmation),
                Poll::Ready(Err(error)) => account.fail(BrokerError::new(Doing::Publish, error)),
            }
        }
        while !under_way.is_empty() {
            account.next(&mut under_way).await;
        }
        self.is_unsettled = account.failure.is_some();
    }
}

impl Account {
    fn new(messages: usize) -> Self {
        Self {
            is_acknowledged: vec![false; messages],
            refused: Vec::new(),
            returned: HashSet::new(),
            failure: None,
        }
    }

    /// Waits for the oldest confirm; after a failure takes only what is there already.
    async fn next(&mut self, under_way: &mut VecDeque<(usize, Confirmed<'_>)>) {
        let Some((position, confirmed)) = under_way.pop_front() else { return };
        let confirmation = if self.failure.is_none() {
            answered(Doing::Publish, confirmed).await
        } else {
            match confirmed.now_or_never() {
                Some(done) => done.map_err(|error| BrokerError::new(Doing::Publish, error)),
                None => return,
            }
        };
        match confirmation {
            Ok(confirmation) => self.note(position, confirmation),
            Err(error) => self.fail(error),
        }
    }

    fn note(&mut self, position: usize, confirmation: Confirmation) {
        if confirmation.is_ack() {
            self.is_acknowledged[position] = true;
        } else {
            self.refused.push(position);
        }
        if let Some(message) = confirmation.take_message() {
            self.returned.insert(returned(&message));
        }
    }

    /// Keeps the first failure, but one that will not pass before one that may.
    fn fail(&mut self, error: BrokerError) {
        if self.failure.as_ref().is_none_or(|known| known.is_transient() && !error.is_transient()) {
            self.failure = Some(error);
        }
    }

    fn settle(
        self,
        topology: &crate::topology::Topology,
        messages: Vec<(Route, Message)>,
    ) -> Result<(), PublishError> {
        let first_refused = self.refused.first().map(|position| topology.way(messages[*position].0).1);
        let (mut unconfirmed, mut unroutable) = (Vec::new(), Vec::new());
        for ((route, message), is_acknowledged) in messages.into_iter().zip(self.is_acknowledged) {
            let (exchange, routing_key) = topology.way(route);
            let name = (exchange, routing_key, message.id.clone());
            let is_returned = self.returned.contains(&name);
            if is_returned {
                unroutable.push(name);
            }
            if is_returned || !is_acknowledged {
                unconfirmed.push((route, message));
            }
        }
        let count = unroutable.len();
        let unroutable = unroutable
            .into_iter()
            .next()
            .map(|(exchange, routing_key, _)| BrokerError::Unroutable { exchange, routing_key, count });
        let count = self.refused.len();
        let refused = first_refused.map(|routing_key| BrokerError::NotTaken { routing_key, count });
        match unroutable.or(self.failure).or(refused) {
            Some(source) => Err(PublishError { unconfirmed, source }),
            None => Ok(()),
        }
    }
}

fn returned(message: &BasicReturnMessage) -> Returned {
    let id = message.properties.message_id().as_ref().map(ToString::to_string).unwrap_or_default();
    (message.exchange.to_string(), message.routing_key.to_string(), id)
}

#[cfg(test)]
mod tests;
