//! Charts as inline SVG text: the bridge from gross to net, balances one after the other, bars, stacked columns, and
//! a grid of shares.
//!
//! Coordinates are whole minor units and whole pixels: no float stands in this crate, the drawing library scales
//! to the picture itself. Labels are printed from the exact amounts. Colours are names of the page's style sheet,
//! so that one picture suits light, dark and paper. No font is loaded: text stays text.

use std::fmt;

use chrono::NaiveDate;
use domain::currency::Currency;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::listing::{format_total, printable};

pub mod columns;
pub mod grid;

const WIDTH: u32 = 900;
const ROW: i32 = 30;
const LABELS: i32 = 340;
const AMOUNTS: i32 = 160;
/// Letters of a label that fit its place; the table below the picture has the whole.
const LETTERS: usize = 42;

/// Stand-ins, replaced by the names of colours once the picture is drawn.
const INK: RGBColor = RGBColor(1, 1, 1);
const UP: RGBColor = RGBColor(2, 2, 2);
const DOWN: RGBColor = RGBColor(3, 3, 3);
const TOTAL: RGBColor = RGBColor(4, 4, 4);
const GRID: RGBColor = RGBColor(5, 5, 5);
const COLOURS: [(&str, &str); 5] = [
    ("#010101", "currentColor"),
    ("#020202", "var(--up)"),
    ("#030303", "var(--down)"),
    ("#040404", "var(--accent)"),
    ("#050505", "var(--line)"),
];

/// What a picture is called: for those who do not see it.
#[derive(Clone, Copy, Debug)]
pub struct Caption<'a> {
    /// Id of the picture, unique in the page.
    pub id: &'a str,
    /// Its title.
    pub title: &'a str,
    /// What it shows, in a sentence.
    pub description: &'a str,
}

/// The picture cannot be drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the chart cannot be drawn: {reason}")]
pub struct ChartError {
    /// What the drawing library says.
    pub reason: String,
}

struct Bar {
    label: String,
    amount: String,
    from: i128,
    to: i128,
    colour: RGBColor,
}

/// Draws steps as a waterfall from zero, and their sum as the last bar.
///
/// # Errors
/// [`ChartError`] when the drawing library fails.
pub fn bridge(
    steps: &[(String, i64)],
    net: &str,
    currency: Currency,
    caption: Caption<'_>,
) -> Result<String, ChartError> {
    let mut level = 0_i128;
    let mut bars = Vec::with_capacity(steps.len() + 1);
    for (label, minor) in steps {
        let from = level;
        level += i128::from(*minor);
        let amount = format_total(i128::from(*minor), currency);
        let colour = if *minor < 0 { DOWN } else { UP };
        bars.push(Bar { label: short(label), amount, from, to: level, colour });
    }
    let amount = format_total(level, currency);
    bars.push(Bar { label: net.to_owned(), amount, from: 0, to: level, colour: TOTAL });
    horizontal(&bars, caption)
}

/// Draws counts as bars from zero.
///
/// # Errors
/// [`ChartError`] when the drawing library fails.
pub fn counts(counts: &[(String, u64)], caption: Caption<'_>) -> Result<String, ChartError> {
    let bar = |(label, count): &(String, u64)| Bar {
        label: short(label),
        amount: count.to_string(),
        from: 0,
        to: i128::from(*count),
        colour: TOTAL,
    };
    horizontal(&counts.iter().map(bar).collect::<Vec<_>>(), caption)
}

/// Draws amounts as bars from zero.
///
/// # Errors
/// [`ChartError`] when the drawing library fails.
pub fn amounts(
    amounts: &[(String, i128)],
    currency: Currency,
    caption: Caption<'_>,
) -> Result<String, ChartError> {
    let bar = |(label, minor): &(String, i128)| Bar {
        label: short(label),
        amount: format_total(*minor, currency),
        from: 0,
        to: *minor,
        colour: if *minor < 0 { DOWN } else { TOTAL },
    };
    horizontal(&amounts.iter().map(bar).collect::<Vec<_>>(), caption)
}

/// Draws balances by day as a line over an area.
///
/// # Errors
/// [`ChartError`] when the drawing library fails.
pub fn daily(
    days: &[(NaiveDate, i64)],
    currency: Currency,
    caption: Caption<'_>,
) -> Result<String, ChartError> {
    let point = |(day, minor): &(NaiveDate, i64)| (day.format("%m-%d").to_string(), i128::from(*minor));
    levels(&days.iter().map(point).collect::<Vec<_>>(), currency, caption)
}

/// Draws amounts one after the other as a line over an area.
///
/// # Errors
/// [`ChartError`] when the drawing library fails.
pub fn levels(
    levels: &[(String, i128)],
    currency: Currency,
    caption: Caption<'_>,
) -> Result<String, ChartError> {
    let mut points: Vec<(i32, i128)> = (0..).zip(levels).map(|(at, (_, minor))| (at, *minor)).collect();
    // A line needs two ends.
    if let [(_, only)] = points[..] {
        points.push((1, only));
    }
    let (low, high) = span(points.iter().map(|(_, minor)| *minor));
    let margin = (high - low) / 20;
    let last = points.last().map_or(1, |(at, _)| (*at).max(1));
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (WIDTH, 300)).into_drawing_area();
        let mut chart = ChartBuilder::on(&root)
            .margin(12)
            .margin_right(32)
            .x_label_area_size(30)
            .y_label_area_size(130)
            .build_cartesian_2d(0..last, low - if low < 0 { margin } else { 0 }..high + margin)
            .map_err(failed)?;
        let level = |at: &i32| usize::try_from(*at).ok().and_then(|at| levels.get(at));
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(GRID)
            .axis_style(GRID)
            .label_style(("sans-serif", 15).into_font().color(&INK))
            .x_labels(8)
            .y_labels(6)
            .x_label_formatter(&|at| level(at).map_or_else(String::new, |(label, _)| label.clone()))
            .y_label_formatter(&|minor| format_total(*minor, currency))
            .draw()
            .map_err(failed)?;
        let line = points.iter().copied();
        let area = AreaSeries::new(line, 0, TOTAL.mix(0.2)).border_style(TOTAL.stroke_width(2));
        chart.draw_series(area).map_err(failed)?;
        root.present().map_err(failed)?;
    }
    Ok(finished(&svg, caption))
}

fn horizontal(bars: &[Bar], caption: Caption<'_>) -> Result<String, ChartError> {
    let rows = i32::try_from(bars.len()).expect("a chart has few bars");
    let height = rows * ROW;
    let size = (WIDTH, u32::try_from(height.max(ROW)).expect("a height is positive"));
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        let (labels, rest) = root.split_horizontally(LABELS);
        let width = i32::try_from(WIDTH).expect("the width is small") - LABELS - AMOUNTS;
        let (plot, amounts) = rest.split_horizontally(width);
        let (low, high) = span(bars.iter().flat_map(|bar| [bar.from, bar.to]));
        let mut chart =
            ChartBuilder::on(&plot).build_cartesian_2d(low..high, height.max(ROW)..0).map_err(failed)?;
        for (bar, top) in bars.iter().zip((0..rows).map(|row| row * ROW)) {
            let corners = [(bar.from, top + 5), (bar.to, top + ROW - 5)];
            let shape = Rectangle::new(corners, bar.colour.filled());
            chart.draw_series([shape]).map_err(failed)?;
            write(&labels, &bar.label, (LABELS - 10, top + ROW / 2))?;
            write(&amounts, &bar.amount, (AMOUNTS - 4, top + ROW / 2))?;
        }
        let zero = PathElement::new([(0, 0), (0, height)], GRID);
        chart.draw_series([zero]).map_err(failed)?;
        root.present().map_err(failed)?;
    }
    Ok(finished(&svg, caption))
}

/// The lowest and the highest value with zero between them, and never the same.
fn span(values: impl Iterator<Item = i128>) -> (i128, i128) {
    let (low, high) = values.fold((0, 0), |(low, high), v| (v.min(low), v.max(high)));
    if low == high { (low, high + 1) } else { (low, high) }
}

/// Writes text that ends at a place, in the middle of its row.
fn write(area: &DrawingArea<SVGBackend<'_>, Shift>, text: &str, place: (i32, i32)) -> Result<(), ChartError> {
    let style = ("sans-serif", 16).into_font().color(&INK).pos(Pos::new(HPos::Right, VPos::Center));
    area.draw(&Text::new(text.to_owned(), place, style)).map_err(failed)
}

/// Names the colours, takes the fixed size off, and tells readers of the page what the picture shows.
fn finished(svg: &str, caption: Caption<'_>) -> String {
    let mut svg = svg.to_owned();
    for (stand_in, name) in COLOURS {
        for attribute in ["fill", "stroke"] {
            svg = svg.replace(&format!("{attribute}=\"{stand_in}\""), &format!("{attribute}=\"{name}\""));
        }
    }
    let end = svg.find('>').expect("an SVG starts with its element") + 1;
    let Caption { id, title, description } = caption;
    let (title, description) = (escaped(title), escaped(description));
    let head =
        svg[..end].replacen("<svg ", &format!("<svg role=\"img\" aria-labelledby=\"{id}-t {id}-d\" "), 1);
    let names = format!("\n<title id=\"{id}-t\">{title}</title>\n<desc id=\"{id}-d\">{description}</desc>");
    format!("{head}{names}{}", &svg[end..])
}

fn short(label: &str) -> String {
    let label = printable(label);
    if label.chars().count() <= LETTERS {
        return label;
    }
    label.chars().take(LETTERS - 1).chain(['…']).collect()
}

fn escaped(text: &str) -> String {
    printable(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn failed(error: impl fmt::Display) -> ChartError {
    ChartError { reason: error.to_string() }
}

#[cfg(test)]
mod tests;
