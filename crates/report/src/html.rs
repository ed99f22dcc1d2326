//! The report set as one HTML file: no scripts, no outside resources, readable on paper and without pictures.
//!
//! Everything is escaped by the template except the pictures, whose texts the chart module escapes. The page says
//! only what it is given, so the same page gives the same bytes.

use std::io::{self, Write};

use askama::Template;
use chrono::NaiveDate;
use domain::currency::Currency;
use domain::machine::Instant;
use domain::text::Text;
use ledger::account::Lang;

use crate::balances::Balances;
use crate::chart::{self, Caption, ChartError};
use crate::inbox::{Counts, Listed};
use crate::listing::{Listing, format_total, moment, printable};
use crate::payments::PaymentRow;
use crate::reconciliation::{BreakRow, FileRow, Judged, ProofRow};
use crate::refunds::RefundRow;
use crate::rejections::RejectionRow;
use crate::words::{Word, code};

pub mod recurring;
mod section;

use recurring::Recurring;
use section::{Section, Table};

/// How many breaks and deliveries stand in the page; the files beside it hold all.
const LONGEST: usize = 500;

/// The first rows of a list that may be long.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sample<R> {
    /// The rows to show.
    pub rows: Vec<R>,
    /// How many there are.
    pub total: u64,
}

/// What is drawn for one currency.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Charted {
    /// The currency.
    pub currency: Currency,
    /// Steps from gross to net in order, minor units, what is taken off negative; their sum is the net.
    pub bridge: Vec<(String, i64)>,
    /// Available balance at the end of each day, minor units.
    pub daily_balance: Vec<(NaiveDate, i64)>,
}

/// All that the page tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    /// Title.
    pub title: String,
    /// Whose books.
    pub sellers: Vec<Text>,
    /// First and last day.
    pub period: (NaiveDate, NaiveDate),
    /// Instant of business time.
    pub as_of: Instant,
    /// Instant of recording time.
    pub known_at: Instant,
    /// Ids of the reconciliations.
    pub runs: Vec<Text>,
    /// Balances.
    pub balances: Balances,
    /// Proofs of all runs.
    pub proofs: Vec<ProofRow>,
    /// Breaks of all runs.
    pub breaks: Vec<BreakRow>,
    /// Deliveries by verdict.
    pub inbox: Counts,
    /// Deliveries that need a person, by name.
    pub listed: Vec<Listed>,
    /// Rejections.
    pub rejections: Vec<RejectionRow>,
    /// Charts, a currency each.
    pub charts: Vec<Charted>,
    /// Payments.
    pub payments: Sample<PaymentRow>,
    /// Refunds.
    pub refunds: Sample<RefundRow>,
    /// Subscriptions, if there are any.
    pub recurring: Option<Recurring>,
    /// Files that went in.
    pub files: Vec<FileRow>,
    /// Language of headings and accounts.
    pub lang: Lang,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// A picture failed.
    #[error("the page has no picture")]
    Chart(#[from] ChartError),
    /// The page cannot be written.
    #[error("the page cannot be written")]
    Io(#[from] io::Error),
}

/// The cover, and the sections below it.
#[derive(Template)]
#[template(path = "page.html")]
struct Cover<'a> {
    lang: &'static str,
    title: &'a str,
    facts: Vec<(&'static str, String)>,
    verdicts: Vec<(&'static str, String, bool)>,
    sections: Vec<Section>,
}

/// Writes the page.
///
/// # Errors
/// [`PageError`] when a chart cannot be drawn or the writer fails.
pub fn write(page: &Page, out: &mut impl Write) -> Result<(), PageError> {
    let mut sections = money(page)?;
    if let Some(told) = &page.recurring {
        sections.extend(recurring::sections(told, page.lang)?);
    }
    sections.extend(lists(page)?);
    let title = printable(&page.title);
    let cover = Cover {
        lang: code(page.lang),
        title: &title,
        facts: facts(page),
        verdicts: verdicts(page),
        sections,
    };
    cover.write_into(out)?;
    out.write_all(b"\n")?;
    Ok(())
}

fn facts(page: &Page) -> Vec<(&'static str, String)> {
    let lang = page.lang;
    vec![
        (Word::Seller.say(lang), printable(&page.sellers.join(", "))),
        (Word::Period.say(lang), format!("{} – {}", page.period.0, page.period.1)),
        (Word::AsOf.say(lang), moment(page.as_of)),
        (Word::KnownAt.say(lang), moment(page.known_at)),
        (Word::Run.say(lang), printable(&page.runs.join(", "))),
    ]
}

/// Numbers that tell at a glance whether there is work to do: heading, number, whether it is as it should be.
fn verdicts(page: &Page) -> Vec<(&'static str, String, bool)> {
    let lang = page.lang;
    let held = page.proofs.iter().filter(|proof| proof.holds).count();
    let kept = page.inbox.refused.saturating_add(page.inbox.undecodable);
    let refused = format!("{kept} / {}", page.inbox.by_verdict().iter().map(|(_, n)| n).sum::<u64>());
    let mut verdicts = vec![
        (Word::Proofs.say(lang), format!("{held} / {}", page.proofs.len()), held == page.proofs.len()),
        (Word::Breaks.say(lang), page.breaks.len().to_string(), page.breaks.is_empty()),
        (Word::NotApplied.say(lang), refused, kept == 0),
        (Word::Payments.say(lang), page.payments.total.to_string(), true),
        (Word::Refunds.say(lang), page.refunds.total.to_string(), true),
    ];
    if let Some(told) = &page.recurring {
        verdicts.push((Word::Subscriptions.say(lang), told.subscriptions.total.to_string(), true));
    }
    verdicts
}

fn money(page: &Page) -> Result<Vec<Section>, PageError> {
    let lang = page.lang;
    let mut balances = Section::new("balances", Word::Balances.say(lang));
    let mut table = Table::of(page.balances.named(lang), lang);
    for (currency, total) in page.balances.totals() {
        table.foot.push(format!("{} {currency} {}", Word::Total.say(lang), format_total(total, currency)));
    }
    balances.tables.push(table);
    let mut proofs = Section::new("proofs", Word::Proofs.say(lang));
    let table = Table::of(page.proofs.iter().map(|proof| Judged(proof, lang)), lang);
    proofs.tables.push(table.mark(page.proofs.iter().map(|proof| proof.holds)));
    let mut sections = vec![proofs, balances];
    for charted in &page.charts {
        sections.push(bridge(charted, lang)?);
        sections.push(daily(charted, lang)?);
    }
    Ok(sections)
}

fn bridge(charted: &Charted, lang: Lang) -> Result<Section, ChartError> {
    let currency = charted.currency;
    let title = format!("{} ({currency})", Word::Bridge.say(lang));
    let id = format!("bridge-{currency}");
    let mut section = Section::new(&id, &title);
    let net: i128 = charted.bridge.iter().map(|(_, minor)| i128::from(*minor)).sum();
    let net = (Word::Net.say(lang).to_owned(), format_total(net, currency));
    let steps = charted.bridge.iter();
    let mut pairs: Vec<_> =
        steps.map(|(label, minor)| (printable(label), format_total(i128::from(*minor), currency))).collect();
    pairs.push(net);
    if !charted.bridge.is_empty() {
        let description = spoken(&pairs);
        let caption = Caption { id: &id, title: &title, description: &description };
        section.figure = Some(chart::bridge(&charted.bridge, Word::Net.say(lang), currency, caption)?);
    }
    section.tables.push(Table::pairs(Word::Description.say(lang), Word::Amount.say(lang), pairs));
    Ok(section)
}

fn daily(charted: &Charted, lang: Lang) -> Result<Section, ChartError> {
    let currency = charted.currency;
    let title = format!("{} ({currency})", Word::DailyBalance.say(lang));
    let id = format!("daily-{currency}");
    let mut section = Section::new(&id, &title);
    let pair =
        |(day, minor): &(NaiveDate, i64)| (day.to_string(), format_total(i128::from(*minor), currency));
    let pairs: Vec<_> = charted.daily_balance.iter().map(pair).collect();
    if let (Some(first), Some(last)) = (pairs.first(), pairs.last()) {
        let description = spoken(&[first.clone(), last.clone()]);
        let caption = Caption { id: &id, title: &title, description: &description };
        section.figure = Some(chart::daily(&charted.daily_balance, currency, caption)?);
    }
    section.tables.push(Table::pairs(Word::Day.say(lang), Word::Balance.say(lang), pairs).folded());
    Ok(section)
}

fn lists(page: &Page) -> Result<Vec<Section>, ChartError> {
    let lang = page.lang;
    let mut inbox = Section::new("inbox", Word::Inbox.say(lang));
    let counts = page.inbox.by_verdict().map(|(word, count)| (word.to_owned(), count.to_string()));
    inbox.tables.push(Table::pairs(Word::Verdict.say(lang), Word::Deliveries.say(lang), counts.to_vec()));
    inbox.tables.push(cut(&page.listed, lang));
    let mut breaks = Section::new("breaks", Word::Breaks.say(lang));
    breaks.tables.push(cut(page.breaks.iter().collect::<Vec<_>>().as_slice(), lang));
    let mut files = Section::new("files", Word::Files.say(lang));
    files.tables.push(Table::of(page.files.iter(), lang));
    Ok(vec![
        breaks,
        inbox,
        rejections(page)?,
        sampled("payments", Word::Payments, &page.payments, lang),
        sampled("refunds", Word::Refunds, &page.refunds, lang),
        files,
    ])
}

fn rejections(page: &Page) -> Result<Section, ChartError> {
    let lang = page.lang;
    let title = Word::Rejections.say(lang);
    let mut section = Section::new("rejections", title);
    let mut classes: Vec<(String, u64)> = Vec::new();
    for row in &page.rejections {
        match classes.iter_mut().find(|(class, _)| *class == *row.class) {
            Some((_, count)) => *count = count.saturating_add(row.count),
            None => classes.push((row.class.to_string(), row.count)),
        }
    }
    if !classes.is_empty() {
        let pairs: Vec<_> = classes.iter().map(|(class, count)| (class.clone(), count.to_string())).collect();
        let caption = Caption { id: "rejections", title, description: &spoken(&pairs) };
        section.figure = Some(chart::counts(&classes, caption)?);
    }
    section.tables.push(Table::of(page.rejections.iter().cloned(), lang));
    Ok(section)
}

fn sampled<R: Listing + Clone>(id: &str, word: Word, sample: &Sample<R>, lang: Lang) -> Section {
    let mut section = Section::new(id, word.say(lang));
    let mut table = Table::of(sample.rows.iter().take(LONGEST).cloned(), lang);
    table.cut(sample.total, R::FILE, lang);
    section.tables.push(table);
    section
}

fn cut<R: Listing + Clone>(rows: &[R], lang: Lang) -> Table {
    let mut table = Table::of(rows.iter().take(LONGEST).cloned(), lang);
    table.cut(u64::try_from(rows.len()).expect("a length fits 64 bits"), R::FILE, lang);
    table
}

/// What a picture shows, for those who hear it.
fn spoken(pairs: &[(String, String)]) -> String {
    pairs.iter().map(|(label, value)| format!("{label}: {value}")).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests;
