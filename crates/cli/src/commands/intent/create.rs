//! `conciliar intent create`: the same options, told in the words of each generation.

use bytes::Bytes;
use chrono::TimeDelta;
use client::call::IdempotencyKey;
use client::calls::instore_intent::{self, Enabler, PaymentMode, Purchase};
use client::calls::payment_intent::{self, AdditionalInfo, Sandbox};
use client::calls::{order, point_order};
use domain::money::Money;
use mercadopago::request::point_order::CardKind;

use super::{Only, check, need, shown};
use crate::answer::{check_format, print};
use crate::app::App;
use crate::args::intent::{Card, Cost, Create, Generation};
use crate::exit::{Exit, Usage};
use crate::provider::Provider;

pub async fn run(app: &App, args: &Create) -> anyhow::Result<Exit> {
    let verb = "intent create";
    check_format(app, verb)?;
    check(args.generation, &options(args))?;
    let provider = Provider::of(app, &args.account).await?;
    let currency = provider.currency(args.site.as_deref())?;
    let amount = Money::parse(&args.amount, currency).map_err(|error| Usage(format!("--amount: {error}")))?;
    let body = match args.generation {
        Generation::PointOrder => provider.ask(&point(args, amount)?).await?.body,
        Generation::PaymentIntent => {
            let intent = terminal(args, amount)?;
            if args.sandbox {
                provider.ask(&Sandbox(intent)).await?.body
            } else {
                provider.ask(&intent).await?.body
            }
        }
        Generation::Instore => provider.ask(&instore(args, amount)?).await?.body,
        Generation::Order => make_order(app, &provider, args, amount).await?,
    };
    print(app, verb, &body, &shown(args.generation))?;
    Ok(Exit::Done)
}

/// Options that not every generation knows.
fn options(args: &Create) -> [Only; 11] {
    use Generation::{Instore, Order, PaymentIntent, PointOrder};
    let only = |name, is_given, of| Only { name, is_given, of };
    [
        only("--pos", args.pos.is_some(), &[Instore, Order]),
        only("--qr", args.qr, &[Instore, Order]),
        only("--card", args.card.is_some(), &[PointOrder, PaymentIntent, Order]),
        only("--installments", args.installments.is_some(), &[PaymentIntent, Order]),
        only("--installments-cost", args.installments_cost.is_some(), &[PaymentIntent, Order]),
        only("--ticket", args.ticket.is_some(), &[PaymentIntent, Instore, Order]),
        only("--print", args.print.is_some(), &[PaymentIntent, Instore, Order]),
        only("--expires", args.expires.is_some(), &[Order]),
        only("--notify", args.notify.is_some(), &[PointOrder]),
        only("--key", args.key.is_some(), &[Order]),
        only("--sandbox", args.sandbox, &[PaymentIntent]),
    ]
}

fn point(args: &Create, amount: Money) -> anyhow::Result<point_order::Create> {
    let generation = args.generation;
    let card = match need(args.card.as_ref(), "--card", generation)? {
        Card::Credit => CardKind::CreditCard,
        Card::Debit => CardKind::DebitCard,
        Card::Voucher => return Err(Usage("phones take no voucher cards".to_owned()).into()),
    };
    Ok(point_order::Create {
        amount,
        description: need(args.description.as_ref(), "--description", generation)?,
        device_name: need(args.device.as_ref(), "--device", generation)?,
        card,
        external_reference: args.reference.clone(),
        disable_back_button: None,
        notification_url: args.notify.clone(),
        payer_email: None,
    })
}

fn terminal(args: &Create, amount: Money) -> anyhow::Result<payment_intent::Create> {
    let info = AdditionalInfo {
        external_reference: args.reference.clone(),
        print_on_terminal: args.print,
        ticket_number: args.ticket.clone(),
    };
    if args.card.is_none() && (args.installments.is_some() || args.installments_cost.is_some()) {
        return Err(Usage("--installments goes with --card credit".to_owned()).into());
    }
    let payment = args.card.map(|card| payment_intent::Payment {
        kind: match card {
            Card::Credit => payment_intent::CardKind::CreditCard,
            Card::Debit => payment_intent::CardKind::DebitCard,
            Card::Voucher => payment_intent::CardKind::VoucherCard,
        },
        installments: args.installments,
        installments_cost: args.installments_cost.map(|cost| match cost {
            Cost::Seller => payment_intent::InstallmentsCost::Seller,
            Cost::Buyer => payment_intent::InstallmentsCost::Buyer,
        }),
        voucher_type: None,
    });
    Ok(payment_intent::Create {
        device: need(args.device.as_ref(), "--device", args.generation)?,
        amount,
        description: args.description.clone(),
        payment,
        info: (info != AdditionalInfo::default()).then_some(info),
    })
}

fn instore(args: &Create, amount: Money) -> anyhow::Result<instore_intent::Create> {
    let place = match (&args.device, &args.pos) {
        (Some(device), _) => instore_intent::Place::Terminal(device.clone()),
        (None, Some(pos)) if args.qr => instore_intent::Place::QrOfPos(pos.clone()),
        (None, pos) => {
            instore_intent::Place::TerminalOfPos(need(pos.as_ref(), "--device or --pos", args.generation)?)
        }
    };
    let enabler = Enabler {
        device_payment_mode: (!args.qr).then_some(PaymentMode::Card),
        print_on_terminal: match args.print {
            Some(true) => vec![instore_intent::Ticket::SellerTicket],
            _ => Vec::new(),
        },
        ticket_number: args.ticket.clone(),
        qr_payment_mode: Vec::new(),
    };
    Ok(instore_intent::Create {
        place,
        description: need(args.description.as_ref(), "--description", args.generation)?,
        external_reference: reference(args),
        purchase: Purchase::Amount(amount),
        cash_out: None,
        sponsor: None,
        enabler: (enabler != Enabler::default()).then_some(enabler),
        integrator: None,
    })
}

async fn make_order(app: &App, provider: &Provider, args: &Create, amount: Money) -> anyhow::Result<Bytes> {
    let key = args.key.clone().map_or_else(IdempotencyKey::fresh, IdempotencyKey::new);
    let call = order(args, amount, key.clone())?;
    let asked = provider.ask(&call).await;
    if asked.is_err() && args.key.is_none() {
        // What became of a call whose answer was lost is found out by sending it again under its key.
        app.remark(&format!(
            "the same order again: --key {} --reference {}",
            key.as_str(),
            call.external_reference
        ));
    }
    let reply = asked?;
    if reply.status == 402 {
        app.remark("the order was made and its charge declined");
    }
    Ok(reply.body)
}

fn order(args: &Create, amount: Money, key: IdempotencyKey) -> anyhow::Result<order::Create> {
    let place = match (&args.device, &args.pos) {
        (None, Some(pos)) if args.qr => order::Place::Qr { pos: pos.clone(), mode: None },
        (device, _) => order::Place::Terminal {
            id: need(device.as_ref(), "--device, or --pos with --qr", args.generation)?,
            print: args
                .print
                .map(|print| if print { order::Ticket::SellerTicket } else { order::Ticket::NoTicket }),
            ticket_number: args.ticket.clone(),
        },
    };
    let method = order::PaymentMethod {
        default_type: args.card.map(|card| card_word(card).to_owned()),
        default_installments: args.installments.map(|count| count.to_string()),
        installments_cost: args.installments_cost.map(|cost| cost_word(cost).to_owned()),
    };
    Ok(order::Create {
        key,
        place,
        amount,
        external_reference: reference(args),
        description: args.description.clone(),
        lifetime: args.expires.map(|seconds| TimeDelta::seconds(seconds.into())),
        payment_method: (method != order::PaymentMethod::default()).then_some(method),
        integration: None,
    })
}

/// The merchant's reference, else a new one that nothing else has.
fn reference(args: &Create) -> String {
    args.reference.clone().unwrap_or_else(|| IdempotencyKey::fresh().as_str().to_owned())
}

fn card_word(card: Card) -> &'static str {
    match card {
        Card::Credit => "credit_card",
        Card::Debit => "debit_card",
        Card::Voucher => "voucher_card",
    }
}

fn cost_word(cost: Cost) -> &'static str {
    match cost {
        Cost::Seller => "seller",
        Cost::Buyer => "buyer",
    }
}
