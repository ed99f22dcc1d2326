//! Which answers pass and which stay.

use std::io;
use std::sync::Arc;

use super::{BrokerError, Doing};

fn answered(doing: Doing, code: u16) -> BrokerError {
    BrokerError::Answered { doing, code, text: "WORDS".to_owned() }
}

#[test]
fn codes_are_told_apart() {
    let queue = || "q".to_owned();
    let table = [
        (Doing::Connect, 320, true),
        (Doing::Connect, 403, false),
        (Doing::Connect, 530, false),
        (Doing::Connect, 541, true),
        (Doing::Declare(queue()), 404, false),
        (Doing::Declare(queue()), 406, false),
        (Doing::Publish, 406, false),
        (Doing::Publish, 320, true),
        (Doing::Consume(queue()), 406, true),
        (Doing::Acknowledge, 406, true),
        (Doing::Consume(queue()), 540, false),
        (Doing::Publish, 504, true),
    ];
    for (doing, code, expect) in table {
        let error = answered(doing, code);
        assert_eq!(error.is_transient(), expect, "{error}");
    }
}

#[test]
fn a_certificate_that_is_not_trusted_stays_so() {
    let failed = |kind: io::ErrorKind| BrokerError::Io {
        doing: Doing::Connect,
        source: Arc::new(io::Error::from(kind)),
    };
    assert!(!failed(io::ErrorKind::InvalidData).is_transient());
    assert!(failed(io::ErrorKind::ConnectionRefused).is_transient());
    assert!(failed(io::ErrorKind::UnexpectedEof).is_transient());
}

#[test]
fn an_error_says_what_was_being_done() {
    let error = answered(Doing::Declare("observations.3".to_owned()), 406);
    assert_eq!(error.to_string(), "could not declare `observations.3`: the broker answered 406 WORDS");
}
