//! Orders, fills and what a venue says about them.

use std::fmt;

use crate::fixed::{Price, Qty};
use crate::instrument::InstrumentId;
use crate::time::Ts;

/// An order of ours, numbered from 1 in the order of submission.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct OrderId(pub u64);

impl OrderId {
    /// Not an order of ours: the venue closed a position that the account could no longer carry.
    pub const LIQUIDATION: OrderId = OrderId(0);
}

/// A timer of the strategy.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TimerId(pub u64);

/// A set of orders of which at most one fills.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct GroupId(pub u64);

/// Buy or sell.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Side {
    /// Adds to the position.
    Buy,
    /// Takes from the position.
    Sell,
}

impl Side {
    /// The other one.
    pub const fn opposite(self) -> Side {
        match self {
            Side::Buy => Side::Sell,
            Side::Sell => Side::Buy,
        }
    }

    /// +1 for a buy, -1 for a sell.
    pub const fn sign(self) -> i64 {
        match self {
            Side::Buy => 1,
            Side::Sell => -1,
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Side::Buy => "buy",
            Side::Sell => "sell",
        })
    }
}

/// At which price an order trades, and when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OrderType {
    /// At once, at the market's price.
    Market,
    /// At this price or better.
    Limit {
        /// The worst acceptable price.
        price: Price,
        /// Refused rather than filled on arrival.
        post_only: bool,
    },
    /// A market order once the market has traded at the trigger or beyond.
    Stop {
        /// A buy triggers at or above, a sell at or below.
        trigger: Price,
    },
    /// A limit order once the market has traded at the trigger or beyond.
    StopLimit {
        /// A buy triggers at or above, a sell at or below.
        trigger: Price,
        /// The worst acceptable price afterwards.
        price: Price,
    },
    /// A stop whose trigger follows the best price since it became active, at a distance.
    TrailingStop {
        /// Distance of the trigger from the best price, in ticks.
        offset: Price,
    },
}

impl OrderType {
    /// The word used in tables: `market`, `limit`, `stop`, `stop-limit`, `trailing-stop`.
    pub const fn name(self) -> &'static str {
        match self {
            OrderType::Market => "market",
            OrderType::Limit { .. } => "limit",
            OrderType::Stop { .. } => "stop",
            OrderType::StopLimit { .. } => "stop-limit",
            OrderType::TrailingStop { .. } => "trailing-stop",
        }
    }
}

/// How long an order works.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TimeInForce {
    /// Until cancelled.
    Gtc,
    /// What can be filled at the first opportunity; the rest is cancelled.
    Ioc,
    /// All of it at the first opportunity, or nothing.
    Fok,
    /// Until the venue's day ends.
    Day,
}

impl TimeInForce {
    /// The word used in tables: `gtc`, `ioc`, `fok`, `day`.
    pub const fn name(self) -> &'static str {
        match self {
            TimeInForce::Gtc => "gtc",
            TimeInForce::Ioc => "ioc",
            TimeInForce::Fok => "fok",
            TimeInForce::Day => "day",
        }
    }
}

/// How an order depends on others. The venue acts on it, as venues' one-cancels-other orders do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Link {
    /// On none.
    None,
    /// Once an order of the group has filled completely or the position is closed, the others are cancelled.
    Oco(GroupId),
    /// Sleeps until the parent has a fill, then works as a member of the group; cancelled if the parent ends
    /// without one.
    OnFill {
        /// The order that wakes it.
        parent: OrderId,
        /// The group it then belongs to.
        group: GroupId,
    },
}

impl Link {
    /// The group, if there is one.
    pub const fn group(self) -> Option<GroupId> {
        match self {
            Link::None => None,
            Link::Oco(group) | Link::OnFill { group, .. } => Some(group),
        }
    }
}

/// An order as a strategy asks for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OrderRequest {
    /// What to trade.
    pub instrument: InstrumentId,
    /// Which way.
    pub side: Side,
    /// How much.
    pub qty: Qty,
    /// At which price, and when.
    pub kind: OrderType,
    /// For how long.
    pub tif: TimeInForce,
    /// Never opens or enlarges a position: cut to the position's size, cancelled where there is none.
    pub reduce_only: bool,
    /// How it depends on other orders.
    pub link: Link,
}

impl OrderRequest {
    /// A market order, good till cancelled.
    pub const fn market(instrument: InstrumentId, side: Side, qty: Qty) -> OrderRequest {
        OrderRequest {
            instrument,
            side,
            qty,
            kind: OrderType::Market,
            tif: TimeInForce::Gtc,
            reduce_only: false,
            link: Link::None,
        }
    }

    /// A limit order, good till cancelled.
    pub const fn limit(instrument: InstrumentId, side: Side, qty: Qty, price: Price) -> OrderRequest {
        let kind = OrderType::Limit { price, post_only: false };
        OrderRequest { kind, ..OrderRequest::market(instrument, side, qty) }
    }

    /// A stop order, good till cancelled.
    pub const fn stop(instrument: InstrumentId, side: Side, qty: Qty, trigger: Price) -> OrderRequest {
        OrderRequest { kind: OrderType::Stop { trigger }, ..OrderRequest::market(instrument, side, qty) }
    }
}

/// An execution of ours.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Fill {
    /// The order that was filled.
    pub order: OrderId,
    /// What was traded.
    pub instrument: InstrumentId,
    /// Which way.
    pub side: Side,
    /// At which price, all slippage included.
    pub price: Price,
    /// How much.
    pub qty: Qty,
    /// The fee, in the settlement currency; negative for a rebate.
    pub fee: f64,
    /// What slippage made the fill worse by, in the settlement currency; already in the price.
    pub slippage: f64,
    /// Whether we were the resting side.
    pub maker: bool,
    /// When the venue says it happened; never later than the event that brings it.
    pub ts: Ts,
}

/// A limit of `config/risk.toml`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RiskLimit {
    /// The order is worth too much.
    OrderNotional,
    /// The position in this instrument would be worth too much.
    PositionNotional,
    /// This instrument would be too large a share of equity.
    Concentration,
    /// All positions together would be too many times equity.
    Leverage,
    /// Too many orders in too short a time.
    OrderRate,
    /// The account has lost too much of its peak; no new exposure.
    Drawdown,
}

impl RiskLimit {
    /// The key of the limit in `config/risk.toml`.
    pub const fn key(self) -> &'static str {
        match self {
            RiskLimit::OrderNotional => "max_order_notional",
            RiskLimit::PositionNotional => "max_position_notional",
            RiskLimit::Concentration => "max_concentration",
            RiskLimit::Leverage => "max_leverage",
            RiskLimit::OrderRate => "max_orders_per_minute",
            RiskLimit::Drawdown => "max_drawdown",
        }
    }
}

/// Why an order was refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reject {
    /// By our own risk limits; it never left.
    Risk(RiskLimit),
    /// Trading is paused by the operator; only orders that reduce a position pass.
    Paused,
    /// The quantity rounds to nothing.
    ZeroQty,
    /// There is no market price yet to value it at.
    NoPrice,
    /// The account cannot carry it.
    Margin,
    /// A post-only order would have filled on arrival.
    PostOnly,
    /// A reduce-only order with nothing to reduce.
    ReduceOnly,
    /// A price, trigger or offset that is not above zero.
    BadPrice,
    /// The venue said no for a reason of its own.
    Venue,
}

impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reject::Risk(limit) => return write!(f, "risk limit {}", limit.key()),
            Reject::Paused => "trading is paused",
            Reject::ZeroQty => "quantity rounds to zero",
            Reject::NoPrice => "no market price yet",
            Reject::Margin => "not enough margin",
            Reject::PostOnly => "post-only order would take liquidity",
            Reject::ReduceOnly => "nothing to reduce",
            Reject::BadPrice => "price is not above zero",
            Reject::Venue => "refused by the venue",
        })
    }
}

/// Why a working order ended unfilled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CancelReason {
    /// We asked for it.
    Requested,
    /// Another order of its group was filled, or the position that it protects is closed.
    Group,
    /// Its time in force did not let it wait.
    TimeInForce,
    /// The account cannot carry the rest of it.
    Margin,
    /// The order that was to wake it ended without a fill.
    Parent,
    /// The venue closed all positions.
    Liquidation,
    /// A post-only order would have filled when its parent's fill woke it.
    PostOnly,
}

impl CancelReason {
    /// The word used in tables.
    pub const fn name(self) -> &'static str {
        match self {
            CancelReason::Requested => "requested",
            CancelReason::Group => "group",
            CancelReason::TimeInForce => "time-in-force",
            CancelReason::Margin => "margin",
            CancelReason::Parent => "parent",
            CancelReason::Liquidation => "liquidation",
            CancelReason::PostOnly => "post-only",
        }
    }
}

/// What became of an order.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum OrderEvent {
    /// It is working.
    Accepted(OrderId),
    /// It was refused.
    Rejected(OrderId, Reject),
    /// It was filled, in part or whole.
    Filled(Fill),
    /// It ended before it was filled; what had been filled stays filled.
    Cancelled(OrderId, CancelReason),
    /// The cancel came too late.
    CancelRejected(OrderId),
    /// Its day ended.
    Expired(OrderId),
}

impl OrderEvent {
    /// The order it is about.
    pub const fn order(&self) -> OrderId {
        match *self {
            OrderEvent::Accepted(id)
            | OrderEvent::Rejected(id, _)
            | OrderEvent::Cancelled(id, _)
            | OrderEvent::CancelRejected(id)
            | OrderEvent::Expired(id) => id,
            OrderEvent::Filled(fill) => fill.order,
        }
    }
}
