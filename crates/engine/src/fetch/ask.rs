//! Asks the provider for one thing, and says what came of it. What passes by itself is said to be so and is not
//! tried again here.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use client::call::Call;
use client::calls::{claim, merchant_order, refund, report};
use client::client::Client;
use client::error::ClientError;
use client::vault::VaultError;
use domain::ids::{PaymentId, SellerId};
use domain::machine::Instant;
use domain::text::Text;
use mercadopago::leads;
use mercadopago::topics::Resource;
use mercadopago::unreadable::Unreadable;

use super::aim::{Target, What};
use super::link::Links;
use super::read::{one, resource};
use super::thing::{Got, Thing};
use crate::clock::Clock;
use crate::config::Sellers;
use crate::error::EngineError;
use crate::files::{Reading, read_download};
use crate::isolate::guarded;
use crate::item::Answer;
use crate::look::chain;

/// Asks for things.
pub(super) struct Asker {
    pub(super) client: Client,
    pub(super) links: Option<Arc<dyn Links>>,
    pub(super) sellers: Sellers,
    pub(super) clock: Clock,
}

/// There was no answer, and there may be one later.
#[derive(Debug)]
pub(super) struct Away {
    /// Why, for the log.
    pub(super) why: String,
    /// How long the provider asks to be left alone.
    pub(super) rest: Option<Duration>,
}

/// Why there are no bytes.
enum Failure {
    Away(Away),
    /// There will be none.
    Answered(Answer, String),
}

/// A question under way: for whom, and as what its answer is delivered.
struct Question<'a> {
    asker: &'a Asker,
    seller: &'a SellerId,
    what: What,
    id: &'a Text,
    asked: Text,
}

impl Asker {
    /// Asks once.
    ///
    /// # Errors
    /// [`Away`], when another try may bring an answer.
    pub(super) async fn ask(&self, seller: &SellerId, target: &Target) -> Result<Got, Away> {
        match target {
            Target::Thing { what, id } => {
                let asked = Text::from(format!("{}/{id}", what.topic()));
                Question { asker: self, seller, what: *what, id, asked }.ask().await
            }
            Target::Link { authorized, told_at } => self.link(seller, *authorized, *told_at).await,
        }
    }

    async fn link(&self, seller: &SellerId, authorized: bool, told_at: Instant) -> Result<Got, Away> {
        let Some(links) = &self.links else { return Ok(Got::default()) };
        match links.linked(seller, authorized, told_at).await {
            Ok(()) => Ok(Got::default()),
            Err(error) if error.is_transient() => Err(Away { why: chain(&error), rest: None }),
            Err(error) => {
                let thing =
                    Thing::answer(Answer::NoAccess, "seller", &"vault".into(), &[], Some(chain(&error)));
                Ok(Got { things: vec![thing], ..Got::default() })
            }
        }
    }
}

impl Failure {
    fn of(error: &ClientError) -> Self {
        let why = chain(error);
        if error.is_transient() || is_locked(error) {
            let rest =
                if let ClientError::RateLimited { retry_after, .. } = error { *retry_after } else { None };
            return Self::Away(Away { why, rest });
        }
        let answer = match error {
            ClientError::NotFound(_) => Answer::NotFound,
            ClientError::Vault { .. } | ClientError::Unauthorized(_) => Answer::NoAccess,
            ClientError::Refused(refusal) if refusal.status == 403 => Answer::NoAccess,
            _ => Answer::Declined,
        };
        let next = match answer {
            Answer::NoAccess => "; let the seller authorise again (`conciliar auth`) and retry",
            _ => "",
        };
        Self::Answered(answer, format!("{why}{next}"))
    }
}

/// Whether the vault cannot be opened: a key is missing, or an application's secret is wrong. That is nobody's but ours,
/// and would close every notification until somebody mends it.
fn is_locked(error: &ClientError) -> bool {
    matches!(error, ClientError::Vault { source: VaultError::Broken(_) | VaultError::Refused { .. }, .. })
}

impl Question<'_> {
    async fn ask(&self) -> Result<Got, Away> {
        let asked = match self.what {
            What::Resource(Resource::Payment) => self.payment().await,
            What::Resource(what) => self.plain(what).await,
            What::MerchantOrder => self.merchant_order().await,
            What::Claim => self.claim().await,
            What::Release => self.report(&[report::Kind::Release]).await,
            What::Settlement => self.report(&[report::Kind::Settlement]).await,
            What::Report => self.report(&[report::Kind::Release, report::Kind::Settlement]).await,
        };
        match asked {
            Ok(got) => Ok(got),
            Err(Failure::Away(away)) => Err(away),
            Err(Failure::Answered(answer, problem)) => Ok(self.only(answer, &[], Some(problem))),
        }
    }

    async fn one<C: Call>(&self, call: &C) -> Result<Bytes, Failure> {
        one(&self.asker.client, self.seller, call).await.map_err(|error| Failure::of(&error))
    }

    /// A resource that its id names.
    async fn named(&self, what: Resource) -> Result<Bytes, Failure> {
        let answer = resource(&self.asker.client, self.seller, what, self.id).await;
        let unnamed = || Failure::Answered(Answer::Unaskable, "its id does not name it".to_owned());
        answer.map_err(|error| Failure::of(&error))?.ok_or_else(unnamed)
    }

    /// A thing that is one resource.
    async fn plain(&self, what: Resource) -> Result<Got, Failure> {
        let body = self.named(what).await?;
        Ok(Got { things: vec![self.resource(what.name(), &body)], ..Got::default() })
    }

    /// A payment; the list of its refunds too when it does not list them all: some are hidden in payments and stand
    /// in their own list alone. Reference: `GET /v1/payments/{id}/refunds`.
    async fn payment(&self) -> Result<Got, Failure> {
        let body = self.named(Resource::Payment).await?;
        let mut things = vec![self.resource(Resource::Payment.name(), &body)];
        let site = self.asker.sellers.site(self.seller.as_str());
        // A payment that cannot be read says so when it is applied.
        if read(|| leads::misses_refunds(&body, site)).unwrap_or(false) {
            things.extend(self.refunds().await?);
        }
        Ok(Got { things, ..Got::default() })
    }

    async fn refunds(&self) -> Result<Vec<Thing>, Failure> {
        let list = match self.one(&refund::List { payment: PaymentId::from(&**self.id) }).await {
            Ok(list) => list,
            // The payment stands without them.
            Err(Failure::Answered(answer, problem)) => {
                return Ok(vec![self.answer(answer, &[], Some(problem))]);
            }
            Err(away) => return Err(away),
        };
        Ok(match read(|| leads::refunds(&list)) {
            Ok(refunds) => {
                let name = Resource::Refund.name();
                refunds.into_iter().map(|body| self.resource(name, body)).collect()
            }
            Err(problem) => vec![self.answer(Answer::Unreadable, &list, Some(problem))],
        })
    }

    async fn merchant_order(&self) -> Result<Got, Failure> {
        let body = self.one(&merchant_order::Get { id: self.id.to_string() }).await?;
        Ok(match read(|| leads::payments_of_merchant_order(&body)) {
            Ok(payments) => self.leading(&body, payments),
            Err(problem) => self.only(Answer::Unreadable, &body, Some(problem)),
        })
    }

    async fn claim(&self) -> Result<Got, Failure> {
        let body = self.one(&claim::Get { id: self.id.to_string() }).await?;
        Ok(match read(|| leads::payment_of_claim(&body)) {
            Ok(Some(payment)) => self.leading(&body, vec![payment]),
            Ok(None) => {
                let problem = "the claim is about something else than a payment".to_owned();
                self.only(Answer::Unaskable, &body, Some(problem))
            }
            Err(problem) => self.only(Answer::Unreadable, &body, Some(problem)),
        })
    }

    /// A report file, from the first of the folders that has it.
    async fn report(&self, folders: &[report::Kind]) -> Result<Got, Failure> {
        let body = self.file(folders).await?;
        let reading = Reading { sellers: self.asker.sellers.clone(), now: self.asker.clock.now() };
        let mut rows = Vec::new();
        let mut keep = |item| {
            rows.push(item);
            Ok(())
        };
        let taken =
            guarded(|| Ok::<_, EngineError>(read_download(self.id, &body, self.seller, &reading, &mut keep)));
        let problem = match taken {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(chain(&error)),
            Err(error) => Some(chain(&error)),
        };
        // Rows have the keys that they have in every file, so they close no notification; this does.
        let thing = match problem {
            None => self.answer(Answer::Leads, &[], None),
            Some(problem) => self.answer(Answer::Unreadable, &body, Some(problem)),
        };
        Ok(Got { things: vec![thing], rows, leads: Vec::new() })
    }

    async fn file(&self, folders: &[report::Kind]) -> Result<Bytes, Failure> {
        let mut failure = Failure::Answered(Answer::Unaskable, "it is in no folder".to_owned());
        for kind in folders {
            let call = report::Download { kind: *kind, file_name: self.id.to_string() };
            failure = match self.one(&call).await {
                Err(failure @ Failure::Answered(Answer::NotFound, _)) => failure,
                answered => return answered,
            };
        }
        Err(failure)
    }

    /// An answer that only names payments.
    fn leading(&self, body: &[u8], payments: Vec<Text>) -> Got {
        let leads = payments.into_iter().map(|id| Target::Thing { what: What::PAYMENT, id }).collect();
        Got { leads, ..self.only(Answer::Leads, body, None) }
    }

    fn only(&self, answer: Answer, body: &[u8], problem: Option<String>) -> Got {
        Got { things: vec![self.answer(answer, body, problem)], ..Got::default() }
    }

    fn answer(&self, answer: Answer, body: &[u8], problem: Option<String>) -> Thing {
        Thing::answer(answer, self.what.topic(), &self.asked, body, problem)
    }

    fn resource(&self, topic: &'static str, body: &[u8]) -> Thing {
        Thing::resource(topic, &self.asked, body)
    }
}

/// Reads an answer; a fault of ours is told like one of the answer.
fn read<T>(read: impl FnOnce() -> Result<T, Unreadable>) -> Result<T, String> {
    match guarded(|| Ok::<_, EngineError>(read())) {
        Ok(read) => read.map_err(|error| chain(&error)),
        Err(error) => Err(chain(&error)),
    }
}
