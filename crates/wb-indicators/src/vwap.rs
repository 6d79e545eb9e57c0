//! Volume-weighted average prices.

use crate::indicator::{Definition, Indicator};
use crate::ratio::ratio;
use crate::trend::typical_price;
use crate::window::{Aggregate, Rolling, TwoSums};
use wb_core::{Bar, CivilDate, Interval, Span};

/// Volume-weighted average price of the last `period` bars, each at its typical price (high + low + close)/3; the
/// newest typical price where nothing was traded.
#[derive(Clone, PartialEq, Debug)]
pub struct Vwap {
    window: Rolling<TwoSums>,
}

impl Vwap {
    /// The average price of `period` bars.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> Vwap {
        Vwap { window: Rolling::new(period) }
    }
}

impl Indicator for Vwap {
    type Input = Bar;
    type Output = f64;

    fn update(&mut self, bar: Bar) -> f64 {
        let price = typical_price(&bar);
        let TwoSums(value, volume) = self.window.push(TwoSums(price * bar.volume, bar.volume));
        ratio(value, volume, price)
    }

    fn warmup(&self) -> usize {
        self.window.period()
    }

    fn definition(&self) -> Definition {
        Definition::new("vwap", [self.window.period() as f64]).on_price()
    }
}

/// Volume-weighted average price since the session began, as [`Vwap`].
///
/// A bar does not know its date, so each comes with the date of the session it belongs to, and another date begins
/// another session. Bars are stamped at their close: the date is that of the instant before it, in the
/// instrument's zone (`zone.date(close - Span(1))`), so that the bar which ends at midnight belongs to the old day.
#[derive(Clone, PartialEq, Debug)]
pub struct SessionVwap {
    interval: Interval,
    date: Option<CivilDate>,
    sums: TwoSums,
}

impl SessionVwap {
    /// The average price of the session's bars of this `interval`, by which it knows how many a day may have.
    pub fn new(interval: Interval) -> SessionVwap {
        SessionVwap { interval, date: None, sums: TwoSums::EMPTY }
    }
}

impl Indicator for SessionVwap {
    type Input = (CivilDate, Bar);
    type Output = f64;

    fn update(&mut self, (date, bar): (CivilDate, Bar)) -> f64 {
        if self.date.replace(date) != Some(date) {
            self.sums = TwoSums::EMPTY;
        }
        let price = typical_price(&bar);
        self.sums = self.sums.then(TwoSums(price * bar.volume, bar.volume));
        ratio(self.sums.0, self.sums.1, price)
    }

    fn warmup(&self) -> usize {
        1
    }

    /// The bars of a day of 25 hours, which the end of summer time has.
    fn memory(&self) -> usize {
        let longest_day = Span::DAY.0 + Span::DAY.0 / 24;
        let bars = (longest_day + self.interval.span().0 - 1) / self.interval.span().0;
        usize::try_from(bars).expect("an interval is at least a second long")
    }

    fn definition(&self) -> Definition {
        Definition::new("session_vwap", [self.interval.span().as_seconds_f64()]).on_price()
    }
}
