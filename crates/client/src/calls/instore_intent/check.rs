//! The rules of a new in-store intent: lengths, limits of a site, and what goes with a terminal or a QR code only.

use domain::currency::Currency;

use super::{CashOut, Create, Enabler, Item, PAGE, Place, Purchase};
use crate::calls::in_person::{self, text};
use crate::calls::rules::positive;
use crate::invalid::{Field, Invalid, Problem};

/// What terminals take.
const TERMINALS: &str = "https://github.com/mercadopago/devsite-docs/blob/master/guides/ecosistema-presencial/create-and-manage-intent-point.es.md";

/// Limits of terminals, from the page above. It has none for Mexico.
const LIMITS: [(Currency, i64, i64); 2] =
    [(Currency::ARS, 500, 400_000_000), (Currency::BRL, 100, 7_000_000)];

pub(super) fn create(intent: &Create) -> Result<(), Invalid> {
    let (Place::Terminal(id) | Place::TerminalOfPos(id) | Place::QrOfPos(id)) = &intent.place;
    let place = if matches!(intent.place, Place::Terminal(_)) { "device_id" } else { "external_id" };
    Field::new(place, PAGE).filled(id)?;
    text(Field::new("description", PAGE), 255, &intent.description)?;
    text(Field::new("external_reference", PAGE), 100, &intent.external_reference)?;
    let currency = purchase(intent)?;
    if let Some(cash_out) = &intent.cash_out {
        cash(intent, cash_out, currency)?;
    }
    if intent.sponsor.is_some() && !is_qr(intent) {
        return Err(Field::new("sponsor", PAGE).is(Problem::Without("a QR code")));
    }
    intent.enabler.as_ref().map_or(Ok(()), |settings| enabler(settings, is_qr(intent), currency))
}

fn is_qr(intent: &Create) -> bool {
    matches!(intent.place, Place::QrOfPos(_))
}

/// The currency of a purchase that keeps the rules.
fn purchase(intent: &Create) -> Result<Currency, Invalid> {
    let field = Field::new("operations.amount", TERMINALS);
    match &intent.purchase {
        Purchase::Amount(amount) if is_qr(intent) => {
            positive(Field::new("operations.amount", PAGE), *amount)?;
            Ok(amount.currency)
        }
        Purchase::Amount(amount) => {
            in_person::amount(field, *amount, &LIMITS)?;
            Ok(amount.currency)
        }
        Purchase::Items(_) if !is_qr(intent) => {
            Err(Field::new("operations.items", PAGE).is(Problem::Without("a QR code")))
        }
        Purchase::Items(items) => {
            let first = items.first();
            let first = first.ok_or_else(|| Field::new("operations.items", PAGE).is(Problem::Missing))?;
            items.iter().try_for_each(|each| item(each, first.total.currency))?;
            Ok(first.total.currency)
        }
    }
}

fn item(item: &Item, currency: Currency) -> Result<(), Invalid> {
    text(Field::new("operations.items.title", PAGE), 100, &item.title)?;
    if let Some(number) = &item.sku_number {
        text(Field::new("operations.items.sku_number", PAGE), 100, number)?;
    }
    Field::new("operations.items.quantity", PAGE).within(1, 1_000_000, item.quantity)?;
    positive(Field::new("operations.items.unit_price", PAGE), item.unit_price)?;
    let total = Field::new("operations.items.total_amount", PAGE);
    positive(total, item.total)?;
    let one_currency = [item.unit_price, item.total].iter().all(|price| price.currency == currency);
    if one_currency { Ok(()) } else { Err(total.is(Problem::OtherThan("the currency of the first item"))) }
}

fn cash(intent: &Create, cash_out: &CashOut, currency: Currency) -> Result<(), Invalid> {
    if !is_qr(intent) {
        return Err(Field::new("operations.type", PAGE).is(Problem::Without("a QR code")));
    }
    let amount = Field::new("operations.amount", PAGE);
    positive(amount, cash_out.amount)?;
    if cash_out.amount.currency != currency {
        return Err(amount.is(Problem::OtherThan("the currency of the purchase")));
    }
    let Some(settings) = &cash_out.configuration else { return Ok(()) };
    let agency = Field::new("operations.additional_configuration.agency_type", PAGE);
    if !["AGTEC", "AGTOT", "AGPSS"].contains(&settings.agency_type.as_str()) {
        let actual = settings.agency_type.chars().take(40).collect();
        return Err(agency.is(Problem::NotOneOf { known: "AGTEC, AGTOT, AGPSS", actual }));
    }
    Field::new("operations.additional_configuration.bank_service_code", PAGE)
        .filled(&settings.bank_service_code)
}

fn enabler(settings: &Enabler, qr: bool, currency: Currency) -> Result<(), Invalid> {
    let terminal_only = settings.device_payment_mode.is_some() || !settings.print_on_terminal.is_empty();
    if qr && (terminal_only || settings.ticket_number.is_some()) {
        return Err(Field::new("enabler_configuration", PAGE).is(Problem::Without("a terminal")));
    }
    if !qr && !settings.qr_payment_mode.is_empty() {
        let field = Field::new("enabler_configuration.qr_payment_mode", PAGE);
        return Err(field.is(Problem::Without("a QR code")));
    }
    let Some(ticket) = &settings.ticket_number else { return Ok(()) };
    let field = Field::new("enabler_configuration.ticket_number", PAGE);
    if currency != Currency::ARS {
        return Err(field.is(Problem::Without("site MLA")));
    }
    text(field, 100, ticket)
}
