//! An order as the exchange keeps it.

use wb_core::{Fill, InstrumentId, Link, OrderId, OrderState, Price, Qty, Side, Ts};

/// The venue's kinds of orders, those that the simulated venue can work.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum OrderKind {
    Limit,
    LimitMaker,
    Market,
    StopLoss,
    StopLossLimit,
    /// None of the venue's: taken in lockstep only.
    TrailingStop,
}

impl OrderKind {
    /// Every kind, in the order in which the venue lists them.
    pub(crate) const ALL: [OrderKind; 6] = [
        OrderKind::Limit,
        OrderKind::LimitMaker,
        OrderKind::Market,
        OrderKind::StopLoss,
        OrderKind::StopLossLimit,
        OrderKind::TrailingStop,
    ];

    /// The venue's word.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            OrderKind::Limit => "LIMIT",
            OrderKind::LimitMaker => "LIMIT_MAKER",
            OrderKind::Market => "MARKET",
            OrderKind::StopLoss => "STOP_LOSS",
            OrderKind::StopLossLimit => "STOP_LOSS_LIMIT",
            OrderKind::TrailingStop => "TRAILING_STOP",
        }
    }

    /// Whether the order has a price.
    pub(crate) const fn has_price(self) -> bool {
        matches!(self, OrderKind::Limit | OrderKind::LimitMaker | OrderKind::StopLossLimit)
    }

    /// Whether the order has a price at which it wakes.
    pub(crate) const fn has_trigger(self) -> bool {
        matches!(self, OrderKind::StopLoss | OrderKind::StopLossLimit)
    }

    /// Whether a client says how long it works.
    pub(crate) const fn has_time_in_force(self) -> bool {
        matches!(self, OrderKind::Limit | OrderKind::StopLossLimit)
    }
}

/// How long an order works.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Validity {
    Gtc,
    Ioc,
    Fok,
}

impl Validity {
    /// The venue's word.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Validity::Gtc => "GTC",
            Validity::Ioc => "IOC",
            Validity::Fok => "FOK",
        }
    }
}

/// What a client asked for, checked.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Ticket {
    pub(crate) instrument: InstrumentId,
    pub(crate) client_id: String,
    pub(crate) side: Side,
    pub(crate) kind: OrderKind,
    pub(crate) validity: Validity,
    pub(crate) qty: Qty,
    /// What a market order was to spend or to bring, as it was sent; absent where the quantity was given.
    pub(crate) quote_qty: Option<f64>,
    /// Zero where the order has none.
    pub(crate) price: Price,
    /// Zero where the order has none. Of a stop that trails, its distance.
    pub(crate) trigger: Price,
    /// Whether it is cut to the position.
    pub(crate) reduce_only: bool,
    /// How it depends on others, by our own numbers.
    pub(crate) link: Link,
    /// A number of the client's own.
    pub(crate) strategy_id: Option<i64>,
    /// A number of the client's own.
    pub(crate) strategy_type: Option<i64>,
}

/// A fill with its number at the venue.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Execution {
    pub(crate) trade_id: u64,
    pub(crate) fill: Fill,
}

/// An order and what became of it.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Order {
    pub(crate) id: OrderId,
    pub(crate) ticket: Ticket,
    pub(crate) state: OrderState,
    /// When it was placed.
    pub(crate) placed: Ts,
    /// When it last changed.
    pub(crate) updated: Ts,
    pub(crate) executions: Vec<Execution>,
    /// Lots filled.
    pub(crate) filled: Qty,
    /// Ticks times lots of all fills.
    pub(crate) turnover: i128,
    /// What one unit keeps of the quote currency while a purchase works.
    pub(crate) reserved_price: f64,
}

impl Order {
    /// Whether it may still trade.
    pub(crate) fn is_open(&self) -> bool {
        !self.state.is_final()
    }

    /// Lots that may still trade.
    pub(crate) fn open_qty(&self) -> Qty {
        if self.is_open() { self.ticket.qty - self.filled } else { Qty::ZERO }
    }

    /// The venue's word for its state.
    pub(crate) const fn status(&self) -> &'static str {
        match self.state {
            OrderState::Submitted | OrderState::Working => "NEW",
            OrderState::PartlyFilled => "PARTIALLY_FILLED",
            OrderState::Filled => "FILLED",
            OrderState::Cancelled => "CANCELED",
            OrderState::Rejected => "REJECTED",
            OrderState::Expired => "EXPIRED",
        }
    }
}
