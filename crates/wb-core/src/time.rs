//! Instants, spans and bar intervals, in integers.

use std::fmt;
use std::ops::{Add, Sub};
use std::sync::Arc;

const NS_PER_SECOND: i64 = 1_000_000_000;
const NS_PER_DAY: i64 = 86_400 * NS_PER_SECOND;

/// An instant: nanoseconds since the Unix epoch, UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Ts(pub i64);

/// A length of time in nanoseconds; may be negative.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Span(pub i64);

impl Ts {
    /// The earliest instant that can be written.
    pub const MIN: Ts = Ts(i64::MIN);
    /// The latest instant that can be written.
    pub const MAX: Ts = Ts(i64::MAX);

    /// The instant `seconds` after the epoch.
    pub const fn from_seconds(seconds: i64) -> Ts {
        Ts(seconds * NS_PER_SECOND)
    }

    /// Midnight UTC at the start of `date`.
    pub fn from_date(date: CivilDate) -> Ts {
        Ts(date.days_since_epoch() * NS_PER_DAY)
    }

    /// The UTC date this instant falls on.
    pub fn date(self) -> CivilDate {
        CivilDate::from_days_since_epoch(self.0.div_euclid(NS_PER_DAY))
    }

    /// Nanoseconds since midnight UTC, in `0..86_400_000_000_000`.
    pub fn time_of_day(self) -> Span {
        Span(self.0.rem_euclid(NS_PER_DAY))
    }

    /// Reads `2023-08-01`, `2023-08-01T12:30:00Z`, `2023-08-01 12:30` (UTC; fractions to the nanosecond).
    /// Returns `None` for anything else.
    pub fn parse(text: &str) -> Option<Ts> {
        let (date, rest) = match text.find(['T', ' ']) {
            Some(at) => (&text[..at], Some(text[at + 1..].trim_end_matches('Z'))),
            None => (text, None),
        };
        let midnight = Ts::from_date(CivilDate::parse(date)?);
        let Some(clock) = rest else { return Some(midnight) };
        let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
        let mut parts = clock.split(':').map(|p| if p.len() == 2 { p.parse::<i64>().ok() } else { None });
        let (h, m) = (parts.next()??, parts.next()??);
        let s = parts.next().unwrap_or(Some(0))?;
        let digits_only = fraction.bytes().all(|b| b.is_ascii_digit());
        if h > 23 || m > 59 || s > 59 || parts.next().is_some() || fraction.len() > 9 || !digits_only {
            return None;
        }
        let ns = if fraction.is_empty() { 0 } else { format!("{fraction:0<9}").parse::<i64>().ok()? };
        Some(Ts(midnight.0 + (h * 3600 + m * 60 + s) * NS_PER_SECOND + ns))
    }
}

/// RFC 3339 in UTC; the fraction only where there is one: `2023-08-01T12:30:00Z`.
impl fmt::Display for Ts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of_day = self.time_of_day().0;
        let (seconds, ns) = (of_day / NS_PER_SECOND, of_day % NS_PER_SECOND);
        write!(f, "{}T{:02}:{:02}:{:02}", self.date(), seconds / 3600, seconds / 60 % 60, seconds % 60)?;
        if ns != 0 {
            let digits = format!("{ns:09}");
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        f.write_str("Z")
    }
}

impl Add<Span> for Ts {
    type Output = Ts;
    fn add(self, span: Span) -> Ts {
        Ts(self.0 + span.0)
    }
}

impl Sub<Span> for Ts {
    type Output = Ts;
    fn sub(self, span: Span) -> Ts {
        Ts(self.0 - span.0)
    }
}

impl Sub for Ts {
    type Output = Span;
    fn sub(self, other: Ts) -> Span {
        Span(self.0 - other.0)
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Span = Span(0);
    /// Twenty-four hours.
    pub const DAY: Span = Span(NS_PER_DAY);

    /// `seconds` as a span.
    pub const fn from_seconds(seconds: i64) -> Span {
        Span(seconds * NS_PER_SECOND)
    }

    /// The span in seconds, with its fraction.
    pub fn as_seconds_f64(self) -> f64 {
        self.0 as f64 / NS_PER_SECOND as f64
    }

    /// Reads an integer with a unit: `250us`, `5ms`, `30s`, `1m`, `4h`, `2d`, `1w`. `None` for anything else.
    pub fn parse(text: &str) -> Option<Span> {
        let split = text.find(|c: char| !c.is_ascii_digit())?;
        let (number, unit) = text.split_at(split);
        let ns = match unit {
            "ns" => 1,
            "us" => 1_000,
            "ms" => 1_000_000,
            "s" => NS_PER_SECOND,
            "m" => 60 * NS_PER_SECOND,
            "h" => 3600 * NS_PER_SECOND,
            "d" => NS_PER_DAY,
            "w" => 7 * NS_PER_DAY,
            _ => return None,
        };
        number.parse::<i64>().ok()?.checked_mul(ns).map(Span)
    }
}

/// The text that [`Span::parse`] reads, in the largest unit that divides it.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units =
            [(NS_PER_DAY, "d"), (3600 * NS_PER_SECOND, "h"), (60 * NS_PER_SECOND, "m"), (NS_PER_SECOND, "s")];
        let small = [(1_000_000, "ms"), (1_000, "us"), (1, "ns")];
        let (size, unit) = units
            .into_iter()
            .chain(small)
            .find(|(size, _)| self.0 % size == 0 && (self.0 != 0 || *size == 1_000_000))
            .unwrap_or((1, "ns"));
        write!(f, "{}{unit}", self.0 / size)
    }
}

/// The length of a bar.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Interval {
    /// So many seconds, aligned to the epoch.
    Seconds(u32),
    /// So many minutes, aligned to the epoch.
    Minutes(u32),
    /// So many calendar days, which begin at midnight of the instrument's zone.
    Days(u32),
}

impl Interval {
    /// The nominal length. A calendar day counts 24 hours, also where the clock changes.
    pub fn span(self) -> Span {
        match self {
            Interval::Seconds(n) => Span::from_seconds(i64::from(n)),
            Interval::Minutes(n) => Span::from_seconds(60 * i64::from(n)),
            Interval::Days(n) => Span(NS_PER_DAY * i64::from(n)),
        }
    }

    /// Reads `30s`, `1m`, `5m`, `1h`, `4h`, `1d`, `1w`; one spelling per length, so `60s` is read as `1m`.
    /// `None` for anything else, and for zero.
    pub fn parse(text: &str) -> Option<Interval> {
        let span = Span::parse(text)?.0;
        let whole =
            |unit: i64| (span > 0 && span % unit == 0).then(|| u32::try_from(span / unit).ok()).flatten();
        if let Some(days) = whole(NS_PER_DAY) {
            Some(Interval::Days(days))
        } else if let Some(minutes) = whole(60 * NS_PER_SECOND) {
            Some(Interval::Minutes(minutes))
        } else {
            whole(NS_PER_SECOND).map(Interval::Seconds)
        }
    }
}

impl PartialOrd for Interval {
    fn partial_cmp(&self, other: &Interval) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Interval {
    fn cmp(&self, other: &Interval) -> std::cmp::Ordering {
        self.span().cmp(&other.span())
    }
}

/// `1m`, `4h`, `1d`: what [`Interval::parse`] reads.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Interval::Seconds(n) => write!(f, "{n}s"),
            Interval::Minutes(n) if n % 60 == 0 => write!(f, "{}h", n / 60),
            Interval::Minutes(n) => write!(f, "{n}m"),
            Interval::Days(n) => write!(f, "{n}d"),
        }
    }
}

/// A date of the proleptic Gregorian calendar.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CivilDate {
    /// Year, astronomical numbering.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, from 1.
    pub day: u8,
}

impl CivilDate {
    /// Days from 1970-01-01 to this date. Method: H. Hinnant, "chrono-compatible low-level date algorithms".
    pub fn days_since_epoch(self) -> i64 {
        let month = i64::from(self.month);
        let year = i64::from(self.year) - i64::from(month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + i64::from(self.day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }

    /// The date so many days after 1970-01-01. Inverse of [`CivilDate::days_since_epoch`].
    pub fn from_days_since_epoch(days: i64) -> CivilDate {
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        CivilDate {
            year: (year_of_era + era * 400 + i64::from(month <= 2)) as i32,
            month: month as u8,
            day: (day_of_year - (153 * shifted_month + 2) / 5 + 1) as u8,
        }
    }

    /// Days since Monday: 0 is Monday, 6 is Sunday.
    pub fn weekday(self) -> u8 {
        (self.days_since_epoch() + 3).rem_euclid(7) as u8
    }

    /// Reads `yyyy-mm-dd`; `None` where that is not a date.
    pub fn parse(text: &str) -> Option<CivilDate> {
        let mut parts = text.split('-');
        let (y, m, d) = (parts.next()?, parts.next()?, parts.next()?);
        let well_formed = y.len() == 4 && m.len() == 2 && d.len() == 2 && parts.next().is_none();
        let digits = [y, m, d].iter().all(|p| p.bytes().all(|b| b.is_ascii_digit()));
        if !well_formed || !digits {
            return None;
        }
        let date = CivilDate { year: y.parse().ok()?, month: m.parse().ok()?, day: d.parse().ok()? };
        (1..=12)
            .contains(&date.month)
            .then_some(date)
            .filter(|date| CivilDate::from_days_since_epoch(date.days_since_epoch()) == *date)
    }
}

impl fmt::Display for CivilDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// A time zone as data: how far local time is ahead of UTC, and from when on.
///
/// Made at the edge from a time zone database, so that pure code can cut days without one. The default is UTC.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct UtcOffsets {
    /// (from this instant on, local minus UTC), ascending; before the first entry the offset is zero.
    steps: Arc<[(Ts, Span)]>,
}

impl UtcOffsets {
    /// Offsets that hold from the given instants on.
    ///
    /// # Panics
    /// If the instants are not strictly ascending.
    pub fn new(steps: impl Into<Arc<[(Ts, Span)]>>) -> UtcOffsets {
        let steps = steps.into();
        assert!(steps.windows(2).all(|w| w[0].0 < w[1].0), "offsets must be in time order");
        UtcOffsets { steps }
    }

    /// What [`UtcOffsets::new`] takes: from which instant on local time is how far ahead of UTC.
    pub fn steps(&self) -> &[(Ts, Span)] {
        &self.steps
    }

    /// Local minus UTC at `ts`.
    pub fn at(&self, ts: Ts) -> Span {
        match self.steps.partition_point(|(from, _)| *from <= ts) {
            0 => Span::ZERO,
            n => self.steps[n - 1].1,
        }
    }

    /// The local date at `ts`.
    pub fn date(&self, ts: Ts) -> CivilDate {
        (ts + self.at(ts)).date()
    }

    /// The local date of the last instant before `end`, to which a bar that ends there belongs: at midnight the day
    /// before.
    pub fn last_date(&self, end: Ts) -> CivilDate {
        self.date(end - Span(1))
    }

    /// The instant at which the local date begins (its first midnight).
    pub fn start_of(&self, date: CivilDate) -> Ts {
        let local = Ts::from_date(date);
        // The offset in force at local midnight is that of an instant at most one day away from it.
        let guess = local - self.at(local);
        local - self.at(guess)
    }

    /// The instant at which the local date ends: the midnight at which the next begins.
    pub fn end_of(&self, date: CivilDate) -> Ts {
        self.start_of(CivilDate::from_days_since_epoch(date.days_since_epoch() + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_days_are_inverse_over_eight_centuries() {
        for days in -150_000..150_000 {
            let date = CivilDate::from_days_since_epoch(days);
            assert_eq!(date.days_since_epoch(), days, "{date}");
        }
        assert_eq!(CivilDate { year: 2000, month: 3, day: 1 }.days_since_epoch(), 11_017);
        assert_eq!(CivilDate { year: 2026, month: 11, day: 21 }.weekday(), 5);
    }

    #[test]
    fn timestamps_are_read_and_written_alike() {
        for text in ["2023-08-01T00:00:00Z", "1969-12-31T23:59:59.5Z", "2024-02-29T12:30:00.000000001Z"] {
            assert_eq!(Ts::parse(text).expect(text).to_string(), text);
        }
        assert_eq!(Ts::parse("2023-08-01"), Ts::parse("2023-08-01 00:00"));
        for bad in
            ["2023-02-29", "2023-13-01", "2023-8-1", "2023-08-01T25:00", "yesterday", "", "2023-08-01T1:00"]
        {
            assert_eq!(Ts::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn intervals_have_one_spelling_per_length() {
        for text in ["1s", "30s", "1m", "90m", "1h", "4h", "1d", "7d"] {
            assert_eq!(Interval::parse(text).expect(text).to_string(), text);
        }
        assert_eq!(Interval::parse("60s"), Some(Interval::Minutes(1)));
        assert_eq!(Interval::parse("24h"), Some(Interval::Days(1)));
        assert_eq!(Interval::parse("0m"), None);
        assert_eq!(Interval::parse("5ms"), None);
        assert_eq!(Span::parse("0ms").map(|s| s.to_string()), Some("0ms".to_string()));
    }

    #[test]
    fn a_day_that_changes_the_clock_begins_at_its_local_midnight() {
        // New York, spring 2024: UTC-5 until 2024-03-10 07:00 UTC, UTC-4 after.
        let hours = |h: i64| Span::from_seconds(3600 * h);
        let change = Ts::parse("2024-03-10T07:00:00Z").expect("a date");
        let zone = UtcOffsets::new(vec![(Ts::MIN, hours(-5)), (change, hours(-4))]);
        let day = |d| CivilDate { year: 2024, month: 3, day: d };
        assert_eq!(zone.start_of(day(10)).to_string(), "2024-03-10T05:00:00Z");
        assert_eq!(zone.start_of(day(11)).to_string(), "2024-03-11T04:00:00Z");
        assert_eq!(zone.date(zone.start_of(day(11))), day(11));
        assert_eq!(zone.date(zone.start_of(day(11)) - Span(1)), day(10));
    }

    #[test]
    fn what_ends_at_local_midnight_belongs_to_the_day_before() {
        let zone = UtcOffsets::new(vec![(Ts::MIN, Span::from_seconds(-5 * 3600))]);
        let day = |d| CivilDate { year: 2024, month: 2, day: d };
        let midnight = zone.end_of(day(28));
        assert_eq!(midnight.to_string(), "2024-02-29T05:00:00Z");
        assert_eq!((zone.last_date(midnight), zone.date(midnight)), (day(28), day(29)));
        assert_eq!(zone.last_date(midnight + Span(1)), day(29));
    }
}
