//! What a step wrote, as lines of a story. Debits are positive and credits negative.

use domain::currency::Currency;
use domain::money::format_minor;
use ledger::account::Lang;
use serde_json::Value;
use store::read::{StoredEntry, StoredEvent, StoredMessage};

use super::scene::Scene;

/// Facts, then entries, then messages.
pub fn written(scene: &mut Scene) -> Vec<String> {
    let (events, entries, messages) = scene.written();
    let facts = events.iter().map(fact);
    facts.chain(entries.iter().flat_map(posting)).chain(messages.iter().map(message)).collect()
}

fn fact(event: &StoredEvent) -> String {
    let payload: Value = serde_json::from_str(&event.payload).expect("a payload is JSON");
    let marked = payload["outside_rule"] == true;
    let remark = if marked { "  (outside the provider's rules)" } else { "" };
    format!("fact     {} {}  {}{remark}", event.stream.id(), event.name, said(&payload))
}

/// What a payload says that a reader of stories asks for.
fn said(payload: &Value) -> String {
    let (terms, recurring) = (&payload["terms"], &payload["terms"]["recurring"]);
    let word = |key: &str, value: &Value| match value {
        Value::Null => None,
        Value::String(text) => Some(format!("{key} {text}")),
        other => Some(format!("{key} {other}")),
    };
    let day = |key: &str, value: &Value| value.as_str().map(|at| format!("{key} {}", &at[..10]));
    let amount = |value: &Value| value.as_i64().map(money);
    let parts = [
        payload["invoice"].as_str().map(str::to_owned),
        day("due", &terms["due_at"]),
        amount(&terms["amount_minor"]),
        amount(&recurring["amount_minor"]),
        amount(&payload["amount_minor"]),
        word("try", &terms["attempt"]),
        word("month", &payload["month"]),
        word("of", &payload["months"]),
        day("from", &payload["from"]),
        word("cause", &payload["cause"]),
        word("step", &payload["step"]),
        word("order", &payload["request"]),
        word("asks", &payload["change"]),
        word("ends", &payload["outcome"]),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn posting(entry: &StoredEntry) -> Vec<String> {
    let line = |line: &ledger::journal::Line| {
        let (day, amount) = (entry.at.date_naive(), money(line.amount_minor));
        format!("posting  {day}  {} {:<40}  {amount:>10}", line.account, line.account.label(Lang::En))
    };
    entry.lines.iter().map(line).collect()
}

fn message(message: &StoredMessage) -> String {
    format!("message  {} to {}", message.key, message.destination)
}

fn money(minor: i64) -> String {
    format_minor(minor, Currency::ARS)
}
