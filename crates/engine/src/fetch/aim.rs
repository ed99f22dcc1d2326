//! What a notification asks for: which thing of which seller. Reads the notification and asks nobody.

use domain::ids::SellerId;
use domain::machine::Instant;
use domain::text::Text;
use mercadopago::observe::{DeliveryKind, Seen, observe};
use mercadopago::topics::{Notice, Resource};

use crate::config::Sellers;
use crate::error::EngineError;
use crate::isolate::guarded;
use crate::item::{Item, Kind};
use crate::look::delivery_of;

/// What is asked of the provider, or told the vault, for one seller.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Target {
    /// A thing of the provider.
    Thing {
        /// Its kind.
        what: What,
        /// Its id, or the name of a file.
        id: Text,
    },
    /// A link to the seller's account was made or ended.
    Link {
        /// Which of the two.
        authorized: bool,
        /// When we were told.
        told_at: Instant,
    },
}

/// A kind of thing that can be asked for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum What {
    /// A resource that we read; a payment comes with its refunds.
    Resource(Resource),
    /// An order of the older generation: its payments.
    MerchantOrder,
    /// A claim: its payment.
    Claim,
    /// A file of the release report.
    Release,
    /// A file of the settlement report.
    Settlement,
    /// A file of a report that does not say which.
    Report,
}

/// What is to be done about a notification.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Aim {
    /// Fetch, or tell the vault.
    At(SellerId, Target),
    /// Nothing: it gets its verdict without us.
    Nothing,
    /// Nobody can be asked; a fragment says why.
    Nowhere(String),
}

impl What {
    /// A payment.
    pub(super) const PAYMENT: Self = Self::Resource(Resource::Payment);

    /// The kind of a topic, as [`Notice::fetches`] and the announcement of a report name it.
    fn of(topic: &str) -> Option<Self> {
        let others = [Self::MerchantOrder, Self::Claim, Self::Release, Self::Settlement, Self::Report];
        let other = others.into_iter().find(|what| what.topic() == topic);
        other.or_else(|| Resource::of(topic).map(Self::Resource))
    }

    /// The topic under which what is fetched is delivered.
    pub(super) fn topic(self) -> &'static str {
        match self {
            Self::Resource(resource) => resource.name(),
            Self::MerchantOrder => Notice::MerchantOrder.fetches(),
            Self::Claim => Notice::Claim.fetches(),
            Self::Release => "release_report",
            Self::Settlement => "settlement_report",
            Self::Report => Notice::Report.fetches(),
        }
    }
}

/// What a notification asks for.
///
/// # Errors
/// [`EngineError::Panicked`] when reading it fails by a fault of ours.
pub(super) fn aim(item: &Item, sellers: &Sellers) -> Result<Aim, EngineError> {
    if item.kind != Kind::Message(DeliveryKind::Notification) {
        return Ok(Aim::Nothing);
    }
    let seen = guarded(|| Ok::<_, EngineError>(observe(&delivery_of(item, DeliveryKind::Notification))))?;
    Ok(match seen {
        Ok(Seen::NeedsFetch { seller, topic, id }) => thing(seller, topic, id, sellers),
        // Whoever can forge this could cut a seller off.
        Ok(Seen::Linked { .. }) if !item.verified => {
            Aim::Nowhere("it tells of a link to the seller's account and is not signed".to_owned())
        }
        Ok(Seen::Linked { seller, authorized }) => {
            Aim::At(seller, Target::Link { authorized, told_at: item.received_at })
        }
        Ok(Seen::Told(_) | Seen::NotFollowed { .. }) | Err(_) => Aim::Nothing,
    })
}

fn thing(seller: Option<SellerId>, topic: &str, id: Text, sellers: &Sellers) -> Aim {
    let Some(what) = What::of(topic) else {
        return Aim::Nowhere(format!("nothing is known of how to fetch a `{topic}`"));
    };
    // Subscriptions are announced without their seller.
    let Some(seller) = seller.or_else(|| sellers.only().map(SellerId::from)) else {
        return Aim::Nowhere(
            "it names no seller; receive it under /hooks/SELLER, or configure one seller, and retry"
                .to_owned(),
        );
    };
    if !sellers.accept(seller.as_str()) {
        return Aim::Nowhere(format!("seller {seller} is not configured; add it under [sellers] and retry"));
    }
    Aim::At(seller, Target::Thing { what, id })
}
