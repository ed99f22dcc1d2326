//! Attempts to be paid: what the guard allows when, under the configured rules.

use chrono_tz::{America, Tz};
use domain::currency::Currency;
use domain::machine::{Context, Instant, Machine};
use domain::obligation::machine::Obligation;
use domain::obligation::{Command, Event, Instrument, Mark, Terms, Token, Wanted};
use domain::payment::Standing;
use engine::config::Config;

use super::{Case, Rule, instant};

fn visa(request: &str, made_at: Instant) -> Wanted {
    Wanted {
        request: request.into(),
        key: "key".into(),
        actor: "ana".into(),
        reason: None,
        terms: Terms {
            mark: Mark::Reference("till-4".into()),
            amount_minor: 10_050,
            currency: Currency::ARS,
        },
        instrument: Instrument { method: "visa".into(), issuer: None, payer: None },
        token: Some(Token { digest: request.into(), made_at, spent_by: None }),
        installments: None,
        body: request.into(),
        twins: vec![],
        was_searched: true,
    }
}

/// What is said to the last of the commands, each at its own instant.
fn said(commands: Vec<(Instant, Command)>) -> String {
    let rules = Config::read(None, []).expect("the defaults fit").rules();
    let (mut state, mut last) = (None, Vec::new());
    for (now, command) in commands {
        let context = Context { now, rules: &rules };
        last = Obligation::decide(state.as_ref(), command, &context).expect("a block is no refusal");
        for event in &last {
            state = Some(Obligation::evolve(state, event).expect("what was decided follows"));
        }
    }
    match last.last() {
        Some(Event::AttemptRequested(_)) => "made".to_owned(),
        Some(Event::AttemptBlocked(blocked)) => format!("blocked: {}", blocked.block.why.name()),
        other => format!("{other:?}"),
    }
}

fn after(what: &'static str, zone: Tz, detail: &str, begins: &str, ends: &str) -> Case {
    let begins_at = instant(begins);
    Case::new(what, zone, begins, ends, |now| {
        let answer = Command::RecordAnswer {
            request: "first".into(),
            payment: Some("1".into()),
            standing: Standing::Rejected,
            status: "rejected".into(),
            detail: detail.into(),
            since: None,
        };
        said(vec![
            (begins_at, Command::Request(Box::new(visa("first", begins_at)))),
            (begins_at, answer),
            (now, Command::Request(Box::new(visa("second", begins_at)))),
        ])
    })
}

/// After an attempt that nobody knows the end of, another one.
fn lost(what: &'static str, zone: Tz, begins: &str, ends: &str) -> Case {
    let begins_at = instant(begins);
    Case::new(what, zone, begins, ends, |now| {
        said(vec![
            (begins_at, Command::Request(Box::new(visa("first", begins_at)))),
            (now, Command::Request(Box::new(visa("second", begins_at)))),
        ])
    })
}

fn token(what: &'static str, zone: Tz, begins: &str, ends: &str) -> Case {
    let made_at = instant(begins);
    Case::new(what, zone, begins, ends, |now| {
        said(vec![(now, Command::Request(Box::new(visa("first", made_at))))])
    })
}

pub fn attempts() -> Rule {
    let (argentina, chile) = (America::Buenos_Aires, America::Santiago);
    let funds = "cc_rejected_insufficient_amount";
    Rule {
        name: "Another attempt to be paid",
        source: "After a rejection what its row in `config/rejections.toml` says, from the end of that time on: funds and \
                 calls to the bank a day, the next day 24 hours, faults an hour; what is alike a minute \
                 (`guard.cool_down_seconds`, the provider's error 2001). One without an answer is given up after 24 hours (`guard.lost_after_hours`). A card's \
                 token can be used for 7 days, the last instant included (the provider's rule).",
        cases: vec![
            after("missing funds", argentina, funds, "2026-03-05T15:00:00Z", "2026-03-06T15:00:00Z"),
            after(
                "missing funds, clocks go back in between",
                chile,
                funds,
                "2026-04-04T15:00:00Z",
                "2026-04-05T15:00:00Z",
            ),
            after(
                "a call to the bank",
                argentina,
                "cc_rejected_call_for_authorize",
                "2028-02-28T15:00:00Z",
                "2028-02-29T15:00:00Z",
            ),
            after(
                "above a limit",
                argentina,
                "cc_amount_rate_limit_exceeded",
                "2026-03-05T15:00:00Z",
                "2026-03-06T15:00:00Z",
            ),
            after(
                "a fault on the way",
                argentina,
                "cc_rejected_time_out",
                "2026-03-05T15:00:00Z",
                "2026-03-05T16:00:00Z",
            ),
            after(
                "new data",
                argentina,
                "cc_rejected_bad_filled_date",
                "2026-03-05T15:00:00Z",
                "2026-03-05T15:01:00Z",
            ),
            lost("no answer", argentina, "2026-03-05T15:00:00Z", "2026-03-06T15:00:00Z"),
            token("token", argentina, "2026-03-05T15:00:00Z", "2026-03-12T15:00:00Z"),
            token("token, clocks go back in between", chile, "2026-04-01T15:00:00Z", "2026-04-08T15:00:00Z"),
            token("token, over a leap day", argentina, "2028-02-26T15:00:00Z", "2028-03-04T15:00:00Z"),
        ],
    }
}
