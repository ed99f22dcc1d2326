//! Options of the reports about attempts to pay.

use std::path::PathBuf;

use clap::ValueEnum;
use domain::attempt::rates;

/// Days within which attempts with one reference follow one another, unless told otherwise.
const WITHIN: u32 = 20;

#[derive(Debug, clap::Args)]
pub struct Attempts {
    /// Rates of rejection by this (rejections).
    #[arg(long, value_name = "WHAT", conflicts_with = "rules")]
    pub by: Option<By>,
    /// Another rejection table: what it would have said of the same history (rejections).
    #[arg(long, value_name = "FILE")]
    pub rules: Option<PathBuf>,
    /// Days within which attempts with one reference and amount follow one another when they pay for one thing
    /// (double-charges; rejections by --by and --rules; default: 20).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=3_660))]
    pub within: Option<u32>,
}

/// What rates are by.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum By {
    /// Class of the rejection table.
    Class,
    /// The provider's detail, with what to do.
    Code,
    /// Payment method.
    Method,
    /// Hour of the day where the seller is.
    Hour,
    /// Amount, by powers of ten.
    Band,
    /// Terminal.
    Device,
    /// Where the payer paid.
    Channel,
    /// What the guard of `payment create` did not allow, by reason: no rates, and no rejections of the provider's.
    Guard,
}

impl Attempts {
    /// The time within which attempts follow one another.
    pub fn within(&self) -> chrono::TimeDelta {
        self.within.map_or_else(Self::usual, |days| chrono::TimeDelta::days(days.into()))
    }

    /// The same where nobody says another.
    pub fn usual() -> chrono::TimeDelta {
        chrono::TimeDelta::days(WITHIN.into())
    }
}

impl By {
    /// What rates are grouped by; `None` for what has none.
    pub fn rates(self) -> Option<rates::By> {
        Some(match self {
            Self::Class => rates::By::Class,
            Self::Code => rates::By::Code,
            Self::Method => rates::By::Method,
            Self::Hour => rates::By::Hour,
            Self::Band => rates::By::Band,
            Self::Device => rates::By::Device,
            Self::Channel => rates::By::Channel,
            Self::Guard => return None,
        })
    }
}
