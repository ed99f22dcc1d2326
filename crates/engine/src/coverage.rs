//! Who told us of what, and what nobody told: the inbox walked in the order of its subjects, beside the sales that
//! settlement files name and the notifications that nobody answered.
//!
//! Reads only. What counts as missed is decided in [`report::coverage`]. Memory holds what is open, and a few words for
//! each payment that a settlement file names; everything else passes by.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::ids::SellerId;
use domain::machine::Instant;
use domain::report_line::LineKind;
use domain::text::Text;
use mercadopago::report_file::ReportFile;
use report::coverage::{Counted, Period, Row, Seen, Source};
use store::read::{Delivery, InboxFilter, Sighting};
use store::store::Store;

use crate::config::Sellers;
use crate::error::EngineError;
use crate::files::{Reading, report_options};

/// Deliveries in one page.
const PAGE: u64 = 1_000;

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Only what was first seen then.
    pub period: Period,
    /// The instant of the question.
    pub now: Instant,
    /// How old something must be to be missed.
    pub lag: TimeDelta,
    /// Whose things count.
    pub sellers: &'a Sellers,
}

/// The end of a walk.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Summary {
    /// Counts by seller and type, in that order.
    pub types: Vec<Counted>,
    /// Settlement files that could not be read, by where they came from.
    pub files_not_read: Vec<Text>,
}

/// A payment that a settlement file names.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Named {
    seller: Text,
    subject: Text,
    /// When it happened, by the file.
    at: Instant,
    /// When the file was received.
    received_at: Instant,
}

/// Calls `visit` with every thing that anybody told of, in the order of seller and subject.
///
/// # Errors
/// When the store fails.
pub async fn coverage(
    store: &dyn Store,
    asked: &Asked<'_>,
    mut visit: impl FnMut(Row) + Send,
) -> Result<Summary, EngineError> {
    let (named, files_not_read) = named(store, asked.sellers).await?;
    let open = open(store).await?;
    let mut walk = Walk {
        asked,
        open,
        named: named.into_iter().peekable(),
        at: None,
        counts: vec![],
        visit: &mut visit,
    };
    store.sightings(&mut |sighting| walk.see(sighting)).await?;
    walk.finish();
    Ok(Summary { types: walk.counts, files_not_read })
}

struct Walk<'a, V, N: Iterator<Item = Named>> {
    asked: &'a Asked<'a>,
    /// Seller and subject of notifications that wait for what they name.
    open: BTreeSet<(Text, Text)>,
    named: std::iter::Peekable<N>,
    at: Option<Seen>,
    counts: Vec<Counted>,
    visit: &'a mut V,
}

impl<V: FnMut(Row), N: Iterator<Item = Named>> Walk<'_, V, N> {
    fn see(&mut self, sighting: Sighting) {
        let Sighting { seller, subject, channel, kind, first_at, .. } = sighting;
        self.pass(Some((&seller, &subject)));
        let seen = self.turn_to(seller, subject);
        if let Some(source) = source(&channel, &kind) {
            seen.see(source, first_at);
        }
        seen.is_told |= &*kind == "resource";
    }

    /// Takes in the named payments that stand before a place, or all that are left.
    fn pass(&mut self, until: Option<(&Text, &Text)>) {
        let is_before = |named: &Named| {
            until.is_none_or(|(seller, subject)| (&named.seller, &named.subject) <= (seller, subject))
        };
        while let Some(Named { seller, subject, at, received_at }) = self.named.next_if(is_before) {
            let seen = self.turn_to(seller, subject);
            seen.see(Source::Report, received_at);
            // Each payment is named once, by the first that files say of it.
            seen.sold_at = Some(at);
        }
    }

    /// What is gathered of a thing; whatever was gathered before is complete when it is another one.
    fn turn_to(&mut self, seller: Text, subject: Text) -> &mut Seen {
        let is_same = self.at.as_ref().is_some_and(|at| at.seller == seller && at.subject == subject);
        if !is_same {
            self.leave();
        }
        self.at.get_or_insert_with(|| Seen::new(seller, subject))
    }

    fn leave(&mut self) {
        let Some(mut seen) = self.at.take() else { return };
        if !self.asked.sellers.accept(&seen.seller) {
            return;
        }
        seen.is_open = self.open.contains(&(seen.seller.clone(), seen.subject.clone()));
        let Some(row) = seen.judge(self.asked.period, self.asked.now, self.asked.lag) else { return };
        match self.counts.iter_mut().find(|counted| counted.is_of(&row)) {
            Some(counted) => counted.count(&row),
            None => {
                let mut counted = Counted::of(&row);
                counted.count(&row);
                self.counts.push(counted);
            }
        }
        (self.visit)(row);
    }

    fn finish(&mut self) {
        self.pass(None);
        self.leave();
        self.counts.sort_by(|a, b| (&a.seller, &a.kind).cmp(&(&b.seller, &b.kind)));
    }
}

/// Who told, by how it came: report rows and files are the report's word, whoever brought them.
fn source(channel: &str, kind: &str) -> Option<Source> {
    match (kind, channel) {
        ("row" | "file", _) => Some(Source::Report),
        (_, "webhook" | "ipn") => Some(Source::Webhook),
        (_, "poll") => Some(Source::Poll),
        (_, "response") => Some(Source::Response),
        (_, "import") => Some(Source::Import),
        _ => None,
    }
}

async fn open(store: &dyn Store) -> Result<BTreeSet<(Text, Text)>, EngineError> {
    let mut open = BTreeSet::new();
    let filter = InboxFilter { verdict: Some("needs_fetch".into()), ..InboxFilter::default() };
    each(store, filter, |delivery| {
        open.extend(delivery.subject.map(|subject| (delivery.seller, subject)));
    })
    .await?;
    Ok(open)
}

/// Payments that settlement files name, in order, each once; and the files that could not be read.
async fn named(store: &dyn Store, sellers: &Sellers) -> Result<(Vec<Named>, Vec<Text>), EngineError> {
    let mut files = Vec::new();
    let filter = InboxFilter { kind: Some("file".into()), ..InboxFilter::default() };
    each(store, filter, |delivery| files.push(delivery)).await?;
    let (mut named, mut not_read) = (Vec::new(), Vec::new());
    for file in files {
        let body = store.inbox_body(&file.key).await?;
        match body.and_then(|body| rows(&file, &body, sellers)) {
            Some(rows) => named.extend(rows),
            None => not_read.push(file.origin),
        }
        named.sort_unstable();
        named.dedup_by(|later, first| later.seller == first.seller && later.subject == first.subject);
    }
    Ok((named, not_read))
}

fn rows(file: &Delivery, body: &[u8], sellers: &Sellers) -> Option<Vec<Named>> {
    let reading = Reading { sellers: sellers.clone(), now: file.received_at };
    let mut options = report_options(&file.origin, &reading);
    if !file.seller.is_empty() {
        options.seller = Some(SellerId::from(file.seller.clone()));
    }
    let report = ReportFile::open(body, options).ok()?;
    let name = |row: mercadopago::report_file::Row| {
        let (line, seller) = (row.outcome.ok()?, row.seller?);
        let is_of_a_sale =
            matches!(line.kind, LineKind::Sale | LineKind::Refund | LineKind::Chargeback | LineKind::Dispute);
        is_of_a_sale.then(|| Named {
            seller: seller.as_str().into(),
            subject: format!("payment/{}", line.source).into(),
            at: line.at,
            received_at: file.received_at,
        })
    };
    Some(report.rows().filter_map(name).collect())
}

/// Calls `visit` with every delivery of a filter.
async fn each(
    store: &dyn Store,
    mut filter: InboxFilter,
    mut visit: impl FnMut(Delivery) + Send,
) -> Result<(), EngineError> {
    filter.limit = PAGE;
    loop {
        let page = store.inbox_list(&filter).await?;
        let Some(last) = page.last() else { return Ok(()) };
        filter.after = last.arrival;
        page.into_iter().for_each(&mut visit);
    }
}

#[cfg(test)]
mod tests;
