//! Where an equity curve begins and ends.

use wb_core::{Span, Ts};

use crate::outcome::Outcome;

/// A calendar year of 365.25 days.
const YEAR: f64 = 365.25 * 86_400.0;

/// Ends of the equity curve.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Curve {
    pub(crate) start_equity: f64,
    /// Start of the first bar; absent without a bar.
    pub(crate) start: Option<Ts>,
    /// End of the last bar; absent without a bar.
    pub(crate) end: Option<Ts>,
    /// Equity at the last bar; absent without a bar, and where it is not a number.
    pub(crate) final_equity: Option<f64>,
    /// Total return of the benchmark; absent without one.
    pub(crate) benchmark_return: Option<f64>,
    /// Whether equity is a number above zero from the start to the end, so that each bar has a return.
    pub(crate) is_above_zero: bool,
    /// Whether equity is a number at every bar.
    pub(crate) is_finite: bool,
}

impl Curve {
    pub(crate) fn of(outcome: &Outcome) -> Curve {
        let ts = &outcome.equity.ts;
        let start = ts.first().map(|first| *first - outcome.interval.span());
        let growth = |last: f64| last / outcome.start_equity - 1.0;
        let benchmark = outcome.benchmark.as_ref().and_then(|b| b.equity.last());
        Curve {
            start_equity: outcome.start_equity,
            start,
            end: ts.last().copied(),
            final_equity: outcome.equity.equity.last().copied().filter(|equity| equity.is_finite()),
            benchmark_return: benchmark.map(|last| growth(*last)).filter(|_| outcome.start_equity > 0.0),
            is_above_zero: is_above_zero(outcome.start_equity, &outcome.equity.equity),
            is_finite: outcome.equity.equity.iter().fold(true, |all, value| all & value.is_finite()),
        }
    }

    /// Time from the start of the first bar to the end of the last; absent without a bar.
    fn span(&self) -> Option<Span> {
        Some(self.end? - self.start?)
    }

    /// Years of the calendar from the start of the first bar to the end of the last.
    pub(crate) fn years(&self) -> Option<f64> {
        self.span().map(|span| span.as_seconds_f64() / YEAR)
    }

    /// Final equity ÷ start equity - 1. As `cum_returns_final` of empyrical.
    pub(crate) fn total_return(&self) -> Option<f64> {
        self.final_equity.filter(|_| self.start_equity > 0.0).map(|last| last / self.start_equity - 1.0)
    }

    /// Compound annual growth rate: (final equity ÷ start equity)^(1 ÷ years) - 1. empyrical and quantstats take the
    /// number of returns for the time, so that a gap in the data counts as no time at all; here it is the
    /// calendar's. Absent below a week, whose growth says nothing of a year, and once equity was not above zero.
    pub(crate) fn cagr(&self) -> Option<f64> {
        let years = self.span().filter(|span| span.0 >= 7 * Span::DAY.0).and(self.years())?;
        let growth = self.total_return().filter(|_| self.is_above_zero)?;
        Some(libm::expm1(libm::log1p(growth) / years))
    }
}

/// Whether every one of them is a number above zero.
pub(crate) fn is_above_zero(start: f64, equity: &[f64]) -> bool {
    let sound = |value: f64| value > 0.0 && value < f64::INFINITY;
    // No early exit: without one the comparisons run side by side.
    sound(start) && equity.iter().fold(true, |all, value| all & sound(*value))
}
