//! The release report: the statement of the available balance, row after row, from its opening to its total.
//!
//! Columns: the provider's default set, with method, taxes one by one, approval, currency and running balance.

use mercadopago::request::report::ReportConfig;

use super::Task;
use super::cells::{File, Style};
use crate::account::{Money, Moved};
use crate::payment::Payment;
use crate::time::Instant;
use crate::world::World;

const COLUMNS: [&str; 20] = [
    "DATE",
    "SOURCE_ID",
    "EXTERNAL_REFERENCE",
    "RECORD_TYPE",
    "DESCRIPTION",
    "NET_CREDIT_AMOUNT",
    "NET_DEBIT_AMOUNT",
    "GROSS_AMOUNT",
    "MP_FEE_AMOUNT",
    "FINANCING_FEE_AMOUNT",
    "SHIPPING_FEE_AMOUNT",
    "TAXES_AMOUNT",
    "COUPON_AMOUNT",
    "INSTALLMENTS",
    "PAYMENT_METHOD",
    "PAYMENT_METHOD_TYPE",
    "TAXES_DISAGGREGATED",
    "TRANSACTION_APPROVAL_DATE",
    "CURRENCY",
    "BALANCE_AMOUNT",
];

/// A row to print: a movement, or the opening or closing balance.
struct Row<'a> {
    at: Instant,
    record: &'static str,
    source: String,
    reference: &'a str,
    word: &'static str,
    credit: i64,
    debit: i64,
    gross: i64,
    money: Money,
    balance: i64,
    payment: Option<&'a Payment>,
}

/// The file of a task.
pub(super) fn file(world: &World, task: &Task, wanted: Option<&ReportConfig>) -> Vec<u8> {
    let seller = world.seller(task.seller);
    let style = Style::new(wanted, &COLUMNS, b',', seller.site.decimals());
    let currency = seller.site.currency();
    let rows = &seller.account.moved;
    let opening = rows.iter().rev().find(|row| row.at < task.begin).map_or(0, |row| row.balance_minor);
    let mut file = File::new(&style);
    let first = balance(task.begin, "initial_available_balance", opening.max(0), (-opening).max(0));
    file.row(|column| cell(&style, currency, &first, column));
    let (mut credit, mut debit) = (first.credit, first.debit);
    for moved in rows.iter().filter(|row| task.covers(row.at)) {
        let row = movement(moved, world.payment(moved.source));
        credit += row.credit;
        debit += row.debit;
        file.row(|column| cell(&style, currency, &row, column));
    }
    let last = balance(task.end, "total", credit, debit);
    file.row(|column| cell(&style, currency, &last, column));
    file.finish()
}

fn balance<'a>(at: Instant, record: &'static str, credit: i64, debit: i64) -> Row<'a> {
    Row {
        at,
        record,
        source: String::new(),
        reference: "",
        word: "",
        credit,
        debit,
        gross: credit - debit,
        money: Money::default(),
        balance: credit - debit,
        payment: None,
    }
}

fn movement<'a>(moved: &'a Moved, payment: Option<&'a Payment>) -> Row<'a> {
    let net = moved.money.net();
    Row {
        at: moved.at,
        record: "release",
        source: moved.source.to_string(),
        reference: payment.map_or(moved.reference.as_str(), |p| p.reference.as_deref().unwrap_or_default()),
        word: moved.word,
        credit: net.max(0),
        debit: (-net).max(0),
        gross: moved.money.gross,
        money: moved.money,
        balance: moved.balance_minor,
        payment,
    }
}

fn cell(style: &Style, currency: &str, row: &Row<'_>, column: &str) -> String {
    let of = |text: fn(&Payment) -> String| row.payment.map(text).unwrap_or_default();
    match column {
        "DATE" => style.time(row.at),
        "SOURCE_ID" => row.source.clone(),
        "EXTERNAL_REFERENCE" => row.reference.to_owned(),
        "RECORD_TYPE" => row.record.to_owned(),
        "DESCRIPTION" => row.word.to_owned(),
        "NET_CREDIT_AMOUNT" => style.amount(row.credit),
        "NET_DEBIT_AMOUNT" => style.amount(row.debit),
        "GROSS_AMOUNT" => style.amount(row.gross),
        "MP_FEE_AMOUNT" => style.amount(row.money.fee),
        "FINANCING_FEE_AMOUNT" => style.amount(row.money.financing),
        "SHIPPING_FEE_AMOUNT" | "COUPON_AMOUNT" | "SELLER_AMOUNT" => style.amount(0),
        "TAXES_AMOUNT" => style.amount(row.money.taxes()),
        "INSTALLMENTS" => of(|payment| payment.installments.to_string()),
        "PAYMENT_METHOD" => of(|payment| payment.method.id.clone()),
        "PAYMENT_METHOD_TYPE" => of(|payment| payment.method.kind.clone()),
        "TAXES_DISAGGREGATED" => style.taxes(row.money),
        "TRANSACTION_DATE" => row.payment.map(|payment| style.time(payment.created)).unwrap_or_default(),
        "TRANSACTION_APPROVAL_DATE" => {
            row.payment.and_then(|payment| payment.approved).map(|at| style.time(at)).unwrap_or_default()
        }
        "CURRENCY" => currency.to_owned(),
        "BALANCE_AMOUNT" => style.amount(row.balance),
        _ => String::new(),
    }
}
