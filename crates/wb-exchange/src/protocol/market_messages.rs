//! Messages of market streams, field for field as the venue sends them.

use serde_json::{Value, json};
use wb_core::{Price, Qty, Ts};

use super::decimal::decimal;
use crate::candle::Candle;
use crate::clock::Stamp;
use crate::ladder::LadderDiff;
use crate::listing::Listing;
use crate::market::{DayFigures, Market, Print};

/// `<symbol>@trade`
pub(crate) fn trade(market: &Market, print: &Print, stamp: &Stamp) -> Value {
    json!({
        "e": "trade",
        "E": stamp.of(print.ts),
        "s": market.listing.instrument.symbol,
        "t": print.id,
        "p": decimal(print.price),
        "q": decimal(print.qty),
        "T": stamp.of(print.ts),
        "m": print.buyer_is_maker,
        "M": true,
    })
}

/// `<symbol>@aggTrade`: every trade is one of its own.
pub(crate) fn aggregate_trade(market: &Market, print: &Print, stamp: &Stamp) -> Value {
    let mut message = aggregate(print, stamp);
    message["e"] = "aggTrade".into();
    message["E"] = stamp.of(print.ts).into();
    message["s"] = market.listing.instrument.symbol.as_str().into();
    message
}

/// What a stream and a request tell of an aggregate trade.
pub(crate) fn aggregate(print: &Print, stamp: &Stamp) -> Value {
    json!({
        "a": print.id,
        "p": decimal(print.price),
        "q": decimal(print.qty),
        "f": print.id,
        "l": print.id,
        "T": stamp.of(print.ts),
        "m": print.buyer_is_maker,
        "M": true,
    })
}

/// `<symbol>@bookTicker`
pub(crate) fn book_ticker(market: &Market) -> Value {
    let [(bid, bid_qty), (ask, ask_qty)] = touch(market);
    json!({
        "u": market.ladder.update_id(),
        "s": market.listing.instrument.symbol,
        "b": bid,
        "B": bid_qty,
        "a": ask,
        "A": ask_qty,
    })
}

/// Price and quantity of the best bid and the best offer.
pub(crate) fn touch(market: &Market) -> [(String, String); 2] {
    let listing = &market.listing;
    let written = |level: Option<(Price, Qty)>| {
        let (price, qty) = level.unwrap_or_default();
        (listing.price(price), listing.qty(qty))
    };
    [written(market.ladder.bids().next()), written(market.ladder.asks().next())]
}

/// `<symbol>@depth`
pub(crate) fn depth_update(market: &Market, diff: &LadderDiff, stamp: &Stamp) -> Value {
    json!({
        "e": "depthUpdate",
        "E": stamp.now(),
        "s": market.listing.instrument.symbol,
        "U": diff.first,
        "u": diff.last,
        "b": levels(&market.listing, diff.bids.iter().copied()),
        "a": levels(&market.listing, diff.asks.iter().copied()),
    })
}

/// `<symbol>@depth<levels>`, and the answer to a request for the book.
pub(crate) fn depth(market: &Market, most: usize) -> Value {
    json!({
        "lastUpdateId": market.ladder.update_id(),
        "bids": levels(&market.listing, market.ladder.bids().take(most)),
        "asks": levels(&market.listing, market.ladder.asks().take(most)),
    })
}

fn levels(listing: &Listing, levels: impl Iterator<Item = (Price, Qty)>) -> Vec<[String; 2]> {
    levels.map(|(price, qty)| [listing.price(price), listing.qty(qty)]).collect()
}

/// `<symbol>@kline_<interval>`
pub(crate) fn kline(market: &Market, name: &str, candle: &Candle, is_closed: bool, stamp: &Stamp) -> Value {
    let bar = &candle.bar;
    let first_trade = (candle.last_trade + 1).saturating_sub(candle.trades);
    json!({
        "e": "kline",
        "E": stamp.now(),
        "s": market.listing.instrument.symbol,
        "k": {
            "t": stamp.of(candle.end - bar.interval.span()),
            "T": stamp.before(candle.end),
            "s": market.listing.instrument.symbol,
            "i": name,
            "f": first_trade,
            "L": candle.last_trade,
            "o": decimal(bar.open),
            "c": decimal(bar.close),
            "h": decimal(bar.high),
            "l": decimal(bar.low),
            "v": decimal(bar.volume),
            "n": candle.trades,
            "x": is_closed,
            "q": decimal(candle.turnover),
            "V": decimal(bar.volume / 2.0),
            "Q": decimal(candle.turnover / 2.0),
            "B": "0",
        },
    })
}

/// `<symbol>@miniTicker`
pub(crate) fn mini_ticker(market: &Market, now: Ts, stamp: &Stamp) -> Value {
    let day = market.day(now);
    json!({
        "e": "24hrMiniTicker",
        "E": stamp.now(),
        "s": market.listing.instrument.symbol,
        "c": decimal(day.close),
        "o": decimal(day.open),
        "h": decimal(day.high),
        "l": decimal(day.low),
        "v": decimal(day.volume),
        "q": decimal(day.turnover),
    })
}

/// `<symbol>@ticker`
pub(crate) fn ticker(market: &Market, now: Ts, stamp: &Stamp) -> Value {
    let day = market.day(now);
    let [(bid, bid_qty), (ask, ask_qty)] = touch(market);
    json!({
        "e": "24hrTicker",
        "E": stamp.now(),
        "s": market.listing.instrument.symbol,
        "p": decimal(day.close - day.open),
        "P": percent(&day),
        "w": decimal(average(&day)),
        "x": decimal(day.open),
        "c": decimal(day.close),
        "Q": decimal(day.last_qty),
        "b": bid,
        "B": bid_qty,
        "a": ask,
        "A": ask_qty,
        "o": decimal(day.open),
        "h": decimal(day.high),
        "l": decimal(day.low),
        "v": decimal(day.volume),
        "q": decimal(day.turnover),
        "O": stamp.of(day.from),
        "C": stamp.of(day.to),
        "F": first_trade(&day),
        "L": day.last_trade,
        "n": day.trades,
    })
}

/// Change of the day in percent.
pub(crate) fn percent(day: &DayFigures) -> String {
    format!("{:.3}", 100.0 * (day.close - day.open) / day.open)
}

/// Average price of the day, weighted by volume.
pub(crate) fn average(day: &DayFigures) -> f64 {
    if day.volume > 0.0 { day.turnover / day.volume } else { day.close }
}

/// The number of the day's first trade.
pub(crate) fn first_trade(day: &DayFigures) -> u64 {
    (day.last_trade + 1).saturating_sub(day.trades)
}
