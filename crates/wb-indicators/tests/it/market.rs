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
