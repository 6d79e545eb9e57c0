//! Reads the parts of a time's text: date, clock, offset from UTC.

use wb_core::CivilDate;

use crate::timestamps::DateOrder;

const NS_PER_SECOND: i64 = 1_000_000_000;

/// What is left to read of a time's text.
pub(crate) struct Scan<'a> {
    rest: &'a [u8],
}

impl<'a> Scan<'a> {
    pub(crate) fn new(text: &'a str) -> Scan<'a> {
        Scan { rest: text.as_bytes() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn skip_blanks(&mut self) {
        while let [b' ', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    /// Takes the byte if it is one of these.
    pub(crate) fn one_of(&mut self, bytes: &[u8]) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        bytes.contains(first).then(|| {
            self.rest = rest;
            *first
        })
    }

    /// Takes a run of digits of an allowed length: its value and length.
    fn digits(&mut self, length: std::ops::RangeInclusive<usize>) -> Option<(i64, usize)> {
        let n = self.rest.iter().take(*length.end()).take_while(|b| b.is_ascii_digit()).count();
        if n < *length.start() {
            return None;
        }
        let value = self.rest[..n].iter().fold(0, |v, b| v * 10 + i64::from(b - b'0'));
        self.rest = &self.rest[n..];
        Some((value, n))
    }

    fn number(&mut self, length: std::ops::RangeInclusive<usize>) -> Option<i64> {
        self.digits(length).map(|(value, _)| value)
    }

    /// A date: days since the epoch.
    pub(crate) fn date(&mut self, order: DateOrder) -> Option<i64> {
        let (year, month, day) = match order {
            DateOrder::YearMonthDay => {
                let year = self.number(4..=4)?;
                match self.one_of(b"-/.") {
                    Some(mark) => {
                        let month = self.number(1..=2)?;
                        self.one_of(&[mark])?;
                        (year, month, self.number(1..=2)?)
                    }
                    None => (year, self.number(2..=2)?, self.number(2..=2)?),
                }
            }
            DateOrder::MonthDayYear | DateOrder::DayMonthYear => {
                let first = self.number(1..=2)?;
                let mark = self.one_of(b"/-.")?;
                let second = self.number(1..=2)?;
                self.one_of(&[mark])?;
                let year = self.year()?;
                if order == DateOrder::MonthDayYear { (year, first, second) } else { (year, second, first) }
            }
            DateOrder::DayMonthName => {
                let day = self.number(1..=2)?;
                let mark = self.one_of(b"-/ ")?;
                let month = self.month_name()?;
                self.one_of(&[mark])?;
                (self.year()?, month, day)
            }
        };
        let date = CivilDate {
            year: i32::try_from(year).ok()?,
            month: u8::try_from(month).ok().filter(|m| (1..=12).contains(m))?,
            day: u8::try_from(day).ok().filter(|d| (1..=31).contains(d))?,
        };
        let days = date.days_since_epoch();
        // The 31st of a month that has 30 days comes back as the next month's first.
        let exists = CivilDate::from_days_since_epoch(days) == date && (1678..2262).contains(&date.year);
        exists.then_some(days)
    }

    /// A year of four digits, or of two: 70 to 99 are of the last century, as POSIX `strptime` has it.
    fn year(&mut self) -> Option<i64> {
        match self.digits(2..=4)? {
            (year, 4) => Some(year),
            (year, 2) => Some(if year < 70 { 2000 + year } else { 1900 + year }),
            _ => None,
        }
    }

    fn month_name(&mut self) -> Option<i64> {
        const NAMES: [&[u8; 3]; 12] =
            [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];
        let (name, rest) = self.rest.split_at_checked(3)?;
        let month = NAMES.iter().position(|known| known.eq_ignore_ascii_case(name))?;
        self.rest = rest;
        Some(month as i64 + 1)
    }

    /// A time of day in nanoseconds: `9:30`, `09:30:00.5`, `0930`, `093000`, `093000500`, `9 PM`, `09-AM`.
    pub(crate) fn clock(&mut self) -> Option<i64> {
        let (value, n) = self.digits(1..=9)?;
        let (hour, minute, second, mut ns) = match n {
            1 | 2 => self.clock_after_hour(value)?,
            3 | 4 => (value / 100, value % 100, 0, 0),
            5 | 6 => (value / 10_000, value / 100 % 100, value % 100, 0),
            9 => {
                let ms = value % 1000;
                (value / 10_000_000, value / 100_000 % 100, value / 1000 % 100, ms * 1_000_000)
            }
            _ => return None,
        };
        if n <= 6 && matches!(self.rest.first(), Some(b'.' | b',')) {
            self.rest = &self.rest[1..];
            let (fraction, digits) = self.digits(1..=9)?;
            ns = fraction * 10_i64.pow(9 - digits as u32);
        }
        let hour = self.half_of_day(hour)?;
        let possible = (0..24).contains(&hour) && minute < 60 && second < 60;
        possible.then(|| (hour * 3600 + minute * 60 + second) * NS_PER_SECOND + ns)
    }

    fn clock_after_hour(&mut self, hour: i64) -> Option<(i64, i64, i64, i64)> {
        if self.one_of(b":").is_none() {
            // An hour alone must say which half of the day it is in; a bare number could be anything.
            let half = matches!(
                self.rest,
                [b' ' | b'-', b'a' | b'A' | b'p' | b'P', ..] | [b'a' | b'A' | b'p' | b'P', ..]
            );
            return half.then_some((hour, 0, 0, 0));
        }
        let minute = self.number(2..=2)?;
        let second = if self.one_of(b":").is_some() { self.number(2..=2)? } else { 0 };
        Some((hour, minute, second, 0))
    }

    /// Turns an hour of a 12-hour clock into one of 24 where AM or PM follows. Twelve comes before one.
    fn half_of_day(&mut self, hour: i64) -> Option<i64> {
        let text = match self.rest {
            [b' ' | b'-', rest @ ..] => rest,
            rest => rest,
        };
        let afternoon = match text {
            [b'a' | b'A', b'm' | b'M', ..] => 0,
            [b'p' | b'P', b'm' | b'M', ..] => 12,
            _ => return Some(hour),
        };
        self.rest = &text[2..];
        (1..=12).contains(&hour).then_some(hour % 12 + afternoon)
    }

    /// An offset from UTC in nanoseconds: `Z`, `UTC`, `+05:30`, `-0500`, `+00`.
    pub(crate) fn offset(&mut self) -> Option<i64> {
        for zero in [b"Z".as_slice(), b"z", b"UTC", b"GMT"] {
            if self.rest == zero {
                self.rest = &[];
                return Some(0);
            }
        }
        let sign = if self.one_of(b"+-")? == b'-' { -1 } else { 1 };
        let hours = self.number(2..=2)?;
        self.one_of(b":");
        let minutes = if self.rest.is_empty() { 0 } else { self.number(2..=2)? };
        (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60) * NS_PER_SECOND)
    }
}
