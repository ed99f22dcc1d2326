//! The settlement report: every approved movement of a period, available or not. It has no balance.
//!
//! Columns: the sample of the provider's documentation, with release date, taxes one by one and release mark.

use mercadopago::request::report::ReportConfig;

use super::Task;
use super::cells::{File, Style};
use crate::account::Settled;
use crate::payment::{Payment, Pot};
use crate::world::World;

const COLUMNS: [&str; 29] = [
    "EXTERNAL_REFERENCE",
    "SOURCE_ID",
    "USER_ID",
    "PAYMENT_METHOD_TYPE",
    "PAYMENT_METHOD",
    "SITE",
    "TRANSACTION_TYPE",
    "TRANSACTION_AMOUNT",
    "TRANSACTION_CURRENCY",
    "TRANSACTION_DATE",
    "FEE_AMOUNT",
    "SETTLEMENT_NET_AMOUNT",
    "SETTLEMENT_CURRENCY",
    "SETTLEMENT_DATE",
    "REAL_AMOUNT",
    "COUPON_AMOUNT",
    "METADATA",
    "MKP_FEE_AMOUNT",
    "FINANCING_FEE_AMOUNT",
    "SHIPPING_FEE_AMOUNT",
    "TAXES_AMOUNT",
    "INSTALLMENTS",
    "ORDER_ID",
    "SHIPPING_ID",
    "SHIPMENT_MODE",
    "PACK_ID",
    "MONEY_RELEASE_DATE",
    "TAXES_DISAGGREGATED",
    "IS_RELEASED",
];

/// The file of a task.
pub(super) fn file(world: &World, task: &Task, wanted: Option<&ReportConfig>) -> Vec<u8> {
    let seller = world.seller(task.seller);
    let style = Style::new(wanted, &COLUMNS, b';', seller.site.decimals());
    // Reversed chargebacks are shown unless the configuration says no.
    let shows_cancels = wanted.and_then(|wanted| wanted.show_chargeback_cancel).unwrap_or(true);
    let mut file = File::new(&style);
    for row in seller.account.settled.iter().filter(|row| task.covers(row.at)) {
        if shows_cancels || row.word != "CHARGEBACK_CANCEL" {
            let payment = world.payment(row.source);
            file.row(|column| cell(&style, task, row, payment, seller.site.word(), column));
        }
    }
    file.finish()
}

fn cell(
    style: &Style,
    task: &Task,
    row: &Settled,
    payment: Option<&Payment>,
    site: &str,
    column: &str,
) -> String {
    let money = row.money;
    let of = |text: fn(&Payment) -> String| payment.map(text).unwrap_or_default();
    match column {
        "EXTERNAL_REFERENCE" => match payment {
            Some(payment) => payment.reference.clone().unwrap_or_default(),
            None => row.reference.clone(),
        },
        "SOURCE_ID" => row.source.to_string(),
        "USER_ID" => task.seller.to_string(),
        "PAYMENT_METHOD_TYPE" => of(|payment| payment.method.kind.clone()),
        "PAYMENT_METHOD" => of(|payment| payment.method.id.clone()),
        "SITE" => site.to_owned(),
        "TRANSACTION_TYPE" => row.word.to_owned(),
        "TRANSACTION_AMOUNT" => style.amount(money.gross),
        "TRANSACTION_CURRENCY" | "SETTLEMENT_CURRENCY" => currency(site).to_owned(),
        "TRANSACTION_DATE" => style.time(payment.map_or(row.at, |payment| payment.created)),
        "FEE_AMOUNT" => style.amount(money.fee + money.financing),
        "SETTLEMENT_NET_AMOUNT" | "REAL_AMOUNT" => style.amount(money.net()),
        "SETTLEMENT_DATE" => style.time(row.at),
        "COUPON_AMOUNT" | "SHIPPING_FEE_AMOUNT" | "SELLER_AMOUNT" | "TIP_AMOUNT" => style.amount(0),
        "METADATA" => match row.refund {
            Some(refund) => format!("[{{refund_id:{refund}}}]"),
            None => "[{}]".to_owned(),
        },
        "MKP_FEE_AMOUNT" => style.amount(money.fee),
        "FINANCING_FEE_AMOUNT" => style.amount(money.financing),
        "TAXES_AMOUNT" => style.amount(money.taxes()),
        "INSTALLMENTS" => of(|payment| payment.installments.to_string()),
        "MONEY_RELEASE_DATE" => {
            payment.and_then(|payment| payment.release).map(|at| style.time(at)).unwrap_or_default()
        }
        "TAXES_DISAGGREGATED" => style.taxes(money),
        "IS_RELEASED" => payment.is_some_and(|payment| payment.pot == Pot::Available).to_string(),
        _ => String::new(),
    }
}

fn currency(site: &str) -> &'static str {
    site.parse::<crate::site::Site>().map_or("", crate::site::Site::currency)
}
