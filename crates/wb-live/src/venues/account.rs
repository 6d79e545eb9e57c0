//! What a venue's books say about an account and its orders.

use std::sync::Arc;

use wb_core::{InstrumentId, OrderState, Price, Qty, Side, Ts};

use super::client_order_id::Owner;
use super::message::Commission;

/// Balances and rights of an account.
#[derive(Clone, PartialEq, Debug)]
pub struct Account {
    /// Whether it may trade.
    pub can_trade: bool,
    /// What it holds; assets of which it holds nothing may be left out.
    pub balances: Vec<Balance>,
}

/// What an account holds of an asset.
#[derive(Clone, PartialEq, Debug)]
pub struct Balance {
    /// The asset.
    pub asset: Arc<str>,
    /// What can be used, in units.
    pub free: f64,
    /// What open orders have set aside, in units.
    pub locked: f64,
}

/// What a key may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeyRights {
    /// It may place orders.
    pub trade: bool,
    /// It may move assets out of the account. Such a key is not to be used here.
    pub withdraw: bool,
}

/// How an order stands at the venue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OrderStatus {
    /// Whose it is.
    pub owner: Owner,
    /// The venue's number.
    pub venue_order: u64,
    /// What it trades.
    pub instrument: InstrumentId,
    /// Buy or sell.
    pub side: Side,
    /// What was asked for.
    pub qty: Qty,
    /// What has been filled.
    pub filled: Qty,
    /// Where it is in its life.
    pub state: OrderState,
}

/// A trade of the account, as the venue's books have it.
#[derive(Clone, PartialEq, Debug)]
pub struct OwnTrade {
    /// The venue's number; rises within an instrument.
    pub trade: u64,
    /// The venue's number of the order.
    pub venue_order: u64,
    /// What was traded.
    pub instrument: InstrumentId,
    /// When it happened.
    pub ts_event: Ts,
    /// Buy or sell.
    pub side: Side,
    /// The price.
    pub price: Price,
    /// How much.
    pub qty: Qty,
    /// The fee, as it was paid.
    pub commission: Commission,
    /// What the fee is worth at the trade's price, in the settlement currency; zero where the trade does not price it.
    pub fee: f64,
    /// Whether we were the resting side.
    pub maker: bool,
}
