//! Coverage: which things each source told of first and when, and what one of them missed.
//!
//! A *source* is a road on which we hear of a thing. What only a report names, or what a notification points at and
//! nobody read, is a gap once it is old enough. A lost webhook is none: something else told. Nothing is asked of the
//! books here.

use chrono::TimeDelta;
use domain::machine::Instant;
use domain::text::Text;

use crate::listing::{Cell, Column, Listing, numbers, words, writers};
use crate::words::Word;

mod output;

pub use output::{Json, write_types_text};

/// Types that the provider announces by webhook.
const ANNOUNCED: [&str; 5] = ["payment", "intent", "preapproval", "plan", "chargeback"];

/// A road on which we hear of things.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Source {
    /// The provider called us, by webhook or by the older way.
    Webhook,
    /// We searched.
    Poll,
    /// We fetched it, or it answered our own call.
    Response,
    /// An operator brought it.
    Import,
    /// A report names it.
    Report,
}

/// Bounds of the instant at which something was first seen; both count in.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Period {
    /// From; `None` is no bound.
    pub from: Option<Instant>,
    /// To; `None` is no bound.
    pub to: Option<Instant>,
}

/// What was missed about a thing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Finding {
    /// A search or a report knows it and no webhook came.
    LostWebhook,
    /// A notification points at it and nothing told what it is.
    Unread,
    /// A report names the approved sale and no answer of the API told of it.
    MissingSale,
}

/// What is gathered of one thing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seen {
    /// Whose, or empty.
    pub seller: Text,
    /// What: `kind/id`.
    pub subject: Text,
    /// When each source told of it first, in the order of [`Source`].
    first_at: [Option<Instant>; 5],
    /// When the sale happened, by a settlement file.
    pub sold_at: Option<Instant>,
    /// Whether any source told what it is, and not only that it is there.
    pub is_told: bool,
    /// Whether a notification still waits for it.
    pub is_open: bool,
}

/// One thing with what was missed about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// Whose, or empty.
    pub seller: Text,
    /// Its type.
    pub kind: Text,
    /// Its id.
    pub id: Text,
    /// When each source told of it first, in the order of [`Source`].
    pub first_at: [Option<Instant>; 5],
    /// What was missed, if anything.
    pub finding: Option<Finding>,
    /// Whether it is old enough that it will not come by itself any more.
    pub is_overdue: bool,
}

/// All things of one seller and type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Counted {
    /// Whose, or empty.
    pub seller: Text,
    /// Their type.
    pub kind: Text,
    /// How many.
    pub ids: u64,
    /// How many each source told of, in the order of [`Source`].
    pub by_source: [u64; 5],
    /// Those that no webhook told of.
    pub lost_webhooks: u64,
    /// Those that a notification points at and nobody read.
    pub unread: u64,
    /// Approved sales that only reports know.
    pub missing_sales: u64,
    /// The unread and the missing ones that are old enough.
    pub gaps: u64,
}

impl Source {
    /// All sources, in the order of the enum.
    pub const ALL: [Self; 5] = [Self::Webhook, Self::Poll, Self::Response, Self::Import, Self::Report];
}

impl Finding {
    /// Its stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::LostWebhook => "lost_webhook",
            Self::Unread => "unread",
            Self::MissingSale => "missing_sale",
        }
    }
}

impl Seen {
    /// Nobody told of it yet.
    #[must_use]
    pub fn new(seller: Text, subject: Text) -> Self {
        Self { seller, subject, first_at: [None; 5], sold_at: None, is_told: false, is_open: false }
    }

    /// A source told of it.
    pub fn see(&mut self, source: Source, at: Instant) {
        let first = &mut self.first_at[source as usize];
        *first = Some(first.map_or(at, |first| first.min(at)));
    }

    /// What was missed about it; `None` when it is outside the period.
    #[must_use]
    pub fn judge(self, period: Period, now: Instant, lag: TimeDelta) -> Option<Row> {
        let heard_at = self.first_at.iter().flatten().min().copied();
        let first_at = heard_at.into_iter().chain(self.sold_at).min()?;
        if period.from.is_some_and(|from| first_at < from) || period.to.is_some_and(|to| first_at > to) {
            return None;
        }
        let (kind, id) = self.subject.split_once('/').unwrap_or(("", &self.subject));
        let told_by = |source: Source| self.first_at[source as usize].is_some();
        let finding = if kind == "payment" && told_by(Source::Report) && !self.is_told {
            Some(Finding::MissingSale)
        } else if self.is_open && !self.is_told {
            Some(Finding::Unread)
        } else if ANNOUNCED.contains(&kind)
            && (told_by(Source::Poll) || told_by(Source::Report))
            && !told_by(Source::Webhook)
        {
            Some(Finding::LostWebhook)
        } else {
            None
        };
        // A release is made days after the sale: what a release row names, and no settlement file dates, is old.
        let is_released = told_by(Source::Report) && self.sold_at.is_none();
        let is_overdue = finding.is_some() && (is_released || now - first_at >= lag);
        let (kind, id) = (kind.into(), id.into());
        Some(Row { seller: self.seller, kind, id, first_at: self.first_at, finding, is_overdue })
    }
}

impl Row {
    /// Whether something is missing that will not come by itself.
    #[must_use]
    pub fn is_gap(&self) -> bool {
        self.is_overdue && matches!(self.finding, Some(Finding::Unread | Finding::MissingSale))
    }
}

impl Counted {
    /// Nothing of the seller and type of a row was counted yet.
    #[must_use]
    pub fn of(row: &Row) -> Self {
        Self {
            seller: row.seller.clone(),
            kind: row.kind.clone(),
            ids: 0,
            by_source: [0; 5],
            lost_webhooks: 0,
            unread: 0,
            missing_sales: 0,
            gaps: 0,
        }
    }

    /// Whether a row is of its seller and type.
    #[must_use]
    pub fn is_of(&self, row: &Row) -> bool {
        self.seller == row.seller && self.kind == row.kind
    }

    /// Counts a row of its seller and type.
    pub fn count(&mut self, row: &Row) {
        self.ids += 1;
        for (count, first_at) in self.by_source.iter_mut().zip(row.first_at) {
            *count += u64::from(first_at.is_some());
        }
        match row.finding {
            Some(Finding::LostWebhook) => self.lost_webhooks += 1,
            Some(Finding::Unread) => self.unread += 1,
            Some(Finding::MissingSale) => self.missing_sales += 1,
            None => {}
        }
        self.gaps += u64::from(row.is_gap());
    }
}

impl Listing for Row {
    const NAME: &'static str = "coverage";
    const FILE: &'static str = "coverage.csv";
    const COLUMNS: &'static [Column] = &[
        words("seller", Word::Seller),
        words("type", Word::Kind),
        words("id", Word::Id),
        words("webhook_at", Word::ByWebhook),
        words("poll_at", Word::ByPoll),
        words("response_at", Word::ByResponse),
        words("import_at", Word::ByImport),
        words("report_at", Word::ByReport),
        words("finding", Word::Finding),
        words("overdue", Word::Overdue),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        let mut cells = vec![Cell::text(&self.seller), Cell::text(&self.kind), Cell::text(&self.id)];
        cells.extend(self.first_at.map(Cell::maybe_at));
        cells.push(self.finding.map_or(Cell::Nothing, |finding| Cell::text(finding.word())));
        cells.push(Cell::Flag(self.is_overdue));
        cells
    }
}

writers!(Row);

impl Listing for Counted {
    const NAME: &'static str = "types";
    const FILE: &'static str = "coverage-types.csv";
    const COLUMNS: &'static [Column] = &[
        words("seller", Word::Seller),
        words("type", Word::Kind),
        numbers("ids", Word::Count),
        numbers("webhook", Word::ByWebhook),
        numbers("poll", Word::ByPoll),
        numbers("response", Word::ByResponse),
        numbers("import", Word::ByImport),
        numbers("report", Word::ByReport),
        numbers("lost_webhooks", Word::LostWebhooks),
        numbers("unread", Word::Unread),
        numbers("missing_sales", Word::MissingSales),
        numbers("gaps", Word::Gaps),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        let mut cells = vec![Cell::text(&self.seller), Cell::text(&self.kind), Cell::Count(self.ids)];
        cells.extend(self.by_source.map(Cell::Count));
        cells.extend([self.lost_webhooks, self.unread, self.missing_sales, self.gaps].map(Cell::Count));
        cells
    }
}

#[cfg(test)]
mod tests;
