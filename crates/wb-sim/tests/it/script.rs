//! A session around a strategy that a test gives as a function.

use std::cell::RefCell;
use std::sync::Arc;

use wb_core::{
    Bar, Event, Instrument, InstrumentId, Interval, MarketEvent, OrderEvent, ParamError, ParamSet, ParamSpec,
    Params, TimerId, Ts,
};
use wb_kernel::{
    Context, Execution, Kernel, KernelConfig, RiskLimits, Role, Series, Setup, SetupError, Strategy,
    StrategyEntry, StrategyParams,
};
use wb_sim::{Record, Session, SimConfig, SimVenue};

use crate::support::{bar, market_event, words};

/// What the kernel calls a strategy for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Call<'a> {
    /// A bar of the n-th instrument.
    Bar(usize, &'a Bar),
    BarsClosed,
    Order,
    Timer(TimerId),
}

/// A strategy as a function.
pub(crate) trait Script: FnMut(Call<'_>, &mut Context<'_>) + Send + 'static {}
impl<F: FnMut(Call<'_>, &mut Context<'_>) + Send + 'static> Script for F {}

thread_local! {
    /// The script of the kernel that is being built: parameters cannot carry a function.
    static NEXT: RefCell<Option<Box<dyn Script>>> = const { RefCell::new(None) };
}

/// Parameters that build the script that the test has left.
struct Scripted;

impl Params for Scripted {
    fn specs() -> Vec<ParamSpec> {
        Vec::new()
    }
    fn from_set(_: &ParamSet) -> Result<Scripted, ParamError> {
        Ok(Scripted)
    }
    fn to_set(&self) -> ParamSet {
        ParamSet::new()
    }
}

impl StrategyParams for Scripted {
    const NAME: &'static str = "scripted";
    const ABOUT: &'static str = "What a test says.";
    const ROLES: &'static [Role] = &[Role { name: "all", doc: "Every instrument.", many: true }];

    fn build(&self, setup: &mut Setup<'_>) -> Result<Box<dyn Strategy>, SetupError> {
        let series = setup.instruments("all")?.into_iter().map(|id| setup.bars(id)).collect();
        let script = NEXT.take().expect("a test leaves its script before it builds a kernel");
        Ok(Box::new(State { series, script }))
    }
}

struct State {
    series: Vec<Series>,
    script: Box<dyn Script>,
}

impl Strategy for State {
    fn on_bar(&mut self, series: Series, bar: &Bar, ctx: &mut Context<'_>) {
        let n = self.series.iter().position(|s| *s == series).expect("a declared series");
        (self.script)(Call::Bar(n, bar), ctx);
    }
    fn on_bars_closed(&mut self, ctx: &mut Context<'_>) {
        (self.script)(Call::BarsClosed, ctx);
    }
    fn on_order(&mut self, _: &OrderEvent, ctx: &mut Context<'_>) {
        (self.script)(Call::Order, ctx);
    }
    fn on_timer(&mut self, id: TimerId, ctx: &mut Context<'_>) {
        (self.script)(Call::Timer(id), ctx);
    }
}

/// A session and a clock of whole minutes, which begins at midnight of 2024-01-01.
pub(crate) struct Rig {
    pub(crate) session: Session,
    now: Ts,
}

impl Rig {
    /// A session that has seen nothing.
    pub(crate) fn new(config: SimConfig, instruments: Arc<[Instrument]>, script: impl Script) -> Rig {
        let risk = RiskLimits::default();
        let now = Ts::parse("2024-01-01").expect("a date");
        Rig { session: session(config, instruments, risk, script), now }
    }

    /// The close of the last bar.
    pub(crate) fn now(&self) -> Ts {
        self.now
    }

    /// The next close, at which these instruments have bars. Gives what the kernel was told of orders.
    pub(crate) fn close(&mut self, bars: &[(InstrumentId, [f64; 4])]) -> Vec<String> {
        self.now = self.now + Interval::Minutes(1).span();
        for (n, (instrument, prices)) in bars.iter().enumerate() {
            let event = self.event(*instrument, n + 1 == bars.len(), *prices);
            self.session.on_market(&event);
        }
        self.told()
    }

    /// What is still on its way.
    pub(crate) fn finish(&mut self) -> Vec<String> {
        self.session.finish();
        self.told()
    }

    fn event(&self, instrument: InstrumentId, last: bool, prices: [f64; 4]) -> MarketEvent {
        market_event(self.now, instrument, last, bar(Interval::Minutes(1), prices, 1000.0))
    }

    fn told(&self) -> Vec<String> {
        records(&self.session)
            .filter_map(|record| if let Record::Event(e) = record { words(e) } else { None })
            .collect()
    }
}

/// A session with a script for its strategy.
pub(crate) fn session(
    config: SimConfig,
    instruments: Arc<[Instrument]>,
    risk: RiskLimits,
    script: impl Script,
) -> Session {
    NEXT.set(Some(Box::new(script)));
    let roles = vec![("all".to_string(), instruments.iter().map(|i| i.id).collect())];
    let kernel_config = KernelConfig {
        interval: Interval::Minutes(1),
        roles,
        cash: config.cash,
        risk,
        execution: Execution::Market,
        models: Vec::new(),
    };
    let entry = StrategyEntry::of::<Scripted>();
    let kernel = Kernel::new(&entry, &ParamSet::new(), Arc::clone(&instruments), &kernel_config)
        .expect("a script builds");
    Session::new(kernel, SimVenue::new(instruments, config), config.latency)
}

/// Everything that happened during the last close.
pub(crate) fn records(session: &Session) -> impl Iterator<Item = &Record> {
    session.records_before().iter().chain(session.records_after())
}

/// The order events among what happened during the last close.
pub(crate) fn order_events(session: &Session) -> impl Iterator<Item = (Ts, &OrderEvent)> {
    records(session).filter_map(|record| match record {
        Record::Event(Event::Order { ts, event }) => Some((*ts, event)),
        _ => None,
    })
}
