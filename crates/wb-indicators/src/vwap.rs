//! Volume-weighted average prices.

use crate::indicator::{Definition, Indicator};
use crate::ratio::ratio;
use crate::trend::typical_price;
use crate::window::{Aggregate, Rolling, TwoSums};
use wb_core::{Bar, Interval, Span, Ts, UtcOffsets};

/// Volume-weighted average price of the last `period` bars, each at its typical price (high + low + close)/3;
/// the newest typical price where nothing was traded.
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

/// Volume-weighted average price since local midnight, as [`Vwap`]; each bar comes with the instant of its
/// close, and one that closes at midnight still belongs to the day before.
#[derive(Clone, PartialEq, Debug)]
pub struct SessionVwap {
    zone: UtcOffsets,
    interval: Interval,
    /// The midnight that ends the session.
    ends: Ts,
    sums: TwoSums,
}

impl SessionVwap {
    /// The average price of the session's bars, days being cut in `zone`; from their `interval` it knows how
    /// many a day may have.
    pub fn new(zone: UtcOffsets, interval: Interval) -> SessionVwap {
        SessionVwap { zone, interval, ends: Ts::MIN, sums: TwoSums::EMPTY }
    }

    fn begin_session(&mut self, close: Ts) {
        self.ends = self.zone.end_of(self.zone.last_date(close));
        self.sums = TwoSums::EMPTY;
    }
}

impl Indicator for SessionVwap {
    type Input = (Ts, Bar);
    type Output = f64;

    fn update(&mut self, (close, bar): (Ts, Bar)) -> f64 {
        if close > self.ends {
            self.begin_session(close);
        }
        let price = typical_price(&bar);
        self.sums = self.sums.then(TwoSums(price * bar.volume, bar.volume));
        ratio(self.sums.0, self.sums.1, price)
    }

    fn warmup(&self) -> usize {
        1
    }

    /// The bars of a day of 25 hours, as the end of summer time has.
    fn memory(&self) -> usize {
        let longest_day = Span::DAY.0 + Span::DAY.0 / 24;
        let bars = (longest_day + self.interval.span().0 - 1) / self.interval.span().0;
        usize::try_from(bars).expect("an interval is at least a second long")
    }

    /// The interval in seconds and a number of the zone, 0 for UTC.
    fn definition(&self) -> Definition {
        Definition::new("session_vwap", [self.interval.span().as_seconds_f64(), zone_number(&self.zone)])
            .on_price()
    }
}

/// A number that tells zones apart: FNV-1a of their offsets, folded to 32 bits.
fn zone_number(zone: &UtcOffsets) -> f64 {
    const OFFSET: u64 = 0xCBF2_9CE4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01B3;
    let words = zone.steps().iter().flat_map(|(from, offset)| [from.0, offset.0]);
    let hash = words.flat_map(i64::to_le_bytes).fold(OFFSET, |h, b| (h ^ u64::from(b)).wrapping_mul(PRIME));
    let number = if hash == OFFSET { 0 } else { (hash >> 32) as u32 ^ hash as u32 };
    f64::from(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(zone: &UtcOffsets, closes: [&str; 4], expected: [f64; 4]) {
        let mut vwap = SessionVwap::new(zone.clone(), Interval::Minutes(60));
        // Prices 1, 2, 3, 4 with volumes 1, 2, 3, 4.
        let values: Vec<f64> = (1..=4)
            .zip(closes)
            .map(|(i, close)| {
                let (x, close) = (f64::from(i), Ts::parse(close).expect("a time"));
                let interval = Interval::Minutes(60);
                vwap.update((close, Bar { interval, open: x, high: x, low: x, close: x, volume: x }))
            })
            .collect();
        assert!(
            values.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12),
            "{values:?}, not {expected:?}"
        );
    }

    #[test]
    fn a_session_ends_with_the_bar_that_closes_at_local_midnight() {
        let closes =
            ["2024-03-09T23:00:00Z", "2024-03-10T00:00:00Z", "2024-03-10T01:00:00Z", "2024-03-10T04:00:00Z"];
        check(&UtcOffsets::default(), closes, [1.0, 5.0 / 3.0, 3.0, 25.0 / 7.0]);
        let new_york = UtcOffsets::new(vec![(Ts::MIN, Span::from_seconds(-5 * 3600))]);
        check(&new_york, closes, [1.0, 5.0 / 3.0, 14.0 / 6.0, 3.0]);
    }

    #[test]
    fn sessions_of_other_zones_have_other_definitions() {
        let of = |hours: i64| {
            let zone = UtcOffsets::new(vec![(Ts::MIN, Span::from_seconds(hours * 3600))]);
            SessionVwap::new(zone, Interval::Minutes(1)).definition()
        };
        assert_ne!(of(-5), of(-4));
        let utc = SessionVwap::new(UtcOffsets::default(), Interval::Minutes(1));
        assert_eq!(utc.definition().to_string(), "session_vwap(60,0)");
        assert_eq!(utc.memory(), 25 * 60);
    }
}
