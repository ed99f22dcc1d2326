//! The fields of a payment that we read; everything else is skipped, the payer above all.

use serde::Deserialize;

use crate::refund::Item;
use crate::wire::{Literal, Word, literal_or_nothing, object_or_nothing};

/// A payment as the provider renders it.
#[derive(Deserialize)]
pub(super) struct Body<'a> {
    #[serde(borrow)]
    pub(super) id: Option<Literal<'a>>,
    #[serde(borrow)]
    pub(super) status: Option<Word<'a>>,
    #[serde(borrow)]
    pub(super) status_detail: Option<Word<'a>>,
    #[serde(borrow)]
    pub(super) currency_id: Option<Word<'a>>,
    #[serde(borrow)]
    pub(super) operation_type: Option<Word<'a>>,
    #[serde(borrow)]
    pub(super) transaction_amount: Option<Literal<'a>>,
    #[serde(borrow)]
    pub(super) transaction_amount_refunded: Option<Literal<'a>>,
    #[serde(borrow)]
    pub(super) payment_method_id: Option<Word<'a>>,
    #[serde(borrow)]
    pub(super) payment_type_id: Option<Word<'a>>,
    #[serde(borrow)]
    pub(super) installments: Option<Literal<'a>>,
    #[serde(borrow)]
    pub(super) external_reference: Option<Literal<'a>>,
    #[serde(borrow)]
    pub(super) date_created: Option<Word<'a>>,
    #[serde(borrow)]
    pub(super) date_approved: Option<Word<'a>>,
    #[serde(borrow)]
    pub(super) date_last_updated: Option<Word<'a>>,
    #[serde(borrow)]
    pub(super) date_of_expiration: Option<Word<'a>>,
    #[serde(borrow)]
    pub(super) money_release_date: Option<Word<'a>>,
    #[serde(borrow)]
    pub(super) charges_details: Option<Vec<ChargeDetail<'a>>>,
    #[serde(borrow)]
    pub(super) fee_details: Option<Vec<FeeDetail<'a>>>,
    #[serde(borrow)]
    refunds: Option<Vec<Item<'a>>>,
    #[serde(borrow)]
    collector_id: Option<Literal<'a>>,
    #[serde(borrow, default, deserialize_with = "object_or_nothing")]
    collector: Option<Collector<'a>>,
    #[serde(borrow)]
    transaction_details: Option<TransactionDetails<'a>>,
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    pos_id: Option<Literal<'a>>,
    #[serde(borrow, default, deserialize_with = "object_or_nothing")]
    metadata: Option<Metadata<'a>>,
    #[serde(borrow, default, deserialize_with = "object_or_nothing")]
    point_of_interaction: Option<PointOfInteraction<'a>>,
}

#[derive(Deserialize)]
struct Collector<'a> {
    #[serde(borrow)]
    id: Option<Literal<'a>>,
}

#[derive(Deserialize)]
struct TransactionDetails<'a> {
    #[serde(borrow)]
    net_received_amount: Option<Literal<'a>>,
}

#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    preapproval_id: Option<Literal<'a>>,
}

#[derive(Deserialize)]
struct PointOfInteraction<'a> {
    #[serde(borrow, default, deserialize_with = "object_or_nothing")]
    transaction_data: Option<TransactionData<'a>>,
    #[serde(borrow, default, deserialize_with = "object_or_nothing")]
    device: Option<Device<'a>>,
}

#[derive(Deserialize)]
struct TransactionData<'a> {
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    subscription_id: Option<Literal<'a>>,
}

#[derive(Deserialize)]
struct Device<'a> {
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    serial_number: Option<Literal<'a>>,
}

/// One charge inside a payment, with what came back of it.
#[derive(Deserialize)]
pub(super) struct ChargeDetail<'a> {
    #[serde(borrow)]
    pub(super) id: Option<Literal<'a>>,
    #[serde(borrow)]
    pub(super) name: Option<Word<'a>>,
    #[serde(borrow, rename = "type")]
    pub(super) kind: Option<Word<'a>>,
    #[serde(borrow)]
    pub(super) accounts: Option<Accounts<'a>>,
    #[serde(borrow)]
    pub(super) amounts: Option<Amounts<'a>>,
    #[serde(borrow, default, deserialize_with = "object_or_nothing")]
    pub(super) metadata: Option<ChargeMetadata<'a>>,
    #[serde(borrow)]
    pub(super) refund_charges: Option<Vec<RefundCharge<'a>>>,
}

/// Who pays a charge: `collector`, `payer`, `ml`, `mp`, `marketplace_owner` or a user id.
#[derive(Deserialize)]
pub(super) struct Accounts<'a> {
    #[serde(borrow)]
    pub(super) from: Option<Literal<'a>>,
}

/// What was charged and how much of it came back in all.
#[derive(Deserialize)]
pub(super) struct Amounts<'a> {
    #[serde(borrow)]
    pub(super) original: Option<Literal<'a>>,
    #[serde(borrow)]
    pub(super) refunded: Option<Literal<'a>>,
}

/// What tells one tax from another, in the words of the reports.
#[derive(Deserialize)]
pub(super) struct ChargeMetadata<'a> {
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    pub(super) mov_detail: Option<Literal<'a>>,
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    pub(super) mov_financial_entity: Option<Literal<'a>>,
}

/// A part of a charge that came back.
#[derive(Deserialize)]
pub(super) struct RefundCharge<'a> {
    #[serde(borrow)]
    pub(super) amount: Option<Literal<'a>>,
    #[serde(borrow)]
    pub(super) currency_id: Option<Word<'a>>,
    #[serde(borrow)]
    pub(super) date_created: Option<Word<'a>>,
    #[serde(borrow)]
    pub(super) operation: Option<RefundOperation<'a>>,
}

/// What gave a part of a charge back; a refund when the type is `refund_payment`.
#[derive(Deserialize)]
pub(super) struct RefundOperation<'a> {
    #[serde(borrow)]
    pub(super) id: Option<Literal<'a>>,
    #[serde(borrow, rename = "type")]
    pub(super) kind: Option<Word<'a>>,
}

/// One fee in the older, coarser list.
#[derive(Deserialize)]
pub(super) struct FeeDetail<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Option<Word<'a>>,
    #[serde(borrow)]
    pub(super) amount: Option<Literal<'a>>,
    #[serde(borrow)]
    pub(super) fee_payer: Option<Word<'a>>,
}

impl<'a> Body<'a> {
    /// The seller's id, flat or nested.
    pub(super) fn collector_id(&self) -> Option<&Literal<'a>> {
        self.collector_id.as_ref().or_else(|| self.collector.as_ref()?.id.as_ref())
    }

    /// What the collector received, by the provider's account.
    pub(super) fn net_received_amount(&self) -> Option<&Literal<'a>> {
        self.transaction_details.as_ref()?.net_received_amount.as_ref()
    }

    /// The refunds it lists.
    pub(super) fn refunds(&self) -> &[Item<'a>] {
        self.refunds.as_deref().unwrap_or_default()
    }

    /// The subscription that caused it: echoed by the provider's own engine in one of two places.
    pub(super) fn preapproval_id(&self) -> Option<&Literal<'a>> {
        let echoed = || self.metadata.as_ref()?.preapproval_id.as_ref();
        let linked =
            || self.point_of_interaction.as_ref()?.transaction_data.as_ref()?.subscription_id.as_ref();
        echoed().or_else(linked)
    }

    /// The terminal, or the point of sale it stands at.
    pub(super) fn device(&self) -> Option<&Literal<'a>> {
        let terminal = || self.point_of_interaction.as_ref()?.device.as_ref()?.serial_number.as_ref();
        terminal().or(self.pos_id.as_ref())
    }
}
