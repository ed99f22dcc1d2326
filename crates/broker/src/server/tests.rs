//! Who answers, and who does not speak AMQP.

use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use super::{Server, ask};
use crate::address::Address;
use crate::scene;
use crate::topology::Redelivery;

#[tokio::test(flavor = "multi_thread")]
async fn the_test_broker_says_who_it_is() {
    let server = ask(&scene::address()).await.expect("an answer");
    assert_eq!(server.product, "RabbitMQ");
    assert!(server.release() >= (3, 10), "{server:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_server_is_no_broker() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.expect("sent");
    });
    let address = Address::parse(&format!("amqp://127.0.0.1:{port}")).expect("an address");
    let error = ask(&address).await.expect_err("not AMQP");
    assert!(!error.is_transient(), "{error:?}");
}

#[test]
fn versions_are_compared_by_number() {
    let server = |version: &str| Server { product: String::new(), version: version.to_owned() };
    assert_eq!(server("3.10.8").release(), (3, 10));
    assert_eq!(server("4.1.0-beta.2").release(), (4, 1));
    assert_eq!(server("unknown").release(), (0, 0));
    assert_eq!(server("3.13.7").redelivery(), Redelivery::Unlimited);
    assert_eq!(server("4.0.1").redelivery(), Redelivery::Limited);
}
