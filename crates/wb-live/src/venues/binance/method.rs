//! Which method of Binance carries which request, with what parameters, and what it weighs.

use wb_core::{Interval, Link, OrderId, OrderRequest, OrderType, Price, Side, TimeInForce};

use super::listed::Listed;
use super::parameters::Parameters;
use crate::venues::client_order_id::OrderNames;
use crate::venues::codec::{CodecError, Verb};
use crate::venues::json::Read;
use crate::venues::listing::Listing;
use crate::venues::request::{OrderRef, Request};

/// Levels of each side in an answer about a book.
const DEPTH_LEVELS: u64 = 1_000;

/// Bars or trades in one answer: the most that the venue gives.
const ROWS: u64 = 1_000;

/// How Binance is asked for something.
#[derive(Clone, Copy, Debug)]
pub(super) struct Method {
    /// Its name over the WebSocket.
    pub(super) socket: Option<&'static str>,
    /// What HTTP does, and to what.
    pub(super) http: (Verb, &'static str),
    /// Whether it is about the account, so that it carries a time and a signature.
    pub(super) signed: bool,
    /// What it takes of the limit on request weight.
    pub(super) weight: u64,
}

impl Method {
    pub(super) fn of(request: &Request) -> Method {
        let signed = |socket, verb, path, weight| Method {
            socket: Some(socket),
            http: (verb, path),
            signed: true,
            weight,
        };
        let public = |socket, path, weight| Method {
            socket: Some(socket),
            http: (Verb::Get, path),
            signed: false,
            weight,
        };
        match request {
            Request::Place(..) => signed("order.place", Verb::Post, "/api/v3/order", 1),
            Request::Cancel(..) => signed("order.cancel", Verb::Delete, "/api/v3/order", 1),
            Request::CancelAll(_) => signed("openOrders.cancelAll", Verb::Delete, "/api/v3/openOrders", 1),
            Request::Query(..) => signed("order.status", Verb::Get, "/api/v3/order", 4),
            Request::OpenOrders(_) => signed("openOrders.status", Verb::Get, "/api/v3/openOrders", 6),
            Request::Account => signed("account.status", Verb::Get, "/api/v3/account", 20),
            Request::Trades { .. } => signed("myTrades", Verb::Get, "/api/v3/myTrades", 20),
            Request::Depth(_) => public("depth", "/api/v3/depth", 50),
            Request::Bars { .. } => public("klines", "/api/v3/klines", 2),
            Request::Time => public("time", "/api/v3/time", 1),
            // A replay does not count it.
            Request::Step => public("time", "/api/v3/time", 0),
            Request::Rights => {
                let http = (Verb::Get, "/sapi/v1/account/apiRestrictions");
                Method { socket: None, http, signed: true, weight: 1 }
            }
        }
    }
}

/// Adds what a request is about.
pub(super) fn add_parameters(
    request: &Request,
    listed: &Listed,
    names: &OrderNames,
    out: &mut Parameters,
) -> Read<()> {
    match *request {
        Request::Place(id, ref order) => add_order(id, order, listed, names, out)?,
        Request::Cancel(instrument, order) | Request::Query(instrument, order) => {
            out.text("symbol", &listed.of(instrument)?.instrument.symbol);
            match order {
                OrderRef::Ours(id) => out.text_by("origClientOrderId", |out| names.write(id, out)),
                OrderRef::Venue(number) => out.number("orderId", number),
            }
        }
        Request::CancelAll(instrument) | Request::OpenOrders(instrument) => {
            out.text("symbol", &listed.of(instrument)?.instrument.symbol);
        }
        Request::Account => out.flag("omitZeroBalances", true),
        Request::Trades { instrument, from } => {
            out.text("symbol", &listed.of(instrument)?.instrument.symbol);
            out.number("limit", ROWS);
            if let Some(from) = from {
                out.number("fromId", from);
            }
        }
        Request::Depth(instrument) => {
            out.text("symbol", &listed.of(instrument)?.instrument.symbol);
            out.number("limit", DEPTH_LEVELS);
        }
        Request::Bars { instrument, interval, from, until } => {
            out.text("symbol", &listed.of(instrument)?.instrument.symbol);
            out.text("interval", interval_name(interval)?);
            out.time("startTime", from);
            out.time("endTime", until);
            out.number("limit", ROWS);
        }
        Request::Time | Request::Step | Request::Rights => {}
    }
    Ok(())
}

/// Adds a new order. Reports tell what becomes of it, so the answer is asked to be short.
fn add_order(
    id: OrderId,
    order: &OrderRequest,
    listed: &Listed,
    names: &OrderNames,
    out: &mut Parameters,
) -> Read<()> {
    let Listing { instrument, rules, .. } = listed.of(order.instrument)?;
    let (kind, prices) = kind_and_prices(order.kind);
    if matches!(order.kind, OrderType::TrailingStop { .. }) && !rules.keeps_links {
        return Err(CodecError::Unsupported("trailing stop by a price"));
    }
    let tif = match order.tif {
        TimeInForce::Gtc => "GTC",
        TimeInForce::Ioc => "IOC",
        TimeInForce::Fok => "FOK",
        TimeInForce::Day => return Err(CodecError::Unsupported("order for the day")),
    };
    out.text("symbol", &instrument.symbol);
    out.text("side", if order.side == Side::Buy { "BUY" } else { "SELL" });
    out.text("type", kind);
    match (kind, order.tif) {
        ("LIMIT" | "STOP_LOSS_LIMIT", _) => out.text("timeInForce", tif),
        // What has no time in force with the venue does what these say.
        ("LIMIT_MAKER", TimeInForce::Gtc)
        | ("MARKET" | "STOP_LOSS" | "TRAILING_STOP", TimeInForce::Gtc | TimeInForce::Ioc) => {}
        _ => return Err(CodecError::Unsupported("such time in force for this kind of order")),
    }
    let mut fits = out.steps("quantity", order.qty.lots(), instrument.lot);
    for (name, price) in prices {
        if let Some(price) = price {
            fits &= out.steps(name, price.0, instrument.tick);
        }
    }
    if rules.keeps_links {
        add_dependence(order, names, out);
    }
    out.text_by("newClientOrderId", |out| names.write(id, out));
    out.text("newOrderRespType", "ACK");
    if fits { Ok(()) } else { Err(CodecError::Unsupported("numbers as large as these")) }
}

/// The venue's word for a kind of order, and the prices that it has.
fn kind_and_prices(kind: OrderType) -> (&'static str, [(&'static str, Option<Price>); 2]) {
    let (word, price, trigger) = match kind {
        OrderType::Market => ("MARKET", None, None),
        OrderType::Limit { price, post_only: false } => ("LIMIT", Some(price), None),
        OrderType::Limit { price, post_only: true } => ("LIMIT_MAKER", Some(price), None),
        OrderType::Stop { trigger } => ("STOP_LOSS", None, Some(trigger)),
        OrderType::StopLimit { trigger, price } => ("STOP_LOSS_LIMIT", Some(price), Some(trigger)),
        OrderType::TrailingStop { offset } => {
            return ("TRAILING_STOP", [("trailingOffset", Some(offset)), ("stopPrice", None)]);
        }
    };
    (word, [("price", price), ("stopPrice", trigger)])
}

/// Adds what an order depends on, for a venue that keeps it: the bundled exchange in lockstep.
fn add_dependence(order: &OrderRequest, names: &OrderNames, out: &mut Parameters) {
    if order.reduce_only {
        out.flag("reduceOnly", true);
    }
    if let Some(group) = order.link.group() {
        out.number("ocoGroup", group.0);
    }
    if let Link::OnFill { parent, .. } = order.link {
        out.text_by("parentClientOrderId", |out| names.write(parent, out));
    }
}

/// The venue's name of an interval.
pub(super) fn interval_name(interval: Interval) -> Read<&'static str> {
    let names = [
        (Interval::Seconds(1), "1s"),
        (Interval::Minutes(1), "1m"),
        (Interval::Minutes(3), "3m"),
        (Interval::Minutes(5), "5m"),
        (Interval::Minutes(15), "15m"),
        (Interval::Minutes(30), "30m"),
        (Interval::Minutes(60), "1h"),
        (Interval::Minutes(120), "2h"),
        (Interval::Minutes(240), "4h"),
        (Interval::Minutes(360), "6h"),
        (Interval::Minutes(480), "8h"),
        (Interval::Minutes(720), "12h"),
        (Interval::Days(1), "1d"),
        (Interval::Days(3), "3d"),
        (Interval::Days(7), "1w"),
    ];
    let found = names.iter().find(|(length, _)| *length == interval);
    found.map(|(_, name)| *name).ok_or(CodecError::Unsupported("bars of that length"))
}
