//! A deterministic market of one-minute bars, for workloads whose answers are published.
//!
//! The market is a log-price with volatility regimes, six steps a bar, rounded to a tick of 0.25; the generator is
//! [`wb_core::Rng`] with seed 101. All prices are exact in binary, so engines that are right agree to the last digit.

#[path = "../../../../strategies/tests/alpha/mod.rs"]
mod alpha;

use std::sync::Arc;

use wb_core::{
    Bar, BarColumns, Calendar, Grid, Instrument, InstrumentId, InstrumentKind, Interval, ParamSet, Rng, Span,
    Ts,
};
use wb_engine::RunSpec;
use wb_kernel::{Execution, RiskLimits};
use wb_sim::{FeeModel, FillModel, LatencyModel, SimConfig, SlippageModel};

const TICK: f64 = 0.25;
const STEPS: usize = 6;

/// Uniform in (0, 1).
fn uniform(rng: &mut Rng) -> f64 {
    ((rng.next_u64() >> 11) as f64 + 0.5) * (1.0 / 9_007_199_254_740_992.0)
}

/// Standard normal, by Box and Muller, one value a call.
fn normal(rng: &mut Rng) -> f64 {
    let radius = (-2.0 * libm::log(uniform(rng))).sqrt();
    radius * libm::cos(std::f64::consts::TAU * uniform(rng))
}

/// The first `n` bars of the market, beginning on 2015-01-01.
pub(crate) fn bars(n: usize) -> BarColumns {
    let mut rng = Rng::new(101);
    let annual = [0.25, 0.60, 1.20];
    let mut regime = 1_usize;
    let mut log_price = libm::log(20_000.0);
    let mut previous = 20_000.0;
    let mut columns = BarColumns::with_capacity(Interval::Minutes(1), n);
    let start = Ts::from_seconds(1_420_070_400);
    for i in 0..n {
        if uniform(&mut rng) < 1.0 / 2160.0 {
            regime = (regime + 1 + (uniform(&mut rng) * 2.0) as usize) % 3;
        }
        let sigma = annual[regime] / (525_600.0 * STEPS as f64).sqrt();
        let mut open: f64 = previous;
        if uniform(&mut rng) < 0.30 {
            let gap = TICK * (1 + (uniform(&mut rng) * 3.0) as i64) as f64;
            open += if uniform(&mut rng) < 0.5 { gap } else { -gap };
        }
        let (mut high, mut low, mut price) = (open, open, open);
        for _ in 0..STEPS {
            log_price += sigma * normal(&mut rng) - 8.9e-7 * (log_price - 9.903487552536127);
            price = ((libm::exp(log_price) / TICK).round_ties_even() * TICK).max(TICK);
            high = high.max(price);
            low = low.min(price);
        }
        let volume = 1.0 + libm::exp(3.0 + 0.8 * normal(&mut rng) + 0.5 * regime as f64).floor();
        let interval = Interval::Minutes(1);
        let bar = Bar { interval, open, high, low, close: price, volume };
        columns.push(start + Span::from_seconds(60 * (i as i64 + 1)), &bar);
        previous = price;
    }
    columns
}

/// The market's instrument: whole units, ticks of 0.25.
pub(crate) fn instruments() -> Arc<[Instrument]> {
    Arc::new([Instrument {
        id: InstrumentId(0),
        symbol: "W1".into(),
        venue: "synth".into(),
        kind: InstrumentKind::Spot,
        currency: "USD".into(),
        tick: Grid::new(25, 2).expect("a quarter"),
        lot: Grid::decimal(0),
        multiplier: 1.0,
        calendar: Calendar::always_open(),
    }])
}

/// A run on the market: 0.1 % of notional a fill, 10,000,000 in cash.
pub(crate) fn spec(strategy: &str) -> RunSpec {
    RunSpec {
        strategy: strategy.into(),
        params: ParamSet::new(),
        roles: vec![("base".into(), vec!["synth:W1".into()])],
        interval: Interval::Minutes(1),
        from: Ts::MIN,
        to: Ts::MAX,
        benchmark: None,
        simulation: SimConfig {
            fill: FillModel::NextOpen,
            fees: FeeModel { taker_bps: 10.0, ..FeeModel::default() },
            slippage: SlippageModel::default(),
            latency: LatencyModel::default(),
            max_participation: None,
            borrow_bps: 0.0,
            cash: 1e7,
            leverage: 1.0,
            maintenance_margin: 0.25,
        },
        risk: RiskLimits::default(),
        execution: Execution::Market,
        models: vec![alpha::alpha()],
        data: vec![],
        code_id: String::new(),
    }
}
