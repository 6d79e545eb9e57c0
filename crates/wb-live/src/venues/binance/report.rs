//! Reports about orders and balances of the account. Source: binance-spot-api-docs, user-data-stream.md.

use wb_core::{CancelReason, Fill, OrderEvent, OrderId, Reject, Side};

use super::listed::{Assets, Listed};
use crate::venues::account::Balance;
use crate::venues::client_order_id::{OrderNames, Owner};
use crate::venues::json::{Field, Json, Read};
use crate::venues::listing::Listing;
use crate::venues::message::{Commission, Decoded, Message, OrderReport, OtherOrder};

/// What a report about one of our orders tells, apart from what happened.
struct Report<'f, 'a> {
    order: OrderId,
    venue_order: u64,
    listing: &'f Listing,
    side: &'f Field<'a>,
    qty: &'f Field<'a>,
    filled: &'f Field<'a>,
    price: &'f Field<'a>,
    commission: [&'f Field<'a>; 2],
    time: &'f Field<'a>,
    told: &'f Field<'a>,
    trade: &'f Field<'a>,
    maker: &'f Field<'a>,
}

/// `executionReport`: something became of an order.
pub(super) fn read_report(
    json: &mut Json<'_>,
    listed: &Listed,
    assets: &mut Assets,
    names: &OrderNames,
    out: &mut Decoded,
) -> Read<()> {
    let [symbol, name, original, what, number, kind, tif, reason, rest @ ..] = json
        .fields(["s", "c", "C", "x", "i", "o", "f", "r", "S", "l", "z", "L", "n", "N", "T", "t", "m", "E"])?;
    let (symbol, what) = (symbol.read(Json::text)?, what.read(Json::text)?);
    let (name, original) = (name.read(Json::text)?, original.read_if(Json::text)?.unwrap_or_default());
    let venue_order = number.read(Json::u64)?;
    // A cancel has a name of its own; then `C` is that of the order.
    let owner = names.owner(if what == "CANCELED" && !original.is_empty() { &original } else { &name });
    let (Owner::Ours(order), Some(listing)) = (owner, listed.find(&symbol)) else {
        let (symbol, what) = (symbol.into_owned(), what.into_owned());
        out.messages.push(Message::OtherOrder(OtherOrder { owner, symbol, venue_order, what }));
        return Ok(());
    };
    let [side, qty, filled, price, amount, asset, time, trade, maker, told] = &rest;
    let commission = [amount, asset];
    let report = Report {
        order,
        venue_order,
        listing,
        side,
        qty,
        filled,
        price,
        commission,
        time,
        told,
        trade,
        maker,
    };
    let message = match &*what {
        "NEW" => report.of(OrderEvent::Accepted(order))?,
        "CANCELED" => report.of(OrderEvent::Cancelled(order, CancelReason::Requested))?,
        "REJECTED" => report.of(OrderEvent::Rejected(order, reason.read(read_reason)?))?,
        "TRADE" => report.fill(assets)?,
        "EXPIRED" | "TRADE_PREVENTION" => report.of(read_end(order, &kind, &tif)?)?,
        _ => Message::Unexplained(order, what.into_owned()),
    };
    out.messages.push(message);
    Ok(())
}

impl Report<'_, '_> {
    fn of(&self, event: OrderEvent) -> Read<Message> {
        Ok(Message::Order(OrderReport {
            ts_event: self.time.read(Json::time)?,
            ts_told: self.told.read(Json::time)?,
            event,
            venue_order: self.venue_order,
            trade: None,
            filled: self.filled.read(|json| self.listing.read_qty(json))?,
            commission: None,
        }))
    }

    fn fill(&self, assets: &mut Assets) -> Read<Message> {
        let ts = self.time.read(Json::time)?;
        let price = self.price.read(|json| self.listing.read_price(json))?;
        let [amount, asset] = self.commission;
        let amount = amount.read(Json::number)?;
        let asset = asset.read_if(|json| Ok(assets.named(&json.text()?)))?;
        let fill = Fill {
            order: self.order,
            instrument: self.listing.instrument.id,
            side: self.side.read(read_side)?,
            price,
            qty: self.qty.read(|json| self.listing.read_qty(json))?,
            fee: asset.as_deref().map_or(0.0, |asset| self.listing.fee(asset, amount, price)),
            slippage: 0.0,
            maker: self.maker.read(Json::bool)?,
            ts,
        };
        Ok(Message::Order(OrderReport {
            ts_event: ts,
            ts_told: self.told.read(Json::time)?,
            event: OrderEvent::Filled(fill),
            venue_order: self.venue_order,
            trade: Some(self.trade.read(Json::u64)?),
            filled: self.filled.read(|json| self.listing.read_qty(json))?,
            commission: asset.map(|asset| Commission { asset, amount }),
        }))
    }
}

/// `BUY` or `SELL`.
pub(super) fn read_side(json: &mut Json<'_>) -> Read<Side> {
    let wrong = json.expected("BUY or SELL");
    match &*json.text()? {
        "BUY" => Ok(Side::Buy),
        "SELL" => Ok(Side::Sell),
        _ => Err(wrong),
    }
}

/// How an order ended without being filled or cancelled: it could not wait, or it was not to any longer.
fn read_end(order: OrderId, kind: &Field<'_>, tif: &Field<'_>) -> Read<OrderEvent> {
    let cannot_wait = kind.read(Json::text)? == "MARKET" || matches!(&*tif.read(Json::text)?, "IOC" | "FOK");
    Ok(match cannot_wait {
        true => OrderEvent::Cancelled(order, CancelReason::TimeInForce),
        false => OrderEvent::Expired(order),
    })
}

/// Why an order was refused after it had been taken.
fn read_reason(json: &mut Json<'_>) -> Read<Reject> {
    Ok(match &*json.text()? {
        "INSUFFICIENT_BALANCES" => Reject::Margin,
        "WOULD_MATCH_IMMEDIATELY" => Reject::PostOnly,
        _ => Reject::Venue,
    })
}

/// `outboundAccountPosition`: balances that may have changed.
pub(super) fn read_balances(json: &mut Json<'_>, assets: &mut Assets, out: &mut Decoded) -> Read<()> {
    let [balances] = json.fields(["B"])?;
    balances.read(|json| {
        json.array(|json| {
            let balance = read_balance(json, ["a", "f", "l"], assets)?;
            out.messages.push(Message::Balance(balance));
            Ok(())
        })
    })
}

/// What the account holds of an asset; its name, what is free and what is locked are called so.
pub(super) fn read_balance(
    json: &mut Json<'_>,
    names: [&'static str; 3],
    assets: &mut Assets,
) -> Read<Balance> {
    let [asset, free, locked] = json.fields(names)?;
    Ok(Balance {
        asset: asset.read(|json| Ok(assets.named(&json.text()?)))?,
        free: free.read(Json::number)?,
        locked: locked.read(Json::number)?,
    })
}

/// `balanceUpdate`: assets came or went otherwise than by a trade.
pub(super) fn read_transfer(json: &mut Json<'_>, assets: &mut Assets, out: &mut Decoded) -> Read<()> {
    let [asset, amount] = json.fields(["a", "d"])?;
    let asset = asset.read(|json| Ok(assets.named(&json.text()?)))?;
    out.messages.push(Message::Transfer(asset, amount.read(Json::number)?));
    Ok(())
}
