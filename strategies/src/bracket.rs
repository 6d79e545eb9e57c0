//! One position at a time, never without its exits.

use wb_kernel::prelude::*;

/// The orders of one position in one instrument: entry, exits at the venue, and the way out before them.
///
/// Keeps three things true that exits at a venue alone do not: what is left of an entry is cancelled when an exit
/// fills, a position whose exit was refused is closed, and closing can never open the other side, because the
/// closing order only reduces.
pub(crate) struct Bracket {
    instrument: InstrumentId,
    entry: Option<OrderId>,
    close: Option<OrderId>,
}

impl Bracket {
    pub(crate) fn new(instrument: InstrumentId) -> Bracket {
        Bracket { instrument, entry: None, close: None }
    }

    /// -1 for a short, 0 for nothing, 1 for a long; absent while the entry or the close is on its way.
    pub(crate) fn held(&self, ctx: &Context<'_>) -> Option<i64> {
        let is_open = |order: Option<OrderId>| order.is_some_and(|id| ctx.is_open(id));
        let on_its_way = is_open(self.entry) || is_open(self.close);
        (!on_its_way).then(|| ctx.position(self.instrument).0.signum())
    }

    /// Whether an exit can be put this far from the price: a market that hardly moves has ranges below a tick.
    pub(crate) fn has_room(&self, distance: f64, ctx: &Context<'_>) -> bool {
        distance >= ctx.instrument(self.instrument).tick.step()
    }

    /// Opens a position. Call it where [`Bracket::held`] is zero.
    pub(crate) fn enter(&mut self, size: Size, exits: Exits, ctx: &mut Context<'_>) {
        self.entry = ctx.enter(self.instrument, size, exits);
    }

    /// Closes the position, and what the entry may still add to it. The venue then cancels the exits.
    pub(crate) fn leave(&mut self, ctx: &mut Context<'_>) {
        self.cancel_entry(ctx);
        if let Some(close) = ctx.close(self.instrument) {
            self.close = Some(close);
        }
    }

    /// To be told of every order event.
    pub(crate) fn on_order(&mut self, event: &OrderEvent, ctx: &mut Context<'_>) {
        let is_exit = |id: OrderId| self.entry != Some(id) && self.close != Some(id);
        match *event {
            OrderEvent::Filled(fill) if is_exit(fill.order) => self.cancel_entry(ctx),
            OrderEvent::Rejected(id, _) if is_exit(id) => self.leave(ctx),
            _ => {}
        }
    }

    fn cancel_entry(&self, ctx: &mut Context<'_>) {
        if let Some(entry) = self.entry {
            ctx.cancel(entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RsiReversion;
    use crate::rig::Rig;

    /// A rig whose strategy has just sent an entry of 96.93 units (order 1), a stop at 95 (2) and a target (3).
    fn entering() -> Rig {
        let params = RsiReversion {
            period: 2,
            oversold: 30.0,
            atr_period: 2,
            stop_atr: 2.0,
            target_atr: 2.0,
            weight: 0.95,
            short: false,
        };
        let mut rig = Rig::new(&params, 1);
        for close in [100.0, 101.0, 100.0] {
            rig.bars(&[(0, [close; 4])]);
        }
        assert_eq!(rig.bars(&[(0, [98.0; 4])]).len(), 3);
        rig
    }

    #[test]
    fn the_rest_of_an_entry_is_cancelled_when_an_exit_fills() {
        let mut rig = entering();
        assert!(rig.fill(OrderId(1), 50.0, 98.0).is_empty());
        assert_eq!(rig.fill(OrderId(2), 50.0, 95.0), ["cancel 1"]);
    }

    #[test]
    fn an_entry_whose_exit_is_refused_is_cancelled_or_closed() {
        let mut rig = entering();
        assert_eq!(rig.reject(OrderId(2)), ["cancel 1", "sell 96.93 A"]);
        // The cancel came too late.
        assert!(rig.fill(OrderId(1), 96.93, 98.0).is_empty(), "what closes it is on its way");
        assert!(rig.fill(OrderId(4), 96.93, 98.0).is_empty());
    }
}
