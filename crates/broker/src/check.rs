//! What `doctor` asks of a broker. Looks and creates nothing; each finding names the command that mends it.
//!
//! Not looked at: bindings, which AMQP cannot show. A missing one makes messages unroutable, and declaring sets it again.

use std::error::Error;

use lapin::options::{
    BasicConsumeOptions, BasicPublishOptions, BasicQosOptions, ExchangeDeclareOptions, QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable, LongString, ShortString};
use lapin::{BasicProperties, Channel};

use crate::address::{Address, Addresses};
use crate::connection::{Broker, answered};
use crate::error::{BrokerError, Doing};
use crate::server::{self, Server};
use crate::topology::{Exchange, Queue, Topology};

mod mend;

use mend::Mender;

/// Dead letters that are confirmed came with this version.
const OLDEST: (u32, u32) = (3, 10);
const ACCESS_REFUSED: u16 = 403;
const NOT_FOUND: u16 = 404;
const PRECONDITION_FAILED: u16 = 406;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether it is as it must be.
    pub ok: bool,
    /// What was looked at, and what is wrong with it.
    pub what: String,
    /// The command that mends it.
    pub mend: Option<String>,
}

/// Looks at version, exchanges, queues and permissions. Of several nodes each is asked, and named in its findings.
pub async fn check(addresses: &Addresses, topology: Topology) -> Vec<Finding> {
    let is_cluster = addresses.iter().len() > 1;
    let mut findings = Vec::new();
    for address in addresses {
        let mut told = check_node(address, &topology).await;
        for finding in told.iter_mut().filter(|_| is_cluster) {
            finding.what = format!("{}: {}", address.authority(), finding.what);
        }
        findings.append(&mut told);
    }
    findings
}

async fn check_node(address: &Address, topology: &Topology) -> Vec<Finding> {
    let mender = Mender::new(address, &topology.prefix);
    let server = match server::ask(address).await {
        Ok(server) => server,
        Err(error) => return vec![wrong(told(&error), mender.reach(&error))],
    };
    let mut findings = vec![version(&server)];
    let broker = match Broker::connect(address, topology.clone(), "conciliar doctor").await {
        Ok(broker) => broker,
        Err(error) => {
            findings.push(wrong(told(&error), mender.reach(&error)));
            return findings;
        }
    };
    findings.push(good(format!("{address} is reachable")));
    for exchange in topology.exchanges() {
        let seen = see_exchange(&broker, &exchange).await;
        findings.push(finding(format!("exchange `{}`", exchange.name), seen, |e| {
            mender.exchange(&exchange.name, e)
        }));
    }
    for queue in topology.queues(server.redelivery()) {
        let seen = see_queue(&broker, &queue).await;
        findings.push(finding(format!("queue `{}`", queue.name), seen, |e| mender.queue(&queue.name, e)));
    }
    for exchange in [topology.observations_exchange(), String::new()] {
        let may = may_write(&broker, &exchange).await;
        // As RabbitMQ calls the default exchange where it speaks of permissions.
        let name = if exchange.is_empty() { "amq.default" } else { &exchange };
        findings.push(finding(format!("writing to exchange `{name}`"), may, |e| mender.exchange(name, e)));
    }
    if let Err(error) = broker.close().await {
        findings.push(wrong(told(&error), mender.reach(&error)));
    }
    findings
}

fn version(server: &Server) -> Finding {
    let what = format!("{} {}", server.product, server.version);
    if server.product != "RabbitMQ" {
        return wrong(format!("the broker is {what}"), Some("use RabbitMQ 3.10 or newer".to_owned()));
    }
    if server.release() < OLDEST {
        let mend = "install RabbitMQ 3.10 or newer: apt-get install rabbitmq-server";
        return wrong(format!("{what} is too old, 3.10 is the oldest"), Some(mend.to_owned()));
    }
    good(what)
}

/// Passively first, so that nothing is created; then as it should be, which a broker refuses where it differs.
async fn see_exchange(broker: &Broker, exchange: &Exchange) -> Result<(), BrokerError> {
    let look = async |passive: bool| {
        let channel = broker.channel().await?;
        let name = ShortString::from(exchange.name.as_str());
        let options = ExchangeDeclareOptions { durable: true, passive, ..Default::default() };
        let declaring = channel.exchange_declare(name, exchange.kind.amqp(), options, FieldTable::default());
        answered(Doing::Declare(exchange.name.clone()), declaring).await
    };
    look(true).await?;
    look(false).await
}

async fn see_queue(broker: &Broker, queue: &Queue) -> Result<(), BrokerError> {
    let look = async |passive: bool| {
        let channel = broker.channel().await?;
        let name = ShortString::from(queue.name.as_str());
        let options = QueueDeclareOptions { durable: true, passive, ..Default::default() };
        let declaring = channel.queue_declare(name, options, queue.table());
        answered(Doing::Declare(queue.name.clone()), declaring).await.map(|_| ())
    };
    look(true).await?;
    look(false).await?;
    may_read(&broker.channel().await?, queue).await
}

/// Asks to consume with a priority that is no number: the broker looks at the permission first and then refuses the
/// priority, so that a user who may read takes nothing.
async fn may_read(channel: &Channel, queue: &Queue) -> Result<(), BrokerError> {
    answered(Doing::OpenChannel, channel.basic_qos(1, BasicQosOptions { global: false })).await?;
    let mut arguments = FieldTable::default();
    arguments.insert(ShortString::from("x-priority"), AMQPValue::LongString(LongString::from("none")));
    let consuming = channel.basic_consume(
        ShortString::from(queue.name.as_str()),
        ShortString::default(),
        BasicConsumeOptions::default(),
        arguments,
    );
    match answered(Doing::Consume(queue.name.clone()), consuming).await {
        Err(error) if error.code() == Some(PRECONDITION_FAILED) => Ok(()),
        other => other.map(|_| ()),
    }
}

/// Publishes under a routing key that no queue is bound for: the message comes back, unless the user may not write.
async fn may_write(broker: &Broker, exchange: &str) -> Result<(), BrokerError> {
    let channel = broker.confirming_channel().await?;
    let key = format!("{}no-queue-is-bound-for-this", broker.topology().prefix);
    let publishing = channel.basic_publish(
        ShortString::from(exchange),
        ShortString::from(key),
        BasicPublishOptions { mandatory: true, ..Default::default() },
        &[],
        BasicProperties::default(),
    );
    let confirm = answered(Doing::Publish, publishing).await?;
    answered(Doing::Publish, confirm).await.map(|_| ())
}

fn finding(
    what: String,
    seen: Result<(), BrokerError>,
    mend: impl Fn(&BrokerError) -> Option<String>,
) -> Finding {
    match seen {
        Ok(()) => good(what),
        Err(error) => wrong(format!("{what}: {}", told(&error)), mend(&error)),
    }
}

fn good(what: String) -> Finding {
    Finding { ok: true, what, mend: None }
}

fn wrong(what: String, mend: Option<String>) -> Finding {
    Finding { ok: false, what, mend }
}

/// The error with its causes.
fn told(error: &BrokerError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests;
