//! Orders the kernel has sent and not seen the end of.

use wb_core::{
    Fill, InstrumentId, OrderEvent, OrderId, OrderRequest, OrderState, Qty, Side, SignedQty, Transition,
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

    /// Whether it moves towards a target at once: its rest counts as already held.
    fn is_target(&self) -> bool {
        !self.request.reduce_only && self.request.kind == wb_core::OrderType::Market
    }
}

/// What is open in one instrument.
#[derive(Clone, Copy, Default, Debug)]
struct Open {
    /// Lots that working orders would still buy, and sell; orders that only reduce are left out.
    buy: i64,
    sell: i64,
    /// Lots in market orders on their way, with their sign.
    target: i64,
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
        self.count(&order, request.qty, 1);
        self.open.push(id, order);
    }

    /// Moves an order on. The venue's word about an order that is not open changes nothing.
    ///
    /// # Panics
    /// If the venue contradicts what it said before.
    pub(crate) fn apply(&mut self, event: &OrderEvent) {
        let id = event.order();
        let Some(mut order) = self.open.get(id).copied() else { return };
        if let OrderEvent::Filled(fill) = event {
            self.count(&order, fill.qty, -1);
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
            self.count(&order, order.remaining(), -1);
            self.open.remove(id);
        } else {
            *self.open.get_mut(id).expect("just seen") = order;
        }
    }

    fn count(&mut self, order: &OpenOrder, qty: Qty, sign: i64) {
        if order.request.reduce_only {
            return;
        }
        let open = &mut self.by_instrument[order.request.instrument.index()];
        let lots = sign * qty.lots();
        match order.request.side {
            Side::Buy => open.buy += lots,
            Side::Sell => open.sell += lots,
        }
        if order.is_target() {
            open.target += order.request.side.sign() * lots;
        }
    }

    pub(crate) fn is_open(&self, id: OrderId) -> bool {
        self.open.contains(id)
    }

    /// Lots that market orders on their way will add to the position.
    pub(crate) fn in_flight(&self, instrument: InstrumentId) -> SignedQty {
        SignedQty(self.by_instrument[instrument.index()].target)
    }

    /// Lots that working orders of this side would add.
    pub(crate) fn working(&self, instrument: InstrumentId, side: Side) -> Qty {
        let open = &self.by_instrument[instrument.index()];
        Qty::new(if side == Side::Buy { open.buy } else { open.sell })
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

/// A fill can never be for more than is left of its order.
pub(crate) fn assert_fill_fits(orders: &Orders, fill: &Fill) {
    if let Some(order) = orders.open.get(fill.order) {
        assert!(
            fill.qty <= order.remaining() && !fill.qty.is_zero(),
            "fill of {} lots for {:?}, which has {} left",
            fill.qty.lots(),
            fill.order,
            order.remaining().lots()
        );
    }
}
