//! Orders and fills as answers tell them.

use serde_json::{Value, json};

use super::decimal::{amount, decimal};
use crate::clock::Stamp;
use crate::listing::Listing;
use crate::order::{Execution, Order, OrderKind};

/// The number of an order list that an order is not part of.
const NO_LIST: i64 = -1;

/// How much a client wants to be told of an order that it places.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Detail {
    Ack,
    Result,
    Full,
}

impl Detail {
    /// The detail of that name; what the venue tells of this kind without one.
    pub(crate) fn parse(name: Option<&str>, kind: OrderKind) -> Option<Detail> {
        match name {
            Some("ACK") => Some(Detail::Ack),
            Some("RESULT") => Some(Detail::Result),
            Some("FULL") => Some(Detail::Full),
            Some(_) => None,
            None if matches!(kind, OrderKind::Market | OrderKind::Limit) => Some(Detail::Full),
            None => Some(Detail::Ack),
        }
    }
}

/// The answer to a new order.
pub(crate) fn placed(listing: &Listing, order: &Order, detail: Detail, stamp: &Stamp) -> Value {
    let mut json = json!({
        "symbol": listing.instrument.symbol,
        "orderId": order.id.0,
        "orderListId": NO_LIST,
        "clientOrderId": order.ticket.client_id,
        "transactTime": stamp.of(order.updated),
    });
    if detail == Detail::Ack {
        return json;
    }
    extend(&mut json, amounts(listing, order));
    json["workingTime"] = working_time(order, stamp);
    json["selfTradePreventionMode"] = "NONE".into();
    extend(&mut json, conditional(listing, order));
    if detail == Detail::Full {
        json["fills"] = order.executions.iter().map(|execution| fill(listing, execution)).collect();
    }
    json
}

/// What of an order is the same in every answer.
fn amounts(listing: &Listing, order: &Order) -> Value {
    json!({
        "price": listing.price(order.ticket.price),
        "origQty": listing.qty(order.ticket.qty),
        "executedQty": listing.qty(order.filled),
        "origQuoteOrderQty": decimal(order.ticket.quote_qty.unwrap_or_default()),
        "cummulativeQuoteQty": turnover(listing, order.turnover),
        "status": order.status(),
        "timeInForce": order.ticket.validity.name(),
        "type": order.ticket.kind.name(),
        "side": side(order),
    })
}

/// What only orders with a trigger, or with numbers of the client's own, have.
fn conditional(listing: &Listing, order: &Order) -> Value {
    let mut json = json!({});
    if order.ticket.kind.has_trigger() {
        json["stopPrice"] = listing.price(order.ticket.trigger).into();
    }
    for (name, number) in
        [("strategyId", order.ticket.strategy_id), ("strategyType", order.ticket.strategy_type)]
    {
        if let Some(number) = number {
            json[name] = number.into();
        }
    }
    json
}

/// The answer to a query for an order.
pub(crate) fn queried(listing: &Listing, order: &Order, stamp: &Stamp) -> Value {
    let mut json = json!({
        "symbol": listing.instrument.symbol,
        "orderId": order.id.0,
        "orderListId": NO_LIST,
        "clientOrderId": order.ticket.client_id,
    });
    extend(&mut json, amounts(listing, order));
    extend(&mut json, conditional(listing, order));
    let rest = json!({
        "stopPrice": listing.price(order.ticket.trigger),
        "icebergQty": decimal(0.0),
        "time": stamp.of(order.placed),
        "updateTime": stamp.of(order.updated),
        "isWorking": !order.ticket.kind.has_trigger(),
        "workingTime": working_time(order, stamp),
        "selfTradePreventionMode": "NONE",
    });
    extend(&mut json, rest);
    json
}

/// The answer to a cancel that came in time. `cancel_name` is the client's name for the cancel.
pub(crate) fn cancelled(listing: &Listing, order: &Order, cancel_name: &str, stamp: &Stamp) -> Value {
    let mut json = json!({
        "symbol": listing.instrument.symbol,
        "origClientOrderId": order.ticket.client_id,
        "orderId": order.id.0,
        "orderListId": NO_LIST,
        "clientOrderId": cancel_name,
        "transactTime": stamp.of(order.updated),
    });
    extend(&mut json, amounts(listing, order));
    extend(&mut json, conditional(listing, order));
    json["selfTradePreventionMode"] = "NONE".into();
    json
}

/// A fill in the answer to the order that made it.
fn fill(listing: &Listing, execution: &Execution) -> Value {
    let fill = &execution.fill;
    json!({
        "price": listing.price(fill.price),
        "qty": listing.qty(fill.qty),
        "commission": decimal(fill.fee),
        "commissionAsset": listing.quote,
        "tradeId": execution.trade_id,
    })
}

/// A fill in the list of the account's trades.
pub(crate) fn own_trade(listing: &Listing, order: &Order, execution: &Execution, stamp: &Stamp) -> Value {
    let fill = &execution.fill;
    json!({
        "symbol": listing.instrument.symbol,
        "id": execution.trade_id,
        "orderId": order.id.0,
        "orderListId": NO_LIST,
        "price": listing.price(fill.price),
        "qty": listing.qty(fill.qty),
        "quoteQty": turnover(listing, value_of(execution)),
        "commission": decimal(fill.fee),
        "commissionAsset": listing.quote,
        "time": stamp.of(fill.ts),
        "isBuyer": fill.side == wb_core::Side::Buy,
        "isMaker": fill.maker,
        "isBestMatch": true,
    })
}

/// Ticks times lots of a fill.
pub(crate) fn value_of(execution: &Execution) -> i128 {
    i128::from(execution.fill.price.0) * i128::from(execution.fill.qty.lots())
}

/// Ticks times lots in the quote currency.
pub(crate) fn turnover(listing: &Listing, ticks_lots: i128) -> String {
    amount(ticks_lots, listing.instrument.tick, listing.instrument.lot)
}

/// The venue's word for the side of an order.
pub(crate) fn side(order: &Order) -> &'static str {
    match order.ticket.side {
        wb_core::Side::Buy => "BUY",
        wb_core::Side::Sell => "SELL",
    }
}

/// When an order came on the book; -1 for one that waits for its trigger.
pub(crate) fn working_time(order: &Order, stamp: &Stamp) -> Value {
    if order.ticket.kind.has_trigger() { (-1).into() } else { stamp.of(order.placed).into() }
}

/// Puts the fields of `more` behind those of `json`; a field that is there already gets the new value.
fn extend(json: &mut Value, more: Value) {
    if let (Value::Object(fields), Value::Object(more)) = (json, more) {
        fields.extend(more);
    }
}
