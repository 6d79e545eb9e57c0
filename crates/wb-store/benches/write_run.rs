//! What it costs to keep a run of a million bars, and to read it back.

#![expect(missing_docs, reason = "criterion_group! makes a public function")]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use wb_core::{
    Calendar, Fill, Grid, Instrument, InstrumentId, InstrumentKind, Interval, OrderId, OrderRequest,
    OrderState, Price, Qty, Rng, Side, Ts,
};
use wb_metrics::{Benchmark, EquityCurve, ExitReason, OrderRecord, Outcome, RoundTrip, Tearsheet};
use wb_store::{NewRun, Provenance, RunId, RunStore};

const BARS: usize = 1_000_000;
const FILLS: usize = 40_000;

fn instrument() -> Instrument {
    Instrument {
        id: InstrumentId(0),
        symbol: "BTCUSDT".into(),
        venue: "binance".into(),
        kind: InstrumentKind::Spot,
        currency: "USDT".into(),
        tick: Grid::decimal(2),
        lot: Grid::decimal(5),
        multiplier: 1.0,
        calendar: Calendar::always_open(),
    }
}

fn fill(i: usize) -> Fill {
    Fill {
        order: OrderId(i as u64 + 1),
        instrument: InstrumentId(0),
        side: if i.is_multiple_of(2) { Side::Buy } else { Side::Sell },
        price: Price(6_000_000 + i as i64),
        qty: Qty::new(100_000),
        fee: 6.0,
        slippage: 0.6,
        maker: false,
        ts: Ts::from_seconds(60 * i as i64),
    }
}

fn order(fill: &Fill) -> OrderRecord {
    OrderRecord {
        id: fill.order,
        submitted: fill.ts,
        request: OrderRequest::market(fill.instrument, fill.side, fill.qty),
        state: OrderState::Filled,
        filled: fill.qty,
        reject: None,
        updated: fill.ts,
    }
}

fn round_trip(pair: &[Fill]) -> RoundTrip {
    RoundTrip {
        instrument: InstrumentId(0),
        side: pair[0].side,
        qty: pair[0].qty,
        entry_ts: pair[0].ts,
        exit_ts: pair[1].ts,
        entry_price: 60_000.0,
        exit_price: 60_001.0,
        pnl: -11.0,
        ret: -0.000_183,
        fees: 12.0,
        slippage: 1.2,
        mae: -0.01,
        mfe: 0.02,
        bars_held: 25,
        exit_reason: ExitReason::Signal,
    }
}

fn outcome() -> Outcome {
    let mut rng = Rng::new(7);
    let mut walk = |start: f64| {
        let mut at = start;
        let step = |_| {
            at += rng.uniform() - 0.5;
            at
        };
        (0..BARS).map(step).collect::<Vec<f64>>()
    };
    let (equity, gross, benchmark) = (walk(1e5), walk(1e5), walk(1e5));
    let fills: Vec<Fill> = (0..FILLS).map(fill).collect();
    Outcome {
        instruments: vec![instrument()].into(),
        currency: "USDT".into(),
        start_equity: 1e5,
        interval: Interval::Minutes(1),
        bars_per_year: 525_600.0,
        equity: EquityCurve {
            ts: (0..BARS as i64).map(|i| Ts::from_seconds(60 * i)).collect(),
            equity,
            gross,
        },
        benchmark: Some(Benchmark { name: "binance:BTCUSDT".into(), equity: benchmark }),
        orders: fills.iter().map(order).collect(),
        round_trips: fills.chunks_exact(2).map(round_trip).collect(),
        fills,
        carry: 0.0,
    }
}

fn write_and_load(c: &mut Criterion) {
    let root = tempfile::tempdir().expect("a folder");
    let store = RunStore::open(root.path());
    let outcome = outcome();
    let tearsheet = Tearsheet { figures: Vec::new(), drawdowns: Vec::new() };
    let provenance = Provenance {
        title: "sma-cross binance:BTCUSDT 1m".into(),
        strategy: "sma-cross".into(),
        sweep: None,
        workbench: "0.1.0".into(),
        code_id: "c0de".into(),
        started: Ts(0),
        duration_s: 0.1,
        host: "a machine".into(),
        versions: Default::default(),
        warnings: Vec::new(),
        data: Vec::new(),
    };
    let id = RunId::of("bench");
    let report = "x".repeat(1 << 20);
    let run = NewRun {
        id,
        spec: "strategy = \"sma-cross\"\n",
        digest: "0",
        provenance: &provenance,
        outcome: &outcome,
        tearsheet: &tearsheet,
        report: &report,
    };
    let mut group = c.benchmark_group("run of 1,000,000 bars, 40,000 fills");
    group.sample_size(20);
    let absent = || drop(store.remove(&id));
    group.bench_function("write", |b| {
        b.iter_batched(absent, |()| store.write(black_box(&run)).expect("written"), BatchSize::PerIteration);
    });
    group.bench_function("load", |b| {
        store.write(&run).expect("written");
        b.iter(|| store.load(black_box(&id)).expect("loaded"));
    });
    group.finish();
}

criterion_group!(benches, write_and_load);
criterion_main!(benches);
