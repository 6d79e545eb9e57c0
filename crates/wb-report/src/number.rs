//! Numbers, times and figures as a person would write them.

use wb_core::Ts;
use wb_metrics::{Figure, Unit, grouped};

/// What stands where a figure has no meaning.
pub(crate) const ABSENT: &str = "–";

const MINUS: &str = "\u{2212}";

/// `x` with so many decimals and separated thousands: `1,234.50`, `−0.25`. Zero has no sign.
pub(crate) fn fixed(x: f64, decimals: usize) -> String {
    if !x.is_finite() {
        return ABSENT.to_string();
    }
    grouped(x, decimals).replace('-', MINUS)
}

/// `x` as written, with a plus where that is above zero.
pub(crate) fn signed(text: String, x: f64) -> String {
    if x > 0.0 && !shows_zero(&text) { format!("+{text}") } else { text }
}

/// Whether no digit of a written number is above zero.
fn shows_zero(text: &str) -> bool {
    !text.bytes().any(|b| (b'1'..=b'9').contains(&b))
}

/// A plain number: `1.53`, `0.041`, `1,250`.
pub(crate) fn ratio(x: f64) -> String {
    let decimals = match x.abs() {
        s if s >= 100.0 => 0,
        s if s >= 10.0 => 1,
        s if s >= 0.1 => 2,
        _ => 3,
    };
    fixed(x, decimals)
}

/// A number with at most four digits that mean something, and no more decimals than it has: `12`, `0.95`, `0.01235`.
pub(crate) fn significant(x: f64) -> String {
    let size = x.abs();
    if !(size > 0.0 && size.is_finite()) || (size - size.round()).abs() <= size * 1e-12 {
        return fixed(x, 0);
    }
    let decimals = (3.0 - libm::floor(libm::log10(size))).clamp(0.0, 10.0) as usize;
    let text = fixed(x, decimals);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_string() } else { text }
}

/// A share as a percentage: `12.3%`, `0.42%`, `1,240%`.
pub(crate) fn percent(share: f64) -> String {
    let x = share * 100.0;
    let decimals = match x.abs() {
        s if s >= 1000.0 => 0,
        s if s >= 10.0 => 1,
        s if s >= 0.1 => 2,
        s if s >= 0.01 => 3,
        s if s >= 5e-7 => 4,
        _ => 2,
    };
    format!("{}%", fixed(x, decimals))
}

/// A change as a percentage, gains with a plus: `+12.3%`.
pub(crate) fn change(share: f64) -> String {
    signed(percent(share), share)
}

/// An amount of money: whole units from a thousand on, hundredths below, three digits for crumbs.
pub(crate) fn money(x: f64) -> String {
    let decimals = match x.abs() {
        s if s >= 1000.0 => 0,
        s if s >= 0.1 => 2,
        s if s >= 0.001 => 4,
        s if s >= 5e-9 => 8,
        _ => 2,
    };
    fixed(x, decimals)
}

/// Money won or lost, gains with a plus.
pub(crate) fn profit(x: f64) -> String {
    signed(money(x), x)
}

/// A whole number: `5,256,000`.
pub(crate) fn count(n: usize) -> String {
    fixed(n as f64, 0)
}

/// So many things, by the name of one or of several: `1 trade`, `1,200 trades`.
pub(crate) fn counted(n: usize, one: &str, several: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { several })
}

/// A number for an axis, short: `250`, `1.5k`, `20M`.
pub(crate) fn compact(x: f64, step: f64) -> String {
    let (scale, suffix) = match x.abs().max(step) {
        s if s >= 1e9 => (1e9, "B"),
        s if s >= 1e6 => (1e6, "M"),
        s if s >= 1e4 => (1e3, "k"),
        _ => (1.0, ""),
    };
    format!("{}{suffix}", fixed(x / scale, step_decimals(step / scale)))
}

/// The decimals that write every multiple of `step`, at most ten.
pub(crate) fn step_decimals(step: f64) -> usize {
    let mut scaled = step.abs();
    let mut decimals = 0;
    while decimals < 10 && (scaled - scaled.round()).abs() > 1e-6 * scaled.max(1e-3) {
        scaled *= 10.0;
        decimals += 1;
    }
    decimals
}

/// The first letters of a word, with an ellipsis where some are left out.
pub(crate) fn cut(word: &str, most: usize) -> String {
    if word.chars().count() <= most.max(2) {
        return word.to_string();
    }
    word.chars().take(most.max(2) - 1).chain(['…']).collect()
}

/// A length of time in its two largest units: `3d 4h`, `45m`, `2.1y`.
pub(crate) fn duration(seconds: f64) -> String {
    const MINUTE: f64 = 60.0;
    const HOUR: f64 = 3600.0;
    const DAY: f64 = 86_400.0;
    const YEAR: f64 = 365.25 * DAY;
    if !seconds.is_finite() {
        return ABSENT.to_string();
    }
    let size = seconds.abs();
    let two = |large: f64, a: &str, small: f64, b: &str| {
        let total = (size / small).round();
        let per = (large / small).round();
        let (whole, rest) = ((total / per).floor(), total % per);
        if rest > 0.0 { format!("{whole}{a} {rest}{b}") } else { format!("{whole}{a}") }
    };
    let text = match size {
        s if s >= 2.0 * YEAR => format!("{}y", fixed(s / YEAR, 1)),
        s if s >= 14.0 * DAY => format!("{}d", fixed(s / DAY, 0)),
        s if s >= DAY => two(DAY, "d", HOUR, "h"),
        s if s >= HOUR => two(HOUR, "h", MINUTE, "m"),
        s if s >= MINUTE => two(MINUTE, "m", 1.0, "s"),
        s if s >= 10.0 || s.fract().abs() < 1e-9 => format!("{}s", fixed(s, 0)),
        s => format!("{}s", fixed(s, 1)),
    };
    if seconds < 0.0 { format!("{MINUS}{text}") } else { text }
}

/// An instant no finer than needed: the date alone at midnight, else to the minute, else to the second.
pub(crate) fn instant(ts: Ts) -> String {
    let seconds = ts.time_of_day().0 / 1_000_000_000;
    let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (h, m, s) {
        (0, 0, 0) => ts.date().to_string(),
        (_, _, 0) => format!("{} {h:02}:{m:02}", ts.date()),
        _ => format!("{} {h:02}:{m:02}:{s:02}", ts.date()),
    }
}

/// A figure by its unit.
pub(crate) fn figure(figure: &Figure) -> String {
    figure.value.map_or(ABSENT.to_string(), |x| in_unit(x, figure.unit))
}

/// A value of that unit.
pub(crate) fn in_unit(x: f64, unit: Unit) -> String {
    match unit {
        Unit::Ratio => ratio(x),
        Unit::Percent => percent(x),
        Unit::Money => money(x),
        Unit::Count => fixed(x, 0),
        Unit::Duration => duration(x),
        Unit::Date if !x.is_finite() => ABSENT.to_string(),
        Unit::Date => Ts::from_seconds(x as i64).date().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cases: &[(String, &str)]) {
        for (written, expected) in cases {
            assert_eq!(written, expected);
        }
    }

    #[test]
    fn thousands_are_separated_and_zero_has_no_sign() {
        check(&[
            (fixed(1_234_567.891, 2), "1,234,567.89"),
            (fixed(-999.0, 0), "−999"),
            (fixed(-1000.0, 0), "−1,000"),
            (fixed(-0.001, 2), "0.00"),
            (fixed(0.0, 0), "0"),
            (fixed(f64::NAN, 2), "–"),
            (fixed(f64::INFINITY, 2), "–"),
        ]);
    }

    #[test]
    fn ratios_keep_about_three_digits() {
        check(&[
            (ratio(1.5312), "1.53"),
            (ratio(12.345), "12.3"),
            (ratio(1234.5), "1,234"),
            (ratio(0.0412), "0.041"),
            (ratio(-0.5), "−0.50"),
        ]);
    }

    #[test]
    fn values_of_parameters_are_no_longer_than_they_need_to_be() {
        check(&[
            (significant(12.0), "12"),
            (significant(0.95), "0.95"),
            (significant(0.012_345_6), "0.01235"),
            (significant(1234.56), "1,235"),
            (significant(-2.5), "−2.5"),
            (significant(0.0), "0"),
            (significant(0.1 + 0.2), "0.3"),
        ]);
    }

    #[test]
    fn percentages_have_one_or_two_decimals() {
        check(&[
            (percent(0.1234), "12.3%"),
            (percent(0.01234), "1.23%"),
            (percent(0.000123), "0.012%"),
            (percent(12.4), "1,240%"),
            (percent(0.0), "0.00%"),
            (change(0.5), "+50.0%"),
            (change(-0.5), "−50.0%"),
            (change(0.0), "0.00%"),
        ]);
    }

    #[test]
    fn money_is_whole_from_a_thousand_on() {
        check(&[
            (money(123_456.78), "123,457"),
            (money(12.345), "12.35"),
            (money(0.0123), "0.0123"),
            (profit(5.0), "+5.00"),
            (profit(-1500.4), "−1,500"),
        ]);
    }

    #[test]
    fn one_thing_is_named_alone() {
        check(&[
            (counted(0, "trade", "trades"), "0 trades"),
            (counted(1, "trade", "trades"), "1 trade"),
            (counted(1200, "trade", "trades"), "1,200 trades"),
        ]);
    }

    #[test]
    fn long_words_are_cut() {
        check(&[(cut("both", 4), "both"), (cut("längere", 4), "län…"), (cut("", 0), "")]);
    }

    #[test]
    fn durations_use_their_two_largest_units() {
        check(&[
            (duration(0.0), "0s"),
            (duration(2.5), "2.5s"),
            (duration(59.6), "60s"),
            (duration(90.0), "1m 30s"),
            (duration(3600.0), "1h"),
            (duration(7199.0), "2h"),
            (duration(100_000.0), "1d 4h"),
            (duration(86_400.0 * 40.0), "40d"),
            (duration(86_400.0 * 365.25 * 2.5), "2.5y"),
        ]);
    }

    #[test]
    fn instants_are_no_finer_than_they_need_to_be() {
        let at = |text: &str| instant(Ts::parse(text).expect(text));
        check(&[
            (at("2024-02-29"), "2024-02-29"),
            (at("2024-02-29T09:05"), "2024-02-29 09:05"),
            (at("2024-02-29T00:00:07"), "2024-02-29 00:00:07"),
        ]);
    }

    #[test]
    fn axis_numbers_are_short() {
        check(&[
            (compact(100_000.0, 20_000.0), "100k"),
            (compact(1_500_000.0, 500_000.0), "1.5M"),
            (compact(250.0, 50.0), "250"),
            (compact(0.0, 20_000.0), "0k"),
            (compact(0.25, 0.05), "0.25"),
        ]);
    }
}
