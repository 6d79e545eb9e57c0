//! Random markets from a seed.

use std::sync::Arc;

use wb_catalog::{Auditor, Catalog, Import, Overlap, SeriesKey, SeriesMeta, TickSource};
use wb_core::{
    Bar, BarColumns, Calendar, Grid, Instrument, InstrumentId, InstrumentKind, Interval, Rng, Span, Ts,
};

use super::project::Project;

/// Instruments of a venue that never closes: ticks of 0.01, lots of 0.001.
pub(crate) fn instruments(n: usize) -> Arc<[Instrument]> {
    let one = |id| Instrument {
        id: InstrumentId(id),
        symbol: format!("S{id}"),
        venue: "test".to_string(),
        kind: InstrumentKind::Spot,
        currency: "USD".to_string(),
        tick: Grid::decimal(2),
        lot: Grid::decimal(3),
        multiplier: 1.0,
        calendar: Calendar::always_open(),
    };
    (0..n as u32).map(one).collect()
}

/// Hourly bars of `n` symbols that share part of their moves: calm and wild stretches, trends and returns. One bar in
/// fifty is missing, another one for each symbol.
pub(crate) fn bars(n: usize, length: usize, seed: u64) -> Vec<BarColumns> {
    let interval = Interval::Minutes(60);
    let mut shared = Rng::new(seed);
    let moves: Vec<f64> = (0..length).map(|i| (bell(&mut shared) + trend(i)) * wildness(i)).collect();
    let symbol = |index: u64| {
        let mut rng = Rng::for_part(seed, index);
        let mut columns = BarColumns::with_capacity(interval, length);
        let mut price = 50.0 + 10.0 * index as f64;
        for (i, shared) in moves.iter().enumerate() {
            let open: f64 = cents(price);
            price *= 1.0 + 0.006 * (0.6 * shared + 0.8 * bell(&mut rng));
            let close = cents(price);
            let high = cents(open.max(close) * (1.0 + 0.002 * rng.uniform()));
            let low = cents(open.min(close) * (1.0 - 0.002 * rng.uniform()));
            let volume = 100.0 + (900.0 * rng.uniform()).floor();
            if rng.below(50) != 0 {
                let ts = Ts::from_seconds(1_700_006_400) + Span::from_seconds(3600 * i as i64);
                columns.push(
                    ts,
                    &Bar {
                        interval,
                        open,
                        high: high.max(open).max(close),
                        low: low.min(open).min(close),
                        close,
                        volume,
                    },
                );
            }
        }
        columns
    };
    (0..n as u64).map(symbol).collect()
}

/// Near enough to a normal number: the sum of twelve uniform ones, less six. No logarithm, so the same everywhere.
fn bell(rng: &mut Rng) -> f64 {
    (0..12).map(|_| rng.uniform()).sum::<f64>() - 6.0
}

fn trend(i: usize) -> f64 {
    if (i / 200).is_multiple_of(2) { 0.08 } else { -0.07 }
}

fn wildness(i: usize) -> f64 {
    if (i / 350).is_multiple_of(3) { 1.8 } else { 0.7 }
}

fn cents(x: f64) -> f64 {
    (x * 100.0).round().max(100.0) / 100.0
}

/// Writes bars into the catalog of a project as `test:S0`: what needs no import.
pub(crate) fn store(project: &Project, length: usize, seed: u64) {
    store_series(project, &instruments(1)[0], &bars(1, length, seed)[0]);
}

/// Writes the bars of an instrument into the catalog of a project.
pub(crate) fn store_series(project: &Project, instrument: &Instrument, bars: &BarColumns) {
    let catalog = Catalog::open(&project.path().join("data/catalog")).expect("an empty catalog");
    let key = SeriesKey::new(&instrument.venue, &instrument.symbol, bars.interval).expect("good names");
    let meta = SeriesMeta {
        kind: instrument.kind,
        currency: instrument.currency.clone(),
        tick: instrument.tick,
        tick_source: TickSource::Stated,
        lot: instrument.lot,
        multiplier: instrument.multiplier,
        calendar: instrument.calendar.clone(),
    };
    let mut auditor = Auditor::new(bars.interval, meta.calendar.clone(), Some(meta.tick));
    auditor.push(bars, |row| row as u64 + 1);
    let import = Import { files: vec![], format: "test".to_string(), audit: auditor.finish() };
    let mut writer = catalog.writer(&key, Overlap::Replace).expect("nobody else writes");
    writer.push(bars).expect("bars in order");
    writer.commit(&meta, &import).expect("good bars");
}
