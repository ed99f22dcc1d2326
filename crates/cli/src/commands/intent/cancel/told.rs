//! What became of an order to cancel a request to charge: what is cancelled, what was only asked for, and what a terminal
//! holds are told apart.

use std::io::Write;

use anyhow::bail;
use domain::intent::state::State;
use domain::intent::{CancelAnswer, Progress};
use domain::money::format_minor;
use domain::text::Text;
use engine::act::intent::Asked;
use engine::intent_call::Address;
use serde::Serialize;

use crate::app::App;
use crate::args::Format;
use crate::args::intent::{Cancel, Generation};
use crate::commands::intent::word;
use crate::exit::Exit;

/// An order as programs read it. The names of the fields are stable.
#[derive(Serialize)]
struct Shown<'s> {
    /// Which request to charge, with its generation.
    intent: String,
    /// Whose.
    seller: &'s str,
    /// Name of the order.
    order: &'s Text,
    /// `open`, `done`, `asked`, `refused` or `overtaken`.
    stage: &'static str,
    /// Where the request to charge stands.
    standing: &'static str,
    /// What was to be charged, decimal text in major units.
    amount: Option<String>,
    /// Of the amount, where it is known.
    currency: Option<String>,
    /// The provider's code, when it refused.
    code: Option<&'s Text>,
    /// Why it waits, when it was to be sent at once.
    why: Option<&'s str>,
    /// Whether it was there before.
    was_placed: bool,
}

/// Its id with its generation.
pub fn id(address: &Address) -> String {
    address.generation.id(&address.id).to_string()
}

/// What the person at the terminal is asked.
pub fn question(address: &Address, state: &State) -> String {
    let of = amount(state).map(|(amount, currency)| {
        let currency = currency.map(|currency| format!(" {currency}")).unwrap_or_default();
        format!(" of {amount}{currency}")
    });
    let (id, standing) = (&address.id, state.standing().name());
    format!("Cancel the request to charge {id}{}, which is {standing}?", of.unwrap_or_default())
}

fn amount(state: &State) -> Option<(String, Option<String>)> {
    let terms = state.profile().terms?;
    let currency = terms.currency?;
    Some((format_minor(terms.amount_minor, currency), Some(currency.to_string())))
}

/// Prints what became of it.
pub fn tell(
    app: &App,
    args: &Cancel,
    address: &Address,
    asked: &Asked,
    why: Option<String>,
) -> anyhow::Result<Exit> {
    if app.format == Format::Json {
        let (amount, currency) = amount(&asked.state).unwrap_or_default();
        let shown = Shown {
            intent: id(address),
            seller: asked.stream.seller(),
            order: &asked.request,
            stage: stage(asked.answer.as_ref()),
            standing: asked.state.standing().name(),
            amount: (!amount.is_empty()).then_some(amount),
            currency,
            code: if let Some(CancelAnswer::Refused { code }) = &asked.answer { Some(code) } else { None },
            why: why.as_deref(),
            was_placed: asked.was_placed,
        };
        writeln!(std::io::stdout(), "{}", serde_json::to_string(&shown)?)?;
    }
    let what = &address.id;
    let (line, exit) = match &asked.answer {
        Some(CancelAnswer::Accepted) => (format!("{what} is cancelled"), Exit::Done),
        Some(CancelAnswer::AcceptedLater) => (
            format!("{what}: the terminal was asked, and may finish a payment first; read it again later"),
            Exit::Findings,
        ),
        Some(CancelAnswer::Refused { code }) => {
            let next = next(args, asked.state.progress());
            bail!("{what} is not cancelled: the provider refused it ({code}); {next}");
        }
        Some(CancelAnswer::Overtaken) => {
            let standing = asked.state.standing().name();
            bail!("{what} is not cancelled: it ended before that, and is {standing}");
        }
        None if args.placing.send => {
            let why = why.map(|why| format!(": {why}")).unwrap_or_default();
            let key = crate::db::quoted(&asked.request);
            bail!(
                "it was not sent yet{why}; `conciliar relay --provider` goes on, or the same again with --key {key} looks \
                 before it sends"
            );
        }
        None => {
            app.remark("`conciliar relay --provider` sends it");
            (format!("{what} is to be cancelled ({})", asked.request), Exit::Done)
        }
    };
    if app.format == Format::Text {
        writeln!(std::io::stdout(), "{line}")?;
    }
    Ok(exit)
}

fn stage(answer: Option<&CancelAnswer>) -> &'static str {
    match answer {
        None => "open",
        Some(CancelAnswer::Accepted) => "done",
        Some(CancelAnswer::AcceptedLater) => "asked",
        Some(CancelAnswer::Refused { .. }) => "refused",
        Some(CancelAnswer::Overtaken) => "overtaken",
    }
}

/// The command that reads it.
pub fn reading(args: &Cancel, id: &str) -> String {
    let mut command = format!("conciliar intent get {}", crate::db::quoted(id));
    if args.generation != Generation::Order {
        command.push_str(&format!(" --generation {}", word(args.generation)));
    }
    for (option, is_given) in [(" --qr", args.qr), (" --sandbox", args.sandbox)] {
        command.push_str(if is_given { option } else { "" });
    }
    command
}

/// What to do about one that cannot be cancelled from here.
pub fn next(args: &Cancel, progress: Progress) -> &'static str {
    if progress.is_final() {
        "read what became of it"
    } else if args.generation == Generation::Order && !args.at_terminal {
        "cancel it there, or ask the terminal with --at-terminal"
    } else {
        "cancel it there, or read what became of it"
    }
}
