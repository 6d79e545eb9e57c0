//! A market of one-minute bars, and runs on it.

use std::sync::Arc;

use wb_core::{
    Bar, BarColumns, Calendar, Grid, Instrument, InstrumentId, InstrumentKind, Interval, ParamSet,
    ParamValue, Rng, Span, Ts,
};
use wb_engine::{RunInput, RunSpec};
use wb_kernel::{Kernel, RiskLimits, StrategyEntry};
use wb_sim::{FeeModel, FillModel, LatencyModel, SimConfig, SlippageModel};
use wb_strategies::STRATEGIES;

/// Where trading begins: 2023-11-15T00:00:00Z.
pub(crate) const FROM: Ts = Ts::from_seconds(1_700_006_400);

/// Coins with ticks of 0.001 and lots of 0.1.
pub(crate) fn instruments(symbols: &[&str]) -> Arc<[Instrument]> {
    let one = |(id, symbol): (usize, &&str)| Instrument {
        id: InstrumentId(id as u32),
        symbol: symbol.to_string(),
        venue: "binance".to_string(),
        kind: InstrumentKind::Spot,
        currency: "USDT".to_string(),
        tick: Grid::decimal(3),
        lot: Grid::decimal(1),
        multiplier: 1.0,
        calendar: Calendar::always_open(),
    };
    symbols.iter().enumerate().map(one).collect()
}

/// Minutes of a random walk from [`FROM`] on.
pub(crate) fn bars(seed: u64, minutes: i64) -> BarColumns {
    let interval = Interval::Minutes(1);
    let mut columns = BarColumns::new(interval);
    let mut rng = Rng::new(seed);
    let mut price = 2_000.0_f64;
    let mills = |x: f64| x.round() / 1_000.0;
    for minute in 1..=minutes {
        let open = price;
        price = (price + rng.below(61) as f64 - 30.0).max(200.0);
        let (high, low) = (open.max(price) + rng.below(9) as f64, open.min(price) - rng.below(9) as f64);
        let volume = 100.0 + rng.below(10_000) as f64 / 10.0;
        let bar = Bar {
            interval,
            open: mills(open),
            high: mills(high),
            low: mills(low),
            close: mills(price),
            volume,
        };
        columns.push(FROM + Span::from_seconds(60 * minute), &bar);
        price += rng.below(3) as f64 - 1.0;
    }
    columns
}

/// Costs that a fill must carry over the wire to the bit.
pub(crate) fn simulation() -> SimConfig {
    SimConfig {
        fill: FillModel::NextOpen,
        fees: FeeModel { taker_bps: 7.3, maker_bps: 1.1, ..FeeModel::default() },
        slippage: SlippageModel { bps: 3.0, ..SlippageModel::default() },
        latency: LatencyModel::default(),
        max_participation: None,
        borrow_bps: 0.0,
        cash: 10_000.0,
        leverage: 1.0,
        maintenance_margin: 0.25,
    }
}

/// A run with nothing left open, and its bars.
pub(crate) struct Run {
    entry: &'static StrategyEntry,
    pub(crate) spec: RunSpec,
    pub(crate) instruments: Arc<[Instrument]>,
    pub(crate) bars: Vec<BarColumns>,
}

impl Run {
    /// A strategy on one coin, with some of its parameters.
    pub(crate) fn new(strategy: &str, params: &[(&str, ParamValue)], bars: BarColumns) -> Run {
        Run::of(strategy, params, &["NEARUSDT"], vec![bars])
    }

    /// A strategy on several.
    pub(crate) fn of(
        strategy: &str,
        params: &[(&str, ParamValue)],
        symbols: &[&str],
        bars: Vec<BarColumns>,
    ) -> Run {
        let entry = STRATEGIES.iter().find(|entry| entry.name == strategy).expect("it is in the table");
        let given: ParamSet =
            params.iter().map(|(name, value)| ((*name).to_string(), value.clone())).collect();
        let instruments = instruments(symbols);
        let names = instruments.iter().map(Instrument::name).collect();
        let spec = RunSpec {
            strategy: strategy.to_string(),
            params: (entry.resolve)(&given).expect("good parameters"),
            roles: vec![(entry.roles[0].name.to_string(), names)],
            interval: Interval::Minutes(1),
            from: Ts::MIN,
            to: Ts::MAX,
            benchmark: None,
            simulation: simulation(),
            risk: RiskLimits::default(),
            models: Vec::new(),
            data: Vec::new(),
            code_id: String::new(),
        };
        Run { entry, spec, instruments, bars }
    }

    pub(crate) fn input(&self) -> RunInput<'_> {
        let instruments = self.instruments.clone();
        RunInput { entry: self.entry, spec: &self.spec, instruments, bars: &self.bars, benchmark: None }
    }

    pub(crate) fn kernel(&self) -> Kernel {
        self.input().kernel().expect("it builds")
    }
}
