//! Which calendar an instrument has, as far as rows and names tell.

use wb_core::{BarColumns, Calendar, Interval, Ts, UtcOffsets};

use crate::layout::Layout;
use crate::request::{CalendarChoice, ImportRequest};

/// Venues that never close.
const ALWAYS_OPEN: [&str; 24] = [
    "binance",
    "binanceus",
    "binance_us",
    "binance-us",
    "bitfinex",
    "bitget",
    "bitmex",
    "bitstamp",
    "bybit",
    "coinbase",
    "cryptocom",
    "deribit",
    "dydx",
    "ftx",
    "gate",
    "gemini",
    "huobi",
    "hyperliquid",
    "kraken",
    "kucoin",
    "mexc",
    "mtgox",
    "okx",
    "poloniex",
];

/// Trading days a year where there are sessions: those of US shares, near those of most exchanges.
const SESSION_DAYS: f64 = 252.0;

/// Trading seconds a day that are assumed where bars of a day cannot tell: 9:30 to 16:00, as for US shares.
const SESSION_SECONDS: f64 = 23_400.0;

/// Finds the calendar of an imported series.
pub(crate) struct CalendarFinder {
    choice: CalendarChoice,
    zone_name: String,
    /// Whether the venue never closes and how that is known; `None` where the rows must tell.
    said: Option<(bool, &'static str)>,
    days: DayCounter,
}

impl CalendarFinder {
    /// Begins with what the request, the venue's name and the format say.
    pub(crate) fn new(request: &ImportRequest, first: &Layout) -> CalendarFinder {
        let said = match request.calendar {
            CalendarChoice::AlwaysOpen => Some((true, "as given")),
            CalendarChoice::Sessions { .. } => Some((false, "as given")),
            CalendarChoice::Inferred if ALWAYS_OPEN.contains(&request.venue.as_str()) => {
                Some((true, "a known venue"))
            }
            CalendarChoice::Inferred if first.facts.always_open => {
                Some((true, "as the venues of this format are"))
            }
            CalendarChoice::Inferred => None,
        };
        CalendarFinder {
            choice: request.calendar,
            zone_name: first.zone_name.clone(),
            said,
            days: DayCounter::new(request.interval, first.times.zone.clone()),
        }
    }

    /// The calendars that are possible so far: enough to judge gaps by. [`CalendarFinder::place`] tells which it
    /// was.
    pub(crate) fn possible(&self) -> Vec<Calendar> {
        match self.said {
            Some((always_open, _)) => vec![self.sketch(always_open)],
            None => vec![self.sketch(false), self.sketch(true)],
        }
    }

    /// Takes the next bars, in time order.
    pub(crate) fn push(&mut self, block: &BarColumns) {
        if self.said.is_none_or(|(always_open, _)| !always_open) {
            self.days.push(block);
        }
    }

    /// Which of the possible calendars it is, after all bars.
    pub(crate) fn place(&self) -> usize {
        usize::from(self.said.is_none() && self.days.trades_on_saturdays())
    }

    /// The calendar; says in `notes` what was assumed.
    pub(crate) fn finish(self, notes: &mut Vec<String>) -> Calendar {
        let (always_open, how) = self.said.unwrap_or_else(|| {
            if self.days.trades_on_saturdays() {
                (true, "since there are as many bars on Saturdays as on other days")
            } else {
                (false, "since there are few or no bars on Saturdays")
            }
        });
        if always_open {
            notes.push(format!("calendar: always open, {how}"));
            return self.sketch(true);
        }
        let (calendar, words) = sessions(self.choice, self.days, &self.zone_name);
        notes.push(format!("calendar: sessions, {how}; {words}"));
        calendar
    }

    fn sketch(&self, always_open: bool) -> Calendar {
        Calendar {
            days_per_year: if always_open { 365.0 } else { SESSION_DAYS },
            seconds_per_day: 86_400.0,
            zone_name: self.zone_name.clone(),
            zone: self.days.zone.clone(),
        }
    }
}

/// Counts bars by local day, to tell when a venue trades.
struct DayCounter {
    interval: Interval,
    zone: UtcOffsets,
    day: i64,
    /// Bars of each day that has any.
    counts: Vec<u32>,
    /// Bars by day of the week, from Monday.
    weekdays: [u64; 7],
}

impl DayCounter {
    fn new(interval: Interval, zone: UtcOffsets) -> DayCounter {
        DayCounter { interval, zone, day: i64::MIN, counts: Vec::new(), weekdays: [0; 7] }
    }

    fn push(&mut self, block: &BarColumns) {
        for ts in &block.ts {
            // The last instant of the bar: its end may be the next day's midnight.
            let date = self.zone.date(Ts(ts.0 - 1));
            let day = date.days_since_epoch();
            if day != self.day {
                self.day = day;
                self.counts.push(0);
            }
            if let Some(count) = self.counts.last_mut() {
                *count += 1;
            }
            self.weekdays[usize::from(date.weekday())] += 1;
        }
    }

    /// Whether there are at least half as many bars on Saturdays as on the mean day from Monday to Friday. Bars
    /// of several days cannot tell.
    fn trades_on_saturdays(&self) -> bool {
        let working: u64 = self.weekdays[..5].iter().sum();
        let of_days = matches!(self.interval, Interval::Days(n) if n > 1);
        !of_days && self.weekdays[5] * 10 >= working && self.weekdays[5] > 0
    }

    /// Seconds of trading in a usual day: the median number of bars a day times their length. `None` where a
    /// bar is a day or longer, or there are none.
    fn seconds_per_day(mut self) -> Option<f64> {
        if matches!(self.interval, Interval::Days(_)) || self.counts.is_empty() {
            return None;
        }
        let middle = self.counts.len() / 2;
        let (_, median, _) = self.counts.select_nth_unstable(middle);
        Some((f64::from(*median) * self.interval.span().as_seconds_f64()).min(86_400.0))
    }
}

/// The calendar of a venue that closes, and in words what was assumed.
fn sessions(choice: CalendarChoice, days: DayCounter, zone_name: &str) -> (Calendar, String) {
    let zone = days.zone.clone();
    let (given_days, given_seconds) = match choice {
        CalendarChoice::Sessions { days_per_year, seconds_per_day } => (days_per_year, seconds_per_day),
        CalendarChoice::Inferred | CalendarChoice::AlwaysOpen => (None, None),
    };
    let (seconds_per_day, how) = match (given_seconds, days.seconds_per_day()) {
        (Some(seconds), _) => (seconds, "given"),
        (None, Some(seconds)) => (seconds, "the median day of the data"),
        (None, None) => (SESSION_SECONDS, "assumed, as for US shares"),
    };
    let days_per_year = given_days.unwrap_or(SESSION_DAYS);
    let days_how = if given_days.is_some() { "given" } else { "assumed" };
    let words = format!("{days_per_year} days a year ({days_how}), {seconds_per_day} seconds a day ({how})");
    (Calendar { days_per_year, seconds_per_day, zone_name: zone_name.to_string(), zone }, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BAR: wb_core::Bar = wb_core::Bar {
        interval: Interval::Minutes(60),
        open: 1.0,
        high: 1.0,
        low: 1.0,
        close: 1.0,
        volume: 1.0,
    };

    /// Whether bars of an hour that end at 12:00 on these days of January 2024 speak for a venue that never
    /// closes. The 6th is a Saturday.
    fn check(days: &[u8], always: bool) {
        let mut counter = DayCounter::new(BAR.interval, UtcOffsets::default());
        let mut block = BarColumns::new(BAR.interval);
        for day in days {
            block.push(Ts::parse(&format!("2024-01-{day:02}T12:00")).expect("a time"), &BAR);
        }
        counter.push(&block);
        assert_eq!(counter.trades_on_saturdays(), always, "{days:?}");
    }

    #[test]
    fn a_venue_with_bars_on_saturdays_never_closes() {
        check(&[4, 5, 6, 7], true);
        check(&[4, 5, 7, 8], false);
        check(&[], false);
        // One Saturday in four weeks is an accident.
        check(&[1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 15, 16, 17, 18, 19, 22, 23, 24, 25, 26], false);
    }

    #[test]
    fn a_session_is_as_long_as_the_median_day() {
        let mut days = DayCounter::new(BAR.interval, UtcOffsets::default());
        let mut block = BarColumns::new(BAR.interval);
        for (day, hours) in [(1, 7), (2, 7), (3, 3)] {
            for hour in 0..hours {
                let end = Ts::parse(&format!("2024-01-0{day}T{:02}:00", 10 + hour)).expect("a time");
                block.push(end, &BAR);
            }
        }
        days.push(&block);
        let (calendar, words) = sessions(CalendarChoice::Inferred, days, "UTC");
        assert_eq!(calendar.seconds_per_day as i64, 7 * 3600);
        assert_eq!(words, "252 days a year (assumed), 25200 seconds a day (the median day of the data)");
    }
}
