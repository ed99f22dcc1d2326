//! `conciliar simulate` as a person starts it.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Stdio};

use serde::Deserialize;

use crate::bin::Desk;

#[derive(Deserialize)]
struct Told {
    base: String,
    seed: u64,
    sellers: Vec<Seller>,
}

#[derive(Deserialize)]
struct Seller {
    seller: u64,
    site: String,
    token: String,
}

/// The program, ended when the test is.
struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}

#[tokio::test]
async fn it_tells_how_to_sign_in_and_answers_until_it_is_stopped() {
    super::install();
    let desk = Desk::new();
    let args =
        ["simulate", "--listen", "127.0.0.1:0", "--seed", "9", "--seller", "5:MLB", "--format", "json"];
    let mut command = desk.command(&args);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut started = Started(command.spawn().expect("the built binary starts"));
    let mut line = String::new();
    let out = started.0.stdout.take().expect("standard output is piped");
    BufReader::new(out).read_line(&mut line).expect("it tells where it is");
    let told: Told = serde_json::from_str(&line).expect("JSON");
    assert_eq!((told.seed, told.sellers[0].seller, told.sellers[0].site.as_str()), (9, 5, "MLB"));
    let client = reqwest::Client::new();
    let answer = client.get(format!("{}/users/me", told.base)).bearer_auth(&told.sellers[0].token).send();
    let me = answer.await.expect("an answer").text().await.expect("text");
    assert!(me.starts_with(r#"{"id":5,"#), "{me}");
}

#[test]
fn it_serves_this_machine_only_and_signs_with_a_secret_that_is_there() {
    let desk = Desk::new();
    let wrong: [(&[&str], &str); 4] = [
        (&["simulate", "--listen", "0.0.0.0:0"], "is not loopback"),
        (
            &["simulate", "--webhook", "http://127.0.0.1:1/", "--secret-env", "NO_SUCH_NAME"],
            "`NO_SUCH_NAME` is not set",
        ),
        (
            &[
                "simulate",
                "--webhook",
                "http://127.0.0.1:1/",
                "--secret-env",
                "PATH",
                "--report-password-env",
                "NO_SUCH_PASSWORD",
            ],
            "`NO_SUCH_PASSWORD` is not set",
        ),
        (&["simulate", "--seller", "5:MLX"], "`MLX` is none of MLA"),
    ];
    for (args, complaint) in wrong {
        let ran = desk.run(args);
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.err);
        assert!(ran.err.contains(complaint), "{}", ran.err);
    }
}

#[test]
fn its_standard_error_stays_empty_when_nothing_is_wrong() {
    let desk = Desk::new();
    let mut command = desk.command(&["--at", "2026-10-01", "simulate", "--listen", "127.0.0.1:0"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut started = Started(command.spawn().expect("the built binary starts"));
    let mut out = BufReader::new(started.0.stdout.take().expect("standard output is piped"));
    let mut line = String::new();
    out.read_line(&mut line).expect("it tells where it is");
    assert!(line.starts_with("serving on http://127.0.0.1:"), "{line}");
    started.0.kill().expect("it still runs");
    let mut err = String::new();
    let mut errors = started.0.stderr.take().expect("standard error is piped");
    errors.read_to_string(&mut err).expect("text");
    assert_eq!(err, "");
}
