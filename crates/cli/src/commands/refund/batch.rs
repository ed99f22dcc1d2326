//! `conciliar refund --batch`: a file of refunds, each line an order of its own.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::Context;
use domain::money::Money;
use domain::payment::refusal::Refusal;
use domain::payment::{Order, Stage};
use engine::act::available::Available;
use engine::act::lines::LineNames;
use engine::act::rehearsal::Rehearsal;
use engine::act::{Act, ActError, Ask, Placed};
use report::listing::{moment, printable};
use report::orders::lines::{self as paper, LineRow, NOT_ORDERED, TotalRow, totals};
use tokio::task::spawn_blocking;

use crate::app::App;
use crate::args::Format;
use crate::args::refund::Refund;
use crate::commands::placing::sending::{Fate, Sender};
use crate::commands::placing::{Clerk, agreed, check_agreed, positive, told};
use crate::exit::Exit;

mod file;

use file::{Fault, Line, Wanted};

/// The verb, as errors name it.
const VERB: &str = "refund --batch";

/// What became of a file.
struct Batch {
    rows: Vec<LineRow>,
    totals: Vec<TotalRow>,
    /// Why it was not walked to its end.
    stopped: Option<anyhow::Error>,
}

pub async fn run(app: &App, args: &Refund, path: &Path) -> anyhow::Result<Exit> {
    if matches!(app.format, Format::Html | Format::Hledger) {
        return app.no_such_format(VERB, "text, json, csv");
    }
    let placing = &args.placing;
    check_agreed(placing)?;
    let (name, owned) = (path.display().to_string(), path.to_owned());
    let bytes = spawn_blocking(move || file::bytes(&owned)).await.context("the reader was stopped")??;
    let lines = file::lines(&name, &bytes, args.reason.as_deref())?;
    let clerk = Clerk::of(app, VERB, &placing.account, &placing.actor, placing.dry_run).await?;
    let available = clerk.available(args.despite_balance).await?;
    let walk = |hand, shown| {
        let (names, available) = (LineNames::default(), available.clone());
        Walk { clerk: &clerk, hand, shown, names, available }
    };
    let rehearsed = || walk(Hand::Rehearsal(Rehearsal::new(&clerk.acts)), Vec::new());
    let batch = if placing.dry_run {
        rehearsed().over(&lines).await
    } else {
        let mut rows = Vec::new();
        if !placing.yes {
            let batch = rehearsed().over(&lines).await;
            app.tell(&shown(app, &batch)?);
            if let Some(error) = batch.stopped {
                return Err(error.context("nothing was written"));
            }
            agreed(&format!("order the refunds of `{name}`?")).await?;
            rows = batch.rows;
        }
        let sender = if placing.send { Some(Sender::of(&clerk)?) } else { None };
        walk(Hand::Books(sender), rows).over(&lines).await
    };
    tell_refused(app, &name, &batch.rows);
    print(app, &name, !placing.dry_run, &batch)?;
    if let Some(error) = batch.stopped {
        let next = format!("`{name}` was not worked to its end; the same file again goes on");
        return Err(error.context(next));
    }
    Ok(end(app, args, &batch.rows))
}

/// Who takes the orders.
enum Hand<'a> {
    /// Nobody: they are only decided.
    Rehearsal(Rehearsal<'a>),
    /// The books, and the provider when they are to be sent at once.
    Books(Option<Sender>),
}

/// One walk over the lines of a file, each decided after those before it.
struct Walk<'a> {
    clerk: &'a Clerk<'a>,
    hand: Hand<'a>,
    /// What somebody agreed to, line by line; nothing where nobody was asked.
    shown: Vec<LineRow>,
    names: LineNames,
    available: Option<Available>,
}

impl Walk<'_> {
    async fn over(mut self, lines: &[Line]) -> Batch {
        let mut rows = Vec::with_capacity(lines.len());
        let mut stopped = None;
        let mut shown = std::mem::take(&mut self.shown).into_iter();
        for line in lines {
            let row = match (&line.wanted, shown.next()) {
                // What was shown as no order is none, though it could be one by now.
                (_, Some(shown)) if shown.stage.as_str() == NOT_ORDERED => Ok(shown),
                (Ok(wanted), shown) => self.row(line, wanted, shown.as_ref()).await,
                (Err(fault), _) => Ok(not_ordered(line, fault)),
            };
            match row {
                Ok(row) => rows.push(row),
                Err(error) => {
                    stopped = Some(error.context(format!("line {}", line.number)));
                    break;
                }
            }
        }
        let left = |currency| self.available.as_ref().map(|available| available.minor(currency));
        let totals = totals(&rows, left);
        Batch { rows, totals, stopped }
    }

    /// Orders one line. What stops the whole file is an error; what is wrong with the line is told in its row.
    async fn row(
        &mut self,
        line: &Line,
        wanted: &Wanted,
        shown: Option<&LineRow>,
    ) -> anyhow::Result<LineRow> {
        match self.order(wanted, shown).await {
            Ok((placed, fate)) => Ok(ordered(line, placed, fate)),
            Err(Stumbled::Line(fault)) => Ok(not_ordered(line, &fault)),
            Err(Stumbled::All(error)) => Err(error),
        }
    }

    async fn order(&mut self, wanted: &Wanted, shown: Option<&LineRow>) -> Result<(Placed, Fate), Stumbled> {
        let asked = self.amount(wanted).await?;
        let request = wanted.key.clone().unwrap_or_else(|| self.names.next(&wanted.payment, asked));
        // What was agreed to is what is ordered, whatever others order meanwhile.
        let amount = shown.and_then(agreed_amount).or(asked);
        let reason = wanted.reason.clone();
        let act = Act::Refund(Ask { request: Some(request), amount, reason });
        let available = self.available.as_ref();
        let placed = match &mut self.hand {
            Hand::Rehearsal(rehearsal) => rehearsal.place(&wanted.payment, &act, available).await,
            Hand::Books(_) => self.clerk.acts.place(&wanted.payment, &act, available).await,
        };
        let mut placed = placed.map_err(|error| stumbled(error, wanted))?;
        if wanted.key.is_none() {
            self.names.take(&wanted.payment, asked);
        }
        let mut fate = Fate::of(&placed.stage());
        if let (Hand::Books(Some(sender)), Fate::Open) = (&self.hand, &fate) {
            fate = sender.send(self.clerk, &wanted.payment, &placed.request).await;
            placed = self.clerk.again(&wanted.payment, placed).await;
            fate = fate.after(&placed);
        }
        if let Some(available) = &mut self.available {
            available.set_apart(&placed);
        }
        Ok((placed, fate))
    }

    /// The amount of a line in the currency that is meant, else in the payment's.
    async fn amount(&self, wanted: &Wanted) -> Result<Option<Money>, Stumbled> {
        let Some(text) = &wanted.amount else { return Ok(None) };
        let currency = match wanted.currency {
            Some(currency) => currency,
            None => {
                let known = self.clerk.acts.known(&wanted.payment).await;
                known.map_err(|error| stumbled(error, wanted))?.described.terms.currency
            }
        };
        let amount = positive(text, currency);
        Ok(Some(amount.map_err(|why| Stumbled::Line(Fault { column: Some("amount"), why }))?))
    }
}

/// The amount that was shown.
fn agreed_amount(shown: &LineRow) -> Option<Money> {
    Some(Money::new(shown.amount_minor?, shown.currency?))
}

/// The row of a line that is an order.
fn ordered(line: &Line, placed: Placed, fate: Fate) -> LineRow {
    let (stage, why) = match fate {
        Fate::Done => ("done", None),
        Fate::Open => ("open", None),
        Fate::Held => ("held", None),
        Fate::Declined { actor, reason } => ("declined", Some(format!("{actor} declined it: {reason}"))),
        Fate::Refused { code } => ("refused", Some(told::code(&code))),
        Fate::Waiting { why } => ("open", Some(why.unwrap_or_else(|| "it was not sent yet".to_owned()))),
    };
    let Order { at, actor, .. } = &placed.order;
    let before = placed.was_placed.then(|| format!("ordered before at {} by {actor}", moment(*at)));
    let why: Vec<String> = [before, why].into_iter().flatten().collect();
    let refund = match placed.stage() {
        Stage::Done { refund } => refund.map(|refund| refund.as_str().into()),
        Stage::Held | Stage::Open | Stage::Refused { .. } | Stage::Declined { .. } => None,
    };
    LineRow {
        line: line.number,
        payment: line.payment.clone(),
        request: Some(placed.request),
        amount_minor: placed.order.wish.amount_minor(),
        currency: Some(placed.known.described.terms.currency),
        stage: stage.into(),
        was_placed: placed.was_placed,
        refund,
        column: None,
        why: (!why.is_empty()).then(|| why.join("; ").into()),
    }
}

/// What an order stumbled over.
enum Stumbled {
    /// Something about its line.
    Line(Fault),
    /// What holds for all lines: the store failed.
    All(anyhow::Error),
}

fn stumbled(error: ActError, wanted: &Wanted) -> Stumbled {
    let column = match &error {
        ActError::Refused(Refusal::RequestTaken { .. }) if wanted.key.is_none() => {
            let why = "such a line was ordered before, of another amount than remains now; a key of its own makes \
                       this one another order";
            return Stumbled::Line(Fault { column: Some("key"), why: why.to_owned() });
        }
        ActError::Refused(refusal) => column_of(refusal),
        ActError::OtherCurrency { .. } => "currency",
        _ => return Stumbled::All(error.into()),
    };
    Stumbled::Line(Fault { column: Some(column), why: error.to_string() })
}

/// The column that a refusal of the rules is about.
fn column_of(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::AboveRemaining { .. } | Refusal::NotEnoughFunds { .. } => "amount",
        Refusal::RequestTaken { .. } | Refusal::UnfitName { .. } => "key",
        _ => "payment",
    }
}

fn not_ordered(line: &Line, fault: &Fault) -> LineRow {
    LineRow {
        line: line.number,
        payment: line.payment.clone(),
        request: line.wanted.as_ref().ok().and_then(|wanted| wanted.key.clone()),
        amount_minor: None,
        currency: None,
        stage: NOT_ORDERED.into(),
        was_placed: false,
        refund: None,
        column: fault.column.map(Into::into),
        why: Some(fault.why.as_str().into()),
    }
}

/// Tells of each line that nothing will come of where it is and why.
fn tell_refused(app: &App, name: &str, rows: &[LineRow]) {
    for row in rows.iter().filter(|row| row.is_refused()) {
        let column = row.column.as_ref().map(|column| format!("column {column}: ")).unwrap_or_default();
        let (payment, why) = (printable(&row.payment), row.why.as_deref().unwrap_or_default());
        app.tell(&format!("{name}:{}: payment {payment}: {column}{why}", row.line));
    }
}

fn print(app: &App, name: &str, is_written: bool, batch: &Batch) -> anyhow::Result<()> {
    let mut out = BufWriter::new(io::stdout());
    match app.format {
        Format::Json => paper::write_json(name, is_written, &batch.rows, &batch.totals, &mut out)?,
        Format::Csv => paper::write_csv(&batch.rows, &mut out)?,
        _ => paper::write_text(&batch.rows, &batch.totals, app.lang, &mut out)?,
    }
    Ok(out.flush()?)
}

/// What a person sees before agreeing.
fn shown(app: &App, batch: &Batch) -> anyhow::Result<String> {
    let mut text = Vec::new();
    paper::write_text(&batch.rows, &batch.totals, app.lang, &mut text)?;
    Ok(String::from_utf8(text).context("tables are UTF-8")?.trim_end().to_owned())
}

/// The exit code, with what to do next.
fn end(app: &App, args: &Refund, rows: &[LineRow]) -> Exit {
    let placing = &args.placing;
    let refused = rows.iter().filter(|row| row.is_refused()).count();
    let repeated = rows.iter().filter(|row| row.was_placed).count();
    let is = |stage: &str| rows.iter().any(|row| row.stage.as_str() == stage);
    if placing.dry_run {
        app.remark("nothing was written");
    } else if is("open") {
        app.remark("`conciliar relay --provider` sends what is open");
    }
    if is("held") {
        app.remark(
            "what is held waits for a second person: `conciliar approve PAYMENT --order ORDER --actor NAME`",
        );
    }
    if repeated > 0 {
        app.tell(&format!(
            "lines that were ordered before: {repeated}; nothing more is given back for them, and a `key` of its own \
             makes a line another order"
        ));
    }
    if refused > 0 && !placing.dry_run {
        app.remark("correct what was refused and run the file again: what was ordered is not ordered twice");
    }
    // Whoever wants it sent must not believe that what is held was.
    let is_found = refused > 0 || (placing.send && is("held"));
    if !is_found && placing.send && is("open") { Exit::Failure } else { Exit::found(is_found) }
}
