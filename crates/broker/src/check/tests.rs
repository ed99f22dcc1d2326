//! What `doctor` says of brokers that are well, bare, different, closed and strict.

use lapin::options::{QueueDeclareOptions, QueueDeleteOptions};
use lapin::types::{FieldTable, ShortString};

use super::mend::Mender;
use super::{Finding, check};
use crate::address::{Address, Addresses};
use crate::error::{BrokerError, Doing};
use crate::scene::{self, Scene};

fn wrong(findings: Vec<Finding>) -> Vec<(String, String)> {
    let wrong = findings.into_iter().filter(|finding| !finding.ok);
    wrong.map(|finding| (finding.what, finding.mend.expect("each says what mends it"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_was_declared_is_well() {
    let (scene, broker) = Scene::declared(2).await;
    let mut publisher = broker.publisher(1).await.expect("a publisher");
    publisher.publish(scene::messages(1, 0..3)).await.expect("confirmed");
    let findings = check(&scene::address().into(), scene.topology.clone()).await;
    assert_eq!(findings.len(), 10, "{findings:#?}");
    assert_eq!(wrong(findings), []);
    // Looking has taken nothing and left nothing.
    let mut consumer = broker.shard(1, 10).await.expect("a consumer");
    let batch = consumer.batch(3, scene::PATIENCE).await.expect("a batch");
    assert_eq!((batch.messages.len(), batch.redelivered), (3, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bare_broker_is_told_and_left_bare() {
    let scene = Scene::new(1);
    let migrate = format!("conciliar migrate --broker '{}'", scene::address());
    for _ in 0..2 {
        let found = wrong(check(&scene::address().into(), scene.topology.clone()).await);
        let mends: Vec<_> = found.iter().map(|(_, mend)| mend).collect();
        // Two exchanges, three queues, and publishing to an exchange that is not there.
        assert_eq!(mends, vec![&migrate; 6], "{found:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_of_another_type_is_to_be_deleted() {
    let (scene, broker) = Scene::declared(1).await;
    let channel = broker.channel().await.expect("a channel");
    let queue = scene.topology.shard_queue(0);
    let name = ShortString::from(queue.as_str());
    channel.queue_delete(name.clone(), QueueDeleteOptions::default()).await.expect("deleted");
    let declared = channel.queue_declare(name, QueueDeclareOptions::durable(), FieldTable::default()).await;
    declared.expect("a classic queue");
    let found = wrong(check(&scene::address().into(), scene.topology.clone()).await);
    let [(what, mend)] = found.as_slice() else { panic!("{found:#?}") };
    assert!(what.contains("406 PRECONDITION_FAILED - inequivalent arg"), "{what}");
    let address = scene::address();
    let expect = format!(
        "drain it, then rabbitmqctl delete_queue {queue} --vhost {} && conciliar migrate --broker '{address}'",
        address.vhost()
    );
    assert_eq!(mend, &expect);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_port_and_a_wrong_password_are_told() {
    let topology = Scene::new(1).topology.clone();
    let closed = Address::parse("amqp://127.0.0.1:1").expect("an address");
    let [(what, mend)] =
        wrong(check(&closed.into(), topology.clone()).await).try_into().expect("one finding");
    assert!(what.starts_with("could not connect to the broker: "), "{what}");
    assert_eq!(mend, "systemctl start rabbitmq-server on 127.0.0.1, or check the address");

    let mut url = url::Url::parse(&scene::url()).expect("a URL");
    url.set_password(Some("wrong")).expect("a password");
    let stranger = Address::parse(url.as_str()).expect("an address");
    let [(what, mend)] =
        wrong(check(&stranger.clone().into(), topology).await).try_into().expect("one finding");
    assert!(what.contains("403 ACCESS_REFUSED"), "{what}");
    assert!(mend.starts_with(&format!("rabbitmqctl change_password {} PASSWORD", stranger.user())), "{mend}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_node_of_a_cluster_is_asked_and_named() {
    let (scene, _broker) = Scene::declared(1).await;
    let nodes = format!("{},amqp://127.0.0.1:1", scene::url());
    let findings = check(&Addresses::parse(&nodes).expect("addresses"), scene.topology.clone()).await;
    assert_eq!(findings.len(), 10, "{findings:#?}");
    let [(what, _)] = wrong(findings).try_into().expect("one node is away");
    assert!(what.starts_with("127.0.0.1:1: could not connect to the broker: "), "{what}");
}

#[test]
fn permissions_are_asked_for_by_name() {
    let address = Address::parse("amqps://the shop:x@mq.example/a%20b").expect("an address");
    let refused = BrokerError::Answered { doing: Doing::Publish, code: 403, text: String::new() };
    let mend = Mender::new(&address, "x.").queue("x.parked", &refused).expect("a command");
    assert_eq!(
        mend,
        r"rabbitmqctl set_permissions -p 'a b' 'the shop' '^x\.(observations|notifications|dead|parked)' '^(amq\.default$|x\.(observations|notifications|dead|parked))' '^x\.(observations|notifications|dead|parked)'"
    );
}
