//! What is known of a subscription.

use std::collections::{BTreeMap, BTreeSet};

use super::Description;
use super::change::ChangeAsked;
use super::charge::Charge;
use super::revenue::Deferral;
use crate::changes::Changes;
use crate::currency::Currency;
use crate::ids::InvoiceId;
use crate::text::Text;

/// What is known of a subscription.
#[derive(Clone, PartialEq, Debug)]
pub enum State {
    /// Nobody described it yet, but an invoice named it.
    Foretold(Charges),
    /// The provider described it.
    Known(Box<Known>),
}

/// A described subscription.
#[derive(Clone, PartialEq, Debug)]
pub struct Known {
    /// The newest statement of the provider.
    pub described: Description,
    /// Its charges.
    pub charges: Charges,
    /// What people ordered.
    pub changes: Changes<ChangeAsked>,
}

/// Charges by invoice: each is the newest statement of its own, in any order of arrival.
#[derive(Clone, PartialEq, Debug)]
pub struct Charges {
    /// Currency of every amount, of the subscription too.
    pub currency: Currency,
    /// The charges.
    pub by_invoice: BTreeMap<InvoiceId, Charge>,
    /// Steps of dunning that were taken.
    pub reminded: BTreeSet<(InvoiceId, Text)>,
    /// Revenue of months to come.
    pub deferrals: BTreeMap<InvoiceId, Deferral>,
}

impl Charges {
    /// Nothing but the currency.
    #[must_use]
    pub fn new(currency: Currency) -> Self {
        Self { currency, by_invoice: BTreeMap::new(), reminded: BTreeSet::new(), deferrals: BTreeMap::new() }
    }
}

impl State {
    /// The charges, which exist in every state.
    #[must_use]
    pub fn charges(&self) -> &Charges {
        match self {
            Self::Foretold(charges) => charges,
            Self::Known(known) => &known.charges,
        }
    }

    pub(super) fn charges_mut(&mut self) -> &mut Charges {
        match self {
            Self::Foretold(charges) => charges,
            Self::Known(known) => &mut known.charges,
        }
    }

    /// The described subscription, once it is.
    #[must_use]
    pub fn known(&self) -> Option<&Known> {
        match self {
            Self::Foretold(_) => None,
            Self::Known(known) => Some(known),
        }
    }

    /// The name of the state, as errors print it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Foretold(_) => "foretold",
            Self::Known(known) => known.described.standing.name(),
        }
    }
}
