//! Requests that place orders and ask for them.

use serde_json::{Value, json};
use wb_core::OrderId;

use super::error::ApiError;
use super::operation::{Call, Reply};
use super::order_messages::{Detail, own_trade, placed, queried};
use super::params::Params;
use crate::exchange::Exchange;
use crate::order::Order;

pub(crate) fn place(exchange: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    let entry = exchange.read_order(&call.params)?;
    let name = call.params.get("newOrderRespType");
    let bad = || ApiError::new(-1130, "Data sent for parameter 'newOrderRespType' is not valid.");
    let detail = Detail::parse(name, entry.ticket.kind).ok_or_else(bad)?;
    let id = exchange.place_order(entry, call.now)?;
    Ok(Reply::Now(exchange.placed_answer(id, detail, call)))
}

impl Exchange {
    /// The answer to a new order.
    pub(crate) fn placed_answer(&self, id: OrderId, detail: Detail, call: &Call) -> Value {
        let order = self.desk.order(id).expect("the order was just placed");
        let listing = &self.markets[order.ticket.instrument.index()].listing;
        placed(listing, order, detail, &self.clock.stamp(call.unit))
    }
}

pub(crate) fn test(exchange: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    exchange.read_order(&call.params)?;
    Ok(Reply::Now(json!({})))
}

pub(crate) fn status(exchange: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    let market = exchange.market(call.params.required("symbol")?)?;
    let instrument = market.listing.instrument.id;
    let none = || ApiError::new(-2013, "Order does not exist.");
    let order = match named(&call.params, "orderId", "origClientOrderId")? {
        Named::Id(id) => exchange.desk.order(id).filter(|order| order.ticket.instrument == instrument),
        Named::Client(name) => exchange.desk.last_by_name(instrument, name),
    };
    let order = order.ok_or_else(none)?;
    Ok(Reply::Now(queried(&market.listing, order, &exchange.clock.stamp(call.unit))))
}

/// How a client names an order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Named<'p> {
    Id(OrderId),
    Client(&'p str),
}

/// The order that a request names; its number counts more.
///
/// # Errors
/// -1102 if it names none.
pub(crate) fn named<'p>(params: &'p Params, id: &str, client: &str) -> Result<Named<'p>, ApiError> {
    if let Some(number) = params.integer(id)? {
        return Ok(Named::Id(OrderId(u64::try_from(number).unwrap_or_default())));
    }
    let msg = format!("Param '{client}' or '{id}' must be sent, but both were empty/null!");
    params.get(client).map(Named::Client).ok_or_else(|| ApiError::new(-1102, msg))
}

pub(crate) fn open(exchange: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    let stamp = exchange.clock.stamp(call.unit);
    let symbol = call.params.get("symbol").map(|symbol| exchange.market(symbol)).transpose()?;
    let wanted = symbol.map(|market| market.listing.instrument.id);
    let json =
        |order: &Order| queried(&exchange.markets[order.ticket.instrument.index()].listing, order, &stamp);
    let orders = exchange.desk.open_orders();
    let orders = orders.filter(|order| wanted.is_none_or(|id| id == order.ticket.instrument));
    Ok(Reply::Now(orders.map(json).collect()))
}

/// Orders of a symbol: those from a number on, or those of a stretch of time, or the last ones.
pub(crate) fn all(exchange: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    let market = exchange.market(call.params.required("symbol")?)?;
    let (id, limit) = (market.listing.instrument.id, call.params.limit(500, 1_000)?);
    let meant = |name: &str| Ok(call.params.time(name)?.map(|told| exchange.clock.meant(told)));
    let (from, to) = (meant("startTime")?, meant("endTime")?);
    let first = call.params.integer("orderId")?;
    let is_asked = |order: &&Order| {
        order.ticket.instrument == id
            && from.is_none_or(|from| order.placed >= from)
            && to.is_none_or(|to| order.placed <= to)
            && first.is_none_or(|first| order.id.0 as i64 >= first)
    };
    let orders: Vec<&Order> = exchange.desk.all_orders().filter(is_asked).collect();
    let stamp = exchange.clock.stamp(call.unit);
    let page = page(orders, limit, from.is_some() || first.is_some());
    Ok(Reply::Now(page.map(|order| queried(&market.listing, order, &stamp)).collect()))
}

/// Fills of a symbol: those of an order, from a number on, of a stretch of time, or the last ones.
pub(crate) fn trades(exchange: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    let market = exchange.market(call.params.required("symbol")?)?;
    let (id, limit) = (market.listing.instrument.id, call.params.limit(500, 1_000)?);
    let meant = |name: &str| Ok(call.params.time(name)?.map(|told| exchange.clock.meant(told)));
    let (from, to) = (meant("startTime")?, meant("endTime")?);
    let (order_id, first) = (call.params.integer("orderId")?, call.params.integer("fromId")?);
    let orders = exchange.desk.all_orders().filter(|order| {
        order.ticket.instrument == id && order_id.is_none_or(|wanted| order.id.0 as i64 == wanted)
    });
    let fills = orders.flat_map(|order| order.executions.iter().map(move |execution| (order, execution)));
    let mut fills: Vec<_> = fills
        .filter(|(_, execution)| {
            from.is_none_or(|from| execution.fill.ts >= from)
                && to.is_none_or(|to| execution.fill.ts <= to)
                && first.is_none_or(|first| execution.trade_id as i64 >= first)
        })
        .collect();
    fills.sort_by_key(|(_, execution)| execution.trade_id);
    let stamp = exchange.clock.stamp(call.unit);
    let page = page(fills, limit, from.is_some() || first.is_some());
    Ok(Reply::Now(page.map(|(order, fill)| own_trade(&market.listing, order, fill, &stamp)).collect()))
}

/// The first `limit` of a list, or the last.
fn page<T>(list: Vec<T>, limit: usize, first: bool) -> impl Iterator<Item = T> {
    let skipped = if first { 0 } else { list.len().saturating_sub(limit) };
    list.into_iter().skip(skipped).take(limit)
}
