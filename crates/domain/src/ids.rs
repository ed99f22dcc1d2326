//! Ids of the provider, as text and typed by namespace: the same digits may name a payment and an order.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::Text;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Text);

        impl $name {
            /// The id as the provider writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl<T: Into<Text>> From<T> for $name {
            fn from(text: T) -> Self {
                Self(text.into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.as_str())
            }
        }
    )*};
}

ids! {
    /// The account that sells and receives (the provider's collector or user id).
    SellerId;
    /// A payment of `/v1/payments`.
    PaymentId;
    /// A refund of a payment.
    RefundId;
    /// One charge (fee, tax, shipping) inside a payment.
    ChargeId;
    /// A request to charge in person, of any generation.
    IntentId;
    /// A subscription plan.
    PlanId;
    /// A subscription (the payer's authorisation of recurring charges).
    PreapprovalId;
    /// One invoice of a subscription.
    InvoiceId;
    /// A chargeback case.
    ChargebackId;
    /// One thing that is owed: a hash of what tells it apart.
    ObligationId;
    /// Identity of one row of a report file: a hash of what makes the row itself.
    RowId;
}
