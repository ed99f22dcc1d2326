//! The servers do what the fault tests rely on. Each test has servers of its own.

use std::process::{Command, Stdio};

use super::postgres::Postgres;
use super::rabbit::{Cluster, Rabbit};

/// Runs a statement and returns what it printed.
fn ask(postgres: &Postgres, statement: &str) -> String {
    postgres.ask(statement).expect("PostgreSQL answers")
}

#[test]
fn a_killed_postgres_keeps_what_was_committed() {
    let mut postgres = Postgres::start().expect("PostgreSQL starts");
    ask(&postgres, "create table kept (n int); insert into kept values (7)");
    postgres.kill().expect("it can be killed");
    assert!(postgres.ask("select 1").is_err(), "nobody answers");
    postgres.start_again().expect("it starts again");
    assert_eq!(ask(&postgres, "select n from kept"), "7");
    let settings = "select current_setting('fsync'), current_setting('synchronous_commit')";
    assert_eq!(ask(&postgres, settings), "on|on");
}

#[test]
fn two_postgres_do_not_know_each_other() {
    let (one, two) = (Postgres::start().expect("one starts"), Postgres::start().expect("another starts"));
    ask(&one, "create table mine (n int)");
    assert_eq!(ask(&two, "select count(*) from pg_tables where tablename = 'mine'"), "0");
}

#[test]
fn nothing_is_left_of_a_dropped_postgres() {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    let folder = ask(&postgres, "select current_setting('data_directory')");
    let address = address(&postgres.url());
    drop(postgres);
    assert!(!std::path::Path::new(&folder).exists(), "{folder} is removed");
    assert!(std::net::TcpStream::connect(address).is_err(), "nobody answers");
}

#[test]
fn a_stopped_or_killed_rabbit_keeps_its_durable_queues() {
    let mut rabbit = Rabbit::start().expect("RabbitMQ starts");
    let declare = "rabbit_amqqueue:declare(rabbit_misc:r(<<\"/\">>, queue, <<\"kept\">>), true, false, [], none, <<\"test\">>), ok.";
    assert_eq!(rabbit.ctl(&["eval", declare]).expect("a queue is declared").trim(), "ok");
    for end in [Rabbit::stop, Rabbit::kill] {
        end(&mut rabbit).expect("it ends");
        assert!(std::net::TcpStream::connect(address(&rabbit.url())).is_err(), "nobody answers");
        rabbit.start_again().expect("it starts again");
        let queues = rabbit.ctl(&["list_queues", "--no-table-headers", "name"]).expect("queues are listed");
        assert_eq!(queues.trim(), "kept");
    }
}

#[test]
fn three_nodes_are_one_cluster() {
    let cluster = Cluster::start(3).expect("a cluster starts");
    let status = cluster.nodes[2].ctl(&["eval", "length(rabbit_nodes:all_running())."]);
    assert_eq!(status.expect("the cluster tells").trim(), "3");
}

#[test]
fn the_certificate_of_a_rabbit_is_signed_by_its_authority() {
    let rabbit = Rabbit::start_with_tls().expect("RabbitMQ starts");
    let tls = rabbit.tls().expect("it speaks TLS");
    let mut client = Command::new("openssl");
    client.args(["s_client", "-brief", "-verify_return_error", "-verify_hostname", "localhost"]);
    client.args(["-connect", &address(&tls.url())]).arg("-CAfile").arg(tls.authority());
    let ran = client.stdin(Stdio::null()).output().expect("openssl starts");
    let told = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success() && told.contains("Verification: OK"), "{told}");
}

/// Host and port of a URL.
fn address(url: &str) -> String {
    let (_, rest) = url.split_once('@').expect("a URL with a user");
    rest.split('/').next().expect("a host").to_owned()
}
