//! Why a crawl could not go on.

use client::error::ClientError;
use domain::ids::SellerId;
use domain::machine::Instant;
use store::store::StoreError;

use crate::error::EngineError;
use crate::files::FilesError;
use crate::sink::SinkError;

/// Why a crawl could not go on. What was accepted before stays, and the next try begins where nothing is left out.
#[derive(Debug, thiserror::Error)]
pub enum PollError {
    /// The provider did not answer as asked.
    #[error("seller {seller} cannot be polled")]
    Client {
        /// Whose data was asked for.
        seller: SellerId,
        /// What the client says.
        source: ClientError,
    },
    /// A report file that is wanted could not be ordered.
    #[error(
        "no {report} report of seller {seller} could be ordered (poll.reports_order_days = 0 orders none)"
    )]
    Order {
        /// Whose.
        seller: SellerId,
        /// Which report.
        report: &'static str,
        /// What the client says.
        source: ClientError,
    },
    /// More changed in one second than the provider's search can show.
    #[error(
        "{total} payments of seller {seller} changed between {begin} and {end}, more than a search shows"
    )]
    TooDense {
        /// Whose.
        seller: SellerId,
        /// How many.
        total: u64,
        /// From.
        begin: Instant,
        /// To.
        end: Instant,
    },
    /// A window in the past got more and more rows while it was read.
    #[error(
        "the search of seller {seller} did not settle: rows appeared in the past {tries} times while it was read"
    )]
    Unsettled {
        /// Whose.
        seller: SellerId,
        /// How often it was begun again.
        tries: u32,
    },
    /// What was received could not be kept.
    #[error("what was received could not be kept")]
    Sink(#[from] SinkError),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
    /// A history could not be read.
    #[error("the known things could not be read")]
    Engine(#[from] EngineError),
    /// A report file could not be read into deliveries.
    #[error("a report file could not be read")]
    Files(#[from] FilesError),
    /// A checkpoint is not what this program writes.
    #[error("the checkpoint `{name}` cannot be read")]
    Checkpoint {
        /// The cell.
        name: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

impl PollError {
    /// Whether the same can succeed later without a person.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Client { source, .. } | Self::Order { source, .. } => source.is_transient(),
            Self::Sink(source) => source.is_transient(),
            Self::Store(source) => source.is_transient(),
            Self::Engine(source) => source.is_transient(),
            Self::Unsettled { .. } => true,
            Self::TooDense { .. } | Self::Files(_) | Self::Checkpoint { .. } => false,
        }
    }

    /// Whether going on with other sellers and crawls makes no sense: the store cannot be trusted, or a newer program
    /// wrote to it.
    #[must_use]
    pub fn is_fatal(&self) -> bool {
        match self {
            Self::Store(source) => !source.is_transient(),
            Self::Engine(source) => !source.is_transient(),
            Self::Checkpoint { .. } => true,
            _ => false,
        }
    }
}
