//! Messages of Binance's market streams. Source: binance-spot-api-docs, web-socket-streams.md.

use wb_core::{Bar, Interval, MarketData, MarketEvent, Quote, Side, Span, Trade, Ts};

use super::listed::Listed;
use crate::venues::json::{Field, Json, Read};
use crate::venues::listing::Listing;
use crate::venues::message::{Decoded, DepthChange, Level, Message};

/// A bar ends a millisecond after its last one.
pub(super) const MILLISECOND: Span = Span(1_000_000);

/// Best bid and offer. They come without a time.
#[inline]
pub(super) fn read_quote(json: &mut Json<'_>, listed: &Listed, ts_recv: Ts, out: &mut Decoded) -> Read<()> {
    let [symbol, bid, bid_qty, ask, ask_qty] = json.fields(["s", "b", "B", "a", "A"])?;
    let instrument = symbol.read(|json| listed.read(json))?.instrument.id;
    let quote = Quote {
        bid: bid.read(Json::number)?,
        bid_qty: bid_qty.read(Json::number)?,
        ask: ask.read(Json::number)?,
        ask_qty: ask_qty.read(Json::number)?,
    };
    let data = MarketData::Quote(quote);
    out.messages.push(Message::Market(MarketEvent {
        ts_event: ts_recv,
        ts_recv,
        instrument,
        last: true,
        data,
    }));
    Ok(())
}

/// A trade.
#[inline]
pub(super) fn read_trade(json: &mut Json<'_>, listed: &Listed, ts_recv: Ts, out: &mut Decoded) -> Read<()> {
    let [symbol, price, qty, time, buyer_rests] = json.fields(["s", "p", "q", "T", "m"])?;
    let instrument = symbol.read(|json| listed.read(json))?.instrument.id;
    let trade = Trade {
        price: price.read(Json::number)?,
        qty: qty.read(Json::number)?,
        aggressor: if buyer_rests.read(Json::bool)? { Side::Sell } else { Side::Buy },
    };
    let (ts_event, data) = (time.read(Json::time)?, MarketData::Trade(trade));
    out.messages.push(Message::Market(MarketEvent { ts_event, ts_recv, instrument, last: true, data }));
    Ok(())
}

/// A bar. Nothing is said before it has closed.
#[inline]
pub(super) fn read_bar(json: &mut Json<'_>, listed: &Listed, ts_recv: Ts, out: &mut Decoded) -> Read<()> {
    let [symbol, bar] = json.fields(["s", "k"])?;
    let listing = symbol.read(|json| listed.read(json))?;
    let instrument = listing.instrument.id;
    let closed = bar.read(|json| {
        let [last_time, interval, open, close, high, low, volume, closed] =
            json.fields(["T", "i", "o", "c", "h", "l", "v", "x"])?;
        if !closed.read(Json::bool)? {
            return Ok(None);
        }
        let Some(interval) = interval.read(|json| Ok(Interval::parse(&json.text()?)))? else {
            return Ok(None);
        };
        let bar = Bar {
            interval,
            open: open.read(Json::number)?,
            high: high.read(Json::number)?,
            low: low.read(Json::number)?,
            close: close.read(Json::number)?,
            volume: volume.read(Json::number)?,
        };
        Ok(Some((last_time.read(Json::time)? + MILLISECOND, bar)))
    })?;
    if let Some((ts_event, bar)) = closed {
        let data = MarketData::Bar(bar);
        out.messages.push(Message::Market(MarketEvent { ts_event, ts_recv, instrument, last: true, data }));
    }
    Ok(())
}

/// A change of the order book.
#[inline]
pub(super) fn read_depth_change(json: &mut Json<'_>, listed: &Listed, out: &mut Decoded) -> Read<()> {
    let [symbol, time, first, last, bids, offers] = json.fields(["s", "E", "U", "u", "b", "a"])?;
    let listing = symbol.read(|json| listed.read(json))?;
    let change = DepthChange {
        instrument: listing.instrument.id,
        ts_event: time.read(Json::time)?,
        first: first.read(Json::u64)?,
        last: last.read(Json::u64)?,
        levels: read_levels(&bids, &offers, listing, &mut out.levels)?,
    };
    out.messages.push(Message::Depth(change));
    Ok(())
}

/// Reads the levels of both sides and gives where they are.
#[inline]
pub(super) fn read_levels(
    bids: &Field<'_>,
    offers: &Field<'_>,
    listing: &Listing,
    levels: &mut Vec<Level>,
) -> Read<std::ops::Range<usize>> {
    let start = levels.len();
    for (side, field) in [(Side::Buy, bids), (Side::Sell, offers)] {
        field.read(|json| {
            json.array(|json| {
                levels.push(json.tuple(|json| {
                    let price = listing.read_price(json)?;
                    Ok(Level { side, price, qty: listing.read_qty(json.next()?)? })
                })?);
                Ok(())
            })
        })?;
    }
    Ok(start..levels.len())
}
