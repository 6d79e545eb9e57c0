//! A kernel driven by hand: bars in, decisions out as words.

use std::sync::Arc;

use wb_core::{Calendar, Command, Event, Grid, InstrumentKind, MarketData, MarketEvent, ParamSet, Reject};
use wb_kernel::prelude::*;
use wb_kernel::{Execution, Kernel, KernelConfig, RiskLimits};

/// One strategy, instruments `A`, `B`, … of one-cent ticks and lots, 10,000 in cash, and a venue without costs.
pub(crate) struct Rig {
    kernel: Kernel,
    instruments: Arc<[Instrument]>,
    /// Minutes since the start.
    clock: i64,
    commands: Vec<Command>,
    /// Orders sent that have not ended.
    open: Vec<(OrderId, OrderRequest)>,
}

impl Rig {
    /// The first roles take one instrument each, a role of many takes the rest.
    pub(crate) fn new<P: StrategyParams>(params: &P, instruments: u32) -> Rig {
        let ids: Vec<InstrumentId> = (0..instruments).map(InstrumentId).collect();
        let role = |(n, role): (usize, &Role)| {
            let taken = if role.many { ids[n..].to_vec() } else { vec![ids[n]] };
            (role.name.to_string(), taken)
        };
        let roles: Vec<(String, Vec<InstrumentId>)> = P::ROLES.iter().enumerate().map(role).collect();
        Rig::with(&StrategyEntry::of::<P>(), &params.to_set(), roles).expect("the roles are given")
    }

    /// Any line of the table, with these roles.
    pub(crate) fn with(
        entry: &StrategyEntry,
        params: &ParamSet,
        roles: Vec<(String, Vec<InstrumentId>)>,
    ) -> Result<Rig, SetupError> {
        let ids = roles.iter().flat_map(|(_, ids)| ids).copied();
        let instruments: Arc<[Instrument]> = ids.map(instrument).collect();
        let risk = RiskLimits::default();
        let config = KernelConfig {
            interval: Interval::Minutes(1),
            roles,
            cash: 10_000.0,
            risk,
            execution: Execution::Market,
            models: Vec::new(),
        };
        let kernel = Kernel::new(entry, params, Arc::clone(&instruments), &config)?;
        Ok(Rig { kernel, instruments, clock: 0, commands: Vec::new(), open: Vec::new() })
    }

    /// One close at which these instruments have a bar, given as open, high, low, close. Gives what is decided.
    pub(crate) fn bars(&mut self, bars: &[(u32, [f64; 4])]) -> Vec<String> {
        self.clock += 1;
        let ts = self.now();
        for (n, (instrument, [open, high, low, close])) in bars.iter().enumerate() {
            let bar = Bar {
                interval: Interval::Minutes(1),
                open: *open,
                high: *high,
                low: *low,
                close: *close,
                volume: 1.0,
            };
            let event = MarketEvent {
                ts_event: ts,
                ts_recv: ts,
                instrument: InstrumentId(*instrument),
                last: n + 1 == bars.len(),
                data: MarketData::Bar(bar),
            };
            self.kernel.on_event(&Event::Market(event), &mut self.commands);
        }
        self.decisions()
    }

    /// One close at which instrument `n` trades at nothing but `prices[n]`; every market order is then filled at
    /// that price. Gives what is decided.
    pub(crate) fn close(&mut self, prices: &[f64]) -> Vec<String> {
        let flat = |(n, price): (usize, &f64)| (n as u32, [*price; 4]);
        let mut decisions = self.bars(&prices.iter().enumerate().map(flat).collect::<Vec<_>>());
        while let Some((id, request)) = self.open.iter().find(|(_, r)| r.kind == OrderType::Market).copied() {
            let units = self.instruments[request.instrument.index()].qty_f64(request.qty);
            decisions.extend(self.fill(id, units, prices[request.instrument.index()]));
        }
        decisions
    }

    /// The venue fills so many units of an order; where that closes the position, it cancels the exits. Gives
    /// what is decided.
    pub(crate) fn fill(&mut self, id: OrderId, units: f64, price: f64) -> Vec<String> {
        let at = self.open.iter().position(|(open, _)| *open == id).expect("an open order");
        let request = self.open[at].1;
        let instrument = &self.instruments[request.instrument.index()];
        let qty = instrument.qty(units);
        let fill = Fill {
            order: id,
            instrument: request.instrument,
            side: request.side,
            price: instrument.exact_price(price).expect("a price on the grid"),
            qty,
            fee: 0.0,
            slippage: 0.0,
            maker: false,
            ts: self.now(),
        };
        self.open[at].1.qty -= qty;
        if self.open[at].1.qty.is_zero() {
            self.open.remove(at);
        }
        self.tell(OrderEvent::Filled(fill));
        if self.kernel.portfolio().position(request.instrument).qty.is_flat() {
            let is_exit =
                |(_, r): &&(OrderId, OrderRequest)| r.reduce_only && r.instrument == request.instrument;
            let exits: Vec<OrderId> = self.open.iter().filter(is_exit).map(|(id, _)| *id).collect();
            for exit in exits {
                self.cancelled(exit, CancelReason::Group);
            }
        }
        self.decisions()
    }

    /// The venue refuses an order. Gives what is decided.
    pub(crate) fn reject(&mut self, id: OrderId) -> Vec<String> {
        self.open.retain(|(open, _)| *open != id);
        self.tell(OrderEvent::Rejected(id, Reject::Venue));
        self.decisions()
    }

    /// The venue cancels an order. Gives what is decided.
    pub(crate) fn cancel(&mut self, id: OrderId, reason: CancelReason) -> Vec<String> {
        self.cancelled(id, reason);
        self.decisions()
    }

    fn cancelled(&mut self, id: OrderId, reason: CancelReason) {
        self.open.retain(|(open, _)| *open != id);
        self.tell(OrderEvent::Cancelled(id, reason));
    }

    fn tell(&mut self, event: OrderEvent) {
        self.kernel.on_event(&Event::Order { ts: self.now(), event }, &mut self.commands);
    }

    fn now(&self) -> Ts {
        Ts::from_seconds(60 * self.clock)
    }

    /// The commands since the last call, in words: `buy 95 A`, `sell 95 A stop 97`, `cancel 1`.
    fn decisions(&mut self) -> Vec<String> {
        let commands = std::mem::take(&mut self.commands);
        commands.iter().map(|command| self.carry_out(command)).collect()
    }

    fn carry_out(&mut self, command: &Command) -> String {
        match *command {
            Command::Submit { id, request } => {
                self.open.push((id, request));
                self.words(&request)
            }
            Command::Cancel { id } => format!("cancel {}", id.0),
            Command::Refused { .. } => unreachable!("the rig has no risk limits"),
        }
    }

    fn words(&self, request: &OrderRequest) -> String {
        let instrument = &self.instruments[request.instrument.index()];
        let price = |p| instrument.price_f64(p);
        let kind = match request.kind {
            OrderType::Market => String::new(),
            OrderType::Limit { price: p, .. } => format!(" limit {}", price(p)),
            OrderType::Stop { trigger } => format!(" stop {}", price(trigger)),
            OrderType::StopLimit { trigger, price: p } => {
                format!(" stop {} limit {}", price(trigger), price(p))
            }
            OrderType::TrailingStop { offset } => format!(" trailing {}", price(offset)),
        };
        format!("{} {} {}{kind}", request.side, instrument.qty_f64(request.qty), instrument.symbol)
    }
}

/// Feeds one instrument's closes, filling market orders at each, and compares what is decided at which.
pub(crate) fn check<P: StrategyParams>(params: &P, closes: &[f64], expected: &[(usize, &str)]) {
    check_rig(Rig::new(params, 1), closes, expected);
}

/// The same with a rig of one instrument at hand.
pub(crate) fn check_rig(mut rig: Rig, closes: &[f64], expected: &[(usize, &str)]) {
    let mut found = Vec::new();
    for (n, price) in closes.iter().enumerate() {
        found.extend(rig.close(&[*price]).into_iter().map(|decision| (n, decision)));
    }
    let found: Vec<(usize, &str)> = found.iter().map(|(n, decision)| (*n, decision.as_str())).collect();
    assert_eq!(found, expected, "{closes:?}");
}

fn instrument(id: InstrumentId) -> Instrument {
    Instrument {
        id,
        symbol: char::from(b'A' + id.0 as u8).to_string(),
        venue: "rig".to_string(),
        kind: InstrumentKind::Spot,
        currency: "USD".to_string(),
        tick: Grid::decimal(2),
        lot: Grid::decimal(2),
        multiplier: 1.0,
        calendar: Calendar::always_open(),
    }
}
