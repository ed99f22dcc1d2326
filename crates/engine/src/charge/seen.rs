//! What the provider shows of an obligation: payments with its reference, and those of our own attempts.
//!
//! A search covers the provider's last three months and lags behind; our own attempts are known by their facts. Without a
//! reference only an attempt without an answer is looked for: by its name, among the payments of its time.

use bytes::Bytes;
use chrono::TimeDelta;
use client::calls::page::Wanted as Page;
use client::calls::payment::{Get, Moment, Search, Window};
use domain::ids::PaymentId;
use domain::machine::Instant;
use domain::money::Money;
use domain::obligation::Mark;
use domain::observation::Observation;
use domain::payment::machine::Payment;
use domain::payment::{self, Description, Standing};
use domain::stream::StreamId;
use domain::text::Text;
use mercadopago::observe::{Channel, Delivery, DeliveryKind, Seen as Read, observe};
use mercadopago::request::payment::attempt_of;
use mercadopago::topics::Resource;
use mercadopago::unreadable::Unreadable;

use super::Charges;
use super::ask::Owed;
use super::error::ChargeError;
use crate::response::{Response, Taken};

/// Payments of a page.
const PAGE: u32 = 50;
/// How far the provider's clock and ours may be apart.
const CLOCKS: TimeDelta = TimeDelta::hours(1);
/// The longest window that the provider searches.
const LONGEST: TimeDelta = TimeDelta::days(364);

/// A payment as the provider shows it.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) payment: PaymentId,
    pub(super) standing: Standing,
    pub(super) status: Text,
    pub(super) detail: Text,
    /// Since when it stands there, by the provider's clock.
    pub(super) since: Option<Instant>,
    /// Whether it pays for the obligation: the same reference and amount.
    pub(super) fits: bool,
    /// The attempt at the obligation that it says it was made by.
    pub(super) attempt: Option<Text>,
}

/// What a search shows.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown {
    pub(super) seen: Vec<Seen>,
    /// Whether there was something to search by, and all that there is was seen.
    pub(super) was_searched: bool,
}

impl Charges {
    /// Everything with the reference; without one, what names the attempt that was asked for then and is open. A trial
    /// takes nothing in.
    pub(super) async fn search(
        &self,
        owed: &Owed,
        open: Option<Instant>,
        is_trial: bool,
    ) -> Result<Shown, ChargeError> {
        let mut shown = Shown::default();
        let Some(mut call) = self.sought(owed, open) else { return Ok(shown) };
        let is_by_reference = call.external_reference.is_some();
        let names = |body: &[u8]| attempt_of(body).is_some_and(|note| owed.noted(&note).is_some());
        let mut offset = 0;
        loop {
            call.page = Page { offset, limit: PAGE };
            let reply = self.client.send(&self.seller, &call).await.map_err(ChargeError::Look)?;
            let page = reply.read().map_err(ChargeError::Look)?;
            for body in page.results.iter().map(|row| row.get().as_bytes()) {
                if is_by_reference || names(body) {
                    shown.seen.push(self.see(body, Some(owed), is_trial).await?);
                }
            }
            offset += PAGE;
            shown.was_searched = page.results.is_empty() || u64::from(offset) >= page.paging.total;
            if shown.was_searched || offset > Page::MOST_OFFSET {
                return Ok(shown);
            }
        }
    }

    /// What there is to search by.
    fn sought(&self, owed: &Owed, open: Option<Instant>) -> Option<Search> {
        let collector = Some(self.seller.clone());
        let all = Search { collector, ..Search::all() };
        match (&owed.terms.mark, open) {
            (Mark::Reference(reference), _) => {
                Some(Search { external_reference: Some(reference.to_string()), ..all })
            }
            (Mark::Payer(_), Some(asked_at)) => {
                let end = asked_at.max(self.now()) + CLOCKS;
                let begin = (asked_at - CLOCKS).max(end - LONGEST);
                Some(Search { window: Some(Window { of: Moment::Created, begin, end }), ..all })
            }
            (Mark::Payer(_), None) => None,
        }
    }

    /// One payment.
    pub(super) async fn read(
        &self,
        payment: &PaymentId,
        is_trial: bool,
    ) -> Result<(Seen, Bytes), ChargeError> {
        let call = Get { id: payment.clone() };
        let reply = self.client.send(&self.seller, &call).await.map_err(ChargeError::Look)?;
        Ok((self.see(&reply.body, None, is_trial).await?, reply.body))
    }

    /// Takes a payment in, and tells what is known of it then.
    pub(super) async fn see(
        &self,
        body: &[u8],
        owed: Option<&Owed>,
        is_trial: bool,
    ) -> Result<Seen, ChargeError> {
        let (stream, told) = self.described(body)?;
        let payment = PaymentId::from(stream.id());
        let known = if is_trial { told } else { self.taken(&payment, &stream, body).await?.unwrap_or(told) };
        let fits = owed.is_some_and(|Owed { terms, .. }| {
            let reference =
                known.profile.reference.as_deref().map(|text| Mark::Reference(text.trim().into()));
            // A seller sells in one currency: the same number in another one is the same money under a wrong site.
            let gross = Money::new(known.terms.gross_minor, known.terms.currency);
            let is_as_much =
                gross.to_decimal() == Money::new(terms.amount_minor, terms.currency).to_decimal();
            is_as_much && reference.as_ref() == Some(&terms.mark)
        });
        let Description { said, standing, .. } = known;
        let attempt = owed.and_then(|owed| owed.noted(&attempt_of(body)?));
        let (status, detail, since) = (said.status, said.detail, said.updated_at);
        Ok(Seen { payment, standing, status, detail, since, fits, attempt })
    }

    /// What the books say of a payment after its statement was taken in.
    async fn taken(
        &self,
        payment: &PaymentId,
        stream: &StreamId,
        body: &[u8],
    ) -> Result<Option<Description>, ChargeError> {
        let response =
            Response { seller: &self.seller, resource: Resource::Payment, id: payment.as_str(), body };
        match self.desk.take(response).await? {
            Taken::Told(_) => {}
            Taken::Kept { key } => return Err(ChargeError::NotTaken { payment: payment.clone(), key }),
        }
        let state = self.desk.state::<Payment>(stream).await?;
        Ok(state.and_then(|state| state.known().map(|known| known.described.clone())))
    }

    fn described(&self, body: &[u8]) -> Result<(StreamId, Description), Unreadable> {
        let delivery = Delivery {
            kind: DeliveryKind::Resource,
            topic: Resource::Payment.name(),
            channel: Channel::Response,
            seller: Some(self.seller.as_str()),
            site: self.desk.config.sellers.site(self.seller.as_str()),
            received_at: self.now(),
            verified: true,
            body,
        };
        if let Read::Told(told) = observe(&delivery)? {
            for observed in told.observed {
                if let Observation::Payment(payment::Observation::Described { description, .. }) =
                    observed.observation
                {
                    return Ok((observed.stream, *description));
                }
            }
        }
        Err(Unreadable::Missing { path: "status" })
    }
}
