//! Bars for the tests of this crate.

use wb_core::{Bar, BarColumns, Calendar, Grid, InstrumentKind, Interval, Rng, Ts};

use crate::{Auditor, Catalog, Import, Overlap, SeriesKey, SeriesMeta, TickSource};

/// A random walk of `n` bars on ticks of 0.01, the first of which ends at `first`.
pub(crate) fn walk(interval: Interval, first: &str, n: usize, seed: u64) -> BarColumns {
    let mut rng = Rng::new(seed);
    let mut bars = BarColumns::with_capacity(interval, n);
    let mut ts = Ts::parse(first).expect("a time");
    let mut close = 10_000;
    for _ in 0..n {
        let open = close;
        close = open + 20 - rng.below(41) as i64;
        let (high, low) = (open.max(close) + rng.below(9) as i64, open.min(close) - rng.below(9) as i64);
        let price = |ticks| Grid::decimal(2).value(ticks);
        let (open, high, low, close) = (price(open), price(high), price(low), price(close));
        bars.push(ts, &Bar { interval, open, high, low, close, volume: 1.0 + rng.below(1_000) as f64 });
        ts = ts + interval.span();
    }
    bars
}

/// A spot instrument that trades always.
pub(crate) fn meta() -> SeriesMeta {
    SeriesMeta {
        kind: InstrumentKind::Spot,
        currency: "USDT".into(),
        tick: Grid::decimal(2),
        tick_source: TickSource::Inferred,
        lot: Grid::decimal(8),
        multiplier: 1.0,
        calendar: Calendar::always_open(),
    }
}

/// The import of a file of this name that holds these bars.
pub(crate) fn import(file: &str, bars: &BarColumns) -> Import {
    let mut auditor = Auditor::new(bars.interval, Calendar::always_open(), None);
    auditor.push(bars, |row| row as u64 + 1);
    Import { files: vec![file.into()], format: "csv".into(), audit: auditor.finish() }
}

/// Writes the bars in one go.
pub(crate) fn write(catalog: &Catalog, key: &SeriesKey, overlap: Overlap, bars: &BarColumns) {
    let mut writer = catalog.writer(key, overlap).expect("begins");
    writer.push(bars).expect("takes the bars");
    writer.commit(&meta(), &import("bars.csv", bars)).expect("commits");
}
