//! What a venue lets an order be, looked at before the order is sent.

use wb_core::{Instrument, OrderRequest, OrderType, Price, Qty, Side};

/// What a venue lets an order be. `None` where it has no such rule.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OrderRules {
    /// Kinds of orders it takes, by [`OrderType::name`]; `post-only` besides.
    pub kinds: Vec<&'static str>,
    /// The lowest price or trigger.
    pub min_price: Option<Price>,
    /// The highest price or trigger.
    pub max_price: Option<Price>,
    /// Of any order.
    pub qty: QtyRule,
    /// Of an order at the market's price, besides.
    pub market_qty: QtyRule,
    /// The least value.
    pub min_notional: Option<NotionalRule>,
    /// The greatest value.
    pub max_notional: Option<NotionalRule>,
    /// How far from the market a buy's price may be.
    pub buy_band: Option<PriceBand>,
    /// How far from the market a sell's price may be.
    pub sell_band: Option<PriceBand>,
    /// The most open orders.
    pub max_orders: Option<u64>,
    /// The most open orders that wait for a trigger.
    pub max_stops: Option<u64>,
    /// The most units that the account may hold, with what its buys may bring.
    pub max_position: Option<f64>,
    /// Whether it keeps what orders depend on: links, orders that only reduce, stops that trail.
    pub keeps_links: bool,
}

/// Bounds of a quantity. Zero where there is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct QtyRule {
    /// The least.
    pub min: Qty,
    /// The most.
    pub max: Qty,
    /// It must be a multiple of this.
    pub step: Qty,
}

/// A bound of an order's value.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct NotionalRule {
    /// In the settlement currency.
    pub value: f64,
    /// Whether it binds orders at the market's price too, valued at the market.
    pub market: bool,
}

/// Bounds of a price, as multiples of the market's.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct PriceBand {
    /// The least.
    pub low: f64,
    /// The most.
    pub high: f64,
}

/// What rules depend on besides the order.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Situation {
    /// The market's price, if known. Without it no rule that needs it is looked at. Venues take an average of minutes.
    pub market: Option<f64>,
    /// Open orders of the instrument.
    pub orders: u64,
    /// Those of them that wait for a trigger.
    pub stops: u64,
    /// Units that the account holds, with what its open buys may bring.
    pub position: f64,
}

/// A rule that an order breaks. The venue would refuse it.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum RuleBreach {
    /// It takes no such orders.
    #[error("{instrument} takes no {kind} orders")]
    Kind {
        /// `venue:SYMBOL`.
        instrument: String,
        /// The kind.
        kind: &'static str,
    },
    /// A number beyond a bound.
    #[error("the {what} {number} of an order of {instrument} is {beyond} the venue's {bound}")]
    Bound {
        /// `venue:SYMBOL`.
        instrument: String,
        /// `price`, `quantity`, `value`, `position`.
        what: &'static str,
        /// What it is.
        number: f64,
        /// `below` or `above`.
        beyond: &'static str,
        /// What it may be.
        bound: f64,
    },
    /// As many open orders as there may be.
    #[error("{instrument} has {open} open {kind}, and the venue allows {most}")]
    Count {
        /// `venue:SYMBOL`.
        instrument: String,
        /// What is counted.
        kind: &'static str,
        /// How many there are.
        open: u64,
        /// How many there may be.
        most: u64,
    },
    /// A quantity that is no multiple.
    #[error("the quantity {number} of a market order of {instrument} is no multiple of the venue's {step}")]
    Step {
        /// `venue:SYMBOL`.
        instrument: String,
        /// What it is.
        number: f64,
        /// Of what it must be a multiple.
        step: f64,
    },
}

impl RuleBreach {
    /// What would help.
    pub fn hint(&self) -> &'static str {
        match self {
            RuleBreach::Kind { .. } => "let the kernel keep the trigger, or use another kind of order",
            RuleBreach::Count { .. } => "cancel orders that are no longer wanted",
            RuleBreach::Bound { what: "value", beyond: "below", .. } => {
                "trade larger: raise weight or capital"
            }
            RuleBreach::Bound { beyond: "above", .. } => "trade smaller, or split the order",
            RuleBreach::Bound { .. } | RuleBreach::Step { .. } => {
                "look at the rules that the venue lists for it"
            }
        }
    }
}

impl OrderRules {
    /// Looks at every rule that can be known here; gives the first that is broken.
    ///
    /// # Errors
    /// With the rule.
    pub fn check(
        &self,
        instrument: &Instrument,
        request: &OrderRequest,
        situation: &Situation,
    ) -> Result<(), RuleBreach> {
        self.check_kind(instrument, request)?;
        self.check_qty(instrument, request)?;
        self.check_prices(instrument, request, situation.market)?;
        self.check_value(instrument, request, situation.market)?;
        self.check_account(instrument, request, situation)
    }

    fn check_kind(&self, instrument: &Instrument, request: &OrderRequest) -> Result<(), RuleBreach> {
        let kind = match request.kind {
            OrderType::Limit { post_only: true, .. } => POST_ONLY,
            other => other.name(),
        };
        if self.kinds.contains(&kind) {
            Ok(())
        } else {
            Err(RuleBreach::Kind { instrument: instrument.name(), kind })
        }
    }

    fn check_qty(&self, instrument: &Instrument, request: &OrderRequest) -> Result<(), RuleBreach> {
        let at_market = request.kind == OrderType::Market;
        let rules = if at_market { &[self.qty, self.market_qty][..] } else { &[self.qty][..] };
        let units = |qty| instrument.qty_f64(qty);
        for rule in rules {
            if request.qty < rule.min {
                return Err(bound(instrument, "quantity", units(request.qty), "below", units(rule.min)));
            }
            if !rule.max.is_zero() && request.qty > rule.max {
                return Err(bound(instrument, "quantity", units(request.qty), "above", units(rule.max)));
            }
            if !rule.step.is_zero() && request.qty.lots() % rule.step.lots() != 0 {
                return Err(RuleBreach::Step {
                    instrument: instrument.name(),
                    number: units(request.qty),
                    step: units(rule.step),
                });
            }
        }
        Ok(())
    }

    fn check_prices(
        &self,
        instrument: &Instrument,
        request: &OrderRequest,
        market: Option<f64>,
    ) -> Result<(), RuleBreach> {
        let (limit, trigger) = prices(request);
        for price in [limit, trigger].into_iter().flatten() {
            let (number, ticks) = (instrument.price_f64(price), |price| instrument.price_f64(price));
            if let Some(min) = self.min_price.filter(|min| price < *min) {
                return Err(bound(instrument, "price", number, "below", ticks(min)));
            }
            if let Some(max) = self.max_price.filter(|max| price > *max) {
                return Err(bound(instrument, "price", number, "above", ticks(max)));
            }
        }
        let band = match request.side {
            Side::Buy => self.buy_band,
            Side::Sell => self.sell_band,
        };
        if let (Some(band), Some(limit), Some(market)) = (band, limit, market) {
            let (number, low, high) = (instrument.price_f64(limit), band.low * market, band.high * market);
            if number < low {
                return Err(bound(instrument, "price", number, "below", low));
            }
            if number > high {
                return Err(bound(instrument, "price", number, "above", high));
            }
        }
        Ok(())
    }

    fn check_value(
        &self,
        instrument: &Instrument,
        request: &OrderRequest,
        market: Option<f64>,
    ) -> Result<(), RuleBreach> {
        let limit = prices(request).0.map(|price| instrument.price_f64(price));
        let Some(price) = limit.or(market) else { return Ok(()) };
        let value = instrument.notional(instrument.qty_f64(request.qty), price);
        let binds = |rule: &NotionalRule| rule.market || limit.is_some();
        if let Some(min) = self.min_notional.filter(binds).filter(|min| value < min.value) {
            return Err(bound(instrument, "value", value, "below", min.value));
        }
        if let Some(max) = self.max_notional.filter(binds).filter(|max| value > max.value) {
            return Err(bound(instrument, "value", value, "above", max.value));
        }
        Ok(())
    }

    fn check_account(
        &self,
        instrument: &Instrument,
        request: &OrderRequest,
        situation: &Situation,
    ) -> Result<(), RuleBreach> {
        let waits = prices(request).1.is_some();
        let counts = [
            ("orders", true, situation.orders, self.max_orders),
            ("orders that wait for a trigger", waits, situation.stops, self.max_stops),
        ];
        for (kind, concerned, open, most) in counts {
            if let Some(most) = most.filter(|most| concerned && open >= *most) {
                return Err(RuleBreach::Count { instrument: instrument.name(), kind, open, most });
            }
        }
        let position = situation.position + instrument.qty_f64(request.qty);
        match self.max_position.filter(|max| request.side == Side::Buy && position > *max) {
            Some(max) => Err(bound(instrument, "position", position, "above", max)),
            None => Ok(()),
        }
    }
}

/// The word of [`OrderRules::kinds`] for a limit order that may not take.
pub(crate) const POST_ONLY: &str = "post-only";

/// The limit and the trigger of an order.
fn prices(request: &OrderRequest) -> (Option<Price>, Option<Price>) {
    match request.kind {
        OrderType::Market | OrderType::TrailingStop { .. } => (None, None),
        OrderType::Limit { price, .. } => (Some(price), None),
        OrderType::Stop { trigger } => (None, Some(trigger)),
        OrderType::StopLimit { trigger, price } => (Some(price), Some(trigger)),
    }
}

fn bound(
    instrument: &Instrument,
    what: &'static str,
    number: f64,
    beyond: &'static str,
    bound: f64,
) -> RuleBreach {
    RuleBreach::Bound { instrument: instrument.name(), what, number, beyond, bound }
}

#[cfg(test)]
mod tests;
