//! The payment machine: given / when / then, people's orders, all short walks, convergence, matrices, golden files.

use super::machine::Payment;
use super::refusal::Refusal;
use super::state::State;
use super::{
    Charge, ChargeKind, Command, Description, Event, Funds, Observation, Operation, Profile, RefundMention,
    Release, ReleaseWay, Said, Standing, Terms,
};
use crate::currency::Currency;
use crate::event::Event as _;
use crate::machine::{Context, Instant};
use crate::refund::RefundStanding;
use crate::rules::Rules;
use crate::walks;

mod approving;
mod ending;
mod golden;
mod matrix;
mod observing;
mod ordered_walks;
mod ordering;
mod walking;

const GROSS: i64 = 10_000;
const NOW: &str = "2026-05-01T00:00:00Z";

fn at(text: &str) -> Instant {
    text.parse().expect("a literal instant")
}

fn day(day: u32) -> Instant {
    at(&format!("2026-03-{day:02}T10:00:00Z"))
}

fn charge(id: &str, kind: ChargeKind, amount_minor: i64) -> Charge {
    Charge { id: id.into(), kind, name: id.into(), amount_minor }
}

/// 100.00 with a fee of 4.00 and a withholding of 1.00, created on the 1st and approved on the 4th.
fn told(on: u32, standing: Standing) -> Description {
    Description {
        said: Said { updated_at: Some(day(on)), status: standing.name().into(), detail: "told".into() },
        standing,
        known_words: true,
        terms: Terms {
            currency: Currency::ARS,
            gross_minor: GROSS,
            charges: vec![
                charge("fee", ChargeKind::Processing, 400),
                charge("tax", ChargeKind::Withholding, 100),
            ],
            net_minor: 9_500,
        },
        returned: Vec::new(),
        profile: Profile {
            operation: Operation::Sale,
            reference: Some("order-7".into()),
            method: "visa".into(),
            method_type: "credit_card".into(),
            installments: 1,
            device: None,
            preapproval: None,
            created_at: Some(day(1)),
            approved_at: standing.is_credited().then(|| day(4)),
            expires_at: None,
            release_at: None,
        },
    }
}

fn timeless(mut description: Description) -> Description {
    description.said.updated_at = None;
    description
}

/// The fee is 4.50 by now.
fn dearer(mut description: Description) -> Description {
    description.terms.charges[0].amount_minor = 450;
    description.terms.net_minor = 9_450;
    description
}

fn refund(id: &str, amount_minor: i64, standing: RefundStanding) -> RefundMention {
    RefundMention { refund: id.into(), amount_minor, standing, order: None }
}

fn given_back(id: &str, amount_minor: i64) -> RefundMention {
    refund(id, amount_minor, RefundStanding::Approved)
}

fn describe(description: Description) -> Observation {
    returning(description, 0, &[])
}

fn returning(description: Description, refunded_minor: i64, refunds: &[RefundMention]) -> Observation {
    let description = Box::new(description);
    Observation::Described { description, refunded_minor, refunds: refunds.to_vec() }
}

fn says(on: u32, standing: Standing) -> Observation {
    describe(told(on, standing))
}

fn seen(mention: RefundMention) -> Observation {
    Observation::RefundSeen { mention, currency: Currency::ARS, at: day(6) }
}

fn released(row: &str, amount_minor: i64) -> Observation {
    let way = if amount_minor < 0 { ReleaseWay::Held } else { ReleaseWay::Moved };
    let (word, currency) = ("payment".into(), Currency::ARS);
    Observation::Released(Release { row: row.into(), way, word, amount_minor, currency, at: day(20) })
}

fn tell(state: Option<State>, told: &Observation) -> (Option<State>, Result<Vec<Event>, Refusal>) {
    let rules = Rules::default();
    walks::step::<Payment>(state, &Command::Observe(told.clone()), &Context { now: at(NOW), rules: &rules })
}

fn known(given: &[Observation]) -> Option<State> {
    given.iter().fold(None, |state, told| {
        let (state, decided) = tell(state, told);
        decided.expect("what is given is accepted");
        state
    })
}

fn after(told: &Observation) -> &[Observation] {
    std::slice::from_ref(told)
}

/// After what was told, `when` writes exactly these facts, one a line, or is refused.
fn check(given: &[Observation], when: &Observation, expect: Result<&[&str], Refusal>) {
    let (_, decided) = tell(known(given), when);
    let lines = decided.map(|events| events.iter().map(line).collect::<Vec<_>>());
    let expect = expect.map(|lines| lines.iter().map(ToString::to_string).collect());
    assert_eq!(lines, expect);
}

/// A fact on one line: its name without `payment.`, and its money.
fn line(event: &Event) -> String {
    let name = event.name().trim_start_matches("payment.");
    let mark = |outside_rule: bool| if outside_rule { " outside_rule" } else { "" };
    let sale = |sale: &super::Booking| {
        let (terms, on) = (&sale.terms, sale.at.format("%m-%d"));
        format!(" #{} {} net {} on {on}", sale.ordinal, terms.gross_minor, terms.net_minor)
    };
    match event {
        Event::Opened(_) | Event::Redescribed(_) | Event::Reaffirmed(_) => name.to_owned(),
        Event::PlacedInReview(e)
        | Event::AwaitedPayer(e)
        | Event::Authorized(e)
        | Event::Captured(e)
        | Event::Reinstated(e)
        | Event::Cancelled(e)
        | Event::Expired(e)
        | Event::DisputeOpened(e)
        | Event::DisputeClosed(e)
        | Event::FullyRefunded(e)
        | Event::ChargebackOpened(e)
        | Event::ChargebackLost(e)
        | Event::ChargebackReimbursed(e) => format!("{name}{}", mark(e.outside_rule)),
        Event::Rejected(e) => format!("{name}{} {:?}", mark(e.outside_rule), e.rejection.class),
        Event::Approved(e) => {
            let sale = e.sale.as_ref().map_or_else(|| " nothing".to_owned(), sale);
            format!("{name}{sale}{}", mark(e.outside_rule))
        }
        Event::Restated(e) | Event::SaleReversed(e) => format!("{name}{}", sale(&e.sale)),
        Event::LossBooked(e)
        | Event::LossReversed(e)
        | Event::RefundUnidentified(e)
        | Event::RefundIdentified(e) => format!("{name} #{} {}", e.ordinal, e.amount_minor),
        Event::ChargesReturned(e) | Event::ChargesReturnReversed(e) => {
            let charges = e.charges.iter().map(|c| format!(" {} {}", c.id, c.amount_minor));
            format!("{name} #{}{}", e.ordinal, charges.collect::<String>())
        }
        Event::RefundsAccumulated(e) => format!("{name} {}", e.total_minor),
        Event::RefundNamed(super::RefundNamed { mention, .. })
        | Event::RefundForetold(super::RefundForetold { mention, .. }) => {
            let order = mention.order.as_ref().map(|order| format!(" of {order}")).unwrap_or_default();
            format!("{name} {} {} {}{order}", mention.refund, mention.amount_minor, mention.standing.name())
        }
        Event::Released(e) => format!("{name} {}", e.release.amount_minor),
        Event::RefundRequested(e) | Event::CancelRequested(e) | Event::CaptureRequested(e) => {
            let amount = e.amount_minor.map(|minor| format!(" {minor}")).unwrap_or_default();
            let marks =
                [(e.is_whole, " whole"), (e.is_held, " held")].map(|(is, mark)| if is { mark } else { "" });
            format!("{name} {}{amount}{} by {}", e.request, marks.concat(), e.actor)
        }
        Event::RefundRefused(e) | Event::CancelRefused(e) | Event::CaptureRefused(e) => {
            let amount = e.amount_minor.map(|minor| format!(" {minor}")).unwrap_or_default();
            format!("{name} {}{amount} {}", e.request, e.code)
        }
        Event::RefundAnswered(e) => format!("{name} {} {}", e.request, e.refund),
        Event::OrderApproved(e) => format!("{name} {} by {}", e.request, e.actor),
        Event::OrderDeclined(e) => format!("{name} {} by {}", e.request, e.actor),
        Event::PresumedExpired(e) => format!("{name} by {}", e.actor),
    }
}
