//! What somebody asks to charge, and what is owed by it: names and digests of what must not be kept.

use client::call::{Call, IdempotencyKey};
use client::calls::payment::Create;
use domain::currency::Currency;
use domain::ids::SellerId;
use domain::machine::Instant;
use domain::obligation::{Instrument, Mark, Terms};
use domain::stream::StreamId;
use domain::text::Text;
use hmac::{Hmac, KeyInit, Mac};
use mercadopago::number::Number;
use mercadopago::request::payment::{Payer, PaymentRequest};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::error::ChargeError;
use crate::config::Config;
use crate::item::hex;

/// Characters of a digest that name an attempt.
const NAME: usize = 32;

/// What somebody asks to charge.
#[derive(Debug, Clone)]
pub struct Ask {
    /// What is sent.
    pub request: PaymentRequest,
    /// The seller's currency, which the body does not name.
    pub currency: Currency,
    /// The payer's device, as the provider's script names it in the browser.
    pub device: Option<String>,
    /// The name of the attempt; `None` names it by what is sent.
    pub name: Option<Text>,
    /// Why, where somebody says so.
    pub reason: Option<Text>,
    /// When the card was tokenised, where that is known.
    pub token_at: Option<Instant>,
}

/// What is owed, and how it is to be paid.
pub(super) struct Owed {
    pub(super) stream: StreamId,
    pub(super) terms: Terms,
    pub(super) instrument: Instrument,
    /// The name of the attempt.
    pub(super) request: Text,
    /// Digest of what is sent.
    pub(super) body: Text,
    /// Digest of the card's token.
    pub(super) token: Option<Text>,
    pub(super) token_at: Option<Instant>,
    pub(super) installments: Option<u32>,
    pub(super) reason: Option<Text>,
    call: Create,
}

impl Owed {
    /// Reads what is asked for, before anything is looked at or written.
    pub(super) fn of(ask: &Ask, seller: &SellerId, config: &Config) -> Result<Self, ChargeError> {
        let Ask { request, currency, device, name, reason, token_at } = ask.clone();
        let mut call = Create { request, currency, key: IdempotencyKey::new(super::NO_KEY), device };
        call.check()
            .map_err(|broken| ChargeError::Invalid { endpoint: call.endpoint(), source: Box::new(broken) })?;
        // Notes that no name can be added to are told before anything is written.
        call.request.clone().named("")?;
        let amount = call.request.transaction_amount.to_money(currency);
        let amount = amount.expect("a call that was checked has an amount");
        // 100 and 100.00 are the same attempt.
        call.request.transaction_amount = Number::from(amount);
        let payer = match &config.guard.payer_key {
            None => None,
            Some(place) => payer(&call.request.payer, &place.read()?),
        };
        // White space around it comes from a file or a shell, and names nothing else.
        let reference = call.request.external_reference.take().map(|text| text.trim().to_owned());
        call.request.external_reference = reference.filter(|text| !text.is_empty());
        let mark = match (&call.request.external_reference, &payer) {
            (Some(reference), _) => Mark::Reference(reference.as_str().into()),
            (None, Some(payer)) => Mark::Payer(payer.clone()),
            (None, None) => return Err(ChargeError::Unmarked),
        };
        let terms = Terms { mark, amount_minor: amount.minor, currency };
        let body = digest(&call.body().unwrap_or_default());
        let instrument = Instrument {
            method: call.request.payment_method_id.as_str().into(),
            issuer: call.request.issuer_id.as_ref().map(|issuer| Text::from(&*issuer.as_text())),
            payer,
        };
        Ok(Self {
            stream: StreamId::obligation(seller, &terms.id()),
            terms,
            instrument,
            request: name.unwrap_or_else(|| body[..NAME].into()),
            body,
            token: call.request.token.as_ref().map(|token| digest(token.as_bytes())),
            token_at,
            installments: call.request.installments,
            reason,
            call,
        })
    }

    /// The attempt that a payment's note names, if it is one at this: names are told apart for one obligation only.
    pub(super) fn noted(&self, note: &str) -> Option<Text> {
        let (obligation, request) = note.split_once('/')?;
        (obligation == self.stream.id()).then(|| request.into())
    }

    /// The call that makes an attempt, under its key and with its name.
    pub(super) fn call(&self, request: &str, key: &str) -> Result<Create, ChargeError> {
        let named = self.call.request.clone().named(&format!("{}/{request}", self.stream.id()))?;
        Ok(Create { request: named, key: IdempotencyKey::new(key), ..self.call.clone() })
    }
}

/// SHA-256, lower-case hex.
fn digest(bytes: &[u8]) -> Text {
    hex(&Sha256::digest(bytes)).into()
}

/// The payer under the key: the e-mail, which every form has, else the provider's id of the customer.
fn payer(payer: &Payer, key: &SecretString) -> Option<Text> {
    let email = payer.email.as_ref().map(|email| format!("email:{}", email.trim().to_lowercase()));
    let named = email.or_else(|| payer.id.as_ref().map(|id| format!("id:{}", id.as_text())))?;
    let mac = Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes());
    let mut mac = mac.expect("an HMAC takes keys of every length");
    mac.update(named.as_bytes());
    Some(hex(&mac.finalize().into_bytes()).into())
}
