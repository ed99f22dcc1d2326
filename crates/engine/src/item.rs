//! One delivery on its way in, from whatever road, before anything is known about it.

use domain::machine::Instant;
use domain::text::Text;
use mercadopago::observe::{Channel, DeliveryKind};
use sha2::{Digest, Sha256};
use store::inbox::{Body, InboxKey};
use store::read::Delivery;

/// What a delivery claims to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A provider message: a notification or a resource.
    Message(DeliveryKind),
    /// A row of a release report: its context, the header and its bytes.
    Row,
    /// A whole settlement report: evidence for matching, without facts of its own.
    File,
    /// What came of fetching for a notification, when that is no resource: it closes the notification.
    Answer(Answer),
    /// Bytes that are no delivery at all, with the reason.
    Broken(Broken),
}

/// What came of fetching, when it is no resource that is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// It only named resources, which were fetched in turn.
    Leads,
    /// The provider does not know it, or not for this seller.
    NotFound,
    /// There is no token for the seller, or the provider refuses it.
    NoAccess,
    /// The provider refused to tell.
    Declined,
    /// Nobody could be asked: the notification does not say whom or for what.
    Unaskable,
    /// What the provider told cannot be read.
    Unreadable,
}

/// Why bytes are no delivery.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Broken {
    /// The line is not JSON, or lacks what a delivery needs.
    Line,
    /// The line is longer than is kept.
    TooLarge,
    /// The file is nothing the provider sends.
    Shape,
    /// A row that cannot be read.
    Row,
    /// A message of the broker that is no envelope of ours.
    Envelope,
}

/// A delivery before it is observed.
#[derive(Clone, Debug)]
pub struct Item {
    /// What it claims to be.
    pub kind: Kind,
    /// Key, given or derived.
    pub key: InboxKey,
    /// Topic, as delivered.
    pub topic: Text,
    /// Channel.
    pub channel: Channel,
    /// Seller, as delivered.
    pub seller: Option<Text>,
    /// Site, as delivered.
    pub site: Option<Text>,
    /// File and line, for people.
    pub origin: Text,
    /// When it was received.
    pub received_at: Instant,
    /// The notification that made us fetch it.
    pub caused_by: Option<InboxKey>,
    /// Its bytes.
    pub body: Body,
    /// What is wrong with it, when it is broken.
    pub problem: Option<String>,
    /// Whether the state it tells may be believed: an operator brought it, or its signature holds.
    pub verified: bool,
}

impl Kind {
    /// The kind of a word of the inbox; words of broken deliveries read as lines.
    #[must_use]
    pub fn of_word(word: &str) -> Self {
        match word {
            "notification" => Self::Message(DeliveryKind::Notification),
            "resource" => Self::Message(DeliveryKind::Resource),
            "row" => Self::Row,
            "file" => Self::File,
            _ => Answer::of_word(word).map_or(Self::Broken(Broken::Line), Self::Answer),
        }
    }
}

impl Answer {
    /// Every answer, in the order of the enum.
    pub const ALL: [Self; 6] =
        [Self::Leads, Self::NotFound, Self::NoAccess, Self::Declined, Self::Unaskable, Self::Unreadable];

    /// The word of its kind in the inbox.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Leads => "answer",
            Self::NotFound => "not_found",
            Self::NoAccess => "no_access",
            Self::Declined => "declined",
            Self::Unaskable => "unaskable",
            Self::Unreadable => "unreadable_answer",
        }
    }

    /// The answer of a word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.word() == word)
    }
}

impl Item {
    /// The bytes, or nothing when the line was too large to keep.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match &self.body {
            Body::Bytes(body) => body.bytes(),
            Body::TooLarge { .. } => &[],
        }
    }

    /// The word of its kind in the inbox.
    #[must_use]
    pub fn kind_word(&self) -> &'static str {
        match self.kind {
            Kind::Message(DeliveryKind::Notification) => "notification",
            Kind::Message(DeliveryKind::Resource) => "resource",
            Kind::Row | Kind::Broken(Broken::Row) => "row",
            Kind::File => "file",
            Kind::Answer(answer) => answer.word(),
            Kind::Broken(Broken::Line | Broken::TooLarge | Broken::Shape | Broken::Envelope) => "unknown",
        }
    }

    /// SHA-256 of the bytes, lower-case hex.
    #[must_use]
    pub fn body_sha256(&self) -> Text {
        match &self.body {
            Body::Bytes(body) => hex(body.sha256()).into(),
            Body::TooLarge { sha256, .. } => sha256.clone(),
        }
    }
}

/// A delivery of the inbox as it came in, with the bytes that are kept of it. Nobody vouches for it.
#[must_use]
pub(crate) fn stored(delivery: &Delivery, body: Vec<u8>) -> Item {
    let some = |text: &Text| (!text.is_empty()).then(|| text.clone());
    Item {
        kind: Kind::of_word(&delivery.kind),
        key: delivery.key.clone(),
        topic: delivery.topic.clone(),
        channel: channel_of(&delivery.channel).unwrap_or(Channel::Import),
        seller: some(&delivery.seller),
        site: some(&delivery.site),
        origin: delivery.origin.clone(),
        received_at: delivery.received_at,
        caused_by: delivery.caused_by.clone(),
        body: Body::whole(body),
        problem: None,
        verified: false,
    }
}

/// The word of a channel in files and in the inbox.
#[must_use]
pub fn channel_word(channel: Channel) -> &'static str {
    match channel {
        Channel::Webhook => "webhook",
        Channel::Ipn => "ipn",
        Channel::Poll => "poll",
        Channel::Response => "response",
        Channel::Import => "import",
    }
}

/// The channel of a word.
#[must_use]
pub fn channel_of(word: &str) -> Option<Channel> {
    [Channel::Webhook, Channel::Ipn, Channel::Poll, Channel::Response, Channel::Import]
        .into_iter()
        .find(|channel| channel_word(*channel) == word)
}

/// The key of a delivery that has none: SHA-256 over its parts, each with its length before it.
#[must_use]
pub fn derived_key(parts: &[&[u8]]) -> InboxKey {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    InboxKey(hex(&hasher.finalize()).into())
}

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}
