//! What a run's figures and round trips cost: `cargo bench -p wb-metrics`.

#![expect(missing_docs, reason = "criterion_group! makes an undocumented function")]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use wb_core::{
    Calendar, Fill, Grid, Instrument, InstrumentId, InstrumentKind, Interval, OrderId, Price, Qty, Rng, Side,
    Ts,
};
use wb_metrics::{
    Benchmark, EffectiveTrials, EquityCurve, ExitReason, Folds, Outcome, Overfitting, RoundTripBuilder,
    SuperiorAbility, SweepLuck, SweepResults, Tearsheet,
};

const BARS: usize = 1_000_000;

fn instrument() -> Instrument {
    Instrument {
        id: InstrumentId(0),
        symbol: "X".to_string(),
        venue: "bench".to_string(),
        kind: InstrumentKind::Spot,
        currency: "USD".to_string(),
        tick: Grid::decimal(2),
        lot: Grid::decimal(3),
        multiplier: 1.0,
        calendar: Calendar::always_open(),
    }
}

fn fill(side: Side, lots: i64) -> Fill {
    Fill {
        order: OrderId(1),
        instrument: InstrumentId(0),
        side,
        price: Price(10_000),
        qty: Qty::new(lots),
        fee: 0.1,
        slippage: 0.0,
        maker: false,
        ts: Ts::from_seconds(0),
    }
}

fn walk(seed: u64) -> Vec<f64> {
    let mut rng = Rng::new(seed);
    let step = |equity: &mut f64, ()| {
        *equity *= 1.0 + (rng.uniform() - 0.4999) * 0.002;
        Some(*equity)
    };
    std::iter::repeat_n((), BARS).scan(1e5, step).collect()
}

/// Two years of minute bars with a benchmark and 40,000 fills.
fn outcome() -> Outcome {
    let mut trips = RoundTripBuilder::new();
    let fills: Vec<Fill> =
        (0..40_000).map(|k| fill(if k % 2 == 0 { Side::Buy } else { Side::Sell }, 1000)).collect();
    fills.iter().for_each(|fill| trips.on_fill(fill, &instrument(), ExitReason::Signal));
    Outcome {
        instruments: Arc::new([instrument()]),
        currency: "USD".to_string(),
        start_equity: 1e5,
        interval: Interval::Minutes(1),
        bars_per_year: 525_600.0,
        equity: EquityCurve {
            ts: (1..=BARS as i64).map(|minute| Ts::from_seconds(60 * minute)).collect(),
            equity: walk(1),
            gross: vec![1e5; BARS],
        },
        benchmark: Some(Benchmark { name: "bench:X".to_string(), equity: walk(2) }),
        orders: Vec::new(),
        fills,
        round_trips: trips.finish(),
        carry: 0.0,
    }
}

fn tearsheet(criterion: &mut Criterion) {
    let mut outcome = outcome();
    criterion.bench_function("tearsheet, 1,000,000 bars against a benchmark", |b| {
        b.iter(|| Tearsheet::of(black_box(&outcome)));
    });
    outcome.benchmark = None;
    criterion.bench_function("tearsheet, 1,000,000 bars", |b| {
        b.iter(|| Tearsheet::of(black_box(&outcome)));
    });
}

fn round_trips(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("a bar of the matcher, by open lots");
    let bars: Vec<(f64, f64)> = walk(3).iter().take(10_000).map(|p| (p + 1.0, p - 1.0)).collect();
    group.throughput(Throughput::Elements(bars.len() as u64));
    for open in [0, 1, 1000] {
        let mut trips = RoundTripBuilder::new();
        (0..open.max(1)).for_each(|_| trips.on_fill(&fill(Side::Buy, 1), &instrument(), ExitReason::Signal));
        if open == 0 {
            trips.on_fill(&fill(Side::Sell, 1), &instrument(), ExitReason::Signal);
        }
        group.bench_function(open.to_string(), |b| {
            b.iter_batched_ref(
                || trips.clone(),
                |trips| {
                    bars.iter()
                        .for_each(|&(high, low)| black_box(&mut *trips).on_bar(InstrumentId(0), high, low))
                },
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
    criterion.bench_function("10,000 entries, then one exit of each", |b| {
        b.iter(|| {
            let (instrument, mut trips) = (instrument(), RoundTripBuilder::new());
            for side in [Side::Buy, Side::Sell] {
                (0..10_000).for_each(|_| trips.on_fill(&fill(side, 1), &instrument, ExitReason::Signal));
            }
            trips.finish()
        });
    });
}

/// What a sweep of so many trials returned over 256 stretches of time.
fn trials(count: usize) -> Vec<Vec<f64>> {
    let mut rng = Rng::new(4);
    (0..count).map(|_| (0..256).map(|_| (rng.uniform() - 0.5) * 0.02).collect()).collect()
}

fn luck(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("luck");
    group.sample_size(10);
    let returns = trials(2000);
    let folds = Folds::new(16, 2).expect("an even number of folds");
    group.bench_function("overfitting, 2,000 trials, 12,870 splits", |b| {
        b.iter(|| Overfitting::of(black_box(&returns), folds));
    });
    group.bench_function("effective trials, 2,000 trials", |b| {
        b.iter(|| EffectiveTrials::of(black_box(&returns), 2000, 1));
    });
    group.bench_function("superior ability, 2,000 trials, 1,000 draws", |b| {
        b.iter(|| SuperiorAbility::of(black_box(&returns), 0, 1000, 1));
    });
    let sharpes = vec![0.5; returns.len()];
    let sweep = SweepResults {
        returns: &returns,
        best: 0,
        best_sharpe: Some(1.0),
        sharpes: &sharpes,
        periods_per_year: 252.0,
        trials: 10_000,
        trials_ever: 10_000,
        folds,
        purge: 1,
        embargo: 1,
        draws: 1000,
        seed: 1,
    };
    group.bench_function("everything about a sweep, 2,000 trials", |b| {
        b.iter(|| SweepLuck::of(black_box(&sweep)));
    });
    group.finish();
}

criterion_group!(benches, tearsheet, round_trips, luck);
criterion_main!(benches);
