//! A kernel around a strategy that a test gives as functions, driven by hand.

use std::cell::RefCell;
use std::sync::{Arc, mpsc};

use wb_core::{
    Bar, BarColumns, Calendar, CancelReason, Command, Control, Event, Fill, Grid, Instrument, InstrumentId,
    InstrumentKind, Interval, MarketData, MarketEvent, OrderEvent, OrderId, OrderRequest, OrderType,
    ParamError, ParamSet, ParamSpec, Params, Qty, Rng, Ts,
};
use wb_kernel::{
    Context, Execution, Kernel, KernelConfig, Patience, RiskLimits, Role, Series, Setup, SetupError,
    Strategy, StrategyEntry, StrategyParams,
};

/// The first instrument.
pub(crate) const A: InstrumentId = InstrumentId(0);
/// The second one.
pub(crate) const B: InstrumentId = InstrumentId(1);

/// What the kernel calls a strategy for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Call<'a> {
    Bar(Series, &'a Bar),
    BarsClosed,
    Order(&'a OrderEvent),
    Timer,
}

/// A strategy as a function.
pub(crate) trait Script: FnMut(Call<'_>, &mut Context<'_>) + Send + 'static {}
impl<F: FnMut(Call<'_>, &mut Context<'_>) + Send + 'static> Script for F {}

type Build = Box<dyn FnOnce(&mut Setup<'_>) -> Box<dyn Script>>;

thread_local! {
    /// What builds the next strategy: parameters cannot carry a function.
    static NEXT: RefCell<Option<Build>> = const { RefCell::new(None) };
}

/// Parameters that build the strategy that the test has left.
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
        let build = NEXT.take().expect("a test leaves its strategy before it builds a kernel");
        Ok(Box::new(State { script: build(setup) }))
    }
}

struct State {
    script: Box<dyn Script>,
}

impl Strategy for State {
    fn on_bar(&mut self, series: Series, bar: &Bar, ctx: &mut Context<'_>) {
        (self.script)(Call::Bar(series, bar), ctx);
    }
    fn on_bars_closed(&mut self, ctx: &mut Context<'_>) {
        (self.script)(Call::BarsClosed, ctx);
    }
    fn on_order(&mut self, event: &OrderEvent, ctx: &mut Context<'_>) {
        (self.script)(Call::Order(event), ctx);
    }
    fn on_timer(&mut self, _: wb_core::TimerId, ctx: &mut Context<'_>) {
        (self.script)(Call::Timer, ctx);
    }
}

/// Spot instruments `A`, `B`, … with ticks of a tenth and whole lots.
pub(crate) fn instruments(n: u32) -> Arc<[Instrument]> {
    let one = |id| Instrument {
        id: InstrumentId(id),
        symbol: char::from(b'A' + id as u8).to_string(),
        venue: "test".to_string(),
        kind: InstrumentKind::Spot,
        currency: "USD".to_string(),
        tick: Grid::decimal(1),
        lot: Grid::decimal(0),
        multiplier: 1.0,
        calendar: Calendar::always_open(),
    };
    (0..n).map(one).collect()
}

/// Minute bars of all instruments, 10,000 in cash, these limits.
pub(crate) fn config(instruments: &[Instrument], risk: RiskLimits) -> KernelConfig {
    let roles = vec![("all".to_string(), instruments.iter().map(|i| i.id).collect())];
    KernelConfig {
        interval: Interval::Minutes(1),
        roles,
        cash: 10_000.0,
        risk,
        execution: Execution::Market,
        models: Vec::new(),
    }
}

/// Leaves a strategy for the kernel that is built next, and gives its line in the table.
pub(crate) fn leave<S: Script>(build: impl FnOnce(&mut Setup<'_>) -> S + 'static) -> StrategyEntry {
    NEXT.set(Some(Box::new(move |setup: &mut Setup<'_>| Box::new(build(setup)) as Box<dyn Script>)));
    StrategyEntry::of::<Scripted>()
}

/// A kernel, and a clock of whole minutes.
pub(crate) struct Hand {
    pub(crate) kernel: Kernel,
    instruments: Arc<[Instrument]>,
    now: Ts,
    commands: Vec<Command>,
    acts: mpsc::Sender<Act>,
}

/// What a test has the strategy do.
type Act = Box<dyn FnOnce(&mut Context<'_>) + Send>;

impl Hand {
    /// Two instruments and a strategy that does what [`Hand::act`] tells it.
    pub(crate) fn new(risk: RiskLimits) -> Hand {
        Hand::with(2, risk, |setup| {
            for id in setup.instruments("all").expect("the role is given") {
                setup.bars(id);
            }
            |_: Call<'_>, _: &mut Context<'_>| {}
        })
    }

    /// The same where targets are reached by limit orders.
    pub(crate) fn patient(patience: Patience) -> Hand {
        let execution = Execution::Limit(patience);
        let instruments = instruments(2);
        let config = KernelConfig { execution, ..config(&instruments, RiskLimits::default()) };
        Hand::of(instruments, &config, |setup| {
            for id in setup.instruments("all").expect("the role is given") {
                setup.bars(id);
            }
            |_: Call<'_>, _: &mut Context<'_>| {}
        })
    }

    /// So many instruments and a strategy that is called for bars, closes and orders.
    pub(crate) fn with<S: Script>(
        n: u32,
        risk: RiskLimits,
        build: impl FnOnce(&mut Setup<'_>) -> S + 'static,
    ) -> Hand {
        let instruments = instruments(n);
        let config = config(&instruments, risk);
        Hand::of(instruments, &config, build)
    }

    fn of<S: Script>(
        instruments: Arc<[Instrument]>,
        config: &KernelConfig,
        build: impl FnOnce(&mut Setup<'_>) -> S + 'static,
    ) -> Hand {
        let (acts, todo) = mpsc::channel::<Act>();
        let entry = leave(move |setup| {
            let mut script = build(setup);
            let mut is_armed = false;
            move |call: Call<'_>, ctx: &mut Context<'_>| {
                if let Call::Timer = call {
                    is_armed = false;
                    todo.try_iter().for_each(|act| act(ctx));
                } else {
                    script(call, ctx);
                }
                // The timer by which the test comes back.
                if !std::mem::replace(&mut is_armed, true) {
                    ctx.set_timer(Ts::MAX);
                }
            }
        });
        let kernel =
            Kernel::new(&entry, &ParamSet::new(), Arc::clone(&instruments), config).expect("a script builds");
        Hand { kernel, instruments, now: Ts::from_seconds(0), commands: Vec::new(), acts }
    }

    /// The next close, at which each instrument trades at nothing but this price. Gives what comes out.
    pub(crate) fn close(&mut self, prices: &[f64]) -> Vec<String> {
        self.now = self.now + Interval::Minutes(1).span();
        for (n, price) in prices.iter().enumerate() {
            let last = n + 1 == prices.len();
            let event = market_event(self.now, InstrumentId(n as u32), last, flat(*price));
            self.kernel.on_event(&Event::Market(event), &mut self.commands);
        }
        self.said()
    }

    /// Has the strategy act at once, by a timer. Gives what comes out.
    pub(crate) fn act(&mut self, act: impl FnOnce(&mut Context<'_>) + Send + 'static) -> Vec<String> {
        self.acts.send(Box::new(act)).expect("the strategy listens");
        let (_, id) = self.kernel.next_timer().expect("set at the first bar");
        let ts = self.now;
        self.kernel.on_event(&Event::Timer { ts, id }, &mut self.commands);
        self.said()
    }

    /// The operator speaks. Gives what comes out.
    pub(crate) fn control(&mut self, control: Control) -> Vec<String> {
        let ts = self.now;
        self.kernel.on_event(&Event::Control { ts, control }, &mut self.commands);
        self.said()
    }

    /// The venue fills so many lots of an order. Gives what comes out.
    pub(crate) fn fill(&mut self, id: u64, request: OrderRequest, lots: i64, price: f64) -> Vec<String> {
        let fill = Fill {
            order: OrderId(id),
            instrument: request.instrument,
            side: request.side,
            price: self.instruments[request.instrument.index()].exact_price(price).expect("on the grid"),
            qty: Qty::new(lots),
            fee: 0.0,
            slippage: 0.0,
            maker: false,
            ts: self.now,
        };
        self.tell(OrderEvent::Filled(fill))
    }

    /// The venue cancels an order. Gives what comes out.
    pub(crate) fn cancelled(&mut self, id: u64, reason: CancelReason) -> Vec<String> {
        self.tell(OrderEvent::Cancelled(OrderId(id), reason))
    }

    /// Something became of an order. Gives what comes out.
    pub(crate) fn tell(&mut self, event: OrderEvent) -> Vec<String> {
        let ts = self.now;
        self.kernel.on_event(&Event::Order { ts, event }, &mut self.commands);
        self.said()
    }

    fn said(&mut self) -> Vec<String> {
        self.commands.drain(..).map(|command| words(&command)).collect()
    }
}

/// A command in words: `1 buy 10 A`, `2 sell 10 A stop 95 reduce`, `cancel 1`, `3 buy 1 A refused: …`.
pub(crate) fn words(command: &Command) -> String {
    match command {
        Command::Submit { id, request } => format!("{} {}", id.0, order_words(request)),
        Command::Refused { id, request, reason } => {
            format!("{} {} refused: {reason}", id.0, order_words(request))
        }
        Command::Cancel { id } => format!("cancel {}", id.0),
    }
}

fn order_words(request: &OrderRequest) -> String {
    let symbol = char::from(b'A' + request.instrument.0 as u8);
    let x = |price: wb_core::Price| price.0 as f64 / 10.0;
    let kind = match request.kind {
        OrderType::Market => String::new(),
        OrderType::Limit { price, .. } => format!(" limit {}", x(price)),
        OrderType::Stop { trigger } => format!(" stop {}", x(trigger)),
        OrderType::StopLimit { trigger, price } => format!(" stop {} limit {}", x(trigger), x(price)),
        OrderType::TrailingStop { offset } => format!(" trailing {}", x(offset)),
    };
    let reduce = if request.reduce_only { " reduce" } else { "" };
    format!("{} {} {symbol}{kind}{reduce}", request.side, request.qty.lots())
}

/// A minute in which the price does not move.
pub(crate) fn flat(price: f64) -> Bar {
    let interval = Interval::Minutes(1);
    Bar { interval, open: price, high: price, low: price, close: price, volume: 1.0 }
}

/// A bar as an event that is known when it has closed.
pub(crate) fn market_event(ts: Ts, instrument: InstrumentId, last: bool, bar: Bar) -> MarketEvent {
    MarketEvent { ts_event: ts, ts_recv: ts, instrument, last, data: MarketData::Bar(bar) }
}

/// Random minutes, some of them missing.
pub(crate) fn random_bars(rng: &mut Rng, n: usize) -> BarColumns {
    let mut columns = BarColumns::new(Interval::Minutes(1));
    let (mut close, mut minute) = (100.0, 0);
    for _ in 0..n {
        minute += 1 + if rng.below(10) == 0 { rng.below(100) as i64 } else { 0 };
        let open: f64 = close + (rng.uniform() - 0.5);
        close = (open + 2.0 * (rng.uniform() - 0.5)).max(1.0);
        let (high, low) = (open.max(close) + rng.uniform(), (open.min(close) - rng.uniform()).max(0.5));
        let volume = (rng.below(1000)) as f64;
        let bar = Bar { interval: Interval::Minutes(1), open, high, low, close, volume };
        columns.push(Ts::from_seconds(60 * minute), &bar);
    }
    columns
}
