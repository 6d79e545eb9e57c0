//! All that can go into a kernel, and all that can come out.

use crate::instrument::InstrumentId;
use crate::market::{Bar, MarketEvent};
use crate::order::{OrderEvent, OrderId, OrderRequest, Reject, TimerId};
use crate::time::Ts;

/// An instruction of the operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Control {
    /// No new exposure until resumed.
    Pause,
    /// Trade again.
    Resume,
    /// Cancel every working order.
    CancelAll,
    /// Cancel every working order and close every position.
    Flatten,
}

/// All that can go in.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Event {
    /// The market did something.
    Market(MarketEvent),
    /// A bar that closed before anybody could act on it: features take it in, nothing is decided.
    Past {
        /// When we learn it.
        ts: Ts,
        /// When it closed.
        ts_event: Ts,
        /// Whose bar.
        instrument: InstrumentId,
        /// The bar.
        bar: Bar,
    },
    /// Something became of an order.
    Order {
        /// When we learn it.
        ts: Ts,
        /// What.
        event: OrderEvent,
    },
    /// A timer is due.
    Timer {
        /// Now.
        ts: Ts,
        /// Which.
        id: TimerId,
    },
    /// Cash moved for a reason that is not a fill: borrow cost, funding, a dividend.
    Cash {
        /// When we learn it.
        ts: Ts,
        /// The position it is about.
        instrument: InstrumentId,
        /// Received if positive, paid if negative; settlement currency.
        amount: f64,
    },
    /// The operator speaks.
    Control {
        /// Now.
        ts: Ts,
        /// What to do.
        control: Control,
    },
}

const _: () = assert!(size_of::<Event>() <= 88, "an event must stay small: every bar is one");

impl Event {
    /// When the kernel learns it.
    pub const fn ts(&self) -> Ts {
        match *self {
            Event::Market(event) => event.ts_recv,
            Event::Past { ts, .. }
            | Event::Order { ts, .. }
            | Event::Timer { ts, .. }
            | Event::Cash { ts, .. }
            | Event::Control { ts, .. } => ts,
        }
    }
}

/// All that can come out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Command {
    /// Nothing to send: our own risk limits refused this order. Told so that it can be recorded.
    Refused {
        /// Our number for it.
        id: OrderId,
        /// The order.
        request: OrderRequest,
        /// Why.
        reason: Reject,
    },
    /// Send this order.
    Submit {
        /// Our number for it.
        id: OrderId,
        /// The order.
        request: OrderRequest,
    },
    /// Cancel that order.
    Cancel {
        /// Our number for it.
        id: OrderId,
    },
}
