//! The built-in table holds every known word; other tables are read strictly.

use super::{RejectionClass, RejectionTable, Retry, TableError};

/// Every known detail under its statuses, as the provider's reference, its status table, its plugins and old
/// integrations list them. 76 words in 77 pairs: `by_admin` stands under two statuses.
const KNOWN: [(&str, &[&str]); 9] = [
    ("approved", &["accredited", "partially_refunded", "partially_bpp_refunded", "partially_bpp_covered"]),
    ("authorized", &["pending_capture"]),
    (
        "pending",
        &[
            "pending_waiting_payment",
            "pending_waiting_transfer",
            "pending_challenge",
            "pending_waiting_for_remedy",
            "pending",
            "pending_card_validation",
            "pending_online_validation",
            "pending_additional_info",
            "pending_review_auto",
            "pending_form_bad_filled_card_number",
            "pending_form_bad_filled_security_code",
            "pending_form_bad_filled_date",
            "pending_form_bad_filled_other",
        ],
    ),
    (
        "in_process",
        &[
            "pending_contingency",
            "pending_review_manual",
            "offline_process",
            "pending_provider_response",
            "waiting_bank_confirmation",
        ],
    ),
    ("cancelled", &["expired", "by_collector", "by_payer", "by_admin"]),
    ("refunded", &["refunded", "by_admin", "bpp_refunded", "bpp_covered"]),
    ("charged_back", &["in_process", "settled", "reimbursed"]),
    ("in_mediation", &["*"]),
    ("rejected", &[]),
];

use RejectionClass::{Authentication, DataEntry, Fraud, Issuer, Limit, Regulatory, Technical, Unknown};
use Retry::{Later, Never, NewData, NextDay, PayerAction};

const REJECTED: [(&str, RejectionClass, Retry); 43] = [
    ("cc_rejected_bad_filled_card_number", DataEntry, NewData),
    ("cc_rejected_bad_filled_date", DataEntry, NewData),
    ("cc_rejected_bad_filled_other", DataEntry, NewData),
    ("cc_rejected_bad_filled_security_code", DataEntry, NewData),
    ("cc_rejected_bad_filled_invalid_date", DataEntry, NewData),
    ("rejected_insufficient_data", DataEntry, NewData),
    ("invalid_user_identification_number", DataEntry, NewData),
    ("cc_rejected_card_type_not_allowed", DataEntry, Never),
    ("cc_rejected_call_for_authorize", Issuer, PayerAction),
    ("rejected_call_for_authorize", Issuer, PayerAction),
    ("cc_rejected_card_disabled", Issuer, Never),
    ("cc_rejected_duplicated_payment", Issuer, Never),
    ("cc_rejected_insufficient_amount", Issuer, Later(24)),
    ("am_insufficient_amount", Issuer, Later(24)),
    ("insufficient_amount", Issuer, Later(24)),
    ("insufficent_amount", Issuer, Later(24)),
    ("cc_rejected_invalid_installments", Issuer, NewData),
    ("cc_rejected_max_attempts", Issuer, Never),
    ("bank_rejected", Issuer, Never),
    ("rejected_by_bank", Issuer, Never),
    ("cc_rejected_blacklist", Fraud, Never),
    ("cc_rejected_high_risk", Fraud, Never),
    ("cc_rejected_other_reason", Fraud, Never),
    ("rejected_other_reason", Fraud, Never),
    ("cc_rejected_fraud", Fraud, Never),
    ("rejected_high_risk", Fraud, Never),
    ("account_rejected_high_risk", Fraud, Never),
    ("review_fail", Fraud, Never),
    ("cc_rejected_3ds_challenge", Authentication, PayerAction),
    ("cc_rejected_3ds_mandatory", Authentication, PayerAction),
    ("authorization_revoked", Authentication, Never),
    ("cc_rejected_card_error", Technical, Later(1)),
    ("cc_rejected_time_out", Technical, Later(1)),
    ("cc_rejected_expired_operation", Technical, Later(1)),
    ("bank_error", Technical, Later(1)),
    ("cc_unsupported_unsupported", Technical, Never),
    ("cc_amount_rate_limit_exceeded", Limit, NextDay),
    ("rejected_cap_exceeded", Limit, NextDay),
    ("rejected_by_regulations", Regulatory, Never),
    ("collector_unavailable", Regulatory, Never),
    ("payer_unavailable", Regulatory, Never),
    ("rejected", Unknown, Never),
    ("rejected_by_biz_rule", Unknown, Never),
];

#[test]
fn the_built_in_table_holds_exactly_the_known_pairs() {
    let table = RejectionTable::builtin();
    let mut known: Vec<(&str, &str)> = KNOWN
        .iter()
        .flat_map(|(status, details)| details.iter().map(|detail| (*status, *detail)))
        .chain(REJECTED.iter().map(|(detail, _, _)| ("rejected", *detail)))
        .collect();
    known.sort_unstable();
    let held: Vec<(&str, &str)> = table
        .pairs
        .iter()
        .flat_map(|(status, details)| details.keys().map(|detail| (status.as_str(), detail.as_str())))
        .collect();
    assert_eq!(held, known);
    let mut words: Vec<&str> = held.iter().map(|(_, detail)| *detail).filter(|word| *word != "*").collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), 76);
}

#[test]
fn every_rejection_has_its_class_and_retry_decision() {
    let table = RejectionTable::builtin();
    for (detail, class, retry) in REJECTED {
        let rejection = table.classify("rejected", detail);
        assert_eq!((rejection.class, rejection.retry, rejection.table), (class, retry, 1), "{detail}");
    }
}

#[test]
fn the_documented_thirteen_codes_keep_their_three_classes() {
    let table = RejectionTable::builtin();
    let class_of = |code: &str| table.classify("rejected", &format!("cc_rejected_{code}")).class;
    for code in ["bad_filled_card_number", "bad_filled_date", "bad_filled_other", "bad_filled_security_code"]
    {
        assert_eq!(class_of(code), DataEntry, "{code}");
    }
    for code in [
        "call_for_authorize",
        "card_disabled",
        "duplicated_payment",
        "insufficient_amount",
        "invalid_installments",
        "max_attempts",
    ] {
        assert_eq!(class_of(code), Issuer, "{code}");
    }
    for code in ["blacklist", "high_risk", "other_reason"] {
        assert_eq!(class_of(code), Fraud, "{code}");
    }
}

#[test]
fn pairs_that_are_no_rejections_are_known_and_have_no_class() {
    let table = RejectionTable::builtin();
    for (status, details) in KNOWN {
        for detail in details {
            assert!(table.knows(status, detail), "{status} {detail}");
            assert_eq!(table.classify(status, detail).class, Unknown, "{status} {detail}");
        }
    }
}

#[test]
fn a_pair_without_a_row_is_unknown_reviewed_and_never_retried() {
    let table = RejectionTable::builtin();
    assert!(!table.knows("rejected", "cc_rejected_of_tomorrow"));
    let rejection = table.classify("rejected", "cc_rejected_of_tomorrow");
    assert_eq!((rejection.class, rejection.retry), (Unknown, Never));
    assert_eq!(rejection.action.as_str(), "review");
    assert!(!table.knows("approved", "settled"), "a detail belongs to its status");
    assert!(!table.knows("vanished", "accredited"));
    assert!(!table.knows("approved", "*"), "the mark for any detail is no word itself");
}

#[test]
fn any_detail_of_a_mediation_is_known() {
    let table = RejectionTable::builtin();
    assert!(table.knows("in_mediation", "in_process"));
    assert!(table.knows("in_mediation", ""));
}

#[test]
fn every_action_speaks_three_languages() {
    let table = RejectionTable::builtin();
    for (detail, _, _) in REJECTED {
        let action = table.classify("rejected", detail).action;
        for lang in ["es", "pt", "en"] {
            let message = table.message(&action, lang).unwrap_or_default();
            assert!(message.ends_with('.') && message.len() > 15, "{action} {lang}: {message}");
        }
    }
    assert_eq!(table.message("choose_installments", "en"), Some("Choose another number of instalments."));
    assert_eq!(table.message("choose_installments", "fr"), None);
    assert_eq!(table.message("dance", "en"), None);
}

const SMALL: &str = r#"version = 7
pairs = [
  { status = "approved", detail = "accredited" },
  { status = "rejected", detail = "cc_rejected_high_risk", class = "limit", action = "wait", retry = "later", hours = 48 },
]
[messages.wait]
es = "Esperá dos días."
pt = "Espere dois dias."
en = "Wait two days."
[messages.review]
es = "Revisá."
pt = "Revise."
en = "Review."
"#;

#[test]
fn another_table_takes_the_place_of_the_built_in_one_and_names_its_version() {
    let table = RejectionTable::parse(SMALL).expect("a well-formed table");
    let rejection = table.classify("rejected", "cc_rejected_high_risk");
    assert_eq!((rejection.class, rejection.retry, rejection.table), (Limit, Later(48), 7));
    assert!(!table.knows("rejected", "cc_rejected_blacklist"));
    assert_eq!(table.version(), 7);
}

fn fails(from: &str, to: &str) -> TableError {
    assert!(SMALL.contains(from), "the change applies");
    RejectionTable::parse(&SMALL.replace(from, to)).expect_err("a broken table")
}

#[test]
fn a_broken_table_names_the_line() {
    for (from, to, expected) in [
        ("hours = 48", "hours = 48, mood = \"bad\"", 4),
        ("\"limit\"", "\"gravity\"", 4),
        ("version = 7", "version = seven", 1),
        ("en = \"Review.\"", "en = \"Review.\"\nfr = \"Revoyez.\"", 14),
    ] {
        let TableError::Unreadable { line, .. } = fails(from, to) else { panic!("{to} is unreadable") };
        assert_eq!(line, expected, "{to}");
    }
    assert_eq!(fails(", hours = 48", ""), TableError::Hours { line: 4 });
    assert_eq!(fails("retry = \"later\"", "retry = \"never\""), TableError::Hours { line: 4 });
    assert_eq!(fails(" class = \"limit\",", ""), TableError::Incomplete { line: 4 });
    assert_eq!(
        fails("action = \"wait\"", "action = \"dance\""),
        TableError::NoMessage { line: 4, action: "dance".into() }
    );
    assert_eq!(fails("messages.review", "messages.other"), TableError::NoReview);
    let twice = "{ status = \"approved\", detail = \"accredited\" },";
    assert_eq!(
        fails(twice, &format!("{twice}\n  {twice}")),
        TableError::Repeated { line: 4, status: "approved".into(), detail: "accredited".into() }
    );
}

#[test]
fn a_word_of_a_rejection_is_found_in_a_text_that_quotes_it() {
    let table = RejectionTable::builtin();
    let quoted = |text: &str| table.quoted("rejected", text);
    assert_eq!(
        quoted("the original message: \"cc_rejected_high_risk\"."),
        Some("cc_rejected_high_risk".into())
    );
    assert_eq!(quoted("bank_error"), Some("bank_error".into()));
    // Not a part of another word, not a word of every sentence, and not what the table does not know.
    for text in ["xcc_rejected_high_risk", "cc_rejected_high_risks", "rejected", "cc_rejected_new", ""] {
        assert_eq!(quoted(text), None, "{text}");
    }
    assert_eq!(table.quoted("approved", "cc_rejected_high_risk"), None);
}
