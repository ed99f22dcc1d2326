//! Deliveries to take in: the lives of invented payments, as the provider would render them, one body a statement.
//!
//! The bodies are those of a real card payment of 4.7 KB with other numbers; what is told depends on the number of
//! the payment alone, so that every run takes in the same bytes.

use std::ops::Range;

use domain::machine::Instant;
use engine::item::{Item, Kind};
use mercadopago::observe::{Channel, DeliveryKind};
use store::inbox::{Body, InboxKey};

/// A full card payment as the provider renders it.
const CARD: &str = include_str!("../tests/fixtures/payment/full_card.json");
/// The number of that payment, in all its places.
const NUMBER: &str = "91000000101";
/// Payments that come in between the first statement of a payment and its approval.
const UNTIL_APPROVED: u64 = 300;
/// Payments that come in between the first statement of a payment and its refund.
const UNTIL_REFUNDED: u64 = 900;
/// One payment in so many is refunded in part.
const REFUNDED: u64 = 5;

/// What the provider says of a payment, in the order of its life.
#[derive(Clone, Copy)]
enum Said {
    InReview,
    Approved,
    Refunded,
}

/// Batches of deliveries, each made on what the batch before it left.
pub type Lane = Vec<Vec<Item>>;

/// The deliveries of some payments for so many takers at a time, none of which meets a payment of another, as if each
/// took from a queue of its own.
pub fn lanes(count: u64, payments: Range<u64>, batch: usize) -> Vec<Lane> {
    let share = (payments.end - payments.start).div_ceil(count);
    let lane = |number| {
        let first = payments.start + number * share;
        let items = deliveries(first..(first + share).min(payments.end));
        items.chunks(batch).map(<[Item]>::to_vec).collect()
    };
    (0..count).map(lane).collect()
}

/// The deliveries of some payments: each is reviewed and approved, one in five is then refunded in part; the
/// statements of many payments are interleaved.
fn deliveries(payments: Range<u64>) -> Vec<Item> {
    let first = payments.start;
    let mut items = Vec::new();
    for slot in first..payments.end + UNTIL_REFUNDED {
        if slot < payments.end {
            items.push(item(slot, Said::InReview));
        }
        if let Some(payment) = slot.checked_sub(UNTIL_APPROVED).filter(|p| payments.contains(p)) {
            items.push(item(payment, Said::Approved));
        }
        if let Some(payment) = slot.checked_sub(UNTIL_REFUNDED).filter(|p| payments.contains(p))
            && payment % REFUNDED == 0
        {
            items.push(item(payment, Said::Refunded));
        }
    }
    items
}

/// When everything was received and recorded.
pub fn noon() -> Instant {
    "2026-04-01T12:00:00Z".parse().expect("the instant is written right")
}

fn item(payment: u64, said: Said) -> Item {
    let number = 91_000_000_000 + payment;
    let body = body(&number.to_string(), said);
    let word = match said {
        Said::InReview => "review",
        Said::Approved => "approval",
        Said::Refunded => "refund",
    };
    Item {
        kind: Kind::Message(DeliveryKind::Resource),
        key: InboxKey(format!("{number}-{word}").into()),
        topic: "payment".into(),
        channel: Channel::Response,
        seller: None,
        site: Some("MLA".into()),
        origin: "bench".into(),
        received_at: noon(),
        caused_by: None,
        body: Body::whole(body.into_bytes()),
        problem: None,
        verified: true,
    }
}

fn body(number: &str, said: Said) -> String {
    let card = CARD.replace(NUMBER, number);
    match said {
        Said::InReview => card
            .replace(
                r#""status":"approved","status_detail":"accredited""#,
                r#""status":"in_process","status_detail":"pending_review_manual""#,
            )
            .replace(r#""date_approved":"2026-03-02T10:15:32.000-04:00""#, r#""date_approved":null"#)
            .replace(
                r#""date_last_updated":"2026-03-02T10:15:34"#,
                r#""date_last_updated":"2026-03-02T10:15:31"#,
            ),
        Said::Approved => card,
        Said::Refunded => {
            let refund = format!(
                r#""refunds":[{{"id":{number}7,"payment_id":{number},"amount":1040,"status":"approved","date_created":"2026-03-05T09:00:00.000-04:00"}}]"#
            );
            card.replace(r#""status_detail":"accredited""#, r#""status_detail":"partially_refunded""#)
                .replace(r#""refunds":[]"#, &refund)
                .replace(r#""transaction_amount_refunded":0"#, r#""transaction_amount_refunded":1040"#)
                .replace(
                    r#""date_last_updated":"2026-03-02T10:15:34"#,
                    r#""date_last_updated":"2026-03-05T09:00:01"#,
                )
        }
    }
}
