//! The topic table: which topics of notifications we follow and under which names resources are delivered.
//!
//! Names only. What a body of a topic holds is read by the module of its resource.

/// A resource that we can read, by the name deliveries give it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Resource {
    /// `/v1/payments`.
    Payment,
    /// `/v1/payments/{id}/refunds`.
    Refund,
    /// `/v1/chargebacks`.
    Chargeback,
    /// `/v1/orders`.
    Order,
    /// `/point/integration-api/payment-intents`.
    PaymentIntent,
    /// `/instore-api/integrations/v1/intents`.
    InstoreIntent,
    /// `/point/services/integrations/v1`.
    PointOrder,
    /// `/preapproval`.
    Preapproval,
    /// `/preapproval_plan`.
    PreapprovalPlan,
    /// `/authorized_payments`.
    AuthorizedPayment,
    /// Terminals of a seller.
    Device,
}

impl Resource {
    /// Every resource, in the order of the enum.
    pub const ALL: [Self; 11] = [
        Self::Payment,
        Self::Refund,
        Self::Chargeback,
        Self::Order,
        Self::PaymentIntent,
        Self::InstoreIntent,
        Self::PointOrder,
        Self::Preapproval,
        Self::PreapprovalPlan,
        Self::AuthorizedPayment,
        Self::Device,
    ];

    /// The name deliveries give it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Refund => "refund",
            Self::Chargeback => "chargeback",
            Self::Order => "order",
            Self::PaymentIntent => "payment_intent",
            Self::InstoreIntent => "instore_intent",
            Self::PointOrder => "point_order",
            Self::Preapproval => "preapproval",
            Self::PreapprovalPlan => "preapproval_plan",
            Self::AuthorizedPayment => "authorized_payment",
            Self::Device => "device",
        }
    }

    /// The resource of a name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|resource| resource.name() == name)
    }
}

/// A topic of notifications that we follow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Notice {
    /// A payment was created or changed.
    Payment,
    /// An order of the older generation, which names payments.
    MerchantOrder,
    /// A claim, whose payment must be read again.
    Claim,
    /// An order of the current generation; its rich body carries state.
    Order,
    /// A charge request on a terminal, second generation; its body carries state.
    PointIntegration,
    /// A charge request in a shop, third generation; its body carries state.
    InstoreIntegration,
    /// A subscription.
    Preapproval,
    /// A subscription plan.
    PreapprovalPlan,
    /// An invoice of a subscription.
    AuthorizedPayment,
    /// A chargeback case.
    Chargeback,
    /// A seller (de)authorised the application.
    Link,
    /// A report file is ready.
    Report,
}

impl Notice {
    /// Every topic that we follow, in the order of the enum.
    pub const ALL: [Self; 12] = [
        Self::Payment,
        Self::MerchantOrder,
        Self::Claim,
        Self::Order,
        Self::PointIntegration,
        Self::InstoreIntegration,
        Self::Preapproval,
        Self::PreapprovalPlan,
        Self::AuthorizedPayment,
        Self::Chargeback,
        Self::Link,
        Self::Report,
    ];

    /// The provider's words for it: the topic of its webhook first, then what the older channel and
    /// the editions of the documentation call it.
    #[must_use]
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Self::Payment => &["payment"],
            Self::MerchantOrder => &["topic_merchant_order_wh", "merchant_order"],
            Self::Claim => &["topic_claims_integration_wh", "claim", "claims"],
            Self::Order => &["order", "orders"],
            Self::PointIntegration => &["point_integration_wh", "point_integration_ipn"],
            Self::InstoreIntegration => &["topic_instore_integration_wh"],
            Self::Preapproval => &["subscription_preapproval", "preapproval", "subscription"],
            Self::PreapprovalPlan => &["subscription_preapproval_plan", "preapproval_plan", "plan"],
            Self::AuthorizedPayment => &["subscription_authorized_payment", "authorized_payment", "invoice"],
            Self::Chargeback => &["topic_chargebacks_wh", "chargebacks"],
            Self::Link => &["mp-connect"],
            // The provider gives this message no topic; the name is ours.
            Self::Report => &["report"],
        }
    }

    /// The topic of a word; `None` for topics that we do not follow.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.words().contains(&word))
    }

    /// The topic of its webhook.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.words()[0]
    }

    /// What must be fetched when it arrives: a [`Resource`], or one of the things that only lead to
    /// resources (`merchant_order`, `claim`, `seller`, `report`). A report that names its kind is fetched as
    /// `release_report` or `settlement_report` instead.
    #[must_use]
    pub fn fetches(self) -> &'static str {
        match self {
            Self::Payment => Resource::Payment.name(),
            Self::MerchantOrder => "merchant_order",
            Self::Claim => "claim",
            Self::Order => Resource::Order.name(),
            Self::PointIntegration => Resource::PaymentIntent.name(),
            Self::InstoreIntegration => Resource::InstoreIntent.name(),
            Self::Preapproval => Resource::Preapproval.name(),
            Self::PreapprovalPlan => Resource::PreapprovalPlan.name(),
            Self::AuthorizedPayment => Resource::AuthorizedPayment.name(),
            Self::Chargeback => Resource::Chargeback.name(),
            Self::Link => "seller",
            Self::Report => "report",
        }
    }
}

/// Topics of the provider that we know and do not follow: they move no money and name nothing we keep.
pub const NOT_FOLLOWED: [&str; 6] = [
    "stop_delivery_op_wh",
    "delivery_cancellation",
    "wallet_connect",
    "automatic-payments",
    "topic_card_id_wh",
    "delivery",
];

#[cfg(test)]
mod tests;
