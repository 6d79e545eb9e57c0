//! What a venue is asked, and how its answer names it.

use wb_core::{InstrumentId, Interval, OrderId, OrderRequest, Ts};

/// What a venue is asked to do or to tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Request {
    /// Place an order. What the venue has no word for (reduce-only, links) is not sent: who sends it keeps it.
    Place(OrderId, OrderRequest),
    /// Cancel an order.
    Cancel(InstrumentId, OrderRef),
    /// Cancel every open order of an instrument, also those that are not ours.
    CancelAll(InstrumentId),
    /// What became of an order.
    Query(InstrumentId, OrderRef),
    /// Every open order of an instrument.
    OpenOrders(InstrumentId),
    /// Balances and rights of the account.
    Account,
    /// Trades of the account in an instrument, from the venue's number `from` on or the latest ones.
    Trades {
        /// What was traded.
        instrument: InstrumentId,
        /// The first number that is wanted.
        from: Option<u64>,
    },
    /// The order book of an instrument.
    Depth(InstrumentId),
    /// Closed bars of an instrument that begin in a stretch of time, oldest first, at most as many as the venue gives
    /// at once: ask again from the close of the last one.
    Bars {
        /// Whose bars.
        instrument: InstrumentId,
        /// How long each is.
        interval: Interval,
        /// The earliest beginning.
        from: Ts,
        /// The latest beginning.
        until: Ts,
    },
    /// The venue's clock.
    Time,
    /// What the key may do.
    Rights,
    /// The time under another name, by which a replay in lockstep knows that it may go on.
    Step,
}

/// An order, by our number or by the venue's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OrderRef {
    /// By our number, of this session.
    Ours(OrderId),
    /// By the venue's number.
    Venue(u64),
}

/// A request as its answer names it. Two requests of one key are not to be under way at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RequestKey {
    /// To place an order.
    Place(OrderId),
    /// To cancel one.
    Cancel(OrderRef),
    /// To cancel every order of an instrument.
    CancelAll(InstrumentId),
    /// What became of one.
    Query(OrderRef),
    /// Every open order of an instrument.
    OpenOrders(InstrumentId),
    /// Balances and rights of the account.
    Account,
    /// Trades of the account in an instrument.
    Trades(InstrumentId),
    /// The order book of an instrument.
    Depth(InstrumentId),
    /// Past bars of an instrument.
    Bars(InstrumentId, Interval),
    /// The venue's clock.
    Time,
    /// What the key may do.
    Rights,
    /// That a replay in lockstep may go on.
    Step,
    /// To be known for the rest of the connection. Part of [`super::VenueCodec::on_connected`].
    Logon,
    /// To be told of our orders: once it is answered, the connection is ready. Part of
    /// [`super::VenueCodec::on_connected`].
    Reports,
}

impl Request {
    /// How its answer names it.
    pub const fn key(&self) -> RequestKey {
        match *self {
            Request::Place(id, _) => RequestKey::Place(id),
            Request::Cancel(_, order) => RequestKey::Cancel(order),
            Request::CancelAll(instrument) => RequestKey::CancelAll(instrument),
            Request::Query(_, order) => RequestKey::Query(order),
            Request::OpenOrders(instrument) => RequestKey::OpenOrders(instrument),
            Request::Account => RequestKey::Account,
            Request::Trades { instrument, .. } => RequestKey::Trades(instrument),
            Request::Depth(instrument) => RequestKey::Depth(instrument),
            Request::Bars { instrument, interval, .. } => RequestKey::Bars(instrument, interval),
            Request::Time => RequestKey::Time,
            Request::Rights => RequestKey::Rights,
            Request::Step => RequestKey::Step,
        }
    }
}
