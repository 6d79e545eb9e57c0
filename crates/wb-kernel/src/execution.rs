//! How the way to a target becomes orders: at the market's price, or with some patience.

use wb_core::{
    Command, InstrumentId, OrderEvent, OrderId, OrderRequest, OrderType, Price, Round, Side, SignedQty,
};

use crate::kernel::{Core, between, meant};
use crate::sizing::Size;

/// How the way to a target becomes orders. Entries with exits and closes go at the market's price in any case.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub enum Execution {
    /// A market order.
    #[default]
    Market,
    /// A limit order, and a market order for what is left of it after a while.
    Limit(Patience),
}

/// A limit order that gives up waiting.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Patience {
    /// Distance of the limit from the mid, in basis points of it: below for a buy, above for a sell. Where there are no
    /// quotes the mid is the last price. Rounded away from the market.
    pub offset_bps: f64,
    /// Closes of the market that are waited for before what is left crosses the spread.
    pub cross_after: u32,
}

/// The limit order that works towards a target.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Working {
    order: OrderId,
    side: Side,
    /// Lots that are to be held when it is done.
    meant: SignedQty,
    /// Closes still waited for.
    left: u32,
    after: After,
}

/// What follows when the order has ended.
#[derive(Clone, Copy, PartialEq, Debug)]
enum After {
    Nothing,
    /// A new limit, for the target has changed.
    Anew,
    /// A market order.
    Cross,
}

impl Core {
    /// Sends what moves a position to a size. Gives the order; nothing where the position is there, or on its way by a
    /// limit order that works or is being replaced.
    pub(crate) fn target(
        &mut self,
        instrument: InstrumentId,
        size: Size,
        commands: &mut Vec<Command>,
    ) -> Option<OrderId> {
        let meant = meant(&self.portfolio, instrument, size)?;
        let Execution::Limit(patience) = self.execution else {
            let request = between(&self.portfolio, &self.orders, instrument, meant)?;
            return Some(self.submit(request, commands));
        };
        match &mut self.working[instrument.index()] {
            None => self.work(instrument, meant, None, patience, commands),
            Some(working) if working.meant == meant => None,
            Some(working) => {
                working.meant = meant;
                let withdrawn = working.after != After::Nothing;
                working.after = After::Anew;
                let order = working.order;
                if !withdrawn {
                    self.cancel(order, commands);
                }
                None
            }
        }
    }

    /// Sends a limit order towards a position. Where it goes the way of the one `before` it, it waits no longer than that
    /// one would have.
    fn work(
        &mut self,
        instrument: InstrumentId,
        meant: SignedQty,
        before: Option<Working>,
        patience: Patience,
        commands: &mut Vec<Command>,
    ) -> Option<OrderId> {
        let request = between(&self.portfolio, &self.orders, instrument, meant)?;
        let kind = self
            .limit(&request, patience)
            .map_or(OrderType::Market, |price| OrderType::Limit { price, post_only: false });
        let order = self.submit(OrderRequest { kind, ..request }, commands);
        if self.orders.is_open(order) && kind != OrderType::Market {
            let side = request.side;
            // This close counts when it ends.
            let fresh = patience.cross_after.saturating_add(1);
            let left = before.filter(|before| before.side == side).map_or(fresh, |before| before.left);
            self.working[instrument.index()] =
                Some(Working { order, side, meant, left, after: After::Nothing });
        }
        Some(order)
    }

    /// The limit, if there is one above zero.
    fn limit(&self, request: &OrderRequest, patience: Patience) -> Option<Price> {
        let mid = self.portfolio.position(request.instrument).mark()?;
        let sign = if request.side == Side::Buy { -1.0 } else { 1.0 };
        let price = mid * (1.0 + sign * patience.offset_bps * 1e-4);
        let spec = &self.portfolio.instruments()[request.instrument.index()];
        Some(spec.price(price, request.side, Round::Passive)).filter(|price| price.0 > 0)
    }

    /// A close has ended: limits that have waited long enough are withdrawn, to cross.
    pub(crate) fn count_close(&mut self, commands: &mut Vec<Command>) {
        for at in 0..self.working.len() {
            let Some(working) = &mut self.working[at] else { continue };
            working.left = working.left.saturating_sub(1);
            if working.left > 0 {
                continue;
            }
            let withdrawn = working.after != After::Nothing;
            working.after = After::Cross;
            let order = working.order;
            if !withdrawn {
                self.cancel(order, commands);
            }
        }
    }

    /// Something became of an order, and the books know: where it was a limit that worked and has ended, goes on towards
    /// its target.
    pub(crate) fn go_on_after(&mut self, event: &OrderEvent, commands: &mut Vec<Command>) {
        let Execution::Limit(patience) = self.execution else { return };
        let id = event.order();
        let is_it = |working: &Option<Working>| working.is_some_and(|working| working.order == id);
        let Some(at) = self.working.iter().position(is_it) else { return };
        if self.orders.is_open(id) {
            if let (OrderEvent::CancelRejected(_), Some(working)) = (event, &mut self.working[at]) {
                // Asked again at the next close.
                (working.left, working.after) = (1, After::Nothing);
            }
            return;
        }
        let Some(ended) = self.working[at].take() else { return };
        let instrument = InstrumentId(at as u32);
        match ended.after {
            After::Nothing => {}
            After::Anew => drop(self.work(instrument, ended.meant, Some(ended), patience, commands)),
            After::Cross => {
                if let Some(request) = between(&self.portfolio, &self.orders, instrument, ended.meant) {
                    self.submit(request, commands);
                }
            }
        }
    }

    /// Orders are cancelled by somebody else: nothing follows on those limits.
    pub(crate) fn stop_working(&mut self, which: impl Fn(OrderId) -> bool) {
        for working in self.working.iter_mut().flatten().filter(|working| which(working.order)) {
            working.after = After::Nothing;
        }
    }
}
