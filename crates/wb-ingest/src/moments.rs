//! From what a row says about its time to the end of its bar.

use wb_core::{CivilDate, Interval, Span, Ts, UtcOffsets};

use crate::request::Stamp;
use crate::timestamps::Moment;
use crate::zone::{Instant, instants};

/// Turns the times of rows into the ends of bars.
///
/// A local time that the clock shows twice (the hour in which it is turned back) is the earlier instant, unless
/// the row before is already there; then it is the later. One that the clock never shows is no time.
#[derive(Clone, Debug)]
pub(crate) struct BarTimes {
    pub(crate) interval: Interval,
    pub(crate) stamp: Stamp,
    pub(crate) zone: UtcOffsets,
    /// Midnights in UTC are dates of sessions, whatever the zone.
    pub(crate) session_dates: bool,
    last: Ts,
    twice: u64,
}

/// Why a row has no end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TimeFault {
    /// The text is no time.
    Unreadable,
    /// The clock never shows it.
    NeverShown,
}

impl BarTimes {
    pub(crate) fn new(interval: Interval, stamp: Stamp, zone: UtcOffsets) -> BarTimes {
        BarTimes { interval, stamp, zone, session_dates: false, last: Ts::MIN, twice: 0 }
    }

    /// The end of the bar; rows come in time order.
    pub(crate) fn end(&mut self, moment: Moment) -> Result<Ts, TimeFault> {
        let end = match moment {
            Moment::Unreadable => return Err(TimeFault::Unreadable),
            Moment::Instant(ns) if self.session_dates => self.end_of_date(ns.div_euclid(Span::DAY.0)),
            Moment::Instant(ns) => self.end_from(Ts(ns)),
            Moment::Date(days) => self.end_of_date(days),
            Moment::Local(ns) => self.end_of_local(ns)?,
        };
        let end = end.ok_or(TimeFault::Unreadable)?;
        self.last = end;
        Ok(end)
    }

    /// How many local times were shown twice.
    pub(crate) fn twice(&self) -> u64 {
        self.twice
    }

    fn end_of_local(&mut self, ns: i64) -> Result<Option<Ts>, TimeFault> {
        if matches!(self.interval, Interval::Days(_)) && ns.rem_euclid(Span::DAY.0) == 0 {
            return Ok(self.end_of_date(ns.div_euclid(Span::DAY.0)));
        }
        match instants(&self.zone, ns) {
            Instant::Once(ts) => Ok(self.end_from(ts)),
            Instant::Never => Err(TimeFault::NeverShown),
            Instant::Twice(first, second) => {
                self.twice += 1;
                let earlier = self.end_from(first);
                Ok(if earlier > Some(self.last) { earlier } else { self.end_from(second) })
            }
        }
    }

    /// The end of the bar that the date names: by its first day, or by its last.
    fn end_of_date(&mut self, days: i64) -> Option<Ts> {
        let day = |days| self.zone.start_of(CivilDate::from_days_since_epoch(days));
        match (self.interval, self.stamp) {
            (Interval::Days(n), Stamp::Open) => Some(day(days + i64::from(n))),
            (Interval::Days(_), Stamp::Close) => Some(day(days + 1)),
            (_, Stamp::Open) => day(days).0.checked_add(self.interval.span().0).map(Ts),
            (_, Stamp::Close) => Some(day(days)),
        }
    }

    fn end_from(&self, ts: Ts) -> Option<Ts> {
        match (self.stamp, self.interval) {
            (Stamp::Close, _) => Some(ts),
            (Stamp::Open, Interval::Days(n)) => {
                let day = self.zone.date(ts).days_since_epoch() + i64::from(n);
                Some(self.zone.start_of(CivilDate::from_days_since_epoch(day)))
            }
            (Stamp::Open, interval) => ts.0.checked_add(interval.span().0).map(Ts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timestamps::{DateOrder, TimeFormat};
    use crate::zone::utc_offsets;

    fn check(interval: &str, stamp: Stamp, zone: &str, rows: &[(&str, &str)]) {
        let interval = Interval::parse(interval).expect("an interval");
        let mut times = BarTimes::new(interval, stamp, utc_offsets(zone).expect(zone));
        for (text, expected) in rows {
            let moment = TimeFormat::Text(DateOrder::YearMonthDay).parse(text);
            let said = times.end(moment).map_or_else(|fault| format!("{fault:?}"), |ts| ts.to_string());
            assert_eq!(said, *expected, "{text} {interval} {stamp:?} {zone}");
        }
    }

    #[test]
    fn a_bar_is_stamped_at_its_end_whichever_end_the_file_gives() {
        check("1m", Stamp::Open, "UTC", &[("2023-08-01 00:00", "2023-08-01T00:01:00Z")]);
        check("1m", Stamp::Close, "UTC", &[("2023-08-01 00:01", "2023-08-01T00:01:00Z")]);
        check("1h", Stamp::Open, "America/New_York", &[("2023-08-01 09:00", "2023-08-01T14:00:00Z")]);
        check("1h", Stamp::Open, "America/New_York", &[("2023-08-01 09:00Z", "2023-08-01T10:00:00Z")]);
    }

    #[test]
    fn a_date_is_a_session_that_ends_at_the_next_local_midnight() {
        check("1d", Stamp::Open, "UTC", &[("2023-08-01", "2023-08-02T00:00:00Z")]);
        check("1d", Stamp::Close, "UTC", &[("2023-08-01", "2023-08-02T00:00:00Z")]);
        check(
            "1d",
            Stamp::Open,
            "America/New_York",
            &[("2024-03-09", "2024-03-10T05:00:00Z"), ("2024-03-10 00:00", "2024-03-11T04:00:00Z")],
        );
        // A week that is labelled by its last day, and one by its first.
        check("7d", Stamp::Close, "UTC", &[("2006-01-06", "2006-01-07T00:00:00Z")]);
        check("7d", Stamp::Open, "UTC", &[("2006-01-02", "2006-01-09T00:00:00Z")]);
    }

    #[test]
    fn the_hour_that_comes_twice_is_read_twice_and_the_one_that_never_comes_not_at_all() {
        check(
            "30m",
            Stamp::Open,
            "America/New_York",
            &[
                ("2024-11-03 01:00", "2024-11-03T05:30:00Z"),
                ("2024-11-03 01:30", "2024-11-03T06:00:00Z"),
                ("2024-11-03 01:00", "2024-11-03T06:30:00Z"),
                ("2024-11-03 01:30", "2024-11-03T07:00:00Z"),
                ("2024-11-03 02:00", "2024-11-03T07:30:00Z"),
            ],
        );
        check("30m", Stamp::Open, "America/New_York", &[("2024-03-10 02:30", "NeverShown")]);
        check("1m", Stamp::Open, "UTC", &[("yesterday", "Unreadable")]);
    }
}
