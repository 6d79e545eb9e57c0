//! What volume says about a move.

use crate::indicator::{Definition, Indicator, WHOLE_HISTORY};
use crate::ratio::ratio;
use crate::trend::typical_price;
use crate::window::{Rolling, Sum, TwoSums};
use wb_core::Bar;

/// On-balance volume: the running total of volume, added where the close rose and taken off where it fell (J.
/// Granville, 1963). TA-Lib `OBV`; as there, it begins with the first bar's volume. It never forgets its
/// start.
#[derive(Clone, PartialEq, Debug)]
pub struct Obv {
    last_close: Option<f64>,
    total: f64,
}

impl Obv {
    /// It has no parameters.
    #[expect(clippy::new_without_default, reason = "indicators are made by `new` with their parameters")]
    pub fn new() -> Obv {
        Obv { last_close: None, total: 0.0 }
    }
}

impl Indicator for Obv {
    type Input = Bar;
    type Output = f64;

    fn update(&mut self, bar: Bar) -> f64 {
        let last = self.last_close.replace(bar.close);
        if last.is_none_or(|close| bar.close > close) {
            self.total += bar.volume;
        } else if last.is_some_and(|close| bar.close < close) {
            self.total -= bar.volume;
        }
        self.total
    }

    fn warmup(&self) -> usize {
        1
    }

    fn memory(&self) -> usize {
        WHOLE_HISTORY
    }

    fn definition(&self) -> Definition {
        Definition::new("obv", [])
    }
}

/// Accumulation/distribution line (M. Chaikin): the running total of volume times the close's place in its
/// bar's range, −1 at the low to 1 at the high; a bar without range adds nothing. TA-Lib `AD`. It never
/// forgets its start.
#[derive(Clone, PartialEq, Debug)]
pub struct AdLine {
    total: f64,
}

impl AdLine {
    /// It has no parameters.
    #[expect(clippy::new_without_default, reason = "indicators are made by `new` with their parameters")]
    pub fn new() -> AdLine {
        AdLine { total: 0.0 }
    }
}

impl Indicator for AdLine {
    type Input = Bar;
    type Output = f64;

    fn update(&mut self, bar: Bar) -> f64 {
        self.total += money_flow(&bar);
        self.total
    }

    fn warmup(&self) -> usize {
        1
    }

    fn memory(&self) -> usize {
        WHOLE_HISTORY
    }

    fn definition(&self) -> Definition {
        Definition::new("ad_line", [])
    }
}

/// Chaikin money flow: the sum of what [`AdLine`] adds over the volume, both of `period` bars (M. Chaikin); 0
/// where nothing was traded.
#[derive(Clone, PartialEq, Debug)]
pub struct ChaikinMoneyFlow {
    window: Rolling<TwoSums>,
}

impl ChaikinMoneyFlow {
    /// The flow of `period` bars.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> ChaikinMoneyFlow {
        ChaikinMoneyFlow { window: Rolling::new(period) }
    }
}

impl Indicator for ChaikinMoneyFlow {
    type Input = Bar;
    type Output = f64;

    fn update(&mut self, bar: Bar) -> f64 {
        let TwoSums(flow, volume) = self.window.push(TwoSums(money_flow(&bar), bar.volume));
        ratio(flow, volume, 0.0)
    }

    fn warmup(&self) -> usize {
        self.window.period()
    }

    fn definition(&self) -> Definition {
        Definition::new("chaikin_money_flow", [self.window.period() as f64])
    }
}

/// Volume times the place of the close in the bar's range, −1 to 1.
fn money_flow(bar: &Bar) -> f64 {
    ratio((bar.close - bar.low) - (bar.high - bar.close), bar.high - bar.low, 0.0) * bar.volume
}

/// Money flow index: 100·inflow / (inflow + outflow) over `period` bars, where a bar's typical price times
/// its volume flows in if that price rose and out if it fell (G. Quong, A. Soudack, 1989). TA-Lib `MFI`.
///
/// 0 where nothing flowed. (TA-Lib says 0 as soon as the flow is below 1, whatever the currency.)
#[derive(Clone, PartialEq, Debug)]
pub struct Mfi {
    last_price: Option<f64>,
    window: Rolling<TwoSums>,
}

impl Mfi {
    /// The index of `period` flows.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> Mfi {
        Mfi { last_price: None, window: Rolling::new(period) }
    }
}

impl Indicator for Mfi {
    type Input = Bar;
    type Output = f64;

    fn update(&mut self, bar: Bar) -> f64 {
        let price = typical_price(&bar);
        let Some(last) = self.last_price.replace(price) else { return 0.0 };
        let flow = price * bar.volume;
        let rose = if price > last { flow } else { 0.0 };
        let fell = if price < last { flow } else { 0.0 };
        let TwoSums(inflow, outflow) = self.window.push(TwoSums(rose, fell));
        100.0 * ratio(inflow, inflow + outflow, 0.0)
    }

    fn warmup(&self) -> usize {
        self.window.period() + 1
    }

    fn definition(&self) -> Definition {
        Definition::new("mfi", [self.window.period() as f64])
    }
}

/// Volume ratio: the bar's volume over the mean of the `period` bars *before* it; 1 where those traded
/// nothing.
#[derive(Clone, PartialEq, Debug)]
pub struct VolumeRatio {
    window: Rolling<Sum>,
    before: f64,
}

impl VolumeRatio {
    /// The ratio to the mean of `period` bars.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> VolumeRatio {
        VolumeRatio { window: Rolling::new(period), before: 0.0 }
    }
}

impl Indicator for VolumeRatio {
    type Input = Bar;
    type Output = f64;

    fn update(&mut self, bar: Bar) -> f64 {
        let Sum(next) = self.window.push(Sum(bar.volume));
        let before = std::mem::replace(&mut self.before, next);
        ratio(bar.volume * self.window.period() as f64, before, 1.0)
    }

    fn warmup(&self) -> usize {
        self.window.period() + 1
    }

    fn definition(&self) -> Definition {
        Definition::new("volume_ratio", [self.window.period() as f64])
    }
}
