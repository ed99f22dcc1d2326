//! Payments of which the provider should have said more by now, read again by their ids, one after the other with a
//! pause: what the clock presumes meets what is so.

use chrono::TimeDelta;
use client::calls::payment;
use client::error::ClientError;
use domain::ids::{PaymentId, SellerId};
use domain::payment::machine::Payment;
use mercadopago::topics::Resource;
use store::read::Cut;

use super::error::PollError;
use super::{Crawl, Polled, Poller, due};
use crate::error::EngineError;
use crate::project::each_state;

impl Poller {
    /// The ids of payments that are overdue, in any order.
    pub(super) async fn payments_due(&self, seller: &SellerId) -> Result<Vec<String>, PollError> {
        let (now, rules) = (self.clock.now(), self.config.rules());
        let kept = TimeDelta::days(self.config.poll.overdue_days.into());
        let mut ids = Vec::new();
        each_state::<Payment, EngineError>(&*self.store, Cut::default(), |stream, state| {
            let Some(known) = state.known().filter(|_| stream.seller() == seller.as_str()) else {
                return Ok(());
            };
            if due::payment_is_overdue(known, &rules, now, kept) {
                ids.push(stream.id().to_owned());
            }
            Ok(())
        })
        .await?;
        Ok(ids)
    }

    /// Reads a payment; nothing when the provider does not show it: one of them holds up no other.
    pub(super) async fn payment(&self, seller: &SellerId, id: &str) -> Result<Polled, PollError> {
        self.turn(seller).await;
        let read = match self.ask(seller, &payment::Get { id: PaymentId::from(id) }).await {
            Ok(reply) => vec![self.resource(seller, Resource::Payment.name(), Crawl::Overdue, &reply.body)],
            Err(PollError::Client { source: ClientError::NotFound(_), .. }) => {
                tracing::info!(seller = %seller, payment = id, "the provider does not know the payment");
                vec![]
            }
            // A redirect comes from something between the provider and us, and would be the same for all.
            Err(PollError::Client { source: ClientError::Refused(refusal), .. }) if refusal.status >= 400 => {
                tracing::warn!(seller = %seller, payment = id, status = refusal.status, "the payment is not shown");
                vec![]
            }
            Err(error) => return Err(error),
        };
        self.keep(seller, read).await
    }
}
