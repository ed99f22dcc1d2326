//! Two tables side by side.

use chrono::TimeDelta;

use super::verdicts;
use crate::attempt::obligation::tie;
use crate::attempt::tests::{attempt, rejected};
use crate::payment::Standing;
use crate::rejection::RejectionTable;

const OTHER: &str = r#"
version = 2
pairs = [
  { status = "rejected", detail = "cc_rejected_high_risk", class = "fraud", action = "use_safer_method", retry = "never" },
  { status = "rejected", detail = "cc_rejected_other_reason", class = "issuer", action = "wait", retry = "later", hours = 2 },
]
[messages.use_safer_method]
es = "a"
pt = "b"
en = "c"
[messages.wait]
es = "a"
pt = "b"
en = "c"
[messages.review]
es = "a"
pt = "b"
en = "c"
"#;

#[test]
fn each_rejection_is_asked_of_both_and_only_what_differs_is_marked() {
    let attempts = vec![
        rejected("1", 1, "cc_rejected_other_reason"),
        rejected("2", 1, "cc_rejected_other_reason"),
        rejected("3", 1, "cc_rejected_high_risk"),
        attempt("4", 2, Standing::Approved),
        rejected("5", 3, "cc_rejected_other_reason"),
        rejected("6", 3, "never_heard_of"),
    ];
    let other = RejectionTable::parse(OTHER).expect("a table");
    let obligations = tie(attempts, &[], TimeDelta::days(10));
    let lines: Vec<String> = verdicts(&obligations, &RejectionTable::builtin(), &other)
        .iter()
        .map(|row| {
            format!(
                "{} {} {} {} {:?} v{} {:?} v{} {}",
                row.detail,
                row.count,
                row.amount_minor,
                row.recovered,
                row.now.class,
                row.now.table,
                row.then.class,
                row.then.table,
                row.differs()
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            "cc_rejected_high_risk 1 10000 1 Fraud v1 Fraud v2 false",
            "cc_rejected_other_reason 3 30000 2 Fraud v1 Issuer v2 true",
            "never_heard_of 1 10000 0 Unknown v1 Unknown v2 false",
        ]
    );
}
