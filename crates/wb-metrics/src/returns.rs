//! Returns of an equity curve: by bar, by day, by month and year, and rolling.

use wb_core::{CivilDate, Interval, Ts, UtcOffsets};

use crate::moments::BLOCK;
use crate::outcome::Outcome;
use crate::ratios::ReturnStats;

/// Returns by day of the first instrument's calendar, or by bar where a bar is a day or longer.
///
/// A day ends with its last bar; a bar that ends at midnight belongs to the day before. A day without a bar has no
/// return. The first day counts from the start of the run.
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
        let zone = outcome.zone();
        let cut = outcome.interval < Interval::Days(1);
        let per_year = match outcome.instruments.first() {
            Some(instrument) if cut => instrument.calendar.days_per_year,
            _ => outcome.bars_per_year,
        };
        let mut days = DailyReturns { per_year, ..DailyReturns::default() };
        let ts = &outcome.equity.ts;
        let ends = if cut { day_ends(ts, &zone) } else { (0..ts.len()).collect() };
        let mut before = outcome.start_equity;
        for end in ends {
            if before <= 0.0 {
                break;
            }
            days.ts.push(ts[end]);
            days.dates.push(zone.last_date(ts[end]));
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
            let stats = ReturnStats::of(values);
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
            midnight = zone.end_of(zone.last_date(now));
        }
    }
    if !ts.is_empty() {
        ends.push(ts.len() - 1);
    }
    ends
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

#[cfg(test)]
mod tests {
    use wb_core::Span;

    use super::*;
    use crate::example;

    fn close(got: Option<f64>, want: f64) -> bool {
        got.is_some_and(|got| (got - want).abs() <= 1e-10 * want.abs().max(1.0))
    }

    #[test]
    fn a_bar_that_ends_at_midnight_belongs_to_the_day_before() {
        // Eight-hour bars from midnight: ends at 8, 16 and 24 o'clock.
        let outcome = example::outcome(
            Interval::Minutes(480),
            100.0,
            vec![101.0, 102.0, 110.0, 111.0, 90.0, 99.0, 198.0],
        );
        let days = DailyReturns::of(&outcome);
        let dates: Vec<_> = days.dates.iter().map(ToString::to_string).collect();
        assert_eq!(dates, ["2023-01-02", "2023-01-03", "2023-01-04"]);
        for (got, want) in days.returns.iter().zip([0.1, -0.1, 1.0]) {
            assert!(close(Some(*got), want), "{got} for {want}");
        }
        assert_eq!(days.ts[0].to_string(), "2023-01-03T00:00:00Z");
        assert_eq!(days.per_year as i64, 252);
    }

    #[test]
    fn days_are_cut_at_midnight_of_the_instrument() {
        let mut outcome =
            example::outcome(Interval::Minutes(480), 100.0, vec![101.0, 102.0, 110.0, 111.0, 90.0, 99.0]);
        let mut instrument = example::instrument(0);
        // Eight hours ahead of UTC: the local day ends at 16 o'clock UTC.
        instrument.calendar.zone = UtcOffsets::new(vec![(Ts::MIN, Span::from_seconds(8 * 3600))]);
        outcome.instruments = [instrument].into();
        let days = DailyReturns::of(&outcome);
        let dates: Vec<_> = days.dates.iter().map(ToString::to_string).collect();
        assert_eq!(dates, ["2023-01-02", "2023-01-03", "2023-01-04"]);
        for (got, want) in days.returns.iter().zip([0.02, 90.0 / 102.0 - 1.0, 0.1]) {
            assert!(close(Some(*got), want), "{got} for {want}");
        }
    }

    #[test]
    fn bars_longer_than_a_day_stand_for_themselves() {
        let outcome = example::outcome(Interval::Days(7), 100.0, vec![110.0, 99.0]);
        let days = DailyReturns::of(&outcome);
        assert_eq!(days.returns.len(), 2);
        assert_eq!(days.per_year.to_bits(), outcome.bars_per_year.to_bits());
    }

    #[test]
    fn months_and_years_are_compounded_as_by_empyrical() {
        // empyrical-reloaded 0.7.1: aggregate_returns(r, "monthly") and "yearly".
        let expected = [
            -0.022_293_695_932_605_218,
            0.088_979_615_177_237_51,
            0.166_239_082_551_818_96,
            0.232_241_297_271_309_27,
            -0.005_172_832_325_150_09,
        ];
        let years = DailyReturns::of(&example::reference()).by_year();
        assert_eq!((years.len(), years[0].year), (1, 2023));
        for (month, want) in years[0].months.iter().zip(expected) {
            assert!(close(*month, want), "{month:?} for {want}");
        }
        assert_eq!(years[0].months[5..], [None; 7]);
        assert!(close(Some(years[0].total), 0.522_155_963_070_762_4));
    }

    #[test]
    fn a_year_without_a_day_is_left_out() {
        let mut outcome = example::outcome(Interval::Days(1), 100.0, vec![110.0, 99.0]);
        outcome.equity.ts = vec![Ts::from_seconds(86_400), Ts::from_seconds(3 * 366 * 86_400)];
        let years: Vec<_> = DailyReturns::of(&outcome).by_year().iter().map(|y| y.year).collect();
        assert_eq!(years, [1970, 1973]);
    }

    #[test]
    fn rolling_figures_are_those_of_quantstats() {
        // quantstats 0.0.86: stats.rolling_sharpe and rolling_volatility, rolling_period=63, periods_per_year=252.
        let rolling = DailyReturns::of(&example::reference()).rolling(63);
        assert_eq!((rolling.sharpe.len(), rolling.volatility.len()), (130, 130));
        assert_eq!((rolling.sharpe[61], rolling.volatility[61]), (None, None));
        for (row, sharpe, volatility) in [
            (62, 1.741_297_959_082_810_6, 0.204_674_908_243_575_73),
            (100, 6.680_550_306_618_215, 0.156_873_304_129_119_23),
            (129, 5.775_055_779_328_549, 0.211_807_478_012_310_84),
        ] {
            assert!(close(rolling.sharpe[row], sharpe), "{row}: {:?}", rolling.sharpe[row]);
            assert!(close(rolling.volatility[row], volatility), "{row}: {:?}", rolling.volatility[row]);
        }
        let calm =
            DailyReturns { returns: vec![0.5, 0.0, 0.0, 0.0], per_year: 252.0, ..DailyReturns::default() };
        assert_eq!(calm.rolling(3).sharpe[3], None, "a calm window keeps nothing of a lively one");
        assert_eq!(calm.rolling(0).sharpe, [None; 4]);
        assert_eq!(calm.rolling(9).sharpe, [None; 4]);
    }
}
