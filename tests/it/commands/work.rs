//! A worker that is told to stop, whatever it waits for.

use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::bin::Desk;

/// Longer than a stop may take; far less than a database is waited for.
const DEADLINE: Duration = Duration::from_secs(10);
/// Between two looks at something that is waited for.
const LOOK: Duration = Duration::from_millis(20);

#[test]
fn a_worker_whose_database_does_not_answer_hears_that_it_shall_stop() {
    let desk = Desk::new();
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = silent.local_addr().expect("it is bound").port();
    let db = format!("postgres://clerk:SECRET@127.0.0.1:{port}/books");
    let args = ["--db", &db, "work", "--broker", "amqp://clerk:SECRET@127.0.0.1:1"];
    let mut command = desk.command(&args);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut worker = command.spawn().expect("the built binary starts");
    // Accepted, and never answered.
    let _held = silent.accept().expect("the worker asks the database");
    let told = Command::new("kill").args(["-TERM", &worker.id().to_string()]).status();
    assert!(told.expect("kill runs").success());
    let deadline = Instant::now() + DEADLINE;
    while worker.try_wait().expect("a child can be asked").is_none() {
        if Instant::now() >= deadline {
            worker.kill().expect("it is ours");
            panic!("the worker does not hear the signal");
        }
        std::thread::sleep(LOOK);
    }
    let ended = worker.wait_with_output().expect("it has ended");
    let err = String::from_utf8(ended.stderr).expect("the program prints UTF-8");
    assert_eq!(ended.status.code(), Some(0), "{err}");
    assert!(err.ends_with("stopped before the store was open; nothing was begun\n"), "{err}");
    assert!(!err.contains("SECRET"), "{err}");
}
