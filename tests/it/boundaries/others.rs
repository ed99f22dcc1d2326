//! Requests to charge, documents of chargebacks, tokens, and tries of the merchant's own recurrence.

use billing::options::Options;
use billing::own::{GiveUp, Next, Obligation, Try, TryOutcome};
use chrono::TimeDelta;
use chrono_tz::America;
use client::vault::AccessToken;
use domain::chargeback::machine::Chargeback;
use domain::event::Event as _;
use domain::intent::machine::Intent;
use domain::intent::{Channel as Where, Generation, Observation as Asked, Profile, Progress, Said};
use domain::machine::{Context, Instant, Machine};
use domain::observation::Observation;
use domain::rejection::{Rejection, RejectionClass, Retry};
use domain::rules::Rules;
use engine::config::Config;
use engine::vault::link::{Grant, Link, Look, Pair, Standing};
use mercadopago::observe::{Channel, Delivery, DeliveryKind, Seen, observe};

use super::{Case, Rule, instant};

/// Facts and the state they lead to.
fn told<M: Machine>(command: M::Command, now: Instant) -> M::State {
    let events = M::decide(None, command, &Context { now, rules: &Rules::default() });
    let state = events
        .expect("what is told is taken")
        .iter()
        .fold(None, |state, event| Some(M::evolve(state, event).expect("what was decided follows")));
    state.expect("a first statement makes a state")
}

pub fn intents() -> Rule {
    let case = |what, zone, generation, channel, created: &str, expires: Option<&str>, ends| {
        let said = Said { updated_at: None, revision: None, status: "open".into(), detail: "".into() };
        let (created_at, expires_at) = (instant(created), expires.map(instant));
        let profile = Profile { channel, created_at: Some(created_at), expires_at, ..Profile::default() };
        let payments = Vec::new();
        let told_at = created_at;
        let asked = Asked { generation, progress: Progress::Open, said, profile, payments, at: told_at };
        let state = told::<Intent>(domain::intent::Command::Observe(asked), told_at);
        Case::new(what, zone, created, ends, |now| {
            let command = domain::intent::Command::PresumeTimeout { life: None };
            match Intent::decide(Some(&state), command, &Context { now, rules: &Rules::default() }) {
                Ok(events) => events.iter().map(|event| event.name().replace("intent.", "")).collect(),
                Err(refusal) => format!("refused: {}", refusal.reason()),
            }
        })
    };
    let (argentina, chile) = (America::Buenos_Aires, America::Santiago);
    let (point, qr) = (Some(Where::Point), Some(Where::Qr));
    Rule {
        name: "Requests to charge",
        source: "They end when their own date says, else after the life of their kind (the guides of each API): intents of \
                 a terminal an hour, in-store QR codes three months (92 days, the longest there are), orders 15 minutes. \
                 From that instant on they are presumed ended. Payment orders of phones and orders online have no life.",
        cases: vec![
            case(
                "intent",
                argentina,
                Generation::B,
                point,
                "2026-10-01T09:00:00-04:00",
                None,
                "2026-10-01T11:00:00-03:00",
            ),
            case(
                "intent, the hour that clocks skip",
                chile,
                Generation::B,
                point,
                "2026-09-05T23:30:00-04:00",
                None,
                "2026-09-06T01:30:00-03:00",
            ),
            case(
                "in-store intent on a QR code, clocks go forward in between",
                chile,
                Generation::C,
                qr,
                "2026-07-01T12:00:00-04:00",
                None,
                "2026-10-01T13:00:00-03:00",
            ),
            case(
                "order",
                argentina,
                Generation::D,
                point,
                "2028-02-28T22:50:00-04:00",
                None,
                "2028-02-29T00:05:00-03:00",
            ),
            case(
                "order with a date of its own",
                argentina,
                Generation::D,
                qr,
                "2026-10-01T09:00:00-04:00",
                Some("2026-10-01T12:00:00-04:00"),
                "2026-10-01T13:00:00-03:00",
            ),
        ],
    }
}

pub fn documents() -> Rule {
    let case = |what, zone, deadline: &str, ends| {
        let body = format!(
            r#"{{"id":"1","payments":[11],"currency":"BRL","amount":150.5,"reason":"general","coverage_applied":null,
            "coverage_elegible":true,"documentation_required":true,"documentation_status":"pending","documentation":[],
            "date_documentation_deadline":"{deadline}","date_created":"2024-07-02T22:03:24.000-04:00",
            "date_last_updated":"2024-07-03T08:00:00.000-04:00","live_mode":true}}"#
        );
        let begins = "2024-07-02T22:03:24.000-04:00";
        let delivery = Delivery {
            kind: DeliveryKind::Resource,
            topic: "chargeback",
            channel: Channel::Response,
            seller: Some("7"),
            site: None,
            received_at: instant(begins),
            verified: false,
            body: body.as_bytes(),
        };
        let Ok(Seen::Told(seen)) = observe(&delivery) else { panic!("a case is told") };
        let observation = seen.observed.into_iter().find_map(|observed| match observed.observation {
            Observation::Chargeback(told) => Some(told),
            _ => None,
        });
        let observation = observation.expect("a case tells about a case");
        let command = domain::chargeback::Command::Observe(observation);
        let state = told::<Chargeback>(command, instant(begins));
        Case::new(what, zone, begins, ends, |now| {
            if state.takes_documents(now) { "taken".to_owned() } else { "too late".to_owned() }
        })
    };
    Rule {
        name: "Documents of a chargeback",
        source: "They are accepted while they are asked for, the seller can be protected, and `date_documentation_deadline` \
                 has not passed (the reference of chargebacks), the last instant included.",
        cases: vec![
            case(
                "told at -04:00",
                America::Sao_Paulo,
                "2024-07-12T23:59:59.000-04:00",
                "2024-07-13T00:59:59-03:00",
            ),
            case(
                "the same, told at -03:00",
                America::Sao_Paulo,
                "2024-07-13T00:59:59.000-03:00",
                "2024-07-13T00:59:59-03:00",
            ),
        ],
    }
}

pub fn tokens() -> Rule {
    let settings = Config::read(None, []).expect("the defaults fit").auth;
    let case = |what, zone, grant, issued: &str, seconds, ends| {
        let issued_at = instant(issued);
        let pair = Pair {
            access: AccessToken::new("A1"),
            refresh: (grant == Grant::AuthorizationCode).then(|| "TG-1".into()),
            issued_at,
            expires_at: Some(issued_at + TimeDelta::seconds(seconds)),
            is_rejected: false,
        };
        let (scope, standing) = ("read".into(), Standing::Held(pair));
        let link = Link { application: None, grant, scope, standing, spare: None, failure: None };
        Case::new(what, zone, issued, ends, |now| {
            let said = match link.look(&settings, now) {
                Look::Usable { .. } => "used",
                Look::Due(Some(_)) => "used, and renewed",
                Look::Due(None) => "renewed first",
                Look::Wait => "waited for",
                Look::Paused(_) | Look::Over(_) | Look::Ended(_) => "over",
            };
            said.to_owned()
        })
    };
    let (argentina, chile) = (America::Buenos_Aires, America::Santiago);
    let (months, hours) = (15_552_000, 21_600);
    let code = Grant::AuthorizationCode;
    Rule {
        name: "Tokens",
        source: "A token does not hold from its end on: 180 days after it was given (15,552,000 seconds, the reference of \
                 OAuth), 6 hours with client credentials. It is renewed 30 days before, or 60 minutes \
                 (`auth.renew_before_days`, `auth.renew_before_minutes`). An imported one is not renewed.",
        cases: vec![
            case("months, renewal", argentina, code, "2026-03-01T09:00:00Z", months, "2026-07-29T09:00:00Z"),
            case("months, end", argentina, code, "2026-03-01T09:00:00Z", months, "2026-08-28T09:00:00Z"),
            case(
                "months, end, clocks go back in between",
                chile,
                code,
                "2026-03-01T15:00:00Z",
                months,
                "2026-08-28T15:00:00Z",
            ),
            case(
                "months, end, over a leap day",
                argentina,
                code,
                "2027-09-03T12:00:00Z",
                months,
                "2028-03-01T12:00:00Z",
            ),
            case(
                "hours, renewal",
                argentina,
                Grant::ClientCredentials,
                "2026-03-01T09:00:00Z",
                hours,
                "2026-03-01T14:00:00Z",
            ),
            case(
                "hours, end",
                argentina,
                Grant::ClientCredentials,
                "2026-03-01T09:00:00Z",
                hours,
                "2026-03-01T15:00:00Z",
            ),
            case(
                "imported, end",
                argentina,
                Grant::Imported,
                "2026-03-01T09:00:00Z",
                months,
                "2026-08-28T09:00:00Z",
            ),
        ],
    }
}

pub fn tries() -> Rule {
    let case = |what, zone, due: &str, pays_until: &str, ends| {
        let (due_at, pays_until) = (instant(due), instant(pays_until));
        Case::new(what, zone, due, ends, |next_try_at| {
            let rejection = Rejection {
                class: RejectionClass::Issuer,
                action: "retry_later".into(),
                retry: Retry::Later(24),
                table: 1,
            };
            let last =
                Try { at: next_try_at - TimeDelta::hours(24), outcome: TryOutcome::Rejected(rejection) };
            match (Obligation { due_at, pays_until, tries: vec![last] }).next(&Options::default()) {
                Next::TryAt(at) if at == next_try_at => "tried again".to_owned(),
                Next::GiveUp(GiveUp::WindowClosed) => "given up".to_owned(),
                other => format!("{other:?}"),
            }
        })
    };
    let (argentina, chile) = (America::Buenos_Aires, America::Santiago);
    Rule {
        name: "Tries of a charge",
        source: "A charge of the merchant's own recurrence is tried again within 10 days after it is due (the provider's page \
                 on retries; `billing.retry_days`), and never when the next one is due. The row is about a try at that instant.",
        cases: vec![
            case(
                "10 days",
                argentina,
                "2026-03-05T15:00:00Z",
                "2026-04-05T15:00:00Z",
                "2026-03-15T15:00:00Z",
            ),
            case(
                "10 days, clocks go back in between",
                chile,
                "2026-03-30T15:00:00Z",
                "2026-04-30T15:00:00Z",
                "2026-04-09T15:00:00Z",
            ),
            case(
                "10 days, over a leap day",
                argentina,
                "2028-02-20T15:00:00Z",
                "2028-03-20T15:00:00Z",
                "2028-03-01T15:00:00Z",
            ),
            case(
                "the next charge is due sooner",
                argentina,
                "2026-03-05T15:00:00Z",
                "2026-03-12T15:00:00Z",
                "2026-03-12T15:00:00Z",
            ),
        ],
    }
}
