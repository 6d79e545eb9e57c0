//! Messages of Binance's market streams. Source: binance-spot-api-docs, web-socket-streams.md.

use wb_core::{Bar, Interval, MarketData, MarketEvent, Quote, Side, Span, Trade, Ts};

use super::listed::Listed;
use crate::venues::json::{Json, Read, required};
use crate::venues::listing::Listing;
use crate::venues::message::{Decoded, DepthChange, Level, Message};

/// A bar ends a millisecond after its last one.
pub(super) const MILLISECOND: Span = Span(1_000_000);

/// Best bid and offer. They come without a time.
pub(super) fn read_quote(json: &mut Json<'_>, listed: &Listed, ts_recv: Ts, out: &mut Decoded) -> Read<()> {
    let (mut listing, mut bid, mut bid_qty, mut ask, mut ask_qty) = (None, None, None, None, None);
    json.object(|json, name| {
        match name {
            b"s" => listing = Some(listed.read(json)?),
            b"b" => bid = Some(json.number()?),
            b"B" => bid_qty = Some(json.number()?),
            b"a" => ask = Some(json.number()?),
            b"A" => ask_qty = Some(json.number()?),
            _ => json.skip()?,
        }
        Ok(())
    })?;
    let instrument = required(listing, "s")?.instrument.id;
    let data = MarketData::Quote(Quote {
        bid: required(bid, "b")?,
        bid_qty: required(bid_qty, "B")?,
        ask: required(ask, "a")?,
        ask_qty: required(ask_qty, "A")?,
    });
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
pub(super) fn read_trade(json: &mut Json<'_>, listed: &Listed, ts_recv: Ts, out: &mut Decoded) -> Read<()> {
    let (mut listing, mut price, mut qty, mut time, mut buyer_rests) = (None, None, None, None, None);
    json.object(|json, name| {
        match name {
            b"s" => listing = Some(listed.read(json)?),
            b"p" => price = Some(json.number()?),
            b"q" => qty = Some(json.number()?),
            b"T" => time = Some(json.time()?),
            b"m" => buyer_rests = Some(json.bool()?),
            _ => json.skip()?,
        }
        Ok(())
    })?;
    let instrument = required(listing, "s")?.instrument.id;
    let ts_event = required(time, "T")?;
    let data = MarketData::Trade(Trade {
        price: required(price, "p")?,
        qty: required(qty, "q")?,
        aggressor: if required(buyer_rests, "m")? { Side::Sell } else { Side::Buy },
    });
    out.messages.push(Message::Market(MarketEvent { ts_event, ts_recv, instrument, last: true, data }));
    Ok(())
}

/// A bar. Nothing is said before it has closed.
pub(super) fn read_bar(json: &mut Json<'_>, listed: &Listed, ts_recv: Ts, out: &mut Decoded) -> Read<()> {
    let (mut listing, mut closed) = (None, None);
    json.object(|json, name| {
        match name {
            b"s" => listing = Some(listed.read(json)?),
            b"k" => closed = read_closed(json)?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    let instrument = required(listing, "s")?.instrument.id;
    if let Some((ts_event, bar)) = closed {
        let data = MarketData::Bar(bar);
        out.messages.push(Message::Market(MarketEvent { ts_event, ts_recv, instrument, last: true, data }));
    }
    Ok(())
}

/// When a bar ended, and the bar; nothing if it goes on, or is of a length that has no name here.
fn read_closed(json: &mut Json<'_>) -> Read<Option<(Ts, Bar)>> {
    let (mut last_time, mut interval, mut closed) = (None, None, None);
    let (mut open, mut high, mut low, mut close, mut volume) = (None, None, None, None, None);
    json.object(|json, name| {
        match name {
            b"T" => last_time = Some(json.time()?),
            b"i" => interval = Some(Interval::parse(&json.text()?)),
            b"o" => open = Some(json.number()?),
            b"h" => high = Some(json.number()?),
            b"l" => low = Some(json.number()?),
            b"c" => close = Some(json.number()?),
            b"v" => volume = Some(json.number()?),
            b"x" => closed = Some(json.bool()?),
            _ => json.skip()?,
        }
        Ok(())
    })?;
    let (closed, interval) = (required(closed, "x")?, required(interval, "i")?);
    let Some(interval) = interval.filter(|_| closed) else { return Ok(None) };
    let bar = Bar {
        interval,
        open: required(open, "o")?,
        high: required(high, "h")?,
        low: required(low, "l")?,
        close: required(close, "c")?,
        volume: required(volume, "v")?,
    };
    Ok(Some((required(last_time, "T")? + MILLISECOND, bar)))
}

/// A change of the order book.
pub(super) fn read_depth_change(json: &mut Json<'_>, listed: &Listed, out: &mut Decoded) -> Read<()> {
    // Levels can be read once it is known whose they are.
    let listing = listed.read(&mut required(json.find("s")?, "s")?)?;
    let start = out.levels.len();
    let (mut time, mut first, mut last) = (None, None, None);
    json.object(|json, name| {
        match name {
            b"E" => time = Some(json.time()?),
            b"U" => first = Some(json.u64()?),
            b"u" => last = Some(json.u64()?),
            b"b" => read_levels(json, Side::Buy, listing, &mut out.levels)?,
            b"a" => read_levels(json, Side::Sell, listing, &mut out.levels)?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    out.messages.push(Message::Depth(DepthChange {
        instrument: listing.instrument.id,
        ts_event: required(time, "E")?,
        first: required(first, "U")?,
        last: required(last, "u")?,
        levels: start..out.levels.len(),
    }));
    Ok(())
}

/// Appends the levels of a side.
pub(super) fn read_levels(
    json: &mut Json<'_>,
    side: Side,
    listing: &Listing,
    levels: &mut Vec<Level>,
) -> Read<()> {
    json.array(|json| {
        levels.push(json.tuple(|json| {
            let price = listing.read_price(json)?;
            Ok(Level { side, price, qty: listing.read_qty(json.next()?)? })
        })?);
        Ok(())
    })
}
