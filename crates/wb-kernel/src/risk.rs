//! Limits that every order passes, in every mode.

use std::collections::VecDeque;

use wb_core::{Instrument, OrderRequest, OrderType, Reject, RiskLimit, Side, SignedQty, Span, Ts};

use crate::orders::Orders;
use crate::portfolio::Portfolio;

/// The limits of `config/risk.toml`; an absent limit does not limit.
///
/// An order that can only make a position smaller always passes: a limit must never keep anyone from getting out.
/// That is one that is reduce-only, and one that together with everything sent before it cannot turn the position.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct RiskLimits {
    /// Largest value of one order, settlement currency.
    pub max_order_notional: Option<f64>,
    /// Largest value of the position in one instrument, settlement currency.
    pub max_position_notional: Option<f64>,
    /// Largest position in one instrument as a share of equity.
    pub max_concentration: Option<f64>,
    /// Largest value of all positions together as a multiple of equity.
    pub max_leverage: Option<f64>,
    /// Most orders in any sixty seconds.
    pub max_orders_per_minute: Option<u32>,
    /// Largest fall from the peak of equity, as a share of it; then the kernel halts: orders are cancelled,
    /// positions closed, and no new exposure is taken.
    pub max_drawdown: Option<f64>,
}

/// The limits and what they need to remember.
#[derive(Debug)]
pub(crate) struct RiskGate {
    limits: RiskLimits,
    /// Times of the orders of the last minute, oldest first; at most as many as are allowed.
    recent: VecDeque<Ts>,
    peak: f64,
    halted: bool,
    paused: bool,
}

impl RiskGate {
    pub(crate) fn new(limits: RiskLimits, equity: f64) -> RiskGate {
        let room = limits.max_orders_per_minute.map_or(0, |n| n as usize);
        RiskGate { limits, recent: VecDeque::with_capacity(room), peak: equity, halted: false, paused: false }
    }

    pub(crate) fn set_paused(&mut self, paused: bool) {
        self.paused = paused;
    }

    pub(crate) fn is_halted(&self) -> bool {
        self.halted
    }

    /// Whether equity is watched at all.
    pub(crate) fn watches_drawdown(&self) -> bool {
        self.limits.max_drawdown.is_some()
    }

    /// Takes equity after a close; true when it has just fallen so far that everything must stop.
    pub(crate) fn on_equity(&mut self, equity: f64) -> bool {
        self.peak = self.peak.max(equity);
        let Some(limit) = self.limits.max_drawdown else { return false };
        let just_now = !self.halted && equity < self.peak * (1.0 - limit);
        self.halted |= just_now;
        just_now
    }

    /// Whether an order may go out. One that may is counted against the rate.
    #[inline]
    pub(crate) fn check(
        &mut self,
        now: Ts,
        request: &OrderRequest,
        portfolio: &Portfolio,
        orders: &Orders,
    ) -> Result<(), Reject> {
        if request.qty.is_zero() {
            return Err(Reject::ZeroQty);
        }
        if request.kind != OrderType::Market
            && !prices(&request.kind).into_iter().flatten().all(|price| price.0 > 0)
        {
            return Err(Reject::BadPrice);
        }
        if portfolio.position(request.instrument).mark().is_none() {
            return Err(Reject::NoPrice);
        }
        if request.reduce_only || only_reduces(request, portfolio, orders) {
            self.count(now);
            return Ok(());
        }
        if self.paused {
            return Err(Reject::Paused);
        }
        if self.halted {
            return Err(Reject::Risk(RiskLimit::Drawdown));
        }
        self.check_size(request, portfolio, orders)?;
        self.check_rate(now)?;
        self.count(now);
        Ok(())
    }

    fn check_size(
        &self,
        request: &OrderRequest,
        portfolio: &Portfolio,
        orders: &Orders,
    ) -> Result<(), Reject> {
        let limits = &self.limits;
        let instrument = &portfolio.instruments()[request.instrument.index()];
        let position = portfolio.position(request.instrument);
        let mark = position.mark().expect("checked before");
        // A limit above the market pays at most its price, a stop above it at least; everything is valued at the
        // worse of the two.
        let price = match request.kind {
            OrderType::Limit { price, .. } | OrderType::StopLimit { price, .. } => {
                instrument.price_f64(price).max(mark)
            }
            OrderType::Stop { trigger } => instrument.price_f64(trigger).max(mark),
            OrderType::Market | OrderType::TrailingStop { .. } => mark,
        };
        let over = |limit: Option<f64>, value: f64| limit.is_some_and(|limit| value > limit);
        let refuse = |limit| Err(Reject::Risk(limit));

        if limits.max_order_notional.is_some()
            && over(limits.max_order_notional, instrument.notional(instrument.qty_f64(request.qty), price))
        {
            return refuse(RiskLimit::OrderNotional);
        }
        let RiskLimits { max_position_notional, max_concentration, max_leverage, .. } = *limits;
        if max_position_notional.is_none() && max_concentration.is_none() && max_leverage.is_none() {
            return Ok(());
        }
        let expected = orders.expected(request.instrument, position.qty);
        let adding = orders.resting(request.instrument, request.side) + request.qty;
        let after = expected + SignedQty(request.side.sign() * adding.lots());
        let value_after = instrument.notional(instrument.qty_f64(after.abs()), price);
        if over(max_position_notional, value_after) {
            return refuse(RiskLimit::PositionNotional);
        }
        let equity = portfolio.equity().max(0.0);
        if over(max_concentration.map(|share| share * equity), value_after) {
            return refuse(RiskLimit::Concentration);
        }
        if let Some(times) = max_leverage {
            let others = portfolio.instruments().iter().filter(|other| other.id != request.instrument);
            let others: f64 = others.map(|other| largest_value(other, portfolio, orders)).sum();
            if others + value_after > times * equity {
                return refuse(RiskLimit::Leverage);
            }
        }
        Ok(())
    }

    fn check_rate(&mut self, now: Ts) -> Result<(), Reject> {
        let Some(limit) = self.limits.max_orders_per_minute else { return Ok(()) };
        while self.recent.front().is_some_and(|ts| *ts <= now - Span::from_seconds(60)) {
            self.recent.pop_front();
        }
        if self.recent.len() >= limit as usize { Err(Reject::Risk(RiskLimit::OrderRate)) } else { Ok(()) }
    }

    fn count(&mut self, now: Ts) {
        let Some(limit) = self.limits.max_orders_per_minute else { return };
        // Orders that always pass may exceed the limit; older ones then no longer matter.
        if self.recent.len() >= limit as usize {
            self.recent.pop_front();
        }
        self.recent.push_back(now);
    }
}

/// Whether the order makes the position smaller even if everything that has been sent before it fills.
fn only_reduces(request: &OrderRequest, portfolio: &Portfolio, orders: &Orders) -> bool {
    let OrderRequest { instrument, side, qty, .. } = *request;
    let held = portfolio.position(instrument).qty;
    let left = -side.sign() * orders.expected(instrument, held).0;
    let before = orders.resting(instrument, side);
    portfolio.reducing(instrument, side, qty) == qty && (before + qty).lots() <= left
}

/// The largest value that the position in an instrument can have after the orders that are open in it.
fn largest_value(instrument: &Instrument, portfolio: &Portfolio, orders: &Orders) -> f64 {
    let position = portfolio.position(instrument.id);
    let Some(mark) = position.mark() else { return 0.0 };
    let expected = orders.expected(instrument.id, position.qty);
    let resting = |side: Side| SignedQty(side.sign() * orders.resting(instrument.id, side).lots());
    let most = (expected + resting(Side::Buy)).abs().max((expected + resting(Side::Sell)).abs());
    instrument.notional(instrument.qty_f64(most), mark)
}

fn prices(kind: &OrderType) -> [Option<wb_core::Price>; 2] {
    match *kind {
        OrderType::Market => [None, None],
        OrderType::Limit { price, .. } => [Some(price), None],
        OrderType::Stop { trigger } => [Some(trigger), None],
        OrderType::StopLimit { trigger, price } => [Some(trigger), Some(price)],
        OrderType::TrailingStop { offset } => [Some(offset), None],
    }
}
