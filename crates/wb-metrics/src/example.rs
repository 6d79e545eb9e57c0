//! Outcomes for tests: a small series with known figures, and curves made to order.

use std::sync::Arc;

use wb_core::{Calendar, Grid, Instrument, InstrumentId, InstrumentKind, Interval, Rng, Span, Ts};

use crate::outcome::{Benchmark, EquityCurve, Outcome};

/// Daily returns of a strategy, made with numpy: a share of the benchmark's and noise with fat tails.
#[rustfmt::skip]
pub(crate) const OWN: [f64; 130] = [
    -0.0040, -0.0007, -0.0098, -0.0184, 0.0143, -0.0207, -0.0030, 0.0148, -0.0008, 0.0021, 0.0073, 0.0455,
    -0.0092, 0.0026, -0.0049, -0.0075, -0.0018, -0.0100, 0.0093, -0.0003, 0.0001, -0.0307, -0.0026, -0.0143,
    0.0052, -0.0028, -0.0073, -0.0165, 0.0403, 0.0047, -0.0048, 0.0065, -0.0033, 0.0124, 0.0097, -0.0048,
    -0.0106, -0.0073, 0.0140, 0.0034, 0.0011, 0.0038, 0.0156, 0.0073, 0.0115, 0.0104, -0.0003, 0.0219,
    -0.0066, 0.0080, -0.0033, 0.0041, -0.0001, -0.0005, -0.0245, 0.0139, 0.0039, 0.0052, -0.0075, -0.0005,
    0.0241, -0.0041, 0.0096, -0.0018, 0.0025, 0.0247, 0.0115, -0.0161, 0.0104, -0.0156, 0.0091, -0.0023,
    -0.0001, 0.0088, -0.0008, 0.0128, -0.0010, 0.0136, -0.0009, 0.0015, 0.0069, 0.0240, -0.0100, 0.0118,
    0.0204, 0.0068, 0.0063, 0.0076, 0.0041, 0.0104, 0.0086, -0.0024, 0.0026, 0.0155, -0.0166, 0.0060,
    -0.0013, -0.0020, 0.0057, -0.0001, -0.0090, 0.0066, 0.0011, 0.0216, -0.0030, 0.0615, 0.0090, 0.0126,
    -0.0027, -0.0097, 0.0068, -0.0025, 0.0509, 0.0138, 0.0054, -0.0074, 0.0134, -0.0009, 0.0193, -0.0007,
    0.0027, -0.0025, -0.0059, 0.0120, -0.0073, 0.0017, -0.0153, 0.0066, 0.0168, -0.0128,
];

/// Daily returns of its benchmark.
#[rustfmt::skip]
pub(crate) const BENCHMARK: [f64; 130] = [
    0.0052, -0.0055, 0.0061, -0.0034, -0.0053, -0.0354, 0.0004, 0.0226, 0.0089, 0.0126, 0.0007, 0.0589,
    -0.0138, 0.0056, 0.0018, -0.0079, -0.0003, -0.0103, 0.0125, -0.0030, -0.0001, -0.0093, -0.0087, -0.0021,
    0.0192, 0.0019, -0.0019, -0.0035, 0.0567, 0.0013, -0.0081, 0.0109, -0.0004, 0.0180, 0.0090, -0.0048,
    -0.0071, -0.0020, 0.0145, 0.0071, 0.0032, -0.0008, 0.0067, 0.0041, 0.0005, 0.0205, -0.0062, -0.0012,
    -0.0145, 0.0051, -0.0003, -0.0069, 0.0021, -0.0024, -0.0352, 0.0232, -0.0073, -0.0013, 0.0025, -0.0106,
    0.0232, -0.0112, 0.0023, -0.0012, 0.0012, 0.0188, 0.0206, -0.0257, 0.0076, -0.0121, 0.0057, 0.0064,
    0.0065, 0.0091, -0.0009, 0.0037, -0.0031, 0.0033, -0.0021, -0.0077, 0.0102, 0.0224, -0.0300, 0.0023,
    0.0172, -0.0010, 0.0030, 0.0081, -0.0042, 0.0000, 0.0089, -0.0071, -0.0032, 0.0160, -0.0029, 0.0107,
    -0.0020, -0.0033, 0.0008, 0.0038, 0.0013, 0.0072, -0.0118, 0.0094, 0.0033, 0.0880, -0.0012, 0.0154,
    -0.0020, -0.0161, 0.0173, -0.0066, 0.0650, 0.0162, -0.0009, 0.0007, 0.0059, 0.0092, 0.0230, -0.0101,
    -0.0004, -0.0115, -0.0061, -0.0016, 0.0125, 0.0008, -0.0146, 0.0109, 0.0147, 0.0021,
];

/// An instrument of that index with a tick of 0.01 and a lot of 0.001, traded on 252 days a year.
pub(crate) fn instrument(index: u32) -> Instrument {
    Instrument {
        id: InstrumentId(index),
        symbol: "X".to_string(),
        venue: "test".to_string(),
        kind: InstrumentKind::Spot,
        currency: "USD".to_string(),
        tick: Grid::decimal(2),
        lot: Grid::decimal(3),
        multiplier: 1.0,
        calendar: Calendar { days_per_year: 252.0, ..Calendar::always_open() },
    }
}

/// Equity of these returns from `start`.
pub(crate) fn compound(start: f64, returns: &[f64]) -> Vec<f64> {
    let step = |equity: &mut f64, r: &f64| {
        *equity *= 1.0 + r;
        Some(*equity)
    };
    returns.iter().scan(start, step).collect()
}

/// An outcome without trades whose bars of `interval` begin on 2023-01-02.
pub(crate) fn outcome(interval: Interval, start_equity: f64, equity: Vec<f64>) -> Outcome {
    let instrument = instrument(0);
    let begin = Ts::parse("2023-01-02").expect("a date");
    let end_of = |row: usize| begin + Span(interval.span().0 * (row as i64 + 1));
    Outcome {
        bars_per_year: instrument.calendar.bars_per_year(interval),
        instruments: Arc::new([instrument]),
        currency: "USD".to_string(),
        start_equity,
        interval,
        equity: EquityCurve {
            ts: (0..equity.len()).map(end_of).collect(),
            gross: vec![0.0; equity.len()],
            equity,
        },
        benchmark: None,
        orders: Vec::new(),
        fills: Vec::new(),
        round_trips: Vec::new(),
        carry: 0.0,
    }
}

/// The outcome of [`OWN`] against [`BENCHMARK`], from 100,000.
pub(crate) fn reference() -> Outcome {
    let mut outcome = outcome(Interval::Days(1), 1e5, compound(1e5, &OWN));
    outcome.benchmark = Some(Benchmark { name: "test:B".to_string(), equity: compound(1e5, &BENCHMARK) });
    outcome
}

/// A random walk of `count` equities from `start`, with steps of at most `step` of it.
pub(crate) fn random_walk(rng: &mut Rng, start: f64, step: f64, count: usize) -> Vec<f64> {
    let returns: Vec<f64> = (0..count).map(|_| (rng.uniform() - 0.5) * 2.0 * step).collect();
    compound(start, &returns)
}
