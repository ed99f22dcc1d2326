//! One description: the file, the declaration and the broker say the same.

use lapin::options::QueueDeclareOptions;
use lapin::types::{AMQPValue, FieldTable, LongString, ShortString};
use serde_json::Value;

use super::{Argument, Queue, Redelivery, Topology};
use crate::connection::Broker;
use crate::scene::Scene;

#[test]
fn the_file_is_what_is_declared() {
    let file: Value =
        serde_json::from_str(include_str!("../../../../config/rabbitmq.json")).expect("the file is JSON");
    assert_eq!(file, Topology::default().definitions());
}

#[test]
fn only_rabbitmq_4_is_told_to_redeliver_for_ever() {
    let limit = |redelivery, queue: &str| {
        let queues = Topology::default().queues(redelivery);
        let found = queues.iter().find(|q| q.name == queue).expect("declared");
        found.arguments.iter().find(|(name, _)| *name == "x-delivery-limit").map(|(_, value)| value.clone())
    };
    assert_eq!(limit(Redelivery::Unlimited, "observations.7"), None);
    assert_eq!(limit(Redelivery::Limited, "observations.7"), Some(Argument::Number(-1)));
    assert_eq!(limit(Redelivery::Limited, "notifications"), Some(Argument::Number(20)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_broker_takes_the_definitions_for_what_was_declared() {
    let (scene, broker) = Scene::declared(2).await;
    let definitions = scene.topology.definitions();
    let queues = definitions["queues"].as_array().expect("queues");
    assert_eq!(queues.len(), 4);
    for queue in queues {
        let name = queue["name"].as_str().expect("a name");
        for passive in [true, false] {
            let code = redeclare(&broker, name, passive, table(&queue["arguments"])).await;
            assert_eq!(code, None, "{name}");
        }
    }
    // The broker does compare: the same without its arguments is refused.
    let without = Queue { name: scene.topology.shard_queue(0), arguments: Vec::new() };
    assert_eq!(refusal_of(&broker, &without).await, Some(406));
}

async fn refusal_of(broker: &Broker, queue: &Queue) -> Option<u16> {
    redeclare(broker, &queue.name, false, queue.table()).await
}

/// The code with which the broker refused.
async fn redeclare(broker: &Broker, name: &str, passive: bool, arguments: FieldTable) -> Option<u16> {
    let channel = broker.channel().await.expect("a channel");
    let options = QueueDeclareOptions { durable: true, passive, ..Default::default() };
    let declared = channel.queue_declare(ShortString::from(name), options, arguments).await;
    declared.err().map(|error| {
        crate::error::BrokerError::new(crate::error::Doing::Connect, error).code().expect("a code")
    })
}

fn table(arguments: &Value) -> FieldTable {
    let mut table = FieldTable::default();
    for (name, value) in arguments.as_object().expect("arguments") {
        let value = match value {
            Value::String(text) => AMQPValue::LongString(LongString::from(text.as_str())),
            Value::Bool(flag) => AMQPValue::Boolean(*flag),
            other => AMQPValue::LongLongInt(other.as_i64().expect("a whole number")),
        };
        table.insert(ShortString::from(name.as_str()), value);
    }
    table
}
