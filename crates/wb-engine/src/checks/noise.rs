//! A market whose prices are slightly others.

use wb_core::{Bar, BarColumns, Rng};

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

/// Near enough to a standard normal number: the sum of twelve uniform ones, less six. No logarithm, so the same
/// everywhere, and never beyond six.
fn bell(rng: &mut Rng) -> f64 {
    (0..12).map(|_| rng.uniform()).sum::<f64>() - 6.0
}
