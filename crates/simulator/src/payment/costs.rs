//! What the provider keeps of a payment, in its two lists: `fee_details` and the finer `charges_details`.
//!
//! Only the second names taxes, and only it tells what came back, part by part with the refund it came with.

use serde::Serialize;

use crate::contract::{Cost, CostKind};
use crate::money::Amount;
use crate::payment::{Payment, Refund};
use crate::time::Api;

/// A fee in the older, coarser list.
#[derive(Serialize)]
pub(super) struct Fee {
    amount: Amount,
    fee_payer: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
}

/// A charge in the newer list.
#[derive(Serialize)]
pub(super) struct Charge {
    accounts: Accounts,
    amounts: Amounts,
    client_id: u8,
    date_created: Api,
    external_charge_id: (),
    id: String,
    last_updated: Api,
    metadata: Metadata,
    name: &'static str,
    refund_charges: Vec<Returned>,
    reserve_id: (),
    #[serde(rename = "type")]
    kind: &'static str,
    update_charges: [u8; 0],
}

#[derive(Serialize)]
struct Accounts {
    from: &'static str,
    to: &'static str,
}

#[derive(Serialize)]
struct Amounts {
    original: Amount,
    refunded: Amount,
}

#[derive(Serialize)]
struct Metadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    mov_detail: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mov_financial_entity: Option<&'static str>,
    source: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_status: Option<&'static str>,
}

/// A part of a charge that came back with a refund.
#[derive(Serialize)]
struct Returned {
    amount: Amount,
    client_id: u8,
    currency_id: &'static str,
    date_created: Api,
    operation: Operation,
    reserve_id: (),
}

#[derive(Serialize)]
struct Operation {
    id: u64,
    #[serde(rename = "type")]
    kind: &'static str,
}

/// The fees of a payment; taxes do not appear there.
pub(super) fn fees(payment: &Payment) -> Vec<Fee> {
    let decimals = payment.site.decimals();
    let fees = payment.costs.iter().filter(|cost| cost.kind.tax().is_none());
    let fee = |cost: &Cost| Fee {
        amount: Amount { minor: cost.amount_minor, decimals },
        fee_payer: "collector",
        kind: cost.kind.name(),
    };
    fees.map(fee).collect()
}

/// The charges of a payment.
pub(super) fn charges(payment: &Payment) -> Vec<Charge> {
    payment.costs.iter().zip(1..).map(|(cost, number)| charge(payment, cost, number)).collect()
}

fn charge(payment: &Payment, cost: &Cost, number: u32) -> Charge {
    let amount = |minor| Amount { minor, decimals: payment.site.decimals() };
    let by_refunds: i64 = payment.refunds.iter().map(|refund| part(refund, cost.kind)).sum();
    // A lost dispute gives all the rest back, without a refund that would name it.
    let refunded =
        if payment.lost.is_some() && cost.kind.comes_back() { cost.amount_minor } else { by_refunds };
    let last = payment.refunds.iter().map(|refund| refund.at).chain(payment.lost.map(|lost| lost.at)).max();
    let back = payment.refunds.iter().filter_map(|refund| {
        let minor = part(refund, cost.kind);
        (minor > 0).then(|| Returned {
            amount: amount(minor),
            client_id: 0,
            currency_id: payment.site.currency(),
            date_created: Api(refund.at),
            operation: Operation { id: refund.id, kind: "refund_payment" },
            reserve_id: (),
        })
    });
    let created = Api(payment.approved.unwrap_or(payment.created));
    Charge {
        accounts: Accounts { from: "collector", to: "mp" },
        amounts: Amounts { original: amount(cost.amount_minor), refunded: amount(refunded) },
        client_id: 0,
        date_created: created,
        external_charge_id: (),
        id: format!("{}-{number:03}", payment.id),
        last_updated: last.map_or(created, Api),
        metadata: Metadata::of(cost.kind),
        name: cost.kind.name(),
        refund_charges: back.collect(),
        reserve_id: (),
        kind: if cost.kind.tax().is_some() { "tax" } else { "fee" },
        update_charges: [],
    }
}

fn part(refund: &Refund, kind: CostKind) -> i64 {
    match kind {
        CostKind::Fee => refund.fee_minor,
        CostKind::Withholding => refund.withholding_minor,
        CostKind::Financing | CostKind::BankTax => 0,
    }
}

impl Metadata {
    fn of(kind: CostKind) -> Self {
        match kind.tax() {
            Some((detail, entity)) => Self {
                mov_detail: Some(detail),
                mov_financial_entity: Some(entity),
                source: "taxes",
                tax_status: Some("applied"),
            },
            None => {
                Self { mov_detail: None, mov_financial_entity: None, source: "rule-engine", tax_status: None }
            }
        }
    }
}
