//! Falls from a peak: the deepest of them, and how much of the time was spent below one.

use wb_core::Ts;

use crate::moments::ROUNDING;

/// How many of the deepest falls are kept.
const KEPT: usize = 10;

/// One fall from a peak of equity.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Drawdown {
    /// When equity was last at its peak.
    pub peak: Ts,
    /// When it was lowest.
    pub trough: Ts,
    /// When it was back at the peak; absent while it is not.
    pub recovery: Option<Ts>,
    /// The fall as a share of the peak, positive.
    pub depth: f64,
}

/// The falls of an equity curve.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Drawdowns {
    /// The ten deepest, deepest first; of equals, the earlier first.
    pub(crate) deepest: Vec<Drawdown>,
    /// Longest time from a peak to its recovery, or to the end of the curve, in seconds; absent without a fall.
    pub(crate) longest: Option<f64>,
    /// Root of the mean, over all bars, of the squared share by which equity lay below its peak. Absent without a bar.
    pub(crate) ulcer_index: Option<f64>,
}

impl Drawdowns {
    /// The falls of a curve of numbers that starts with `start`, above zero, at `start_ts`.
    ///
    /// A fall that is rounding, at most 1e-14 of the peak, is none. One below zero equity is deeper than 1.
    pub(crate) fn of(start_ts: Ts, start: f64, ts: &[Ts], equity: &[f64]) -> Drawdowns {
        let mut found = Drawdowns::default();
        let mut peak = (start_ts, start);
        let mut trough: Option<(Ts, f64)> = None;
        let mut squares = 0.0;
        for (&now, &value) in ts.iter().zip(equity) {
            if value >= peak.1 {
                if let Some(lowest) = trough.take() {
                    found.record(peak, lowest, Some(now), now);
                }
                peak = (now, value);
            } else {
                let depth = 1.0 - value / peak.1;
                squares += depth * depth;
                if trough.is_none_or(|(_, lowest)| value < lowest) {
                    trough = Some((now, value));
                }
            }
        }
        if let (Some(lowest), Some(&end)) = (trough, ts.last()) {
            found.record(peak, lowest, None, end);
        }
        found.ulcer_index = (!equity.is_empty()).then(|| (squares / equity.len() as f64).sqrt());
        found
    }

    fn record(&mut self, peak: (Ts, f64), trough: (Ts, f64), recovery: Option<Ts>, end: Ts) {
        let depth = 1.0 - trough.1 / peak.1;
        if depth <= ROUNDING {
            return;
        }
        let seconds = (end - peak.0).as_seconds_f64();
        self.longest = Some(self.longest.map_or(seconds, |longest| longest.max(seconds)));
        let rank = self.deepest.partition_point(|kept| kept.depth >= depth);
        if rank < KEPT {
            self.deepest.truncate(KEPT - 1);
            self.deepest.insert(rank, Drawdown { peak: peak.0, trough: trough.0, recovery, depth });
        }
    }
}

/// The depth of the deepest fall alone, of a curve taken in parts.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Depth {
    peak: f64,
    /// Lowest value since the peak; infinite at it.
    lowest: f64,
    deepest: f64,
}

/// Extremes of some values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extremes {
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// Values looked at together: where none of them is a new peak, their lowest is all that matters.
const STRIDE: usize = 64;

impl Depth {
    /// Of a curve that begins at `start`.
    pub(crate) fn from(start: f64) -> Depth {
        Depth { peak: start, lowest: f64::INFINITY, deepest: 0.0 }
    }

    /// Takes the next values, and gives their extremes.
    #[inline(always)]
    pub(crate) fn on_equity(&mut self, equity: &[f64]) -> Extremes {
        let mut all = Extremes { low: f64::INFINITY, high: f64::NEG_INFINITY };
        for part in equity.chunks(STRIDE) {
            let Extremes { low, high } = extremes(part);
            if high >= self.peak {
                self.climb(part);
            } else if low < self.lowest {
                self.lowest = low;
            }
            all = Extremes { low: least(all.low, low), high: most(all.high, high) };
        }
        all
    }

    /// Takes values of which some are a new peak.
    fn climb(&mut self, equity: &[f64]) {
        for &value in equity {
            if value >= self.peak {
                self.deepest = self.deepest();
                (self.peak, self.lowest) = (value, f64::INFINITY);
            } else {
                self.lowest = least(self.lowest, value);
            }
        }
    }

    /// The depth as a share of the peak: that of [`Drawdowns`], 0 for a curve that never falls.
    pub(crate) fn deepest(&self) -> f64 {
        if self.lowest >= self.peak {
            return self.deepest;
        }
        let depth = 1.0 - self.lowest / self.peak;
        if depth > ROUNDING { most(self.deepest, depth) } else { self.deepest }
    }
}

#[inline(always)]
fn least(a: f64, b: f64) -> f64 {
    if b < a { b } else { a }
}

#[inline(always)]
fn most(a: f64, b: f64) -> f64 {
    if b > a { b } else { a }
}

#[inline(always)]
fn extremes(values: &[f64]) -> Extremes {
    let mut low = [f64::INFINITY; 8];
    let mut high = [f64::NEG_INFINITY; 8];
    let chunks = values.chunks_exact(8);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (lane, value) in chunk.iter().enumerate() {
            low[lane] = least(low[lane], *value);
            high[lane] = most(high[lane], *value);
        }
    }
    let fold = |parts: [f64; 8], rest: &[f64], of: fn(f64, f64) -> f64| {
        parts[1..].iter().chain(rest).fold(parts[0], |a, b| of(a, *b))
    };
    Extremes { low: fold(low, rest, least), high: fold(high, rest, most) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Ts {
        Ts::from_seconds(second)
    }

    /// Equity at seconds 1, 2, …, from 100 at second 0.
    fn falls(equity: &[f64]) -> Drawdowns {
        let ts: Vec<Ts> = (1..=equity.len() as i64).map(at).collect();
        Drawdowns::of(at(0), 100.0, &ts, equity)
    }

    fn check(equity: &[f64], expected: &[(i64, i64, Option<i64>, f64)]) {
        let got = falls(equity).deepest;
        assert_eq!(got.len(), expected.len(), "{got:?}");
        for (d, &(peak, trough, recovery, depth)) in got.iter().zip(expected) {
            assert_eq!((d.peak, d.trough, d.recovery), (at(peak), at(trough), recovery.map(at)));
            assert!((d.depth - depth).abs() < 1e-12, "{} for {depth}", d.depth);
        }
    }

    #[test]
    fn a_fall_reaches_from_the_last_peak_to_the_return_to_it() {
        check(&[110.0, 110.0, 99.0, 104.5, 110.0, 120.0], &[(2, 3, Some(5), 0.1)]);
    }

    #[test]
    fn the_start_is_a_peak_and_the_end_leaves_a_fall_open() {
        check(&[90.0, 100.0, 80.0, 85.0], &[(2, 3, None, 0.2), (0, 1, Some(2), 0.1)]);
        assert_eq!(falls(&[90.0, 100.0, 80.0, 85.0]).longest.map(f64::to_bits), Some(2.0_f64.to_bits()));
    }

    #[test]
    fn only_the_ten_deepest_are_kept_and_equals_in_order_of_time() {
        let equity: Vec<f64> = (1..=12).flat_map(|k| [100.0 - f64::from(k % 6), 100.0]).collect();
        let got = falls(&equity).deepest;
        assert_eq!(got.len(), 10);
        assert!(got.windows(2).all(|w| (w[0].depth, w[1].peak) >= (w[1].depth, w[0].peak)));
        assert_eq!((got[0].trough, got[1].trough), (at(9), at(21)));
    }

    #[test]
    fn a_curve_that_only_rises_or_rounds_has_no_fall() {
        check(&[100.0, 101.0, 102.0], &[]);
        check(&[100.0 - 2e-14, 101.0], &[]);
        assert_eq!(falls(&[]).ulcer_index, None);
        assert_eq!(falls(&[101.0]).ulcer_index.map(f64::to_bits), Some(0));
    }

    #[test]
    fn below_zero_equity_a_fall_is_deeper_than_the_whole() {
        check(&[-50.0], &[(0, 1, None, 1.5)]);
    }
}
