//! Which calendar an instrument has, as far as rows and names tell.

use wb_core::{BarColumns, Calendar, Interval, Span, Ts, UtcOffsets};

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
    interval: Interval,
    zone_name: String,
    always_open: bool,
    how: &'static str,
    days: DayCounter,
}

impl CalendarFinder {
    /// Decides by the request, the format and the first rows whether the venue ever closes.
    pub(crate) fn new(request: &ImportRequest, first: &Layout) -> CalendarFinder {
        let begins: Vec<Ts> = first.sample.iter().map(|end| *end - request.interval.span()).collect();
        let zone = &first.times.zone;
        let (always_open, how) = match request.calendar {
            CalendarChoice::Inferred if first.facts.always_open => (true, "as the venues of this format are"),
            choice => is_always_open(choice, &request.venue, zone, &begins),
        };
        CalendarFinder {
            choice: request.calendar,
            interval: request.interval,
            zone_name: first.zone_name.clone(),
            always_open,
            how,
            days: DayCounter::new(zone.clone()),
        }
    }

    /// What is known before the rows are read: enough to judge gaps by.
    pub(crate) fn provisional(&self) -> Calendar {
        Calendar {
            days_per_year: if self.always_open { 365.0 } else { SESSION_DAYS },
            seconds_per_day: 86_400.0,
            zone_name: self.zone_name.clone(),
            zone: self.days.zone.clone(),
        }
    }

    /// Takes the next bars, in time order.
    pub(crate) fn push(&mut self, block: &BarColumns) {
        if !self.always_open {
            self.days.push(block);
        }
    }

    /// The calendar; says in `notes` what was assumed.
    pub(crate) fn finish(self, notes: &mut Vec<String>) -> Calendar {
        if self.always_open {
            notes.push(format!("calendar: always open, {}", self.how));
            return self.provisional();
        }
        let (calendar, words) = sessions(self.choice, self.interval, self.days, &self.zone_name);
        notes.push(format!("calendar: sessions, {}; {words}", self.how));
        calendar
    }
}

/// Whether the venue never closes, and how that is known.
fn is_always_open(
    choice: CalendarChoice,
    venue: &str,
    zone: &UtcOffsets,
    begins: &[Ts],
) -> (bool, &'static str) {
    match choice {
        CalendarChoice::AlwaysOpen => (true, "as given"),
        CalendarChoice::Sessions { .. } => (false, "as given"),
        CalendarChoice::Inferred if ALWAYS_OPEN.contains(&venue) => (true, "a known venue"),
        CalendarChoice::Inferred if trades_on_saturdays(zone, begins) => {
            (true, "since there are bars on Saturdays")
        }
        CalendarChoice::Inferred => (false, "since there are no bars on Saturdays"),
    }
}

/// Whether bars begin on at least half of the Saturdays between the first and the last.
fn trades_on_saturdays(zone: &UtcOffsets, begins: &[Ts]) -> bool {
    const SATURDAY: u8 = 5;
    let (Some(first), Some(last)) = (begins.first(), begins.last()) else { return false };
    let span = (*last - *first).0.abs();
    let mut days: Vec<_> = begins.iter().map(|ts| zone.date(*ts)).collect();
    days.sort_unstable();
    days.dedup();
    let saturdays = days.iter().filter(|day| day.weekday() == SATURDAY).count() as i64;
    saturdays > 0 && saturdays * 2 >= span / (7 * Span::DAY.0)
}

/// Counts bars per local day, to tell how long a session is.
struct DayCounter {
    zone: UtcOffsets,
    day: i64,
    counts: Vec<u32>,
}

impl DayCounter {
    fn new(zone: UtcOffsets) -> DayCounter {
        DayCounter { zone, day: i64::MIN, counts: Vec::new() }
    }

    fn push(&mut self, block: &BarColumns) {
        for ts in &block.ts {
            // The last instant of the bar: its end may be the next day's midnight.
            let day = self.zone.date(Ts(ts.0 - 1)).days_since_epoch();
            if day != self.day {
                self.day = day;
                self.counts.push(0);
            }
            if let Some(count) = self.counts.last_mut() {
                *count += 1;
            }
        }
    }

    /// Seconds of trading in a usual day: the median number of bars a day times their length. `None` where a
    /// bar is a day or longer, or there are none.
    fn seconds_per_day(mut self, interval: Interval) -> Option<f64> {
        if matches!(interval, Interval::Days(_)) || self.counts.is_empty() {
            return None;
        }
        let middle = self.counts.len() / 2;
        let (_, median, _) = self.counts.select_nth_unstable(middle);
        Some((f64::from(*median) * interval.span().as_seconds_f64()).min(86_400.0))
    }
}

/// The calendar of a venue that closes, and in words what was assumed.
fn sessions(
    choice: CalendarChoice,
    interval: Interval,
    days: DayCounter,
    zone_name: &str,
) -> (Calendar, String) {
    let zone = days.zone.clone();
    let (given_days, given_seconds) = match choice {
        CalendarChoice::Sessions { days_per_year, seconds_per_day } => (days_per_year, seconds_per_day),
        CalendarChoice::Inferred | CalendarChoice::AlwaysOpen => (None, None),
    };
    let (seconds_per_day, how) = match (given_seconds, days.seconds_per_day(interval)) {
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

    fn check(venue: &str, days: &[&str], always: bool) {
        let begins: Vec<Ts> = days.iter().map(|day| Ts::parse(day).expect(day)).collect();
        let choice = CalendarChoice::Inferred;
        assert_eq!(is_always_open(choice, venue, &UtcOffsets::default(), &begins).0, always, "{days:?}");
    }

    #[test]
    fn a_venue_with_bars_on_saturdays_never_closes() {
        // 2024-01-06 is a Saturday, 2024-01-07 a Sunday.
        check("lse", &["2024-01-04", "2024-01-05", "2024-01-06", "2024-01-07"], true);
        check("lse", &["2024-01-04", "2024-01-05", "2024-01-07", "2024-01-08"], false);
        check("kraken", &["2024-01-04", "2024-01-05"], true);
        // One Saturday in four weeks is an accident.
        check("lse", &["2024-01-05", "2024-01-06", "2024-01-15", "2024-01-22", "2024-02-02"], false);
    }

    #[test]
    fn a_session_is_as_long_as_the_median_day() {
        let mut days = DayCounter::new(UtcOffsets::default());
        let mut block = BarColumns::new(Interval::Minutes(60));
        let bar = wb_core::Bar {
            interval: block.interval,
            open: 1.0,
            high: 1.0,
            low: 1.0,
            close: 1.0,
            volume: 1.0,
        };
        for (day, hours) in [(1, 7), (2, 7), (3, 3)] {
            for hour in 0..hours {
                let start = Ts::parse(&format!("2024-01-0{day}T{:02}:00", 10 + hour)).expect("a time");
                block.push(start, &bar);
            }
        }
        days.push(&block);
        let choice = CalendarChoice::Inferred;
        let (calendar, words) = sessions(choice, block.interval, days, "UTC");
        assert_eq!(calendar.seconds_per_day as i64, 7 * 3600);
        assert_eq!(words, "252 days a year (assumed), 25200 seconds a day (the median day of the data)");
    }
}
