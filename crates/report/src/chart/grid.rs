//! A grid of shares: the more of it is there, the darker the cell.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::{Caption, ChartError, INK, TOTAL, WIDTH, failed, finished, printable};

const LABELS: i32 = 190;
const CELL: i32 = 54;
const ROW: i32 = 28;

/// One row of the grid.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shares {
    /// Its name at the left.
    pub label: String,
    /// What is there and of how many, for each column; a row may be shorter than others.
    pub cells: Vec<(u64, u64)>,
}

impl Shares {
    /// Its last share.
    #[must_use]
    pub fn now(&self) -> String {
        self.cells.last().map_or_else(String::new, |(there, all)| format!("{} %", percent(*there, *all)))
    }
}

/// Draws rows of shares in whole percent under columns that are numbered from 0; the corner says what they count.
///
/// # Errors
/// [`ChartError`] when the drawing library fails.
pub fn shares(rows: &[Shares], corner: &str, caption: Caption<'_>) -> Result<String, ChartError> {
    let columns = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0).max(1);
    let pixels =
        |count: usize, each: i32| each * i32::try_from(count).expect("a grid has few rows and columns");
    // A narrow picture would be drawn larger than its neighbours.
    let width = u32::try_from(LABELS + pixels(columns, CELL)).expect("positive").max(WIDTH);
    let size = (width, u32::try_from(pixels(rows.len() + 1, ROW)).expect("positive"));
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        let text = |words: String, at: (i32, i32), side: HPos| {
            let style = ("sans-serif", 15).into_font().color(&INK).pos(Pos::new(side, VPos::Center));
            root.draw(&Text::new(words, at, style)).map_err(failed)
        };
        text(printable(corner), (LABELS - 10, ROW / 2), HPos::Right)?;
        for (column, left) in (0..columns).zip((0..).map(|nth| LABELS + nth * CELL)) {
            text(column.to_string(), (left + CELL / 2, ROW / 2), HPos::Center)?;
        }
        for (row, top) in rows.iter().zip((1..).map(|nth| nth * ROW)) {
            text(printable(&row.label), (LABELS - 10, top + ROW / 2), HPos::Right)?;
            for ((there, all), left) in row.cells.iter().zip((0..).map(|nth| LABELS + nth * CELL)) {
                let corners = [(left + 1, top + 1), (left + CELL - 1, top + ROW - 1)];
                let percent = percent(*there, *all);
                root.draw(&Rectangle::new(corners, shade(percent).filled())).map_err(failed)?;
                text(format!("{percent} %"), (left + CELL / 2, top + ROW / 2), HPos::Center)?;
            }
        }
        root.present().map_err(failed)?;
    }
    Ok(finished(&svg, caption))
}

/// Whole percent, halves up; nothing of nothing is nothing.
fn percent(there: u64, all: u64) -> u128 {
    let (there, all) = (u128::from(there), u128::from(all));
    if all == 0 { 0 } else { (there * 200 + all) / (all * 2) }
}

fn shade(percent: u128) -> RGBAColor {
    TOTAL.mix(match percent {
        0 => 0.03,
        1..=24 => 0.1,
        25..=49 => 0.2,
        50..=74 => 0.3,
        75..=89 => 0.4,
        90..=99 => 0.5,
        _ => 0.6,
    })
}

#[cfg(test)]
mod tests;
