//! The exchanges and queues, described once: declared from here, and written as RabbitMQ definitions from here.
//!
//! ```text
//! {prefix}observations (direct) --K--> {prefix}observations.K     one queue a shard, one active consumer each
//! default exchange -------------------> {prefix}notifications     competing consumers
//! what the broker gives up -----------> {prefix}dead (fanout) --> {prefix}parked
//! ```
//! Every queue is a quorum queue: replicated where there is a cluster, and never lost with one node.

use lapin::ExchangeKind;
use lapin::types::{AMQPValue, FieldTable, LongString, ShortString};
use serde_json::{Value, json};

use crate::publisher::Route;

/// The names and the number of shards of one installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topology {
    /// Stands before every name; empty by default. Lets installations share a virtual host.
    pub prefix: String,
    /// Number of shard queues. To change it, drain them first: a stream's shard depends on it.
    pub shards: u16,
}

/// How a server counts deliveries of a queue that says nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Redelivery {
    /// RabbitMQ 3: for ever, and a negative limit would be read as 0.
    Unlimited,
    /// RabbitMQ 4: 20 times, and -1 means for ever.
    Limited,
}

/// A queue as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Queue {
    pub name: String,
    pub arguments: Vec<(&'static str, Argument)>,
}

/// An exchange as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exchange {
    pub name: String,
    pub kind: Kind,
}

/// How an exchange chooses queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// By the routing key.
    Direct,
    /// All that are bound.
    Fanout,
}

/// A way from an exchange to a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Binding {
    pub exchange: String,
    pub queue: String,
    pub routing_key: String,
}

/// A value of a queue's argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Argument {
    Text(String),
    Flag(bool),
    Number(i32),
}

/// What a notification may be delivered before it is parked. It only points at a resource, so that a parked one costs a
/// fetch; one that kills its consumer each time would keep all of them from the queue.
const NOTIFICATION_LIMIT: i32 = 20;

impl Default for Topology {
    fn default() -> Self {
        Self { prefix: String::new(), shards: 8 }
    }
}

impl Topology {
    /// The queue of a shard.
    pub fn shard_queue(&self, shard: u16) -> String {
        format!("{}observations.{shard}", self.prefix)
    }

    /// The queue of notifications, which name what changed and not how.
    pub fn notifications_queue(&self) -> String {
        format!("{}notifications", self.prefix)
    }

    /// The queue of what the broker itself gave up.
    pub fn parked_queue(&self) -> String {
        format!("{}parked", self.prefix)
    }

    /// The exchange that takes deliveries by shard.
    pub(crate) fn observations_exchange(&self) -> String {
        format!("{}observations", self.prefix)
    }

    fn dead_exchange(&self) -> String {
        format!("{}dead", self.prefix)
    }

    /// The exchange and the routing key that lead there.
    pub(crate) fn way(&self, route: Route) -> (String, String) {
        match route {
            Route::Shard(shard) => (self.observations_exchange(), shard.to_string()),
            Route::Notifications => (String::new(), self.notifications_queue()),
        }
    }

    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        vec![
            Exchange { name: self.observations_exchange(), kind: Kind::Direct },
            Exchange { name: self.dead_exchange(), kind: Kind::Fanout },
        ]
    }

    pub(crate) fn queues(&self, redelivery: Redelivery) -> Vec<Queue> {
        let mut queues: Vec<_> = (0..self.shards).map(|shard| self.shard(shard, redelivery)).collect();
        queues.push(self.notifications());
        queues.push(Queue { name: self.parked_queue(), arguments: vec![quorum()] });
        for queue in &mut queues {
            queue.arguments.sort_by_key(|(name, _)| *name);
        }
        queues
    }

    /// A killed consumer counts as a delivery, so that a limit would park healthy deliveries of a worker that is restarted
    /// often. What no consumer survives is found by the worker, which gives it its verdict.
    fn shard(&self, shard: u16, redelivery: Redelivery) -> Queue {
        let mut arguments = vec![quorum(), ("x-single-active-consumer", Argument::Flag(true))];
        if redelivery == Redelivery::Limited {
            arguments.push(("x-delivery-limit", Argument::Number(-1)));
        }
        arguments.extend(self.dead_letters());
        Queue { name: self.shard_queue(shard), arguments }
    }

    fn notifications(&self) -> Queue {
        let mut arguments = vec![quorum(), ("x-delivery-limit", Argument::Number(NOTIFICATION_LIMIT))];
        arguments.extend(self.dead_letters());
        Queue { name: self.notifications_queue(), arguments }
    }

    /// Dead letters leave their queue only when `parked` has confirmed them, which asks for `reject-publish`.
    fn dead_letters(&self) -> [(&'static str, Argument); 3] {
        [
            ("x-dead-letter-exchange", Argument::Text(self.dead_exchange())),
            ("x-dead-letter-strategy", Argument::Text("at-least-once".to_owned())),
            ("x-overflow", Argument::Text("reject-publish".to_owned())),
        ]
    }

    pub(crate) fn bindings(&self) -> Vec<Binding> {
        let shard = |shard: u16| Binding {
            exchange: self.observations_exchange(),
            queue: self.shard_queue(shard),
            routing_key: shard.to_string(),
        };
        let mut bindings: Vec<_> = (0..self.shards).map(shard).collect();
        bindings.push(Binding {
            exchange: self.dead_exchange(),
            queue: self.parked_queue(),
            routing_key: String::new(),
        });
        bindings
    }

    /// The same as `rabbitmqctl import_definitions` takes it, in virtual host `/` of RabbitMQ 3.10 to 3.13. RabbitMQ 4 needs
    /// `x-delivery-limit` -1 on the shard queues beside: there, let [`crate::connection::Broker::declare`] declare them.
    pub fn definitions(&self) -> Value {
        let exchanges = self.exchanges().into_iter().map(|exchange| {
            json!({
                "name": exchange.name, "vhost": "/", "type": exchange.kind.name(),
                "durable": true, "auto_delete": false, "internal": false, "arguments": {},
            })
        });
        let queues = self.queues(Redelivery::Unlimited).into_iter().map(|queue| {
            let arguments = queue.arguments.into_iter().map(|(name, value)| (name.to_owned(), value.json()));
            let arguments = Value::Object(arguments.collect());
            json!({
                "name": queue.name, "vhost": "/", "durable": true, "auto_delete": false, "arguments": arguments,
            })
        });
        let bindings = self.bindings().into_iter().map(|binding| {
            json!({
                "source": binding.exchange, "vhost": "/", "destination": binding.queue,
                "destination_type": "queue", "routing_key": binding.routing_key, "arguments": {},
            })
        });
        json!({
            "exchanges": exchanges.collect::<Vec<_>>(),
            "queues": queues.collect::<Vec<_>>(),
            "bindings": bindings.collect::<Vec<_>>(),
        })
    }
}

impl Queue {
    /// The arguments for lapin.
    pub(crate) fn table(&self) -> FieldTable {
        let mut table = FieldTable::default();
        for (name, value) in &self.arguments {
            table.insert(ShortString::from(*name), value.amqp());
        }
        table
    }
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Fanout => "fanout",
        }
    }

    /// The kind for lapin.
    pub(crate) fn amqp(self) -> ExchangeKind {
        match self {
            Self::Direct => ExchangeKind::Direct,
            Self::Fanout => ExchangeKind::Fanout,
        }
    }
}

impl Argument {
    fn json(self) -> Value {
        match self {
            Self::Text(text) => json!(text),
            Self::Flag(flag) => json!(flag),
            Self::Number(number) => json!(number),
        }
    }

    fn amqp(&self) -> AMQPValue {
        match self {
            Self::Text(text) => AMQPValue::LongString(LongString::from(text.as_str())),
            Self::Flag(flag) => AMQPValue::Boolean(*flag),
            Self::Number(number) => AMQPValue::LongInt(*number),
        }
    }
}

fn quorum() -> (&'static str, Argument) {
    ("x-queue-type", Argument::Text("quorum".to_owned()))
}

#[cfg(test)]
mod tests;
