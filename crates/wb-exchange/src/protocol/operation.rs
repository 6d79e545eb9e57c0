//! Every request that the exchange knows, over REST and over the WebSocket API: one table.

use serde_json::Value;
use wb_core::Ts;

use super::error::ApiError;
use super::params::Params;
use super::{account, cancels, market_data, orders, session};
use crate::clock::TimeUnit;
use crate::connection::ConnectionId;
use crate::exchange::{Exchange, RequestId};

/// Where a request came from, and where its answer goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Door {
    /// REST.
    Http(RequestId),
    /// The WebSocket API; the client's `id` as JSON text.
    Socket(ConnectionId, String),
}

/// A request that may be carried out.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) params: Params,
    pub(crate) door: Door,
    /// The unit of times in the answer.
    pub(crate) unit: TimeUnit,
    /// The real time.
    pub(crate) now: Ts,
    /// Whether the answer tells the counts of orders.
    pub(crate) counts_orders: bool,
    /// Whether it steers the replay: nothing goes wrong with it on purpose.
    pub(crate) is_control: bool,
}

/// What a request leads to.
pub(crate) enum Reply {
    /// An answer.
    Now(Value),
    /// The answer comes later.
    Later,
}

/// Who may ask.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Security {
    /// Everybody.
    Open,
    /// Who signs.
    Signed,
    /// Whoever the operation lets: it looks by itself.
    Own,
}

/// What carries a request out.
type Run = fn(&mut Exchange, &Call) -> Result<Reply, ApiError>;

/// A line of the table.
pub(crate) struct Operation {
    /// `GET /api/v3/time`; empty where REST has none.
    pub(crate) rest: &'static str,
    /// `time`; empty where the WebSocket API has none.
    pub(crate) method: &'static str,
    pub(crate) security: Security,
    /// What it costs. Zero: one if it fails, nothing otherwise.
    pub(crate) weight: fn(&Params) -> u32,
    pub(crate) run: Run,
}

const fn open(rest: &'static str, method: &'static str, weight: fn(&Params) -> u32, run: Run) -> Operation {
    Operation { rest, method, security: Security::Open, weight, run }
}

const fn signed(rest: &'static str, method: &'static str, weight: fn(&Params) -> u32, run: Run) -> Operation {
    Operation { rest, method, security: Security::Signed, weight, run }
}

const fn own(method: &'static str, run: Run) -> Operation {
    Operation { rest: "", method, security: Security::Own, weight: |_| 2, run }
}

/// The table.
pub(crate) static OPERATIONS: &[Operation] = &[
    open("GET /api/v3/ping", "ping", |_| 1, market_data::ping),
    open("GET /api/v3/time", "time", |_| 1, market_data::time),
    open("GET /api/v3/exchangeInfo", "exchangeInfo", |_| 20, market_data::exchange_info),
    open("GET /api/v3/depth", "depth", depth_weight, market_data::depth),
    open("GET /api/v3/trades", "trades.recent", |_| 25, market_data::trades),
    open("GET /api/v3/aggTrades", "trades.aggregate", |_| 4, market_data::aggregate_trades),
    open("GET /api/v3/klines", "klines", |_| 2, market_data::klines),
    open("GET /api/v3/uiKlines", "uiKlines", |_| 2, market_data::klines),
    open("GET /api/v3/avgPrice", "avgPrice", |_| 2, market_data::average_price),
    open("GET /api/v3/ticker/24hr", "ticker.24hr", ticker_weight, market_data::ticker),
    open("GET /api/v3/ticker/price", "ticker.price", ticker_weight, market_data::price),
    open("GET /api/v3/ticker/bookTicker", "ticker.book", ticker_weight, market_data::book_ticker),
    signed("POST /api/v3/order", "order.place", |_| 0, orders::place),
    signed("POST /api/v3/order/test", "order.test", |_| 1, orders::test),
    signed("GET /api/v3/order", "order.status", |_| 4, orders::status),
    signed("DELETE /api/v3/order", "order.cancel", |_| 0, cancels::cancel),
    signed("DELETE /api/v3/openOrders", "openOrders.cancelAll", |_| 0, cancels::cancel_all),
    signed("POST /api/v3/order/cancelReplace", "order.cancelReplace", |_| 0, cancels::replace),
    signed("GET /api/v3/openOrders", "openOrders.status", open_orders_weight, orders::open),
    signed("GET /api/v3/allOrders", "allOrders", |_| 20, orders::all),
    signed("GET /api/v3/myTrades", "myTrades", |_| 20, orders::trades),
    signed("GET /api/v3/account", "account.status", |_| 20, account::status),
    signed("GET /api/v3/account/commission", "account.commission", |_| 20, account::commission),
    signed("GET /api/v3/rateLimit/order", "account.rateLimits.orders", |_| 40, account::order_counts),
    signed("GET /sapi/v1/account/apiRestrictions", "", |_| 1, account::key_restrictions),
    signed("GET /sapi/v1/capital/config/getall", "", |_| 10, account::assets),
    signed("GET /sapi/v1/margin/allPairs", "", |_| 1, account::no_margin),
    signed("GET /sapi/v1/margin/isolated/allPairs", "", |_| 10, account::no_margin),
    own("session.logon", session::logon),
    own("session.status", session::status),
    own("session.logout", session::logout),
    own("session.subscriptions", session::subscriptions),
    own("userDataStream.subscribe", session::subscribe),
    signed("", "userDataStream.subscribe.signature", |_| 2, session::subscribe_signed),
    own("userDataStream.unsubscribe", session::unsubscribe),
];

impl Operation {
    /// The operation of a REST request.
    pub(crate) fn of_rest(verb: &str, path: &str) -> Option<&'static Operation> {
        OPERATIONS.iter().find(|known| known.rest.split_once(' ') == Some((verb, path)))
    }

    /// The operation of a WebSocket API request.
    pub(crate) fn of_method(method: &str) -> Option<&'static Operation> {
        OPERATIONS.iter().find(|known| !known.method.is_empty() && known.method == method)
    }

    /// Whether it places or ends orders.
    pub(crate) fn is_about_orders(&self) -> bool {
        self.rest.starts_with("POST") || self.rest.starts_with("DELETE")
    }
}

fn depth_weight(params: &Params) -> u32 {
    match params.get("limit").and_then(|text| text.parse::<u32>().ok()).unwrap_or(100) {
        ..=100 => 5,
        101..=500 => 25,
        501..=1_000 => 50,
        _ => 250,
    }
}

fn ticker_weight(params: &Params) -> u32 {
    match (params.get("symbol"), params.get("symbols")) {
        (Some(_), _) => 2,
        (None, Some(_)) => 4,
        (None, None) => 80,
    }
}

fn open_orders_weight(params: &Params) -> u32 {
    if params.get("symbol").is_some() { 6 } else { 80 }
}
