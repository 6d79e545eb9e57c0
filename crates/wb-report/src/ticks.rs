//! Where an axis has its marks, and what is written beside them.

use wb_core::{CivilDate, Span, Ts};
use wb_metrics::Unit;

use crate::number;

/// One mark of an axis.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Tick {
    /// Where.
    pub(crate) at: f64,
    /// What is written there.
    pub(crate) label: String,
}

/// How the numbers of an axis are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Scale {
    /// As they are.
    Plain,
    /// Shares, as percentages.
    Percent,
    /// Thousands and millions shortened.
    Compact,
    /// Seconds, as days, hours, minutes or seconds.
    Duration,
    /// The axis holds decimal logarithms of amounts.
    Log,
}

impl Scale {
    /// How values of that unit are written.
    pub(crate) fn of(unit: Unit) -> Scale {
        match unit {
            Unit::Ratio | Unit::Date => Scale::Plain,
            Unit::Percent => Scale::Percent,
            Unit::Money | Unit::Count => Scale::Compact,
            Unit::Duration => Scale::Duration,
        }
    }
}

/// Marks at round numbers within `low..=high`, about `wanted` of them.
pub(crate) fn of_numbers(low: f64, high: f64, wanted: usize, scale: Scale) -> Vec<Tick> {
    match scale {
        Scale::Log => return of_logs(low, high, wanted),
        Scale::Duration => return of_durations(low, high, wanted),
        Scale::Plain | Scale::Percent | Scale::Compact => {}
    }
    let step = round_step((high - low) / wanted.max(1) as f64);
    let first = (low / step).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    let label = |x: f64| match scale {
        Scale::Plain | Scale::Log | Scale::Duration => number::fixed(x, number::step_decimals(step)),
        Scale::Percent => format!("{}%", number::fixed(x * 100.0, number::step_decimals(step * 100.0))),
        Scale::Compact => number::compact(x, step),
    };
    (first..=last).map(|n| n as f64 * step).map(|at| Tick { at, label: label(at) }).collect()
}

/// Marks at round numbers of the largest unit of time that the axis is longer than.
fn of_durations(low: f64, high: f64, wanted: usize) -> Vec<Tick> {
    const UNITS: [(f64, &str); 4] = [(86_400.0, "d"), (3600.0, "h"), (60.0, "m"), (1.0, "s")];
    let (unit, letter) = UNITS.into_iter().find(|(unit, _)| high - low > *unit).unwrap_or(UNITS[3]);
    let marks = of_numbers(low / unit, high / unit, wanted, Scale::Plain);
    marks.into_iter().map(|t| Tick { at: t.at * unit, label: t.label + letter }).collect()
}

/// The smallest of 1, 2, 2.5 and 5 times a power of ten that is not below `least`.
fn round_step(least: f64) -> f64 {
    if !(least > 0.0 && least.is_finite()) {
        return 1.0;
    }
    let power = libm::pow(10.0, libm::floor(libm::log10(least)));
    let found = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|m| m * power >= least * (1.0 - 1e-12));
    found.unwrap_or(10.0) * power
}

/// Marks at 1, 2 and 5 times powers of ten, or at round numbers where the axis spans less than a decade.
fn of_logs(low: f64, high: f64, wanted: usize) -> Vec<Tick> {
    let (from, to) = (libm::pow(10.0, low), libm::pow(10.0, high));
    let tick = |x: f64, step: f64| Tick { at: libm::log10(x), label: number::compact(x, step) };
    if to / from < 8.0 {
        let linear = of_numbers(from, to, wanted, Scale::Plain);
        let step = linear.get(1).map_or(1.0, |t| t.at - linear[0].at);
        return linear.into_iter().filter(|t| t.at > 0.0).map(|t| tick(t.at, step)).collect();
    }
    let multiples: &[f64] = if high - low > 3.0 { &[1.0] } else { &[1.0, 2.0, 5.0] };
    let mut out = Vec::new();
    for exponent in libm::floor(low) as i32..=libm::ceil(high) as i32 {
        let power = libm::pow(10.0, f64::from(exponent));
        let marks = multiples.iter().map(|m| m * power).filter(|x| *x >= from && *x <= to);
        out.extend(marks.map(|x| tick(x, power)));
    }
    out
}

/// A distance between marks of a time axis.
#[derive(Clone, Copy)]
enum Step {
    Seconds(i64),
    Months(i64),
}

const STEPS: [Step; 22] = [
    Step::Seconds(1),
    Step::Seconds(10),
    Step::Seconds(60),
    Step::Seconds(300),
    Step::Seconds(900),
    Step::Seconds(1800),
    Step::Seconds(3600),
    Step::Seconds(3 * 3600),
    Step::Seconds(6 * 3600),
    Step::Seconds(12 * 3600),
    Step::Seconds(86_400),
    Step::Seconds(2 * 86_400),
    Step::Seconds(7 * 86_400),
    Step::Seconds(14 * 86_400),
    Step::Months(1),
    Step::Months(2),
    Step::Months(3),
    Step::Months(6),
    Step::Months(12),
    Step::Months(24),
    Step::Months(60),
    Step::Months(120),
];

/// Marks at round UTC times within `from..=to`, at most `most`; the position is in seconds since `from`.
pub(crate) fn of_times(from: Ts, to: Ts, most: usize) -> Vec<Tick> {
    let seconds = (to - from).as_seconds_f64();
    let length = |step: &Step| match *step {
        Step::Seconds(s) => s as f64,
        Step::Months(m) => m as f64 * 30.44 * 86_400.0,
    };
    let fits = |step: &&Step| seconds / length(step) <= most.max(1) as f64;
    let step = *STEPS.iter().find(fits).unwrap_or(&Step::Months(240));
    let marks = match step {
        Step::Seconds(s) => every_seconds(from, to, s),
        Step::Months(m) => every_months(from, to, m),
    };
    let mut previous = None;
    let mut out = Vec::with_capacity(marks.len());
    for ts in marks {
        out.push(Tick { at: (ts - from).as_seconds_f64(), label: time_label(ts, step, previous) });
        previous = Some(ts.date());
    }
    out
}

fn every_seconds(from: Ts, to: Ts, seconds: i64) -> Vec<Ts> {
    // Weeks begin on Monday; the epoch was a Thursday.
    let origin = if seconds % (7 * 86_400) == 0 { Span::from_seconds(4 * 86_400).0 } else { 0 };
    let step = Span::from_seconds(seconds).0;
    let mut at = from.0 + (origin - from.0).rem_euclid(step);
    let mut out = Vec::new();
    while at <= to.0 {
        out.push(Ts(at));
        at += step;
    }
    out
}

fn every_months(from: Ts, to: Ts, months: i64) -> Vec<Ts> {
    let start = from.date();
    let month_number = i64::from(start.year) * 12 + i64::from(start.month) - 1;
    let mut at = month_number.div_euclid(months) * months;
    let mut out = Vec::new();
    loop {
        let date = CivilDate { year: at.div_euclid(12) as i32, month: at.rem_euclid(12) as u8 + 1, day: 1 };
        let ts = Ts::from_date(date);
        if ts > to {
            return out;
        }
        if ts >= from {
            out.push(ts);
        }
        at += months;
    }
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The short English name of a month, from 1.
pub(crate) fn month_name(month: u8) -> &'static str {
    MONTHS[usize::from(month - 1)]
}

/// As little as tells the mark from the one before it.
fn time_label(ts: Ts, step: Step, previous: Option<CivilDate>) -> String {
    let date = ts.date();
    let new_year = previous.is_none_or(|p| p.year != date.year);
    let new_day = previous.is_none_or(|p| p != date);
    let month = month_name(date.month);
    match step {
        Step::Months(m) if m >= 12 => date.year.to_string(),
        Step::Months(_) if date.month == 1 => date.year.to_string(),
        Step::Months(_) if new_year => format!("{month} {}", date.year),
        Step::Months(_) => month.to_string(),
        Step::Seconds(s) if s >= 86_400 && new_year => format!("{} {month} {}", date.day, date.year),
        Step::Seconds(s) if s >= 86_400 || new_day => format!("{} {month}", date.day),
        Step::Seconds(s) => {
            let of_day = ts.time_of_day().0 / 1_000_000_000;
            let clock = format!("{:02}:{:02}", of_day / 3600, of_day / 60 % 60);
            if s < 60 { format!("{clock}:{:02}", of_day % 60) } else { clock }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|t| t.label.as_str()).collect()
    }

    fn check_numbers(low: f64, high: f64, wanted: usize, scale: Scale, expected: &[&str]) {
        assert_eq!(labels(&of_numbers(low, high, wanted, scale)), expected);
    }

    fn check_times(from: &str, to: &str, most: usize, expected: &[&str]) {
        let ts = |text: &str| Ts::parse(text).expect(text);
        assert_eq!(labels(&of_times(ts(from), ts(to), most)), expected);
    }

    #[test]
    fn numbers_are_marked_at_round_steps() {
        check_numbers(0.0, 10.0, 5, Scale::Plain, &["0", "2", "4", "6", "8", "10"]);
        check_numbers(-0.31, 0.0, 4, Scale::Percent, &["−30%", "−20%", "−10%", "0%"]);
        check_numbers(98_000.0, 131_000.0, 4, Scale::Compact, &["100k", "110k", "120k", "130k"]);
        check_numbers(0.0, 0.01, 2, Scale::Percent, &["0.0%", "0.5%", "1.0%"]);
        check_numbers(1.0, 1.0, 4, Scale::Plain, &["1"]);
        check_numbers(0.0, 20.0 * 86_400.0, 4, Scale::Duration, &["0d", "5d", "10d", "15d", "20d"]);
        check_numbers(0.0, 7_200.0, 2, Scale::Duration, &["0h", "1h", "2h"]);
    }

    #[test]
    fn a_logarithmic_axis_is_marked_at_amounts() {
        check_numbers(4.9, 6.1, 4, Scale::Log, &["100k", "200k", "500k", "1M"]);
        check_numbers(5.0, 5.5, 3, Scale::Log, &["100k", "200k", "300k"]);
    }

    #[test]
    fn times_are_marked_at_round_instants_and_named_once() {
        check_times("2014-06-01", "2024-06-01", 6, &["2016", "2018", "2020", "2022", "2024"]);
        check_times(
            "2023-08-01",
            "2024-03-01",
            8,
            &["Aug 2023", "Sep", "Oct", "Nov", "Dec", "2024", "Feb", "Mar"],
        );
        check_times("2024-02-26", "2024-02-29", 4, &["26 Feb 2024", "27 Feb", "28 Feb", "29 Feb"]);
        check_times(
            "2024-02-28T20:00",
            "2024-02-29T04:00",
            9,
            &["28 Feb", "21:00", "22:00", "23:00", "29 Feb", "01:00", "02:00", "03:00", "04:00"],
        );
    }

    #[test]
    fn an_axis_never_has_more_time_marks_than_allowed_and_one() {
        let mut rng = wb_core::Rng::new(7);
        for _ in 0..2_000 {
            let from = Ts::from_seconds(rng.below(2_000_000_000) as i64);
            let bits = 10 + rng.below(20);
            let length = 1 + rng.below(1 << bits);
            let to = from + Span::from_seconds(length as i64);
            let ticks = of_times(from, to, 8);
            assert!(ticks.len() <= 10, "seed 7: {} marks from {from} to {to}", ticks.len());
            assert!(ticks.windows(2).all(|w| w[0].at < w[1].at));
        }
    }
}
