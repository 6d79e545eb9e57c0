//! The life of an order, as one table.

use crate::order::OrderEvent;

/// Where an order is in its life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OrderState {
    /// Sent; the venue has not answered.
    Submitted,
    /// Working at the venue, nothing filled.
    Working,
    /// Working at the venue, some of it filled.
    PartlyFilled,
    /// Filled completely.
    Filled,
    /// Cancelled; what had been filled stays filled.
    Cancelled,
    /// Refused.
    Rejected,
    /// Its time in force ended.
    Expired,
}

/// What an event does to an order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Transition {
    /// The order is now in this state.
    To(OrderState),
    /// A late or repeated message; nothing changes.
    Ignore,
    /// The venue contradicts what it has said before.
    Contradiction,
}

impl OrderState {
    /// Every state, in the order of life.
    pub const ALL: [OrderState; 7] = [
        OrderState::Submitted,
        OrderState::Working,
        OrderState::PartlyFilled,
        OrderState::Filled,
        OrderState::Cancelled,
        OrderState::Rejected,
        OrderState::Expired,
    ];

    /// Whether nothing more can happen to the order.
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            OrderState::Filled | OrderState::Cancelled | OrderState::Rejected | OrderState::Expired
        )
    }

    /// The word used in tables: `submitted`, `working`, `partly-filled`, `filled`, `cancelled`, `rejected`, `expired`.
    pub const fn name(self) -> &'static str {
        match self {
            OrderState::Submitted => "submitted",
            OrderState::Working => "working",
            OrderState::PartlyFilled => "partly-filled",
            OrderState::Filled => "filled",
            OrderState::Cancelled => "cancelled",
            OrderState::Rejected => "rejected",
            OrderState::Expired => "expired",
        }
    }

    /// The one transition table. `completes` tells whether a fill leaves nothing open.
    ///
    /// A fill may overtake the acceptance or follow a cancel that crossed it on the wire: execution is a fact,
    /// so it counts in every state but the ones that deny it.
    pub const fn on(self, event: &OrderEvent, completes: bool) -> Transition {
        use OrderState as S;
        use Transition::{Contradiction, Ignore, To};
        match (event, self) {
            (OrderEvent::Accepted(_), S::Submitted) => To(S::Working),
            (OrderEvent::Accepted(_), S::Rejected) => Contradiction,
            (OrderEvent::Accepted(_), _) => Ignore,

            (OrderEvent::Rejected(..), S::Submitted) => To(S::Rejected),
            (OrderEvent::Rejected(..), S::Rejected) => Ignore,
            (OrderEvent::Rejected(..), _) => Contradiction,

            (OrderEvent::Filled(_), S::Submitted | S::Working | S::PartlyFilled) => {
                To(if completes { S::Filled } else { S::PartlyFilled })
            }
            (OrderEvent::Filled(_), S::Cancelled) => To(if completes { S::Filled } else { S::Cancelled }),
            (OrderEvent::Filled(_), S::Expired) => To(if completes { S::Filled } else { S::Expired }),
            (OrderEvent::Filled(_), S::Filled | S::Rejected) => Contradiction,

            (OrderEvent::Cancelled(..), S::Submitted | S::Working | S::PartlyFilled) => To(S::Cancelled),
            (OrderEvent::Cancelled(..), S::Cancelled | S::Expired) => Ignore,
            (OrderEvent::Cancelled(..), S::Filled | S::Rejected) => Contradiction,

            (OrderEvent::CancelRejected(_), _) => Ignore,

            (OrderEvent::Expired(_), S::Submitted | S::Working | S::PartlyFilled) => To(S::Expired),
            (OrderEvent::Expired(_), S::Expired | S::Cancelled) => Ignore,
            (OrderEvent::Expired(_), S::Filled | S::Rejected) => Contradiction,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixed::{Price, Qty};
    use crate::instrument::InstrumentId;
    use crate::order::{CancelReason, Fill, OrderId, Reject, Side};
    use crate::time::Ts;

    #[test]
    fn every_state_meets_every_event_as_in_the_table() {
        use OrderState as S;
        use Transition::{Contradiction as No, Ignore, To};
        let id = OrderId(1);
        let fill = OrderEvent::Filled(Fill {
            order: id,
            instrument: InstrumentId(0),
            side: Side::Buy,
            price: Price(1),
            qty: Qty::new(1),
            fee: 0.0,
            slippage: 0.0,
            maker: false,
            ts: Ts(0),
        });
        // Columns in the order of OrderState::ALL.
        let table = [
            (OrderEvent::Accepted(id), false, [To(S::Working), Ignore, Ignore, Ignore, Ignore, No, Ignore]),
            (OrderEvent::Rejected(id, Reject::Venue), false, [To(S::Rejected), No, No, No, No, Ignore, No]),
            (
                fill,
                false,
                [
                    To(S::PartlyFilled),
                    To(S::PartlyFilled),
                    To(S::PartlyFilled),
                    No,
                    To(S::Cancelled),
                    No,
                    To(S::Expired),
                ],
            ),
            (fill, true, [To(S::Filled), To(S::Filled), To(S::Filled), No, To(S::Filled), No, To(S::Filled)]),
            (
                OrderEvent::Cancelled(id, CancelReason::Requested),
                false,
                [To(S::Cancelled), To(S::Cancelled), To(S::Cancelled), No, Ignore, No, Ignore],
            ),
            (OrderEvent::CancelRejected(id), false, [Ignore; 7]),
            (
                OrderEvent::Expired(id),
                false,
                [To(S::Expired), To(S::Expired), To(S::Expired), No, Ignore, No, Ignore],
            ),
        ];
        for (event, completes, row) in table {
            for (state, expected) in OrderState::ALL.into_iter().zip(row) {
                assert_eq!(
                    state.on(&event, completes),
                    expected,
                    "{state:?} on {event:?}, completes {completes}"
                );
            }
        }
    }
}
