//! A symbol as the exchange lists it: assets, filters, and what an order must pass.

use serde_json::{Value, json};
use wb_core::{Grid, Instrument, Price, Qty};

use crate::order::OrderKind;
use crate::protocol::decimal::decimal;
use crate::protocol::error::ApiError;

/// Rules for orders that are the same for every symbol.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct OrderRules {
    /// Least value of an order, quote currency.
    pub min_notional: f64,
    /// Most orders of a symbol that may work at once.
    pub max_orders: usize,
}

impl Default for OrderRules {
    fn default() -> OrderRules {
        OrderRules { min_notional: 5.0, max_orders: 200 }
    }
}

/// Most ticks and lots that one order may have.
const MOST_STEPS: i64 = 1_000_000_000_000;
/// Decimals of every asset.
const PRECISION: u32 = 8;

/// A symbol that is traded here.
#[derive(Clone, Debug)]
pub(crate) struct Listing {
    pub(crate) instrument: Instrument,
    /// What is bought and sold: `NEAR`.
    pub(crate) base: String,
    /// What it is paid in: `USDT`.
    pub(crate) quote: String,
    rules: OrderRules,
    /// Whether orders may depend on others.
    keeps_links: bool,
}

impl Listing {
    /// The listing of an instrument. Its base asset is the symbol without the currency at its end.
    ///
    /// With `keeps_links` orders may depend on others, as the real venue's may not: a client has no time inside a bar of
    /// lockstep to do it for itself.
    pub(crate) fn new(instrument: &Instrument, rules: OrderRules, keeps_links: bool) -> Listing {
        let symbol = instrument.symbol.as_str();
        let base = symbol.strip_suffix(instrument.currency.as_str()).filter(|base| !base.is_empty());
        Listing {
            instrument: instrument.clone(),
            base: base.unwrap_or(symbol).to_string(),
            quote: instrument.currency.clone(),
            rules,
            keeps_links,
        }
    }

    /// Whether orders may depend on others.
    pub(crate) fn keeps_links(&self) -> bool {
        self.keeps_links
    }

    /// Kinds of orders that are taken here.
    fn kinds(&self) -> impl Iterator<Item = &'static str> {
        let taken = |kind: &OrderKind| self.keeps_links || *kind != OrderKind::TrailingStop;
        OrderKind::ALL.into_iter().filter(taken).map(OrderKind::name)
    }

    /// The name in streams: lower case.
    pub(crate) fn stream_name(&self) -> String {
        self.instrument.symbol.to_lowercase()
    }

    /// A price of an order.
    pub(crate) fn price(&self, price: Price) -> String {
        decimal(self.instrument.price_f64(price))
    }

    /// A quantity of an order.
    pub(crate) fn qty(&self, qty: Qty) -> String {
        decimal(self.instrument.qty_f64(qty))
    }

    /// Whether an order of this quantity and price may work here.
    ///
    /// # Errors
    /// -1013 with the filter that it fails.
    pub(crate) fn check(&self, qty: Qty, price: Option<Price>, value: f64) -> Result<(), ApiError> {
        if price.is_some_and(|price| price.0 <= 0 || price.0 > MOST_STEPS) {
            return Err(ApiError::filter("PRICE_FILTER"));
        }
        if qty.is_zero() || qty.lots() > MOST_STEPS {
            return Err(ApiError::filter("LOT_SIZE"));
        }
        if value < self.rules.min_notional {
            return Err(ApiError::filter("NOTIONAL"));
        }
        Ok(())
    }

    /// Whether one more order may work when `open` do.
    ///
    /// # Errors
    /// -1013 if not.
    pub(crate) fn check_count(&self, open: usize) -> Result<(), ApiError> {
        if open < self.rules.max_orders { Ok(()) } else { Err(ApiError::filter("MAX_NUM_ORDERS")) }
    }

    /// The most decimals that an amount of an order may have: those of the assets, or of a finer grid.
    pub(crate) fn most_places(grid: Grid) -> u32 {
        PRECISION.max(u32::from(grid.decimals()))
    }

    /// What the exchange information says of the symbol.
    pub(crate) fn json(&self) -> Value {
        let Instrument { symbol, tick, lot, .. } = &self.instrument;
        json!({
            "symbol": symbol,
            "status": "TRADING",
            "baseAsset": self.base,
            "baseAssetPrecision": PRECISION,
            "quoteAsset": self.quote,
            "quotePrecision": PRECISION,
            "quoteAssetPrecision": PRECISION,
            "baseCommissionPrecision": PRECISION,
            "quoteCommissionPrecision": PRECISION,
            "orderTypes": self.kinds().collect::<Vec<_>>(),
            "linkedOrdersAllowed": self.keeps_links,
            "icebergAllowed": false,
            "ocoAllowed": false,
            "otoAllowed": false,
            "opoAllowed": false,
            "quoteOrderQtyMarketAllowed": true,
            "allowTrailingStop": false,
            "cancelReplaceAllowed": true,
            "amendAllowed": false,
            "pegInstructionsAllowed": false,
            "isSpotTradingAllowed": true,
            "isMarginTradingAllowed": false,
            "filters": [
                {
                    "filterType": "PRICE_FILTER",
                    "minPrice": decimal(tick.step()),
                    "maxPrice": decimal(tick.value(MOST_STEPS)),
                    "tickSize": decimal(tick.step()),
                },
                {
                    "filterType": "LOT_SIZE",
                    "minQty": decimal(lot.step()),
                    "maxQty": decimal(lot.value(MOST_STEPS)),
                    "stepSize": decimal(lot.step()),
                },
                {
                    "filterType": "MARKET_LOT_SIZE",
                    "minQty": decimal(0.0),
                    "maxQty": decimal(lot.value(MOST_STEPS)),
                    "stepSize": decimal(0.0),
                },
                {
                    "filterType": "NOTIONAL",
                    "minNotional": decimal(self.rules.min_notional),
                    "applyMinToMarket": true,
                    "maxNotional": decimal(1e15),
                    "applyMaxToMarket": false,
                    "avgPriceMins": 0,
                },
                { "filterType": "MAX_NUM_ORDERS", "maxNumOrders": self.rules.max_orders },
            ],
            "permissions": [],
            "permissionSets": [["SPOT"]],
            "defaultSelfTradePreventionMode": "NONE",
            "allowedSelfTradePreventionModes": ["NONE"],
        })
    }
}
