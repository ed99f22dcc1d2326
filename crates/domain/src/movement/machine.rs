//! Decides and evolves: a row is booked once, and the same row again changes nothing.

use super::{Booked, Command, Event, Row};
use crate::event::Event as _;
use crate::machine::{Context, IllegalEvent, Machine};

/// Marker of the machine.
#[derive(Clone, Copy, Debug)]
pub struct Movement;

/// What is known of a row: it is booked, and rows are final.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct State {
    /// The row as it was first told.
    pub row: Row,
}

/// Why a row was not accepted.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    /// A row of the same identity is booked with other content: one of the two tellings is damaged, or the
    /// report was restated. Nothing is overwritten.
    #[error("a row of this identity is booked with another {field}")]
    OtherContent {
        /// First field that differs.
        field: &'static str,
    },
}

impl Refusal {
    /// A stable word for the verdict, such as `currency_conflict`.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::OtherContent { .. } => "row_conflict",
        }
    }
}

impl Machine for Movement {
    const TYPE: &'static str = "movement";
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn decide(
        state: Option<&State>,
        command: Command,
        _context: &Context<'_>,
    ) -> Result<Vec<Event>, Refusal> {
        match (state, command) {
            (None, Command::Observe(row)) => Ok(vec![Event::Booked(Booked { at: row.at, row })]),
            (Some(known), Command::Observe(row)) => match difference(&known.row, &row) {
                None => Ok(Vec::new()),
                Some(field) => Err(Refusal::OtherContent { field }),
            },
        }
    }

    fn evolve(state: Option<State>, event: &Event) -> Result<State, IllegalEvent> {
        match (state, event) {
            (None, Event::Booked(booked)) => Ok(State { row: booked.row.clone() }),
            (Some(_), illegal) => Err(IllegalEvent { event: illegal.name(), state: "booked" }),
        }
    }
}

/// The first field in which the report itself says something else.
///
/// The kind is left out: it is our reading of the report's word. When a later version knows a word that was
/// unknown, the row is still the same row, and it stays booked as it was read first.
fn difference(known: &Row, told: &Row) -> Option<&'static str> {
    let Row { kind: _, word, source, reference, currency, net_minor, gross_minor, fee_minor, tax_minor, at } =
        known;
    [
        ("word", *word == told.word),
        ("source", *source == told.source),
        ("reference", *reference == told.reference),
        ("currency", *currency == told.currency),
        ("net amount", *net_minor == told.net_minor),
        ("gross amount", *gross_minor == told.gross_minor),
        ("fee", *fee_minor == told.fee_minor),
        ("tax", *tax_minor == told.tax_minor),
        ("time", *at == told.at),
    ]
    .into_iter()
    .find_map(|(field, same)| (!same).then_some(field))
}
