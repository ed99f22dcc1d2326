use domain::ids::{PaymentId, RefundId, SellerId};
use domain::machine::Instant;
use domain::stream::StreamId;

use super::{Broken, Fault, GENESIS, ONLY_SHARD, Verifier, digest};
use crate::bodies::to_hex;
use crate::read::{Head, StoredEvent};

/// Computed outside this program, from the description at [`digest`].
const FIRST: &str = "d316221d758468c9a2763026857d50cb9fcd0a593f6cf4fbea13fe217de5e984";
const SECOND: &str = "81715b7704b1240e7010743ee1cec632df9a78b73337994f2a41bedb2287ccb5";
const FIRST_IN_SHARD_ONE: &str = "99eeab11afb40a63eebc69b3c0c2ca9e398428bb304b925be18a3c9f01d3f097";

fn at_micros(micros: i64) -> Instant {
    Instant::from_timestamp_micros(micros).expect("a date in range")
}

fn first() -> StoredEvent {
    StoredEvent {
        position: 1,
        stream: StreamId::payment(&SellerId::from("446566691"), &PaymentId::from("1")),
        sequence: 1,
        name: "payment.approved".into(),
        version: 1,
        payload: r#"{"gross":"10.10"}"#.to_owned(),
        metadata: "{}".to_owned(),
        occurred_at: at_micros(1_799_996_400_123_456),
        recorded_at: at_micros(1_800_000_005_123_456),
        digest: GENESIS,
    }
}

fn second() -> StoredEvent {
    StoredEvent {
        position: 2,
        stream: StreamId::refund(&SellerId::from("446566691"), &PaymentId::from("1"), &RefundId::from("9")),
        name: "refund.approved".into(),
        version: 2,
        payload: r#"{"ñ":"é"}"#.to_owned(),
        metadata: r#"{"caused_by":"k"}"#.to_owned(),
        occurred_at: at_micros(-1),
        ..first()
    }
}

/// A chain of so many events, and its head.
fn chained(count: u64) -> (Vec<StoredEvent>, Head) {
    let mut previous = GENESIS;
    let events: Vec<_> = (1..=count)
        .map(|position| {
            let mut event = StoredEvent { position, sequence: position, ..first() };
            event.digest = digest(&previous, ONLY_SHARD, &event);
            previous = event.digest;
            event
        })
        .collect();
    let head = Head { position: count, count, digest: previous, recorded_at: None };
    (events, head)
}

fn verify(events: &[StoredEvent], head: &Head) -> Result<(), Broken> {
    let mut verifier = Verifier::new(ONLY_SHARD);
    events.chunks(2).try_for_each(|page| verifier.walk(page))?;
    verifier.finish(head)
}

#[test]
fn digests_are_the_published_ones() {
    let one = digest(&GENESIS, ONLY_SHARD, &first());
    assert_eq!(to_hex(&one), FIRST);
    assert_eq!(to_hex(&digest(&one, ONLY_SHARD, &second())), SECOND);
    assert_eq!(to_hex(&digest(&GENESIS, 1, &first())), FIRST_IN_SHARD_ONE);
}

#[test]
fn every_stored_field_is_covered() {
    let original = digest(&GENESIS, ONLY_SHARD, &first());
    let edits: [fn(&mut StoredEvent); 9] = [
        |event| event.position += 1,
        |event| event.stream = second().stream,
        |event| event.sequence += 1,
        |event| event.name = "payment.approvee".into(),
        |event| event.version += 1,
        |event| event.payload = event.payload.replace("10.10", "10.11"),
        |event| event.metadata = "{ }".to_owned(),
        |event| event.occurred_at = at_micros(event.occurred_at.timestamp_micros() + 1),
        |event| event.recorded_at = at_micros(event.recorded_at.timestamp_micros() - 1),
    ];
    for (number, edit) in edits.iter().enumerate() {
        let mut event = first();
        edit(&mut event);
        assert_ne!(digest(&GENESIS, ONLY_SHARD, &event), original, "edit {number}");
    }
    assert_ne!(digest(&[1; 32], ONLY_SHARD, &first()), original, "the digest before it");
}

#[test]
fn text_cannot_move_from_one_field_to_the_next() {
    let mut moved = first();
    moved.metadata = format!("}}{}", moved.metadata);
    moved.payload.pop();
    assert_ne!(digest(&GENESIS, ONLY_SHARD, &moved), digest(&GENESIS, ONLY_SHARD, &first()));
}

#[test]
fn an_untouched_chain_verifies() {
    for count in 0..6 {
        let (events, head) = chained(count);
        assert_eq!(verify(&events, &head), Ok(()), "{count} events");
    }
}

#[test]
fn an_edited_event_is_found_at_its_position() {
    for index in 0..5 {
        let (mut events, head) = chained(5);
        events[index].payload.push(' ');
        let broken = Broken { position: index as u64 + 1, fault: Fault::Content };
        assert_eq!(verify(&events, &head), Err(broken));
    }
}

#[test]
fn an_edit_with_a_new_digest_is_found_at_the_next_event() {
    let (mut events, head) = chained(5);
    events[2].payload.push(' ');
    events[2].digest = digest(&events[1].digest.clone(), ONLY_SHARD, &events[2]);
    assert_eq!(verify(&events, &head), Err(Broken { position: 4, fault: Fault::Content }));
}

#[test]
fn missing_repeated_and_swapped_events_are_found() {
    let broken = |position| Err(Broken { position, fault: Fault::Linkage });
    let (events, head) = chained(5);
    for index in 0..4 {
        let mut cut = events.clone();
        cut.remove(index);
        assert_eq!(verify(&cut, &head), broken(index as u64 + 1));
        let mut swapped = events.clone();
        swapped.swap(index, index + 1);
        assert_eq!(verify(&swapped, &head), broken(index as u64 + 1));
        let mut repeated = events.clone();
        repeated.insert(index, events[index].clone());
        assert_eq!(verify(&repeated, &head), broken(index as u64 + 2));
    }
    assert_eq!(verify(&events[..3], &head), broken(4), "the tail is missing");
    assert_eq!(verify(&events[..0], &head), broken(1), "everything is missing");
}

#[test]
fn a_head_that_names_another_end_is_found() {
    let (events, head) = chained(5);
    let broken = |position| Err(Broken { position, fault: Fault::Linkage });
    assert_eq!(verify(&events, &Head { position: 4, count: 4, ..head.clone() }), broken(5));
    assert_eq!(verify(&events, &Head { count: 4, ..head.clone() }), broken(5));
    assert_eq!(verify(&events, &Head { digest: GENESIS, ..head }), broken(5));
}

#[test]
fn what_broke_is_told() {
    let broken = Broken { position: 7, fault: Fault::Content };
    assert_eq!(
        broken.to_string(),
        "the hash chain breaks at position 7 (the digest does not match the stored bytes)"
    );
}
