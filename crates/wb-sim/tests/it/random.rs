//! Random markets, venues and strategies, each from a seed.

use std::collections::BTreeMap;

use wb_core::Side::{Buy, Sell};
use wb_core::{
    GroupId, InstrumentId, Interval, Link, MarketEvent, OrderId, OrderRequest, OrderType, Price, Qty, Rng,
    Span, TimeInForce, Ts,
};
use wb_kernel::{Context, Exits, RiskLimits, Size};
use wb_sim::{FeeModel, FillModel, LatencyModel, SimConfig, SlippageModel};

use crate::script::{Call, Script};
use crate::support::{bar, config, market_event};

/// What can vary from run to run.
pub(crate) struct Case {
    pub(crate) seed: u64,
    pub(crate) instruments: u32,
    pub(crate) config: SimConfig,
    pub(crate) risk: RiskLimits,
    pub(crate) closes: Vec<Vec<MarketEvent>>,
}

impl Case {
    /// The case of a seed, with this many closes, and with or without latency.
    pub(crate) fn new(seed: u64, closes: usize, has_latency: bool) -> Case {
        let mut rng = Rng::for_part(seed, 1);
        let instruments = 1 + rng.below(4) as u32;
        let mut venue = random_venue(&mut rng);
        if has_latency {
            let span = |rng: &mut Rng| Span(rng.below(3) as i64 * rng.below(60_000_000_000) as i64);
            let (feed, order, report) = (span(&mut rng), span(&mut rng), span(&mut rng));
            venue = SimConfig {
                latency: LatencyModel { feed, order: Span(order.0 + 1), report },
                fill: FillModel::NextOpen,
                ..venue
            };
        }
        let market = random_market(&mut rng, instruments, closes);
        Case { seed, instruments, config: venue, risk: random_limits(&mut rng), closes: market }
    }

    /// The same up to some close, and another market after it.
    pub(crate) fn with_other_future(&self, after: usize) -> Case {
        let mut rng = Rng::for_part(self.seed, 2);
        let other = random_market(&mut rng, self.instruments, self.closes.len());
        let closes = self.closes[..after].iter().chain(&other[after..]).cloned().collect();
        Case { closes, ..*self }
    }

    /// The strategy of the seed.
    pub(crate) fn script(&self) -> impl Script + use<> {
        let mut trader =
            Trader { rng: Rng::for_part(self.seed, 3), sent: Vec::new(), instruments: self.instruments };
        move |call: Call<'_>, ctx: &mut Context<'_>| {
            let chance = match call {
                Call::Bar(..) => 4,
                Call::BarsClosed => 3,
                Call::Order => 12,
                Call::Timer(_) => 2,
            };
            while trader.rng.below(chance) == 0 {
                trader.act(ctx);
            }
        }
    }
}

fn random_venue(rng: &mut Rng) -> SimConfig {
    let mut maybe = |x: f64| if rng.below(2) == 0 { x } else { 0.0 };
    let fees = FeeModel {
        taker_bps: maybe(10.0),
        maker_bps: maybe(-1.0),
        per_unit: maybe(0.01),
        per_order: maybe(0.5),
        minimum: maybe(1.0),
    };
    let slippage = SlippageModel { bps: maybe(5.0), half_spread: maybe(0.05), impact_bps: maybe(50.0) };
    let slippage = if rng.below(2) == 0 { slippage } else { SlippageModel::default() };
    SimConfig {
        fill: if rng.below(3) == 0 { FillModel::ThisClose } else { FillModel::NextOpen },
        fees,
        slippage,
        max_participation: (rng.below(2) == 0).then(|| rng.uniform() / 10.0),
        borrow_bps: if rng.below(2) == 0 { 300.0 } else { 0.0 },
        leverage: 0.5 + rng.below(4) as f64,
        maintenance_margin: rng.uniform() / 4.0,
        ..config()
    }
}

fn random_limits(rng: &mut Rng) -> RiskLimits {
    let mut maybe = |x: f64| (rng.below(4) == 0).then_some(x);
    RiskLimits {
        max_order_notional: maybe(3000.0),
        max_position_notional: maybe(6000.0),
        max_concentration: maybe(0.7),
        max_leverage: maybe(1.5),
        max_orders_per_minute: maybe(5.0).map(|x| x as u32),
        max_drawdown: maybe(0.2),
    }
}

/// Closes of a market whose prices lie on ticks of a tenth. Instruments miss bars, and some minutes have none.
fn random_market(rng: &mut Rng, instruments: u32, closes: usize) -> Vec<Vec<MarketEvent>> {
    let mut last = vec![1000_i64; instruments as usize];
    let mut ts = Ts::parse("2024-01-01T20:00").expect("a time");
    let mut market = Vec::with_capacity(closes);
    while market.len() < closes {
        let gap = if rng.below(50) == 0 { 1 + rng.below(3000) as i64 } else { 1 };
        ts = ts + Span::from_seconds(60 * gap);
        let present: Vec<u32> = (0..instruments).filter(|_| rng.below(8) > 0).collect();
        let mut close = Vec::new();
        for id in &present {
            let ticks = &mut last[*id as usize];
            let mut step =
                |from: i64, size: u64| (from + rng.below(2 * size + 1) as i64 - size as i64).max(1);
            let open = if step(0, 5) > 4 { step(*ticks, 60) } else { step(*ticks, 3) };
            let end = step(open, 25);
            let high = open.max(end) + rng.below(20) as i64;
            let low = (open.min(end) - rng.below(20) as i64).max(1);
            *ticks = end;
            let prices = [open, high, low, end].map(|ticks| ticks as f64 / 10.0);
            let is_last = Some(id) == present.last();
            let volume = if rng.below(10) == 0 { 0.0 } else { rng.below(500) as f64 };
            let bar = bar(Interval::Minutes(1), prices, volume);
            close.push(market_event(ts, InstrumentId(*id), is_last, bar));
        }
        if !close.is_empty() {
            market.push(close);
        }
    }
    market
}

/// Does anything that a strategy can do.
struct Trader {
    rng: Rng,
    /// The last orders, to be cancelled, joined or followed.
    sent: Vec<OrderId>,
    instruments: u32,
}

impl Trader {
    fn act(&mut self, ctx: &mut Context<'_>) {
        let instrument = InstrumentId(self.rng.below(u64::from(self.instruments)) as u32);
        let rng = &mut self.rng;
        let size = match rng.below(3) {
            0 => Size::Units(rng.below(61) as f64 - 30.0),
            1 => Size::Equity(rng.uniform() * 3.0 - 1.5),
            _ => Size::Notional(rng.uniform() * 8000.0 - 4000.0),
        };
        let sent = match rng.below(12) {
            0 => ctx.target(instrument, size),
            1 => ctx.close(instrument),
            2 | 3 => {
                let exits = self.exits(instrument, size, ctx);
                ctx.enter(instrument, size, exits)
            }
            4 => {
                if let Some(id) = self.recent() {
                    ctx.cancel(id);
                }
                None
            }
            5 => {
                if self.rng.below(5) == 0 {
                    ctx.cancel_all(instrument);
                }
                None
            }
            6 => {
                let at = ctx.now() + Span::from_seconds(self.rng.below(200) as i64 - 50);
                ctx.set_timer(at);
                None
            }
            _ => Some(ctx.submit(self.request(instrument, ctx))),
        };
        self.sent.extend(sent);
    }

    fn exits(&mut self, instrument: InstrumentId, size: Size, ctx: &Context<'_>) -> Exits {
        let mark = ctx.mark(instrument).unwrap_or(100.0);
        let away = if size.units(ctx.equity(), mark, 1.0) < 0.0 { -1.0 } else { 1.0 };
        let mut some = |x: f64| (self.rng.below(2) == 0).then_some(x);
        Exits {
            stop_loss: some(mark - 2.0 * away),
            take_profit: some(mark + 2.0 * away),
            trailing: some(1.5),
        }
    }

    fn recent(&mut self) -> Option<OrderId> {
        let among = self.sent.len().min(8);
        (among > 0).then(|| self.sent[self.sent.len() - 1 - self.rng.below(among as u64) as usize])
    }

    fn request(&mut self, instrument: InstrumentId, ctx: &Context<'_>) -> OrderRequest {
        let mark = (ctx.mark(instrument).unwrap_or(100.0) * 10.0) as i64;
        let rng = &mut self.rng;
        let mut near = || Price(if rng.below(100) == 0 { 0 } else { mark + rng.below(61) as i64 - 30 });
        let (one, other) = (near(), near());
        let post_only = rng.below(4) == 0;
        let kind = match rng.below(6) {
            0 => OrderType::Market,
            1 | 2 => OrderType::Limit { price: one, post_only },
            3 => OrderType::Stop { trigger: one },
            4 => OrderType::StopLimit { trigger: one, price: other },
            _ => OrderType::TrailingStop { offset: Price(1 + rng.below(20) as i64) },
        };
        let tif =
            [TimeInForce::Gtc, TimeInForce::Ioc, TimeInForce::Fok, TimeInForce::Day][rng.below(4) as usize];
        let side = if rng.below(2) == 0 { Buy } else { Sell };
        let (qty, reduce_only) = (Qty::new(rng.below(30) as i64), rng.below(3) == 0);
        let group = GroupId(1000 + rng.below(20));
        let link = match rng.below(4) {
            0 => Link::Oco(group),
            1 => self.recent().map_or(Link::None, |parent| Link::OnFill { parent, group }),
            _ => Link::None,
        };
        OrderRequest { instrument, side, qty, kind, tif, reduce_only, link }
    }
}

/// The bars of a case by instrument and close.
pub(crate) fn bars_by_close(case: &Case) -> BTreeMap<(InstrumentId, Ts), wb_core::Bar> {
    let events = case.closes.iter().flatten();
    events
        .map(|event| {
            let wb_core::MarketData::Bar(bar) = event.data else { unreachable!("random markets are bars") };
            ((event.instrument, event.ts_event), bar)
        })
        .collect()
}
