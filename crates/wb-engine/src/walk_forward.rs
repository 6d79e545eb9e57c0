//! Walk-forward: windows cut from dates, what was chosen in one used in the next, the results joined to one run.

use std::fmt;

use wb_core::{BarColumns, ParamSet, Span, Ts};
use wb_kernel::FeatureColumn;
use wb_metrics::{Benchmark, EquityCurve, Outcome};

use crate::benchmark::buy_and_hold;
use crate::error::EngineError;
use crate::event_driven::{RunInput, RunResult, run};
use crate::spec::RunSpec;

/// How long windows are, and what is left out between them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WindowLengths {
    /// Whether every training window begins where the data do, and grows, instead of moving on.
    pub anchored: bool,
    /// Length of a training window; of the first where they grow.
    pub train: Span,
    /// Length of a test window.
    pub test: Span,
    /// Time left out between a training window and its test: a position taken in the one may reach into the other.
    pub purge: Span,
    /// Time left out after a test, before the next.
    pub embargo: Span,
}

/// A stretch to choose in, and a later one to use the choice in. Both are half-open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Window {
    /// Begin and end of the training stretch.
    pub train: (Ts, Ts),
    /// Begin and end of the test stretch.
    pub test: (Ts, Ts),
}

/// Why there are no windows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WindowError {
    /// Training or test have no length.
    NoLength,
    /// One window is longer than the data.
    TooLong {
        /// What one window takes: training, purge and test.
        needed: Span,
        /// What the data cover.
        available: Span,
    },
}

impl fmt::Display for WindowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WindowError::NoLength => f.write_str("training and test windows must be longer than nothing"),
            WindowError::TooLong { needed, available } => {
                write!(f, "one window of training, purge and test takes {needed}, the data cover {available}")
            }
        }
    }
}

impl std::error::Error for WindowError {}

/// The windows between two instants, in order. Tests are equally long and follow each other, but for the embargo; what
/// is left at the end is no window.
///
/// # Errors
/// If a length is not above zero, or not even one window fits.
pub fn windows(begin: Ts, end: Ts, lengths: &WindowLengths) -> Result<Vec<Window>, WindowError> {
    if lengths.train <= Span::ZERO || lengths.test <= Span::ZERO {
        return Err(WindowError::NoLength);
    }
    let mut found = Vec::new();
    let mut test = begin + lengths.train + lengths.purge;
    while test + lengths.test <= end {
        let trained = test - lengths.purge;
        let from = if lengths.anchored { begin } else { trained - lengths.train };
        found.push(Window { train: (from, trained), test: (test, test + lengths.test) });
        test = test + lengths.test + lengths.embargo;
    }
    if found.is_empty() {
        let needed = begin + lengths.train + lengths.purge + lengths.test - begin;
        return Err(WindowError::TooLong { needed, available: end - begin });
    }
    Ok(found)
}

/// Runs the base with these parameters over the test stretch alone, event by event, begun with `cash`.
///
/// The bars that its features need until they may be used are given before the stretch, so that it can trade from its
/// first bar and not before: no strategy is called while a feature is cold.
///
/// # Errors
/// If there are no bars in the stretch, or the strategy cannot be built.
pub fn run_test(
    base: &RunInput<'_>,
    window: &Window,
    params: &ParamSet,
    cash: f64,
) -> Result<RunResult, EngineError> {
    let (from, to) = window.test;
    let known: Vec<BarColumns> = base.bars.iter().map(|bars| bars.between(window.train.0, to)).collect();
    let mut spec = RunSpec { params: params.clone(), from, to, benchmark: None, ..base.spec.clone() };
    spec.simulation.cash = cash;
    let input = RunInput { spec: &spec, bars: &known, benchmark: None, ..base.clone() };
    let lead = begin_of_warmup(&known, &input.features()?, from);
    let bars: Vec<BarColumns> = known.iter().map(|bars| bars.between(lead, to)).collect();
    let mut result = run(&RunInput { bars: &bars, ..input }, &mut |_| {})?;
    let curve = &mut result.outcome.equity;
    let before = curve.ts.partition_point(|ts| *ts <= from);
    curve.ts.drain(..before);
    curve.equity.drain(..before);
    curve.gross.drain(..before);
    Ok(result)
}

/// Where bars must begin so that the last of the features becomes warm with the first bar that closes after `from`.
fn begin_of_warmup(bars: &[BarColumns], features: &[FeatureColumn], from: Ts) -> Ts {
    let begin = |feature: &FeatureColumn| {
        let bars = &bars[feature.instrument.index()];
        let longer = feature.interval.span().0 / bars.interval.span().0;
        // One of them is the first bar of the stretch itself.
        let rows = feature.warmup.saturating_sub(1) * longer.max(1) as usize;
        let first = bars.ts.partition_point(|ts| *ts <= from).saturating_sub(rows);
        bars.ts.get(first).map_or(from, |ts| *ts - bars.interval.span())
    };
    features.iter().map(begin).min().unwrap_or(from).min(from)
}

/// The test stretches, in order of time, as one run that began with the cash of the base.
///
/// Each stretch begins flat with the equity that the one before it left: what it still held is valued at its last
/// close. Between stretches, where nothing is traded, equity has no points.
///
/// # Panics
/// If there is no stretch.
pub fn join(base: &RunInput<'_>, stretches: Vec<Outcome>) -> Outcome {
    let first = stretches.first().expect("a walk-forward has a window");
    let mut joined = Outcome {
        start_equity: base.spec.simulation.cash,
        equity: EquityCurve::default(),
        orders: Vec::new(),
        fills: Vec::new(),
        round_trips: Vec::new(),
        carry: 0.0,
        ..first.clone()
    };
    for stretch in stretches {
        joined.equity.ts.extend(stretch.equity.ts);
        joined.equity.equity.extend(stretch.equity.equity);
        joined.equity.gross.extend(stretch.equity.gross);
        joined.orders.extend(stretch.orders);
        joined.fills.extend(stretch.fills);
        joined.round_trips.extend(stretch.round_trips);
        joined.carry += stretch.carry;
    }
    let begin = joined.equity.ts.first().map_or(base.spec.from, |ts| *ts - base.spec.interval.span());
    let held = base.benchmark.zip(base.spec.benchmark.as_ref());
    joined.benchmark = held.map(|(bars, name)| {
        let bars = bars.between(begin, base.spec.to);
        let equity = buy_and_hold(&bars, joined.start_equity, &joined.equity.ts);
        Benchmark { name: name.clone(), equity }
    });
    joined
}

/// The walk-forward efficiency: what was made out of sample as a share of what was made in sample, both a year.
///
/// R. Pardo, "The evaluation and optimization of trading strategies", 2nd edition (2008), chapter 11. From pairs of total
/// return and length of time, of all windows: the mean of the yearly returns out of sample ÷ that in sample. Absent where
/// nothing was made in sample.
pub fn efficiency(in_sample: &[(f64, Span)], out_of_sample: &[(f64, Span)]) -> Option<f64> {
    let yearly = |(total, span): &(f64, Span)| total / span.as_seconds_f64();
    let mean = |of: &[(f64, Span)]| of.iter().map(yearly).sum::<f64>() / of.len() as f64;
    let (made, kept) = (mean(in_sample), mean(out_of_sample));
    (made > 0.0 && kept.is_finite()).then(|| kept / made)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    fn day(n: i64) -> Ts {
        Ts::from_seconds(DAY * n)
    }

    fn days(n: i64) -> Span {
        Span::from_seconds(DAY * n)
    }

    fn cut(anchored: bool, purge: i64, embargo: i64, end: i64) -> Result<Vec<[i64; 4]>, WindowError> {
        let lengths = WindowLengths {
            anchored,
            train: days(60),
            test: days(20),
            purge: days(purge),
            embargo: days(embargo),
        };
        let number = |ts: Ts| ts.0 / days(1).0;
        let found = windows(day(0), day(end), &lengths)?;
        Ok(found.iter().map(|w| [w.train.0, w.train.1, w.test.0, w.test.1].map(number)).collect())
    }

    #[test]
    fn rolling_windows_move_on_by_a_test() {
        assert_eq!(cut(false, 0, 0, 125), Ok(vec![[0, 60, 60, 80], [20, 80, 80, 100], [40, 100, 100, 120]]));
    }

    #[test]
    fn anchored_windows_grow() {
        assert_eq!(cut(true, 0, 0, 100), Ok(vec![[0, 60, 60, 80], [0, 80, 80, 100]]));
    }

    #[test]
    fn purge_stands_before_a_test_and_embargo_after_it() {
        assert_eq!(cut(false, 1, 3, 110), Ok(vec![[0, 60, 61, 81], [23, 83, 84, 104]]));
        assert_eq!(cut(true, 1, 3, 110), Ok(vec![[0, 60, 61, 81], [0, 83, 84, 104]]));
    }

    #[test]
    fn no_training_window_reaches_its_test() {
        for anchored in [false, true] {
            for [from, to, test, end] in cut(anchored, 2, 1, 400).expect("they fit") {
                assert!(from < to && to + 2 == test && test + 20 == end && end <= 400);
            }
        }
    }

    #[test]
    fn a_window_longer_than_the_data_is_refused_with_both_lengths() {
        let error = cut(false, 1, 0, 80).expect_err("81 days do not fit into 80");
        assert_eq!(error, WindowError::TooLong { needed: days(81), available: days(80) });
        let text = error.to_string();
        assert_eq!(text, "one window of training, purge and test takes 81d, the data cover 80d");
        let none = WindowLengths {
            anchored: false,
            train: days(0),
            test: days(1),
            purge: days(0),
            embargo: days(0),
        };
        assert_eq!(windows(day(0), day(9), &none), Err(WindowError::NoLength));
    }

    #[test]
    fn efficiency_is_the_share_of_yearly_return_that_was_kept() {
        let made = [(0.6, days(60)), (0.2, days(60))];
        let kept = [(0.1, days(20)), (0.0, days(20))];
        // 0.4 in 60 days, 0.05 in 20: 3/8 of it.
        assert!((efficiency(&made, &kept).expect("something was made") - 0.375).abs() < 1e-12);
        assert_eq!(efficiency(&[(-0.1, days(60))], &kept), None);
    }
}
