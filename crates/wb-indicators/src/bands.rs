//! Channels around a price.

use crate::average::Ema;
use crate::indicator::{Definition, Indicator};
use crate::moments::Spread;
use crate::ratio::ratio;
use crate::volatility::Atr;
use crate::window::{Range, Rolling};
use wb_core::Bar;

/// Donchian channel: the highest high and lowest low of the `period` bars *before* this one, and their
/// middle, so that a close can lie outside it: R. Donchian's rule is to act when a price exceeds those of the
/// weeks before.
///
/// Charts often draw the channel with the current bar inside; that is [`RollingMax`](crate::RollingMax) of
/// highs.
#[derive(Clone, PartialEq, Debug)]
pub struct Donchian {
    range: Rolling<Range>,
    channel: [f64; 3],
}

impl Donchian {
    /// The channel of the `period` bars before.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> Donchian {
        Donchian { range: Rolling::new(period), channel: [0.0; 3] }
    }
}

impl Indicator for Donchian {
    type Input = Bar;
    type Output = [f64; 3];

    #[inline]
    fn update(&mut self, bar: Bar) -> [f64; 3] {
        let Range { high, low } = self.range.push(Range::of_bar(&bar));
        let next = [high, 0.5 * (high + low), low];
        std::mem::replace(&mut self.channel, next)
    }

    fn warmup(&self) -> usize {
        self.range.period() + 1
    }

    fn definition(&self) -> Definition {
        Definition::new("donchian", [self.range.period() as f64])
            .outputs(&["upper", "middle", "lower"])
            .on_price()
    }
}

/// Bollinger bands: the mean of `period` inputs and `width` population standard deviations to either side
/// (J. Bollinger, "Bollinger on Bollinger Bands", 2001). TA-Lib `BBANDS`.
#[derive(Clone, PartialEq, Debug)]
pub struct Bollinger {
    window: Rolling<Spread>,
    width: f64,
}

impl Bollinger {
    /// Bands around the mean of `period` inputs, `width` deviations away.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32, width: f64) -> Bollinger {
        Bollinger { window: Rolling::new(period), width }
    }

    fn args(&self) -> [f64; 2] {
        [self.window.period() as f64, self.width]
    }
}

impl Indicator for Bollinger {
    type Input = f64;
    type Output = [f64; 3];

    fn update(&mut self, x: f64) -> [f64; 3] {
        let spread = self.window.push(Spread::of(x));
        let half = self.width * spread.deviation();
        [spread.mean + half, spread.mean, spread.mean - half]
    }

    fn warmup(&self) -> usize {
        self.window.period()
    }

    fn definition(&self) -> Definition {
        Definition::new("bollinger", self.args()).outputs(&["upper", "middle", "lower"]).on_price()
    }
}

/// Bollinger's %b: where the input stands between the lower band, 0, and the upper one, 1; 0.5 where the
/// bands meet.
#[derive(Clone, PartialEq, Debug)]
pub struct PercentB {
    bands: Bollinger,
}

impl PercentB {
    /// The place between the bands of [`Bollinger::new`].
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32, width: f64) -> PercentB {
        PercentB { bands: Bollinger::new(period, width) }
    }
}

impl Indicator for PercentB {
    type Input = f64;
    type Output = f64;

    fn update(&mut self, x: f64) -> f64 {
        let [upper, _, lower] = self.bands.update(x);
        ratio(x - lower, upper - lower, 0.5)
    }

    fn warmup(&self) -> usize {
        self.bands.warmup()
    }

    fn definition(&self) -> Definition {
        Definition::new("percent_b", self.bands.args())
    }
}

/// Bollinger's band width: the distance between the bands over the middle one; 0 where that is zero.
#[derive(Clone, PartialEq, Debug)]
pub struct BandWidth {
    bands: Bollinger,
}

impl BandWidth {
    /// The width of the bands of [`Bollinger::new`].
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32, width: f64) -> BandWidth {
        BandWidth { bands: Bollinger::new(period, width) }
    }
}

impl Indicator for BandWidth {
    type Input = f64;
    type Output = f64;

    fn update(&mut self, x: f64) -> f64 {
        let [upper, middle, lower] = self.bands.update(x);
        ratio(upper - lower, middle, 0.0)
    }

    fn warmup(&self) -> usize {
        self.bands.warmup()
    }

    fn definition(&self) -> Definition {
        Definition::new("band_width", self.bands.args())
    }
}

/// Keltner channel: an exponential average of closes and `width` average true ranges to either side (C.
/// Keltner, 1960, in the form of L. Raschke, with [`Ema`] and [`Atr`] as here).
#[derive(Clone, PartialEq, Debug)]
pub struct Keltner {
    middle: Ema,
    range: Atr,
    width: f64,
}

impl Keltner {
    /// A channel around the average of `period` closes, `width` average true ranges of `atr_period` away.
    ///
    /// # Panics
    /// If a period is zero.
    pub fn new(period: u32, atr_period: u32, width: f64) -> Keltner {
        Keltner { middle: Ema::new(period), range: Atr::new(atr_period), width }
    }
}

impl Indicator for Keltner {
    type Input = Bar;
    type Output = [f64; 3];

    fn update(&mut self, bar: Bar) -> [f64; 3] {
        let middle = self.middle.update(bar.close);
        let half = self.width * self.range.update(bar);
        [middle + half, middle, middle - half]
    }

    fn warmup(&self) -> usize {
        self.middle.warmup().max(self.range.warmup())
    }

    fn memory(&self) -> usize {
        self.middle.memory().max(self.range.memory())
    }

    fn definition(&self) -> Definition {
        let atr_period = self.range.warmup() - 1;
        Definition::new("keltner", [self.middle.warmup() as f64, atr_period as f64, self.width])
            .outputs(&["upper", "middle", "lower"])
            .on_price()
    }
}
