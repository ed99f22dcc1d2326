use billing::finding::FindingKind;
use ledger::account::Lang;

use super::*;
use crate::samples::written;

fn row(finding: Finding) -> FindingRow {
    FindingRow { seller: "1122334455".into(), subscription: "2c938084".into(), finding }
}

fn missing() -> Finding {
    Finding {
        kind: FindingKind::Missing,
        slot: Some(3),
        due_at: "2026-10-20T14:00:00Z".parse().expect("an instant"),
        invoice: None,
        subject: None,
        currency: Currency::ARS,
        expected: Some(Figure::Minor(120_000)),
        actual: None,
    }
}

fn rows() -> impl Iterator<Item = FindingRow> {
    let invoice = Some("6114264375".into());
    let wrong = Finding {
        kind: FindingKind::WrongAmount,
        invoice: invoice.clone(),
        actual: Some(Figure::Minor(100_000)),
        ..missing()
    };
    let run = Finding {
        kind: FindingKind::UncollectedRun,
        slot: None,
        invoice,
        expected: Some(Figure::Count(3)),
        actual: Some(Figure::Count(2)),
        ..missing()
    };
    let differs = Finding {
        kind: FindingKind::SummaryDiffers,
        slot: None,
        subject: Some("health"),
        expected: Some(Figure::Health(Health::SomeUncollected)),
        actual: Some(Figure::Health(Health::AllCollected)),
        ..missing()
    };
    [missing(), wrong, run, differs].into_iter().map(row)
}

#[test]
fn every_format_tells_the_same_findings() {
    let formats = [
        written(|out| write_json(rows(), out)),
        written(|out| write_csv(rows(), out)),
        written(|out| write_text(rows(), 5, 4, Lang::Es, out)),
    ];
    insta::assert_snapshot!(formats.join("\n"));
}
