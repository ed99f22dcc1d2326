//! Charging: one attempt to be paid, from the wish to what became of it.
//!
//! Look at what the provider shows, decide and write the fact with its idempotency key, send, take in what is answered,
//! write what became of it. A crash anywhere leaves an open attempt; the same attempt again is sent under its own key,
//! and the provider answers a repetition with the payment itself. The call does not pass through the outbox: its body
//! holds a card's token and the payer's data, which an append-only table could never forget.

use bytes::Bytes;
use client::client::Client;
use client::error::ClientError;
use domain::ids::{PaymentId, SellerId};
use domain::machine::{Context, Instant, Machine};
use domain::obligation::guard::{Block, stands_in_the_way};
use domain::obligation::judge::{Judged, judge};
use domain::obligation::machine::Obligation;
use domain::obligation::state::{Answer, Stage, State};
use domain::obligation::{Command, Twin, Wanted};
use domain::rules::Rules;
use domain::text::Text;
use mercadopago::request::payment::PaymentRequest;

use crate::execute::{ATTEMPTS, By, Desk, ExecuteError, Wrote};

pub mod ask;
pub mod error;
mod seen;
mod send;
mod token;

use ask::{Ask, Owed};
use error::ChargeError;
use seen::{Seen, Shown};

/// In the place of an idempotency key where nothing is sent.
const NO_KEY: &str = "none";

/// Makes payments in the name of a person, for one account.
pub struct Charges {
    client: Client,
    desk: Desk,
    rules: Rules,
    seller: SellerId,
    actor: Text,
}

/// What became of an attempt.
#[derive(Debug)]
pub enum Charged {
    /// The provider answered.
    Answered {
        /// Name of the attempt.
        request: Text,
        /// What it said.
        answer: Answer,
        /// The payment as it came; a rejection that was told as an error has none.
        body: Option<Bytes>,
        /// Whether an earlier run had made it, and nothing was sent now.
        was_made: bool,
    },
    /// The provider refused the call: nothing was charged.
    Refused {
        /// Name of the attempt.
        request: Text,
        /// What it said.
        source: ClientError,
    },
    /// The guard does not allow it: nothing was sent.
    Blocked {
        /// Name of the attempt.
        request: Text,
        /// Why.
        block: Block,
    },
}

/// What is known of an obligation while an attempt at it is made.
struct Case {
    owed: Owed,
    state: Option<State>,
    shown: Shown,
    /// The key of the attempt that this run wrote down: nobody sent it before.
    made: Option<Text>,
    /// Nothing is written: what would be told is told to the state alone.
    is_trial: bool,
}

impl Charges {
    /// Payments made by a person, for a seller.
    #[must_use]
    pub fn new(client: Client, desk: Desk, seller: SellerId, actor: Text) -> Self {
        let rules = desk.config.rules();
        Self { client, desk, rules, seller, actor }
    }

    /// Makes an attempt and waits for what becomes of it.
    ///
    /// # Errors
    /// [`ChargeError::Open`] when nobody knows what became of it, and the same again finds out; see [`ChargeError`].
    pub async fn charge(&self, ask: &Ask) -> Result<Charged, ChargeError> {
        let mut case = self.case(ask, false).await?;
        for _ in 0..ATTEMPTS {
            let wanted = self.wanted(&case).await?;
            let judged = judge(case.state.as_ref(), &wanted, &self.context())?;
            match judged {
                Judged::Answered { request } => return self.known(&case, request).await,
                Judged::Open { request } => match self.send(&mut case, &request).await? {
                    Some(charged) => return Ok(charged),
                    // Its token was used elsewhere meanwhile: judge it again.
                    None => continue,
                },
                Judged::Blocked { block, .. } => {
                    let request = wanted.request.clone();
                    self.execute(&mut case, Command::Request(Box::new(wanted))).await?;
                    let last = case.state.as_ref().and_then(|state| state.last_block(&request));
                    if last.is_some_and(|last| last.block == block) {
                        return Ok(Charged::Blocked { request, block });
                    }
                }
                Judged::New { .. } => {
                    case.made = Some(wanted.key.clone());
                    self.execute(&mut case, Command::Request(Box::new(wanted))).await?;
                }
            }
        }
        Err(ChargeError::Contended { attempts: ATTEMPTS })
    }

    /// What would be sent, before anything is looked at or written.
    ///
    /// # Errors
    /// When it is against a rule of the provider's, or nothing tells what it pays for.
    pub fn check(&self, ask: &Ask) -> Result<PaymentRequest, ChargeError> {
        let owed = Owed::of(ask, &self.seller, &self.desk.config)?;
        Ok(owed.call(&owed.request, NO_KEY)?.request)
    }

    /// What an attempt would be, without writing or sending anything.
    ///
    /// # Errors
    /// See [`ChargeError`].
    pub async fn judge(&self, ask: &Ask) -> Result<Judged, ChargeError> {
        let case = self.case(ask, true).await?;
        let wanted = self.wanted(&case).await?;
        Ok(judge(case.state.as_ref(), &wanted, &self.context())?)
    }

    /// Looks at everything that an attempt depends on.
    async fn case(&self, ask: &Ask, is_trial: bool) -> Result<Case, ChargeError> {
        let owed = Owed::of(ask, &self.seller, &self.desk.config)?;
        let state = self.desk.state::<Obligation>(&owed.stream).await?;
        let open = state.as_ref().and_then(State::open);
        let shown = self.search(&owed, open.map(|open| open.asked.at), is_trial).await?;
        let mut case = Case { owed, state, shown, made: None, is_trial };
        self.learn(&mut case).await?;
        Ok(case)
    }

    /// The attempt, with what was found.
    async fn wanted(&self, case: &Case) -> Result<Wanted, ChargeError> {
        let Case { owed, shown, .. } = case;
        let twin = |seen: &Seen| Twin { payment: seen.payment.clone(), standing: seen.standing };
        let is_ours = |seen: &&Seen| seen.attempt.as_ref().is_some_and(|name| case.knows(name));
        // What names this obligation is about it, also when we do not know the attempt (any more).
        let is_about = |seen: &&Seen| seen.fits || seen.attempt.is_some();
        let twins = shown.seen.iter().filter(|seen| is_about(seen) && !is_ours(seen)).map(twin).collect();
        let is_shown = case.state.as_ref().and_then(State::open).is_some_and(|open| {
            shown.seen.iter().any(|seen| seen.attempt.as_ref() == Some(&open.asked.request))
        });
        Ok(Wanted {
            request: owed.request.clone(),
            key: client::call::IdempotencyKey::fresh().as_str().into(),
            actor: self.actor.clone(),
            reason: owed.reason.clone(),
            terms: owed.terms.clone(),
            instrument: owed.instrument.clone(),
            token: self.token(owed, case.is_trial).await?,
            installments: owed.installments,
            body: owed.body.clone(),
            twins,
            was_searched: shown.was_searched && !is_shown,
        })
    }

    /// Tells the history what the provider shows of its own attempts; what a search does not show is read by itself.
    async fn learn(&self, case: &mut Case) -> Result<(), ChargeError> {
        for seen in case.shown.seen.clone() {
            let by_note = seen.attempt.clone().filter(|name| case.knows(name));
            let by_id = || case.attempt_with(&seen.payment);
            if let Some(request) = by_note.or_else(by_id) {
                self.record(case, request, &seen).await?;
            }
        }
        let shown: Vec<PaymentId> = case.shown.seen.iter().map(|seen| seen.payment.clone()).collect();
        for payment in case.payments(&self.context()).into_iter().filter(|payment| !shown.contains(payment)) {
            let (seen, _) = self.read(&payment, case.is_trial).await?;
            if let Some(request) = case.attempt_with(&payment) {
                self.record(case, request, &seen).await?;
            }
        }
        Ok(())
    }

    /// Tells the history what the provider says of an attempt.
    async fn record(&self, case: &mut Case, request: Text, seen: &Seen) -> Result<(), ChargeError> {
        let Seen { payment, standing, status, detail, since, .. } = seen.clone();
        let payment = Some(payment);
        let told = Command::RecordAnswer { request, payment, standing, status, detail, since };
        self.execute(case, told).await?;
        Ok(())
    }

    /// What an attempt became that was made before.
    async fn known(&self, case: &Case, request: Text) -> Result<Charged, ChargeError> {
        let answer = case.answer(&request).ok_or(ChargeError::Contended { attempts: 1 })?;
        let body = match &answer.payment {
            Some(payment) => Some(self.read(payment, case.is_trial).await?.1),
            None => None,
        };
        Ok(Charged::Answered { request, answer, body, was_made: true })
    }

    /// Runs a command on the history, and knows it as it is afterwards; true when it wrote something.
    async fn execute(&self, case: &mut Case, command: Command) -> Result<bool, ChargeError> {
        if case.is_trial {
            let events = Obligation::decide(case.state.as_ref(), command, &self.context())?;
            for event in &events {
                case.state = Some(Obligation::evolve(case.state.take(), event)?);
            }
            return Ok(!events.is_empty());
        }
        for _ in 0..ATTEMPTS {
            let by = By::person(self.actor.clone());
            let wrote = self.desk.execute::<Obligation>(&case.owed.stream, command.clone(), by).await;
            let wrote = match wrote {
                Ok(wrote) => wrote,
                Err(ExecuteError::Refused(refusal)) => return Err(refusal.into()),
                Err(ExecuteError::Illegal(source)) => return Err(source.into()),
                Err(ExecuteError::Failed(source)) => return Err(ChargeError::Failed { source }),
            };
            case.state = self.desk.state::<Obligation>(&case.owed.stream).await?;
            // What is asked for must be judged by what others wrote; what is told stands.
            if wrote != Wrote::Conflict || matches!(command, Command::Request(_)) {
                return Ok(wrote == Wrote::Facts);
            }
        }
        Err(ChargeError::Contended { attempts: ATTEMPTS })
    }

    fn context(&self) -> Context<'_> {
        Context { now: self.now(), rules: &self.rules }
    }

    fn now(&self) -> Instant {
        self.desk.clock.now()
    }
}

impl Case {
    /// Whether an attempt of this name was made.
    fn knows(&self, request: &Text) -> bool {
        self.state.as_ref().is_some_and(|state| state.attempts.contains_key(request))
    }

    /// The attempt that became a payment.
    fn attempt_with(&self, payment: &PaymentId) -> Option<Text> {
        let mut answered = self.state.iter().flat_map(State::answered);
        let found = answered.find(|(_, answer)| answer.payment.as_ref() == Some(payment));
        found.map(|(attempt, _)| attempt.asked.request.clone())
    }

    /// Payments of our attempts that keep another from being made, if they still are what they were.
    fn payments(&self, context: &Context<'_>) -> Vec<PaymentId> {
        let answered = self.state.iter().flat_map(State::answered);
        let mark = &self.owed.terms.mark;
        let barring = answered.filter(|(_, answer)| stands_in_the_way(mark, answer, context));
        barring.filter_map(|(_, answer)| answer.payment.clone()).collect()
    }

    fn answer(&self, request: &str) -> Option<Answer> {
        match &self.state.as_ref()?.attempts.get(request)?.stage {
            Stage::Answered(answer) => Some(answer.clone()),
            Stage::Open | Stage::Refused { .. } | Stage::Lost => None,
        }
    }
}

#[cfg(test)]
mod tests;
