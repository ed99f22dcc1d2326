use super::*;
use crate::samples::{History, at, days, months, terms};

fn options() -> Options {
    Options { zone: chrono_tz::America::Argentina::Buenos_Aires, ..Options::default() }
}

fn rows(from: &str, days: u32, histories: &[History]) -> Vec<String> {
    let options = options();
    let mut forecast = Forecast::new(at(from), days, &options);
    for history in histories {
        forecast.add("123", &history.timeline());
    }
    let written = |row: &ForecastRow| {
        format!("{} {} {}x{}", row.day, row.currency, row.charges.count, row.charges.minor)
    };
    forecast.rows().iter().map(written).collect()
}

#[test]
fn charges_of_a_day_are_summed_by_currency() {
    let mut reals = terms(900, months(1));
    reals.recurring.currency = Currency::BRL;
    let lives = [
        History::authorized("2026-01-05", &terms(1000, months(1))),
        History::authorized("2025-12-05", &terms(500, months(1))),
        History::authorized("2026-01-05", &reals),
        History::authorized("2026-01-05", &terms(300, days(20))),
    ];
    let expect =
        ["2026-02-14 ARS 1x300", "2026-03-05 ARS 2x1500", "2026-03-06 ARS 1x300", "2026-03-05 BRL 1x900"];
    assert_eq!(rows("2026-02-06", 30, &lives), expect);
}

#[test]
fn the_days_are_the_sellers_and_the_first_is_todays_rest() {
    // Charged at eleven in the evening of Buenos Aires, which is the next day in Greenwich.
    let daily = [History::authorized("2026-01-05 02:00", &terms(100, days(1)))];
    assert_eq!(rows("2026-02-06 01:00", 2, &daily), ["2026-02-05 ARS 1x100", "2026-02-06 ARS 1x100"]);
    assert_eq!(rows("2026-02-06 02:30", 2, &daily), ["2026-02-06 ARS 1x100"]);
    assert_eq!(rows("2026-02-06 02:00", 0, &daily), [""; 0]);
}

#[test]
fn nothing_is_expected_of_one_that_is_paused_or_over() {
    let mut twice = terms(1000, months(1));
    twice.recurring.repetitions = Some(2);
    let lives = [
        History::authorized("2026-01-05", &terms(1000, months(1))).pause("2026-01-20"),
        History::authorized("2026-01-05", &terms(1000, months(1))).cancel("2026-01-20"),
        History::authorized("2026-01-05", &twice),
        History::pending("2026-01-05", &terms(1000, months(1))),
    ];
    assert_eq!(rows("2026-01-21", 90, &lives), ["2026-02-05 ARS 1x1000"]);
}

#[test]
fn any_number_of_days_is_a_forecast() {
    let mut thrice = terms(1000, months(1));
    thrice.recurring.repetitions = Some(3);
    let life = [History::authorized("2026-01-05", &thrice)];
    let to_the_last = NaiveDate::MAX.signed_duration_since(at("2026-01-21").date_naive()).num_days();
    let to_the_last = u32::try_from(to_the_last).expect("dates have fewer days");
    for days in [to_the_last, to_the_last + 1, u32::MAX] {
        assert_eq!(rows("2026-01-21", days, &life), rows("2026-01-21", 90, &life));
    }
}
