//! The kernel: `on_event(event)` gives commands.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use wb_core::{
    Bar, Command, Control, Event, Instrument, InstrumentId, Interval, MarketData, MarketEvent, OrderEvent,
    OrderId, OrderRequest, ParamSet, Reject, Side, SignedQty, TimerId, Ts,
};

use crate::context::Context;
use crate::declared_model::DeclaredModel;
use crate::detached::DetachedFeature;
use crate::digest::Digest;
use crate::execution::{Execution, Working};
use crate::features::Features;
use crate::model::Model;
use crate::orders::Orders;
use crate::portfolio::Portfolio;
use crate::risk::{RiskGate, RiskLimits};
use crate::series::{Series, SeriesState};
use crate::setup::{Setup, SetupError};
use crate::signal::SignalView;
use crate::sizing::Size;
use crate::strategy::{Strategy, StrategyEntry};

/// The most lots that a target means: what a double counts exactly, so that sums of such orders stay within range.
const MOST_LOTS: i64 = 1 << 53;

/// What a kernel must be told besides its strategy.
#[derive(Clone, PartialEq, Debug)]
pub struct KernelConfig {
    /// Length of the bars that it will be fed.
    pub interval: Interval,
    /// Role to instruments, as in the spec.
    pub roles: Vec<(String, Vec<InstrumentId>)>,
    /// Cash at the start, settlement currency.
    pub cash: f64,
    /// Limits that every order passes.
    pub risk: RiskLimits,
    /// How the way to a target becomes orders.
    pub execution: Execution,
    /// Models that the strategy may use.
    pub models: Vec<Model>,
}

/// One strategy at work.
pub struct Kernel {
    strategy: Box<dyn Strategy>,
    core: Core,
    /// Bars that the last event closed, reused.
    closed: Vec<(Ts, Bar)>,
    /// Series whose bars the last event closed, with the bars; reused.
    fresh: Vec<(Series, Bar)>,
}

/// Everything but the strategy: what a [`Context`] gives access to.
pub(crate) struct Core {
    pub(crate) now: Ts,
    pub(crate) portfolio: Portfolio,
    pub(crate) features: Features,
    pub(crate) series: Vec<SeriesState>,
    pub(crate) orders: Orders,
    pub(crate) execution: Execution,
    /// The limit order that works towards a target, by instrument.
    pub(crate) working: Vec<Option<Working>>,
    /// Series by instrument.
    by_instrument: Vec<Vec<Series>>,
    /// Series whose features are not warm yet.
    cold: usize,
    risk: RiskGate,
    timers: BTreeSet<(Ts, TimerId)>,
    next_timer: u64,
    /// Orders refused by the risk limits that the strategy has not been told of.
    refused: Vec<OrderEvent>,
    digest: Digest,
}

impl fmt::Debug for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kernel")
            .field("now", &self.core.now)
            .field("digest", &self.core.digest)
            .finish_non_exhaustive()
    }
}

impl Kernel {
    /// A kernel that has seen nothing.
    ///
    /// # Errors
    /// If the strategy cannot be built from what the spec gives.
    pub fn new(
        entry: &StrategyEntry,
        params: &ParamSet,
        instruments: Arc<[Instrument]>,
        config: &KernelConfig,
    ) -> Result<Kernel, SetupError> {
        let (strategy, setup) = Setup::run(entry, params, &instruments, config)?;
        let Setup { series, features, .. } = setup;
        let mut by_instrument = vec![Vec::new(); instruments.len()];
        for (index, state) in series.iter().enumerate() {
            by_instrument[state.instrument.index()].push(Series(index as u32));
        }
        let cold = series.iter().filter(|s| s.warmup > 0).count();
        let orders = Orders::new(instruments.len());
        let working = vec![None; instruments.len()];
        let core = Core {
            now: Ts::MIN,
            portfolio: Portfolio::new(instruments, config.cash),
            features,
            series,
            orders,
            execution: config.execution,
            working,
            by_instrument,
            cold,
            risk: RiskGate::new(config.risk, config.cash),
            timers: BTreeSet::new(),
            next_timer: 1,
            refused: Vec::new(),
            digest: Digest::default(),
        };
        Ok(Kernel { strategy, core, closed: Vec::new(), fresh: Vec::new() })
    }

    /// The only way in. Appends to `commands` what is to be done, before the next event.
    ///
    /// # Panics
    /// If the event is earlier than the last one, or contradicts what the venue said before.
    #[inline]
    pub fn on_event(&mut self, event: &Event, commands: &mut Vec<Command>) {
        let ts = event.ts();
        if !matches!(event, Event::Market(_)) {
            self.begin(ts, commands);
        }
        match event {
            Event::Market(market) => self.on_market(market, commands),
            Event::Past { ts_event, instrument, bar, .. } => self.on_past_bar(*ts_event, *instrument, bar),
            Event::Order { event, .. } => self.on_order(event, commands),
            Event::Timer { id, .. } => self.on_timer(*id, commands),
            Event::Cash { amount, .. } => {
                self.core.portfolio.add_cash(*amount);
                self.core.digest.cash(ts, *amount);
            }
            Event::Control { control, .. } => self.core.on_control(*control, commands),
        }
    }

    /// When the driver must come back with a Timer event, if nothing comes before.
    #[inline]
    pub fn next_timer(&self) -> Option<(Ts, TimerId)> {
        if self.core.timers.is_empty() { None } else { self.core.timers.first().copied() }
    }

    /// The time of the last event.
    pub fn now(&self) -> Ts {
        self.core.now
    }

    /// Cash and positions.
    pub fn portfolio(&self) -> &Portfolio {
        &self.core.portfolio
    }

    /// The hash of every command and fill so far.
    pub fn digest(&self) -> Digest {
        self.core.digest
    }

    /// How many past bars of the interval `source`, which is the spec's, each instrument's features need before they no
    /// longer depend on where the bars began, to a relative 1e-9. A feature that never forgets counts with its warm-up.
    pub fn history(&self, source: Interval) -> Vec<usize> {
        let mut bars = vec![0; self.core.by_instrument.len()];
        for (series, memory) in self.core.series.iter().zip(self.core.features.memories()) {
            let at = &mut bars[series.instrument.index()];
            let longer = series.interval.span().0 / source.span().0;
            let longer = usize::try_from(longer).expect("an interval holds few of another");
            // One more of the longer bars: the first may begin in the middle of one.
            let needed = if longer == 1 { memory } else { (memory + 1).saturating_mul(longer) };
            *at = needed.max(*at);
        }
        bars
    }

    /// Whether a risk limit has stopped trading for good.
    pub fn is_halted(&self) -> bool {
        self.core.risk.is_halted()
    }

    /// [`Kernel::on_event`] of what the market did, for drivers whose events are all of that kind.
    ///
    /// # Panics
    /// If the event is earlier than the last one.
    #[inline]
    pub fn on_market(&mut self, market: &MarketEvent, commands: &mut Vec<Command>) {
        self.begin(market.ts_recv, commands);
        match &market.data {
            MarketData::Bar(bar) => self.on_bar(market, bar, commands),
            MarketData::Trade(trade) => {
                self.core.portfolio.mark(market.instrument, trade.price);
                self.call(commands, |strategy, ctx| strategy.on_trade(market.instrument, trade, ctx));
            }
            MarketData::Quote(quote) => {
                self.core.portfolio.mark(market.instrument, (quote.bid + quote.ask) / 2.0);
                self.call(commands, |strategy, ctx| strategy.on_quote(market.instrument, quote, ctx));
            }
            MarketData::Gap => {}
        }
    }

    /// Takes the indicators out. From now on the driver sets the values of features, with [`Kernel::set_feature`],
    /// before it delivers the bar that changes them.
    pub fn detach_features(&mut self) -> Vec<DetachedFeature> {
        let mut detached = Vec::new();
        for (series, slots) in self.core.series.iter().zip(self.core.features.take()) {
            for slot in slots {
                let key = format!("{}@{} {}", series.instrument.0, series.interval, slot.name(0));
                detached.push(DetachedFeature::new(series.instrument, key, slot, series.builder.clone()));
            }
        }
        detached
    }

    /// Takes the models out, likewise.
    pub fn detach_models(&mut self) -> Vec<DeclaredModel> {
        self.core.features.take_models()
    }

    /// Sets the value of a detached feature.
    #[inline]
    pub fn set_feature(&mut self, position: usize, value: f64) {
        self.core.features.set(position, value);
    }

    /// Everything but the strategy.
    pub(crate) fn core(&self) -> &Core {
        &self.core
    }

    /// The signal that the strategy follows, if following one is all that it does.
    pub fn signal(&mut self) -> Option<SignalView<'_>> {
        self.strategy.as_signal()
    }

    /// Whether a series is of longer bars than those that the kernel is fed.
    pub fn builds(&self, series: Series) -> bool {
        self.core.series[series.index()].builder.is_some()
    }

    /// What a follower of a signal sends when its target changes at a close: for drivers that compute targets as
    /// columns and call the kernel on no other bar. Nothing where the position is there already.
    ///
    /// `account` stands for the kernel's own, marked at the close: the driver fills the order or drops it before it calls
    /// again, and keeps no other account. None of this reaches the digest.
    ///
    /// # Errors
    /// The reason why a risk limit refuses the order.
    #[inline]
    pub fn retarget(
        &mut self,
        ts: Ts,
        account: &Portfolio,
        instrument: InstrumentId,
        target: f64,
    ) -> Result<Option<(OrderId, OrderRequest)>, Reject> {
        let Core { orders, risk, .. } = &mut self.core;
        let Some((request, _)) = towards(account, orders, instrument, Size::Equity(target)) else {
            return Ok(None);
        };
        let id = orders.next_id();
        risk.check(ts, &request, account, orders)?;
        Ok(Some((id, request)))
    }

    /// Moves the time on, and tells what earlier events left to tell.
    #[inline]
    fn begin(&mut self, ts: Ts, commands: &mut Vec<Command>) {
        assert!(ts >= self.core.now, "time went back from {} to {ts}", self.core.now);
        self.core.now = ts;
        if !self.core.refused.is_empty() {
            self.tell_refusals(commands);
        }
    }

    #[inline]
    fn on_bar(&mut self, market: &MarketEvent, bar: &Bar, commands: &mut Vec<Command>) {
        let core = &mut self.core;
        core.portfolio.mark(market.instrument, bar.close);
        match core.by_instrument[market.instrument.index()][..] {
            // The common case, without the detour over lists.
            [series] if core.series[series.index()].builder.is_none() => {
                core.bar_closed(series, market.ts_event, bar);
                core.features.predict(market.instrument);
                if core.cold == 0 {
                    self.strategy.on_bar(series, bar, &mut Context { core, commands });
                }
            }
            _ => self.on_bar_of_many(market, bar, commands),
        }
        if market.last {
            self.on_batch_end(commands);
        }
    }

    /// Brings features up to date. The strategy is not asked, as if they were cold.
    fn on_past_bar(&mut self, ts_event: Ts, instrument: InstrumentId, bar: &Bar) {
        let (ts_recv, data) = (self.core.now, MarketData::Bar(*bar));
        let market = MarketEvent { ts_event, ts_recv, instrument, last: false, data };
        self.core.cold += 1;
        self.on_bar(&market, bar, &mut Vec::new());
        self.core.cold -= 1;
    }

    /// A bar of an instrument with several series: all are brought up to date before the strategy sees any.
    fn on_bar_of_many(&mut self, market: &MarketEvent, bar: &Bar, commands: &mut Vec<Command>) {
        let core = &mut self.core;
        self.fresh.clear();
        for at in 0..core.by_instrument[market.instrument.index()].len() {
            let series = core.by_instrument[market.instrument.index()][at];
            match &mut core.series[series.index()].builder {
                None => {
                    core.bar_closed(series, market.ts_event, bar);
                    self.fresh.push((series, *bar));
                }
                Some(builder) => {
                    builder.on_bar(market.ts_event, bar, &mut self.closed);
                    for (ts, longer) in self.closed.drain(..) {
                        core.bar_closed(series, ts, &longer);
                        self.fresh.push((series, longer));
                    }
                }
            }
        }
        core.features.predict(market.instrument);
        if core.cold == 0 {
            for (series, bar) in &self.fresh {
                self.strategy.on_bar(*series, bar, &mut Context { core, commands });
            }
        }
    }

    #[inline]
    fn on_batch_end(&mut self, commands: &mut Vec<Command>) {
        self.call(commands, |strategy, ctx| strategy.on_bars_closed(ctx));
        if self.core.execution != Execution::Market {
            self.core.count_close(commands);
        }
        if self.core.risk.watches_drawdown() {
            let equity = self.core.portfolio.equity();
            if self.core.risk.on_equity(equity) {
                self.core.flatten(commands);
            } else if self.core.risk.is_halted() {
                self.core.close_all(commands);
            }
        }
    }

    #[inline]
    fn call(&mut self, commands: &mut Vec<Command>, f: impl FnOnce(&mut dyn Strategy, &mut Context<'_>)) {
        if self.core.cold == 0 {
            f(&mut *self.strategy, &mut Context { core: &mut self.core, commands });
        }
    }

    fn on_order(&mut self, event: &OrderEvent, commands: &mut Vec<Command>) {
        let core = &mut self.core;
        core.orders.apply(event);
        if let OrderEvent::Filled(fill) = event {
            core.portfolio.apply(fill);
            core.digest.fill(core.now, fill);
        }
        core.go_on_after(event, commands);
        self.call(commands, |strategy, ctx| strategy.on_order(event, ctx));
    }

    fn on_timer(&mut self, id: TimerId, commands: &mut Vec<Command>) {
        let due = self.core.timers.iter().find(|(_, timer)| *timer == id).copied();
        if let Some(timer) = due {
            self.core.timers.remove(&timer);
            self.call(commands, |strategy, ctx| strategy.on_timer(id, ctx));
        }
    }

    /// Tells the strategy of orders that were refused during earlier events; an event later, so that a strategy
    /// that answers a refusal with the same order cannot hang the kernel.
    #[cold]
    fn tell_refusals(&mut self, commands: &mut Vec<Command>) {
        for event in std::mem::take(&mut self.core.refused) {
            self.call(commands, |strategy, ctx| strategy.on_order(&event, ctx));
        }
    }
}

impl Core {
    #[inline]
    fn bar_closed(&mut self, series: Series, ts: Ts, bar: &Bar) {
        self.features.update(series, ts, bar);
        let state = &mut self.series[series.index()];
        state.seen += 1;
        state.last = Some((ts, *bar));
        if state.seen == state.warmup {
            self.cold -= 1;
        }
    }

    pub(crate) fn submit(&mut self, request: OrderRequest, commands: &mut Vec<Command>) -> OrderId {
        let id = self.orders.next_id();
        let verdict = self.risk.check(self.now, &request, &self.portfolio, &self.orders);
        let command = match verdict {
            Ok(()) => {
                self.orders.submitted(id, request);
                Command::Submit { id, request }
            }
            Err(reason) => {
                self.refused.push(OrderEvent::Rejected(id, reason));
                Command::Refused { id, request, reason }
            }
        };
        self.send(command, commands);
        id
    }

    pub(crate) fn cancel(&mut self, id: OrderId, commands: &mut Vec<Command>) {
        if self.orders.is_open(id) {
            self.send(Command::Cancel { id }, commands);
        }
    }

    pub(crate) fn cancel_where(
        &mut self,
        commands: &mut Vec<Command>,
        which: impl Fn(&OrderRequest) -> bool,
    ) {
        if self.orders.is_empty() {
            return;
        }
        let ids: Vec<OrderId> =
            self.orders.iter().filter(|(_, o)| which(&o.request)).map(|(id, _)| id).collect();
        for id in ids {
            self.send(Command::Cancel { id }, commands);
            self.stop_working(|order| order == id);
        }
    }

    pub(crate) fn set_timer(&mut self, at: Ts) -> TimerId {
        let id = TimerId(self.next_timer);
        self.next_timer += 1;
        self.timers.insert((at, id));
        id
    }

    fn send(&mut self, command: Command, commands: &mut Vec<Command>) {
        self.digest.command(self.now, &command);
        commands.push(command);
    }

    fn on_control(&mut self, control: Control, commands: &mut Vec<Command>) {
        match control {
            Control::Pause => self.risk.set_paused(true),
            Control::Resume => self.risk.set_paused(false),
            Control::CancelAll => self.cancel_where(commands, |_| true),
            Control::Flatten => self.flatten(commands),
        }
    }

    /// Closes what is held and on its way in an instrument.
    pub(crate) fn close(&mut self, instrument: InstrumentId, commands: &mut Vec<Command>) -> Option<OrderId> {
        let held = self.portfolio.position(instrument).qty;
        let expected = self.orders.expected(instrument, held);
        (!expected.is_flat()).then(|| self.submit(closing(instrument, expected), commands))
    }

    /// Closes what came in after everything was closed: fills that had been on their way.
    fn close_all(&mut self, commands: &mut Vec<Command>) {
        for at in 0..self.portfolio.held().len() {
            self.close(self.portfolio.held()[at], commands);
        }
    }

    /// Cancels every order and closes every position.
    fn flatten(&mut self, commands: &mut Vec<Command>) {
        self.cancel_where(commands, |_| true);
        for instrument in self.portfolio.held().to_vec() {
            let held = self.portfolio.position(instrument).qty;
            self.submit(closing(instrument, held), commands);
        }
    }
}

/// The market order that moves a position to a size, and the lots then held. Where that makes the position smaller, the
/// order is reduce-only. Nothing where the position is already there, or no price is known yet.
#[inline]
pub(crate) fn towards(
    account: &Portfolio,
    orders: &Orders,
    instrument: InstrumentId,
    size: Size,
) -> Option<(OrderRequest, SignedQty)> {
    let meant = meant(account, instrument, size)?;
    Some((between(account, orders, instrument, meant)?, meant))
}

/// The lots that a size means now, if a price is known.
#[inline]
pub(crate) fn meant(account: &Portfolio, instrument: InstrumentId, size: Size) -> Option<SignedQty> {
    let spec = &account.instruments()[instrument.index()];
    let position = account.position(instrument);
    let units = size.units(account.equity(), position.mark()?, spec.multiplier);
    let lots = spec.qty(units.abs()).lots().min(MOST_LOTS);
    Some(SignedQty(if units < 0.0 { -lots } else { lots }))
}

/// The market order between what is held and on its way, and what is meant to be held.
#[inline]
pub(crate) fn between(
    account: &Portfolio,
    orders: &Orders,
    instrument: InstrumentId,
    meant: SignedQty,
) -> Option<OrderRequest> {
    let expected = orders.expected(instrument, account.position(instrument).qty);
    let difference = meant - expected;
    let side = if difference.0 > 0 { Side::Buy } else { Side::Sell };
    // A smaller position of the same side cannot be overshot, whatever exits do in the meantime.
    let turns = meant.0.signum() == -expected.0.signum() && !meant.is_flat();
    let reduce_only = !turns && meant.abs() < expected.abs();
    let request = OrderRequest { reduce_only, ..OrderRequest::market(instrument, side, difference.abs()) };
    (!difference.is_flat()).then_some(request)
}

/// The market order that closes a position and can do nothing else.
fn closing(instrument: InstrumentId, position: SignedQty) -> OrderRequest {
    let side = if position.0 > 0 { Side::Sell } else { Side::Buy };
    OrderRequest { reduce_only: true, ..OrderRequest::market(instrument, side, position.abs()) }
}
