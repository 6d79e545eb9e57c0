//! Coins, their bars and the costs of trading them. Shared with the tests of the runner.

use std::sync::Arc;

use wb_core::{
    Bar, BarColumns, Calendar, Grid, Instrument, InstrumentId, InstrumentKind, Interval, Rng, Span, Ts,
};
use wb_sim::{FeeModel, FillModel, LatencyModel, SimConfig, SlippageModel};

/// Where the replay begins: 2023-11-15T00:00:00Z.
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

/// Minutes of a random walk; the first ends a minute behind an hour before [`FROM`].
pub(crate) fn bars(seed: u64, past: i64, ahead: i64) -> BarColumns {
    let interval = Interval::Minutes(1);
    let mut columns = BarColumns::new(interval);
    let mut rng = Rng::new(seed);
    let mut price = 1_000.0_f64;
    let mills = |x: f64| x.round() / 1_000.0;
    for minute in 1 - past..=ahead {
        let open = price;
        price = (price + rng.below(41) as f64 - 20.0).max(50.0);
        let (high, low) = (open.max(price) + rng.below(9) as f64, open.min(price) - rng.below(9) as f64);
        let bar = Bar {
            interval,
            open: mills(open),
            high: mills(high),
            low: mills(low),
            close: mills(price),
            volume: rng.below(10_000) as f64 / 10.0,
        };
        columns.push(FROM + Span::from_seconds(60 * minute), &bar);
        // A gap between one close and the next open.
        price += rng.below(3) as f64 - 1.0;
    }
    columns
}

/// A venue that charges and slips.
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
        maintenance_margin: 0.0,
    }
}
