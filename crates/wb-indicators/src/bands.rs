//! Channels around a price.

use crate::indicator::{Definition, Indicator};
use crate::window::{Highest, Lowest, Rolling};
use wb_core::Bar;

/// Donchian channel: the highest high and lowest low of the `period` bars *before* this one, and their middle, so
/// that a close can lie outside it: R. Donchian's rule is to act when a price exceeds those of the weeks before.
///
/// Charts often draw the channel with the current bar inside; that is [`RollingMax`](crate::RollingMax) of highs.
#[derive(Clone, PartialEq, Debug)]
pub struct Donchian {
    highs: Rolling<Highest>,
    lows: Rolling<Lowest>,
    channel: [f64; 3],
}

impl Donchian {
    /// The channel of the `period` bars before.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> Donchian {
        Donchian { highs: Rolling::new(period), lows: Rolling::new(period), channel: [0.0; 3] }
    }
}

impl Indicator for Donchian {
    type Input = Bar;
    type Output = [f64; 3];

    #[inline]
    fn update(&mut self, bar: Bar) -> [f64; 3] {
        let Highest(upper) = self.highs.push(Highest(bar.high));
        let Lowest(lower) = self.lows.push(Lowest(bar.low));
        let next = [upper, 0.5 * (upper + lower), lower];
        std::mem::replace(&mut self.channel, next)
    }

    fn warmup(&self) -> usize {
        self.highs.period() + 1
    }

    fn definition(&self) -> Definition {
        Definition::new("donchian", [self.highs.period() as f64])
            .outputs(&["upper", "middle", "lower"])
            .on_price()
    }
}
