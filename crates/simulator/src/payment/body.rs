//! The body of `/v1/payments/{id}`, in the shape of the provider's answers; absent things are null there.
//!
//! Payers and cards are invented from the payment's id. Field list: the API reference of payments, and answers seen.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::habits::Notes;
use crate::money::{Amount, share};
use crate::payment::costs::{self, Charge, Fee};
use crate::payment::{Channel, Payment, Pot};
use crate::refund::Body as RefundBody;
use crate::time::Api;
use crate::world::World;

mod around;

use around::{Additional, Card, Interaction, Payer};

/// A payment as the API returns it.
#[derive(Serialize)]
pub(crate) struct Body<'a> {
    acquirer_reconciliation: [u8; 0],
    additional_info: Additional,
    authorization_code: Option<String>,
    binary_mode: bool,
    build_version: &'static str,
    captured: bool,
    card: Option<Card>,
    charges_details: Vec<Charge>,
    charges_execution_info: Execution,
    collector_id: u64,
    coupon_amount: Amount,
    currency_id: &'static str,
    date_approved: Option<Api>,
    date_created: Api,
    date_last_updated: Api,
    date_of_expiration: Option<Api>,
    description: &'a str,
    external_reference: Option<&'a str>,
    fee_details: Vec<Fee>,
    id: u64,
    installments: u16,
    issuer_id: &'static str,
    live_mode: bool,
    metadata: Metadata<'a>,
    money_release_date: Option<Api>,
    money_release_status: Option<&'static str>,
    operation_type: &'static str,
    order: Nothing,
    payer: Payer<'a>,
    payment_method: Method<'a>,
    payment_method_id: &'a str,
    payment_type_id: &'a str,
    point_of_interaction: Interaction<'a>,
    pos_id: Option<&'a str>,
    processing_mode: &'static str,
    refunds: Vec<RefundBody>,
    shipping_amount: Amount,
    statement_descriptor: &'static str,
    status: &'static str,
    status_detail: &'static str,
    store_id: Option<&'a str>,
    taxes_amount: Amount,
    transaction_amount: Amount,
    transaction_amount_refunded: Amount,
    transaction_details: Details,
    #[serde(flatten)]
    absent: Absent,
}

/// What this provider has no use for.
#[derive(Default, Serialize)]
struct Absent {
    accounts_info: (),
    brand_id: (),
    call_for_authorize_id: (),
    callback_url: (),
    corporation_id: (),
    counter_currency: (),
    deduction_schema: (),
    differential_pricing_id: (),
    financing_group: (),
    integrator_id: (),
    marketplace_owner: (),
    merchant_account_id: (),
    merchant_number: (),
    money_release_schema: (),
    notification_url: (),
    platform_id: (),
    release_info: (),
    sponsor_id: (),
    tags: (),
}

/// An object without members.
#[derive(Serialize)]
pub(crate) struct Nothing {}

#[derive(Serialize)]
#[serde(untagged)]
enum Metadata<'a> {
    Echoed(&'a RawValue),
    Subscription { preapproval_id: &'a str },
    Empty(Nothing),
}

#[derive(Serialize)]
struct Execution {
    internal_execution: InternalExecution,
}

#[derive(Serialize)]
struct InternalExecution {
    date: Api,
    execution_id: String,
}

#[derive(Serialize)]
struct Method<'a> {
    id: &'a str,
    issuer_id: &'static str,
    #[serde(rename = "type")]
    kind: &'a str,
}

#[derive(Serialize)]
struct Details {
    acquirer_reference: (),
    external_resource_url: Option<&'static str>,
    financial_institution: (),
    installment_amount: Amount,
    net_received_amount: Amount,
    overpaid_amount: Amount,
    payable_deferral_period: (),
    payment_method_reference_id: Option<String>,
    total_paid_amount: Amount,
}

/// What a payment shows that is not its own state.
#[derive(Clone, Copy)]
pub(crate) struct View {
    /// The seed, for what is invented.
    pub(crate) seed: u64,
    /// How refunds inside it show their notes.
    pub(crate) notes: Notes,
}

impl View {
    /// As a world shows its payments.
    pub(crate) fn of(world: &World) -> Self {
        Self { seed: world.seed, notes: world.habits.refund_notes_in_payment }
    }
}

impl<'a> Body<'a> {
    /// A payment as it stands.
    pub(crate) fn of(payment: &'a Payment, view: View) -> Self {
        let amount = |minor| Amount { minor, decimals: payment.site.decimals() };
        let release = payment.release.filter(|_| payment.is_credited());
        let (store_id, pos_id) = place(&payment.channel);
        Self {
            acquirer_reconciliation: [],
            additional_info: Additional::of(payment),
            authorization_code: Card::authorization(payment, view),
            binary_mode: payment.binary_mode,
            build_version: "3.124.0-rc-7",
            captured: payment.captured,
            card: Card::of(payment, view),
            charges_details: costs::charges(payment),
            charges_execution_info: Execution::of(payment),
            collector_id: payment.seller,
            coupon_amount: amount(0),
            currency_id: payment.site.currency(),
            date_approved: payment.approved.map(Api),
            date_created: Api(payment.created),
            date_last_updated: Api(payment.updated),
            date_of_expiration: payment.expires.map(Api),
            description: &payment.description,
            external_reference: payment.reference.as_deref(),
            fee_details: costs::fees(payment),
            id: payment.id,
            installments: payment.installments,
            issuer_id: around::ISSUER,
            live_mode: true,
            metadata: Metadata::of(payment),
            money_release_date: release.map(Api),
            money_release_status: release.map(|_| released(payment)),
            operation_type: payment.operation.word(),
            order: Nothing {},
            payer: Payer::of(payment, view),
            payment_method: Method::of(payment),
            payment_method_id: &payment.method.id,
            payment_type_id: &payment.method.kind,
            point_of_interaction: Interaction::of(payment),
            pos_id,
            processing_mode: "aggregator",
            refunds: payment
                .refunds
                .iter()
                .map(|refund| RefundBody::of(payment, refund, view.notes))
                .collect(),
            shipping_amount: amount(0),
            statement_descriptor: "MERPAGO*TIENDA",
            status: payment.status(),
            status_detail: payment.detail(),
            store_id,
            taxes_amount: amount(0),
            transaction_amount: amount(payment.gross_minor),
            transaction_amount_refunded: amount(payment.refunded_minor()),
            transaction_details: Details::of(payment),
            absent: Absent::default(),
        }
    }
}

impl<'a> Metadata<'a> {
    fn of(payment: &'a Payment) -> Self {
        match (&payment.metadata, &payment.channel) {
            (Some(metadata), _) => Self::Echoed(metadata),
            (None, Channel::Subscription { preapproval, .. }) => {
                Self::Subscription { preapproval_id: preapproval }
            }
            (None, Channel::Online | Channel::Qr { .. } | Channel::Point { .. }) => Self::Empty(Nothing {}),
        }
    }
}

impl Execution {
    fn of(payment: &Payment) -> Self {
        let execution_id = format!("01K6{:022}", payment.id);
        Self { internal_execution: InternalExecution { date: Api(payment.created), execution_id } }
    }
}

impl<'a> Method<'a> {
    fn of(payment: &'a Payment) -> Self {
        Self { id: &payment.method.id, issuer_id: around::ISSUER, kind: &payment.method.kind }
    }
}

impl Details {
    fn of(payment: &Payment) -> Self {
        let amount = |minor| Amount { minor, decimals: payment.site.decimals() };
        let is_ticket = payment.method.kind == "ticket";
        // The first net stays after refunds: what came back is in the charges.
        let net_minor = if payment.is_credited() { payment.sold().net() } else { 0 };
        Self {
            acquirer_reference: (),
            external_resource_url: is_ticket.then_some("https://www.mercadopago.com.ar/payments/ticket"),
            financial_institution: (),
            installment_amount: amount(share(payment.gross_minor, 1, payment.installments.max(1).into())),
            net_received_amount: amount(net_minor),
            overpaid_amount: amount(0),
            payable_deferral_period: (),
            payment_method_reference_id: is_ticket.then(|| (payment.id * 3).to_string()),
            total_paid_amount: amount(if payment.is_credited() { payment.gross_minor } else { 0 }),
        }
    }
}

fn released(payment: &Payment) -> &'static str {
    if payment.pot == Pot::Available { "released" } else { "pending" }
}

fn place(channel: &Channel) -> (Option<&str>, Option<&str>) {
    match channel {
        Channel::Qr { store, pos } => (Some(store), Some(pos)),
        Channel::Point { store, pos, .. } => (store.as_deref(), pos.as_deref()),
        Channel::Online | Channel::Subscription { .. } => (None, None),
    }
}
