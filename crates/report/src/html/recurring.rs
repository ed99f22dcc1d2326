//! The sections about subscriptions: what they bring in, whether it is collected, who stays, and what is to come.
//!
//! Lists name sellers; pictures add them up, a currency each.

use std::collections::BTreeMap;

use billing::ageing::AgeingRow;
use billing::cohort::CohortRow;
use billing::collection::CollectionRow;
use billing::deferral::RollRow;
use billing::forecast::ForecastRow;
use billing::mrr::MrrRow;
use chrono::NaiveDate;
use domain::currency::Currency;
use ledger::account::Lang;

use super::section::{Section, Table};
use super::{Sample, cut, sampled, spoken};
use crate::chart::columns::{Paint, Part, Stack, stacked};
use crate::chart::grid::{self, Shares};
use crate::chart::{self, Caption, ChartError};
use crate::churn::ChurnRow;
use crate::listing::format_total;
use crate::subscriptions::SubscriptionRow;
use crate::words::Word;

/// Months and cohorts in a picture; the files beside the page hold all.
const MONTHS: usize = 24;
/// Ages of a cohort in a picture.
const AGES: u32 = 12;

/// All that the page tells of subscriptions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recurring {
    /// The subscriptions.
    pub subscriptions: Sample<SubscriptionRow>,
    /// Recurring revenue by month.
    pub mrr: Vec<MrrRow>,
    /// What became of charges.
    pub collection: Vec<CollectionRow>,
    /// Who stays.
    pub cohorts: Vec<CohortRow>,
    /// What is still owed.
    pub ageing: Vec<AgeingRow>,
    /// What the calendar expects.
    pub forecast: Vec<ForecastRow>,
    /// Deferred revenue rolled forward.
    pub deferred: Vec<RollRow>,
}

/// The sections, in order.
pub(super) fn sections(told: &Recurring, lang: Lang) -> Result<Vec<Section>, ChartError> {
    let mut sections = vec![sampled("subscriptions", Word::Subscriptions, &told.subscriptions, lang)];
    sections.extend(each(&told.mrr, |row| row.currency, levels, lang)?);
    sections.extend(each(&told.mrr, |row| row.currency, movements, lang)?);
    if !told.mrr.is_empty() {
        let mut churn = Section::new("churn", Word::Churn.say(lang));
        let rows: Vec<_> = told.mrr.iter().cloned().map(ChurnRow).collect();
        churn.tables.push(cut(&rows, lang));
        sections.push(churn);
    }
    sections.extend(each(&told.cohorts, |row| row.currency, cohorts, lang)?);
    sections.extend(each(&told.collection, |row| row.currency, collection, lang)?);
    sections.extend(each(&told.ageing, |row| row.currency, ageing, lang)?);
    sections.extend(each(&told.forecast, |row| row.currency, forecast, lang)?);
    sections.extend(each(&told.deferred, |row| row.currency, deferred, lang)?);
    Ok(sections)
}

/// A section for each currency that the rows have.
fn each<R: Clone>(
    rows: &[R],
    currency_of: impl Fn(&R) -> Currency,
    section: impl Fn(&[R], Currency, Lang) -> Result<Section, ChartError>,
    lang: Lang,
) -> Result<Vec<Section>, ChartError> {
    let mut by_currency: BTreeMap<Currency, Vec<R>> = BTreeMap::new();
    for row in rows {
        by_currency.entry(currency_of(row)).or_default().push(row.clone());
    }
    by_currency.iter().map(|(currency, rows)| section(rows, *currency, lang)).collect()
}

fn levels(rows: &[MrrRow], currency: Currency, lang: Lang) -> Result<Section, ChartError> {
    let points = sums(rows.iter().map(|row| (row.month.to_string(), row.closing.minor)));
    let mut section = titled("mrr", Word::Mrr, currency, lang);
    let pairs = printed(&points, currency);
    section.figure = Some(level(&section, last(&points), currency)?);
    section.tables.push(Table::pairs(Word::Month.say(lang), Word::Closing.say(lang), pairs).folded());
    Ok(section)
}

fn movements(rows: &[MrrRow], currency: Currency, lang: Lang) -> Result<Section, ChartError> {
    let part = |word: Word, paint| Part { label: word.say(lang).to_owned(), paint };
    let parts = [
        part(Word::New, Paint::Up(0)),
        part(Word::Expansion, Paint::Up(1)),
        part(Word::Reactivation, Paint::Up(2)),
        part(Word::Contraction, Paint::Down(1)),
        part(Word::Churn, Paint::Down(0)),
    ];
    let moved = |row: &MrrRow| {
        let (up, down) = ([row.new, row.expansion, row.reactivation], [row.contraction, row.churn]);
        up.iter().map(|level| level.minor).chain(down.iter().map(|level| -level.minor)).collect()
    };
    let stacks = stacks(rows.iter().map(|row| (row.month.to_string(), moved(row))));
    let mut section = titled("movements", Word::Movements, currency, lang);
    section.figure = Some(columns(&section, &parts, last(&stacks), currency)?);
    section.tables.push(cut(rows, lang));
    Ok(section)
}

fn cohorts(rows: &[CohortRow], currency: Currency, lang: Lang) -> Result<Section, ChartError> {
    let mut by_cohort: BTreeMap<String, BTreeMap<u32, (u64, u64)>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.age <= AGES) {
        let cell = by_cohort.entry(row.cohort.to_string()).or_default().entry(row.age).or_default();
        *cell = (cell.0.saturating_add(row.retained.count), cell.1.saturating_add(row.size));
    }
    let shares = |(cohort, cells): (String, BTreeMap<u32, (u64, u64)>)| {
        let began = cells.values().next().map_or(0, |cell| cell.1);
        Shares { label: format!("{cohort} ({began})"), cells: cells.into_values().collect() }
    };
    let grid: Vec<Shares> = by_cohort.into_iter().map(shares).collect();
    let mut section = titled("cohorts", Word::Cohorts, currency, lang);
    let shown = last(&grid);
    let said: Vec<_> = shown.iter().map(|row| (row.label.clone(), row.now())).collect();
    let caption = Caption { id: &section.id, title: &section.title, description: &spoken(&said) };
    section.figure = Some(grid::shares(shown, Word::AgeInMonths.say(lang), caption)?);
    section.tables.push(cut(rows, lang).folded());
    Ok(section)
}

fn collection(rows: &[CollectionRow], currency: Currency, lang: Lang) -> Result<Section, ChartError> {
    let part = |word: Word, paint| Part { label: word.say(lang).to_owned(), paint };
    let parts = [
        part(Word::Collected, Paint::Up(0)),
        part(Word::OpenCharges, Paint::Plain),
        part(Word::Uncollected, Paint::Down(0)),
    ];
    let became = |row: &CollectionRow| vec![row.collected.minor, row.open.minor, row.uncollected.minor];
    let stacks = stacks(rows.iter().map(|row| (row.month.to_string(), became(row))));
    let mut section = titled("collection", Word::Collection, currency, lang);
    section.figure = Some(columns(&section, &parts, last(&stacks), currency)?);
    section.tables.push(cut(rows, lang).folded());
    Ok(section)
}

fn ageing(rows: &[AgeingRow], currency: Currency, lang: Lang) -> Result<Section, ChartError> {
    let mut buckets: Vec<(String, i128)> = Vec::new();
    for row in rows {
        let owed = row.retried.minor + row.uncollected.minor;
        match buckets.iter_mut().find(|(bucket, _)| bucket == row.bucket.name()) {
            Some((_, minor)) => *minor += owed,
            None => buckets.push((row.bucket.name().to_owned(), owed)),
        }
    }
    let mut section = titled("ageing", Word::Ageing, currency, lang);
    let description = spoken(&printed(&buckets, currency));
    let caption = Caption { id: &section.id, title: &section.title, description: &description };
    section.figure = Some(chart::amounts(&buckets, currency, caption)?);
    section.tables.push(cut(rows, lang));
    Ok(section)
}

fn forecast(rows: &[ForecastRow], currency: Currency, lang: Lang) -> Result<Section, ChartError> {
    let parts = [Part { label: Word::Charges.say(lang).to_owned(), paint: Paint::Plain }];
    let mut section = titled("forecast", Word::ChargesForecast, currency, lang);
    section.figure = Some(columns(&section, &parts, &days(rows), currency)?);
    section.tables.push(cut(rows, lang).folded());
    Ok(section)
}

/// A column for every day from the first to the last, also for those without charges.
fn days(rows: &[ForecastRow]) -> Vec<Stack> {
    let mut by_day: BTreeMap<NaiveDate, i128> = BTreeMap::new();
    for row in rows {
        *by_day.entry(row.day).or_default() += row.charges.minor;
    }
    let (Some(first), Some(last)) = (by_day.keys().next(), by_day.keys().next_back()) else {
        return Vec::new();
    };
    let stack = |day: NaiveDate| Stack {
        label: day.format("%m-%d").to_string(),
        amounts: vec![by_day.get(&day).copied().unwrap_or(0)],
    };
    first.iter_days().take_while(|day| day <= last).map(stack).collect()
}

fn deferred(rows: &[RollRow], currency: Currency, lang: Lang) -> Result<Section, ChartError> {
    let points = sums(rows.iter().map(|row| (row.month.to_string(), row.closing_minor)));
    let mut section = titled("deferred", Word::Deferred, currency, lang);
    section.figure = Some(level(&section, last(&points), currency)?);
    section.tables.push(cut(rows, lang));
    Ok(section)
}

fn titled(id: &str, word: Word, currency: Currency, lang: Lang) -> Section {
    Section::new(&format!("{id}-{currency}"), &format!("{} ({currency})", word.say(lang)))
}

fn level(section: &Section, points: &[(String, i128)], currency: Currency) -> Result<String, ChartError> {
    let pairs = printed(points, currency);
    let ends: Vec<_> = pairs.first().into_iter().chain(pairs.last()).cloned().collect();
    let caption = Caption { id: &section.id, title: &section.title, description: &spoken(&ends) };
    chart::levels(points, currency, caption)
}

fn columns(
    section: &Section,
    parts: &[Part],
    stacks: &[Stack],
    currency: Currency,
) -> Result<String, ChartError> {
    let mut totals: Vec<(String, i128)> = parts.iter().map(|part| (part.label.clone(), 0)).collect();
    for stack in stacks {
        totals.iter_mut().zip(&stack.amounts).for_each(|((_, total), minor)| *total += minor);
    }
    let description = spoken(&printed(&totals, currency));
    let caption = Caption { id: &section.id, title: &section.title, description: &description };
    stacked(parts, stacks, currency, caption)
}

fn printed(amounts: &[(String, i128)], currency: Currency) -> Vec<(String, String)> {
    amounts.iter().map(|(label, minor)| (label.clone(), format_total(*minor, currency))).collect()
}

/// The amounts of all sellers, added up by label.
fn sums(amounts: impl Iterator<Item = (String, i128)>) -> Vec<(String, i128)> {
    let mut sums: BTreeMap<String, i128> = BTreeMap::new();
    for (label, minor) in amounts {
        *sums.entry(label).or_default() += minor;
    }
    sums.into_iter().collect()
}

/// The columns of all sellers, added up by label and part.
fn stacks(columns: impl Iterator<Item = (String, Vec<i128>)>) -> Vec<Stack> {
    let mut stacks: BTreeMap<String, Vec<i128>> = BTreeMap::new();
    for (label, amounts) in columns {
        let sums = stacks.entry(label).or_insert_with(|| vec![0; amounts.len()]);
        sums.iter_mut().zip(amounts).for_each(|(sum, minor)| *sum += minor);
    }
    stacks.into_iter().map(|(label, amounts)| Stack { label, amounts }).collect()
}

fn last<T>(all: &[T]) -> &[T] {
    &all[all.len().saturating_sub(MONTHS)..]
}

#[cfg(test)]
mod tests;
