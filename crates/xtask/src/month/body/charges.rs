//! What the provider keeps of a payment: `fee_details` and `charges_details`.

use serde::Serialize;

use crate::month::money::Pesos;
use crate::month::sale::{Refund, Sale};
use crate::month::time::Time;
use crate::month::told::Told;

/// A fee in the older, coarser list.
#[derive(Serialize)]
pub struct Fee {
    #[serde(rename = "type")]
    kind: &'static str,
    amount: Pesos,
    fee_payer: &'static str,
}

/// A charge in the newer list: fees and taxes, with what was given back of each.
#[derive(Serialize)]
pub struct Charge {
    id: String,
    name: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    accounts: Accounts,
    amounts: Amounts,
    client_id: u8,
    date_created: Time,
    last_updated: Time,
    metadata: ChargeMetadata,
    reserve_id: Option<u64>,
    refund_charges: Vec<ChargeRefund>,
}

#[derive(Serialize)]
struct Accounts {
    from: &'static str,
    to: &'static str,
}

#[derive(Serialize)]
struct Amounts {
    original: Pesos,
    refunded: Pesos,
}

#[derive(Serialize)]
struct ChargeMetadata {
    source: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    mov_detail: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mov_financial_entity: Option<&'static str>,
}

#[derive(Serialize)]
struct ChargeRefund {
    amount: Pesos,
    currency_id: &'static str,
    date_created: Time,
    client_id: u8,
    operation: Operation,
    reserve_id: Option<u64>,
}

#[derive(Serialize)]
struct Operation {
    id: u64,
    #[serde(rename = "type")]
    kind: &'static str,
}

/// The fees of a sale; taxes do not appear there.
pub fn fees(sale: &Sale) -> Vec<Fee> {
    [("mercadopago_fee", sale.fee_minor), ("financing_fee", sale.financing_minor)]
        .into_iter()
        .filter(|(_, amount_minor)| *amount_minor > 0)
        .map(|(kind, amount_minor)| Fee { kind, amount: Pesos(amount_minor), fee_payer: "collector" })
        .collect()
}

/// What a refund gives back of one charge, minor units.
type GivenBack = fn(&Refund) -> i64;

/// One charge: name, type, amount in minor units, who gets it, and what a refund gives back of it.
type ChargeKind = (&'static str, &'static str, i64, &'static str, GivenBack);

/// The charges of a sale in a state.
pub fn charges(sale: &Sale, told: &Told) -> Vec<Charge> {
    let kinds: [ChargeKind; 4] = [
        ("mercadopago_fee", "fee", sale.fee_minor, "mp", |refund| refund.fee_minor),
        ("financing_fee", "fee", sale.financing_minor, "mp", |_| 0),
        ("tax_withholding_sirtac-buenos_aires", "tax", sale.withholding_minor, "mp", |refund| {
            refund.withholding_minor
        }),
        ("tax_withholding_collector-debitos_creditos", "tax", sale.bank_tax_minor, "mp", |_| 0),
    ];
    kinds
        .into_iter()
        .filter(|(_, _, amount_minor, _, _)| *amount_minor > 0)
        .zip(1..)
        .map(|(kind, number)| charge(sale, told, kind, number))
        .collect()
}

fn charge(sale: &Sale, told: &Told, kind: ChargeKind, number: u8) -> Charge {
    let (name, kind, amount_minor, to, given_back) = kind;
    let refund_charges: Vec<_> =
        told.refunds.iter().filter_map(|refund| returned(refund, given_back)).collect();
    let by_refunds: i64 = told.refunds.iter().map(given_back).sum();
    let comes_back = matches!(name, "mercadopago_fee" | "tax_withholding_sirtac-buenos_aires");
    let refunded = if told.charges_back.is_some() && comes_back { amount_minor } else { by_refunds };
    let (mov_detail, mov_financial_entity) = match name.split_once('-') {
        Some((detail, entity)) => (Some(detail), Some(entity)),
        None => (None, None),
    };
    Charge {
        id: format!("{}-{number:03}", sale.id),
        name,
        kind,
        accounts: Accounts { from: "collector", to },
        amounts: Amounts { original: Pesos(amount_minor), refunded: Pesos(refunded) },
        client_id: 0,
        date_created: sale.created,
        last_updated: told.charges_back.unwrap_or(sale.created),
        metadata: ChargeMetadata {
            source: if mov_detail.is_some() { "taxes" } else { "rule-engine" },
            mov_detail,
            mov_financial_entity,
        },
        reserve_id: None,
        refund_charges,
    }
}

fn returned(refund: &Refund, given_back: GivenBack) -> Option<ChargeRefund> {
    let amount_minor = given_back(refund);
    (amount_minor > 0).then_some(ChargeRefund {
        amount: Pesos(amount_minor),
        currency_id: "ARS",
        date_created: refund.at,
        client_id: 0,
        operation: Operation { id: refund.id, kind: "refund_payment" },
        reserve_id: None,
    })
}
