//! What an answer leads to: the payments of an order of the older generation, the payment of a claim, and the refunds
//! that a payment does not list.
//!
//! Reads names and one sum only. What the resources tell is read by their own modules, once they are fetched.

use domain::text::Text;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::site;
use crate::unreadable::Unreadable;
use crate::wire::{self, Literal, Word, need};

/// What we read of an order of the older generation. Reference: `GET /merchant_orders/{id}`.
#[derive(Deserialize)]
struct MerchantOrder<'a> {
    #[serde(borrow)]
    payments: Option<Vec<Named<'a>>>,
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    id: Option<Literal<'a>>,
}

/// What we read of a claim. Reference: `GET /post-purchase/v1/claims/{id}`.
#[derive(Deserialize)]
struct Claim<'a> {
    #[serde(borrow)]
    resource: Option<Word<'a>>,
    #[serde(borrow)]
    resource_id: Option<Literal<'a>>,
}

/// What we read of a payment. Reference: `GET /v1/payments/{id}`.
#[derive(Deserialize)]
struct Payment<'a> {
    #[serde(borrow)]
    currency_id: Option<Word<'a>>,
    #[serde(borrow)]
    transaction_amount_refunded: Option<Literal<'a>>,
    #[serde(borrow)]
    refunds: Option<Vec<Returned<'a>>>,
}

#[derive(Deserialize)]
struct Returned<'a> {
    #[serde(borrow)]
    amount: Option<Literal<'a>>,
    #[serde(borrow)]
    status: Option<Word<'a>>,
}

/// The ids of the payments that an order of the older generation names, each once and in its order.
///
/// # Errors
/// When the body is not JSON of such an order, or an id cannot be part of an address.
pub fn payments_of_merchant_order(body: &[u8]) -> Result<Vec<Text>, Unreadable> {
    let order: MerchantOrder<'_> = wire::read(body)?;
    let mut ids = Vec::new();
    for payment in order.payments.iter().flatten() {
        let id = need("payments.id", payment.id.as_ref())?.id("payments.id")?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

/// The id of the payment that a claim is about; `None` when it is about something else.
///
/// # Errors
/// When the body is not JSON of a claim, or names a payment without its id.
pub fn payment_of_claim(body: &[u8]) -> Result<Option<Text>, Unreadable> {
    let claim: Claim<'_> = wire::read(body)?;
    let kind = need("resource", claim.resource.as_ref())?;
    if kind.as_str() != "payment" {
        return Ok(None);
    }
    need("resource_id", claim.resource_id.as_ref())?.id("resource_id").map(Some)
}

/// Whether a payment tells of more money that went back than the refunds add up to that it lists.
///
/// # Errors
/// When the body is not JSON of a payment, or an amount or its currency cannot be read.
pub fn misses_refunds(body: &[u8], site: Option<&str>) -> Result<bool, Unreadable> {
    let payment: Payment<'_> = wire::read(body)?;
    let Some(told) = &payment.transaction_amount_refunded else { return Ok(false) };
    let named = payment.currency_id.as_ref().map(Word::as_str);
    let currency = site::currency_of("currency_id", named, site)?;
    let told = told.minor("transaction_amount_refunded", currency)?;
    let mut listed = 0_i128;
    for refund in payment.refunds.iter().flatten() {
        // Older renderings have no status and list given refunds only.
        if refund.status.as_ref().is_none_or(|status| status.as_str() == "approved") {
            let amount = need("refunds.amount", refund.amount.as_ref())?;
            listed += i128::from(amount.minor("refunds.amount", currency)?);
        }
    }
    Ok(listed < i128::from(told))
}

/// The bodies in the list of a payment's refunds, each as it stands there.
///
/// # Errors
/// When the body is not a JSON array.
pub fn refunds(body: &[u8]) -> Result<Vec<&[u8]>, Unreadable> {
    let list: Vec<&RawValue> = wire::read(body)?;
    Ok(list.into_iter().map(|refund| refund.get().as_bytes()).collect())
}

#[cfg(test)]
mod tests;
