//! The orders of a session: what was asked for, and what the venue has said of each.

use std::collections::VecDeque;

use wb_core::{OrderEvent, OrderId, OrderRequest, OrderState, Qty, Transition, Ts};
use wb_kernel::OrderTable;

use crate::venues::OrderReport;

/// Ended orders that are remembered, so that a late repetition is known as one.
const REMEMBERED: usize = 4_096;

/// Every order that may still change, and those that ended last.
#[derive(Debug)]
pub(crate) struct Desk {
    open: OrderTable<Order>,
    /// In the order in which they ended. There is room for all of them from the start: none costs more than another.
    ended: VecDeque<(OrderId, Order)>,
}

/// One order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order {
    pub(crate) request: OrderRequest,
    pub(crate) state: OrderState,
    pub(crate) filled: Qty,
    /// The venue's number, once it has said so.
    pub(crate) venue_order: Option<u64>,
    /// When the kernel gave it.
    pub(crate) given: Ts,
}

/// What a report means.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Meant {
    /// Something new: the kernel is to be told.
    News,
    /// It was known.
    Repetition,
    /// It is new, and something before it was missed.
    Missed,
    /// It cannot be, after what the venue has said before.
    Contradiction,
    /// There is no such order.
    NoSuchOrder,
}

impl Desk {
    pub(crate) fn new() -> Desk {
        Desk { open: OrderTable::default(), ended: VecDeque::with_capacity(REMEMBERED) }
    }

    /// Takes in an order that the kernel gave.
    pub(crate) fn give(&mut self, id: OrderId, request: OrderRequest, now: Ts) {
        let (state, filled) = (OrderState::Submitted, Qty::new(0));
        self.open.push(id, Order { request, state, filled, venue_order: None, given: now });
    }

    /// The order of that number. What is asked about an ended one is asked soon after its end.
    pub(crate) fn get(&self, id: OrderId) -> Option<&Order> {
        let mut ended = self.ended.iter().rev();
        self.open.get(id).or_else(|| ended.find(|(other, _)| *other == id).map(|(_, order)| order))
    }

    fn get_mut(&mut self, id: OrderId) -> Option<&mut Order> {
        let mut ended = self.ended.iter_mut().rev();
        self.open.get_mut(id).or_else(|| ended.find(|(other, _)| *other == id).map(|(_, order)| order))
    }

    /// Those that have not ended, in the order in which they were given.
    pub(crate) fn open(&self) -> impl Iterator<Item = (OrderId, &Order)> {
        self.open.iter()
    }

    /// Remembers the venue's number.
    pub(crate) fn placed(&mut self, id: OrderId, venue_order: u64) {
        if let Some(order) = self.get_mut(id) {
            order.venue_order = Some(venue_order);
        }
    }

    /// What a report means after all that is known. `filled` in it counts all fills of the order.
    pub(crate) fn weigh(&self, report: &OrderReport) -> Meant {
        let Some(order) = self.get(report.event.order()) else { return Meant::NoSuchOrder };
        let before = match report.event {
            OrderEvent::Filled(fill) if report.filled <= order.filled || fill.qty > report.filled => {
                return if report.filled <= order.filled { Meant::Repetition } else { Meant::Contradiction };
            }
            OrderEvent::Filled(fill) => report.filled - fill.qty,
            // A request that was not carried out says nothing of fills.
            OrderEvent::Rejected(..) | OrderEvent::CancelRejected(_) => order.filled,
            _ => report.filled,
        };
        if before > order.filled {
            return Meant::Missed;
        }
        match order.state.on(&report.event, order.completed_by(&report.event)) {
            Transition::To(_) => Meant::News,
            Transition::Ignore => match report.event {
                OrderEvent::CancelRejected(_) => Meant::News,
                _ => Meant::Repetition,
            },
            Transition::Contradiction => Meant::Contradiction,
        }
    }

    /// Takes in an event that the kernel is told.
    pub(crate) fn tell(&mut self, event: &OrderEvent) {
        let id = event.order();
        let Some(order) = self.get_mut(id) else { return };
        if let Transition::To(state) = order.state.on(event, order.completed_by(event)) {
            order.state = state;
        }
        if let OrderEvent::Filled(fill) = event {
            order.filled += fill.qty;
        }
        if order.state.is_final()
            && let Some(order) = self.open.remove(id)
        {
            self.remember(id, order);
        }
    }

    fn remember(&mut self, id: OrderId, order: Order) {
        if self.ended.len() == REMEMBERED {
            self.ended.pop_front();
        }
        self.ended.push_back((id, order));
    }
}

impl Order {
    /// Whether an event is the fill that leaves nothing open.
    fn completed_by(&self, event: &OrderEvent) -> bool {
        matches!(event, OrderEvent::Filled(fill) if self.filled + fill.qty >= self.request.qty)
    }
}

#[cfg(test)]
mod tests {
    use wb_core::{CancelReason, Fill, InstrumentId, Price, Reject, Side};

    use super::*;

    const ID: OrderId = OrderId(7);

    fn report(event: OrderEvent, filled: i64) -> OrderReport {
        OrderReport {
            ts_event: Ts(5),
            ts_told: Ts(5),
            event,
            venue_order: 99,
            trade: None,
            filled: Qty::new(filled),
            commission: None,
        }
    }

    fn fill(lots: i64, filled: i64) -> OrderReport {
        let fill = Fill {
            order: ID,
            instrument: InstrumentId(0),
            side: Side::Buy,
            price: Price(10),
            qty: Qty::new(lots),
            fee: 0.0,
            slippage: 0.0,
            maker: false,
            ts: Ts(5),
        };
        report(OrderEvent::Filled(fill), filled)
    }

    fn desk() -> Desk {
        let mut desk = Desk::new();
        desk.give(ID, OrderRequest::market(InstrumentId(0), Side::Buy, Qty::new(10)), Ts(1));
        desk
    }

    #[test]
    fn news_are_told_once_and_what_was_missed_is_noticed() {
        let mut desk = desk();
        assert_eq!(desk.weigh(&fill(4, 4)), Meant::News, "a fill may overtake the acceptance");
        desk.tell(&fill(4, 4).event);
        assert_eq!(desk.weigh(&fill(4, 4)), Meant::Repetition);
        assert_eq!(desk.weigh(&fill(2, 8)), Meant::Missed, "two lots between");
        let cancelled = OrderEvent::Cancelled(ID, CancelReason::Requested);
        assert_eq!(desk.weigh(&report(cancelled, 6)), Meant::Missed);
        assert_eq!(desk.weigh(&report(cancelled, 4)), Meant::News);
        desk.tell(&fill(6, 10).event);
        assert_eq!(desk.get(ID).map(|order| order.state), Some(OrderState::Filled));
        assert_eq!(desk.weigh(&report(cancelled, 10)), Meant::Contradiction);
        assert_eq!(desk.open().count(), 0);
    }

    #[test]
    fn what_cannot_be_is_said() {
        let mut desk = desk();
        assert_eq!(desk.weigh(&fill(4, 3)), Meant::Contradiction, "a fill larger than all fills");
        desk.tell(&OrderEvent::Rejected(ID, Reject::Venue));
        assert_eq!(desk.weigh(&fill(10, 10)), Meant::Contradiction);
        let other = report(OrderEvent::Accepted(OrderId(8)), 0);
        assert_eq!(desk.weigh(&other), Meant::NoSuchOrder);
    }

    #[test]
    fn a_late_repetition_is_known_among_the_orders_that_ended_last() {
        let mut desk = desk();
        desk.tell(&fill(10, 10).event);
        for id in (8..).map(OrderId).take(REMEMBERED) {
            assert_eq!(desk.weigh(&fill(10, 10)), Meant::Repetition, "before {id:?} has ended");
            desk.give(id, OrderRequest::market(InstrumentId(0), Side::Buy, Qty::new(1)), Ts(1));
            desk.tell(&OrderEvent::Rejected(id, Reject::Venue));
        }
        assert_eq!(
            desk.weigh(&fill(10, 10)),
            Meant::NoSuchOrder,
            "as many have ended since as are remembered"
        );
        assert_eq!((desk.ended.len(), desk.open().count()), (REMEMBERED, 0));
    }
}
