//! Payments: refunds, lapses and captures, decided by the machine under the configured rules.

use chrono_tz::{America, Tz};
use domain::event::Event as _;
use domain::machine::{Context, Instant, Machine};
use domain::observation::Observation;
use domain::payment::machine::Payment;
use domain::payment::state::State;
use domain::payment::{Command, Funds};
use domain::rules::Rules;
use engine::config::Config;
use mercadopago::observe::{Channel, Delivery, DeliveryKind, Seen, observe};

use super::{Case, Rule, instant};

/// The overrides that `config/default.toml` shows and does not set.
const OVERRIDES: &str = "[rules.sites.MPE]\nrefund_window_days = 90\n[rules.sites.MLB]\n\
    refund_window_days_in_person = 120\nrefund_window_days_by_method = { debit_card = 1 }\n";

fn rules(file: &str) -> Rules {
    Config::read(Some(("rules.toml", file)), []).expect("the configuration fits").rules()
}

/// What the provider says about a payment, in its own words.
struct Told<'a> {
    site: &'a str,
    status: &'a str,
    created: &'a str,
    approved: Option<&'a str>,
    expires: Option<&'a str>,
    family: &'a str,
    in_person: bool,
}

impl<'a> Told<'a> {
    fn approved(site: &'a str, approved: &'a str) -> Self {
        let told = Self::of(site, "approved", approved);
        Self { approved: Some(approved), ..told }
    }

    fn of(site: &'a str, status: &'a str, created: &'a str) -> Self {
        Self { site, status, created, approved: None, expires: None, family: "credit_card", in_person: false }
    }

    fn body(&self) -> String {
        let date = |date: Option<&str>| date.map_or_else(|| "null".to_owned(), |date| format!("\"{date}\""));
        let point = if self.in_person { r#"{"device":{"serial_number":"PAX-1"}}"# } else { "{}" };
        format!(
            r#"{{"id":1,"collector_id":7,"status":"{status}","status_detail":"","operation_type":"regular_payment",
            "payment_method_id":"visa","payment_type_id":"{family}","transaction_amount":100,"charges_details":[],
            "transaction_details":{{"net_received_amount":100}},"point_of_interaction":{point},
            "date_created":"{created}","date_last_updated":"{created}","date_approved":{approved},
            "date_of_expiration":{expires}}}"#,
            status = self.status,
            family = self.family,
            created = self.created,
            approved = date(self.approved),
            expires = date(self.expires),
        )
    }

    /// What is known of it once that is told.
    fn known(&self, context: &Context<'_>) -> Option<State> {
        let body = self.body();
        let delivery = Delivery {
            kind: DeliveryKind::Resource,
            topic: "payment",
            channel: Channel::Response,
            seller: Some("7"),
            site: Some(self.site),
            received_at: instant(self.created),
            verified: false,
            body: body.as_bytes(),
        };
        let Ok(Seen::Told(told)) = observe(&delivery) else { panic!("a payment is told: {body}") };
        told.observed.into_iter().fold(None, |state, observed| match observed.observation {
            Observation::Payment(observation) => after(state, Command::Observe(observation), context),
            _ => state,
        })
    }

    /// What an order, or the clock, gets for an answer at an instant.
    fn ordered(&self, rules: &Rules, command: &Command, now: Instant) -> String {
        let context = Context { now, rules };
        answer(self.known(&context).as_ref(), command, &context)
    }

    /// What a second person gets for an answer at an instant, about an order `o` that was given at the beginning.
    fn approved_by_another(&self, rules: &Rules, order: &Command, begins: &str, now: Instant) -> String {
        let given = Context { now: instant(begins), rules };
        let state = after(self.known(&given), order.clone(), &given);
        let approve =
            Command::ApproveOrder { request: "o".into(), funds: Funds::Unchecked, actor: "luz".into() };
        answer(state.as_ref(), &approve, &Context { now, rules })
    }
}

/// The state after a command that is taken.
fn after(state: Option<State>, command: Command, context: &Context<'_>) -> Option<State> {
    let decided = Payment::decide(state.as_ref(), command, context).expect("what is told is taken");
    decided
        .iter()
        .fold(state, |state, event| Some(Payment::evolve(state, event).expect("what was decided follows")))
}

fn answer(state: Option<&State>, command: &Command, context: &Context<'_>) -> String {
    match Payment::decide(state, command.clone(), context) {
        Ok(events) => {
            let names: Vec<_> = events.iter().map(|event| event.name()).collect();
            names.join(" ").replace("payment.", "")
        }
        Err(refusal) => format!("refused: {}", refusal.reason()),
    }
}

fn refund() -> Command {
    let (request, actor, reason) = ("o".into(), "ana".into(), "returned".into());
    Command::RequestRefund { request, amount_minor: None, funds: Funds::Unchecked, actor, reason }
}

fn capture() -> Command {
    let (request, actor, reason) = ("o".into(), "ana".into(), "shipped".into());
    Command::RequestCapture { request, amount_minor: None, actor, reason }
}

/// A refund of everything, asked for under the rules of a file.
fn refund_case(file: &str, what: &'static str, zone: Tz, told: &Told<'_>, ends: &str) -> Case {
    let rules = rules(file);
    let refund = refund();
    let begins = told.approved.expect("a refund is of an approved payment");
    Case::new(what, zone, begins, ends, |now| told.ordered(&rules, &refund, now))
}

pub fn refunds() -> Rule {
    let cases = common_refunds().into_iter().chain(overridden_refunds()).collect();
    Rule {
        name: "Refund window",
        source: "180 days after the approval (the provider's rule, for all sites), the last instant included. Overrides are \
                 those that `config/default.toml` shows: help pages of Peru (90 days), of Point in Brazil (120) and of \
                 debit cards in Brazil (24 hours).",
        cases,
    }
}

fn common_refunds() -> Vec<Case> {
    let case = |what, zone, told, ends| refund_case("", what, zone, &told, ends);
    let (argentina, brazil, chile) = (America::Buenos_Aires, America::Sao_Paulo, America::Santiago);
    vec![
        case(
            "MLA, told at -04:00",
            argentina,
            Told::approved("MLA", "2026-03-31T23:30:00.000-04:00"),
            "2026-09-28T00:30:00-03:00",
        ),
        case(
            "MLA, the same, told at -03:00",
            argentina,
            Told::approved("MLA", "2026-04-01T00:30:00.000-03:00"),
            "2026-09-28T00:30:00-03:00",
        ),
        case(
            "MLC, clocks go back in between",
            chile,
            Told::approved("MLC", "2026-03-01T12:00:00.000-03:00"),
            "2026-08-28T11:00:00-04:00",
        ),
        case(
            "MLC, clocks go forward in between",
            chile,
            Told::approved("MLC", "2026-05-01T12:00:00.000-04:00"),
            "2026-10-28T13:00:00-03:00",
        ),
        case(
            "MLB, approved in the last summer time of Brazil",
            brazil,
            Told::approved("MLB", "2018-12-01T10:00:00.000-04:00"),
            "2019-05-30T11:00:00-03:00",
        ),
        case(
            "MLA, over a leap day",
            argentina,
            Told::approved("MLA", "2027-09-03T09:00:00.000-04:00"),
            "2028-03-01T10:00:00-03:00",
        ),
        case(
            "MLA, without a leap day",
            argentina,
            Told::approved("MLA", "2026-09-03T09:00:00.000-04:00"),
            "2027-03-02T10:00:00-03:00",
        ),
        case(
            "MLA, approved on a leap day",
            argentina,
            Told::approved("MLA", "2028-02-29T09:00:00.000-04:00"),
            "2028-08-27T10:00:00-03:00",
        ),
    ]
}

fn overridden_refunds() -> Vec<Case> {
    let case = |what, zone, told, ends| refund_case(OVERRIDES, what, zone, &told, ends);
    let without = |what, zone, told, ends| refund_case("", what, zone, &told, ends);
    let debit = |approved| Told { family: "debit_card", ..Told::approved("MLB", approved) };
    let at_terminal = |approved| Told { in_person: true, ..Told::approved("MLB", approved) };
    let (brazil, peru) = (America::Sao_Paulo, America::Lima);
    vec![
        without(
            "MPE, no override",
            peru,
            Told::approved("MPE", "2026-03-01T09:00:00.000-04:00"),
            "2026-08-28T08:00:00-05:00",
        ),
        case(
            "MPE, override of the site",
            peru,
            Told::approved("MPE", "2026-03-01T09:00:00.000-04:00"),
            "2026-05-30T08:00:00-05:00",
        ),
        case(
            "MLB, override of debit cards",
            brazil,
            debit("2026-03-01T09:00:00.000-04:00"),
            "2026-03-02T10:00:00-03:00",
        ),
        case(
            "MLB, override of debit cards, clocks go forward in between",
            brazil,
            debit("2018-11-03T12:00:00.000-03:00"),
            "2018-11-04T13:00:00-02:00",
        ),
        case(
            "MLB, override of terminals",
            brazil,
            at_terminal("2026-03-01T09:00:00.000-04:00"),
            "2026-06-29T10:00:00-03:00",
        ),
        case(
            "MLB, credit card beside the overrides",
            brazil,
            Told::approved("MLB", "2026-03-01T09:00:00.000-04:00"),
            "2026-08-28T10:00:00-03:00",
        ),
    ]
}

pub fn confirmations() -> Rule {
    let rules = rules("");
    let case = |what, zone, told: Told<'_>, ends| {
        Case::new(what, zone, told.created, ends, |now| told.ordered(&rules, &Command::PresumeExpired, now))
    };
    let voucher = |created, expires| Told { expires: Some(expires), ..Told::of("MLB", "pending", created) };
    let (argentina, brazil, chile) = (America::Buenos_Aires, America::Sao_Paulo, America::Santiago);
    Rule {
        name: "Unconfirmed payments",
        source: "They lapse at their `date_of_expiration`, else 30 days after their creation (the provider's rule). From that \
                 instant on the sweep presumes so.",
        cases: vec![
            case(
                "MLA, pending, told at -04:00",
                argentina,
                Told::of("MLA", "pending", "2026-10-31T23:30:00.000-04:00"),
                "2026-12-01T00:30:00-03:00",
            ),
            case(
                "MLA, pending, the same, told at -03:00",
                argentina,
                Told::of("MLA", "pending", "2026-11-01T00:30:00.000-03:00"),
                "2026-12-01T00:30:00-03:00",
            ),
            case(
                "MLC, in_process, clocks go forward in between",
                chile,
                Told::of("MLC", "in_process", "2026-08-20T12:00:00.000-04:00"),
                "2026-09-19T13:00:00-03:00",
            ),
            case(
                "MLA, pending, over a leap day",
                argentina,
                Told::of("MLA", "pending", "2028-01-31T11:00:00.000-04:00"),
                "2028-03-01T12:00:00-03:00",
            ),
            case(
                "MLB, a date of its own, sooner",
                brazil,
                voucher("2026-10-01T09:00:00.000-04:00", "2026-10-02T09:00:00.000-04:00"),
                "2026-10-02T10:00:00-03:00",
            ),
            case(
                "MLB, a date of its own, later",
                brazil,
                voucher("2026-10-01T09:00:00.000-04:00", "2026-12-31T22:59:59.000-04:00"),
                "2026-12-31T23:59:59-03:00",
            ),
        ],
    }
}

pub fn captures() -> Rule {
    let rules = rules("");
    let capture = capture();
    let case = |what, zone, site, created, ends| {
        let told = Told::of(site, "authorized", created);
        Case::new(what, zone, created, ends, |now| told.ordered(&rules, &capture, now))
    };
    let (argentina, brazil) = (America::Buenos_Aires, America::Sao_Paulo);
    Rule {
        name: "Capture window",
        source: "Reservations end by themselves so long after their creation: MLA and MLM 7 days, MLB 5, MPE 22 (the \
                 provider's guide on reserving funds), the last instant included. Of MLC, MCO and MLU it names no time, \
                 and none is checked.",
        cases: vec![
            case(
                "MLA, told at -04:00",
                argentina,
                "MLA",
                "2026-10-31T23:30:00.000-04:00",
                "2026-11-08T00:30:00-03:00",
            ),
            case(
                "MLA, the same, told at -03:00",
                argentina,
                "MLA",
                "2026-11-01T00:30:00.000-03:00",
                "2026-11-08T00:30:00-03:00",
            ),
            case(
                "MLA, over a leap day",
                argentina,
                "MLA",
                "2028-02-23T11:00:00.000-04:00",
                "2028-03-01T12:00:00-03:00",
            ),
            case(
                "MLM, clocks go back in between",
                America::Mexico_City,
                "MLM",
                "2021-10-28T12:00:00.000-05:00",
                "2021-11-04T11:00:00-06:00",
            ),
            case("MLB", brazil, "MLB", "2026-10-01T09:00:00.000-04:00", "2026-10-06T10:00:00-03:00"),
            case(
                "MLB, clocks go forward in between",
                brazil,
                "MLB",
                "2018-11-01T12:00:00.000-03:00",
                "2018-11-06T13:00:00-02:00",
            ),
            case("MPE", America::Lima, "MPE", "2026-10-01T09:00:00.000-04:00", "2026-10-23T08:00:00-05:00"),
        ],
    }
}

pub fn approvals() -> Rule {
    let rules = rules("[approval]\nabove = { ARS = \"0\", BRL = \"0\" }\n");
    let case = |what, zone, told: Told<'_>, order: Command, ends| {
        let begins = told.approved.unwrap_or(told.created);
        Case::new(what, zone, begins, ends, |now| told.approved_by_another(&rules, &order, begins, now))
    };
    let (argentina, brazil) = (America::Buenos_Aires, America::Sao_Paulo);
    Rule {
        name: "Approval by a second person",
        source: "An order that waits is held to the rule of its kind again when it is approved: it may be approved as long as \
                 it could be given, the last instant included. Each is given when its window begins.",
        cases: vec![
            case(
                "MLA, refund",
                argentina,
                Told::approved("MLA", "2026-03-31T23:30:00.000-04:00"),
                refund(),
                "2026-09-28T00:30:00-03:00",
            ),
            case(
                "MLB, refund, clocks go forward in between",
                brazil,
                Told::approved("MLB", "2018-06-01T10:00:00.000-04:00"),
                refund(),
                "2018-11-28T12:00:00-02:00",
            ),
            case(
                "MLA, capture",
                argentina,
                Told::of("MLA", "authorized", "2026-10-31T23:30:00.000-04:00"),
                capture(),
                "2026-11-08T00:30:00-03:00",
            ),
        ],
    }
}

#[test]
fn a_site_whose_time_is_not_known_is_captured_at_any_time() {
    let capture = capture();
    for site in ["MLC", "MCO", "MLU"] {
        let told = Told::of(site, "authorized", "2026-10-01T09:00:00.000-04:00");
        let late = told.ordered(&rules(""), &capture, instant("2027-10-01T09:00:00Z"));
        assert_eq!(late, "capture_requested", "{site}");
    }
}
