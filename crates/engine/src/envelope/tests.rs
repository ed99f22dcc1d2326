//! Every delivery comes out as it went in, and nothing that comes in is dropped.

use proptest::prelude::*;

use super::*;
use crate::look::{Looked, look};
use crate::samples::{at, config, payment};
use store::inbox::Verdict;

const LATER: &str = "2026-11-02T00:00:00Z";

fn there_and_back(item: &Item) -> Item {
    let message = pack(item);
    assert!(message.id.len() <= MOST_ID_BYTES, "an id is a short string");
    unpack(message, at(LATER))
}

fn same(item: &Item) {
    assert_eq!(format!("{:?}", there_and_back(item)), format!("{item:?}"));
}

#[test]
fn every_kind_of_delivery_comes_out_as_it_went_in() {
    let channels = [Channel::Webhook, Channel::Ipn, Channel::Poll, Channel::Response, Channel::Import];
    let too_large =
        Body::TooLarge { sha256: hex(&Sha256::digest(b"large")).into(), offset: 7, length: u64::MAX >> 1 };
    let bodies = [Body::whole(vec![]), Body::whole(vec![0, 255, b'\n']), too_large];
    for kind in KINDS {
        for channel in channels {
            for body in &bodies {
                for verified in [true, false] {
                    let mut item = Item { kind, channel, verified, body: body.clone(), ..payment(1, "1.00") };
                    same(&item);
                    item.problem = Some("in.ndjson:3: ¿qué?".to_owned());
                    item.caused_by = Some(InboxKey("notification-1".into()));
                    (item.seller, item.site, item.topic) = (None, None, Text::default());
                    same(&item);
                }
            }
        }
    }
}

#[test]
fn a_received_instant_keeps_all_its_digits() {
    let mut item = payment(1, "1.00");
    item.received_at = at("2026-03-02T14:00:01.123456789Z");
    assert_eq!(there_and_back(&item).received_at, item.received_at);
}

#[test]
fn keys_and_headers_that_the_broker_would_refuse_travel_another_way() {
    let mut item = payment(1, "1.00");
    item.key = InboxKey("k".repeat(300).into());
    same(&item);
    item.topic = "t".repeat(MOST_HEADER_BYTES).into();
    let message = pack(&item);
    assert_eq!(message.headers.len(), 1, "the headers are in the body");
    same(&item);
}

proptest! {
    #[test]
    fn any_text_comes_out_as_it_went_in(key in ".{1,300}", topic in ".*", problem in ".*", body: Vec<u8>) {
        let mut item = payment(1, "1.00");
        item.key = InboxKey(key.into());
        item.topic = topic.into();
        item.problem = Some(problem);
        item.body = Body::whole(body);
        same(&item);
    }
}

fn is_foreign(message: Message) -> Item {
    let body = message.body.clone();
    let item = unpack(message, at(LATER));
    assert_eq!((item.kind, item.bytes()), (Kind::Broken(Broken::Envelope), &*body), "the body is kept");
    assert!(!item.verified, "a stranger's word is not believed");
    let Looked::Settled { verdict: Verdict::Undecodable { reason, detail }, .. } =
        look(&item, &config().sellers)
    else {
        panic!("it is undecodable")
    };
    assert_eq!(&*reason, "bad_envelope");
    assert!(detail.starts_with("the message was not published by conciliar: "), "{detail}");
    item
}

#[test]
fn a_message_that_is_no_envelope_is_kept_as_broken() {
    let whole = pack(&payment(1, "1.00"));
    is_foreign(Message { id: String::new(), headers: Headers::new(), body: b"hello".to_vec() });
    is_foreign(Message { id: String::new(), ..whole.clone() });
    for name in ["envelope", "kind", "topic", "channel", "origin", "received_at", "verified"] {
        let mut message = whole.clone();
        message.headers.remove(name).expect("every envelope has it");
        is_foreign(message);
    }
    for name in ["envelope", "kind", "channel", "received_at", "verified", "body_sha256"] {
        let mut message = whole.clone();
        message.headers.insert(name.to_owned(), "odd".to_owned());
        is_foreign(message);
    }
    let wide = Headers::from([(ENVELOPE.to_owned(), WIDE.to_owned())]);
    is_foreign(Message { id: "1".to_owned(), headers: wide.clone(), body: b"no line end".to_vec() });
    is_foreign(Message { id: "1".to_owned(), headers: wide, body: b"[]\n".to_vec() });
}

#[test]
fn a_foreign_message_has_the_same_key_each_time_it_comes() {
    let headers = Headers::from([("theirs".to_owned(), "1".to_owned())]);
    let mut message = Message { id: "1".to_owned(), headers, body: b"hello".to_vec() };
    let first = is_foreign(message.clone()).key;
    message.headers.insert("x-first-death-queue".to_owned(), "q".to_owned());
    assert_eq!(is_foreign(message.clone()).key, first, "what the broker adds is not theirs");
    message.headers.insert("theirs".to_owned(), "2".to_owned());
    assert_ne!(is_foreign(message).key, first);
}
