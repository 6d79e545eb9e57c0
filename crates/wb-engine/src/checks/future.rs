//! A market whose future is another one.

use wb_core::{Bar, BarColumns, Instrument, Rng, Round, Side, Ts};

/// Steps of the walk inside a bar.
const STEPS: usize = 4;
/// The largest mean move of a bar that the walk repeats: a wilder one would soon reach zero.
const WILDEST: f64 = 0.05;
/// The walk turns round where it is this many times above or below its start.
const FARTHEST: f64 = 4.0;

/// The bars up to `after` as they are, and from there on a random walk at the same instants: moves as large as the
/// series' own on average, prices on the instrument's ticks, volumes anywhere up to twice the mean.
pub(crate) fn altered_after(
    bars: &BarColumns,
    instrument: &Instrument,
    after: Ts,
    rng: &mut Rng,
) -> BarColumns {
    let first = bars.ts.partition_point(|ts| *ts <= after);
    let start = if first > 0 { bars.close[first - 1] } else { bars.open[0] };
    let (scale, volume) = (mean_move(bars), mean_volume(bars));
    let least = instrument.tick.step();
    let on_tick = |x: f64| instrument.price_f64(instrument.price(x, Side::Buy, Round::Nearest)).max(least);
    let mut columns = bars.between(Ts::MIN, after);
    let mut price = start;
    for row in first..bars.len() {
        let path: [f64; STEPS] = std::array::from_fn(|_| {
            price = step(price, start, scale, rng);
            on_tick(price)
        });
        let bar = Bar {
            interval: bars.interval,
            open: path[0],
            high: path.iter().copied().fold(f64::MIN, f64::max),
            low: path.iter().copied().fold(f64::MAX, f64::min),
            close: path[STEPS - 1],
            volume: (2.0 * volume * rng.uniform()).round(),
        };
        columns.push(bars.ts[row], &bar);
    }
    columns
}

/// One step of the walk, back towards its start where it is too far away.
fn step(price: f64, start: f64, scale: f64, rng: &mut Rng) -> f64 {
    let size = 2.0 * scale * rng.uniform();
    let up = match price / start {
        far if far > FARTHEST => false,
        far if far < 1.0 / FARTHEST => true,
        _ => rng.below(2) == 0,
    };
    if up { price * (1.0 + size) } else { price * (1.0 - size) }
}

/// The mean size of a bar's move, as a share of the price.
fn mean_move(bars: &BarColumns) -> f64 {
    let moves = bars.close.windows(2).map(|pair| (pair[1] / pair[0] - 1.0).abs());
    let mean = moves.sum::<f64>() / bars.len() as f64;
    // A series that never moves must move afterwards, or nothing is altered.
    if mean > 0.0 { mean.min(WILDEST) } else { 0.01 }
}

/// The mean volume, at least one unit.
fn mean_volume(bars: &BarColumns) -> f64 {
    (bars.volume.iter().sum::<f64>() / bars.len() as f64).max(1.0)
}
