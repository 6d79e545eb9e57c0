//! Returns of an equity curve: by bar, by day, by month and year, and rolling.

use wb_core::{CivilDate, Interval, Span, Ts, UtcOffsets};

use crate::moments::BLOCK;
use crate::outcome::Outcome;
use crate::ratios::ReturnStats;

/// Returns by day of the first instrument's calendar, or by bar where a bar is a day or longer.
///
/// A day ends with its last bar, a bar belongs to the day in which it began to end: one that ends at midnight, to the
/// day before. A day without a bar has no return. The first day counts from the start of the run.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DailyReturns {
    /// The last bar of each day.
    pub ts: Vec<Ts>,
    /// The days.
    pub dates: Vec<CivilDate>,
    /// Their returns, compounded over the day. They end with the day in which equity is no longer above zero, since
    /// no return is defined from there on.
    pub returns: Vec<f64>,
    /// How many of them make a year of trading.
    pub per_year: f64,
}

/// The returns of one year.
#[derive(Clone, PartialEq, Debug)]
pub struct YearReturns {
    /// The year.
    pub year: i32,
    /// By month from January, compounded; absent where there is no day.
    pub months: [Option<f64>; 12],
    /// Of the whole year, compounded.
    pub total: f64,
}

/// Figures over a window that slides along returns; as long as these, absent until the window is full.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Rolling {
    /// Standard deviation (n - 1), annualised.
    pub volatility: Vec<Option<f64>>,
    /// Mean ÷ standard deviation, annualised; absent also where the window has no spread.
    pub sharpe: Vec<Option<f64>>,
}

impl DailyReturns {
    /// The returns of the run.
    pub fn of(outcome: &Outcome) -> DailyReturns {
        DailyReturns::of_column(outcome, &outcome.equity.equity)
    }

    /// The returns of the benchmark, on the same days.
    pub fn of_benchmark(outcome: &Outcome) -> Option<DailyReturns> {
        outcome.benchmark.as_ref().map(|benchmark| DailyReturns::of_column(outcome, &benchmark.equity))
    }

    fn of_column(outcome: &Outcome, equity: &[f64]) -> DailyReturns {
        let calendar = outcome.instruments.first().map(|instrument| &instrument.calendar);
        let utc = UtcOffsets::default();
        let zone = calendar.map_or(&utc, |calendar| &calendar.zone);
        let cut = outcome.interval < Interval::Days(1);
        let per_year = match calendar {
            Some(calendar) if cut => calendar.days_per_year,
            _ => outcome.bars_per_year,
        };
        let mut days = DailyReturns { per_year, ..DailyReturns::default() };
        let ts = &outcome.equity.ts;
        let ends = if cut { day_ends(ts, zone) } else { (0..ts.len()).collect() };
        let mut before = outcome.start_equity;
        for end in ends {
            if before <= 0.0 {
                break;
            }
            days.ts.push(ts[end]);
            days.dates.push(zone.date(inside(ts[end])));
            days.returns.push(equity[end] / before - 1.0);
            before = equity[end];
        }
        days
    }

    /// The table of months and years, in order of time; years without a day are left out.
    pub fn by_year(&self) -> Vec<YearReturns> {
        let mut years: Vec<YearReturns> = Vec::new();
        for (date, r) in self.dates.iter().zip(&self.returns) {
            if years.last().is_none_or(|last| last.year != date.year) {
                years.push(YearReturns { year: date.year, months: [None; 12], total: 0.0 });
            }
            let year = years.last_mut().expect("one was just pushed if there was none");
            let month = &mut year.months[usize::from(date.month) - 1];
            *month = Some((1.0 + month.unwrap_or(0.0)) * (1.0 + r) - 1.0);
            year.total = (1.0 + year.total) * (1.0 + r) - 1.0;
        }
        years
    }

    /// Volatility and Sharpe ratio over `window` days. As `rolling_volatility` and `rolling_sharpe` of quantstats.
    pub fn rolling(&self, window: usize) -> Rolling {
        let absent = vec![None; self.returns.len()];
        let mut rolling = Rolling { volatility: absent.clone(), sharpe: absent };
        if window < 2 {
            return rolling;
        }
        // Each window is summed afresh: sliding sums would leave a residue where a lively window ends in a calm one.
        for (first, values) in self.returns.windows(window).enumerate() {
            let mut stats = ReturnStats::default();
            stats.extend(values);
            rolling.volatility[first + window - 1] = stats.volatility(self.per_year);
            rolling.sharpe[first + window - 1] = stats.sharpe(self.per_year);
        }
        rolling
    }
}

/// The row of the last bar of each day of `zone`.
fn day_ends(ts: &[Ts], zone: &UtcOffsets) -> Vec<usize> {
    let mut ends = Vec::new();
    // The instant at which the day of the bars before it ends.
    let mut midnight = Ts::MIN;
    for (row, &now) in ts.iter().enumerate() {
        if now > midnight {
            if row > 0 {
                ends.push(row - 1);
            }
            let today = zone.date(inside(now)).days_since_epoch();
            midnight = zone.start_of(CivilDate::from_days_since_epoch(today + 1));
        }
    }
    if !ts.is_empty() {
        ends.push(ts.len() - 1);
    }
    ends
}

/// The last instant inside a bar that ends at `end`.
fn inside(end: Ts) -> Ts {
    end - Span(1)
}

/// Turns blocks of an equity column into returns, block by block, without an array of all of them.
pub(crate) struct ReturnBlocks {
    before: f64,
    returns: [f64; BLOCK],
}

impl ReturnBlocks {
    /// The first return is from `start`.
    pub(crate) fn from(start: f64) -> ReturnBlocks {
        ReturnBlocks { before: start, returns: [0.0; BLOCK] }
    }

    /// The returns of the next block of equity, which has at most [`BLOCK`] values.
    pub(crate) fn next(&mut self, equity: &[f64]) -> &[f64] {
        let mut before = self.before;
        for (r, &now) in self.returns.iter_mut().zip(equity) {
            *r = now / before - 1.0;
            before = now;
        }
        self.before = before;
        &self.returns[..equity.len()]
    }
}
