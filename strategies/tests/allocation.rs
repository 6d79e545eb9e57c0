//! A bar that moves nothing allocates nothing, through features, model and strategy.

mod alpha;

use wb_core::{
    Bar, Calendar, Event, Grid, Instrument, InstrumentId, InstrumentKind, Interval, MarketData, MarketEvent,
    ParamSet, ParamValue, Rng, Ts,
};
use wb_kernel::{Execution, Kernel, KernelConfig, RiskLimits};
use wb_strategies::STRATEGIES;

const INTERVAL: Interval = Interval::Minutes(1);

fn bar(minute: i64, rng: &mut Rng) -> Event {
    let open = 100.0 + rng.uniform();
    let close = 100.0 + rng.uniform();
    let (high, low) = (open.max(close), open.min(close));
    let ts = Ts::from_seconds(60 * minute);
    let data = MarketData::Bar(Bar { interval: INTERVAL, open, high, low, close, volume: 1.0 });
    Event::Market(MarketEvent { ts_event: ts, ts_recv: ts, instrument: InstrumentId(0), last: true, data })
}

#[test]
fn a_bar_through_features_and_model_allocates_nothing() {
    let entry = STRATEGIES.iter().find(|entry| entry.name == "onnx-alpha").expect("it is in the table");
    let mut params = ParamSet::new();
    // No score is as high: the model is asked at every bar, and nothing is traded.
    params.set("entry", ParamValue::Float(1.0));
    let instrument = Instrument {
        id: InstrumentId(0),
        symbol: "S0".into(),
        venue: "test".into(),
        kind: InstrumentKind::Spot,
        currency: "USD".into(),
        tick: Grid::decimal(2),
        lot: Grid::decimal(2),
        multiplier: 1.0,
        calendar: Calendar::always_open(),
    };
    let config = KernelConfig {
        interval: INTERVAL,
        roles: vec![("base".to_string(), vec![InstrumentId(0)])],
        cash: 10_000.0,
        risk: RiskLimits::default(),
        execution: Execution::Market,
        models: vec![alpha::alpha()],
    };
    let mut kernel = Kernel::new(entry, &params, [instrument].into(), &config).expect("it builds");
    let (mut rng, mut commands) = (Rng::new(3), Vec::new());
    (0..200).for_each(|minute| kernel.on_event(&bar(minute, &mut rng), &mut commands));
    let told = allocation_counter::measure(|| {
        (200..1_200).for_each(|minute| kernel.on_event(&bar(minute, &mut rng), &mut commands));
    });
    assert_eq!((told.count_total, commands.len()), (0, 0));
}
