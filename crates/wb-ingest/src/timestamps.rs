//! Texts of times, in the many ways in which files write them.

use wb_core::{CivilDate, Ts};

use crate::scan::Scan;

const NS_PER_SECOND: i64 = 1_000_000_000;

/// What the text of a time says by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Moment {
    /// An instant: it counts from the epoch or names its offset from UTC. Nanoseconds since the epoch.
    Instant(i64),
    /// The time on a clock that is not named. Nanoseconds since 1970-01-01T00:00 by that clock.
    Local(i64),
    /// A date without a time of day. Days since 1970-01-01.
    Date(i64),
    /// Not a time in this format.
    Unreadable,
}

/// How the times of a file are written. One format holds for a whole file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TimeFormat {
    /// A whole number since the epoch: seconds, milli-, micro- or nanoseconds, told apart by size.
    Epoch,
    /// Seconds since the epoch with a decimal point.
    EpochSeconds,
    /// Milliseconds since midnight of a date that the file's name gives.
    MillisecondsOf(CivilDate),
    /// A date, with or without a time of day.
    Text(DateOrder),
}

/// The order of the parts of a date.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum DateOrder {
    /// `2023-08-01`, `2023/8/1`, `2023.08.01`, `20230801`.
    YearMonthDay,
    /// `8/1/2023`.
    MonthDayYear,
    /// `1/8/2023`, `01.08.2023`.
    DayMonthYear,
    /// `1-Aug-23`, `01 Aug 2023`.
    DayMonthName,
}

impl TimeFormat {
    /// The format in which these texts are times, or the two that read equally many. A format must read nine
    /// in ten: the others are then bad rows, not another format.
    pub(crate) fn candidates<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> Vec<TimeFormat> {
        use DateOrder::{DayMonthName, DayMonthYear, MonthDayYear, YearMonthDay};
        let all = texts.clone().count();
        let reads = |format: TimeFormat| {
            let n = texts.clone().filter(|text| format.parse(text) != Moment::Unreadable).count();
            if n > 0 && n * 10 >= all * 9 { n } else { 0 }
        };
        // A whole number that is a date in all rows is a date: as a count since the epoch it would have to
        // look like one by accident each time.
        let sure = [
            TimeFormat::Text(YearMonthDay),
            TimeFormat::Epoch,
            TimeFormat::EpochSeconds,
            TimeFormat::Text(DayMonthName),
        ];
        if let Some(format) = sure.into_iter().find(|format| reads(*format) > 0) {
            return vec![format];
        }
        let either = [MonthDayYear, DayMonthYear].map(TimeFormat::Text);
        let most = either.map(reads).into_iter().max().unwrap_or(0);
        either.into_iter().filter(|format| most > 0 && reads(*format) == most).collect()
    }

    /// The text as this format reads it.
    pub(crate) fn parse(self, text: &str) -> Moment {
        let text = text.trim();
        let read = match self {
            TimeFormat::Epoch => text.parse().ok().and_then(epoch_ns).map(Moment::Instant),
            TimeFormat::EpochSeconds => epoch_seconds(text).map(Moment::Instant),
            TimeFormat::MillisecondsOf(date) => {
                text.parse().ok().and_then(|ms| milliseconds_of(date, ms)).map(Moment::Local)
            }
            TimeFormat::Text(order) => date_and_clock(order, text),
        };
        read.unwrap_or(Moment::Unreadable)
    }

    /// The format in words, for reports.
    pub(crate) fn describe(self) -> &'static str {
        match self {
            TimeFormat::Epoch => "whole numbers since the epoch, unit by size",
            TimeFormat::EpochSeconds => "decimal seconds since the epoch",
            TimeFormat::MillisecondsOf(_) => "milliseconds of the day in the file's name",
            TimeFormat::Text(DateOrder::YearMonthDay) => "year month day",
            TimeFormat::Text(DateOrder::MonthDayYear) => "month/day/year",
            TimeFormat::Text(DateOrder::DayMonthYear) => "day/month/year",
            TimeFormat::Text(DateOrder::DayMonthName) => "day-month name-year",
        }
    }
}

/// Nanoseconds since the epoch of a count whose unit its size tells: up to 1e11 seconds (the year 5138), up to
/// 1e14 milliseconds, up to 1e17 microseconds, above nanoseconds.
pub(crate) fn epoch_ns(count: i64) -> Option<i64> {
    let factor = match count.unsigned_abs() {
        0..100_000_000_000 => NS_PER_SECOND,
        100_000_000_000..100_000_000_000_000 => 1_000_000,
        100_000_000_000_000..100_000_000_000_000_000 => 1_000,
        _ => 1,
    };
    count.checked_mul(factor)
}

/// The local time so many milliseconds after midnight of `date`, if it is still that day.
pub(crate) fn milliseconds_of(date: CivilDate, ms: i64) -> Option<i64> {
    (0..86_400_000).contains(&ms).then(|| Ts::from_date(date).0 + ms * 1_000_000)
}

fn epoch_seconds(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.')?;
    let digits = fraction.trim_end_matches('0');
    if digits.len() > 9 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let ns = epoch_ns(whole.parse().ok()?)?;
    // Digits after the point are parts of a second only if the whole counts seconds.
    match (digits.is_empty(), whole.len() <= 11) {
        (true, _) => Some(ns),
        (false, true) => ns.checked_add(format!("{digits:0<9}").parse().ok()?),
        (false, false) => None,
    }
}

fn date_and_clock(order: DateOrder, text: &str) -> Option<Moment> {
    let mut scan = Scan::new(text);
    let days = scan.date(order)?;
    if scan.is_empty() {
        return Some(Moment::Date(days));
    }
    scan.one_of(b" Tt_");
    scan.skip_blanks();
    let of_day = scan.clock()?;
    let local = Ts::from_date(CivilDate::from_days_since_epoch(days)).0.checked_add(of_day)?;
    scan.skip_blanks();
    if scan.is_empty() {
        return Some(Moment::Local(local));
    }
    let offset = scan.offset()?;
    scan.is_empty().then(|| Moment::Instant(local - offset))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the only format that reads the text makes of it: `instant`, `local` or `date` and the time.
    fn check(text: &str, expected: &str) {
        let formats = TimeFormat::candidates([text].into_iter());
        let said = match formats.as_slice() {
            [format] => match format.parse(text) {
                Moment::Instant(ns) => format!("instant {}", Ts(ns)),
                Moment::Local(ns) => format!("local {}", Ts(ns)),
                Moment::Date(days) => format!("date {}", CivilDate::from_days_since_epoch(days)),
                Moment::Unreadable => "unreadable".to_string(),
            },
            several => format!("{} formats", several.len()),
        };
        assert_eq!(said, expected, "{text}");
    }

    #[test]
    fn counts_since_the_epoch_are_told_apart_by_size() {
        check("1690848000", "instant 2023-08-01T00:00:00Z");
        check("1690848000000", "instant 2023-08-01T00:00:00Z");
        check("1690848000000000", "instant 2023-08-01T00:00:00Z");
        check("1690848000000000001", "instant 2023-08-01T00:00:00.000000001Z");
        check("1690848000.0", "instant 2023-08-01T00:00:00Z");
        check("1690848000.25", "instant 2023-08-01T00:00:00.25Z");
        check("1690848000000.0", "instant 2023-08-01T00:00:00Z");
    }

    #[test]
    fn dates_and_times_are_read_as_files_write_them() {
        check("2023-08-01", "date 2023-08-01");
        check("20230801", "date 2023-08-01");
        check("2023-08-01T12:30:00Z", "instant 2023-08-01T12:30:00Z");
        check("2023-03-01 00:01:00+00:00", "instant 2023-03-01T00:01:00Z");
        check("2023-03-01 00:01:00.000000 -05:00", "instant 2023-03-01T05:01:00Z");
        check("2021-12-31 23:01:00.000000", "local 2021-12-31T23:01:00Z");
        check("19980102 09:00", "local 1998-01-02T09:00:00Z");
        check("20110103 090100", "local 2011-01-03T09:01:00Z");
        check("20200101 170000065", "local 2020-01-01T17:00:00.065Z");
        check("20230801123000", "local 2023-08-01T12:30:00Z");
        check("30-Dec-10", "date 2010-12-30");
        check("30-Dec-1998 16:00", "local 1998-12-30T16:00:00Z");
        check("2019-10-17 09-AM", "local 2019-10-17T09:00:00Z");
        check("2019-10-17 12-AM", "local 2019-10-17T00:00:00Z");
        check("2019-10-17 12:30:15 PM", "local 2019-10-17T12:30:15Z");
        check("1/13/1994", "date 1994-01-13");
        check("13/1/1994 9:05 pm", "local 1994-01-13T21:05:00Z");
        check("2012.11.15 14:00", "local 2012-11-15T14:00:00Z");
        check("2023/8/1 7:05", "local 2023-08-01T07:05:00Z");
    }

    #[test]
    fn a_day_and_month_that_could_be_either_are_left_open() {
        check("1/3/1994", "2 formats");
        let texts = ["1/3/1994", "1/31/1994"];
        let formats = TimeFormat::candidates(texts.into_iter());
        assert_eq!(formats, [TimeFormat::Text(DateOrder::MonthDayYear)]);
    }

    #[test]
    fn what_is_no_time_is_not_read() {
        for text in [
            "",
            "yesterday",
            "2023-02-29",
            "2023-13-01",
            "2023-08-01 25:00",
            "2023-08-01 13:00 PM",
            "2023-08-01 09",
            "2023-08-01 12:60",
            "32-Dec-10",
            "NaN",
            "1.5e9",
            "2023-08-01 12:00 Mars",
        ] {
            check(text, "0 formats");
        }
    }

    #[test]
    fn milliseconds_count_from_the_date_of_the_file() {
        let format = TimeFormat::MillisecondsOf(CivilDate { year: 2013, month: 10, day: 7 });
        let local = Ts::parse("2013-10-07T04:01").expect("a time");
        assert_eq!(format.parse("14460000"), Moment::Local(local.0));
        assert_eq!(format.parse("86400000"), Moment::Unreadable);
    }
}
