//! Requests about the market.

use serde_json::{Value, json};
use wb_core::Ts;

use super::decimal::decimal;
use super::error::ApiError;
use super::market_messages::{aggregate, average, depth as book, first_trade, percent, touch};
use super::operation::{Call, Reply};
use super::params::Params;
use crate::candle::{Candle, interval};
use crate::clock::Stamp;
use crate::exchange::Exchange;
use crate::market::{CandleQuery, Market, Print};

pub(crate) fn ping(_: &mut Exchange, _: &Call) -> Result<Reply, ApiError> {
    Ok(Reply::Now(json!({})))
}

/// The real time. A request that lets the next close happen is answered behind all that the close has to tell.
pub(crate) fn time(exchange: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    if call.is_control {
        exchange.step_on_demand()?;
    }
    Ok(Reply::Now(json!({ "serverTime": call.unit.of(call.now) })))
}

pub(crate) fn exchange_info(exchange: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    let symbols: Vec<Value> =
        markets(exchange, &call.params)?.into_iter().map(|market| market.listing.json()).collect();
    Ok(Reply::Now(json!({
        "timezone": "UTC",
        "serverTime": call.unit.of(call.now),
        "rateLimits": exchange.limits.rules(),
        "exchangeFilters": [],
        "symbols": symbols,
        "sors": [],
    })))
}

/// The markets that `symbol` or `symbols` names; all without either.
fn markets<'x>(exchange: &'x Exchange, params: &Params) -> Result<Vec<&'x Market>, ApiError> {
    match (params.get("symbol"), params.list("symbols")?) {
        (Some(symbol), _) => Ok(vec![exchange.market(symbol)?]),
        (None, Some(symbols)) => symbols.iter().map(|symbol| exchange.market(symbol)).collect(),
        (None, None) => Ok(exchange.markets.iter().collect()),
    }
}

/// One object where `symbol` names one market, a list otherwise.
fn one_or_many(
    exchange: &Exchange,
    params: &Params,
    json: impl Fn(&Market) -> Value,
) -> Result<Reply, ApiError> {
    let found = markets(exchange, params)?;
    Ok(Reply::Now(match (params.get("symbol"), found.as_slice()) {
        (Some(_), [market]) => json(market),
        _ => found.into_iter().map(json).collect(),
    }))
}

pub(crate) fn depth(exchange: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    let market = exchange.market(call.params.required("symbol")?)?;
    Ok(Reply::Now(book(market, call.params.limit(100, 5_000)?)))
}

pub(crate) fn trades(exchange: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    let market = exchange.market(call.params.required("symbol")?)?;
    let limit = call.params.limit(500, 1_000)?;
    let stamp = exchange.clock.stamp(call.unit);
    let trade = |print: &Print| {
        json!({
            "id": print.id,
            "price": decimal(print.price),
            "qty": decimal(print.qty),
            "quoteQty": decimal(print.price * print.qty),
            "time": stamp.of(print.ts),
            "isBuyerMaker": print.buyer_is_maker,
            "isBestMatch": true,
        })
    };
    Ok(Reply::Now(market.trades().rev().take(limit).rev().map(trade).collect()))
}

pub(crate) fn aggregate_trades(exchange: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    let market = exchange.market(call.params.required("symbol")?)?;
    let (limit, stamp) = (call.params.limit(500, 1_000)?, exchange.clock.stamp(call.unit));
    let meant = |name: &str| Ok(call.params.time(name)?.map(|told| exchange.clock.meant(told)));
    let (from, to): (Option<Ts>, Option<Ts>) = (meant("startTime")?, meant("endTime")?);
    let first = call.params.integer("fromId")?;
    let is_asked = |print: &&Print| {
        from.is_none_or(|from| print.ts >= from)
            && to.is_none_or(|to| print.ts <= to)
            && first.is_none_or(|first| print.id as i64 >= first)
    };
    let asked: Vec<&Print> = market.trades().filter(is_asked).collect();
    let skipped = if from.is_some() || first.is_some() { 0 } else { asked.len().saturating_sub(limit) };
    let told = asked.into_iter().skip(skipped).take(limit);
    Ok(Reply::Now(told.map(|print| aggregate(print, &stamp)).collect()))
}

pub(crate) fn klines(exchange: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    let market = exchange.market(call.params.required("symbol")?)?;
    let name = call.params.required("interval")?;
    let interval = interval(name, market.base()).ok_or_else(|| ApiError::new(-1120, "Invalid interval."))?;
    let meant = |name: &str| Ok(call.params.time(name)?.map(|told| exchange.clock.meant(told)));
    let query = CandleQuery {
        interval,
        from: meant("startTime")?,
        to: meant("endTime")?,
        limit: call.params.limit(500, 1_000)?,
    };
    let stamp = exchange.clock.stamp(call.unit);
    let candles = market.candles(&query, exchange.clock.replay);
    Ok(Reply::Now(candles.iter().map(|candle| kline(candle, &stamp)).collect()))
}

fn kline(candle: &Candle, stamp: &Stamp) -> Value {
    let bar = &candle.bar;
    json!([
        stamp.of(candle.end - bar.interval.span()),
        decimal(bar.open),
        decimal(bar.high),
        decimal(bar.low),
        decimal(bar.close),
        decimal(bar.volume),
        stamp.before(candle.end),
        decimal(candle.turnover),
        candle.trades,
        decimal(bar.volume / 2.0),
        decimal(candle.turnover / 2.0),
        "0",
    ])
}

pub(crate) fn average_price(exchange: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    let market = exchange.market(call.params.required("symbol")?)?;
    let stamp = exchange.clock.stamp(call.unit);
    Ok(Reply::Now(json!({ "mins": 0, "price": decimal(market.last), "closeTime": stamp.now() })))
}

pub(crate) fn ticker(exchange: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    let (stamp, now) = (exchange.clock.stamp(call.unit), exchange.clock.replay);
    one_or_many(exchange, &call.params, |market| {
        let day = market.day(now);
        let [(bid, bid_qty), (ask, ask_qty)] = touch(market);
        json!({
            "symbol": market.listing.instrument.symbol,
            "priceChange": decimal(day.close - day.open),
            "priceChangePercent": percent(&day),
            "weightedAvgPrice": decimal(average(&day)),
            "prevClosePrice": decimal(day.open),
            "lastPrice": decimal(day.close),
            "lastQty": decimal(day.last_qty),
            "bidPrice": bid,
            "bidQty": bid_qty,
            "askPrice": ask,
            "askQty": ask_qty,
            "openPrice": decimal(day.open),
            "highPrice": decimal(day.high),
            "lowPrice": decimal(day.low),
            "volume": decimal(day.volume),
            "quoteVolume": decimal(day.turnover),
            "openTime": stamp.of(day.from),
            "closeTime": stamp.of(day.to),
            "firstId": first_trade(&day),
            "lastId": day.last_trade,
            "count": day.trades,
        })
    })
}

pub(crate) fn price(exchange: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    one_or_many(
        exchange,
        &call.params,
        |market| json!({ "symbol": market.listing.instrument.symbol, "price": decimal(market.last) }),
    )
}

pub(crate) fn book_ticker(exchange: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    one_or_many(exchange, &call.params, |market| {
        let [(bid, bid_qty), (ask, ask_qty)] = touch(market);
        json!({
            "symbol": market.listing.instrument.symbol,
            "bidPrice": bid,
            "bidQty": bid_qty,
            "askPrice": ask,
            "askQty": ask_qty,
        })
    })
}
