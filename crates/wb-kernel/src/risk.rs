//! Limits that every order passes, in every mode.

use std::collections::VecDeque;

use wb_core::{OrderRequest, OrderType, Reject, RiskLimit, SignedQty, Span, Ts};

use crate::orders::Orders;
use crate::portfolio::Portfolio;

/// The limits of `config/risk.toml`; an absent limit does not limit.
///
/// An order that only makes a position smaller always passes: a limit must never keep anyone from getting out.
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
        if !prices(&request.kind).into_iter().flatten().all(|price| price.0 > 0) {
            return Err(Reject::BadPrice);
        }
        let reducing = portfolio.reducing(request.instrument, request.side, request.qty) == request.qty;
        if request.reduce_only || reducing {
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
        let Some(mark) = position.mark() else { return Err(Reject::NoPrice) };
        // A limit above the market still pays at most its price; everything is valued at the worse of the two.
        let price = match request.kind {
            OrderType::Limit { price, .. } | OrderType::StopLimit { price, .. } => {
                instrument.price_f64(price).max(mark)
            }
            _ => mark,
        };
        let over = |limit: Option<f64>, value: f64| limit.is_some_and(|limit| value > limit);
        let refuse = |limit| Err(Reject::Risk(limit));

        let order_value = instrument.notional(instrument.qty_f64(request.qty), price);
        if over(limits.max_order_notional, order_value) {
            return refuse(RiskLimit::OrderNotional);
        }
        let working = orders.working(request.instrument, request.side) + request.qty;
        let after = position.qty + SignedQty(request.side.sign() * working.lots());
        let value_after = instrument.notional(instrument.qty_f64(after.abs()), price);
        if over(limits.max_position_notional, value_after) {
            return refuse(RiskLimit::PositionNotional);
        }
        if limits.max_concentration.is_none() && limits.max_leverage.is_none() {
            return Ok(());
        }
        let equity = portfolio.equity().max(0.0);
        if over(limits.max_concentration.map(|share| share * equity), value_after) {
            return refuse(RiskLimit::Concentration);
        }
        let others = portfolio.gross() - position.value().abs();
        if over(limits.max_leverage.map(|times| times * equity), others + value_after) {
            return refuse(RiskLimit::Leverage);
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

fn prices(kind: &OrderType) -> [Option<wb_core::Price>; 2] {
    match *kind {
        OrderType::Market => [None, None],
        OrderType::Limit { price, .. } => [Some(price), None],
        OrderType::Stop { trigger } => [Some(trigger), None],
        OrderType::StopLimit { trigger, price } => [Some(trigger), Some(price)],
        OrderType::TrailingStop { offset } => [Some(offset), None],
    }
}
