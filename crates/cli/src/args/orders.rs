//! Options of `conciliar report orders`.

use clap::ValueEnum;

#[derive(Debug, clap::Args)]
pub struct Orders {
    /// Only orders that have not ended: to be sent, or waiting for a second person (orders).
    #[arg(long, conflicts_with = "stage")]
    pub open: bool,
    /// Only orders that are so far; several with commas (orders).
    #[arg(long, value_name = "STAGE", value_delimiter = ',')]
    pub stage: Vec<StageName>,
}

/// How far an order is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum StageName {
    /// A second person must approve it.
    Held,
    /// It is to be sent, or its end is not known.
    Open,
    /// The provider did it.
    Done,
    /// The provider refused it.
    Refused,
    /// The second person declined it.
    Declined,
}

impl StageName {
    /// The word of the domain.
    fn word(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Open => "open",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Declined => "declined",
        }
    }
}

impl Orders {
    /// Whether an order of a stage is asked for.
    pub fn has(&self, stage: &str) -> bool {
        match (self.open, self.stage.is_empty()) {
            (true, _) => [StageName::Held, StageName::Open].iter().any(|name| name.word() == stage),
            (false, true) => true,
            (false, false) => self.stage.iter().any(|name| name.word() == stage),
        }
    }

    /// Whether a filter was given.
    pub fn is_given(&self) -> bool {
        self.open || !self.stage.is_empty()
    }
}
