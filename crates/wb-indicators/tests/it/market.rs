//! Markets to feed indicators with.

use crate::table::Sample;
use wb_core::{Bar, Interval, Rng, Span, Ts};

/// The end of the first of the quarter hours that samples are apart.
const START: Ts = Ts::from_seconds(1_700_000_100);

/// The `number`-th bar of a market of quarter hours.
pub(crate) fn sample(number: usize, [open, high, low, close, volume]: [f64; 5]) -> Sample {
    let interval = Interval::Minutes(15);
    let close_ts = START + Span(interval.span().0 * number as i64);
    Sample { close: close_ts, bar: Bar { interval, open, high, low, close, volume } }
}

/// Bars `from..to` of a market that wanders about a level, with quiet and wild times and uneven volume.
pub(crate) fn wandering(rng: &mut Rng, level: f64, from: usize, to: usize) -> Vec<Sample> {
    let mut log_price: f64 = 0.0;
    let mut wildness = 0.01;
    (from..to)
        .map(|number| {
            if rng.below(50) == 0 {
                wildness = 0.002 + 0.03 * rng.uniform();
            }
            let open = level * libm::exp(log_price);
            log_price = 0.999 * log_price + wildness * (rng.uniform() - 0.5);
            let close = level * libm::exp(log_price);
            let (up, down) = (1.0 + wildness * rng.uniform(), 1.0 - wildness * rng.uniform());
            let volume = 1.0 / (0.001 + rng.uniform());
            sample(number, [open, open.max(close) * up, open.min(close) * down, close, volume])
        })
        .collect()
}

/// `count` bars of the sort that breaks formulas: rests, jumps, zeros, huge and tiny prices of either sign, no
/// volume.
pub(crate) fn hostile(rng: &mut Rng, count: usize) -> Vec<Sample> {
    const PRICES: [f64; 10] = [0.0, -0.0, 0.1, -0.1, 1e60, -1e60, 1e-60, 5e-324, 100.0, 100.000_000_001];
    const VOLUMES: [f64; 5] = [0.0, 5e-324, 1e-60, 1.0, 1e60];
    let mut price = 100.0;
    let mut volume = 1.0;
    (0..count)
        .map(|number| {
            let before = price;
            if rng.below(4) == 0 {
                price = PRICES[rng.below(PRICES.len() as u64) as usize];
                volume = VOLUMES[rng.below(VOLUMES.len() as u64) as usize];
            }
            let reach = if rng.below(3) == 0 { price.abs() * rng.uniform() } else { 0.0 };
            sample(number, [before, before.max(price) + reach, before.min(price) - reach, price, volume])
        })
        .collect()
}

/// `count` bars at one price, from the `from`-th on.
pub(crate) fn at_rest(price: f64, volume: f64, from: usize, count: usize) -> Vec<Sample> {
    (from..from + count).map(|number| sample(number, [price, price, price, price, volume])).collect()
}
