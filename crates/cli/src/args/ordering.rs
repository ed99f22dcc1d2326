//! What every verb takes that orders something of the provider, in the name of a person.

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
    #[arg(long, value_name = "NAME")]
    pub actor: String,
    /// The name of the order: the same one again is the same order and is not carried out twice.
    #[arg(long, value_name = "TEXT")]
    pub key: Option<String>,
    /// Print what would be sent, and send nothing.
    #[arg(long)]
    pub dry_run: bool,
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

fn no_period() -> Usage {
    Usage("a period is written as 1-month or 14-days".to_owned())
}
