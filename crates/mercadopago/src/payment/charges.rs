//! The charges of a payment that its collector pays, and what came back of them.
//!
//! `charges_details` is the finer list and the only one whose sum is the difference between gross and net;
//! `fee_details` serves old payments that have no other. Charges of others (payer, marketplace owner, the
//! provider) are not the collector's money and are skipped.

use domain::currency::Currency;
use domain::ids::{ChargeId, RefundId, SellerId};
use domain::machine::Instant;
use domain::money::MoneyError;
use domain::payment::{Charge, ChargeKind};
use domain::refund::ReturnedCharge;
use domain::text::Text;

use super::body::{Body, ChargeDetail, FeeDetail, RefundCharge};
use crate::refund::Refund;
use crate::time;
use crate::unreadable::Unreadable;
use crate::wire::{Literal, Word, need};

const BACK_AMOUNT: &str = "charges_details.refund_charges.amount";
const BACK_CURRENCY: &str = "charges_details.refund_charges.currency_id";
const BACK_DATE: &str = "charges_details.refund_charges.date_created";
const BACK_OPERATION: &str = "charges_details.refund_charges.operation.id";

/// The collector's charges, sorted by id.
#[derive(Default)]
pub(super) struct Charges {
    /// As they were charged.
    pub(super) paid: Vec<Charge>,
    /// What came back without a refund that names it.
    pub(super) returned: Vec<Charge>,
    /// What came back with a refund, one for each refund and charge.
    pub(super) by_refund: Vec<(RefundId, ReturnedCharge)>,
}

/// What every charge of one payment is read against.
struct Reader<'a> {
    currency: Currency,
    seller: &'a SellerId,
    /// Refund ids and times, sorted.
    refunds: Vec<(&'a str, Instant)>,
}

/// Reads the charges of a payment.
///
/// # Errors
/// When one of the collector's charges has no amount or one that cannot be read.
pub(super) fn read(
    body: &Body<'_>,
    currency: Currency,
    seller: &SellerId,
    refunds: &[Refund],
) -> Result<Charges, Unreadable> {
    let mut charges = Charges::default();
    match (body.charges_details.as_deref(), body.fee_details.as_deref()) {
        (Some(details @ [_, ..]), _) => {
            let mut refunds: Vec<_> = refunds.iter().map(|r| (r.id.as_str(), r.made_at)).collect();
            refunds.sort_unstable();
            let reader = Reader { currency, seller, refunds };
            for (position, detail) in details.iter().enumerate() {
                reader.detail(position, detail, &mut charges)?;
            }
        }
        (_, Some(fees)) => {
            for (position, fee) in fees.iter().enumerate() {
                charges.paid.extend(self::fee(position, fee, currency)?);
            }
        }
        (_, None) => {}
    }
    charges.paid.sort_unstable();
    charges.returned.sort_unstable();
    charges.by_refund = join(charges.by_refund)?;
    Ok(charges)
}

impl Reader<'_> {
    fn detail(
        &self,
        position: usize,
        detail: &ChargeDetail<'_>,
        charges: &mut Charges,
    ) -> Result<(), Unreadable> {
        if !self.is_collectors(detail) {
            return Ok(());
        }
        let word = detail.kind.as_ref().map_or("", Word::as_str);
        let label = detail.name.as_ref().map_or(word, Word::as_str);
        let kind = kind(word, label, entity(detail));
        let id = match &detail.id {
            Some(id) => id.id("charges_details.id")?,
            None => Text::from(format!("{label}#{position}")),
        };
        let (id, name) = (ChargeId::from(id), name(kind, label, detail));
        let back = detail.refund_charges.as_deref().unwrap_or_default();
        let mut back_minor: i64 = 0;
        let mut named_minor: i64 = 0;
        for part in back {
            let amount_minor = self.part_minor(part)?;
            back_minor = sum(BACK_AMOUNT, back_minor, amount_minor)?;
            let Some((refund, returned_at)) = self.refund_of(part)? else { continue };
            named_minor = sum(BACK_AMOUNT, named_minor, amount_minor)?;
            let (charge, name, currency) = (id.clone(), name.clone(), self.currency);
            let returned = ReturnedCharge { charge, kind, name, amount_minor, currency, returned_at };
            charges.by_refund.push((refund, returned));
        }
        let amounts = detail.amounts.as_ref();
        let refunded_minor = self
            .optional_minor("charges_details.amounts.refunded", amounts.and_then(|a| a.refunded.as_ref()))?;
        let nameless_minor = refunded_minor.max(back_minor).saturating_sub(named_minor);
        if nameless_minor > 0 {
            let (id, name) = (id.clone(), name.clone());
            charges.returned.push(Charge { id, kind, name, amount_minor: nameless_minor });
        }
        let path = "charges_details.amounts.original";
        let amount_minor =
            need(path, amounts.and_then(|a| a.original.as_ref()))?.minor(path, self.currency)?;
        if amount_minor != 0 {
            charges.paid.push(Charge { id, kind, name, amount_minor });
        }
        Ok(())
    }

    fn is_collectors(&self, detail: &ChargeDetail<'_>) -> bool {
        let from = detail.accounts.as_ref().and_then(|accounts| accounts.from.as_ref());
        from.is_some_and(|from| from.as_str() == "collector" || from.as_str() == self.seller.as_str())
    }

    fn part_minor(&self, part: &RefundCharge<'_>) -> Result<i64, Unreadable> {
        if part.currency_id.as_ref().is_some_and(|code| code.as_str() != self.currency.code()) {
            return Err(Unreadable::WrongType { path: BACK_CURRENCY, expected: "the payment's currency" });
        }
        need(BACK_AMOUNT, part.amount.as_ref())?.minor(BACK_AMOUNT, self.currency)
    }

    /// The refund that a part came back with, and when: by its own date, else by the refund's.
    fn refund_of(&self, part: &RefundCharge<'_>) -> Result<Option<(RefundId, Instant)>, Unreadable> {
        let Some(operation) = &part.operation else { return Ok(None) };
        let Some(id) = &operation.id else { return Ok(None) };
        let listed = self.refunds.binary_search_by_key(&id.as_str(), |(id, _)| id);
        let listed = listed.ok().map(|at| self.refunds[at].1);
        let is_refund = operation.kind.as_ref().is_none_or(|kind| kind.as_str() == "refund_payment");
        if !is_refund && listed.is_none() {
            return Ok(None);
        }
        let own = time::instant(BACK_DATE, part.date_created.as_ref().map(Word::as_str))?;
        let returned_at = need(BACK_DATE, own.or(listed))?;
        Ok(Some((RefundId::from(id.id(BACK_OPERATION)?), returned_at)))
    }

    fn optional_minor(&self, path: &'static str, field: Option<&Literal<'_>>) -> Result<i64, Unreadable> {
        field.map_or(Ok(0), |amount| amount.minor(path, self.currency))
    }
}

fn fee(position: usize, fee: &FeeDetail<'_>, currency: Currency) -> Result<Option<Charge>, Unreadable> {
    if fee.fee_payer.as_ref().is_none_or(|payer| payer.as_str() != "collector") {
        return Ok(None);
    }
    let amount_minor =
        need("fee_details.amount", fee.amount.as_ref())?.minor("fee_details.amount", currency)?;
    let word = fee.kind.as_ref().map_or("", Word::as_str);
    let id = ChargeId::from(format!("{word}#{position}"));
    let kind = kind_of_name(word).unwrap_or(ChargeKind::Other);
    Ok((amount_minor != 0).then(|| Charge { id, kind, name: Text::from(word), amount_minor }))
}

/// Several parts of one charge that came back with one refund are one return, dated by the last of them.
fn join(mut parts: Vec<(RefundId, ReturnedCharge)>) -> Result<Vec<(RefundId, ReturnedCharge)>, Unreadable> {
    parts.sort_unstable();
    let mut joined: Vec<(RefundId, ReturnedCharge)> = Vec::with_capacity(parts.len());
    for (refund, part) in parts {
        match joined.last_mut() {
            Some((last, whole)) if *last == refund && whole.charge == part.charge => {
                whole.amount_minor = sum(BACK_AMOUNT, whole.amount_minor, part.amount_minor)?;
                whole.returned_at = whole.returned_at.max(part.returned_at);
            }
            _ => joined.push((refund, part)),
        }
    }
    Ok(joined)
}

pub(super) fn sum(path: &'static str, left: i64, right: i64) -> Result<i64, Unreadable> {
    left.checked_add(right).ok_or(Unreadable::BadAmount { path, source: MoneyError::OutOfRange })
}

fn kind(word: &str, name: &str, entity: &str) -> ChargeKind {
    match word {
        "tax" => tax(name, entity),
        "shipping" => ChargeKind::Shipping,
        "coupon" => ChargeKind::Coupon,
        "fee" => kind_of_name(name).unwrap_or(ChargeKind::Processing),
        _ if name.starts_with("tax_") => tax(name, entity),
        _ => kind_of_name(name).or_else(|| kind_of_name(word)).unwrap_or(ChargeKind::Other),
    }
}

fn kind_of_name(name: &str) -> Option<ChargeKind> {
    match name {
        "third_payment" | "application_fee" => Some(ChargeKind::Marketplace),
        // `finance_fee` is how the older resource spelled it.
        "financing_fee" | "finance_fee" => Some(ChargeKind::Financing),
        "shipping_fee" => Some(ChargeKind::Shipping),
        "coupon_fee" | "discount_fee" | "coupon_code" => Some(ChargeKind::Coupon),
        "mercadopago_fee" | "mp_processing_fee" | "ml_sale_fee" => Some(ChargeKind::Processing),
        _ if name.starts_with("mp_financing") => Some(ChargeKind::Financing),
        _ if name.starts_with("shp_") => Some(ChargeKind::Shipping),
        _ if name.starts_with("marketplace") => Some(ChargeKind::Marketplace),
        _ => None,
    }
}

/// The tax on debits and credits cannot be recovered; the others are withheld on account.
fn tax(name: &str, entity: &str) -> ChargeKind {
    let on_debits = |text: &str| text.contains("debitos_creditos") || text.contains("credit_debit");
    if on_debits(name) || on_debits(entity) { ChargeKind::TransactionTax } else { ChargeKind::Withholding }
}

fn entity<'a>(detail: &'a ChargeDetail<'_>) -> &'a str {
    let entity = detail.metadata.as_ref().and_then(|m| m.mov_financial_entity.as_ref());
    entity.map_or("", Literal::as_str)
}

/// A tax is named as the reports name it, so that both can be compared; any other charge by its own name.
fn name(kind: ChargeKind, label: &str, detail: &ChargeDetail<'_>) -> Text {
    let is_tax = matches!(kind, ChargeKind::Withholding | ChargeKind::TransactionTax);
    let metadata = detail.metadata.as_ref().filter(|_| is_tax);
    match metadata.map(|m| (&m.mov_detail, &m.mov_financial_entity)) {
        Some((Some(tax), Some(entity))) => Text::from(format!("{}/{}", tax.as_str(), entity.as_str())),
        _ => Text::from(label),
    }
}
