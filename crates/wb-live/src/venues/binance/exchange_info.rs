//! What Binance lists: instruments with their filters, and limits. Sources: binance-spot-api-docs, rest-api.md
//! "Exchange information", filters.md.

use std::sync::Arc;

use wb_core::{Calendar, Grid, Instrument, InstrumentId, InstrumentKind, Price, Qty, Span};

use super::parameters::percent_encode;
use crate::venues::codec::CodecError;
use crate::venues::json::{Field, Json, Read};
use crate::venues::limits::{RateKind, RateLimit};
use crate::venues::listing::{Listing, VenueRules};
use crate::venues::order_rules::{NotionalRule, OrderRules, POST_ONLY, PriceBand, QtyRule};

/// What instruments of Binance give as their venue.
const VENUE: &str = "binance";

/// Kinds of orders, as the venue and as [`OrderRules::kinds`] call them.
const KINDS: [(&str, &str); 6] = [
    ("LIMIT", "limit"),
    ("LIMIT_MAKER", POST_ONLY),
    ("MARKET", "market"),
    ("STOP_LOSS", "stop"),
    ("STOP_LOSS_LIMIT", "stop-limit"),
    // The bundled exchange in lockstep, with what `linkedOrdersAllowed` says.
    ("TRAILING_STOP", "trailing-stop"),
];

/// The path under which these instruments are listed; to be read over HTTP before a codec can be made.
pub fn rules_path(symbols: &[String]) -> String {
    let mut path = "/api/v3/exchangeInfo?symbols=".to_string();
    percent_encode(&format!("[\"{}\"]", symbols.join("\",\"")), &mut path);
    path
}

/// Reads what is found there, numbered in the order of `symbols`.
///
/// # Errors
/// If it is not what the venue sends, or one of the instruments is not in it.
pub fn read_rules(body: &[u8], symbols: &[String]) -> Result<VenueRules, CodecError> {
    let mut found: Vec<Option<Listing>> = symbols.iter().map(|_| None).collect();
    let limits = Json::whole(body, |json| {
        let [limits, listings] = json.fields(["rateLimits", "symbols"])?;
        listings.read(|json| {
            json.array(|json| {
                let [symbol] = json.clone().fields(["symbol"])?;
                let symbol = symbol.read(Json::text)?;
                match symbols.iter().position(|wanted| *wanted == symbol) {
                    Some(at) => found[at] = Some(read_listing(json, InstrumentId(at as u32))?),
                    None => json.skip()?,
                }
                Ok(())
            })
        })?;
        let mut kept = Vec::new();
        limits.read(|json| {
            json.array(|json| {
                kept.extend(read_limit(json)?);
                Ok(())
            })
        })?;
        Ok(kept)
    })?;
    let missing = |symbol: &String| CodecError::NotListed(symbol.clone());
    let listings = symbols.iter().zip(found).map(|(symbol, listing)| listing.ok_or_else(|| missing(symbol)));
    Ok(VenueRules { listings: listings.collect::<Read<_>>()?, limits })
}

/// A limit, if it is of a kind that is known.
pub(super) fn read_limit(json: &mut Json<'_>) -> Read<Option<RateLimit>> {
    let [kind, unit, count, limit] = json.fields(["rateLimitType", "interval", "intervalNum", "limit"])?;
    let kind = match &*kind.read(Json::text)? {
        "REQUEST_WEIGHT" => RateKind::Weight,
        "RAW_REQUESTS" => RateKind::Requests,
        "ORDERS" => RateKind::Orders,
        "CONNECTIONS" => RateKind::Connections,
        _ => return Ok(None),
    };
    let seconds = match &*unit.read(Json::text)? {
        "SECOND" => 1,
        "MINUTE" => 60,
        "HOUR" => 3_600,
        "DAY" => 86_400,
        _ => return Ok(None),
    };
    let count = count.read(Json::u64)?;
    let window = i64::try_from(count).ok().filter(|count| (1..=1_000).contains(count));
    let Some(window) = window.map(|count| Span::from_seconds(seconds * count)) else { return Ok(None) };
    Ok(Some(RateLimit { kind, window, limit: limit.read(Json::u64)? }))
}

fn read_listing(json: &mut Json<'_>, id: InstrumentId) -> Read<Listing> {
    let [symbol, status, base, quote, kinds, filters, links] = json.fields([
        "symbol",
        "status",
        "baseAsset",
        "quoteAsset",
        "orderTypes",
        "filters",
        "linkedOrdersAllowed",
    ])?;
    let symbol = symbol.read(Json::text)?.into_owned();
    let quote: Arc<str> = quote.read(Json::text)?.into();
    let (tick, lot) = filters.read(|json| read_steps(&mut json.clone()))?;
    let (Some(tick), Some(lot)) = (tick, lot) else {
        return Err(CodecError::NoGrid(symbol));
    };
    let instrument = Instrument {
        id,
        symbol,
        venue: VENUE.to_string(),
        kind: InstrumentKind::Spot,
        currency: quote.to_string(),
        tick,
        lot,
        multiplier: 1.0,
        calendar: Calendar::always_open(),
    };
    let keeps_links = links.read_if(Json::bool)?.unwrap_or(false);
    let mut rules = OrderRules { keeps_links, ..OrderRules::default() };
    kinds.read(|json| {
        json.array(|json| {
            let kind = json.text()?;
            rules.kinds.extend(KINDS.iter().find(|(name, _)| *name == kind).map(|(_, ours)| *ours));
            Ok(())
        })
    })?;
    filters.read(|json| json.array(|json| read_filter(json, &instrument, &mut rules)))?;
    let trading = status.read(Json::text)? == "TRADING";
    Ok(Listing { instrument, base: base.read(Json::text)?.into(), quote, trading, rules })
}

/// Tick and lot, which are wanted before any bound can be read.
fn read_steps(json: &mut Json<'_>) -> Read<(Option<Grid>, Option<Grid>)> {
    let (mut tick, mut lot) = (None, None);
    json.array(|json| {
        let [kind, tick_size, step_size] = json.fields(["filterType", "tickSize", "stepSize"])?;
        match &*kind.read(Json::text)? {
            "PRICE_FILTER" => tick = tick_size.read(Json::decimal)?.grid(),
            "LOT_SIZE" => lot = step_size.read(Json::decimal)?.grid(),
            _ => {}
        }
        Ok(())
    })?;
    Ok((tick, lot))
}

/// Adds what a filter asks of orders; others than these concern kinds of orders that are never sent.
fn read_filter(json: &mut Json<'_>, instrument: &Instrument, rules: &mut OrderRules) -> Read<()> {
    let [kind] = json.clone().fields(["filterType"])?;
    match &*kind.read(Json::text)? {
        "PRICE_FILTER" => {
            let [min, max] = json.fields(["minPrice", "maxPrice"])?;
            rules.min_price = min.read(Json::decimal)?.at_least(instrument.tick).map(Price);
            rules.max_price = max.read(Json::decimal)?.at_most(instrument.tick).map(Price);
        }
        "LOT_SIZE" => rules.qty = read_qty_rule(json, instrument)?,
        "MARKET_LOT_SIZE" => rules.market_qty = read_qty_rule(json, instrument)?,
        "MIN_NOTIONAL" => {
            let [min, market] = json.fields(["minNotional", "applyToMarket"])?;
            rules.min_notional = read_notional(&min, &market)?;
        }
        "NOTIONAL" => {
            let [min, min_market, max, max_market] =
                json.fields(["minNotional", "applyMinToMarket", "maxNotional", "applyMaxToMarket"])?;
            rules.min_notional = read_notional(&min, &min_market)?;
            rules.max_notional = read_notional(&max, &max_market)?;
        }
        "PERCENT_PRICE" => {
            let [low, high] = json.fields(["multiplierDown", "multiplierUp"])?;
            let band = read_band(&low, &high)?;
            (rules.buy_band, rules.sell_band) = (Some(band), Some(band));
        }
        "PERCENT_PRICE_BY_SIDE" => {
            let [buy_low, buy_high, sell_low, sell_high] = json.fields([
                "bidMultiplierDown",
                "bidMultiplierUp",
                "askMultiplierDown",
                "askMultiplierUp",
            ])?;
            rules.buy_band = Some(read_band(&buy_low, &buy_high)?);
            rules.sell_band = Some(read_band(&sell_low, &sell_high)?);
        }
        "MAX_NUM_ORDERS" => {
            let [max] = json.fields(["maxNumOrders"])?;
            rules.max_orders = Some(max.read(Json::u64)?);
        }
        "MAX_NUM_ALGO_ORDERS" => {
            let [max] = json.fields(["maxNumAlgoOrders"])?;
            rules.max_stops = Some(max.read(Json::u64)?);
        }
        "MAX_POSITION" => {
            let [max] = json.fields(["maxPosition"])?;
            rules.max_position = Some(max.read(Json::number)?);
        }
        _ => json.skip()?,
    }
    Ok(())
}

fn read_qty_rule(json: &mut Json<'_>, instrument: &Instrument) -> Read<QtyRule> {
    let [min, max, step] = json.fields(["minQty", "maxQty", "stepSize"])?;
    let lots = |lots: Option<i64>| Qty::new(lots.unwrap_or(0));
    Ok(QtyRule {
        min: lots(min.read(Json::decimal)?.at_least(instrument.lot)),
        max: lots(max.read(Json::decimal)?.at_most(instrument.lot)),
        step: lots(step.read(Json::decimal)?.at_least(instrument.lot)),
    })
}

/// Zero switches a bound off.
fn read_notional(value: &Field<'_>, market: &Field<'_>) -> Read<Option<NotionalRule>> {
    let rule = NotionalRule { value: value.read(Json::number)?, market: market.read(Json::bool)? };
    Ok(Some(rule).filter(|rule| rule.value > 0.0))
}

fn read_band(low: &Field<'_>, high: &Field<'_>) -> Read<PriceBand> {
    Ok(PriceBand { low: low.read(Json::number)?, high: high.read(Json::number)? })
}
