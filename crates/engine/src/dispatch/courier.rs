//! What one order is sent with, and how every answer is taken in.

use client::call::IdempotencyKey;
use client::client::Client;
use domain::ids::SellerId;
use domain::machine::Instant;
use domain::stream::StreamId;
use domain::text::Text;
use mercadopago::topics::Resource;
use store::read::StoredMessage;

use super::became::Why;
use crate::errand::Errand;
use crate::execute::Desk;
use crate::response::{Response, Taken};

/// What orders are sent with.
pub(super) struct Courier {
    /// Asks the provider.
    pub(super) client: Client,
    /// Reads and writes facts.
    pub(super) desk: Desk,
}

/// One order on its way.
pub(super) struct Sending<'a> {
    /// What it is about.
    pub(super) stream: &'a StreamId,
    /// Whose it is.
    pub(super) seller: SellerId,
    /// What tells a repetition from a second order: the same on every try, of every process.
    pub(super) key: IdempotencyKey,
    /// What is sent.
    pub(super) errand: &'a Errand,
    /// Since when it is to be sent.
    pub(super) since: Instant,
}

impl<'a> Sending<'a> {
    /// The order of a message.
    pub(super) fn new(row: &'a StoredMessage, errand: &'a Errand) -> Self {
        let seller = SellerId::from(row.caused_by.seller());
        let key = IdempotencyKey::new(&*row.key);
        Self { stream: &row.caused_by, seller, key, errand, since: row.recorded_at }
    }

    /// The name of the order.
    pub(super) fn request(&self) -> &Text {
        self.errand.request()
    }
}

impl Courier {
    /// Takes in what the provider says of the thing that an order is about.
    ///
    /// # Errors
    /// When the books refuse it, it tells of something else, or the store fails.
    pub(super) async fn take(
        &self,
        sending: &Sending<'_>,
        resource: Resource,
        id: &str,
        body: &[u8],
    ) -> Result<(), Why> {
        let response = Response { seller: &sending.seller, resource, id, body };
        match self.desk.take_in(response, sending.errand.currency()).await? {
            Taken::Told(stream) if stream.root() == sending.stream.root() => Ok(()),
            Taken::Told(told) => Err(Why::Elsewhere { told }),
            Taken::Kept { key } => Err(Why::NotTaken { key }),
        }
    }
}
