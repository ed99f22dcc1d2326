//! The life of an invented payment, statement by statement: reviewed, approved, and one in five refunded in part.
//!
//! What our own machines write for the same statements, fact for fact and number for number.

use crate::payment::{Charge, Event, Mention, Profile, RefundTerms, Said, Sale, Terms};

/// One payment in so many is refunded in part.
const REFUNDED: u64 = 5;
const MADE: &str = "2026-03-02T14:15:30Z";
const REVIEWED: &str = "2026-03-02T14:15:31Z";
const PAID: &str = "2026-03-02T14:15:32Z";
const APPROVED: &str = "2026-03-02T14:15:34Z";
const RELEASED: &str = "2026-03-20T14:15:32Z";
const RETURNED: &str = "2026-03-05T13:00:00Z";
const TOLD: &str = "2026-03-05T13:00:01Z";
const RETURNED_MINOR: i64 = 104_000;

/// The events of each statement.
pub fn life(payment: u64) -> Vec<Vec<Event>> {
    let mut statements = vec![in_review(payment), approved(payment)];
    if payment.is_multiple_of(REFUNDED) {
        statements.push(refunded(payment));
    }
    statements
}

fn in_review(payment: u64) -> Vec<Event> {
    let said = || said(REVIEWED, "in_process", "pending_review_manual");
    vec![
        Event::Opened {
            at: MADE.to_owned(),
            said: said(),
            known_words: true,
            terms: terms(payment),
            profile: profile(payment, None),
        },
        Event::PlacedInReview { at: REVIEWED.to_owned(), said: said(), known_words: true },
    ]
}

fn approved(payment: u64) -> Vec<Event> {
    let (at, operation) = (PAID.to_owned(), "sale".to_owned());
    vec![
        Event::Approved {
            at: PAID.to_owned(),
            said: said(APPROVED, "approved", "accredited"),
            known_words: true,
            sale: Sale { at, ordinal: 0, operation, terms: terms(payment) },
        },
        Event::Redescribed {
            at: APPROVED.to_owned(),
            profile: profile(payment, Some(PAID)),
            terms: terms(payment),
        },
    ]
}

fn refunded(payment: u64) -> Vec<Event> {
    let mention = Mention {
        refund: format!("{payment}7"),
        amount_minor: RETURNED_MINOR,
        standing: "approved".to_owned(),
    };
    let terms = RefundTerms {
        amount_minor: RETURNED_MINOR,
        currency: "ARS".to_owned(),
        made_at: RETURNED.to_owned(),
        source: "sale".to_owned(),
    };
    vec![
        Event::Reaffirmed {
            at: TOLD.to_owned(),
            said: said(TOLD, "approved", "partially_refunded"),
            known_words: true,
        },
        Event::RefundNamed { at: TOLD.to_owned(), mention },
        Event::RefundsAccumulated { at: TOLD.to_owned(), total_minor: RETURNED_MINOR },
        Event::Refunded { at: RETURNED.to_owned(), terms, ordinal: 0 },
    ]
}

fn said(updated_at: &str, status: &str, detail: &str) -> Said {
    Said { updated_at: updated_at.to_owned(), status: status.to_owned(), detail: detail.to_owned() }
}

fn terms(payment: u64) -> Terms {
    let charge = |ordinal, kind: &str, name: &str, amount_minor| Charge {
        id: format!("{payment}-{ordinal:03}"),
        kind: kind.to_owned(),
        name: name.to_owned(),
        amount_minor,
    };
    Terms {
        currency: "ARS".to_owned(),
        gross_minor: 520_000,
        charges: vec![
            charge(1, "processing", "mercadopago_fee", 39_572),
            charge(2, "withholding", "tax_withholding_sirtac/buenos_aires", 15_600),
        ],
        net_minor: 464_828,
    }
}

fn profile(payment: u64, approved_at: Option<&str>) -> Profile {
    Profile {
        operation: "sale".to_owned(),
        reference: format!("order-{payment}"),
        method: "visa".to_owned(),
        method_type: "credit_card".to_owned(),
        installments: 3,
        device: None,
        preapproval: None,
        created_at: MADE.to_owned(),
        approved_at: approved_at.map(str::to_owned),
        expires_at: None,
        release_at: Some(RELEASED.to_owned()),
    }
}
