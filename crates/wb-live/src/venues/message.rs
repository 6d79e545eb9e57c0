//! What venues say, in words that are the same for all of them.

use std::ops::Range;
use std::sync::Arc;

use wb_core::{InstrumentId, MarketEvent, OrderEvent, OrderId, Price, Qty, Side, Ts};

use super::account::{Account, Balance, KeyRights, OrderStatus, OwnTrade};
use super::client_order_id::Owner;
use super::limits::RateUse;
use super::refusal::VenueError;
use super::request::RequestKey;

/// What one or more frames said. Emptied and used again, so that decoding does not allocate.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Decoded {
    /// In the order in which they were said.
    pub messages: Vec<Message>,
    /// The levels that [`DepthChange::levels`] and [`Answered::Depth`] mean.
    pub levels: Vec<Level>,
    /// Frames to send back on the same connection at once: the next step of a venue's handshake.
    pub replies: Vec<String>,
}

impl Decoded {
    /// Forgets everything and keeps the room.
    pub fn clear(&mut self) {
        self.messages.clear();
        self.levels.clear();
        self.replies.clear();
    }
}

/// One thing that a venue says.
#[derive(Clone, PartialEq, Debug)]
pub enum Message {
    /// Something of the market that the kernel is told. `last` is set: who feeds several instruments joins their bars.
    Market(MarketEvent),
    /// A change of an order book, for [`super::LocalBook`].
    Depth(DepthChange),
    /// Something became of an order of ours.
    Order(OrderReport),
    /// Something became of an order of the account that is not of this session.
    OtherOrder(OtherOrder),
    /// Something was done to an order of ours that nobody here asked for and that no order event tells: the venue's word.
    Unexplained(OrderId, String),
    /// What the account now holds of an asset.
    Balance(Balance),
    /// The account received (or lost, if negative) so much of an asset otherwise than by a trade.
    Transfer(Arc<str>, f64),
    /// The venue answers a request.
    Answer(Answer),
    /// How much of a limit is used up.
    RateUse(RateUse),
    /// The venue will close the connection: make another one now.
    Closing,
    /// No reports of orders will come any more on this connection: make another one now.
    ReportsEnded,
}

/// A price and how much is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Level {
    /// Bids buy, offers sell.
    pub side: Side,
    /// The price, in ticks.
    pub price: Price,
    /// What is there now, in lots; zero removes the level.
    pub qty: Qty,
}

/// A change of an order book.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DepthChange {
    /// Whose book.
    pub instrument: InstrumentId,
    /// When the venue says it happened.
    pub ts_event: Ts,
    /// The number of the first update in it.
    pub first: u64,
    /// The number of the last one.
    pub last: u64,
    /// Where in [`Decoded::levels`] its levels are.
    pub levels: Range<usize>,
}

/// What became of an order of ours, with what is needed to know it from a repetition and to check the account.
#[derive(Clone, PartialEq, Debug)]
pub struct OrderReport {
    /// When the venue says it happened.
    pub ts_event: Ts,
    /// When the venue told it.
    pub ts_told: Ts,
    /// What happened. Of a fill, `fee` is what [`OrderReport::commission`] is worth at the fill's price, in the
    /// settlement currency, and zero where it was paid in an asset that the fill does not price.
    pub event: OrderEvent,
    /// The venue's number of the order.
    pub venue_order: u64,
    /// The venue's number of the trade, for a fill.
    pub trade: Option<u64>,
    /// All that has been filled of the order.
    pub filled: Qty,
    /// The fee of a fill, as it was paid.
    pub commission: Option<Commission>,
}

/// A fee.
#[derive(Clone, PartialEq, Debug)]
pub struct Commission {
    /// The asset it was paid in.
    pub asset: Arc<str>,
    /// How much of it; negative for a rebate.
    pub amount: f64,
}

/// A report about an order that this session did not place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OtherOrder {
    /// Whose it is.
    pub owner: Owner,
    /// The venue's name of the instrument.
    pub symbol: String,
    /// The venue's number of the order.
    pub venue_order: u64,
    /// What has happened, in the venue's word.
    pub what: String,
}

/// The answer to a request.
#[derive(Clone, PartialEq, Debug)]
pub struct Answer {
    /// The request; `None` where the venue names none, as when it refuses a whole connection.
    pub request: Option<RequestKey>,
    /// What it says.
    pub result: Result<Answered, VenueError>,
}

/// What an answer says.
#[derive(Clone, PartialEq, Debug)]
pub enum Answered {
    /// Done, and no more to say.
    Done,
    /// The order is at the venue, under this number of the venue's.
    Placed(u64),
    /// How orders stand.
    Orders(Vec<OrderStatus>),
    /// Balances and rights of the account.
    Account(Account),
    /// Trades of the account, oldest first.
    Trades(Vec<OwnTrade>),
    /// The whole book up to this update; the levels are in [`Decoded::levels`].
    Depth(u64, Range<usize>),
    /// Closed bars, oldest first.
    Bars(Vec<MarketEvent>),
    /// The venue's time.
    Time(Ts),
    /// What the key may do.
    Rights(KeyRights),
}
