//! Orders the kernel has sent and not seen the end of.

use wb_core::{
    InstrumentId, Link, OrderEvent, OrderId, OrderRequest, OrderState, OrderType, Qty, Side, SignedQty,
    Transition,
};

use crate::order_table::OrderTable;

/// An order on its way or working.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct OpenOrder {
    pub(crate) request: OrderRequest,
    pub(crate) state: OrderState,
    pub(crate) filled: Qty,
}

impl OpenOrder {
    fn remaining(&self) -> Qty {
        self.request.qty - self.filled
    }

    /// Whether it trades as soon as it can: its rest counts as already held.
    fn is_at_once(&self) -> bool {
        let sleeps = matches!(self.request.link, Link::OnFill { .. });
        self.request.kind == OrderType::Market && !sleeps
    }
}

/// Lots of the orders open in one instrument.
#[derive(Clone, Copy, Default, Debug)]
struct Open {
    /// Market orders on their way, bought and sold.
    market: [i64; 2],
    /// Orders that wait for a price and may open or enlarge a position, bought and sold.
    resting: [i64; 2],
    /// Market orders on their way that only reduce.
    closing: i64,
}

impl Open {
    /// Adds lots of an order, or with the sign -1 takes them away.
    fn count(&mut self, order: &OpenOrder, qty: Qty, sign: i64) {
        let lots = sign * qty.lots();
        match (order.is_at_once(), order.request.reduce_only) {
            (true, false) => self.market[order.request.side as usize] += lots,
            (false, false) => self.resting[order.request.side as usize] += lots,
            (true, true) => self.closing += lots,
            (false, true) => {}
        }
    }
}

/// Every order that is not in a final state.
#[derive(Debug)]
pub(crate) struct Orders {
    open: OrderTable<OpenOrder>,
    by_instrument: Vec<Open>,
    next_id: u64,
    next_group: u64,
}

impl Orders {
    pub(crate) fn new(instruments: usize) -> Orders {
        Orders {
            open: OrderTable::default(),
            by_instrument: vec![Open::default(); instruments],
            next_id: 1,
            next_group: 1,
        }
    }

    pub(crate) fn next_id(&mut self) -> OrderId {
        self.next_id += 1;
        OrderId(self.next_id - 1)
    }

    pub(crate) fn next_group(&mut self) -> wb_core::GroupId {
        self.next_group += 1;
        wb_core::GroupId(self.next_group - 1)
    }

    pub(crate) fn submitted(&mut self, id: OrderId, request: OrderRequest) {
        let order = OpenOrder { request, state: OrderState::Submitted, filled: Qty::ZERO };
        self.by_instrument[request.instrument.index()].count(&order, request.qty, 1);
        self.open.push(id, order);
    }

    /// Moves an order on. The venue's word about an order that is not open changes nothing.
    ///
    /// # Panics
    /// If the venue contradicts what it said before.
    pub(crate) fn apply(&mut self, event: &OrderEvent) {
        let id = event.order();
        let Some(order) = self.open.get_mut(id) else { return };
        let lots = &mut self.by_instrument[order.request.instrument.index()];
        if let OrderEvent::Filled(fill) = event {
            assert!(
                fill.qty <= order.remaining() && !fill.qty.is_zero(),
                "fill of {} lots for {id:?}, which has {} left",
                fill.qty.lots(),
                order.remaining().lots()
            );
            lots.count(order, fill.qty, -1);
            order.filled += fill.qty;
        }
        match order.state.on(event, order.remaining().is_zero()) {
            Transition::To(state) => order.state = state,
            Transition::Ignore => {}
            Transition::Contradiction => {
                panic!("order {id:?} is {:?} and the venue says {event:?}", order.state)
            }
        }
        if order.state.is_final() {
            lots.count(order, order.remaining(), -1);
            self.open.remove(id);
        }
    }

    pub(crate) fn is_open(&self, id: OrderId) -> bool {
        self.open.contains(id)
    }

    /// The position once all market orders on their way have traded, where `held` is what is held now.
    #[inline]
    pub(crate) fn expected(&self, instrument: InstrumentId, held: SignedQty) -> SignedQty {
        let Open { market: [bought, sold], closing, .. } = self.by_instrument[instrument.index()];
        if closing == 0 { SignedQty(held.0 + bought - sold) } else { self.play_out(instrument, held) }
    }

    /// The same where some of them only reduce: what those trade depends on what has traded before.
    #[cold]
    fn play_out(&self, instrument: InstrumentId, held: SignedQty) -> SignedQty {
        let at_once = |order: &&OpenOrder| order.request.instrument == instrument && order.is_at_once();
        self.open.iter().map(|(_, order)| order).filter(at_once).fold(held, |position, order| {
            let sign = order.request.side.sign();
            let reducible = (-sign * position.0).max(0);
            let lots = order.remaining().lots();
            let traded = if order.request.reduce_only { lots.min(reducible) } else { lots };
            position + SignedQty(sign * traded)
        })
    }

    /// Lots that orders of this side that wait for a price would add.
    pub(crate) fn resting(&self, instrument: InstrumentId, side: Side) -> Qty {
        Qty::new(self.by_instrument[instrument.index()].resting[side as usize])
    }

    /// Every open order, by number.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (OrderId, &OpenOrder)> {
        self.open.iter()
    }

    /// Whether any order is open at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }
}
