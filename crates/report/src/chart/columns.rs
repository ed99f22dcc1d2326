//! Columns of amounts one after the other: what adds stands above zero, what takes away hangs below.

use domain::currency::Currency;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::{Caption, ChartError, DOWN, GRID, INK, TOTAL, UP, WIDTH, failed, finished, printable, span};
use crate::listing::format_total;

/// Places from one column to the next.
const STEP: i32 = 10;
/// Places from the middle of a column to its sides.
const HALF: i32 = 4;
const LEGEND: i32 = 28;

/// What one part of every column means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// Its name in the legend.
    pub label: String,
    /// How it is painted.
    pub paint: Paint,
}

/// How a part is painted; the first of a side are the strongest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Paint {
    /// What is there anyway.
    Plain,
    /// What adds, from strong (0) to faint (2).
    Up(u8),
    /// What takes away, from strong (0) to faint (2).
    Down(u8),
}

/// One column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stack {
    /// Its name below the axis.
    pub label: String,
    /// Its parts in minor units, in the order of the legend.
    pub amounts: Vec<i128>,
}

/// Draws columns of parts; with more than one part, a legend above.
///
/// # Errors
/// [`ChartError`] when the drawing library fails.
pub fn stacked(
    parts: &[Part],
    stacks: &[Stack],
    currency: Currency,
    caption: Caption<'_>,
) -> Result<String, ChartError> {
    let (low, high) = span(stacks.iter().flat_map(ends));
    let margin = (high - low) / 20;
    let last = i32::try_from(stacks.len().max(1) - 1).expect("a chart has few columns") * STEP;
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (WIDTH, 320)).into_drawing_area();
        let (above, below) = root.split_vertically(if parts.len() > 1 { LEGEND } else { 0 });
        if parts.len() > 1 {
            legend(&above, parts)?;
        }
        let mut chart = ChartBuilder::on(&below)
            .margin(12)
            .margin_right(32)
            .x_label_area_size(30)
            .y_label_area_size(130)
            .build_cartesian_2d(
                -STEP / 2 - 1..last + STEP / 2 + 1,
                low - if low < 0 { margin } else { 0 }..high + margin,
            )
            .map_err(failed)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(GRID)
            .axis_style(GRID)
            .label_style(("sans-serif", 15).into_font().color(&INK))
            .x_labels(8)
            .y_labels(6)
            .x_label_formatter(&|at| label_at(stacks, *at))
            .y_label_formatter(&|minor| format_total(*minor, currency))
            .draw()
            .map_err(failed)?;
        for (stack, at) in stacks.iter().zip((0..).map(|column| column * STEP)) {
            for (from, to, part) in pieces(stack) {
                let corners = [(at - HALF, from), (at + HALF, to)];
                let shape = Rectangle::new(corners, colour(parts[part].paint).filled());
                chart.draw_series([shape]).map_err(failed)?;
            }
        }
        let zero = PathElement::new([(-STEP / 2 - 1, 0), (last + STEP / 2 + 1, 0)], GRID);
        chart.draw_series([zero]).map_err(failed)?;
        root.present().map_err(failed)?;
    }
    Ok(finished(&svg, caption))
}

/// Every part with where it begins and ends.
fn pieces(stack: &Stack) -> impl Iterator<Item = (i128, i128, usize)> {
    let (mut above, mut below) = (0_i128, 0_i128);
    stack.amounts.iter().enumerate().filter(|(_, minor)| **minor != 0).map(move |(part, minor)| {
        let level = if *minor > 0 { &mut above } else { &mut below };
        let from = *level;
        *level += *minor;
        (from, *level, part)
    })
}

fn ends(stack: &Stack) -> impl Iterator<Item = i128> {
    pieces(stack).map(|(_, to, _)| to)
}

/// The name of the column at a place of the axis, if one stands there.
fn label_at(stacks: &[Stack], at: i32) -> String {
    let column = (at % STEP == 0).then(|| usize::try_from(at / STEP).ok()).flatten();
    column.and_then(|column| stacks.get(column)).map_or_else(String::new, |stack| stack.label.clone())
}

fn legend(area: &DrawingArea<SVGBackend<'_>, Shift>, parts: &[Part]) -> Result<(), ChartError> {
    let style = ("sans-serif", 15).into_font().color(&INK).pos(Pos::new(HPos::Left, VPos::Center));
    let (left, width) = (142, i32::try_from(WIDTH).expect("the width is small") - 174);
    let room = width / i32::try_from(parts.len().max(1)).expect("a legend has few parts");
    for (part, at) in parts.iter().zip((0..).map(|nth| left + nth * room)) {
        let square = Rectangle::new([(at, 9), (at + 12, 21)], colour(part.paint).filled());
        area.draw(&square).map_err(failed)?;
        area.draw(&Text::new(printable(&part.label), (at + 18, 15), style.clone())).map_err(failed)?;
    }
    Ok(())
}

fn colour(paint: Paint) -> RGBAColor {
    let (colour, shade) = match paint {
        Paint::Plain => (TOTAL, 0),
        Paint::Up(shade) => (UP, shade),
        Paint::Down(shade) => (DOWN, shade),
    };
    colour.mix(match shade {
        0 => 1.0,
        1 => 0.6,
        _ => 0.3,
    })
}

#[cfg(test)]
mod tests;
