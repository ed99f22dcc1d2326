//! Sending an attempt, under its own key, and writing what became of it. A refusal is about one try: when there was another
//! before, of which nobody knows, the attempt stays open until the provider would show it.

use client::error::code::ErrorCode;
use client::error::{ClientError, Refusal};
use domain::machine::Instant;
use domain::obligation::Command;
use domain::obligation::guard::lost_from;
use domain::obligation::machine::Obligation;
use domain::obligation::state::State;
use domain::payment::Standing;
use domain::text::Text;

use super::error::ChargeError;
use super::{Case, Charged, Charges};

/// What stands in a fact for a call that was not sent, because another attempt used the token a moment before.
const TOKEN_USED: &str = "token_used";
/// The provider's status of a rejection.
const REJECTED: &str = "rejected";

/// Which time of sending an attempt it is.
struct Time {
    sends: u32,
    /// Until when an earlier one may come to light, where there was one.
    earlier: Option<Instant>,
}

impl Charges {
    /// Sends an open attempt; `None` when nothing was sent, because its token was used by another one, or somebody gave it
    /// up.
    pub(super) async fn send(&self, case: &mut Case, request: &Text) -> Result<Option<Charged>, ChargeError> {
        let open = case.state.as_ref().and_then(State::open).expect("what is judged open is an open attempt");
        let (key, earlier, sends) = (open.asked.key.clone(), lost_from(open, &self.rules), open.sends);
        let is_first = case.made.as_ref() == Some(&key);
        // Others count from the last time that it was sent; what they gave up meanwhile is not sent again.
        if !is_first {
            let repeat = Command::Repeat { request: request.clone(), sends };
            if !self.execute(case, repeat).await? {
                return Ok(None);
            }
        }
        let sends = if is_first { sends } else { sends + 1 };
        let call = case.owed.call(request, &key)?;
        if !self.use_token(&case.owed, request).await? {
            let refusal = Command::RecordRefusal { request: request.clone(), code: TOKEN_USED.into(), sends };
            self.execute(case, refusal).await?;
            return Ok(None);
        }
        let answered = self.client.send(&self.seller, &call).await;
        let charged = match answered {
            Ok(reply) => self.answered(case, request, reply.body).await,
            Err(error) => {
                let time = Time { sends, earlier: (!is_first).then_some(earlier) };
                self.failed(case, request, time, error).await
            }
        };
        charged.map(Some).map_err(|error| match error {
            ChargeError::Open { .. } | ChargeError::Doubtful { .. } => error,
            error => ChargeError::NotSettled { request: request.clone(), source: Box::new(error) },
        })
    }

    /// The provider made a payment, perhaps a rejected one.
    async fn answered(
        &self,
        case: &mut Case,
        request: &Text,
        body: bytes::Bytes,
    ) -> Result<Charged, ChargeError> {
        let seen = self.see(&body, None, false).await?;
        self.record(case, request.clone(), &seen).await?;
        let answer = case.answer(request).ok_or(ChargeError::Contended { attempts: 1 })?;
        Ok(Charged::Answered { request: request.clone(), answer, body: Some(body), was_made: false })
    }

    /// The provider refused, or did not answer. Only a refusal of what was sent says that nothing was charged, and of that
    /// one time: what was sent at another may come to light.
    async fn failed(
        &self,
        case: &mut Case,
        request: &Text,
        time: Time,
        error: ClientError,
    ) -> Result<Charged, ChargeError> {
        let refusal = match &error {
            ClientError::Refused(refusal) if is_about_the_request(refusal) => refusal,
            _ => return Err(ChargeError::Open { request: request.clone(), source: error }),
        };
        let told = self.refused(request.clone(), time.sends, refusal);
        let is_silent = refusal.follows_silence;
        // Another try of the same attempt may have made it all the same.
        let asked_at = case.state.as_ref().and_then(State::open).map(|open| open.asked.at);
        case.shown = self.search(&case.owed, asked_at, false).await?;
        case.state = self.desk.state::<Obligation>(&case.owed.stream).await?;
        self.learn(case).await?;
        let open = case.state.as_ref().and_then(State::open).filter(|open| open.asked.request == *request);
        if let Some(open) = open {
            let until = lost_from(open, &self.rules);
            let doubt = if is_silent || open.sends != time.sends { Some(until) } else { time.earlier };
            let is_doubtful = doubt.is_some_and(|until| !case.shown.was_searched || self.now() < until);
            // Who sent it again after that look waits for another answer.
            let is_told = !is_doubtful && self.execute(case, told).await?;
            if !is_told && case.answer(request).is_none() {
                return Err(ChargeError::Doubtful { request: request.clone(), from: until, source: error });
            }
        }
        let request = request.clone();
        match case.answer(&request) {
            Some(answer) => {
                let body = match &answer.payment {
                    Some(payment) => Some(self.read(payment, false).await?.1),
                    None => None,
                };
                Ok(Charged::Answered { request, answer, body, was_made: false })
            }
            None => Ok(Charged::Refused { request, source: error }),
        }
    }

    /// What the history is told of a refusal: a rejection, where it quotes the word of one.
    fn refused(&self, request: Text, sends: u32, refusal: &Refusal) -> Command {
        match self.quoted(refusal) {
            Some(detail) => Command::RecordAnswer {
                request,
                payment: None,
                standing: Standing::Rejected,
                status: REJECTED.into(),
                detail,
                since: None,
            },
            None => Command::RecordRefusal { request, code: refusal.code.as_str().into(), sends },
        }
    }

    /// The rejection of a card that reached us as an error, with its word quoted somewhere in it.
    fn quoted(&self, refusal: &Refusal) -> Option<Text> {
        let causes = refusal.causes.iter().flat_map(|cause| [&cause.code, &cause.description]);
        let mut texts = std::iter::once(&refusal.message).chain(refusal.error.as_ref()).chain(causes);
        texts.find_map(|text| self.rules.rejections.quoted(REJECTED, text))
    }
}

/// Whether the provider read what was sent and said no to that; other refusals are about the caller or the moment, and
/// an earlier try may have come through.
fn is_about_the_request(refusal: &Refusal) -> bool {
    let passes = matches!(
        refusal.code,
        ErrorCode::SameRequestJustSent | ErrorCode::GatewayFailed | ErrorCode::CardTokenServiceFailed
    );
    matches!(refusal.status, 400 | 422) && !passes
}
