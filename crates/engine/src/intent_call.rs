//! A request to charge at the provider: how it is read and cancelled, in the words of its generation.

use bytes::Bytes;
use client::call::{Call, Class, Idempotency, IdempotencyKey, Method};
use client::calls::cancellation::Cancellation;
use client::calls::payment_intent::Sandbox;
use client::calls::{instore_intent, order, payment_intent, point_order};
use client::client::Client;
use client::error::ClientError;
use client::invalid::Invalid;
use domain::ids::SellerId;
use domain::intent::Generation;
use domain::stream::StreamId;
use domain::text::Text;
use mercadopago::topics::Resource;

use crate::errand::Errand;

/// Where a request to charge is found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Address {
    /// Which API it was made with.
    pub generation: Generation,
    /// The provider's id.
    pub id: Text,
    /// Its terminal; generation B cancels by it.
    pub device: Option<Text>,
    /// The merchant's id of its point of sale; generation C cancels what is paid by a QR code with it.
    pub pos: Option<Text>,
    /// It is paid by a QR code.
    pub is_qr: bool,
    /// It is of a virtual terminal.
    pub is_sandbox: bool,
}

/// The call that cancels one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cancel {
    /// Of a phone with a card reader.
    Point(point_order::Delete),
    /// Of a terminal.
    Intent(payment_intent::Cancel),
    /// Of a virtual terminal.
    Sandbox(Sandbox<payment_intent::Cancel>),
    /// In a store.
    Instore(instore_intent::Cancel),
    /// An order.
    Order(order::cancel::Cancel),
}

impl Address {
    /// What an errand is about; `None` when it is about something else. Answers too whether the terminal is asked.
    #[must_use]
    pub fn of(stream: &StreamId, errand: &Errand) -> Option<(Self, bool)> {
        let Errand::CancelIntent { generation, device, pos, is_qr, at_terminal, is_sandbox, .. } = errand
        else {
            return None;
        };
        let id = stream.id().split_once(':').map_or(stream.id(), |(_, id)| id).into();
        let (generation, device, pos) = (*generation, device.clone(), pos.clone());
        Some((Self { generation, id, device, pos, is_qr: *is_qr, is_sandbox: *is_sandbox }, *at_terminal))
    }

    /// The errand to cancel it.
    #[must_use]
    pub fn errand(&self, request: Text, at_terminal: bool) -> Errand {
        let Self { generation, device, pos, is_qr, is_sandbox, .. } = self.clone();
        Errand::CancelIntent { request, generation, device, pos, is_qr, at_terminal, is_sandbox }
    }

    /// Its history.
    #[must_use]
    pub fn stream(&self, seller: &SellerId) -> StreamId {
        StreamId::intent(seller, &self.generation.id(&self.id))
    }

    /// What its body is.
    #[must_use]
    pub fn resource(&self) -> Resource {
        match self.generation {
            Generation::A => Resource::PointOrder,
            Generation::B => Resource::PaymentIntent,
            Generation::C => Resource::InstoreIntent,
            Generation::D => Resource::Order,
        }
    }

    /// Reads it, as it comes.
    ///
    /// # Errors
    /// What the client says.
    pub async fn read(&self, client: &Client, seller: &SellerId) -> Result<Bytes, ClientError> {
        let id = self.id.to_string();
        Ok(match self.generation {
            Generation::A => client.send(seller, &point_order::Get { id }).await?.body,
            Generation::B if self.is_sandbox => {
                client.send(seller, &Sandbox(payment_intent::Get { id })).await?.body
            }
            Generation::B => client.send(seller, &payment_intent::Get { id }).await?.body,
            Generation::C => {
                let device =
                    if self.is_qr { instore_intent::Device::Qr } else { instore_intent::Device::Point };
                client.send(seller, &instore_intent::Get { id, device }).await?.body
            }
            Generation::D => client.send(seller, &order::Get { id }).await?.body,
        })
    }

    /// The call that cancels it; what it needs and is not known is left empty, and the call's own check says so.
    #[must_use]
    pub fn cancel(&self, key: IdempotencyKey, at_terminal: bool) -> Cancel {
        let id = self.id.to_string();
        let text = |text: &Option<Text>| text.as_ref().map(ToString::to_string).unwrap_or_default();
        match self.generation {
            Generation::A => Cancel::Point(point_order::Delete { id }),
            Generation::B => {
                let call = payment_intent::Cancel { device: text(&self.device), id };
                if self.is_sandbox { Cancel::Sandbox(Sandbox(call)) } else { Cancel::Intent(call) }
            }
            Generation::C if self.is_qr => {
                Cancel::Instore(instore_intent::Cancel::Qr { id, pos: text(&self.pos) })
            }
            Generation::C => Cancel::Instore(instore_intent::Cancel::Point { id }),
            Generation::D => Cancel::Order(order::cancel::Cancel { key, id, at_terminal }),
        }
    }

    /// Whether the provider forgets what is cancelled, so that not to be found is to be cancelled.
    #[must_use]
    pub fn is_forgotten(&self) -> bool {
        self.generation == Generation::A
    }
}

impl Cancel {
    fn call(&self) -> &dyn Call<Answer = Cancellation> {
        match self {
            Self::Point(call) => call,
            Self::Intent(call) => call,
            Self::Sandbox(call) => call,
            Self::Instore(call) => call,
            Self::Order(call) => call,
        }
    }
}

impl Call for Cancel {
    type Answer = Cancellation;

    fn method(&self) -> Method {
        self.call().method()
    }

    fn template(&self) -> &'static str {
        self.call().template()
    }

    fn path(&self) -> String {
        self.call().path()
    }

    fn query(&self) -> Vec<(&'static str, String)> {
        self.call().query()
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        self.call().headers()
    }

    fn body(&self) -> Option<Vec<u8>> {
        self.call().body()
    }

    fn answers(&self) -> &'static [u16] {
        self.call().answers()
    }

    fn idempotency(&self) -> Idempotency {
        self.call().idempotency()
    }

    fn class(&self) -> Class {
        self.call().class()
    }

    fn check(&self) -> Result<(), Invalid> {
        self.call().check()
    }
}
