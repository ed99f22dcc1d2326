use ledger::account::Lang;

use super::{SubscriptionRow, write_csv, write_json, write_text};
use crate::samples::{subscription, written};

#[test]
fn every_format_tells_the_same_subscriptions() {
    let bare = SubscriptionRow {
        plan: Some("plan-1".into()),
        title: None,
        standing: "foretold".into(),
        amount_minor: None,
        every: None,
        started_at: None,
        ended_at: subscription("x").started_at,
        next_charge_at: None,
        ..subscription("2c93")
    };
    let rows = || [subscription("2c92"), bare.clone()].into_iter();
    let formats = [
        written(|out| write_json(rows(), out)),
        written(|out| write_csv(rows(), out)),
        written(|out| write_text(rows(), 5, 2, Lang::Es, out)),
    ];
    insta::assert_snapshot!(formats.join("\n"));
}
