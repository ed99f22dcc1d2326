//! Rows of reports, read from the store one history at a time.

use std::collections::BTreeMap;

use domain::currency::Currency;
use domain::intent::machine::Intent;
use domain::machine::Instant;
use domain::payment::Standing;
use domain::payment::machine::Payment;
use domain::payment::state::Known;
use domain::refund::machine::{Refund, Told};
use domain::rejection::{Rejection, RejectionTable};
use domain::stream::StreamId;
use domain::text::Text;
use engine::error::EngineError;
use engine::project::each_state;
use ledger::account::{Account, Lang};
use reconcile::book::PaymentBook;
use report::balances::{BalanceRow, Balances};
use report::inbox::{Counts, Listed};
use report::intents::IntentRow;
use report::journal::EntryRow;
use report::payments::PaymentRow;
use report::refunds::RefundRow;
use report::rejections::{RejectionRow, retry_word};
use report::statement::StatementRow;
use store::inbox::Verdict;
use store::read::{Cut, Delivery, InboxFilter, StoredEntry};
use store::store::Store;

use crate::app::App;
use crate::moment::day_of;

pub mod alerts;
pub mod attempts;
pub mod deadlines;
pub mod orders;
pub mod recurring;

/// Entries in one page.
const PAGE: usize = 20_000;

/// Calls `visit` with every described payment as a row.
pub async fn payments(
    store: &dyn Store,
    cut: Cut,
    mut visit: impl FnMut(PaymentRow) -> anyhow::Result<()> + Send,
) -> anyhow::Result<()> {
    let table = RejectionTable::builtin();
    each_state::<Payment, Stop>(store, cut, |stream, state| match state.known() {
        Some(known) => Ok(visit(payment_row(stream, known, &table))?),
        None => Ok(()),
    })
    .await?;
    Ok(())
}

fn payment_row(stream: &StreamId, known: &Known, table: &RejectionTable) -> PaymentRow {
    let (described, keyed) = (&known.described, &known.keyed);
    let said = &described.said;
    let class = match (described.standing, described.known_words) {
        (Standing::Rejected, _) => Some(class_word(&table.classify(&said.status, &said.detail))),
        (_, false) => Some("unknown".into()),
        (_, true) => None,
    };
    PaymentRow {
        id: stream.id().into(),
        seller: stream.seller().into(),
        status: said.status.clone(),
        status_detail: said.detail.clone(),
        class,
        gross_minor: described.terms.gross_minor,
        net_minor: described.terms.net_minor,
        refunded_minor: keyed.returned_to_payer_minor(),
        currency: described.terms.currency,
        approved_at: described.profile.approved_at,
        external_reference: described.profile.reference.clone(),
    }
}

fn class_word(rejection: &Rejection) -> Text {
    word(&rejection.class)
}

/// The word that an enum of ours has in JSON.
fn word<T: serde::Serialize>(value: &T) -> Text {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word.into(),
        _ => unreachable!("unit enums serialise as their word"),
    }
}

/// Calls `visit` with every described refund as a row.
pub async fn refunds(
    store: &dyn Store,
    cut: Cut,
    mut visit: impl FnMut(RefundRow) -> anyhow::Result<()> + Send,
) -> anyhow::Result<()> {
    each_state::<Refund, Stop>(store, cut, |stream, state| {
        let Told::Described { standing, terms } = &state.told else { return Ok(()) };
        let returned = state.returned.iter().filter_map(|r| r.booked.standing.as_ref());
        Ok(visit(RefundRow {
            id: stream.id().into(),
            payment: parent(stream),
            seller: stream.seller().into(),
            standing: standing.name().into(),
            amount_minor: terms.amount_minor,
            returned_charges_minor: returned.map(|r| r.amount_minor).sum(),
            currency: terms.currency,
            made_at: terms.made_at,
        })?)
    })
    .await?;
    Ok(())
}

/// The payment of a refund's stream.
fn parent(stream: &StreamId) -> Text {
    stream.root().rsplit('/').next().unwrap_or_default().into()
}

/// Calls `visit` with every intent as a row.
pub async fn intents(
    store: &dyn Store,
    cut: Cut,
    mut visit: impl FnMut(IntentRow) -> anyhow::Result<()> + Send,
) -> anyhow::Result<()> {
    each_state::<Intent, Stop>(store, cut, |stream, state| Ok(visit(intent_row(stream, state))?)).await?;
    Ok(())
}

fn intent_row(stream: &StreamId, state: &domain::intent::state::State) -> IntentRow {
    let (profile, said) = (state.profile(), state.said());
    IntentRow {
        id: stream.id().into(),
        seller: stream.seller().into(),
        generation: word(&state.generation),
        progress: word(&state.progress()),
        word: said.status.clone(),
        amount_minor: profile.terms.as_ref().map(|terms| terms.amount_minor),
        currency: profile.terms.as_ref().and_then(|terms| terms.currency),
        reference: profile.reference.clone(),
        device: profile.device.clone(),
        payments: state.payments.iter().map(|named| named.payment.as_str().into()).collect(),
    }
}

/// Rejections by class and code, with the messages of the table.
pub async fn rejections(store: &dyn Store, cut: Cut, lang: Lang) -> anyhow::Result<Vec<RejectionRow>> {
    let table = RejectionTable::builtin();
    let mut groups: BTreeMap<(Text, Text, Currency), (Rejection, u64, i64)> = BTreeMap::new();
    each_state::<Payment, EngineError>(store, cut, |_, state| {
        let Some(known) = state.known() else { return Ok(()) };
        let described = &known.described;
        if described.standing != Standing::Rejected {
            return Ok(());
        }
        let rejection = table.classify(&described.said.status, &described.said.detail);
        let key = (class_word(&rejection), described.said.detail.clone(), described.terms.currency);
        let group = groups.entry(key).or_insert((rejection, 0, 0));
        group.1 += 1;
        group.2 = group.2.saturating_add(described.terms.gross_minor);
        Ok(())
    })
    .await?;
    let lang = report::words::code(lang);
    let row = |((class, status_detail, currency), (rejection, count, amount_minor)): (
        (Text, Text, Currency),
        (Rejection, u64, i64),
    )| {
        let message = table.message(&rejection.action, lang).map(str::to_owned);
        let retry = retry_word(rejection.retry);
        RejectionRow {
            class,
            status_detail,
            action: rejection.action,
            retry,
            count,
            amount_minor,
            currency,
            message,
        }
    };
    Ok(groups.into_iter().map(row).collect())
}

/// Balances at a cut, with the instants that the report names; nothing that was recorded after them is in it.
pub async fn balances(store: &dyn Store, cut: Cut, mut shown: Shown) -> anyhow::Result<Balances> {
    let rows = if cut == Cut::default() {
        let then = store.snapshot().await?;
        let last = then.recorded_at().unwrap_or(shown.known_at);
        shown = Shown { as_of: last, known_at: last };
        then.balances
    } else {
        store.balances(Cut { as_of: cut.as_of, known_at: Some(shown.known_at) }).await?
    };
    let row = |b: store::read::Balance| BalanceRow {
        account: b.account,
        currency: b.currency,
        seller: b.seller,
        balance_minor: b.balance_minor,
    };
    Ok(Balances { as_of: shown.as_of, known_at: shown.known_at, rows: rows.into_iter().map(row).collect() })
}

/// The two instants that a report names.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// Business time.
    pub as_of: Instant,
    /// Recording time.
    pub known_at: Instant,
}

/// The instants a report names when none are given: the last recording time of all heads, so that the same store
/// always prints the same.
pub async fn shown(store: &dyn Store, cut: Cut, now: Instant) -> anyhow::Result<Shown> {
    let known_at = match cut.known_at {
        Some(at) => at,
        None => store.heads().await?.iter().filter_map(|head| head.recorded_at).max().unwrap_or(now),
    };
    Ok(Shown { as_of: cut.as_of.unwrap_or(known_at), known_at })
}

/// Calls `visit` with every entry inside the cut: shard after shard, each in the order of positions.
pub async fn entries(
    store: &dyn Store,
    cut: Cut,
    mut visit: impl FnMut(StoredEntry) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    for shard in 0..store.shards() {
        let mut after = 0;
        loop {
            let page = store.scan_entries(shard, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.position;
            for entry in page {
                let inside = cut.as_of.is_none_or(|at| entry.at <= at)
                    && cut.known_at.is_none_or(|at| entry.recorded_at <= at);
                if inside {
                    visit(entry)?;
                }
            }
        }
    }
    Ok(())
}

/// An entry as a row of the journal; its day is the seller's local day.
pub fn entry_row(app: &App, entry: StoredEntry) -> EntryRow {
    EntryRow {
        position: entry.position,
        id: entry.id.0,
        at: entry.at,
        day: day_of(entry.at, app.zone()),
        fact: entry.fact,
        stream: entry.stream.to_string().into(),
        currency: entry.currency,
        lines: entry.lines.iter().map(|line| (line.account, line.amount_minor)).collect(),
        evidence: word(&entry.evidence),
    }
}

/// Movements of the available balance in the order of business time, with the running balance.
pub async fn statement(store: &dyn Store, cut: Cut) -> anyhow::Result<Vec<StatementRow>> {
    let mut moves = Vec::new();
    entries(store, cut, |entry| {
        for line in entry.lines.iter().filter(|line| line.account == Account::Available) {
            moves.push((
                entry.currency,
                entry.at,
                entry.position,
                line.amount_minor,
                entry.fact.clone(),
                entry.stream.clone(),
            ));
        }
        Ok(())
    })
    .await?;
    moves.sort_by_key(|(currency, at, position, ..)| (*currency, *at, *position));
    let mut balances: BTreeMap<Currency, i64> = BTreeMap::new();
    let mut rows = Vec::with_capacity(moves.len());
    for (currency, at, _, amount_minor, text, stream) in moves {
        let balance = balances.entry(currency).or_insert(0);
        *balance += amount_minor;
        let source = stream.id().into();
        rows.push(StatementRow { at, text, source, amount_minor, balance_minor: *balance, currency });
    }
    Ok(rows)
}

/// Deliveries by verdict.
pub async fn counts(store: &dyn Store) -> anyhow::Result<Counts> {
    let c = store.inbox_counts().await?;
    Ok(Counts {
        applied: c.applied,
        unchanged: c.unchanged,
        needs_fetch: c.needs_fetch,
        refused: c.refused,
        undecodable: c.undecodable,
    })
}

/// Deliveries that a person must look at: refused, undecodable, and those with words outside the known list.
pub async fn listed(store: &dyn Store) -> anyhow::Result<Vec<Listed>> {
    let mut all = Vec::new();
    for verdict in ["undecodable", "refused"] {
        all.extend(
            filtered(store, InboxFilter { verdict: Some(verdict.into()), ..InboxFilter::default() }).await?,
        );
    }
    all.extend(filtered(store, InboxFilter { unclassified: true, ..InboxFilter::default() }).await?);
    let row = |delivery: Delivery| {
        let (reason, detail) = match &delivery.verdict {
            Verdict::Refused { reason, detail } | Verdict::Undecodable { reason, detail } => {
                (Some(reason.clone()), Some(detail.clone()))
            }
            Verdict::Applied | Verdict::Unchanged | Verdict::NeedsFetch => {
                let told = "its words are outside the known list; it was applied by its status alone";
                (Some("unclassified".into()), Some(told.into()))
            }
        };
        Listed {
            key: delivery.key.0,
            verdict: delivery.verdict.word().into(),
            reason,
            detail,
            origin: delivery.origin,
            topic: (!delivery.topic.is_empty()).then_some(delivery.topic),
        }
    };
    Ok(all.into_iter().map(row).collect())
}

async fn filtered(store: &dyn Store, mut filter: InboxFilter) -> anyhow::Result<Vec<Delivery>> {
    let mut all = Vec::new();
    filter.limit = 10_000;
    loop {
        let page = store.inbox_list(&filter).await?;
        let Some(last) = page.last() else { return Ok(all) };
        filter.after = last.arrival;
        all.extend(page);
    }
}

/// What the books know of every payment, with its refunds, for matching.
pub async fn books(store: &dyn Store, cut: Cut) -> anyhow::Result<Vec<PaymentBook>> {
    let mut books: Vec<PaymentBook> = Vec::new();
    let mut keys: Vec<String> = Vec::new();
    each_state::<Payment, EngineError>(store, cut, |stream, state| {
        books.push(PaymentBook::of(stream, state));
        keys.push(stream.key().to_owned());
        Ok(())
    })
    .await?;
    // Histories come in the order of their keys, so a refund's payment is found by search.
    each_state::<Refund, EngineError>(store, cut, |stream, state| {
        if let Ok(at) = keys.binary_search_by(|key| key.as_str().cmp(stream.root())) {
            books[at].add_refund(stream.id(), state);
        }
        Ok(())
    })
    .await?;
    Ok(books)
}

/// Either side of a walk can end it.
enum Stop {
    Engine(EngineError),
    Visit(anyhow::Error),
}

impl From<EngineError> for Stop {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

impl From<anyhow::Error> for Stop {
    fn from(error: anyhow::Error) -> Self {
        Self::Visit(error)
    }
}

impl From<Stop> for anyhow::Error {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Engine(error) => error.into(),
            Stop::Visit(error) => error,
        }
    }
}
