//! What the risk limits cost an order: `cargo bench -p wb-kernel`. Each order is sized first; without limits that is
//! nearly all that there is.

#![expect(missing_docs, reason = "criterion_group! makes an undocumented function")]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use wb_core::{
    Calendar, Fill, Grid, Instrument, InstrumentId, InstrumentKind, Interval, OrderId, ParamSet, Price, Qty,
    Side, Ts,
};
use wb_kernel::{Execution, Kernel, KernelConfig, Portfolio, RiskLimits, Strategy, StrategyEntry};

/// All of them, so wide that each is looked at and none refuses.
const EVERY_LIMIT: RiskLimits = RiskLimits {
    max_order_notional: Some(1e6),
    max_position_notional: Some(1e6),
    max_concentration: Some(2.0),
    max_leverage: Some(4.0),
    max_orders_per_minute: Some(100),
    max_drawdown: Some(0.5),
};

struct Idle;

impl Strategy for Idle {}

const IDLE: StrategyEntry = StrategyEntry {
    name: "idle",
    about: "Does nothing.",
    roles: &[],
    more_roles: None,
    manual: None,
    specs: |_| Ok(Vec::new()),
    resolve: |params| Ok(params.clone()),
    build: |_, _| Ok(Box::new(Idle)),
};

fn instruments() -> Arc<[Instrument]> {
    let one = |id| Instrument {
        id: InstrumentId(id),
        symbol: char::from(b'A' + id as u8).to_string(),
        venue: "test".to_string(),
        kind: InstrumentKind::Spot,
        currency: "USD".to_string(),
        tick: Grid::decimal(2),
        lot: Grid::decimal(5),
        multiplier: 1.0,
        calendar: Calendar::always_open(),
    };
    (0..5).map(one).collect()
}

/// An account that holds a tenth of its equity in each instrument but the first.
fn account(instruments: &Arc<[Instrument]>) -> Portfolio {
    let mut account = Portfolio::new(instruments.clone(), 100_000.0);
    for instrument in instruments.iter() {
        account.mark(instrument.id, 100.0);
        if instrument.id != InstrumentId(0) {
            account.apply(&Fill {
                order: OrderId(1),
                instrument: instrument.id,
                side: Side::Buy,
                price: Price(10_000),
                qty: Qty::new(10_000_000),
                fee: 0.0,
                slippage: 0.0,
                maker: false,
                ts: Ts(0),
            });
        }
    }
    account
}

fn limits(c: &mut Criterion) {
    let instruments = instruments();
    let account = account(&instruments);
    for (name, risk) in [("without limits", RiskLimits::default()), ("with every limit", EVERY_LIMIT)] {
        let interval = Interval::Minutes(1);
        let config = KernelConfig {
            interval,
            roles: Vec::new(),
            cash: 100_000.0,
            risk,
            execution: Execution::Market,
            models: Vec::new(),
        };
        let params = ParamSet::new();
        let mut kernel = Kernel::new(&IDLE, &params, instruments.clone(), &config).expect("it builds");
        let mut second = 0;
        c.bench_function(&format!("an order among five instruments, {name}"), |bencher| {
            bencher.iter(|| {
                second += 1;
                let ts = Ts::from_seconds(second);
                let order = kernel.retarget(ts, black_box(&account), InstrumentId(0), black_box(0.5));
                assert!(black_box(order).is_ok_and(|order| order.is_some()), "no limit is near");
            });
        });
    }
}

criterion_group!(benches, limits);
criterion_main!(benches);
