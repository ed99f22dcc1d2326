//! The short lines of a story as the provider's own bodies and rows.
//!
//! ```text
//! payment ID STATUS[/DETAIL] AMOUNT [fee A] [tax A] [refunded A] [refund ID A [returning [fee A] [tax A]]]… [sold DAY] on DAY
//! refund ID of PAYMENT STATUS AMOUNT on DAY
//! release PAYMENT WORD AMOUNT on DAY
//! ```

use domain::currency::Currency;
use domain::ids::SellerId;
use domain::money::{format_minor, parse_minor};
use engine::item::{Item, Kind};
use engine::look::RowContext;
use store::inbox::Body;

use crate::shop::{SELLER, resource};

const HEADER: &str = "DATE,SOURCE_ID,EXTERNAL_REFERENCE,RECORD_TYPE,DESCRIPTION,NET_CREDIT_AMOUNT,\
NET_DEBIT_AMOUNT,GROSS_AMOUNT,MP_FEE_AMOUNT,FINANCING_FEE_AMOUNT,SHIPPING_FEE_AMOUNT,TAXES_AMOUNT,\
COUPON_AMOUNT,INSTALLMENTS,PAYMENT_METHOD,PAYMENT_METHOD_TYPE,TAXES_DISAGGREGATED,TRANSACTION_APPROVAL_DATE,\
CURRENCY,BALANCE_AMOUNT";

/// An amount as stories write it.
pub(super) fn money(minor: i64) -> String {
    format_minor(minor, Currency::ARS)
}

fn minor(text: &str) -> i64 {
    parse_minor(text, Currency::ARS).expect("an amount of a story is decimal text")
}

/// The delivery of one step.
pub(super) fn item(step: &str) -> Item {
    let words: Vec<&str> = step.split_whitespace().collect();
    match *words {
        ["payment", id, status, amount, ref rest @ ..] => {
            resource(step, "payment", &payment(id, status, amount, rest))
        }
        ["refund", id, "of", payment, status, amount, "on", day] => {
            let refund = Refund { id, amount, status, day, fee: None, tax: None };
            resource(step, "refund", &refund.body(payment))
        }
        ["release", payment, word, amount, "on", day] => row(step, payment, word, amount, day),
        _ => panic!("`{step}` is no step of a story"),
    }
}

/// What a line says of a payment beside its status and amount.
#[derive(Default)]
struct Said<'a> {
    fee: Option<&'a str>,
    tax: Option<&'a str>,
    refunded: Option<&'a str>,
    refunds: Vec<Refund<'a>>,
    sold: Option<&'a str>,
    on: &'a str,
}

struct Refund<'a> {
    id: &'a str,
    amount: &'a str,
    status: &'a str,
    day: &'a str,
    fee: Option<&'a str>,
    tax: Option<&'a str>,
}

impl Refund<'_> {
    fn body(&self, payment: &str) -> String {
        let Self { id, amount, status, day, .. } = self;
        format!(
            r#"{{"id":{id},"payment_id":{payment},"collector_id":{SELLER},"currency_id":"ARS","amount":{amount},
            "status":"{status}","date_created":"{}"}}"#,
            noon(day)
        )
    }
}

fn noon(day: &str) -> String {
    format!("{day}T12:00:00.000-04:00")
}

fn said<'a>(words: &[&'a str]) -> Said<'a> {
    let mut said = Said::default();
    let on = words.last().expect("a line ends with its day");
    let mut rest = words;
    while !rest.is_empty() {
        let refund = said.refunds.last_mut();
        rest = match *rest {
            ["refund", id, amount, ref rest @ ..] => {
                said.refunds.push(Refund { id, amount, status: "approved", day: on, fee: None, tax: None });
                rest
            }
            ["returning", ref rest @ ..] => rest,
            ["fee", amount, ref rest @ ..] => {
                *refund.map_or(&mut said.fee, |refund| &mut refund.fee) = Some(amount);
                rest
            }
            ["tax", amount, ref rest @ ..] => {
                *refund.map_or(&mut said.tax, |refund| &mut refund.tax) = Some(amount);
                rest
            }
            ["refunded", amount, ref rest @ ..] => {
                said.refunded = Some(amount);
                rest
            }
            ["sold", day, ref rest @ ..] => {
                said.sold = Some(day);
                rest
            }
            ["on", day] => {
                said.on = day;
                &[]
            }
            _ => panic!("`{}` cannot be read in a story", rest.join(" ")),
        };
    }
    said
}

fn payment(id: &str, status: &str, amount: &str, words: &[&str]) -> String {
    let said = said(words);
    let (status, detail) = status.split_once('/').unwrap_or_else(|| (status, detail_of(status)));
    let charges =
        [("fee", "mercadopago_fee", said.fee), ("tax", "tax_withholding_sirtac-buenos_aires", said.tax)];
    let paid = charges.iter().filter_map(|(kind, name, amount)| Some((*kind, *name, (*amount)?)));
    let paid: Vec<_> = paid.collect();
    let net = minor(amount) - paid.iter().map(|(_, _, amount)| minor(amount)).sum::<i64>();
    let charges: Vec<_> = paid.iter().map(|(kind, name, paid)| charge(id, kind, name, paid, &said)).collect();
    let refunds: Vec<_> = said.refunds.iter().map(|refund| refund.body(id)).collect();
    let known = said.refunds.iter().map(|refund| minor(refund.amount)).sum();
    let refunded = said.refunded.map_or(known, minor);
    let sold = said.sold.or_else(|| has_been_paid(status).then_some(said.on));
    let approved = sold.map_or("null".to_owned(), |day| format!("\"{}\"", noon(day)));
    format!(
        r#"{{"id":{id},"collector_id":{SELLER},"currency_id":"ARS","status":"{status}","status_detail":"{detail}",
        "transaction_amount":{amount},"transaction_amount_refunded":{},"operation_type":"regular_payment",
        "payment_method_id":"visa","payment_type_id":"credit_card","installments":1,
        "transaction_details":{{"net_received_amount":{}}},"charges_details":[{}],"refunds":[{}],
        "date_created":"2026-10-01T12:00:00.000-04:00","date_approved":{approved},"date_last_updated":"{}"}}"#,
        money(refunded),
        money(net),
        charges.join(","),
        refunds.join(","),
        noon(said.on)
    )
}

fn charge(id: &str, kind: &str, name: &str, paid: &str, said: &Said<'_>) -> String {
    let back = |refund: &Refund<'_>| {
        let amount = if kind == "fee" { refund.fee } else { refund.tax }?;
        let part = format!(
            r#"{{"amount":{amount},"currency_id":"ARS","date_created":"{}","operation":{{"id":{},"type":"refund_payment"}}}}"#,
            noon(refund.day),
            refund.id
        );
        Some((minor(amount), part))
    };
    let (amounts, parts): (Vec<i64>, Vec<String>) = said.refunds.iter().filter_map(back).unzip();
    format!(
        r#"{{"id":"{id}-{kind}","name":"{name}","type":"{kind}","accounts":{{"from":"collector","to":"mp"}},
        "amounts":{{"original":{paid},"refunded":{}}},"refund_charges":[{}]}}"#,
        money(amounts.iter().sum()),
        parts.join(",")
    )
}

fn detail_of(status: &str) -> &'static str {
    match status {
        "approved" => "accredited",
        "refunded" => "refunded",
        "pending" => "pending_waiting_payment",
        "in_mediation" => "pending",
        _ => panic!("`{status}` needs its detail: write {status}/DETAIL"),
    }
}

fn has_been_paid(status: &str) -> bool {
    ["approved", "refunded", "in_mediation", "charged_back"].contains(&status)
}

fn row(step: &str, payment: &str, word: &str, amount: &str, day: &str) -> Item {
    let (credit, debit) = amount.strip_prefix('-').map_or((amount, "0.00"), |debit| ("0.00", debit));
    let raw = format!(
        "{day}T12:00:00.000-04:00,{payment},,release,{word},{credit},{debit},{amount},0.00,0.00,0.00,0.00,0.00,1,\
         visa,credit_card,[],,ARS,0.00"
    );
    let context = RowContext {
        line: 2,
        ordinal: 0,
        after: None,
        currency: Some(Currency::ARS),
        seller: Some(SellerId::from(SELLER)),
    };
    let mut item = resource(step, "release_row", "");
    item.kind = Kind::Row;
    item.body = Body::whole(context.body(HEADER.as_bytes(), raw.as_bytes()));
    item
}
