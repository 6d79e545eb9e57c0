//! A market whose prices are slightly others.

use wb_core::{Bar, BarColumns, Rng, Ts};

/// Every price times one plus noise with a standard deviation of `bps` basis points, each price its own; highs and
/// lows are then those of the four. Instants and volumes stay.
pub(crate) fn with_noise(bars: &BarColumns, bps: f64, rng: &mut Rng) -> BarColumns {
    let mut columns = BarColumns::with_capacity(bars.interval, bars.len());
    for row in 0..bars.len() {
        let bar = bars.bar(row);
        let noisy = [bar.open, bar.high, bar.low, bar.close].map(|x| x * (1.0 + 1e-4 * bps * bell(rng)));
        let [open, _, _, close] = noisy;
        let high = noisy.iter().copied().fold(f64::MIN, f64::max);
        let low = noisy.iter().copied().fold(f64::MAX, f64::min);
        columns.push(bars.ts[row], &Bar { open, high, low, close, ..bar });
    }
    columns
}

/// The bars of the middle of a stretch of time: a share of its length cut off at the start, another at the end.
pub(crate) fn cut(bars: &BarColumns, (first, last): (Ts, Ts), start: f64, end: f64) -> BarColumns {
    let length = (last.0 - first.0) as f64;
    bars.between(Ts(first.0 + (length * start) as i64), Ts(last.0 - (length * end) as i64))
}

/// Near enough to a standard normal number: the sum of twelve uniform ones, less six. No logarithm, so the same
/// everywhere, and never beyond six.
fn bell(rng: &mut Rng) -> f64 {
    (0..12).map(|_| rng.uniform()).sum::<f64>() - 6.0
}
