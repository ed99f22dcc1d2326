//! Decides and evolves a payment.
//!
//! From row to column: `=` is the same, `.` a step the provider's own rules list, `*` several such steps in one
//! statement, `!` none; it is applied all the same and marked `outside_rule`:
//!
//! ```text
//!                         a b c d e f g h i j k l
//! a awaiting_payer        = . . . . . . * * * * *
//! b in_review             ! = . . . . . * * * * *
//! c authorized            ! ! = ! . . . * * * * *
//! d rejected              ! ! ! = ! ! ! ! ! ! ! !
//! e cancelled             ! ! ! ! = ! ! ! ! ! ! !
//! f expired               ! ! ! ! ! = ! ! ! ! ! !
//! g approved              ! ! ! ! ! ! = . . . * *
//! h disputed              ! ! ! ! ! ! . = . * * *
//! i refunded              ! ! ! ! ! ! ! ! = ! ! !
//! j chargeback_open       ! ! ! ! ! ! ! ! ! = . .
//! k chargeback_lost       ! ! ! ! ! ! ! ! ! ! = !
//! l chargeback_reimbursed ! ! ! ! ! ! ! ! ! ! ! =
//! ```
//!
//! Orders of people, from row to what is told of them: a second person approves or declines, the provider refuses or
//! answers, a refund names a refund order, a standing shows a capture or cancellation. `=` is the same; what is refused
//! is told by its reason:
//!
//! ```text
//!           approve   decline   refused   answered  named     shown
//! held      open      declined  not_sent  not_sent  done      =
//! open      not_held  not_held  refused   done      done      done
//! done      not_held  not_held  =         =         =         =
//! refused   not_held  not_held  =         done      done      =
//! declined  not_held  not_held  not_sent  not_sent  done      =
//! ```

use super::books::{Books, check_amounts};
use super::orders::{self, By};
use super::refusal::Refusal;
use super::state::{Keyed, Known, State};
use super::{
    Asked, Command, Description, Event, Observation, Opened, Release, Released, Said, Standing, books,
    describe,
};
use crate::machine::{Context, IllegalEvent, Instant, Machine};

/// The machine of payments.
#[derive(Clone, Copy, Debug)]
pub struct Payment;

impl Machine for Payment {
    const TYPE: &'static str = "payment";
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn decide(state: Option<&State>, command: Command, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
        check_amounts(&command)?;
        match command {
            Command::Observe(Observation::Described { description, refunded_minor, refunds }) => {
                describe::decide(state, *description, refunded_minor, refunds, context)
            }
            Command::Observe(Observation::RefundSeen { mention, currency, at }) => {
                describe::decide_refund(state, mention, currency, at, context.now)
            }
            Command::Observe(Observation::Released(release)) => decide_release(state, release),
            Command::RequestRefund { request, amount_minor, funds, actor, reason } => {
                orders::refund::request(state, amount_minor, funds, By { request, actor, reason }, context)
            }
            Command::RequestCapture { request, amount_minor, actor, reason } => {
                orders::capture::request(state, amount_minor, By { request, actor, reason }, context)
            }
            Command::RequestCancel { request, actor, reason } => {
                orders::cancel::request(state, By { request, actor, reason }, context)
            }
            Command::ApproveOrder { request, funds, actor } => {
                orders::approve(state, request, funds, actor, context)
            }
            Command::DeclineOrder { request, actor, reason } => {
                orders::decline(state, By { request, actor, reason }, context)
            }
            Command::RecordRefusal { request, code } => orders::record_refusal(state, request, code, context),
            Command::RecordRefund { request, refund } => {
                orders::refund::record(state, request, refund, context)
            }
            Command::PresumeExpired => orders::presume_expired(state, context),
        }
    }

    fn evolve(state: Option<State>, event: &Event) -> Result<State, IllegalEvent> {
        let illegal = |state: &'static str| IllegalEvent { event: crate::event::Event::name(event), state };
        match (state, event) {
            (None, Event::Opened(opened)) => {
                let keyed = Keyed::new(opened.terms.currency);
                Ok(State::Known(Box::new(known(opened, keyed))))
            }
            (Some(State::Foretold(keyed)), Event::Opened(opened)) => {
                Ok(State::Known(Box::new(known(opened, keyed))))
            }
            (None, Event::Released(Released { release, .. })) => {
                let mut keyed = Keyed::new(release.currency);
                keyed.release(release.clone());
                Ok(State::Foretold(keyed))
            }
            (None, Event::RefundForetold(named)) => {
                let mut keyed = Keyed::new(named.currency);
                keyed.name_refund(&named.mention);
                Ok(State::Foretold(keyed))
            }
            (Some(State::Foretold(mut keyed)), Event::Released(Released { release, .. }))
                if !keyed.has_row(release) =>
            {
                keyed.release(release.clone());
                Ok(State::Foretold(keyed))
            }
            (Some(State::Foretold(mut keyed)), Event::RefundNamed(named)) => {
                keyed.name_refund(&named.mention);
                Ok(State::Foretold(keyed))
            }
            (Some(State::Known(mut known)), event) => match evolve_known(&mut known, event) {
                true => Ok(State::Known(known)),
                false => Err(illegal(known.described.standing.name())),
            },
            (Some(State::Foretold(_)), _) => Err(illegal("foretold")),
            (None, _) => Err(illegal("absent")),
        }
    }
}

fn decide_release(state: Option<&State>, release: Release) -> Result<Vec<Event>, Refusal> {
    if let Some(state) = state {
        let known = state.keyed().currency;
        if known != release.currency {
            return Err(Refusal::CurrencyConflict { known, told: release.currency });
        }
        if state.keyed().has_row(&release) {
            return Ok(Vec::new());
        }
    }
    Ok(vec![Event::Released(Released { at: release.at, release })])
}

fn known(opened: &Opened, keyed: Keyed) -> Known {
    Known {
        described: Description {
            said: opened.said.clone(),
            standing: Standing::AwaitingPayer,
            known_words: opened.known_words,
            terms: opened.terms.clone(),
            returned: opened.returned.clone(),
            profile: opened.profile.clone(),
        },
        keyed,
        books: Books::default(),
        asked: Asked::default(),
    }
}

/// Applies a fact to a described payment; false when it cannot follow.
fn evolve_known(known: &mut Known, event: &Event) -> bool {
    match event {
        Event::Opened(_) | Event::RefundForetold(_) => return false,
        Event::Released(e) if known.keyed.has_row(&e.release) => return false,
        Event::PlacedInReview(e) => stand(known, Standing::InReview, &e.said, e.known_words),
        Event::AwaitedPayer(e) => stand(known, Standing::AwaitingPayer, &e.said, e.known_words),
        Event::Authorized(e) | Event::Captured(e) => {
            stand(known, Standing::Authorized, &e.said, e.known_words);
        }
        Event::Approved(e) => {
            if e.sale.is_some() && known.books.sale.standing.is_some() {
                return false;
            }
            stand(known, Standing::Approved, &e.said, e.known_words);
            if let Some(sale) = &e.sale {
                known.books.sale.book(sale.clone());
            }
        }
        Event::Reinstated(e) | Event::DisputeClosed(e) => {
            stand(known, Standing::Approved, &e.said, e.known_words);
        }
        Event::Rejected(e) => stand(known, Standing::Rejected, &e.said, e.known_words),
        Event::Cancelled(e) => stand(known, Standing::Cancelled, &e.said, e.known_words),
        Event::Expired(e) => stand(known, Standing::Expired, &e.said, e.known_words),
        Event::DisputeOpened(e) => stand(known, Standing::Disputed, &e.said, e.known_words),
        Event::FullyRefunded(e) => stand(known, Standing::Refunded, &e.said, e.known_words),
        Event::ChargebackOpened(e) => stand(known, Standing::ChargebackOpen, &e.said, e.known_words),
        Event::ChargebackLost(e) => stand(known, Standing::ChargebackLost, &e.said, e.known_words),
        Event::ChargebackReimbursed(e) => {
            stand(known, Standing::ChargebackReimbursed, &e.said, e.known_words);
        }
        Event::Reaffirmed(e) => {
            known.described.said = e.said.clone();
            known.described.known_words = e.known_words;
        }
        Event::Redescribed(e) => {
            known.described.profile = e.profile.clone();
            known.described.terms = e.terms.clone();
            known.described.returned = e.returned.clone();
        }
        Event::RefundNamed(e) => {
            known.keyed.name_refund(&e.mention);
            known.asked.echo(&known.keyed);
        }
        Event::RefundsAccumulated(e) => known.keyed.refunded_minor = e.total_minor,
        Event::Released(e) => known.keyed.release(e.release.clone()),
        Event::RefundRequested(_)
        | Event::RefundRefused(_)
        | Event::RefundAnswered(_)
        | Event::CancelRequested(_)
        | Event::CancelRefused(_)
        | Event::CaptureRequested(_)
        | Event::CaptureRefused(_)
        | Event::OrderApproved(_)
        | Event::OrderDeclined(_)
        | Event::PresumedExpired(_) => return known.asked.evolve(event),
        Event::Restated(_)
        | Event::SaleReversed(_)
        | Event::LossBooked(_)
        | Event::LossReversed(_)
        | Event::ChargesReturned(_)
        | Event::ChargesReturnReversed(_)
        | Event::RefundUnidentified(_)
        | Event::RefundIdentified(_) => return evolve_books(&mut known.books, event),
    }
    true
}

/// Applies a booking or its reversal; false when it does not fit what stands in the books.
fn evolve_books(books: &mut Books, event: &Event) -> bool {
    match event {
        Event::Restated(e) if books.sale.standing.is_none() => books.sale.book(e.sale.clone()),
        Event::SaleReversed(e) if books.sale.standing.as_ref() == Some(&e.sale) => {
            books.sale.standing = None;
        }
        Event::LossBooked(e) if books.loss.standing.is_none() => books.loss.book(e.clone()),
        Event::LossReversed(e) if books.loss.standing.as_ref().is_some_and(|loss| e.is_money_of(loss)) => {
            books.loss.standing = None;
        }
        Event::ChargesReturned(e) if books.returned.standing.is_none() => books.returned.book(e.clone()),
        Event::ChargesReturnReversed(e) if books.returned.standing.as_ref() == Some(e) => {
            books.returned.standing = None;
        }
        Event::RefundUnidentified(e) if books.unidentified.standing.is_none() => {
            books.unidentified.book(e.clone());
        }
        Event::RefundIdentified(e) if books.unidentified.standing.as_ref() == Some(e) => {
            books.unidentified.standing = None;
        }
        _ => return false,
    }
    true
}

fn stand(known: &mut Known, standing: Standing, said: &Said, known_words: bool) {
    known.described.standing = standing;
    known.described.said = said.clone();
    known.described.known_words = known_words;
    known.asked.show(standing);
}

/// Facts being decided, with the state they lead to.
pub(super) struct Draft {
    state: Option<State>,
    events: Vec<Event>,
}

impl Draft {
    pub(super) fn new(state: Option<&State>) -> Self {
        Self { state: state.cloned(), events: Vec::with_capacity(4) }
    }

    pub(super) fn push(&mut self, event: Event) {
        let next = Payment::evolve(self.state.take(), &event);
        self.state = Some(next.expect("decide writes only facts that can follow"));
        self.events.push(event);
    }

    pub(super) fn state(&self) -> &State {
        self.state.as_ref().expect("a draft is read only after its first fact")
    }

    pub(super) fn described(&self) -> &Description {
        let known = self.state().known();
        &known.expect("a draft is described by its first fact").described
    }

    pub(super) fn sales_made(&self) -> u32 {
        self.state().known().map_or(0, |known| known.books.sale.made)
    }

    /// Brings the books to where knowledge says they must be.
    pub(super) fn settle(&mut self, now: Instant) {
        if let Some(State::Known(known)) = &self.state {
            for event in books::settle(known, now) {
                self.push(event);
            }
        }
    }

    pub(super) fn into_events(self) -> Vec<Event> {
        self.events
    }
}
