//! Whether there is a trend, and which way it goes.

use crate::indicator::{Definition, Indicator};
use crate::moments::Spread;
use crate::ratio::ratio;
use crate::smoothing::{AT_REST, Smoothing, steps_to_forget};
use crate::volatility::TrueRange;
use crate::window::{Aggregate, Lag, Rolling};
use wb_core::Bar;

/// Average directional index with its two directional indicators (J. W. Wilder, 1978). TA-Lib `ADX`,
/// `PLUS_DI`, `MINUS_DI`; as there, the sums of movement and range begin with `period` − 1 bars before they
/// are smoothed.
///
/// Where there is no range or no movement, the index of that bar is 0. (TA-Lib keeps the last average
/// instead, which would then never be forgotten.)
#[derive(Clone, PartialEq, Debug)]
pub struct Adx {
    period: f64,
    last: Option<Bar>,
    true_range: TrueRange,
    summed: u32,
    plus: f64,
    minus: f64,
    range: f64,
    index: Smoothing,
}

impl Adx {
    /// All sums and averages over `period` bars.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> Adx {
        Adx {
            period: f64::from(period),
            last: None,
            true_range: TrueRange::new(),
            summed: period,
            plus: 0.0,
            minus: 0.0,
            range: 0.0,
            index: Smoothing::wilder(period),
        }
    }
}

impl Indicator for Adx {
    type Input = Bar;
    type Output = [f64; 3];

    fn update(&mut self, bar: Bar) -> [f64; 3] {
        let range = self.true_range.update(bar);
        let Some(last) = self.last.replace(bar) else { return [0.0; 3] };
        let (up, down) = (bar.high - last.high, last.low - bar.low);
        let plus = if up > down && up > 0.0 { up } else { 0.0 };
        let minus = if down > up && down > 0.0 { down } else { 0.0 };
        // The first `period` - 1 bars are summed, later ones push out their share of the sum.
        let keep = if self.summed > 1 { 1.0 } else { 1.0 - 1.0 / self.period };
        self.plus = self.plus * keep + plus;
        self.minus = self.minus * keep + minus;
        self.range = self.range * keep + range;
        if self.summed > 1 {
            self.summed -= 1;
            return [0.0; 3];
        }
        if self.range <= AT_REST * bar.close.abs() {
            return [self.index.update(0.0), 0.0, 0.0];
        }
        let plus = 100.0 * ratio(self.plus, self.range, 0.0);
        let minus = 100.0 * ratio(self.minus, self.range, 0.0);
        let moved = plus + minus > 100.0 * AT_REST;
        let index = if moved { 100.0 * (plus - minus).abs() / (plus + minus) } else { 0.0 };
        [self.index.update(index), plus, minus]
    }

    fn warmup(&self) -> usize {
        2 * self.index.warmup()
    }

    /// First the sums and then the average of their index: in a market that comes to rest, one after the
    /// other.
    fn memory(&self) -> usize {
        self.warmup() + 2 * steps_to_forget(&[self.index.alpha()])
    }

    fn definition(&self) -> Definition {
        Definition::new("adx", [self.period]).outputs(&["adx", "plus_di", "minus_di"])
    }
}

/// Aroon (T. Chande, 1995): 100·(period − bars since the highest high) / period, the same of the lowest low;
/// the latest of equal extremes counts. TA-Lib `AROON`.
#[derive(Clone, PartialEq, Debug)]
pub struct Aroon {
    window: Rolling<Extremes>,
    seen: u64,
}

impl Aroon {
    /// The age of extremes among the bar and the `period` before it.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> Aroon {
        assert!(period > 0, "ages need at least one earlier bar");
        Aroon { window: Rolling::new(period + 1), seen: 0 }
    }
}

impl Indicator for Aroon {
    type Input = Bar;
    type Output = [f64; 2];

    fn update(&mut self, bar: Bar) -> [f64; 2] {
        self.seen += 1;
        let at = self.seen;
        let extremes = self.window.push(Extremes { high: bar.high, high_at: at, low: bar.low, low_at: at });
        let period = (self.window.period() - 1) as f64;
        [extremes.high_at, extremes.low_at].map(|then| 100.0 * (period - (at - then) as f64) / period)
    }

    fn warmup(&self) -> usize {
        self.window.period()
    }

    fn definition(&self) -> Definition {
        Definition::new("aroon", [(self.window.period() - 1) as f64]).outputs(&["up", "down"])
    }
}

/// The highest high and the lowest low, each with the number of its latest bar.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Extremes {
    high: f64,
    high_at: u64,
    low: f64,
    low_at: u64,
}

impl Aggregate for Extremes {
    const EMPTY: Extremes = Extremes { high: f64::NEG_INFINITY, high_at: 0, low: f64::INFINITY, low_at: 0 };

    fn then(self, newer: Extremes) -> Extremes {
        let (high, high_at) =
            if newer.high >= self.high { (newer.high, newer.high_at) } else { (self.high, self.high_at) };
        let (low, low_at) =
            if newer.low <= self.low { (newer.low, newer.low_at) } else { (self.low, self.low_at) };
        Extremes { high, high_at, low, low_at }
    }
}

/// Commodity channel index (D. Lambert, 1980): the typical price's distance from its mean over `period` bars,
/// in units of 0.015 mean absolute deviations; 0 in a flat market. TA-Lib `CCI`. An update costs a pass over
/// the window: absolute deviations from a moving mean have no rolling sum.
#[derive(Clone, PartialEq, Debug)]
pub struct Cci {
    prices: Lag,
    window: Rolling<Spread>,
}

impl Cci {
    /// The index of `period` bars.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> Cci {
        Cci { prices: Lag::new(period), window: Rolling::new(period) }
    }
}

impl Indicator for Cci {
    type Input = Bar;
    type Output = f64;

    fn update(&mut self, bar: Bar) -> f64 {
        let price = typical_price(&bar);
        self.prices.push(price);
        let mean = self.window.push(Spread::of(price)).mean;
        let deviation = self.prices.values().iter().map(|x| (x - mean).abs()).sum::<f64>();
        ratio(price - mean, 0.015 * deviation / self.window.period() as f64, 0.0)
    }

    fn warmup(&self) -> usize {
        self.window.period()
    }

    fn definition(&self) -> Definition {
        Definition::new("cci", [self.window.period() as f64])
    }
}

/// The mean of high, low and close.
pub(crate) fn typical_price(bar: &Bar) -> f64 {
    (bar.high + bar.low + bar.close) / 3.0
}
