//! What is drawn of a subscription: its terms, how it begins, and the instalments whose card fails.

use chrono::{DateTime, Months, SecondsFormat, TimeDelta, Utc};

use crate::faults::draw::Draw;

/// A subscription as it is drawn.
#[derive(Clone, Debug)]
pub struct Lot {
    /// Days until somebody signs up.
    pub day: usize,
    /// How.
    pub way: Way,
    /// `auto_recurring` of the plan, or of the subscription where there is none: JSON.
    pub recurring: String,
    /// The same with the dates of the subscription.
    pub own: String,
    /// Names on the card at the tries of some instalments.
    pub failing: Vec<(usize, Vec<&'static str>)>,
}

/// How a subscription begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// With a plan and a card.
    Plan,
    /// With a card.
    Card,
    /// By a link that the payer follows so many days later.
    Link(usize),
}

/// Amounts of a charge, minor units: within what is allowed in Argentina.
pub fn amount_minor(draw: &mut Draw) -> usize {
    1_500 + draw.below(900_000)
}

/// An amount as JSON.
pub fn amount(minor: usize) -> String {
    format!("{}.{:02}", minor / 100, minor % 100)
}

/// An instant as the API takes it.
pub fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

impl Lot {
    /// One that begins within two thirds of the days.
    pub fn draw(draw: &mut Draw, begin: DateTime<Utc>, days: usize) -> Self {
        let day = if draw.percent(40) { draw.below(30) } else { draw.below(days * 2 / 3) };
        let way = match draw.below(100) {
            0..40 => Way::Plan,
            40..80 => Way::Card,
            _ => Way::Link(1 + draw.below(20)),
        };
        let (every, unit) = every(draw);
        let mut recurring = format!(
            r#""frequency":{every},"frequency_type":"{unit}","currency_id":"ARS","transaction_amount":{}"#,
            amount(amount_minor(draw))
        );
        if way == Way::Plan && unit == "months" && draw.percent(70) {
            recurring += &format!(r#","billing_day":{}"#, 1 + draw.below(28));
            recurring += &format!(r#","billing_day_proportional":{}"#, draw.percent(65));
        }
        if way == Way::Plan && draw.percent(35) {
            recurring += &format!(r#","repetitions":{}"#, 1 + draw.below(40));
        }
        if draw.percent(30) {
            let (count, unit) =
                [(7, "days"), (14, "days"), (45, "days"), (1, "months"), (2, "months")][draw.below(5)];
            recurring += &format!(r#","free_trial":{{"frequency":{count},"frequency_type":"{unit}"}}"#);
        }
        let signed = begin + TimeDelta::days(i64::try_from(day).expect("a day of the decade"));
        let own = format!("{recurring}{}", dates(draw, signed, (every, unit)));
        Self {
            day,
            way,
            recurring: format!("{{{recurring}}}"),
            own: format!("{{{own}}}"),
            failing: failing(draw),
        }
    }
}

fn every(draw: &mut Draw) -> (u32, &'static str) {
    match draw.below(100) {
        0..50 => (1, "months"),
        50..62 => ([2, 3, 6, 12][draw.below(4)], "months"),
        62..80 => ([7, 14, 15, 28, 30][draw.below(5)], "days"),
        80..83 => ([1, 2, 3][draw.below(3)], "days"),
        _ => ([10, 45, 90, 365][draw.below(4)], "days"),
    }
}

/// First and last day; every other pair of them lies whole periods apart, so that a charge is due at the very end.
fn dates(draw: &mut Draw, signed: DateTime<Utc>, (every, unit): (u32, &str)) -> String {
    let seconds = |draw: &mut Draw, days: usize| {
        TimeDelta::seconds(i64::try_from(draw.below(days * 86_400)).expect("a span of the decade"))
    };
    let start = draw.percent(40).then(|| signed - TimeDelta::days(20) + seconds(draw, 120));
    let ends = draw.percent(if start.is_some() { 65 } else { 25 });
    let mut end = ends.then(|| signed + TimeDelta::days(1) + seconds(draw, 1_500));
    if let (Some(start), Some(end)) = (start, &mut end)
        && draw.percent(50)
    {
        let count = u32::try_from(1 + draw.below(20)).expect("a small count") * every;
        let moved = match unit {
            "months" => start.checked_add_months(Months::new(count)),
            _ => start.checked_add_signed(TimeDelta::days(count.into())),
        };
        *end = moved.expect("an end of the century");
    }
    let key = |key: &str, at: Option<DateTime<Utc>>| {
        at.map_or(String::new(), |at| format!(r#","{key}":"{}""#, text(at)))
    };
    key("start_date", start) + &key("end_date", end)
}

fn failing(draw: &mut Draw) -> Vec<(usize, Vec<&'static str>)> {
    let mut failing = Vec::new();
    for _ in 0..draw.below(8) {
        let mut holders = vec!["FUND"; 1 + draw.below(4)];
        if draw.percent(60) {
            holders.push("APRO");
        }
        failing.push((draw.below(60), holders));
    }
    if draw.percent(30) {
        let (first, length) = (draw.below(40), 2 + draw.below(2));
        failing.extend((first..first + length).map(|number| (number, vec!["OTHE"])));
    }
    failing
}
