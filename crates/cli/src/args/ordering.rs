//! What every verb takes that orders something of the provider, in the name of a person: at once ([`Ordering`]), or as
//! an order that is written first and sent after ([`Placing`]).

use std::path::PathBuf;
use std::str::FromStr;

use domain::plan::{Period, PeriodUnit};

use super::provider::Account;
use crate::exit::Usage;

/// Whose order it is, and how it is told apart from others.
#[derive(Clone, Debug, clap::Args)]
pub struct Ordering {
    #[command(flatten)]
    pub account: Account,
    /// Who orders it; the history keeps the name.
    #[arg(long, value_name = "NAME", value_parser = actor)]
    pub actor: String,
    /// The name of the order: the same one again is the same order and is not carried out twice.
    #[arg(long, value_name = "TEXT", value_parser = key)]
    pub key: Option<String>,
    /// Print what would be sent, and send nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// Who places an order that others send, and how it is agreed to.
#[derive(Clone, Debug, clap::Args)]
pub struct Placing {
    #[command(flatten)]
    pub account: Account,
    /// Who orders it; the history keeps the name.
    #[arg(long, value_name = "NAME", value_parser = actor)]
    pub actor: String,
    /// Print what would be written and sent, and write nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Do it without asking; needed where nobody can be asked.
    #[arg(long)]
    pub yes: bool,
    /// Send it now too and wait for what becomes of it, instead of leaving it to `conciliar relay --provider`.
    #[arg(long)]
    pub send: bool,
}

/// Why a new order is placed, and how it is told apart from others.
#[derive(Clone, Debug, clap::Args)]
pub struct Reasoned {
    /// Why; the history keeps it.
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    pub reason: String,
    /// The name of the order: the same one again is the same order and is not carried out twice (default: a new one).
    #[arg(long, value_name = "TEXT", value_parser = key)]
    pub key: Option<String>,
}

/// A card, as a token of the payer's browser. It is never an option: other users of the machine could read it there.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct CardToken {
    /// File that holds the card's token (default: CONCILIAR_CARD_TOKEN).
    #[arg(long, value_name = "FILE")]
    pub card_token_file: Option<PathBuf>,
}

/// A period as people write it: `1-month`, `14-days`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Every(pub Period);

impl FromStr for Every {
    type Err = Usage;

    fn from_str(text: &str) -> Result<Self, Usage> {
        let (count, unit) = text.split_once('-').ok_or_else(no_period)?;
        let count = count.parse().ok().filter(|count| *count > 0).ok_or_else(no_period)?;
        let unit = match unit {
            "day" | "days" => PeriodUnit::Days,
            "month" | "months" => PeriodUnit::Months,
            _ => return Err(no_period()),
        };
        Ok(Self(Period { count, unit }))
    }
}

/// A name that says who it was: not an empty variable of a script.
pub(super) fn actor(text: &str) -> Result<String, Usage> {
    let name = text.trim();
    if name.is_empty() {
        Err(Usage("it is empty, and the history keeps the name".to_owned()))
    } else {
        Ok(name.to_owned())
    }
}

/// A reason that says something: not an empty variable of a script.
pub(super) fn reason(text: &str) -> Result<String, Usage> {
    let reason = text.trim();
    if reason.is_empty() {
        Err(Usage("it is empty, and the history keeps the reason".to_owned()))
    } else {
        Ok(reason.to_owned())
    }
}

/// A name that tells orders apart: an empty variable of a script would make them all one.
pub(super) fn key(text: &str) -> Result<String, Usage> {
    match text.trim() {
        "" => Err(Usage("it is empty, and would be the name of every order".to_owned())),
        _ => Ok(text.to_owned()),
    }
}

fn no_period() -> Usage {
    Usage("a period is written as 1-month or 14-days".to_owned())
}
