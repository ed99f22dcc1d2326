//! Consuming: in batches, each acknowledged as a whole, or one message at a time.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::StreamExt;
use lapin::message::Delivery;
use lapin::options::BasicAckOptions;
use lapin::{Acker, Channel};
use tokio::time::{Instant, timeout_at};

use crate::connection::{answered, close};
use crate::error::{BrokerError, Doing};
use crate::message::Message;

/// Takes from one queue on a channel of its own. Dropped, it gives back what is not acknowledged, as [`Consumer::close`] does.
#[derive(Debug)]
pub struct Consumer {
    deliveries: lapin::Consumer,
    channel: Channel,
    queue: String,
    prefetch: u16,
    /// Taken from the channel and not yet in a batch, so that a dropped [`Consumer::batch`] loses nothing.
    buffer: VecDeque<Delivery>,
}

/// Messages in the order of their queue; at least one.
#[derive(Debug)]
pub struct Batch {
    /// What was taken.
    pub messages: Vec<Message>,
    /// How many of them were delivered before, to whomever.
    pub redelivered: usize,
    last: Acker,
}

/// One message, and the right to acknowledge it.
#[derive(Debug)]
pub struct Taken {
    /// What was taken.
    pub message: Message,
    /// Whether it was delivered before, to whomever.
    pub is_redelivered: bool,
    /// To be used once what the message asks for is done.
    pub receipt: Receipt,
}

/// The right to acknowledge one message, whatever became of those before it. Dropped, the message comes again once its
/// consumer is closed.
#[derive(Debug)]
pub struct Receipt(Acker);

impl Receipt {
    /// Acknowledges the message.
    ///
    /// # Errors
    /// As [`Consumer::ack`].
    pub async fn ack(self) -> Result<(), BrokerError> {
        acknowledge(&self.0, false).await
    }
}

impl Consumer {
    pub(crate) fn new(channel: Channel, deliveries: lapin::Consumer, queue: String, prefetch: u16) -> Self {
        Self { deliveries, channel, queue, prefetch, buffer: VecDeque::new() }
    }

    /// Waits for a first message, however long, and then for others until there are `most` or `wait` is over.
    ///
    /// May be dropped at any await: what it has taken comes with the next call. A batch never holds more than the prefetch,
    /// because the broker sends no more.
    ///
    /// # Errors
    /// [`BrokerError`], always transient or final for this consumer: close it.
    pub async fn batch(&mut self, most: usize, wait: Duration) -> Result<Batch, BrokerError> {
        let most = match usize::from(self.prefetch) {
            0 => most.max(1),
            prefetch => most.clamp(1, prefetch),
        };
        while self.buffer.is_empty() {
            self.take().await?;
        }
        let deadline = Instant::now() + wait;
        while self.buffer.len() < most {
            match timeout_at(deadline, self.take()).await {
                Ok(taken) => taken?,
                Err(_) => break,
            }
        }
        Ok(self.cut(most))
    }

    /// Acknowledges a batch, and with it every batch before it on this consumer.
    ///
    /// # Errors
    /// [`BrokerError::AckLost`] when the channel is closed: the messages come again, here or elsewhere.
    pub async fn ack(&mut self, batch: &Batch) -> Result<(), BrokerError> {
        acknowledge(&batch.last, true).await
    }

    /// Waits for one message, however long, which is acknowledged by itself. Not to be mixed with [`Consumer::ack`], which
    /// acknowledges all before a batch. May be dropped at any await.
    ///
    /// # Errors
    /// As [`Consumer::batch`].
    pub async fn one(&mut self) -> Result<Taken, BrokerError> {
        loop {
            if let Some(delivery) = self.buffer.pop_front() {
                let (receipt, is_redelivered) = (Receipt(delivery.acker.clone()), delivery.redelivered);
                return Ok(Taken { message: Message::taken(delivery), is_redelivered, receipt });
            }
            self.take().await?;
        }
    }

    /// Ends the channel: what is not acknowledged goes back to the front of the queue, in order.
    ///
    /// # Errors
    /// [`BrokerError`]: the broker does not answer, and gives the messages back once it misses the connection.
    pub async fn close(self) -> Result<(), BrokerError> {
        close(&self.channel).await
    }

    /// Moves one delivery into the buffer; the only await holds nothing.
    async fn take(&mut self) -> Result<(), BrokerError> {
        match self.deliveries.next().await {
            Some(Ok(delivery)) => {
                self.buffer.push_back(delivery);
                Ok(())
            }
            Some(Err(error)) => Err(BrokerError::new(Doing::Consume(self.queue.clone()), error)),
            None => Err(BrokerError::Cancelled { queue: self.queue.clone() }),
        }
    }

    fn cut(&mut self, most: usize) -> Batch {
        let deliveries: Vec<_> = self.buffer.drain(..most.min(self.buffer.len())).collect();
        let last = deliveries.last().expect("batch waits for a first message").acker.clone();
        let redelivered = deliveries.iter().filter(|delivery| delivery.redelivered).count();
        Batch { messages: deliveries.into_iter().map(Message::taken).collect(), redelivered, last }
    }
}

async fn acknowledge(acker: &Acker, multiple: bool) -> Result<(), BrokerError> {
    // lapin answers `false` for a closed channel.
    let acknowledging = acker.ack(BasicAckOptions { multiple });
    if answered(Doing::Acknowledge, acknowledging).await? { Ok(()) } else { Err(BrokerError::AckLost) }
}

#[cfg(test)]
mod tests;
